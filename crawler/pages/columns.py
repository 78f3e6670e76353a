"""Headings of the register's table by meaning: which column holds which field, in either language, in any order.

The wordings are data (`crawler/sources/columns.yml`). Nothing here depends on a column's position.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from crawler.pages.grid import GridRow
from crawler.pages.wording import letters_key, lookup, pattern

#: Rows that one heading can take: group headings, headings, and one more level.
_MAX_HEIGHT = 3
_BRACKETS = re.compile(r"\([^()]*\)")
#: A heading is short; anything longer is a text about the table, not a heading.
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Heading:
    """What a heading says of its table. `columns` maps field → column; `height` is its number of rows.

    `unknown` are columns whose heading means nothing known, `doubled` those whose field another column already has,
    each as (column, heading text). A column without heading and without a known field is in neither.
    """

    columns: dict[str, int]
    texts: tuple[str, ...]
    height: int
    unknown: tuple[tuple[int, str], ...] = ()
    doubled: tuple[tuple[int, str], ...] = ()

    @property
    def plausible(self) -> bool:
        """Whether this is the heading of a register: three known fields, or two that are all the table has."""
        telling = len(self.columns.keys() - {"number"})
        known = len(self.columns)
        return telling >= 2 and (known >= 3 or not (self.unknown or self.doubled))


@dataclass(frozen=True, slots=True)
class Demands:
    """What the table of an act must have, and what it is expected to have."""

    mandatory: tuple[str, ...]
    expected: tuple[str, ...]


def demands(act: str) -> Demands:
    """The demands on an act's table; an act not listed is held to those of the acts since 2013."""
    acts = lookup("columns")["acts"]
    found = acts.get(act, acts["default"])
    return Demands(tuple(found["mandatory"]), tuple(found["expected"]))


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (entry["field"], re.compile("|".join(f"(?:{pattern(wording)})" for wording in entry["wordings"])))
        for entry in lookup("columns")["columns"]
    )


@cache
def _refused() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern(wording)})" for wording in lookup("columns")["refused"]))


@lru_cache(maxsize=4096)
def _field_of_key(key: str) -> str:
    for field, wording in _patterns():
        if wording.fullmatch(key):
            return field
    return ""


@lru_cache(maxsize=4096)
def field_of(text: str) -> str:
    """The field that a heading means, "" for none. What stands in brackets may be left out of account.

    A heading on when, how or in what form a thing is done means nothing known, whatever else it names.
    """
    if not text or len(text) > _LONGEST:
        return ""
    if _refused().fullmatch(letters_key(text)):
        return ""
    bare = text
    while (shorter := _BRACKETS.sub(" ", bare)) != bare:
        bare = shorter
    return _field_of_key(letters_key(bare)) or _field_of_key(letters_key(text))


def read_heading(rows: Sequence[GridRow], start: int) -> Heading | None:
    """The heading that begins at `rows[start]`, None if none does.

    A heading's height is that of its tallest cell, or one row more where the first row holds group headings.
    """
    first = rows[start]
    if not first.own or _holds_numbers(first) or len({origin for origin in first.origins if origin}) < 2:
        return None
    least = _height(rows, start)
    found = _heading(rows[start : start + least])
    below = rows[start + least] if start + least < len(rows) else None
    if first.merged and least < _MAX_HEIGHT and below is not None and not _holds_numbers(below):
        taller = _heading(rows[start : start + least + 1])
        if len(taller.columns) > len(found.columns):
            found = taller
    return found if found.plausible else None


def _holds_numbers(row: GridRow) -> bool:
    """Whether a cell is a bare number or a code: then the row is data or column numbers, and no heading."""
    return any(text.strip(" .").isdigit() for text in row.texts)


def _height(rows: Sequence[GridRow], start: int) -> int:
    """Rows that the cells of `rows[start]` reach down, bounded."""
    height = 1
    while height < _MAX_HEIGHT and start + height < len(rows):
        if not set(rows[start].origins) & (set(rows[start + height].origins) - {0}):
            break
        height += 1
    return height


def _heading(rows: Sequence[GridRow]) -> Heading:
    columns: dict[str, int] = {}
    unknown: list[tuple[int, str]] = []
    doubled: list[tuple[int, str]] = []
    texts: list[str] = []
    for column in range(max(len(row.texts) for row in rows)):
        levels = _levels(rows, column)
        text = " ".join(levels)
        texts.append(text)
        field = _meaning(levels)
        if not field:
            if text:
                unknown.append((column, text))
        elif field in columns:
            doubled.append((column, text))
        else:
            columns[field] = column
    return Heading(columns, tuple(texts), len(rows), tuple(unknown), tuple(doubled))


def _levels(rows: Sequence[GridRow], column: int) -> list[str]:
    """The column's heading from the top down, each source cell once."""
    levels: list[str] = []
    seen: set[int] = set()
    for row in rows:
        if column < len(row.texts) and row.origins[column] not in seen and row.texts[column]:
            seen.add(row.origins[column])
            levels.append(row.texts[column])
    return levels


def _meaning(levels: list[str]) -> str:
    """The lowest level says what a column is; where it does not, all levels together do, then the highest."""
    if not levels:
        return ""
    return field_of(levels[-1]) or field_of(" ".join(levels)) or field_of(levels[0])
