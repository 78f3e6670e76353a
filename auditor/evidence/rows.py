"""Sealed rows of the database, one line each, and what became of them since: compared line by line, in one order.

A line is `table key fixed moving`: the primary key as JSON, SHA-256 of the columns that never change, and of those that
the program itself may change later (a judgement, a date of withdrawal); `-` where a table has none of the kind.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from crawler.errors import UNREADABLE, IntegrityError

#: Columns that the program changes after a row was written; everything else of these tables is fixed.
MOVING = {
    "run": ("finished_at", "result", "detail", "counts"),
    "capture": ("parse_state", "parsed_with", "parsed_at"),
    "link": ("withdrawn_at",),
    "edition": ("unfit", "state", "state_reason", "state_by", "state_at"),
    "edition_known": ("superseded_at",),
    "edition_seen": ("superseded_at",),
    "list_reading": ("superseded_at",),
    "page_reading": ("superseded_at",),
    "issue": ("resolved_at",),
}
#: Tables that are computed anew from the others; all of their columns move, and their rows come and go.
DERIVED = frozenset({"membership", "linking", "growth", "account_term", "edition_change"})
_NONE = "-"
HEAD, REWRITTEN, GONE = "columns", "rewritten", "gone"


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it was sealed, or as it is. `moved` says that one of its own dates is later than the seal."""

    table: str
    key: tuple[Any, ...]
    fixed: str
    moving: str
    moved: bool = False

    def line(self) -> bytes:
        """As it stands in a seal's lines."""
        return f"{self.table} {json.dumps(self.key, ensure_ascii=False)} {self.fixed} {self.moving}".encode()

    @property
    def place(self) -> str:
        """The row's address for people: `entry 55`."""
        return f"{self.table} {', '.join(str(part) for part in self.key)}"


@dataclass(slots=True)
class Sealed:
    """A seal's lines taken apart: columns by table, what earlier seals found rewritten, the rows one by one."""

    columns: dict[str, tuple[str, ...]]
    remarks: list[str]
    rows: Iterator[Row]


def read_sealed(lines: Iterable[bytes], name: str) -> Sealed:
    """Take a file of lines apart. Raises IntegrityError that names file and line, for a row when it is reached."""
    columns: dict[str, tuple[str, ...]] = {}
    remarks: list[str] = []
    numbered = enumerate(lines, 1)
    first: tuple[int, bytes] | None = None
    for number, line in numbered:
        word, _, rest = line.decode("utf-8", "replace").rstrip("\n").partition(" ")
        if word == HEAD:
            table, _, names = rest.partition(" ")
            columns[table] = tuple(names.split(","))
        elif word in (REWRITTEN, GONE):
            remarks.append(f"{word} {rest}")
        else:
            first = (number, line)
            break
    return Sealed(columns, remarks, _rows(first, numbered, name))


def _rows(first: tuple[int, bytes] | None, rest: Iterator[tuple[int, bytes]], name: str) -> Iterator[Row]:
    while first is not None:
        number, line = first
        try:
            table, _, left = line.decode().rstrip("\n").partition(" ")
            key, fixed, moving = left.rsplit(" ", 2)
            yield Row(table, tuple(json.loads(key)), fixed, moving)
        except UNREADABLE as error:
            raise IntegrityError(f"{name} line {number} is no sealed row") from error
        first = next(rest, None)


@dataclass(slots=True)
class Compared:
    """What became of sealed rows: `rewritten` and `gone` must not happen, `moved` may, `new` came since.

    `worked`: the program has worked on the database since, so that what moved can be its doing.
    """

    rewritten: list[tuple[Row, Row]] = field(default_factory=list)
    gone: list[Row] = field(default_factory=list)
    moved: list[tuple[Row, Row]] = field(default_factory=list)
    new: int = 0
    worked: bool = False


def compare(sealed: Iterable[Row], now: Iterable[Row], found: Compared) -> Iterator[Row]:
    """Hand on the rows as they are now, noting in `found` how they differ from the sealed ones.

    Both come by table and key, ascending.
    """
    before = iter(sealed)
    old = next(before, None)
    for row in now:
        while old is not None and _order(old) < _order(row):
            _gone(old, found)
            old = next(before, None)
        if old is not None and _order(old) == _order(row):
            if old.fixed != row.fixed:
                found.rewritten.append((old, row))
            elif old.moving != row.moving:
                found.moved.append((old, row))
            found.worked |= row.moved
            old = next(before, None)
        else:
            found.new += 1
            found.worked = True
        yield row
    while old is not None:
        _gone(old, found)
        old = next(before, None)


def _order(row: Row) -> tuple[str, tuple[Any, ...]]:
    return row.table, row.key


def _gone(row: Row, found: Compared) -> None:
    if row.table in DERIVED:
        found.moved.append((row, row))
    else:
        found.gone.append(row)


def remark(word: str, row: Row, now: str = _NONE) -> str:
    """What a seal says of a row that it found rewritten or gone."""
    return f"{word} {row.table} {json.dumps(row.key, ensure_ascii=False)} {row.fixed} {now}"
