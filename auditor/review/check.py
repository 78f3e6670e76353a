"""Holds a filled sheet against what was handed out: every cell is right, or its place and fault are told. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.records import Completeness, Nature, Output
from auditor.review.columns import CODER, CODES, MARK, SHOWN, cell_text, same_cell, shown_cells
from auditor.review.records import Answer, Fault, SampleItem
from auditor.review.sheetread import Grid
from auditor.review.words import CHOICES, SECTORS
from crawler.pages.text import plain

_LONGEST_NOTE = 10_000


@dataclass(frozen=True, slots=True)
class SheetCheck:
    """What a sheet says: answers, keys of items left empty and of those with one axis only, absent ones, faults.

    `rows` tells in which row of the file an item stands.
    """

    answers: tuple[tuple[SampleItem, Answer], ...]
    empty: tuple[str, ...]
    waiting: tuple[str, ...]
    faults: tuple[Fault, ...]
    rows: Mapping[str, int]
    absent: int = 0


def check_header(header: Sequence[str], fill_in: Sequence[str]) -> list[Fault]:
    """Missing, unknown and double columns; other coders' columns of an adjudication sheet may stand there."""
    wanted = (*SHOWN, *fill_in, MARK)
    faults = [Fault(0, name, "this column is missing") for name in wanted if name not in header]
    faults += [
        Fault(1, name or f"number {at}", "no column of this sheet; remarks go into the last open column")
        for at, name in enumerate(header, start=1)
        if name not in wanted and not (name.startswith(CODER) and "reason" in fill_in)
    ]
    double = [name for name, count in Counter(header).items() if count > 1 and name]
    return faults + [Fault(1, name, "this column stands twice") for name in double]


def check_grid(grid: Grid, items: Mapping[str, SampleItem], mark: str, fill_in: Sequence[str]) -> SheetCheck:
    """Check every row against the sample's items by key. `fill_in` are the columns a person fills in."""
    faults = [*grid.faults, *check_header(grid.header, fill_in)]
    if any(fault.row == 0 for fault in faults):
        return SheetCheck((), (), (), tuple(faults), {})
    answers: list[tuple[SampleItem, Answer]] = []
    waiting: list[str] = []
    empty: list[str] = []
    seen: dict[str, int] = {}
    for row, cells in grid.rows:
        found: list[Fault] = []
        item = _item(row, cells, items, seen, found)
        if item is not None:
            found += _shown_faults(row, cells, item, mark)
        codes, wrong = _codes(row, cells, fill_in)
        found += wrong
        if item is not None:
            if not any(codes.values()):
                empty.append(item.key)
            elif not codes["nature"] or not codes["completeness"]:
                waiting.append(item.key)
            elif not found:
                answers.append((item, _answer(item.key, codes)))
        faults += [fault for fault in found if (row, fault.column) not in grid.unread]
    faults += two_minds(answers, seen)
    faults.sort(key=lambda fault: fault.row)
    return SheetCheck(tuple(answers), tuple(empty), tuple(waiting), tuple(faults), seen, len(items) - len(seen))


def two_minds(answers: Sequence[tuple[SampleItem, Answer]], rows: Mapping[str, int]) -> list[Fault]:
    """Rows that show the very text of an earlier row and have other codes: a text has one code."""
    first: dict[str, Answer] = {}
    faults = []
    for item, answer in answers:
        before = first.setdefault(item.subject.evidence_hash, answer)
        codes = f"{before.nature}/{before.completeness}"
        if codes != f"{answer.nature}/{answer.completeness}":
            message = f"row {rows[before.key]} shows the same text and is {codes}: give both the same codes"
            faults.append(Fault(rows[item.key], "nature", message))
    return faults


def _item(
    row: int, cells: Mapping[str, str], items: Mapping[str, SampleItem], seen: dict[str, int], faults: list[Fault]
) -> SampleItem | None:
    """The item of a row, which is marked as seen; None, with the fault, where the id names none or one seen before."""
    key = plain(cells["id"])
    item = items.get(key)
    if item is None:
        faults.append(Fault(row, "id", f"{key!r} is no item of this sample" if key else "the id is missing"))
    elif key in seen:
        faults.append(Fault(row, "id", f"{key} stands in row {seen[key]} already"))
        return None
    else:
        seen[key] = row
    return item


def _shown_faults(row: int, cells: Mapping[str, str], item: SampleItem, mark: str) -> list[Fault]:
    """The evidence must stand beside its id: a column sorted by itself would give every item another's codes."""
    faults = [
        Fault(row, name, f"not the text of {item.key}: were rows or columns moved apart?")
        for name, shown in zip(SHOWN, shown_cells(item), strict=True)
        if name != "id" and not same_cell(cells[name], shown)
    ]
    if plain(cells[MARK]) != mark:
        faults.append(Fault(row, MARK, f"{cells[MARK][:40]!r} is not this sheet's mark {mark}"))
    return faults


def _codes(row: int, cells: Mapping[str, str], fill_in: Sequence[str]) -> tuple[dict[str, str], list[Fault]]:
    codes: dict[str, str] = {}
    faults = []
    for name in fill_in:
        given = plain(cells[name])
        if name in CODES:
            # A spreadsheet takes 07 for the number 7; no other division can be meant.
            code = given.zfill(2) if name == "sector" and given else given.casefold()
            if code and code not in CHOICES[name]:
                listed = f"{SECTORS[0]}–{SECTORS[-1]}" if name == "sector" else ", ".join(CHOICES[name])
                faults.append(Fault(row, name, f"unknown code {given[:60]!r}; choose from {listed}"))
            codes[name] = code
        else:
            codes[name] = _unguarded(cell_text(cells[name]))
            if len(codes[name]) > _LONGEST_NOTE:
                faults.append(Fault(row, name, f"longer than {_LONGEST_NOTE:,} characters"))
    if "reason" in fill_in and codes["nature"] and codes["completeness"] and not codes["reason"]:
        faults.append(Fault(row, "reason", "a decision needs its reason"))
    return codes, faults


def _answer(key: str, codes: Mapping[str, str]) -> Answer:
    return Answer(
        key=key,
        nature=Nature(codes["nature"]),
        completeness=Completeness(codes["completeness"]),
        output=Output(codes["output"]) if codes["output"] else Output.UNCLEAR,
        sector=codes["sector"],
        note=codes.get("note", ""),
        reason=codes.get("reason", ""),
    )


def _unguarded(note: str) -> str:
    """A note without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return note[1:] if note.startswith("'") and note[1:2] in tuple("=+-@") else note
