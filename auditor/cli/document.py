"""`egov-audit document`: the yearly report as one file, to be edited or passed on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.app import app, load_config, say
from auditor.cli.figures import AsOf, AuditYear, Text, day_of, interface, read_records
from crawler.errors import UsageError
from crawler.pages.records import Lang


@app.command("document")
def document_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write: NAME.docx or NAME.pdf.")],
    *,
    lang: Annotated[str, typer.Option("--lang", metavar="LANG", help="Language of the document: en, ru or kk.")],
    as_of: AsOf = None,
    year: AuditYear = None,
    text: Text = Lang.RU,
) -> None:
    """Write the yearly report as one file: DOCX to edit, PDF to pass on. A file that was edited is never replaced."""
    from reports.document.build import checked, write_document
    from reports.i18n import words

    langs = interface(lang)
    if len(langs) != 1:
        raise UsageError(f"a document is in one language, not in {len(langs)}: {', '.join(langs)}")
    day = day_of(as_of, year)
    checked(file)
    records = read_records(load_config(), day, text)
    write_document(records, words(langs[0]), file)
    say(str(file))
