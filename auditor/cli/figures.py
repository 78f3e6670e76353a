"""`egov-audit measure` and `egov-audit report`: figures on a date, and the pages that show them."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from auditor.cli.app import app, load_config, note, say, say_json
from auditor.coding.codebook import CODEBOOK
from auditor.db.session import open_database, transaction
from auditor.ingest.status import not_read
from auditor.measure.cards import card
from auditor.measure.records import DatedAudit, Measured
from auditor.measure.stage import as_json, audit_at, measure_at, store
from auditor.records import Evidence
from crawler.errors import IntegrityError, UsageError
from crawler.pages.records import Lang

AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="YYYY-MM-DD", help="Audit date; today in Almaty unless given.")
]
Language = Annotated[Lang, typer.Option("--lang", help="Language of the register's text: ru or kk.")]


def parse_day(text: str | None) -> date:
    """A day as people type it, today in Almaty for None. Raises UsageError."""
    if text is None:
        return datetime.now(UTC).astimezone(ZoneInfo("Asia/Almaty")).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a date: write YYYY-MM-DD") from error


@app.command()
def measure(
    as_of: AsOf = None,
    lang: Language = Lang.RU,
    json_out: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
) -> None:
    """Measure the register on a date: counts, forms, both axes, the two-by-two, core_complete."""
    day = parse_day(as_of)
    with open_database(load_config().db_url) as engine, transaction(engine) as session:
        dated = measure_at(session, day, lang, not_read(session), CODEBOOK)
        kept = store(session, dated)
    note(f"{kept} new figures kept" if kept else "every figure was kept before, and is the same")
    if json_out:
        say_json(as_json(dated))
        return
    shot = dated.snapshot
    say(f"Register in {lang} on {day}: act {shot.act}, edition of {shot.edition_date}")
    for result in dated.measured.values():
        say(_line(result))
    say("Nature and completeness are machine-coded, unchecked.")
    if shot.unread:
        say(f"Later editions in force by then could not be read: {', '.join(shot.unread)}")


def _line(result: Measured) -> str:
    head = result.head
    if result.cells:
        cells = "  ".join(f"{figure.cell} {figure.value} ({_share(figure.share)})" for figure in result.cells)
        return f"{card(result.measure).title}: {cells}"
    share = f" ({_share(head.share)} of {head.of})" if head.of else ""
    return f"{card(result.measure).title}: {head.value}{share}"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f}%"


@app.command()
def report(
    as_of: AsOf = None,
    lang: Language = Lang.RU,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write; var/report unless set.")] = None,
) -> None:
    """Write the report: one HTML page a date and CSV files, every figure with its entries and kept pages."""
    config = load_config()
    path = write_report(config.db_url, config.archive, parse_day(as_of), lang, out or Path(config.report))
    say(str(path))


def write_report(db_url: str, archive: Path, day: date, lang: Lang, out: Path) -> Path:
    """Gather the records, build the pages, return the front page's path."""
    from auditor.coding.codebook import rules_in_words
    from reports.build import build

    with open_database(db_url) as engine, transaction(engine) as session:
        audit = audit_at(session, day, lang, not_read(session), CODEBOOK)
        for dated in audit.dates:
            store(session, dated)
    return build(audit, lambda evidence: _body(archive, evidence), rules_in_words(Lang.EN), out)


def _body(archive: Path, evidence: Evidence) -> bytes:
    """A kept page's bytes, checked against the sum that the report prints. Raises IntegrityError."""
    from crawler.archive.reader import read_record

    body = read_record(archive, evidence.warc, evidence.offset).payload
    if hashlib.sha256(body).hexdigest() != evidence.sha256:
        raise IntegrityError(f"warc/{evidence.warc} offset {evidence.offset}: not the bytes that were read")
    return body


def summary(dated: DatedAudit) -> list[str]:
    """The five lines that end `demo` and `run`."""
    heads = {name: result.head for name, result in dated.measured.items()}
    shot = dated.snapshot
    human = next(figure for figure in dated.measured["nature"].cells if figure.cell == "human_social")
    return [
        f"Register on {shot.as_of}: {heads['count'].value} services (act {shot.act}, edition of {shot.edition_date})",
        f"Called digitised: {heads['digitised'].value} ({_share(heads['digitised'].share)})",
        f"Human or social services: {human.value} ({_share(human.share)})",
        f"Human, complete and digitised: {heads['core_complete'].value} ({_share(heads['core_complete'].share)})",
        "Nature and completeness are machine-coded, unchecked.",
    ]
