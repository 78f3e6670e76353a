"""Builds the report: a folder that opens from a disk. The same records give the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.metadata import version
from pathlib import Path

from auditor.measure.report_records import Report
from auditor.records import Evidence
from reports.digest import digest_of
from reports.files import write_files
from reports.folder import Kind, built_aside, refuse_foreign
from reports.i18n import words
from reports.pages import Renderer, write_evidence, write_language

#: A folder holding this file is a report of ours and may be replaced; any other is never touched.
MARKER = ".egov-audit-report"
SITE = Kind(MARKER, "report")
_STATIC = ("report.css", "tables.js")

Bodies = Callable[[Evidence], bytes]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a report is asked for besides its records: interface languages, and the codebook's rules in each."""

    langs: tuple[str, ...]
    rules: Mapping[str, Mapping[str, str]]


def build(report: Report, bodies: Bodies, wanted: Wanted, out: Path) -> Path:
    """Write the report to `out` and return the path of its first page.

    `bodies` gives a kept page's bytes. The folder is built aside and swapped in, so an earlier report stays whole if
    this one fails; one of the same records and languages that is whole is left as it is. Raises UsageError for a folder
    that is not ours, ContentError for a missing translation, OSError when the disk refuses.
    """
    refuse_foreign(out, SITE)
    inputs = _inputs(report, wanted)
    if not is_whole(out, inputs):
        with built_aside(out, SITE) as aside:
            _write(report, bodies, wanted, aside)
            told = {"about": SITE.told, "inputs": inputs, "tree": _tree(aside)}
            (aside / MARKER).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return out / "index.html"


def _inputs(report: Report, wanted: Wanted) -> str:
    """A digest of all that the report is made of: records, languages, this program's version and its own files."""
    digest = hashlib.sha256(program_digest("reports"))
    digest.update(digest_of((report, wanted.langs, wanted.rules)))
    return digest.hexdigest()


def program_digest(*packages: str) -> bytes:
    """A digest of this program's version and of the files of some packages: another one may say the same otherwise."""
    digest = hashlib.sha256(version("egov-audit").encode())
    for package in packages:
        for path in sorted(Path(str(resources.files(package))).rglob("*")):
            if path.is_file() and path.suffix in (".py", ".html", ".css", ".js", ".po", ".yml", ".json"):
                digest.update(path.read_bytes())
    return digest.digest()


def inputs_of(out: Path) -> str:
    """The digest of what the report in `out` was made of, as it says itself; "" where it says nothing."""
    try:
        told = json.loads((out / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(told.get("inputs", "")) if isinstance(told, dict) else ""


def is_whole(out: Path, inputs: str) -> bool:
    """Whether `out` is the report of these inputs with every file as it was written."""
    if not inputs or inputs_of(out) != inputs:
        return False
    told = json.loads((out / MARKER).read_text(encoding="utf-8"))
    return bool(told.get("tree") == _tree(out))


def _tree(folder: Path) -> str:
    """A digest over the names and bytes of every file but the marker."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MARKER):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _write(report: Report, bodies: Bodies, wanted: Wanted, out: Path) -> None:
    _static(out / "static")
    renderer = Renderer.of(report)
    write_evidence(renderer, bodies, out)
    write_files(report, out / "csv")
    for lang in wanted.langs:
        write_language(renderer, words(lang), wanted.langs, wanted.rules[lang], out)
    renderer.chooser(wanted.langs, words(wanted.langs[0]), out)


def _static(folder: Path) -> None:
    folder.mkdir()
    for name in _STATIC:
        (folder / name).write_bytes(resources.files("reports").joinpath(f"static/{name}").read_bytes())


def languages_wanted(langs: Sequence[str], rules: Callable[[str], Mapping[str, str]]) -> Wanted:
    """What a report in these interface languages is asked for; `rules` gives the codebook's rules in a language."""
    return Wanted(tuple(langs), {lang: dict(rules(lang)) for lang in langs})
