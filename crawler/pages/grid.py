"""A table's cells laid out as the grid a reader sees: rowspan and colspan expanded, nested tables left in their cell.

Works on lxml elements directly, because the register has near 15,000 cells a page; most of them are one paragraph of
plain text and take the short way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import normalize

from lxml import etree

from crawler.pages.text import squeeze

#: A span ends here at the latest: a wide one means "to the end of the table" (`colspan="100"`), and no register has
#: that many columns. A cell itself is never left out.
MAX_COLUMN = 100
_TO_THE_END = 65_534  # rowspan 0 in HTML: down to the table's last row
_CELLS = frozenset({"td", "th"})
_NO_TEXT = frozenset({"col", "colgroup", "caption"})
#: Elements that end a line for a reader.
_LINES = ("p", "br", "div", "li", "tr", "td", "th", "table", "h1", "h2", "h3", "h4", "pre")
_INTEGER = re.compile(r"\s*\+?(\d{1,6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class GridRow:
    """One <tr>. `texts[i]` is what a reader sees in column i; `origins[i]` tells which source cell it is.

    Two slots with one origin are one cell, beside each other (colspan) or below each other (rowspan). Origins count
    the table's cells from 1 in source order; 0 stands where no cell reaches. `merged`: a cell covers several columns.
    `own`: the row has text in a cell of its own. `loose` is text inside the row but outside its cells.
    """

    row: int  # 1-based number of the <tr> in its table
    texts: tuple[str, ...]
    origins: tuple[int, ...]
    merged: bool = False
    own: bool = True
    loose: str = ""

    def parts(self) -> tuple[tuple[int, str], ...]:
        """(first column, text) of each source cell that has text, from left to right."""
        seen: set[int] = set()
        found = []
        for column, (origin, text) in enumerate(zip(self.origins, self.texts, strict=True)):
            if text and origin not in seen:
                seen.add(origin)
                found.append((column, text))
        return tuple(found)

    def width_of(self, column: int) -> int:
        """How many columns the cell at `column` covers."""
        return self.origins.count(self.origins[column])


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. `nested` holds the row numbers whose cells contain a table, `loose` text outside every row."""

    rows: tuple[GridRow, ...]
    nested: tuple[int, ...] = ()
    loose: str = ""


def read_grid(table: etree._Element) -> Grid:
    """The grid of a <table> element. Never raises; a senseless span counts as 1."""
    rows: list[GridRow] = []
    nested: list[int] = []
    loose: list[str] = []
    has_nested = table.find(".//table") is not None
    layout = _Layout()
    for number, tr in enumerate(_rows(table, loose), start=1):
        if has_nested and tr.find(".//table") is not None:
            nested.append(number)
        rows.append(layout.row(number, tr))
    return Grid(tuple(rows), tuple(nested), squeeze(" ".join(loose)))


def _rows(node: etree._Element, loose: list[str]) -> Iterator[etree._Element]:
    """The table's own <tr>, through <thead>, <tbody> and whatever else stands between; other text goes to `loose`."""
    stack = [node]
    while stack:  # no recursion: a broken page can nest thousands deep
        element = stack.pop()
        if element is not node and element.tail and not element.tail.isspace():
            loose.append(element.tail)
        tag = element.tag
        if tag == "tr":
            yield element
        elif tag in _CELLS or (tag == "table" and element is not node):
            loose.append(element_text(element))
        elif tag not in _NO_TEXT:
            if element.text and not element.text.isspace():
                loose.append(element.text)
            stack.extend(reversed(element))


class _Layout:
    """Lays out row after row; remembers the cells that reach down, and texts already folded."""

    def __init__(self) -> None:
        self.carried: dict[int, tuple[int, int, str]] = {}  # column → (rows left, origin, text)
        self.below: dict[int, tuple[int, int, str]] = {}
        self.origin = 0
        self.folded: dict[str, str] = {}  # most texts of a register stand in many rows
        self.texts: list[str] = []
        self.origins: list[int] = []

    def row(self, number: int, tr: etree._Element) -> GridRow:
        """The grid's next row."""
        texts = self.texts = []
        origins = self.origins = []
        self.below = {}
        loose: list[str] = [tr.text] if tr.text and not tr.text.isspace() else []
        wide = own = False
        for cell in tr:
            tail = cell.tail
            if tail and not tail.isspace():
                loose.append(tail)
            if cell.tag not in _CELLS:
                loose.append(element_text(cell))
                continue
            self.origin += 1
            text = self._fold(_raw_text(cell))
            own = own or text != ""
            if self.carried:
                self._take_carried()
            rowspan, colspan = cell.get("rowspan"), cell.get("colspan")
            if rowspan is None and colspan is None:
                texts.append(text)
                origins.append(self.origin)
            else:
                wide = True
                self._spread(text, _span(colspan) or 1, _span(rowspan) or _TO_THE_END)
        if self.carried:
            wide = True
            self._take_rest()
        merged = wide and any(left == right != 0 for left, right in pairwise(origins))
        self.carried = self.below
        return GridRow(number, tuple(texts), tuple(origins), merged, own, squeeze(" ".join(loose)) if loose else "")

    def _fold(self, raw: str) -> str:
        """What `squeeze` does, three times as fast and once for each text."""
        text = self.folded.get(raw)
        if text is None:
            text = self.folded[raw] = " ".join(normalize("NFC", raw).split())
        return text

    def _spread(self, text: str, width: int, height: int) -> None:
        """Puts a cell with spans down; it never covers a cell that reaches down from above."""
        for place in range(width):
            column = len(self.texts)
            if place and (column in self.carried or column >= MAX_COLUMN):
                break
            if height > 1:
                self.below[column] = (height - 1, self.origin, text)
            self.texts.append(text)
            self.origins.append(self.origin)

    def _take_carried(self) -> None:
        """Puts down the cells from above that stand at the next column."""
        while (column := len(self.texts)) in self.carried:
            left, origin, text = self.carried[column]
            self.texts.append(text)
            self.origins.append(origin)
            if left > 1:
                self.below[column] = (left - 1, origin, text)

    def _take_rest(self) -> None:
        """Puts down what reaches down from above beyond the row's own cells, empty slots between."""
        for column in range(len(self.texts), max(self.carried) + 1):
            if column in self.carried:
                self._take_carried()
            elif column == len(self.texts):
                self.texts.append("")
                self.origins.append(0)


def _span(value: str | None) -> int:
    """A span attribute by the rules of HTML: leading digits count, anything else is 1."""
    match = _INTEGER.match(value or "")
    return int(match.group(1)) if match else 1


def _raw_text(cell: etree._Element) -> str:
    """A cell's text with white space between paragraphs and lines; the two common shapes of a cell first."""
    count = len(cell)
    if count == 0:
        return cell.text or ""
    if count == 1:
        child = cell[0]
        if child.tag == "p" and len(child) == 0:
            return f"{cell.text or ''} {child.text or ''} {child.tail or ''}"
    return element_text(cell)


def element_text(element: etree._Element) -> str:
    """All text below an element, with a line end where a reader sees one."""
    parts: list[str] = []
    _collect(element, parts)
    return "".join(parts)


def _collect(element: etree._Element, parts: list[str]) -> None:
    if element.tag in _LINES:
        parts.append("\n")
    parts.append(str(element.text or ""))
    for child in element:
        _collect(child, parts)
        if child.tag in _LINES:
            parts.append("\n")
        parts.append(str(child.tail or ""))
