"""How `egov-audit measure` reads and prints a series of years: a table for people, JSON, CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from auditor.cli.app import load_config, note, say, say_json
from auditor.coding.codebook import CODEBOOK
from auditor.corrections.records import Correction
from auditor.corrections.stage import corrections
from auditor.db.read import editions_in_force
from auditor.db.review import samples
from auditor.db.session import open_database, transaction
from auditor.ingest.status import not_read
from auditor.link.stage import REGISTER_LANGS
from auditor.measure.behind import Counted, counted
from auditor.measure.cards import AWAITED, cards
from auditor.measure.citation import plain
from auditor.measure.records import DatedAudit
from auditor.measure.series import CSV_HEADER, NO_ENTRIES, Year, not_split, series_json, series_rows
from auditor.measure.stage import store
from auditor.measure.stage_growth import keep_growth
from auditor.measure.stage_scenes import measure_dates
from auditor.measure.stage_series import Asked, observed, read_series
from auditor.review.intervals import Intervals, Unchecked
from auditor.review.stage_intervals import intervals_for
from auditor.tables import safe_cell
from crawler.errors import ContentError
from crawler.pages.records import Lang


def today() -> date:
    """The present day in Almaty."""
    return datetime.now(UTC).astimezone(ZoneInfo("Asia/Almaty")).date()


def asked_in(session: Session, lang: Lang) -> Asked:
    """What every figure is asked in: the codebook in force, what could not be read, today."""
    return Asked(lang, CODEBOOK, tuple(not_read(session)), today())


def checked_by_people(session: Session, lang: Lang) -> Intervals | None:
    """The machine's errors from a sample that two people coded; None when no sample was ever drawn."""
    return intervals_for(session, lang, CODEBOOK) if samples(session) else None


def coding_note(checked: Intervals | None, audits: Iterable[DatedAudit]) -> str:
    """What must be said of the coded figures of some audits: corrected they are only where an interval stands."""
    if checked is None or not checked.checks.checked:
        return str(Unchecked(checked.checks.reason if checked else ""))
    coded = [figure for audit in audits for found in audit.measured.values() for figure in found.figures]
    sample = f"sample {checked.checks.sample}"
    if any(figure.interval for figure in coded):
        count = len(checked.checks.checked)
        return (
            f"machine-coded; a share with an interval is corrected by the {count} rows of {sample} that two people "
            "coded, among the very rows it is a share of; one without is not corrected"
        )
    why = next((figure.uncorrected for figure in coded if figure.uncorrected), "")
    return f"machine-coded, not corrected: {why or f'{sample} tells nothing of these figures'}"


def measured_on(session: Session, day: date, lang: Lang, checked: Intervals | None = None) -> DatedAudit:
    """Every measure on one day. Raises ContentError when no edition that was read is in force on it."""
    found = measure_dates(session, [day], lang, not_read(session), CODEBOOK, checked)[day]
    if isinstance(found, ContentError):
        raise found
    return found


def keep_everything(session: Session) -> None:
    """Keep every figure of every year and both languages of the register, and what the views derive from links."""
    for lang in REGISTER_LANGS:
        first = min((edition.edition_date.year for edition in editions_in_force(session, lang)), default=None)
        if first is None or first > today().year:
            continue
        try:
            series = read_series(session, (first, today().year), asked_in(session, lang))
        except ContentError as error:
            note(str(error))
            continue
        for audit in observed(series):
            store(session, audit)
    keep_growth(session, today())


def print_series(years: tuple[int, int], lang: Lang, by: Sequence[str], only: Sequence[str], form: str) -> None:
    """Measure the years, keep the figures, print them as `form`: text, json or csv."""
    with open_database(load_config().db_url) as engine, transaction(engine) as session:
        checked = checked_by_people(session, lang)
        series = read_series(session, years, asked_in(session, lang), checked)
        kept = sum(store(session, audit) for audit in observed(series))
        wrong = told_wrong(session, {one.as_of for one in series}, lang, only)
    note(f"{kept} new figures kept" if kept else "every figure was kept before, and is the same")
    coding = coding_note(checked, observed(series))
    if form == "json":
        head = {"from": years[0], "to": years[1], "language": str(lang), "codebook": CODEBOOK}
        say_json({**head, "coding": coding, "years": series_json(series, by, only),
                  "awaited": {} if only else AWAITED, "corrections": [one.as_json() for one in wrong]})  # fmt: skip
    else:
        print_years(series, by, only, form, coding)
        say_corrections(wrong, form)


