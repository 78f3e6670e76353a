"""The series of years and why a figure moved: reads, measures, attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from auditor.db.models import MeasurementRow
from auditor.measure.records import Break, DatedAudit, Figure
from auditor.measure.scene import Descent
from auditor.measure.scenes import Intervals, measure_scene
from auditor.measure.series import Year
from auditor.measure.stage_scenes import measure_dates, read_ground, scene_on, year_end
from auditor.measure.why import Attribution, attribute
from auditor.records import NotRead
from crawler.errors import ContentError, UsageError
from crawler.pages.records import Lang

#: No act on public services is older; a year before it is a slip of the hand.
FIRST_YEAR = 1990


@dataclass(frozen=True, slots=True)
class Asked:
    """What a series or an attribution is asked in: language, codebook, what could not be read, the present day."""

    lang: Lang
    codebook: str
    missed: tuple[NotRead, ...]
    today: date


@dataclass(frozen=True, slots=True)
class Why:
    """An attribution with the two audits it lies between."""

    then: DatedAudit
    now: DatedAudit
    found: Attribution


def check_year(year: int, today: date) -> None:
    """Raises UsageError for a year that has not come or is no year of the register."""
    if not FIRST_YEAR <= year <= today.year:
        raise UsageError(f"{year} is no year to measure: the register's years are {FIRST_YEAR} to {today.year}")


def read_series(
    session: Session, years: tuple[int, int], asked: Asked, intervals: Intervals | None = None
) -> list[Year]:
    """The years FROM to TO by 31 December; a year that is not over stands as of today. Reads only.

    A year without an edition is in the list as not observed. Raises UsageError for FROM after TO or a year to come,
    ContentError when none of them was observed.
    """
    start, end = years
    if start > end:
        raise UsageError(f"FROM ({start}) lies after TO ({end})")
    for year in years:
        check_year(year, asked.today)
    days = {year: min(year_end(year), asked.today) for year in range(start, end + 1)}
    found = measure_dates(session, list(days.values()), asked.lang, asked.missed, asked.codebook, intervals)
    series = as_years(session, days, found, asked)
    if all(one.audit is None for one in series):
        raise ContentError(f"nothing to measure from {start} to {end}: {series[-1].reason}")
    return series


def as_years(
    session: Session, days: Mapping[int, date], found: Mapping[date, DatedAudit | ContentError], asked: Asked
) -> list[Year]:
    """What was measured on each year's day as a series; figures kept under another codebook are a break."""
    earlier = _codebooks(session, asked)
    series: list[Year] = []
    for year, day in days.items():
        audit = found[day]
        if isinstance(audit, ContentError):
            series.append(Year(year, day, None, str(audit)))
            continue
        other = sorted(earlier.get(day, set()) - {asked.codebook})
        if other:
            note = Break(
                "new_codebook", f"figures kept before under {', '.join(other)}; these are under {asked.codebook}"
            )
            audit = replace(audit, breaks=(*audit.breaks, note))
        audit = replace(audit, breaks=(*audit.breaks, *_after_a_gap(observed(series)[-1:], audit)))
        series.append(Year(year, day, audit))
    return series


def _after_a_gap(last: Sequence[DatedAudit], now: DatedAudit) -> tuple[Break, ...]:
    """The break of a year whose year before was not observed: against the last one that was, act by act."""
    gap = bool(last) and last[0].snapshot.as_of.year < now.snapshot.as_of.year - 1
    if not gap or last[0].snapshot.act == now.snapshot.act:
        return ()
    years = f"{last[0].snapshot.as_of.year + 1} to {now.snapshot.as_of.year - 1} not observed"
    return (Break("new_act", f"{last[0].snapshot.act} → {now.snapshot.act}, {years}"),)


@dataclass(frozen=True, slots=True)
class Pair:
    """A year's audit beside that of the year before, and what the rows of the one continue in the other."""

    then: DatedAudit
    now: DatedAudit
    descent: Descent


def read_pair(session: Session, year: int, asked: Asked) -> Pair:
    """A year and the year before, measured. Reads only.

    Raises UsageError for a year to come, ContentError when either year was not observed.
    """
    check_year(year, asked.today)
    before, day = year_end(year - 1), min(year_end(year), asked.today)
    ground = read_ground(session, [before, day], asked.lang, asked.missed, asked.codebook)
    scenes = [scene_on(session, ground, each) for each in (before, day)]
    then, now = (measure_scene(scene) for scene in scenes)
    descended = scenes[1].before
    if descended is None:
        raise ContentError(scenes[1].absent["before"])
    return Pair(then, now, descended.descent)


def attributed(pair: Pair, measure: str, cell: str) -> Why:
    """The change of a figure between two years, attributed to named entries; `cell` is "" for the measure's own number.

    Raises UsageError for an unknown cell, ContentError when the measure could not be taken in either year.
    """
    then, now = (_figure(audit, measure, cell) for audit in (pair.then, pair.now))
    snapshots = pair.then.snapshot, pair.now.snapshot
    found = attribute(then, now, snapshots, pair.descent, details=dict(pair.now.measured[measure].details))
    return Why(pair.then, pair.now, found)


def read_why(session: Session, measure: str, cell: str, year: int, asked: Asked) -> Why:
    """`attributed` over `read_pair`, with their errors."""
    return attributed(read_pair(session, year, asked), measure, cell)


def _figure(audit: DatedAudit, measure: str, cell: str) -> Figure:
    if measure in audit.unmeasured:
        raise ContentError(f"{measure} was not observed on {audit.snapshot.as_of}: {audit.unmeasured[measure]}")
    measured = audit.measured[measure]
    found = next((figure for figure in measured.figures if figure.cell == cell), None)
    if found is None and cell in dict(measured.derived):
        raise UsageError(f"{measure}:{cell} is a number worked out from counts, not a count of entries: ask {measure}")
    if found is None:
        cells = ", ".join(figure.cell for figure in measured.cells) or "none"
        raise UsageError(f"{measure} has no cell {cell!r} on {audit.snapshot.as_of}; its cells: {cells}")
    return found


def _codebooks(session: Session, asked: Asked) -> dict[date, set[str]]:
    """Under which codebooks figures of each date were kept before."""
    statement = select(MeasurementRow.as_of, MeasurementRow.codebook).where(MeasurementRow.lang == str(asked.lang))
    found: dict[date, set[str]] = {}
    for day, codebook in session.execute(statement.distinct()):
        found.setdefault(day, set()).add(codebook)
    return found


def observed(series: Iterable[Year]) -> list[DatedAudit]:
    """The audits of the years that were observed."""
    return [one.audit for one in series if one.audit is not None]
