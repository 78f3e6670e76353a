"""`egov-audit measure` and `egov-audit report`: figures on a date, and the pages that show them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli.app import app, load_config, note, say, say_json
from auditor.cli.sealing import seal_report
from auditor.cli.series import (
    checked_by_people,
    coding_note,
    keep_everything,
    measured_on,
    print_counted,
    print_series,
    print_years,
    say_corrections,
    today,
    told_wrong,
)
from auditor.coding.codebook import CODEBOOK
from auditor.db.session import open_database, transaction
from auditor.db.state import rows_digest
from auditor.ingest.status import not_read
from auditor.measure.behind import counted_json
from auditor.measure.cards import AWAITED, card
from auditor.measure.records import DatedAudit, Figure, Measured
from auditor.measure.series import Year, series_json
from auditor.measure.splits import dimensions
from auditor.measure.stage import as_json, store
from auditor.measure.stage_series import FIRST_YEAR, Asked, check_year, observed
from crawler.errors import UsageError
from crawler.pages.records import Lang

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from auditor.config import AuditConfig
    from auditor.measure.report_records import Report, Stamped
    from auditor.records import NotRead

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="YYYY-MM-DD", help="Audit date; today in Almaty unless given.")
]


def _of_the_register(lang: Lang) -> Lang:
    if lang not in (Lang.RU, Lang.KK):
        raise UsageError(f"the register is read in ru and kk, not in {str(lang)!r}")
    return lang


Language = Annotated[
    Lang, typer.Option("--lang", help="Language of the register's text: ru or kk.", callback=_of_the_register)
]
Text = Annotated[
    Lang,
    typer.Option(
        "--text", help="Language of the register's text that is counted: ru or kk.", callback=_of_the_register
    ),
]
AuditYear = Annotated[
    int | None, typer.Option("--year", metavar="YEAR", help="Audit date 31 December of this year, today at most.")
]
Interface = Annotated[str, typer.Option("--lang", metavar="LANGS", help="Languages of the pages: en, ru, kk; commas.")]


def parse_day(text: str | None) -> date:
    """A day as people type it, today in Almaty for None. Raises UsageError for no date, for one before the register's
    years and for one that has not come: an edition of the future is not in force yet, and nobody knows which will be.
    """
    if text is None:
        return today()
    try:
        # Python reads weeks and dates without dashes too; what is printed again and cited has one form.
        day = date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError as error:
        raise UsageError(f"{text!r} is not a date: write YYYY-MM-DD") from error
    if day.year < FIRST_YEAR:
        raise UsageError(f"{day} is no day of the register: its years are {FIRST_YEAR} to {today().year}")
    if day > today():
        raise UsageError(f"{day} has not come: nothing is known of the register after today, {today()}")
    return day


From = Annotated[int | None, typer.Option("--from", metavar="YEAR", help="First year of a series by 31 December.")]
To = Annotated[int | None, typer.Option("--to", metavar="YEAR", help="Last year of the series; the present one too.")]
By = Annotated[
    str,
    typer.Option("--by", help="Take each figure apart: regulator, section, provider_level, recipient, form; commas."),
]
Only = Annotated[list[str] | None, typer.Option("--measure", help="Only this measure; can be given several times.")]
Entries = Annotated[
    bool, typer.Option("--entries", help="Also list what each figure counts: keys, codes, names; of one date.")
]


@app.command()
def measure(
    *,
    as_of: AsOf = None,
    start: From = None,
    end: To = None,
    by: By = "",
    only: Only = None,
    entries: Entries = False,
    lang: Language = Lang.RU,
    json_out: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
    csv_out: Annotated[
        bool, typer.Option("--csv", help="Print CSV: one row a figure; with --entries one row a thing counted.")
    ] = False,
) -> None:
    """Measure the register on a date, or year by year with --from and --to: every measure, with its denominator."""
    split_by = dimensions(by)
    wanted = [card(name).id for name in only or ()]
    if json_out and csv_out:
        raise UsageError("--json and --csv exclude each other")
    form = "json" if json_out else "csv" if csv_out else "text"
    if entries and (split_by or start is not None or end is not None):
        raise UsageError("--entries lists what the figures of one date count: use it with --as-of, without --by")
    if start is not None or end is not None:
        if as_of is not None:
            raise UsageError("--as-of is one date; --from and --to are a series: use one of them")
        print_series((start or end or 0, end or start or 0), lang, split_by, wanted, form)
        return
    day = parse_day(as_of)
    with open_database(load_config().db_url) as engine, transaction(engine) as session:
        checked = checked_by_people(session, lang)
        dated = measured_on(session, day, lang, checked)
        kept = store(session, dated)
        wrong = told_wrong(session, {day}, lang, wanted)
    coding = coding_note(checked, [dated])
    note(f"{kept} new figures kept" if kept else "every figure was kept before, and is the same")
    if json_out:
        told = as_json(dated, coding)
        if split_by:
            taken = series_json([Year(day.year, day, dated)], split_by, wanted)[0]
            told |= {part: taken[part] for part in ("by", "not_split")}
        if entries:
            told["entries"] = counted_json(dated, wanted)
        if wanted:
            told |= {part: _only(told[part], wanted) for part in ("measures", "unmeasured")}
        told |= {"awaited": {} if wanted else AWAITED, "corrections": [one.as_json() for one in wrong]}
        say_json(told)
    elif csv_out and entries:
        print_counted(dated, wanted, form)
    elif csv_out or split_by:
        print_years([Year(day.year, day, dated)], split_by, wanted, form, coding)
        say_corrections(wrong, form)
    else:
        _say_dated(dated, wanted, coding)
        say_corrections(wrong, form)
        if entries:
            print_counted(dated, wanted, form)


def _only(told: object, wanted: list[str]) -> dict[str, object]:
    return {name: value for name, value in dict(told).items() if name in wanted}  # type: ignore[call-overload]


def _say_dated(dated: DatedAudit, wanted: list[str], coding: str) -> None:
    shot = dated.snapshot
    say(f"Register in {shot.lang} on {shot.as_of}: act {shot.act}, edition of {shot.edition_date}")
    for result in dated.measured.values():
        if not wanted or result.measure in wanted:
            say(_line(result))
    for name, why in dated.unmeasured.items():
        if not wanted or name in wanted:
            say(f"{card(name).title}: not observed ({why})")
    for name, needed in () if wanted else AWAITED.items():
        say(f"{name}: not measured yet (it needs {needed})")
    say(f"Nature and completeness: {coding}.")
    if shot.unread:
        say(f"Later editions in force by then could not be read: {', '.join(shot.unread)}")


def _line(result: Measured) -> str:
    head = result.head
    share = f" ({_checked(head, f' of {head.of}')})" if head.of else ""
    bounds = f", {head.low} to {head.high}" if head.low is not None and head.low != head.high else ""
    shown = f"{head.value}{share}{bounds}"
    if result.cells:
        cells = "  ".join(f"{figure.cell} {figure.value} ({_checked(figure)})" for figure in result.cells)
        shown = cells if result.head.of is None else f"{shown}: {cells}"
    also = "".join(f"  {name.replace('_', ' ')} {value:.3g}" for name, value in result.derived)
    why = dict.fromkeys(figure.uncorrected for figure in result.figures if figure.uncorrected)
    remark = "".join(f" ({text})" for text in (result.remark, *(f"not corrected: {reason}" for reason in why)) if text)
    return f"{card(result.measure).title}: {shown}{also}{remark}"


def _checked(figure: Figure, of: str = "") -> str:
    """The share `of` something, and beside it the corrected one with its interval."""
    if figure.interval is None:
        return _share(figure.share) + of
    low, high = map(_share, figure.interval)
    return f"{_share(figure.share)}{of}; corrected {_share(figure.corrected)}, 95% between {low} and {high}"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.1f}%"


@app.command()
def report(
    *,
    as_of: AsOf = None,
    year: AuditYear = None,
    lang: Interface = "en,ru,kk",
    text: Text = Lang.RU,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write; var/report unless set.")] = None,
) -> None:
    """Write the report: a site that opens from a disk, every figure with its entries and kept pages, and CSV files."""
    config = load_config()
    day = day_of(as_of, year)
    folder = out or Path(config.report)
    path = write_report(config, ReportAsked(day, text, interface(lang)), folder)
    seal_report(config, folder)
    say(str(path))


def day_of(as_of: str | None, year: int | None) -> date:
    """The audit date of `--as-of` or `--year`. Raises UsageError for both, for no date and for a year to come."""
    today = parse_day(None)
    if year is None:
        return parse_day(as_of)
    if as_of is not None:
        raise UsageError("--as-of and --year both name the audit date: use one of them")
    check_year(year, today)
    return min(date(year, 12, 31), today)


def interface(text: str) -> tuple[str, ...]:
    """The interface languages of `--lang`. Raises UsageError that lists the known ones."""
    from reports.i18n import languages

    return languages(text)


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """What a report is asked for: audit date, language of the register's text, languages of the interface."""

    day: date
    text: Lang
    langs: tuple[str, ...]


