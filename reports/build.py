"""Builds the report: a folder that opens from a disk. The same records give the same bytes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from auditor.measure.records import Audit
from auditor.records import Evidence
from crawler.errors import ContentError, UsageError
from crawler.pages.html import decode
from reports.contexts import EvidencePage
from reports.files import write_files
from reports.views import Bodies, audit_page, evidence_file, moment, page_name

#: A folder holding this file is a report of ours and may be replaced; any other is never touched.
MARKER = ".egov-audit-report"


def build(audit: Audit, bodies: Bodies, rules: Mapping[str, str], out: Path) -> Path:
    """Write the report to `out` and return the path of its front page.

    `bodies` gives a kept page's bytes, `rules` the codebook's rules in words by id. The folder is built aside and
    swapped in, so an earlier report stays whole if this one fails. Raises UsageError for a folder that is not ours,
    ContentError when there is nothing to report, OSError when the disk refuses.
    """
    if not audit.dates and not audit.portals:
        raise ContentError("nothing to report: no edition and no portal list has been read and accepted")
    refuse_foreign(out)
    aside = out.with_name(out.name + ".building")
    if aside.exists():
        refuse_foreign(aside)
        shutil.rmtree(aside)
    aside.mkdir(parents=True)
    try:
        (aside / MARKER).write_text("This folder is replaced whole by the next report.\n", encoding="utf-8")
        _write_pages(audit, bodies, rules, aside)
        _swap(aside, out)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return out / "index.html"


def refuse_foreign(folder: Path) -> None:
    """Raise UsageError for a folder that holds anything but a report of ours; an empty or missing one is fine."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder for a report")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise UsageError(f"{folder} holds files that are not a report of ours: choose another folder with --out")


def _swap(aside: Path, out: Path) -> None:
    old = out.with_name(out.name + ".old")
    if out.exists():
        if old.exists():
            refuse_foreign(old)
            shutil.rmtree(old)
        os.replace(out, old)
    os.replace(aside, out)
    if old.exists():
        shutil.rmtree(old)


def environment() -> Environment:
    """The templates: an undefined name is an error, every text is escaped."""
    return Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _write_pages(audit: Audit, bodies: Bodies, rules: Mapping[str, str], out: Path) -> None:
    templates = environment()
    static = out / "static"
    static.mkdir()
    css = resources.files("reports").joinpath("static/report.css").read_bytes()
    (static / "report.css").write_bytes(css)
    template = templates.get_template("audit.html")
    dates = {dated.snapshot.as_of for dated in audit.dates} | {audit.as_of}
    for at in sorted(dates):
        text = template.render(page=audit_page(audit, at, rules))
        (out / page_name(audit, at)).write_text(text, encoding="utf-8", newline="\n")
    _write_evidence(audit, bodies, templates, out)
    write_files(audit, out / "csv")


def _write_evidence(audit: Audit, bodies: Bodies, templates: Environment, out: Path) -> None:
    (out / "evidence").mkdir()
    template = templates.get_template("evidence.html")
    kept: dict[str, Evidence] = {}
    for evidence in (*audit.evidence.values(), *audit.pages.values()):
        kept.setdefault(evidence_file(evidence), evidence)
    for name, evidence in sorted(kept.items()):
        page = EvidencePage(
            url=evidence.url,
            captured=moment(evidence.captured_at),
            sha256=evidence.sha256,
            provenance=evidence.provenance,
            warc=f"{evidence.warc}, offset {evidence.offset}",
            run=evidence.run_id,
            body=decode(bodies(evidence), ""),
        )
        (out / name).write_text(template.render(page=page), encoding="utf-8", newline="\n")
