"""Reads a filled sheet back as plain texts with their places: XLSX, CSV. No formula is ever evaluated.

What makes a file unreadable as a whole is raised at once; what is wrong with one cell is collected as a Fault.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

from auditor.review.columns import MARK
from auditor.review.records import Fault
from crawler.errors import ContentError, UsageError

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell, MergedCell

#: No sheet of ours is larger, packed or unpacked.
LARGEST = 50_000_000
_UNPACKED = 60_000_000
#: Opening and closing tags of all parts of a workbook. A cell has some six: eight thousand rows of fifteen cells are
#: more than anybody codes. It is tags, not bytes, that a reader takes its time over.
_MOST_TAGS = 800_000
_PIECE = 1 << 20
MOST_ROWS = 100_000
_MOST_COLUMNS = 60
_MOST_CELLS = 2_000_000
#: More are not read by anybody, and are a wrong file.
MOST_FAULTS = 5_000
_CELL = 1_000_000
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# A merged cell still has a content that can be checked.
_MERGED = "merged cells"
# What openpyxl raises over a workbook that is damaged inside; it has no error of its own for that.
_DAMAGED = (
    *(zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, SyntaxError, zlib.error, EOFError),
    *(AttributeError, IndexError, NotImplementedError, StopIteration, OSError),
)


@dataclass(slots=True)
class Grid:
    """A sheet as read: headings, then (row number as a spreadsheet counts, cells by heading); faults found so far."""

    header: tuple[str, ...] = ()
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    #: Of a JSONL file: line, item and the text that was labelled.
    texts: list[tuple[int, str, str]] = field(default_factory=list)
    #: Row and heading of cells whose content is told in `faults` as none at all: a formula, an error, two codes.
    unread: set[tuple[int, str]] = field(default_factory=set)


def read_bytes(path: Path) -> bytes:
    """A file's bytes. Raises UsageError if it cannot be read, ContentError if it is larger than any sheet."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    if len(raw) > LARGEST:
        raise ContentError(f"{path} has more than {LARGEST:,} bytes; no sheet of ours has")
    return raw


def read_sheet(path: Path) -> Grid:
    """The filled sheet, told by its bytes, not its name. Raises ContentError where it is no sheet as a whole."""
    raw = read_bytes(path)
    if raw.startswith(b"PK\x03\x04"):
        return _grid(_xlsx_lines(path, raw), path)
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise ContentError(f"{path} is an old or an encrypted workbook: save it as XLSX or as CSV UTF-8")
    return _grid(_csv_lines(path, raw), path)


_Line = tuple[int, list[str], list[Fault]]


def _grid(lines: Iterable[_Line], path: Path) -> Grid:
    grid = Grid()
    for number, cells, faults in lines:
        # A row's number in a workbook can be anything, and the rows before it are then made up, empty.
        if number > MOST_ROWS:
            raise ContentError(f"{path} has more than {MOST_ROWS:,} rows; no sheet of ours has")
        if len(grid.faults) > MOST_FAULTS:
            raise ContentError(f"{path} has more than {MOST_FAULTS:,} faults; is it the sheet that was filled in?")
        if not any(cell.strip() for cell in cells) and not faults:
            continue
        if not grid.header:
            grid.header = tuple(cell.strip().lower() for cell in cells)
            while grid.header and not grid.header[-1]:
                grid.header = grid.header[:-1]
            grid.faults += [Fault(one.row, _heading(grid.header, one.column), one.message) for one in faults]
            continue
        named = [(_heading(grid.header, one.column), one) for one in faults]
        grid.faults += [Fault(one.row, heading, one.message) for heading, one in named]
        grid.unread |= {(one.row, heading) for heading, one in named if not one.message.startswith(_MERGED)}
        grid.faults += [
            Fault(number, get_column_letter(at), f"{cell!r} stands under no heading")
            for at, cell in enumerate(cells[len(grid.header) :], start=len(grid.header) + 1)
            if cell.strip()
        ]
        padded = [*cells, *[""] * (len(grid.header) - len(cells))]
        grid.rows.append((number, dict(zip(grid.header, padded, strict=False))))
    if not grid.header:
        raise ContentError(f"{path} is empty")
    return grid


def _heading(header: tuple[str, ...], at: str) -> str:
    """A column's heading for its number, its letter where it has none."""
    index = int(at)
    return header[index - 1] if index <= len(header) and header[index - 1] else get_column_letter(index)


def _csv_lines(path: Path, raw: bytes) -> Iterator[_Line]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ContentError(f"{path}, line {line}: not UTF-8 text: save it as CSV UTF-8 or as XLSX") from error
    if "\x00" in text:
        raise ContentError(f"{path} is no text: save it as CSV UTF-8 or as XLSX")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    if text.count(delimiter) > _MOST_CELLS:
        raise ContentError(f"{path} has more than {_MOST_CELLS:,} cells; no sheet of ours has")
    csv.field_size_limit(_CELL)
    try:
        for number, cells in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), start=1
        ):
            if any(cells[_MOST_COLUMNS:]):
                raise ContentError(f"{path}, line {number}: more than {_MOST_COLUMNS} columns; no sheet of ours has")
            del cells[_MOST_COLUMNS:]
            faults = [
                Fault(number, str(at), f"a formula: {cell[:60]!r}; write the code itself")
                for at, cell in enumerate(cells, start=1)
                if cell.lstrip().startswith("=")
            ]
            yield number, cells, faults
    except csv.Error as error:
        raise ContentError(f"{path} is no CSV: {error}") from error