def write_report(config: AuditConfig, wanted: ReportAsked, out: Path) -> Path:
    """Gather the records, build the pages, return the front page's path."""
    from auditor.coding.codebook import rules_in_words
    from auditor.ops.memo import recall, remember
    from crawler.archive.reader import read_payload
    from reports.build import SITE, build, inputs_of, is_whole, languages_wanted, program_digest
    from reports.folder import refuse_foreign

    refuse_foreign(out, SITE)
    with open_database(config.db_url) as engine, transaction(engine) as session:
        known = _beside(config, session)
        program = program_digest("reports", "auditor", "crawler").hex()

        def state() -> str:
            told = repr((program, wanted, *known, today(), rows_digest(session)))
            return sha256(told.encode()).hexdigest()

        if is_whole(out, recall(config.state, state())):
            note("nothing changed since this report was written")
            return out / "index.html"
        records = _records(session, wanted.day, wanted.text, known)
        # Taken again: what was kept just now is part of the state that the next report finds.
        found = state()
    asked = languages_wanted(wanted.langs, rules_in_words)
    page = build(records, lambda evidence: read_payload(config.archive, evidence), asked, out)
    remember(config.state, found, inputs_of(out))
    return page


def read_records(config: AuditConfig, day: date, text: Lang) -> Report:
    """Everything a report says, with the id of the release that has its figures and the root of the evidence."""
    with open_database(config.db_url) as engine, transaction(engine) as session:
        return _records(session, day, text, _beside(config, session))


