"""Seals: what was stored or published beside the runs (database, report, release, time stamp), in a chain.

    seals/000007.json         number, kind, root over its lines, SHA-256 of the seal before and of the newest manifest
    seals/000007.lines        the lines its root is over, so that one that changed can be named
    seals/000007.tsr          a time-stamping authority's answer, as it came
    seals/000007.pem          the authorities that vouched for who signed it, as they were then
    open/000007.seal          the seal itself until the files beside it lie there

Each seal names the newest manifest, each manifest the newest seal, so the newest of both vouches for everything before
it: `head` is the one value to be kept where the archive's owner does not rule alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.archive import layout, manifest
from crawler.archive.lines import moment, stamp
from crawler.archive.warc import sha256
from crawler.errors import UNREADABLE, IntegrityError

FORMAT = 1
FOLDER = "seals"
LINES, TOKEN, AUTHORITIES = "lines", "tsr", "pem"
TIMESTAMP = "timestamp"
_NAME = re.compile(r"\d{6}\.json")
_BEGUN = ".seal"


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal. `kind`: database, report, release, timestamp. `root` is the Merkle root over `count` lines, or, of a
    time stamp, the value that was stamped. `facts` are what else its kind needs, strings all. `digest` is the SHA-256
    of its file.
    """

    sequence: int
    previous: str
    archive: str
    sealed_at: datetime
    kind: str
    root: str
    count: int
    facts: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""


def seal_path(root: Path, sequence: int) -> Path:
    """The file that makes a seal exist."""
    return root / FOLDER / f"{sequence:06}.json"


def beside(root: Path, sequence: int, kind: str) -> Path:
    """The file of that kind (`lines`, `tsr`, `pem`) beside a seal."""
    return seal_path(root, sequence).with_suffix(f".{kind}")


def companions(root: Path, sequence: int) -> list[Path]:
    """The files that lie beside a seal."""
    return [path for kind in (LINES, TOKEN, AUTHORITIES) if (path := beside(root, sequence, kind)).exists()]


def encode(seal: Seal) -> bytes:
    """The seal's file, always the same bytes for the same content."""
    raw: dict[str, Any] = {
        "format": FORMAT,
        "sequence": seal.sequence,
        "previous": seal.previous,
        "archive": seal.archive,
        "sealed_at": stamp(seal.sealed_at),
        "kind": seal.kind,
        "root": seal.root,
        "count": seal.count,
        "facts": dict(seal.facts),
    }
    raw["self"] = sha256(_plain(raw))
    return _plain(raw)


def decode(content: bytes, name: str) -> Seal:
    """The seal in a file named `name`. Raises IntegrityError if one byte is not what `encode` wrote."""
    try:
        raw = json.loads(content)
        facts = {str(key): str(value) for key, value in raw["facts"].items()}
        seal = Seal(
            sequence=raw["sequence"],
            previous=raw["previous"],
            archive=raw["archive"],
            sealed_at=moment(raw["sealed_at"]),
            kind=raw["kind"],
            root=raw["root"],
            count=raw["count"],
            facts=facts,
        )
        whole = encode(seal) == content and name == f"{seal.sequence:06}.json"
    except UNREADABLE as error:
        raise IntegrityError(f"{FOLDER}/{name} cannot be read: {error}") from error
    if not whole:
        raise IntegrityError(f"{FOLDER}/{name} does not fit its own digest")
    return replace(seal, digest=sha256(content))


def seal_files(root: Path) -> list[Path]:
    """The files of all seals, oldest first; empty for an archive without."""
    return sorted(path for path in (root / FOLDER).glob("*.json") if _NAME.fullmatch(path.name))


