"""Builds the yearly report as one file, DOCX by its name. The same records and language give the same bytes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from auditor.measure.report_records import Report
from crawler.errors import UsageError
from reports.contexts.document import Document
from reports.document import package
from reports.document.file import refuse_foreign, write_whole
from reports.i18n import Words
from reports.views.charts import draw_all
from reports.views.document import document
from reports.views.facts import facts_of
from reports.views.here import Site

Writer = Callable[[Document, Path], bytes]


def checked(path: Path) -> Writer:
    """What writes the document that `path` asks for.

    Raises UsageError for a name that ends otherwise than in .docx, for a form whose packages are not installed, and
    for a path that holds anything but a document of ours as it was written.
    """
    if path.suffix.lower() != ".docx":
        raise UsageError(f"a document is a .docx file, not {path.name!r}")
    writer = _docx()
    refuse_foreign(path, package.untouched)
    return writer


def _docx() -> Writer:
    try:
        from reports.document.docx import to_docx
    except ImportError as error:
        raise UsageError("DOCX needs more packages: pip install 'egov-audit[docx]'") from error
    return to_docx


def write_document(report: Report, words: Words, out: Path) -> None:
    """Write the report in one language to `out`.

    Raises UsageError as `checked` does, ContentError for a missing translation, OSError when the disk refuses; a
    document that was there then stays whole.
    """
    write = checked(out)
    site = Site(facts_of(report), words, (words.lang,))
    with tempfile.TemporaryDirectory(prefix="egov-audit-") as folder:
        charts = draw_all(site, Path(folder))
        data = write(document(site, charts), Path(folder) / "charts" / words.lang)
    write_whole(out, data)
