"""Doccano's JSONL, a text classification project with labels such as `nature=human_social`. Pure.

Written for doccano's import: `text` is what is coded, `label` is empty, everything else is kept by doccano as metadata
and comes back in its export, so that every line is known again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from auditor.review.columns import ANSWERS, CODES, MARK, SHOWN, cell_text, shown_cells
from auditor.review.records import Fault, SampleItem
from auditor.review.sheetread import MOST_FAULTS, MOST_ROWS, Grid
from auditor.review.words import CHOICES, word
from crawler.errors import UNREADABLE, ContentError

_MOST_LABELS = 100
_MOST_PARTS = 10_000
#: Dark enough for white letters.
_COLOURS = {"nature": "#1f5a8a", "completeness": "#8a3b1f", "output": "#3d6b2f", "sector": "#5b4a7a"}
_FIELDS = ("name", "result", "category", "provider")


def doccano_text(item: SampleItem) -> str:
    """What a coder sees of an item: the evidence, a line a field."""
    given = item.subject.given
    texts = ((field, cell_text(getattr(given, field))) for field in _FIELDS)
    return "\n".join(f"{word('fields', field, given.lang)}: {text}" for field, text in texts if text)


def doccano_line(item: SampleItem, mark: str) -> str:
    """One item as a line of JSON, without its line end."""
    told: dict[str, Any] = {"text": doccano_text(item), "label": []}
    told |= dict(zip(SHOWN, shown_cells(item), strict=True))
    # doccano gives every line an `id` of its own.
    told["item"] = told.pop("id")
    told[MARK] = mark
    return json.dumps(told, ensure_ascii=False)


def labels() -> list[str]:
    """Every label that a project needs."""
    return [f"{column}={code}" for column in CODES for code in CHOICES[column]]


def labels_json() -> str:
    """The labels as doccano's "import labels" takes them, one colour an axis."""
    told = [
        {"text": label, "backgroundColor": _COLOURS[label.partition("=")[0]], "textColor": "#ffffff"}
        for label in labels()
    ]
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def read_doccano(path: Path, raw: bytes) -> Grid:
    """An exported JSONL file as a grid with a sheet's headings. Raises ContentError where it is no such file."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContentError(f"{path}, line {raw[: error.start].count(bytes([10])) + 1}: not UTF-8 text") from error
    if text.count("\n") > MOST_ROWS:
        raise ContentError(f"{path} has more than {MOST_ROWS:,} lines; no export of ours has")
    grid = Grid(header=(*SHOWN, *ANSWERS, MARK))
    for number, line in enumerate(text.split("\n"), start=1):
        if len(grid.faults) > MOST_FAULTS:
            raise ContentError(f"{path} has more than {MOST_FAULTS:,} faults; is it the export of this sample?")
        if not line.strip():
            continue
        told = _parsed(line, number, grid.faults)
        if told is not None:
            grid.rows.append((number, _cells(told, number, grid)))
            grid.texts.append((number, str(told.get("item") or ""), str(told.get("text") or "")))
    if not grid.rows and not grid.faults:
        raise ContentError(f"{path} is empty")
    return grid


def _parsed(line: str, number: int, faults: list[Fault]) -> dict[str, Any] | None:
    # Counted before it is read: empty lists in a list grow to twenty times their bytes.
    if sum(line.count(mark) for mark in "{[") > _MOST_PARTS:
        faults.append(
            Fault(number, "", f"more than {_MOST_PARTS:,} lists and objects in one line: not a JSON object of an item")
        )
        return None
    try:
        told = json.loads(line)
    except UNREADABLE:
        faults.append(Fault(number, "", "not a line of JSON"))
        return None
    if not isinstance(told, dict):
        faults.append(Fault(number, "", "not a JSON object"))
        return None
    return told


def _cells(told: dict[str, Any], number: int, grid: Grid) -> dict[str, str]:
    cells = {name: str(told.get(name) or "") for name in (*SHOWN, MARK)} | dict.fromkeys(ANSWERS, "")
    cells["id"] = str(told.get("item") or "")
    given = told.get("label", told.get("labels")) or []
    if isinstance(given, list) and len(given) > _MOST_LABELS:
        grid.faults.append(Fault(number, "label", f"{len(given):,} labels; an item has one an axis"))
        given = []
    for label in given if isinstance(given, list) else [given]:
        column, _, code = str(label).partition("=")
        if column not in CODES:
            grid.faults.append(Fault(number, "label", f"unknown label {str(label)[:60]!r}; labels are {_some()}"))
        elif cells[column] and cells[column] != code:
            grid.faults.append(Fault(number, column, f"two codes: {cells[column]} and {code}"))
            grid.unread.add((number, column))
        else:
            cells[column] = code
    cells["note"] = "; ".join(_comments(told.get("Comments", told.get("comments"))))
    return cells


def _comments(given: object) -> Iterable[str]:
    found: Sequence[object] = given if isinstance(given, list) else ()
    return (str(one.get("text", "")) if isinstance(one, dict) else str(one) for one in found)


def _some() -> str:
    return ", ".join(labels()[:2]) + "…"