def load_seals(root: Path) -> tuple[Seal, ...]:
    """Every seal, oldest first. Raises IntegrityError for a changed one."""
    return tuple(decode(path.read_bytes(), path.name) for path in seal_files(root))


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be sealed: kind, root over `count` lines, further facts, and the files beside it (kind → path or
    bytes); a path is moved into the archive.
    """

    kind: str
    root: str
    count: int
    facts: Mapping[str, str]
    files: Mapping[str, Path | bytes] = field(default_factory=dict)


def begun(root: Path) -> set[str]:
    """Numbers of seals that are being written, or that a kill kept from it: files beside them belong to no seal yet."""
    return {path.stem for path in (root / "open").glob(f"*{_BEGUN}")}


def add_seal(root: Path, draft: Draft, now: datetime) -> Seal:
    """Append a seal to the chain: its files first, itself last, so that it exists whole or not at all.

    What a kill left of one takes nobody's place: the next seal has its number. Raises IntegrityError for a chain that
    cannot be read, OSError.
    """
    layout.prepare(root)
    (root / FOLDER).mkdir(exist_ok=True)
    aside = root / "open" / "seal.tmp"
    with layout.chain_lock(root):
        known, runs = load_seals(root), manifest.load_all(root)
        seal = Seal(
            sequence=known[-1].sequence + 1 if known else 1,
            previous=known[-1].digest if known else "",
            archive=runs[-1].digest if runs else "",
            sealed_at=now,
            kind=draft.kind,
            root=draft.root,
            count=draft.count,
            facts=dict(draft.facts),
        )
        encoded, path = encode(seal), seal_path(root, seal.sequence)
        written = root / "open" / f"{path.stem}{_BEGUN}"
        if written.exists():
            for left in companions(root, seal.sequence):
                left.unlink()
        layout.write_whole(written, encoded, by_way_of=aside)
        for kind, content in draft.files.items():
            place = beside(root, seal.sequence, kind)
            if isinstance(content, Path):
                layout.sync_file(content)
                content.replace(place)
            else:
                layout.write_whole(place, content, by_way_of=aside)
        written.replace(path)
        layout.sync_folder(path.parent)
    return replace(seal, digest=sha256(encoded))


def newest(seals: Iterable[Seal], kind: str, **facts: str) -> Seal | None:
    """The newest seal of a kind that holds those facts."""
    found = [one for one in seals if one.kind == kind and all(one.facts.get(k) == v for k, v in facts.items())]
    return found[-1] if found else None


def covering_stamp(root: Path) -> Seal | None:
    """The oldest time stamp that vouches for the newest manifest, so for all evidence; None where there is none yet.

    The oldest, for it says the most, and stays the same when others follow. Raises IntegrityError for a changed chain.
    """
    made, evidence = load_seals(root), manifest.evidence_root(root)
    vouching = {evidence} | {one.digest for one in made if one.archive == evidence}
    return next((one for one in made if one.kind == TIMESTAMP and one.root in vouching), None)


def drop_lines(root: Path, sequence: int) -> None:
    """Take away the lines of a seal that a newer one of the same thing has followed: its root stays. Raises OSError."""
    beside(root, sequence, LINES).unlink(missing_ok=True)


def head(root: Path) -> str:
    """The SHA-256 that vouches for the whole archive as it is: of the newest seal or manifest, "" for an empty archive.

    Raises IntegrityError for a chain that cannot be read.
    """
    seals, runs = load_seals(root), manifest.load_all(root)
    if seals and (not runs or seals[-1].archive == runs[-1].digest):
        return seals[-1].digest
    return runs[-1].digest if runs else ""


def files_by_digest(root: Path) -> dict[str, Path]:
    """Every manifest and seal by its SHA-256: by each value that was ever the archive's root. Raises IntegrityError."""
    runs = {run.digest: layout.manifest_path(root, run.run_id) for run in manifest.load_all(root)}
    return runs | {seal.digest: seal_path(root, seal.sequence) for seal in load_seals(root)}


def _plain(raw: Mapping[str, Any]) -> bytes:
    return (json.dumps(raw, indent=1) + "\n").encode()
