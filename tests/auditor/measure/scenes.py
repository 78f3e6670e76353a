"""Small registers over two years for tests of the measures that need more than one edition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from auditor.measure.records import CodedEntry, Snapshot
from auditor.measure.scene import Scene, Text, Timeline, Trace, YearBefore, descent
from auditor.records import Coding, Completeness, Entry, Nature, Output
from crawler.pages.records import ELECTRONIC_FORMS, DeliveryForm, Lang

F = DeliveryForm
THEN, NOW = date(2023, 12, 31), date(2024, 12, 31)
ACT = "V2000019982"


def coding(nature: str = "human_social", completeness: str = "complete") -> Coding:
    return Coding(Nature(nature), Completeness(completeness), Output.UNCLEAR, "", (), (), 1.0)


def row(
    year: int,
    number: int,
    *forms: DeliveryForm,
    name: str = "",
    code: Coding | None = None,
    fields: Mapping[str, str] | None = None,
) -> CodedEntry:
    """The row of service `number` in the edition of 1 June of `year`."""
    entry = Entry(
        id=number,
        key=f"{ACT}/{year}-06-01/ru/{number:08}",
        act=ACT,
        edition_date=date(year, 6, 1),
        lang=Lang.RU,
        ordinal=number,
        number=str(number),
        name=name or f"Услуга {number}",
        forms=frozenset(forms),
        **{"code": f"{number:08}", "section_code": "008", **(fields or {})},
    )
    return CodedEntry(entry, code or coding())


def key(year: int, number: int) -> str:
    return f"{ACT}/{year}-06-01/ru/{number:08}"


def text(year: int, rows: Sequence[CodedEntry]) -> Text:
    """The light rows of an edition; a row's service is its number."""
    return Text(
        ACT,
        date(year, 6, 1),
        tuple(
            Trace(one.entry.key, one.entry.number, bool(one.entry.forms & ELECTRONIC_FORMS), F.PAPER in one.entry.forms)
            for one in rows
        ),
    )


def scene(
    then: Sequence[CodedEntry],
    now: Sequence[CodedEntry],
    parents: Mapping[str, tuple[str, ...]] | None = None,
    **more: object,
) -> Scene:
    """Two years of a register; rows of one number continue each other unless `parents` says otherwise."""
    olds = {one.entry.number: one.entry.key for one in then}
    links = {one.entry.key: (olds[one.entry.number],) for one in now if one.entry.number in olds}
    timeline = Timeline((text(2023, then), text(2024, now)), links | dict(parents or {}), **more)  # type: ignore[arg-type]
    shots = [
        Snapshot(day, Lang.RU, ACT, date(day.year, 6, 1), tuple(rows), "1") for day, rows in ((THEN, then), (NOW, now))
    ]
    services = {one.entry.key: one.entry.number for one in (*then, *now)}
    return Scene(
        shots[1], timeline, 1, services, before=YearBefore(shots[0], descent(timeline, 0, 1)), readings=("a", "b")
    )
