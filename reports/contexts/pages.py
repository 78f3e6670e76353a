"""The figures' pages: front page, growth, series, figures of the date, register of a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from reports.contexts.base import ChartView, EntryRow, FigureView, Frame, Linked, NavItem, ObjectionView, TwoByTwo


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of the front page, in parts, with what can be said against it."""

    parts: Annotated[tuple[Linked, ...], "The sentence in parts: words and linked numbers."]
    figure: Annotated[FigureView | None, "The figure it rests on, with its objections."]


@dataclass(frozen=True, slots=True)
class PortalView:
    """The portal's lists in one language, in short."""

    heading: Annotated[Linked, "The language, with the way to the lists."]
    origin: Annotated[tuple[str, ...], "How many services, which lists were never read, when captured, how coded."]
    table: Annotated[TwoByTwo, "What is delivered, and how far."]
    objections: Annotated[tuple[ObjectionView, ...], "What can be said against the cell that is marked."]


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The numbers game in one screen."""

    frame: Annotated[Frame, "What stands round the page."]
    lead: Annotated[tuple[Linked, ...], "The finding in a sentence, in parts."]
    notices: Annotated[tuple[str, ...], "What a reader must know first: unread or doubtful editions."]
    announced: Annotated[tuple[FigureView, ...], "What is announced: the count and the digitised share."]
    behind: Annotated[tuple[FigureView, ...], "What it consists of: the measures of the numbers game."]
    table: Annotated[TwoByTwo | None, "What is delivered, and how far."]
    moved: Annotated[tuple[Statement, ...], "How it moved since the year before and since the first year."]
    chart: Annotated[ChartView | None, "The growth account as a waterfall."]
    sure: Annotated[tuple[str, ...], "How sure the figures are, sentence by sentence."]
    unseen: Annotated[str, "How many further measures were not observed; empty when all were."]
    missing: Annotated[tuple[tuple[str, str], ...], "(measure, reason) of what could not be measured."]
    portals: Annotated[tuple[PortalView, ...], "The portal's lists, where no edition of the register was read."]
    doors: Annotated[tuple[NavItem, ...], "Where to go on reading."]


@dataclass(frozen=True, slots=True)
class TermRow:
    """One term of the closing account."""

    id: Annotated[str, "Id of the list of events behind it on the page; empty when there is none."]
    title: Annotated[str, "The term in words."]
    about: Annotated[str, "What it counts."]
    value: Annotated[str, "Its value with the sign it enters the account with."]
    bounds: Annotated[str, "The least and the most over undecided links; empty when certain."]
    events: Annotated[tuple[EventRow, ...], "What it consists of."]


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of the account, or one change of the register."""

    kind: Annotated[str, "What happened, in words."]
    amount: Annotated[str, "What it adds, with its sign; empty where nothing is added up."]
    older: Annotated[tuple[Linked, ...], "Its rows before."]
    newer: Annotated[tuple[Linked, ...], "Its rows after."]
    detail: Annotated[tuple[FieldRow, ...], "Fields that changed."] = ()


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field before and after, as the sources have it."""

    field: Annotated[str, "The field in words."]
    before: Annotated[str, "Its text before."]
    after: Annotated[str, "Its text after."]


@dataclass(frozen=True, slots=True)
class AccountView:
    """One closing account."""

    id: Annotated[str, "Id of the part."]
    heading: Annotated[str, "What is counted, between which dates."]
    start: Annotated[Linked, "The count at the start."]
    end: Annotated[Linked, "The count at the end."]
    terms: Annotated[tuple[TermRow, ...], "The terms in the account's order, but for those that are certainly zero."]
    zero: Annotated[tuple[TermRow, ...], "The terms that are certainly zero."]
    objections: Annotated[tuple[ObjectionView, ...], "What can be said against the growth told."]
    closing: Annotated[str, "Register growth beside real growth, and the remainder, in words."]
    chart: Annotated[ChartView | None, "The account as a waterfall."]


@dataclass(frozen=True, slots=True)
class YearRow:
    """One pair of years in the table of accounts, or one unit of count."""

    label: Annotated[Linked, "The years with the way to their account, or the unit."]
    cells: Annotated[tuple[Linked, ...], "Its numbers in the table's order."]
    broken: Annotated[str, "Why the years cannot simply be compared; empty when they can."]


@dataclass(frozen=True, slots=True)
class GrowthPage:
    """Growth taken apart until it closes: of the last year with all years' numbers, or of an earlier year alone."""

    frame: Annotated[Frame, "What stands round the page."]
    others: Annotated[tuple[NavItem, ...], "The accounts of all years."]
    intro: Annotated[tuple[str, ...], "What an account is, and between which editions this one lies."]
    accounts: Annotated[tuple[AccountView, ...], "The accounts of the year: all entries, digitised entries."]
    units: Annotated[tuple[YearRow, ...], "The same growth under four units of count."]
    years: Annotated[tuple[YearRow, ...], "The account of each year since the first one."]
    why: Annotated[tuple[WhyView, ...], "The change of each headline, entry by entry."]


