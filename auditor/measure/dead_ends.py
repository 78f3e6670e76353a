"""Steps that lead nowhere in the register: partial entries that no entry of the same section completes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from auditor.measure.compute import keys_of
from auditor.measure.history import first_days, waited, years_between
from auditor.measure.objects import completes
from auditor.measure.records import CodedEntry, Figure, Measured
from auditor.measure.scene import Scene
from auditor.records import Completeness, Entry, Nature
from crawler.errors import ContentError


def dead_ends(scene: Scene) -> list[Measured]:
    """Partial entries that nothing completes, and how many years their services have stood in the register.

    An entry completes another one if both stand in one section, are of one nature, it is coded complete and is about
    the same thing (`objects.completes`). One that the coder left open might complete it: that gives the low bound.
    Raises ContentError when no entry is partial.
    """
    rows = scene.snapshot.entries
    partial = [row for row in rows if row.coding and row.coding.completeness is Completeness.PARTIAL]
    if not partial:
        raise ContentError("no entry of this edition is coded partial")
    by_section: dict[str, list[CodedEntry]] = defaultdict(list)
    for row in rows:
        if row.coding is None or row.coding.completeness is not Completeness.PARTIAL:
            by_section[_section(row.entry)].append(row)
    firsts = first_days(scene)
    dead, doubtful, years, details = [], 0, [], []
    for row in partial:
        found = _completing(row, by_section[_section(row.entry)])
        sure = next((one for one in found if one.coding and one.coding.completeness is Completeness.COMPLETE), None)
        if sure is not None:
            details.append((row.entry.key, f"completed by {sure.entry.key}"))
            continue
        dead.append(row)
        doubtful += bool(found)
        since = firsts.get(scene.service_of.get(row.entry.key, ""))
        if since:
            years.append(years_between(since, scene.snapshot.as_of))
            details.append((row.entry.key, f"in the register since {since}"))
    figure = Figure(
        "dead_ends", "", len(dead), len(partial), keys_of(dead), keys_of(partial), len(dead) - doubtful, len(dead)
    )
    open_ones = sum(row.coding is None or row.coding.completeness is Completeness.UNCLEAR for row in rows)
    return [Measured("dead_ends", (figure,), open_ones, waited(years), tuple(details))]


def _section(entry: Entry) -> str:
    """Editions without sections are one section."""
    return entry.section_code or entry.code[:3] or entry.section


def _completing(part: CodedEntry, others: Iterable[CodedEntry]) -> list[CodedEntry]:
    """Entries that complete `part`, or would if the coder had not left them open."""
    nature = part.coding.nature if part.coding else Nature.UNCLEAR
    return [
        row
        for row in others
        if (row.coding is None or row.coding.nature in (nature, Nature.UNCLEAR))
        and completes(row.entry.name, part.entry.name, part.entry.lang)
    ]