_Beside = tuple[tuple["NotRead", ...], str, "Stamped | None"]


def _beside(config: AuditConfig, session: Session) -> _Beside:
    """What was not read, the root of the evidence, and the time stamp that covers it."""
    from auditor.measure.report_records import Stamped
    from crawler.archive.lines import moment
    from crawler.archive.manifest import evidence_root
    from crawler.archive.seals import TOKEN, beside, covering_stamp
    from crawler.sources.load import load_sources

    missed = tuple(not_read(session, load_sources(config)))
    seal, stamped = covering_stamp(config.archive), None
    if seal:
        file = beside(config.archive, seal.sequence, TOKEN).relative_to(config.archive)
        stamped = Stamped(moment(seal.facts["time"]), seal.facts["authority"], file.as_posix())
    return missed, evidence_root(config.archive), stamped


def _records(session: Session, day: date, text: Lang, beside: _Beside) -> Report:
    from auditor.measure.stage_report import read_report
    from auditor.release.identity import release_id

    missed, root, stamped = beside
    checked = checked_by_people(session, text)
    records = read_report(session, Asked(text, CODEBOOK, missed, day), checked, "")
    keep_everything(session)
    session.flush()
    coding = coding_note(checked, observed(records.years))
    return replace(records, release=release_id(session), coding=coding, root=root, stamped=stamped)


def summary(dated: DatedAudit, coding: str) -> list[str]:
    """The five lines that end `demo` and `run`; `coding` is what must be said of coded figures."""
    heads = {name: result.head for name, result in dated.measured.items()}
    shot = dated.snapshot
    human = next(figure for figure in dated.measured["nature"].cells if figure.cell == "human_social")
    return [
        f"Register on {shot.as_of}: {heads['count'].value} service rows "
        f"(act {shot.act}, edition of {shot.edition_date})",
        f"Called digitised: {_stated(heads, 'digitised')}",
        f"Human or social services: {human.value} ({_checked(human)})",
        f"Human, complete and digitised: {_stated(heads, 'core_complete')}",
        f"Nature and completeness: {coding}.",
    ]


def _stated(heads: Mapping[str, Figure], measure: str) -> str:
    head = heads.get(measure)
    return f"{head.value} ({_checked(head)})" if head else "not stated in this edition"
