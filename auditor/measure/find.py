"""Finds one figure of a date by the id that people cite: a measure, or `measure:cell`. Pure."""

from __future__ import annotations

from auditor.measure.cards import card
from auditor.measure.records import DatedAudit, Figure
from crawler.errors import ContentError, UsageError


def find_figure(dated: DatedAudit, asked: str) -> Figure:
    """The figure asked for. Raises ContentError where it was not observed, UsageError for an unknown one."""
    name, colon, cell = asked.partition(":")
    card(name)
    if colon and not cell:
        raise UsageError(f"no figure {asked!r}: write {name}, or {name}:CELL")
    if name not in dated.measured:
        why = dated.unmeasured.get(name, "nothing was measured")
        raise ContentError(f"{name} on {dated.snapshot.as_of} was not observed: {why}")
    result = dated.measured[name]
    if not cell:
        return result.head
    cells = {one.cell: one for one in result.figures}
    if cell in cells:
        return cells[cell]
    if cell in dict(result.derived):
        raise UsageError(f"{asked} is a number worked out from counts, not a count of entries: name {name}")
    raise UsageError(f"{name} has no cell {cell!r}; known are {', '.join(filter(None, cells)) or 'none'}")
