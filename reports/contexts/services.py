"""Pages about parts of the register: ministries, sections, services, dead ends, flips, changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from reports.contexts.base import ChartView, EntryRow, Frame, Linked, ObjectionView, TwoByTwo
from reports.contexts.pages import EventRow, FieldRow, ListFilter


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One ministry or section in the list of all."""

    name: Annotated[Linked, "Its official name with the way to its page."]
    cells: Annotated[tuple[Linked, ...], "Its figures in the table's order."]


@dataclass(frozen=True, slots=True)
class GroupsPage:
    """All ministries, or all sections, side by side."""

    frame: Annotated[Frame, "What stands round the page."]
    intro: Annotated[str, "What is taken apart, and by what."]
    chart: Annotated[ChartView | None, "The parts as a picture."]
    columns: Annotated[tuple[Linked, ...], "The figures, with the way to their cards."]
    rows: Annotated[tuple[GroupRow, ...], "The parts, largest first."]


@dataclass(frozen=True, slots=True)
class GroupPage:
    """One ministry or section."""

    frame: Annotated[Frame, "What stands round the page."]
    kind: Annotated[str, "Ministry or section, in words."]
    name: Annotated[str, "Its official name."]
    lead: Annotated[tuple[Linked, ...], "Its figures in a sentence."]
    basis: Annotated[str, "How it was coded: what the coded figures rest on."]
    table: Annotated[TwoByTwo, "What it delivers, and how far."]
    columns: Annotated[tuple[str, ...], "The figures of the series."]
    years: Annotated[tuple[tuple[str, tuple[Linked, ...]], ...], "(year, figures) under the same name."]
    filters: Annotated[tuple[ListFilter, ...], "Its figures as filters of its entries."]
    entries: Annotated[tuple[EntryRow, ...], "Its entries."]


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service in the list of all."""

    name: Annotated[Linked, "Its newest official name with the way to its page."]
    code: Annotated[str, "Its newest code."]
    first: Annotated[str, "First edition that was read and has it."]
    last: Annotated[str, "Last edition that has it; empty while it is in force."]
    form: Annotated[str, "Delivery form as last written."]
    coded: Annotated[str, "How it is coded."]


@dataclass(frozen=True, slots=True)
class ServicesPage:
    """Every service that ever stood in the register."""

    frame: Annotated[Frame, "What stands round the page."]
    rows: Annotated[tuple[ServiceRow, ...], "The services, by their newest code and name."]


@dataclass(frozen=True, slots=True)
class StayRow:
    """Successive editions in which the service's row said the same."""

    span: Annotated[str, "From when to when, and in how many editions."]
    act: Annotated[str, "The act."]
    code: Annotated[str, "Code as printed."]
    name: Annotated[str, "Name as printed."]
    section: Annotated[str, "Section and life situation as printed."]
    who: Annotated[str, "Ministry and provider as printed."]
    form: Annotated[str, "Delivery form as printed."]
    digitised: Annotated[str, "Digitised or not, or not said, in words."]
    coded: Annotated[str, "How the row is coded, in words."]
    changed: Annotated[str, "What changed against the row before, in words; empty for the first."]
    told: Annotated[tuple[FieldRow, ...], "Of that, what the row does not show: before and after."]
    evidence: Annotated[Linked, "The kept page that has the row, or its citation."]


@dataclass(frozen=True, slots=True)
class ListingRow:
    """One listing of the portal that shows the service."""

    lang: Annotated[str, "BCP 47 tag of the listing."]
    name: Annotated[str, "Its name on the portal."]
    address: Annotated[str, "Its address, shown as text."]
    href: Annotated[str, "The same as a link if it is a web address, else empty."]
    result: Annotated[str, "The result of the service as its page states it; empty when there is none."]
    evidence: Annotated[tuple[Linked, ...], "The kept list and the kept service page."]


@dataclass(frozen=True, slots=True)
class ServicePage:
    """One service through all editions."""

    frame: Annotated[Frame, "What stands round the page."]
    key: Annotated[str, "The service's stable address."]
    name: Annotated[str, "Its newest official name."]
    other_names: Annotated[tuple[tuple[str, str], ...], "(language, name) in the register's other language."]
    lead: Annotated[str, "Since when, until when, how delivered, in a sentence."]
    coded: Annotated[str, "How its newest row is coded."]
    by: Annotated[str, "Who coded it, under which codebook, when, how sure."]
    reasons: Annotated[tuple[tuple[str, str, str], ...], "(rule id, rule in words, words of the name that decided)."]
    counted: Annotated[tuple[Linked, ...], "The figures of the audit date that count it."]
    stays: Annotated[tuple[StayRow, ...], "Its history, oldest first."]
    listings: Annotated[tuple[ListingRow, ...], "Where the portal shows it."]
    key_of_row: Annotated[str, "Address of its row on the audit date, for `egov-audit explain`; empty without one."]


@dataclass(frozen=True, slots=True)
class DeadEndRow:
    """One step that nothing in the register completes."""

    entry: Annotated[EntryRow, "The entry."]
    output: Annotated[str, "What the recipient gets in hand."]
    missing: Annotated[str, "What is missing, in words."]
    since: Annotated[str, "Since when it has stood in the register."]


@dataclass(frozen=True, slots=True)
class DeadEndsPage:
    """Steps that lead nowhere in the register."""

    frame: Annotated[Frame, "What stands round the page."]
    lead: Annotated[tuple[Linked, ...], "How many, of how many, for how long."]
    objections: Annotated[tuple[ObjectionView, ...], "What can be said against it."]
    why_not: Annotated[str, "Why the measure could not be taken; empty if it was."]
    rows: Annotated[tuple[DeadEndRow, ...], "The dead ends."]
    completed: Annotated[tuple[tuple[Linked, Linked], ...], "(step, what completes it) of the other partial entries."]


@dataclass(frozen=True, slots=True)
class FlipRow:
    """One entry of which only the delivery form changed."""

    entry: Annotated[EntryRow, "The entry."]
    kind: Annotated[str, "To digital, to paper, another degree, in words."]
    change: Annotated[str, "The forms before and after, in words."]


@dataclass(frozen=True, slots=True)
class FlipsPage:
    """Label flips."""

    frame: Annotated[Frame, "What stands round the page."]
    lead: Annotated[tuple[Linked, ...], "How many, and their share of what became digitised."]
    last: Annotated[tuple[Linked, ...], "The last real change, where both dates have one edition; else empty."]
    objections: Annotated[tuple[ObjectionView, ...], "What can be said against it."]
    why_not: Annotated[str, "Why the measure could not be taken; empty if it was."]
    rows: Annotated[tuple[FlipRow, ...], "The flips."]


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """What changed since the report of the year before."""

    frame: Annotated[Frame, "What stands round the page."]
    lead: Annotated[str, "Between which editions, how many changes of which kind."]
    last: Annotated[tuple[Linked, ...], "The last real change, where both dates have one edition; else empty."]
    groups: Annotated[tuple[tuple[str, str, tuple[EventRow, ...]], ...], "(id, kind in words, changes of the kind)."]
    noise: Annotated[str, "How many rows differ in noise only, in words."]
