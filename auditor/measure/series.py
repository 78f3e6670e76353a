"""The figures of successive years side by side: changes, breaks, years that were not observed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from auditor.measure.records import Break, DatedAudit, Figure, Measured
from auditor.measure.splits import groups, split


@dataclass(frozen=True, slots=True)
class Year:
    """One year of a series. `audit` None: not observed, `reason` says why."""

    year: int
    as_of: date
    audit: DatedAudit | None
    reason: str = ""

    @property
    def breaks(self) -> tuple[Break, ...]:
        """What sets the year apart from the one before."""
        return self.audit.breaks if self.audit else ()


def series_json(years: Sequence[Year], by: Sequence[str], only: Sequence[str]) -> list[dict[str, Any]]:
    """The years as `egov-audit measure --from --to --json` prints them; `only` names measures, none for all."""
    told = []
    before: Mapping[tuple[str, str], Figure] | None = None
    for one in years:
        head: dict[str, Any] = {"year": one.year, "as_of": str(one.as_of), "observed": one.audit is not None}
        if one.audit is None:
            told.append(head | {"not_observed": one.reason})
            before = None
            continue
        shot = one.audit.snapshot
        head |= {
            "edition": f"{shot.act}/{shot.edition_date}",
            "breaks": [{"kind": found.kind, "detail": found.detail} for found in one.breaks],
            "unread_later_editions": list(shot.unread),
        }
        now = {(f.measure, f.cell): f for m in one.audit.measured.values() for f in m.figures}
        wanted = {name: m for name, m in one.audit.measured.items() if not only or name in only}
        head["measures"] = {name: measured_json(m, before) for name, m in wanted.items()}
        head["unmeasured"] = {name: why for name, why in one.audit.unmeasured.items() if not only or name in only}
        if by:
            head["by"] = {dimension: _split_json(one.audit, dimension, wanted) for dimension in by}
            head["not_split"] = dict.fromkeys(not_split(one.audit, only), NO_ENTRIES)
        before = now
        told.append(head)
    return told


def measured_json(measured: Measured, before: Mapping[tuple[str, str], Figure] | None = None) -> dict[str, Any]:
    """One measure of one date; with `before` (figures by measure and cell) the change of each figure since then."""
    said = figure_json(measured.head, before)
    if measured.cells:
        said["cells"] = {figure.cell: figure_json(figure, before) for figure in measured.cells}
    if measured.abstained:
        said["abstained"] = measured.abstained
    said |= dict(measured.derived)
    if measured.remark:
        said["remark"] = measured.remark
    return said


def figure_json(figure: Figure, before: Mapping[tuple[str, str], Figure] | None = None) -> dict[str, Any]:
    """One figure: value, denominator and share, bounds, interval and change as far as there are any."""
    said: dict[str, Any] = {"value": figure.value}
    if figure.of is not None:
        said |= {"of": figure.of, "share": figure.share}
    if figure.low is not None and (figure.low, figure.high) != (figure.value, figure.value):
        said |= {"low": figure.low, "high": figure.high}
    if figure.interval is not None:
        said |= {"corrected_share": figure.corrected, "interval": list(figure.interval)}
    if figure.uncorrected:
        said["not_corrected"] = figure.uncorrected
    if before is not None and (figure.measure, figure.cell) in before:
        said["change"] = figure.value - before[figure.measure, figure.cell].value
    return said


#: Why a measure has no parts.
NO_ENTRIES = "it counts what is no row of this edition: listings, editions, changes or rows of the other text"


def not_split(audit: DatedAudit, only: Sequence[str]) -> list[str]:
    """The measures that cannot be taken apart by what entries say of themselves."""
    itself = {row.entry.key: "" for row in audit.snapshot.entries}
    wanted = (one for name, one in audit.measured.items() if not only or name in only)
    return [one.measure for one in wanted if split(one.head, itself) is None]


def _split_json(audit: DatedAudit, dimension: str, wanted: Mapping[str, Measured]) -> dict[str, Any]:
    """Measure → group → the figure's part, with the parts of its cells."""
    group_of = groups([row.entry for row in audit.snapshot.entries], dimension)
    told: dict[str, Any] = {}
    for name, measured in wanted.items():
        parts = split(measured.head, group_of)
        if parts is None:
            continue
        told[name] = {group: figure_json(part) for group, part in parts.items()}
        for figure in measured.cells:
            for group, part in (split(figure, group_of) or {}).items():
                # A group of which nothing is known is not one without any.
                said = told[name].setdefault(group, {"value": None, "of": 0, "share": None})
                said.setdefault("cells", {})[figure.cell] = figure_json(part)
    return told


