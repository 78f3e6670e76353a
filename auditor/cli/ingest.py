"""`egov-audit ingest` and `egov-audit status`: the archive into the database, and where everything stands."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from auditor.cli.app import app, load_config, log, note, say, say_json
from auditor.db.session import open_database, transaction
from crawler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from auditor.ingest.stage import Watch
    from auditor.ingest.summary import IngestSummary

#: A line for a log file after so many pages.
_EVERY = 100


@app.command("ingest")
def ingest_command(
    *,
    again: Annotated[
        bool, typer.Option("--again", help="Read every page anew, after the parsers were mended.")
    ] = False,
    accept_key: Annotated[
        str | None, typer.Option("--accept", metavar="KEY", help="Let a held edition count: ACT/DATE/LANG.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why it may count; kept with it.")] = "",
    by: Annotated[str, typer.Option(help="Who says so: an alias, kept with it.")] = "operator",
    archive: Annotated[Path | None, typer.Option(help="Folder of the evidence archive.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="What was done as JSON.")] = False,
) -> None:
    """Store the archive's pages that are not stored yet. An edition that looks cut is held until it is accepted."""
    from auditor.ingest.stage import accept, ingest
    from crawler.sources.load import load_sources

    if accept_key is None and reason:
        raise UsageError("--reason goes with --accept")
    config = load_config(archive=archive)
    with open_database(config.db_url, create=True) as engine:
        if accept_key is not None:
            edition = accept(engine, accept_key, reason, by)
            if as_json:
                say_json({"accepted": edition.key, "rows": edition.rows_live, "reason": reason, "by": by})
            else:
                say(f"accepted {edition.key}: {edition.rows_live} services")
            return
        with _progress() as watch:
            summary = ingest(engine, config.archive, load_sources(config), again=again, watch=watch)
    if as_json:
        say_json({**asdict(summary), "new_rows": summary.new_rows, "exit_code": summary.exit_code})
    else:
        _say_summary(summary)
    _note_waiting(summary)
    if summary.exit_code:
        raise typer.Exit(summary.exit_code)


@app.command("status")
def status_command(
    *,
    archive: Annotated[Path | None, typer.Option(help="Folder of the evidence archive.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
) -> None:
    """Where every edition, source and list stands, and how many issues are open."""
    from auditor.cli.status import show, status_json
    from auditor.db.captures import stored_runs
    from auditor.db.status import read_status
    from crawler.archive.reader import run_ids

    config = load_config(archive=archive)
    with open_database(config.db_url) as engine, transaction(engine) as session:
        found = read_status(session)
        waiting = [run_id for run_id in run_ids(config.archive) if run_id not in stored_runs(session)]
    if as_json:
        say_json(status_json(found, waiting))
    else:
        show(found, waiting)


@contextmanager
def _progress() -> Iterator[Watch]:
    """A bar on a terminal; elsewhere a line every hundred pages."""
    if not log.is_terminal:

        def line(done: int, total: int, url: str) -> None:
            if done % _EVERY == 0 or done == total:
                note(f"{done} of {total} pages, last {url}")

        yield line
        return
    columns = (TextColumn("reading pages"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=log, transient=True) as bar:
        task = bar.add_task("pages", total=None)
        yield lambda done, total, _url: bar.update(task, completed=done, total=total)


def _say_summary(summary: IngestSummary) -> None:
    if not summary.pages and not summary.runs:
        say("nothing new")
        return
    say(f"runs {summary.runs}, captures {summary.captures}, pages read {summary.pages}")
    say(f"editions {summary.editions} with {summary.entries} rows, history lines {summary.histories}")
    say(f"lists {summary.lists} with {summary.listings} lines, service pages {summary.service_pages}")
    say(f"issues {summary.issues} new, {summary.resolved} resolved; pages failed {len(summary.failed)}")


def _note_waiting(summary: IngestSummary) -> None:
    for failed in summary.failed:
        note(f"failed: {failed.url}: {failed.code}: {failed.reason}")
    for url in summary.undated:
        note(f"waits for its act's history to say which edition it is: {url}")
        note("  harvest or import that history page, or import the text again with --edition-date YYYY-MM-DD")
    for held in summary.held:
        word = "held" if held.key in summary.newly_waiting else "still held"
        note(f"{word}: {held.key}: {held.reason}")
        note(f'  if it is right: egov-audit ingest --accept {held.key} --reason "…"')
