"""`egov-audit run` and `egov-audit demo`: every stage in order, from the harvest to the report."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.app import app, load_config, note, say
from auditor.cli.coding import code_command
from auditor.cli.figures import AsOf, Language, parse_day, summary, write_report
from auditor.cli.harvest import harvest_command
from auditor.cli.history import link_command
from auditor.cli.ingest import ingest_command
from auditor.coding.codebook import CODEBOOK
from auditor.db.session import open_database, transaction
from auditor.ingest.status import not_read
from auditor.measure.stage import measure_at
from crawler.errors import AuditError, ContentError
from crawler.pages.records import Lang

#: Codes after which the line goes on: what was kept and accepted before still stands and is reported.
_GOES_ON = {ContentError.exit_code, 3}


@app.command("run")
def run_command(
    as_of: AsOf = None,
    lang: Language = Lang.RU,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of the report; var/report unless set.")] = None,
) -> None:
    """Harvest, ingest, link, code, measure and report. What failed on the way is said, and in the exit code."""
    code = run_line(parse_day(as_of), lang, out or Path(load_config().report))
    if code:
        raise typer.Exit(code)


@app.command("demo")
def demo_command(
    out: Annotated[Path, typer.Option("--out", help="Folder for the demo's report.")] = Path("var/demo/report"),
) -> None:
    """The whole line on the sample that ships with the product, offline: its own small sites, crawled for real."""
    from crawler.sample.server import serve

    os.environ.setdefault("EGOV_AUDIT_ARCHIVE", "var/demo/archive")
    os.environ.setdefault("EGOV_AUDIT_DB_URL", "sqlite:///var/demo/audit.db")
    with serve() as addresses:
        os.environ["EGOV_AUDIT_ADILET_URL"] = addresses.adilet
        os.environ["EGOV_AUDIT_EGOV_URL"] = addresses.egov
        os.environ["EGOV_AUDIT_DELAY"] = "0"
        code = run_line(parse_day(None), Lang.RU, out)
    # An edition that the sample keeps back on purpose, to show how that looks, is no failure of the demo.
    if code not in (0, ContentError.exit_code):
        raise typer.Exit(code)


def run_line(day: date, lang: Lang, out: Path) -> int:
    """Run every stage; return the gravest exit code that the line survives. Raises AuditError, typer.Exit of others."""
    worst = 0
    stages: tuple[tuple[str, Callable[[], object]], ...] = (
        ("harvest", harvest_command),
        ("ingest", ingest_command),
        ("link", link_command),
        ("code", code_command),
    )
    for name, stage in stages:
        note(f"== {name}")
        code = _attempt(stage)
        if code not in {0, *_GOES_ON}:
            raise typer.Exit(code)
        worst = max(worst, code)
    note("== measure and report")
    config = load_config()
    path = write_report(config.db_url, config.archive, day, lang, out)
    say("")
    say(str(path))
    for line in _summary(config.db_url, day, lang):
        say(line)
    return worst


def _attempt(stage: Callable[[], object]) -> int:
    """A stage's exit code; its error in one line."""
    try:
        stage()
    except typer.Exit as end:
        return end.exit_code
    except AuditError as error:
        note(f"egov-audit: {error}")
        return error.exit_code
    return 0


def _summary(db_url: str, day: date, lang: Lang) -> list[str]:
    with open_database(db_url) as engine, transaction(engine) as session:
        try:
            return summary(measure_at(session, day, lang, not_read(session), CODEBOOK))
        except ContentError as error:
            return [str(error)]
