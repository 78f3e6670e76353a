"""The rows behind each figure of a date: what was counted, and what the measure says of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from auditor.measure.records import DatedAudit, cited


class Counted(NamedTuple):
    """One thing that one figure counts. `code` and `name` are "" for what is no row of the edition (a listing)."""

    measure: str
    cell: str
    key: str
    code: str
    name: str
    detail: str


def counted(audit: DatedAudit, only: Sequence[str]) -> Iterator[Counted]:
    """Everything the figures of a date count, figure by figure; `only` names measures, none for all.

    A figure has as many as its value says.
    """
    rows = {row.entry.key: row.entry for row in audit.snapshot.entries}
    for name, measured in audit.measured.items():
        if only and name not in only:
            continue
        details = dict(measured.details)
        for figure in measured.figures:
            for key in figure.keys:
                row = rows.get(key)
                said = " ".join(filter(None, (row.name, row.subname))) if row else ""
                yield Counted(name, figure.cell, key, row.code if row else "", said, details.get(key, ""))


def counted_json(audit: DatedAudit, only: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The same by figure as people cite it (`nature:human_social`); a figure that counts nothing is there, empty."""
    told: dict[str, list[dict[str, Any]]] = {
        cited(figure.measure, figure.cell): []
        for name, measured in audit.measured.items()
        if not only or name in only
        for figure in measured.figures
    }
    for one in counted(audit, only):
        said = {name: value for name, value in one._asdict().items() if name not in ("measure", "cell") and value}
        told[cited(one.measure, one.cell)].append(said)
    return told
