"""Writes one folder with which anybody can check a figure, with `warcio` and `sha256sum` alone."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib import resources
from pathlib import Path

from auditor.evidence.records import Behind, Proven
from auditor.records import StoredCoding
from auditor.tables import safe_cell
from crawler.archive import layout, leaves, manifest, merkle, seals
from crawler.archive.leaves import Leaf
from crawler.archive.lines import stamp
from crawler.archive.manifest import file_entry
from crawler.errors import ContentError, IntegrityError, UsageError

MARKER = ".egov-audit-proof"
_HEADER = (
    *("key", "code", "name", "form", "counted", "nature", "completeness", "output", "sector", "coder", "coded_at"),
    *("rules", "words", "confidence", "url", "captured_at", "provenance", "place", "sha256", "offset", "record"),
)


@dataclass(slots=True)
class _Folder:
    """The folder as it grows: records by the place they were cut from, and the number of each."""

    root: Path
    out: Path
    records: dict[tuple[str, int], int] = field(default_factory=dict)  # (warc, offset) → number
    offsets: dict[tuple[str, int], int] = field(default_factory=dict)  # (warc, offset) → place in evidence.warc.gz
    leaves: dict[str, list[Leaf]] = field(default_factory=dict)
    size: int = 0
    unproven: set[str] = field(default_factory=set)

    def text(self, name: str, content: str) -> None:
        (self.out / name).write_text(content, encoding="utf-8", newline="\n")

    def run_leaves(self, run: manifest.Manifest) -> list[Leaf]:
        if run.run_id not in self.leaves:
            self.leaves[run.run_id] = leaves.read_leaves(self.root, run.run_id) if run.root else []
        return self.leaves[run.run_id]


def write_proof(root: Path, proven: Proven, out: Path) -> Path:
    """Write the proof of one figure into `out`, a new or empty folder (or an earlier proof), and give its README.

    Raises UsageError for a folder that holds anything else, IntegrityError where a record is not as it was sealed,
    ContentError for a figure that nothing was read for, OSError.
    """
    if not any(one.evidence for one in proven.behind):
        raise ContentError("nothing behind this figure was read from a kept page: there is nothing to prove")
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MARKER).exists())):
        raise UsageError(f"{out} holds something else: choose another folder with --out")
    shutil.rmtree(out, ignore_errors=True)
    for name in ("records", "proofs", "chain"):
        (out / name).mkdir(parents=True)
    folder = _Folder(root, out)
    folder.text(MARKER, "This folder is replaced whole by the next proof.\n")
    chain = manifest.load_all(root)
    _records(folder, chain, proven.behind)
    _chain(folder, chain)
    _figure(folder, proven)
    _entries(folder, proven.behind)
    for name in ("README.txt", "check.sh"):
        content = resources.files("auditor.evidence").joinpath(f"proof/{name}").read_text(encoding="utf-8")
        folder.text(name, content)
    sums = [file_entry(out, path) for path in sorted(out.rglob("*")) if path.is_file() and path.name != MARKER]
    folder.text("SHA256SUMS", "".join(f"{entry.sha256}  {entry.path}\n" for entry in sums))
    return out / "README.txt"


def _records(folder: _Folder, chain: Iterable[manifest.Manifest], behind: Iterable[Behind]) -> None:
    """Cut every record out: the run's head, the answer, its request, a later confirmation that it is unchanged."""
    wanted: dict[str, set[int]] = {}
    for one in behind:
        places = [(one.evidence.warc, one.evidence.offset)] if one.evidence else []
        for warc, offset in [*places, *([one.seen] if one.seen else [])]:
            wanted.setdefault(warc.removesuffix(".warc.gz"), set()).add(offset)
    runs = {run.run_id: run for run in chain}
    with (folder.out / "evidence.warc.gz").open("wb") as whole:
        for run_id in sorted(wanted, key=lambda one: runs[one].sequence if one in runs else 0):
            if run_id not in runs:
                raise IntegrityError(f"the archive has no run {run_id}: egov-audit verify")
            run = runs[run_id]
            found = folder.run_leaves(run) or list(leaves.leaves_of(folder.root, run_id))
            lines = [one.line() for one in found]
            own = [(number, leaf) for number, leaf in enumerate(found) if leaf.path.startswith("warc/")]
            for place, (number, leaf) in enumerate(own):
                answer = leaf.offset in wanted[run_id]
                asked = place > 0 and own[place - 1][1].offset in wanted[run_id]
                if answer or place == 0 or asked:
                    _cut(folder, run, leaf, merkle.proof(lines, number) if run.root else None, whole)


