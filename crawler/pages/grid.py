"""A table's cells laid out as the grid a reader sees: rowspan and colspan expanded, nested tables left in their cell.

Works on lxml elements directly, because the register has near 15,000 cells a page; most of them are one paragraph of
plain text and take the short way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from lxml import etree

from crawler.pages.text import squeeze

#: A wider span means "to the end of the table" (`colspan="100"`); no register has that many columns.
MAX_COLSPAN = 100
_CELLS = frozenset({"td", "th"})
_NO_TEXT = frozenset({"col", "colgroup", "caption"})
#: Elements that end a line for a reader.
_LINES = ("p", "br", "div", "li", "tr", "td", "th", "table", "h1", "h2", "h3", "h4", "pre")
_SPANNED = etree.XPath(".//*[@rowspan or @colspan]")
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
    spanned = frozenset(elements(_SPANNED, table))
    has_nested = table.find(".//table") is not None
    carried: dict[int, tuple[int, int, str]] = {}  # column → (rows left, origin, text)
    origin = 0
    for number, tr in enumerate(_rows(table, loose), start=1):
        if has_nested and tr.find(".//table") is not None:
            nested.append(number)
        row, carried, origin = _lay_out(number, tr, spanned, carried, origin)
        rows.append(row)
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


Carried = dict[int, tuple[int, int, str]]


def _lay_out(
    number: int, tr: etree._Element, spanned: frozenset[etree._Element], carried: Carried, origin: int
) -> tuple[GridRow, Carried, int]:
    """One row laid out, what it hands down to the rows below, and the number of cells so far."""
    texts: list[str] = []
    origins: list[int] = []
    below: Carried = {}
    loose: list[str] = [tr.text] if tr.text and not tr.text.isspace() else []
    merged = own = False

    def take_carried() -> None:
        while (column := len(texts)) in carried:
            left, above, text = carried[column]
            texts.append(text)
            origins.append(above)
            if left > 1:
                below[column] = (left - 1, above, text)

    for cell in tr:
        if cell.tail and not cell.tail.isspace():
            loose.append(cell.tail)
        if cell.tag not in _CELLS:
            loose.append(element_text(cell))
            continue
        origin += 1
        text = cell_text(cell)
        own = own or bool(text)
        if carried:
            take_carried()
        if cell not in spanned:
            texts.append(text)
            origins.append(origin)
            continue
        height = _span(cell.get("rowspan")) or 65_534  # 0: down to the table's end
        for _ in range(min(_span(cell.get("colspan")) or 1, MAX_COLSPAN)):
            column = len(texts)
            if column in carried:  # a span never covers a cell that reaches down from above
                break
            merged = merged or (column > 0 and origins[-1] == origin)
            if height > 1:
                below[column] = (height - 1, origin, text)
            texts.append(text)
            origins.append(origin)
    for column in range(len(texts), max(carried, default=-1) + 1):
        if column in carried:
            take_carried()
        elif column == len(texts):
            texts.append("")
            origins.append(0)
    if carried and not merged:
        merged = any(left == right != 0 for left, right in pairwise(origins))
    row = GridRow(number, tuple(texts), tuple(origins), merged, own, squeeze(" ".join(loose)))
    return row, below, origin


def _span(value: str | None) -> int:
    """A span attribute by the rules of HTML: leading digits count, anything else is 1."""
    match = _INTEGER.match(value or "")
    return int(match.group(1)) if match else 1


def elements(xpath: etree.XPath, node: etree._Element) -> list[etree._Element]:
    """The elements that an XPath expression finds below a node, in document order."""
    found = xpath(node)
    return [each for each in found if isinstance(each, etree._Element)] if isinstance(found, list) else []


def cell_text(cell: etree._Element) -> str:
    """A cell's text, white space folded, paragraphs and line breaks as spaces, nothing else changed."""
    count = len(cell)
    if count == 0:
        return squeeze(cell.text or "")
    if count == 1:
        child = cell[0]
        if child.tag == "p" and len(child) == 0:
            return squeeze(f"{cell.text or ''} {child.text or ''} {child.tail or ''}")
    return squeeze(element_text(cell))


def element_text(element: etree._Element) -> str:
    """All text below an element, with a line end where a reader sees one. Changes white space in the given tree."""
    for line in element.iter(*_LINES):
        line.tail = f"\n{line.tail or ''}"
        line.text = f"\n{line.text or ''}"
    return "".join(str(text) for text in element.itertext())
