"""Builds the yearly report as one file, DOCX or PDF by its name. The same records and language give the same bytes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from auditor.measure.report_records import Report
from crawler.errors import UsageError
from reports.contexts.document import Document
from reports.document import package
from reports.document.file import Untouched, refuse_foreign, write_whole
from reports.i18n import Words
from reports.views.charts import draw_all
from reports.views.document import document
from reports.views.facts import facts_of
from reports.views.here import Site

#: What turns a document into bytes, given the folder of its charts.
Writer = Callable[[Document, Path], bytes]
_PANGO = (
    "PDF needs the library Pango (on Debian and Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0): "
)


def checked(path: Path) -> Writer:
    """What writes the document that `path` asks for by its end.

    Raises UsageError for an end other than .docx and .pdf, for a form whose packages are not installed, and for a path
    that holds anything but a document of ours as it was written.
    """
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise UsageError(f"a document is a {' or '.join(_FORMS)} file, not {path.name!r}")
    writer, untouched = form()
    refuse_foreign(path, untouched)
    return writer


def _docx() -> tuple[Writer, Untouched]:
    try:
        from reports.document.docx import to_docx
    except ImportError as error:
        raise UsageError("DOCX needs more packages: pip install 'egov-audit[docx]'") from error
    return to_docx, package.untouched


def _pdf() -> tuple[Writer, Untouched]:
    try:
        from reports.document.pdf import to_pdf, untouched
    except ImportError as error:
        raise UsageError("PDF needs more packages: pip install 'egov-audit[pdf]'") from error
    except OSError as error:
        raise UsageError(_PANGO + str(error).partition("\n")[0]) from error
    return to_pdf, untouched


_FORMS: dict[str, Callable[[], tuple[Writer, Untouched]]] = {".docx": _docx, ".pdf": _pdf}


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