CSV_HEADER = ("year", "as_of", "observed", "edition", "breaks", "measure", "cell", "by", "group", "value", "of",
              "share", "low", "high", "corrected_share", "interval_low", "interval_high", "change",
              "remark", "unread_editions")  # fmt: skip


def series_rows(years: Sequence[Year], by: Sequence[str], only: Sequence[str]) -> list[tuple[object, ...]]:
    """The years as rows of one tidy table under `CSV_HEADER`: a row a figure, and a row a part of each split."""
    rows: list[tuple[object, ...]] = []
    before: Mapping[tuple[str, str], Figure] = {}
    for one in years:
        if one.audit is None:
            rows.append((one.year, one.as_of, "not_observed", *("",) * (len(CSV_HEADER) - 5), one.reason, ""))
            before = {}
            continue
        unread = " ".join(one.audit.snapshot.unread)
        rows += [(*row, unread) for row in _rows_of(one, one.audit, by, only, before)]
        before = {(f.measure, f.cell): f for m in one.audit.measured.values() for f in m.figures}
    return rows


def _rows_of(
    one: Year,
    audit: DatedAudit,
    by: Sequence[str],
    only: Sequence[str],
    before: Mapping[tuple[str, str], Figure],
) -> Iterator[tuple[object, ...]]:
    """One year's rows, all but their last column."""
    said = "; ".join(f"{found.kind}: {found.detail}" for found in one.breaks)
    shot = audit.snapshot
    place = (one.year, one.as_of, "observed", f"{shot.act}/{shot.edition_date}", said)
    wanted = [m for name, m in audit.measured.items() if not only or name in only]
    for measured in wanted:
        for figure in measured.figures:
            yield (*place, *_row(figure, "", "", before), _remark(figure, measured.remark))
        for name, value in measured.derived:
            yield (*place, measured.measure, name, "", "", value, *("",) * 8, "")
    for name, why in audit.unmeasured.items():
        if not only or name in only:
            yield (*place[:2], "not_observed", *place[3:], name, *("",) * 12, why)
    for dimension in by:
        group_of = groups([row.entry for row in shot.entries], dimension)
        for measured in wanted:
            for figure in measured.figures if split(measured.head, group_of) is not None else ():
                for group, part in (split(figure, group_of) or {}).items():
                    yield (*place, *_row(part, dimension, group, {}), _remark(part))


def _remark(figure: Figure, remark: str = "") -> str:
    why = f"not corrected: {figure.uncorrected}" if figure.uncorrected else ""
    return "; ".join(text for text in (remark, why) if text)


def _row(figure: Figure, by: str, group: str, before: Mapping[tuple[str, str], Figure]) -> tuple[object, ...]:
    earlier = before.get((figure.measure, figure.cell))
    share = None if figure.share is None else round(figure.share, 6)
    known = () if figure.interval is None or figure.corrected is None else (figure.corrected, *figure.interval)
    error: list[float | None] = [round(bound, 6) for bound in known] or [None] * 3
    change = None if earlier is None else figure.value - earlier.value
    return (
        figure.measure,
        figure.cell,
        by,
        group,
        figure.value,
        figure.of,
        share,
        figure.low,
        figure.high,
        *error,
        change,
    )
