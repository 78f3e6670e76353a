"""`egov-audit run` and `egov-audit demo`: every stage in order, from the harvest to the report."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy.exc import SQLAlchemyError

from auditor.cli.app import app, load_config, note, say
from auditor.cli.coding import code_command
from auditor.cli.figures import AsOf, Language, ReportAsked, parse_day, summary, write_report
from auditor.cli.harvest import harvest_all
from auditor.cli.history import link_command
from auditor.cli.ingest import ingest_command
from auditor.cli.root import have_stamped
from auditor.cli.sealing import seal_report
from auditor.cli.series import checked_by_people, coding_note
from auditor.coding.codebook import CODEBOOK
from auditor.db.explain import explain
from auditor.db.session import open_database, transaction
from auditor.ingest.status import not_read
from auditor.measure.stage import measure_at
from auditor.ops.records import StageEnd
from crawler.errors import AuditError, ContentError, SourceError, in_words
from crawler.pages.records import Lang

if TYPE_CHECKING:
    from auditor.config import AuditConfig
    from auditor.ops.conduct import Step
    from auditor.ops.records import PastRun, RunEnd

#: Codes after which the line goes on: what was kept and accepted before still stands and is reported.
_GOES_ON = {0, 3, ContentError.exit_code}
_AUTHORITY = "EGOV_AUDIT_TIMESTAMP_URL"


@app.command("run")
def run_command(
    *,
    as_of: AsOf = None,
    lang: Language = Lang.RU,
    out: Annotated[Path | None, typer.Option("--out", help="Folder of the report; var/report unless set.")] = None,
    quiet: Annotated[
        bool,
        typer.Option("--quiet", help="For cron: one digest on stdout if something changed or failed, else nothing."),
    ] = False,
    say_nothing_changed: Annotated[
        bool, typer.Option("--say-nothing-changed", help="With --quiet: a line for a run that changed nothing, too.")
    ] = False,
    once_a: Annotated[
        str | None,
        typer.Option(metavar="SPAN", help="Do nothing if the last good run is younger than this: 7d, 20h. Catches up."),
    ] = None,
    accept: Annotated[
        str,
        typer.Option(metavar="REASON", help="Publish although a list lost over 10% since the last good run: why."),
    ] = "",
) -> None:
    """Harvest, ingest, link, code, measure and report. What failed on the way is said, and in the exit code."""
    from auditor.ops.conduct import Plan, conduct
    from auditor.ops.duration import parse_duration
    from auditor.ops.shrunk import check_reason
    from reports.build import SITE
    from reports.folder import refuse_foreign

    config = load_config()
    refuse_foreign(out or Path(config.report), SITE)
    reason = check_reason(accept)
    span = parse_duration(once_a) if once_a else None
    arguments = _arguments(config, as_of, lang)
    stamp = _stamp_step(config)
    day = parse_day(as_of)
    # A fault is the run's to tell: evidence can be had without a database.
    with suppress(AuditError, SQLAlchemyError), open_database(config.db_url, create=True):
        pass

    def stages(since: datetime | None) -> tuple[tuple[str, Step], ...]:
        harvest, *rest = steps(day, lang, out or Path(config.report), since)
        # Two stamps: over what was fetched, for the report to print, and over the database and that report.
        return (harvest, *stamp, *rest, *stamp)

    def skip(runs: Sequence[PastRun], now: datetime) -> str:
        good = [run.finished for run in runs if run.result == "good" and run.arguments == arguments and run.finished]
        # A run "in the future" means a clock set back: then nobody knows its age.
        if span is None or not good or not good[-1] <= now < good[-1] + span:
            return ""
        return f"nothing to do: the last good run ended at {good[-1]:%Y-%m-%d %H:%M} UTC, within {once_a}"

    end = conduct(config, Plan(day, lang, arguments, stages, quiet, skip, reason))
    if isinstance(end, str):
        if not quiet or say_nothing_changed:
            note(end)
        return
    _say_end(end, quiet=quiet, say_nothing_changed=say_nothing_changed)
    if end.exit_code:
        raise typer.Exit(end.exit_code)


def _say_end(end: RunEnd, *, quiet: bool, say_nothing_changed: bool) -> None:
    """The digest: for a person on stderr like all that is no result; for cron it is the result, if there is one."""
    from auditor.ops.digest import digest, nothing_changed

    told = digest(end)
    if not quiet:
        note(told or nothing_changed(end))
    elif told or say_nothing_changed:
        say(told or nothing_changed(end))


def _stamp_step(config: AuditConfig) -> tuple[tuple[str, Step], ...]:
    """The stage that has the chain root stamped, where an authority is named; one that fails is told of, no more.

    Raises UsageError for settings with which nobody could be asked.
    """
    url = config.timestamp_url.get_secret_value()
    if not url:
        return ()
    from auditor.evidence.stamping import Asked, check_asked

    check_asked(Asked(_AUTHORITY, url, config.timestamp_ca_file))
    ask = _step("stamp", lambda: have_stamped(config, _AUTHORITY, url))

    def step() -> StageEnd:
        end = ask()
        return replace(end, exit_code=0) if end.exit_code == SourceError.exit_code and not end.stop else end

    return (("stamp", step),)


@app.command("demo")
def demo_command(
    out: Annotated[Path, typer.Option("--out", help="Folder for the demo's report.")] = Path("var/demo/report"),
) -> None:
    """The whole line on the sample that ships with the product, offline: its own small sites, crawled for real."""
    from crawler.sample.server import serve
    from reports.build import SITE
    from reports.folder import refuse_foreign

    refuse_foreign(out, SITE)
    # Whatever is configured: a sample in the midst of real evidence could never be taken out again.
    os.environ["EGOV_AUDIT_ARCHIVE"] = "var/demo/archive"
    os.environ["EGOV_AUDIT_DB_URL"] = "sqlite:///var/demo/audit.db"
    os.environ["EGOV_AUDIT_STATE"] = "var/demo/state"
    os.environ["EGOV_AUDIT_REPORT"] = str(out)
    with serve() as addresses:
        os.environ["EGOV_AUDIT_ADILET_URL"] = addresses.adilet
        os.environ["EGOV_AUDIT_EGOV_URL"] = addresses.egov
        os.environ["EGOV_AUDIT_DELAY"] = "0"
        code = 0
        for _, step in steps(parse_day(None), Lang.RU, out):
            end = step()
            code = max(code, end.exit_code)
            if end.stop:
                break
    # An edition that the sample keeps back on purpose, to show how that looks, is no failure of the demo.
    if code not in (0, ContentError.exit_code):
        raise typer.Exit(code)


def steps(day: date, lang: Lang, out: Path, since: datetime | None = None) -> tuple[tuple[str, Step], ...]:
    """The stages of a whole line, by name; each says how it ended and raises nothing that a person can meet.

    `since`: when the killed run began that this one goes on with.
    """

    def show() -> None:
        from reports.i18n import LANGUAGES

        config = load_config()
        path = write_report(config, ReportAsked(day, lang, tuple(LANGUAGES)), out)
        seal_report(config, out)
        say("")
        say(str(path))
        for line in _summary(config.db_url, day, lang):
            say(line)

    commands: tuple[tuple[str, Callable[[], object]], ...] = (
        ("harvest", lambda: harvest_all(since)),
        ("ingest", ingest_command),
        ("link", link_command),
        ("code", code_command),
        ("report", show),
    )
    return tuple((name, _step(name, command)) for name, command in commands)


def _step(name: str, command: Callable[[], object]) -> Step:
    def step() -> StageEnd:
        note(f"== {name}")
        return _attempt(name, command)

    return step


def _attempt(name: str, command: Callable[[], object]) -> StageEnd:
    """How a stage ended; its error in one line."""
    try:
        command()
    except typer.Exit as end:
        return StageEnd(name, end.exit_code, stop=end.exit_code not in _GOES_ON)
    except AuditError as error:
        note(f"egov-audit: {error}")
        return StageEnd(name, error.exit_code, str(error), stop=error.exit_code not in _GOES_ON)
    except SQLAlchemyError as error:
        # Its own text may show a statement's values; the driver's line does not.
        reason = f"the database refused: {explain(error)}"
        note(f"egov-audit: {reason}")
        return StageEnd(name, 4, reason, stop=True)
    except OSError as error:
        note(f"egov-audit: {in_words(error)}")
        return StageEnd(name, 3, in_words(error, path=False), stop=True)
    return StageEnd(name, 0)


def _arguments(config: AuditConfig, as_of: str | None, lang: Lang) -> dict[str, str]:
    """What a run's record says it was asked for; names only, for an address may hold a password."""
    elsewhere = [name for name in ("adilet", "egov", "edition_mirror") if getattr(config, f"{name}_url")]
    return {"as_of": as_of or "today", "lang": str(lang), "elsewhere": ",".join(elsewhere)}


def _summary(db_url: str, day: date, lang: Lang) -> list[str]:
    with open_database(db_url) as engine, transaction(engine) as session:
        try:
            checked = checked_by_people(session, lang)
            dated = measure_at(session, day, lang, not_read(session), CODEBOOK, checked)
            return summary(dated, coding_note(checked, [dated]))
        except ContentError as error:
            return [str(error)]
