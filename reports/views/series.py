"""The figures over the years, with breaks marked and unobserved years said."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.measure.cards import card
from auditor.measure.records import DatedAudit, Figure
from auditor.measure.series import Year
from reports.contexts.base import ChartView, Linked
from reports.contexts.pages import SeriesCell, SeriesPage, SeriesRow, SeriesTable
from reports.i18n import Words
from reports.views.here import Here
from reports.views.told import told
from reports.views.wording import BREAKS, cell

#: The tables of the series: (measure, cell) of each column.
OFFICIAL = (("count", ""), ("digitised", ""), ("fully_automated", ""), ("partially_automated", ""), ("proactive", ""),
            ("paper_only", ""))  # fmt: skip
BEHIND = (("core_complete", ""), ("two_by_two", "human_social/partial"), ("easy_share", ""), ("dead_ends", ""),
          ("label_flips", ""), ("parallel", ""))  # fmt: skip


def series_page(here: Here, chart: ChartView | None) -> SeriesPage:
    """The series of all years."""
    years = here.site.facts.report.years
    words = here.words
    return SeriesPage(
        frame=here.frame(words.say("The register over the years, by 31 December")),
        chart=chart,
        tables=(
            _table(here, years, OFFICIAL, words.say("What is announced")),
            _table(here, years, BEHIND, words.say("What is behind it")),
        ),
    )


def _table(here: Here, years: Sequence[Year], columns: Sequence[tuple[str, str]], caption: str) -> SeriesTable:
    return SeriesTable(
        caption=caption,
        columns=tuple(column(here, measure, part) for measure, part in columns),
        width=len(columns) + 1,
        rows=tuple(_row(here, one, columns) for one in years),
    )


def column(here: Here, measure: str, part: str) -> Linked:
    """The heading of a column: the measure's title with the way to its card."""
    title = here.words.say(card(measure).title)
    return Linked(f"{title}: {cell(here.words, part)}" if part else title, here.card(measure))


def _row(here: Here, one: Year, columns: Sequence[tuple[str, str]]) -> SeriesRow:
    words = here.words
    if one.audit is None:
        why = words.say("not observed: %(why)s", why=told(words, one.reason))
        return SeriesRow(str(one.year), "", why, (), (), ())
    shot = one.audit.snapshot
    notes = [words.say("later editions not read: %(editions)s", editions=", ".join(shot.unread))] if shot.unread else []
    if shot.accepted:
        notes.append(told(words, shot.accepted))
    return SeriesRow(
        year=str(one.year),
        href=f"{here.up}register/{one.year}.html",
        edition=f"{shot.act}, {shot.edition_date}",
        breaks=tuple(broken(words, found.kind, found.detail) for found in one.breaks),
        notes=tuple(notes),
        cells=tuple(_cell(here, one.year, figure_of(one.audit, *wanted)) for wanted in columns),
    )


def figure_of(audit: DatedAudit, measure: str, part: str) -> Figure | None:
    """A figure of a date; None where it was not taken."""
    measured = audit.measured.get(measure)
    return next((one for one in measured.figures if one.cell == part), None) if measured else None


def _cell(here: Here, year: int, figure: Figure | None) -> SeriesCell:
    if figure is None:
        return SeriesCell(Linked("–"), "", "")
    share = here.words.percent(figure.share) if figure.share is not None else ""
    return SeriesCell(here.number(figure, year), share, str(figure.value))


def broken(words: Words, kind: str, detail: str) -> str:
    """A break of the series in words."""
    return words.say(BREAKS[kind], detail=told(words, detail)) if kind in BREAKS else f"{kind}: {detail}"