def told_wrong(session: Session, days: Collection[date], lang: Lang, only: Sequence[str]) -> list[Correction]:
    """The corrections of figures of these days and this text, of the measures `only` unless it is empty."""
    found = [one for one in corrections(session) if one.as_of in days and one.lang == str(lang)]
    return [one for one in found if not only or one.figure.partition(":")[0] in only]


def say_corrections(wrong: Iterable[Correction], form: str) -> None:
    """A line for each correction: among figures for people, on stderr beside a csv, whose rows are figures alone."""
    for one in wrong:
        moved = f"{one.figure} {one.old} → {one.new}"
        line = f"Corrected on {one.noted_at.date()}: {moved} ({plain(one.reason)}; {one.key})"
        if form == "csv":
            note(line)
        else:
            say(line)


def print_years(series: Sequence[Year], by: Sequence[str], only: Sequence[str], form: str, coding: str) -> None:
    """Print years that are measured already, as csv or as a table for people; `coding` is said of coded figures."""
    apart = dict.fromkeys(name for audit in observed(series) for name in not_split(audit, only)) if by else ()
    if apart:
        note(f"not taken apart: {', '.join(apart)} ({NO_ENTRIES})")
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(CSV_HEADER)
        writer.writerows([safe_cell(value) for value in row] for row in series_rows(series, by, only))
        return
    _say_table(series, by, only)
    say(f"Nature and completeness: {coding}. – is not observed or not there, never zero.")


def print_counted(audit: DatedAudit, only: Sequence[str], form: str) -> None:
    """Print what each figure of a date counts, as csv or under the figure's id for people."""
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(Counted._fields)
        writer.writerows([safe_cell(value) for value in one] for one in counted(audit, only))
        return
    head = None
    for one in counted(audit, only):
        if head != (one.measure, one.cell):
            head = (one.measure, one.cell)
            say(":".join(filter(None, head)))
        say(f"  {one.key}  {one.name}" + (f" [{one.detail}]" if one.detail else ""))


def _say_table(series: Sequence[Year], by: Sequence[str], only: Sequence[str]) -> None:
    rows = [row for row in series_rows(series, by, only) if row[5]]
    names: dict[tuple[object, ...], dict[object, object]] = {}
    for row in rows:
        if row[2] == "observed":
            names.setdefault((row[5], row[6], row[7], row[8]), {})[row[0]] = row[9]
    order = {name: place for place, name in enumerate(cards())}
    names = dict(sorted(names.items(), key=lambda item: (order[str(item[0][0])], bool(item[0][2]))))
    titles = {name: _title(name) for name in names}
    width = max((len(title) for title in titles.values()), default=8)
    say(" ".join(["year".ljust(width), *(f"{one.year:>7}" for one in series)]))
    for name, values in names.items():
        say(" ".join([titles[name].ljust(width), *(_value(values.get(one.year)) for one in series)]))
    for line in _remarks(series):
        say(line)


def _title(name: Iterable[object]) -> str:
    measure, cell, by, group = (str(part) for part in name)
    said = f"  {measure} {cell}" if cell else measure
    return f"    {said.strip()} {by}: {group[:60]}" if by else said


def _value(value: object) -> str:
    if value is None:
        return f"{'–':>7}"
    return f"{value:>7.3g}" if isinstance(value, float) else f"{value!s:>7}"


def _remarks(series: Sequence[Year]) -> Iterable[str]:
    for one in series:
        if one.audit is None:
            yield f"{one.year} is not observed: {one.reason}"
            continue
        for found in one.breaks:
            yield f"Break in {one.year}: {found.kind.replace('_', ' ')} ({found.detail})"
        if one.audit.snapshot.unread:
            yield f"{one.year}: later editions could not be read: {', '.join(one.audit.snapshot.unread)}"