@dataclass(frozen=True, slots=True)
class WhyView:
    """The change of one figure attributed to entries."""

    id: Annotated[str, "Id of the part."]
    title: Annotated[str, "The figure, and what it changed by."]
    causes: Annotated[tuple[EventRow, ...], "What it consists of."]


@dataclass(frozen=True, slots=True)
class SeriesCell:
    """One figure of one year."""

    value: Annotated[Linked, "The figure, or why there is none."]
    share: Annotated[str, "Its share; empty without one."]
    sort: Annotated[str, "The number for sorting."]


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """One audit date of the series; one without figures says why."""

    year: Annotated[str, "The year."]
    href: Annotated[str, "Way to the register of that date; empty when it was not observed."]
    edition: Annotated[str, "Act and date of the edition in force, or why nothing was observed."]
    breaks: Annotated[tuple[str, ...], "What sets it apart from the year before."]
    notes: Annotated[tuple[str, ...], "Unread later editions, who accepted a doubtful one."]
    cells: Annotated[tuple[SeriesCell, ...], "Its figures in the table's order; empty when not observed."]


@dataclass(frozen=True, slots=True)
class SeriesTable:
    """Years down, figures across."""

    caption: Annotated[str, "What the table shows."]
    columns: Annotated[tuple[Linked, ...], "The figures, with the way to their cards."]
    width: Annotated[int, "How many columns follow the year."]
    rows: Annotated[tuple[SeriesRow, ...], "The years, oldest first."]


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """The figures over the years."""

    frame: Annotated[Frame, "What stands round the page."]
    chart: Annotated[ChartView | None, "Count, digitised and core over the years, breaks marked."]
    tables: Annotated[tuple[SeriesTable, ...], "The official game and what is behind it."]


@dataclass(frozen=True, slots=True)
class FiguresPage:
    """Every measure on the audit date."""

    frame: Annotated[Frame, "What stands round the page."]
    tables: Annotated[tuple[TwoByTwo, ...], "The two-by-two of all, of digitised, of newly digitised entries."]
    chart: Annotated[ChartView | None, "The two-by-two as a picture."]
    groups: Annotated[tuple[tuple[str, tuple[FigureView, ...]], ...], "(heading, figures) of each measure."]
    missing: Annotated[tuple[tuple[str, str], ...], "(measure, reason) of what could not be measured."]


@dataclass(frozen=True, slots=True)
class ListFilter:
    """A figure as a filter of a table of entries: following its address shows only what it counts."""

    id: Annotated[str, "Id of the filter on the page: the address behind the figure."]
    mark: Annotated[str, "CSS class of the rows it counts."]
    title: Annotated[str, "The figure and its count, in words."]
    of: Annotated[Linked | None, "The ministry or section whose part it is, with the way to its page."] = None


@dataclass(frozen=True, slots=True)
class EntryList:
    """Every entry of one edition, or every listing of one language, with a filter a figure."""

    id: Annotated[str, "Id of the part."]
    all: Annotated[str, "Id under which every entry is shown."]
    heading: Annotated[str, "Heading of the part; empty where the page has one part only."]
    origin: Annotated[tuple[str, ...], "Which edition, read where and when; what is to be known of it."]
    filters: Annotated[tuple[ListFilter, ...], "The figures of the date."]
    parted: Annotated[tuple[ListFilter, ...], "Their parts by ministry and section, which the pages of these lead to."]
    entries: Annotated[tuple[EntryRow, ...], "Every entry."]
    has_forms: Annotated[bool, "Whether entries have a delivery form."]
    elsewhere: Annotated[tuple[EntryRow, ...], "What figures count besides: rows of other editions, listings."]


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """The register on one audit date, or the portal's lists."""

    frame: Annotated[Frame, "What stands round the page."]
    others: Annotated[tuple[NavItem, ...], "The register of the other years."]
    parts: Annotated[tuple[EntryList, ...], "The lists of the page."]
    csv: Annotated[str, "Way to the same as CSV."]