def _xlsx_lines(path: Path, raw: bytes) -> Iterator[_Line]:
    try:
        with warnings.catch_warnings():
            # openpyxl warns of parts that it does not read; none of them holds a cell.
            warnings.simplefilter("ignore", UserWarning)
            _refuse_foreign(path, raw)
            book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
            title = _coding_sheet(book)
            sheet = book[title]
            merged = _merged(path, raw, title)
            # The size written in the file can be anything.
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), start=1):
                at, texts, faults = _xlsx_line(number, cells)
                yield at, texts, [*faults, *merged.get(number, ())]
            book.close()
    except _DAMAGED as error:
        raise ContentError(f"{path} is no readable XLSX workbook: {type(error).__name__}: {error}") from error


def _xlsx_line(number: int, cells: Iterable[Cell | MergedCell]) -> _Line:
    texts, faults = [], []
    for at, cell in enumerate(cells, start=1):
        value = cell.value
        if cell.data_type == "f":
            faults.append(Fault(number, str(at), "a formula; write the code itself"))
            texts.append("")
        elif cell.data_type == "e":
            faults.append(Fault(number, str(at), f"an error value: {value}"))
            texts.append("")
        elif isinstance(value, str):
            texts.append(unescape(value))
        elif isinstance(value, float) and value.is_integer():
            texts.append(str(int(value)))
        else:
            texts.append("" if value is None else str(value))
    while texts and not texts[-1]:
        texts.pop()
    return number, texts, faults


def _coding_sheet(book: Workbook) -> str:
    """The name of the sheet that is filled in, wherever it stands: `coding`, else the one with a column for marks."""
    if "coding" in book.sheetnames:
        return "coding"
    for title in book.sheetnames:
        sheet = book[title]
        sheet.reset_dimensions()
        _, heading, _ = _xlsx_line(1, next(sheet.iter_rows(max_row=1, max_col=_MOST_COLUMNS), ()))
        if MARK in [text.strip().lower() for text in heading]:
            return title
    return book.sheetnames[0]


def _refuse_foreign(path: Path, raw: bytes) -> None:
    """Look at every part before anything is made of it. Raises ContentError for what is none of ours or too heavy."""
    tags = 0
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        if "[Content_Types].xml" not in packed.namelist():
            raise ContentError(f"{path} is no XLSX workbook (an OpenDocument one?): save it as XLSX or as CSV UTF-8")
        # What a part says of its size is held to when it is read.
        if sum(part.file_size for part in packed.infolist()) > _UNPACKED:
            raise ContentError(f"{path} unpacks to more than {_UNPACKED:,} bytes; no sheet of ours does")
        for part in packed.infolist():
            with packed.open(part) as stream:
                while piece := stream.read(_PIECE):
                    tags += piece.count(b"<")
            if tags > _MOST_TAGS:
                raise ContentError(f"{path} holds more than {_MOST_TAGS:,} tags; no sheet of ours does")


def _merged(path: Path, raw: bytes, title: str) -> dict[int, list[Fault]]:
    """Merged cells of one sheet by their first row; openpyxl's streaming reader shows them as empty cells."""
    found: dict[int, list[Fault]] = {}
    number = 0
    with zipfile.ZipFile(io.BytesIO(raw)) as packed, packed.open(_part_of(packed, title)) as stream:
        for _, element in etree.iterparse(stream, resolve_entities=False, no_network=True):
            if element.tag.rpartition("}")[2] == "mergeCell":
                ref = str(element.get("ref"))
                column, row, _, _ = range_boundaries(ref)
                fault = Fault(row or 1, str(column), f"{_MERGED} {ref}: undo the merging, one code a cell")
                found.setdefault(fault.row, []).append(fault)
                if (number := number + 1) > MOST_FAULTS:
                    raise ContentError(f"{path} has more than {MOST_FAULTS:,} merged cells; no sheet of ours has any")
            element.clear()
    return found


def _part_of(packed: zipfile.ZipFile, title: str) -> str:
    """Where in the package a sheet's cells stand."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    sheets = etree.fromstring(packed.read("xl/workbook.xml"), parser).iter("{*}sheet")
    wanted = next(sheet.get(_RELATION) for sheet in sheets if sheet.get("name") == title)
    relations = etree.fromstring(packed.read("xl/_rels/workbook.xml.rels"), parser).iter("{*}Relationship")
    target = next(str(one.get("Target")) for one in relations if one.get("Id") == wanted)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