def _cut(
    folder: _Folder, run: manifest.Manifest, one: Leaf, steps: tuple[merkle.Step, ...] | None, whole: io.BufferedWriter
) -> None:
    content = leaves.read_bytes(folder.root, one)
    number = len(folder.records) + 1
    key = (Path(one.path).name, one.offset)
    folder.records[key], folder.offsets[key] = number, folder.size
    (folder.out / f"records/{number:04}.warc.gz").write_bytes(content)
    whole.write(content)
    folder.size += len(content)
    if steps is None:
        folder.unproven.add(run.run_id)
        return
    if merkle.climb(one.line(), steps) != run.root:
        raise IntegrityError(f"{one.path} offset {one.offset} is not under the root of its run: egov-audit verify")
    told = [f"record records/{number:04}.warc.gz", f"manifest chain/{_name(run)}", f"leaf {one.line().decode()}"]
    told += [f"{step.side} {step.hash}" for step in steps]
    folder.text(f"proofs/{number:04}.txt", "".join(f"{line}\n" for line in (*told, f"root {run.root}")))


def _name(run: manifest.Manifest) -> str:
    return f"manifest-{run.sequence:06}.json"


def _chain(folder: _Folder, chain: Iterable[manifest.Manifest]) -> None:
    """Every manifest and seal, so that each one's sum can be found in the next."""
    for run in chain:
        shutil.copyfile(layout.manifest_path(folder.root, run.run_id), folder.out / "chain" / _name(run))
    names = {run.digest: _name(run) for run in chain}
    stamps = []
    for seal in seals.load_seals(folder.root):
        name = f"seal-{seal.sequence:06}"
        names[seal.digest] = f"{name}.json"
        shutil.copyfile(seals.seal_path(folder.root, seal.sequence), folder.out / f"chain/{name}.json")
        for path in seals.companions(folder.root, seal.sequence):
            if path.suffix != f".{seals.LINES}":
                shutil.copyfile(path, folder.out / f"chain/{name}{path.suffix}")
        if seal.kind == seals.TIMESTAMP:
            stamps.append(
                f"{names.get(seal.root, seal.root)} and all before it, by {seal.facts.get('time')}, says "
                f"{seal.facts.get('signer')} ({seal.facts.get('authority')}):\n  "
                f"openssl ts -verify -data {names.get(seal.root)} -in {name}.{seals.TOKEN} "
                f"-CAfile {name}.{seals.AUTHORITIES}\n"
            )
    if stamps:
        folder.text("chain/stamps.txt", "".join(stamps))
    folder.text("chain/root.txt", f"{seals.head(folder.root)}\n")


def _figure(folder: _Folder, proven: Proven) -> None:
    figure = proven.figure
    told = {
        "measure": figure.measure,
        "cell": figure.cell,
        "value": figure.value,
        "of": figure.of,
        "share": figure.share,
        "corrected_share": figure.corrected,
        "interval_95": list(figure.interval) if figure.interval else None,
        "least": figure.low,
        "most": figure.high,
        **proven.about,
        "remarks": list(proven.remarks),
        "robots_permission": [asdict(one) | {"day": one.day.isoformat()} for one in proven.permissions],
        "definition": asdict(proven.card),
        "counted": sum(one.counted for one in proven.behind),
        "in_the_denominator_only": sum(not one.counted for one in proven.behind),
        "root": seals.head(folder.root),
        "runs_sealed_before_there_were_proofs": sorted(folder.unproven),
    }
    folder.text("figure.json", json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    codings = {one.key: _coding(one.coding, proven.rules) for one in proven.behind if one.coding}
    folder.text("codings.json", json.dumps(codings, ensure_ascii=False, indent=1) + "\n")


def _coding(stored: StoredCoding, rules: Mapping[str, str]) -> dict[str, object]:
    coding = stored.coding
    return {
        "nature": coding.nature,
        "completeness": coding.completeness,
        "output": coding.output,
        "sector": coding.sector,
        "coder": stored.coder,
        "coder_version": stored.coder_version,
        "codebook": stored.codebook,
        "coded_at": stamp(stored.coded_at),
        "given_to": stored.subject,
        "confidence": round(coding.confidence, 3),
        "rules": {rule: rules.get(rule, "") for rule in coding.rules},
        "words": [{"text": one.text, "in": one.field, "rule": one.rule} for one in coding.triggers],
    }


def _entries(folder: _Folder, behind: Iterable[Behind]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADER)
    for one in behind:
        stored, kept = one.coding, one.evidence
        coding = stored.coding if stored else None
        key = (kept.warc, kept.offset) if kept else ("", 0)
        row: tuple[object, ...] = (
            *(one.key, one.code, one.name, one.form, "yes" if one.counted else "no"),
            *((coding.nature, coding.completeness, coding.output, coding.sector) if coding else ("",) * 4),
            *((stored.coder, stamp(stored.coded_at)) if stored else ("", "")),
            " ".join(coding.rules) if coding else "",
            " | ".join(dict.fromkeys(trigger.text for trigger in coding.triggers)) if coding else "",
            f"{coding.confidence:.3f}" if coding else "",
            *((kept.url, stamp(kept.captured_at), kept.provenance, kept.place, kept.sha256) if kept else ("",) * 5),
            folder.offsets.get(key, ""),
            f"records/{folder.records[key]:04}.warc.gz" if key in folder.records else "",
        )
        writer.writerow([safe_cell(value) for value in row])
    folder.text("entries.csv", text.getvalue())
