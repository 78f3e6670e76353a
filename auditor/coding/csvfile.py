"""Codes a person's list: a CSV file in, the same file with the codes beside it out.

The input is UTF-8 with or without a byte-order mark, with commas, semicolons or tabs; the output has commas, and a
byte-order mark if the input had one. Every cell is text: leading zeros stay. A cell that a spreadsheet would take for a
formula gets an apostrophe before it, the input's own cells too (see auditor.tables).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.coding.coder import Coder
from auditor.records import Coding, CodingInput, Completeness, Nature
from auditor.tables import write_csv
from crawler.errors import ContentError, UsageError
from crawler.pages.records import Lang

#: What the coder adds, in this order.
ADDED = ("nature", "completeness", "output", "sector", "rules", "evidence", "confidence")
#: The axes that people code too.
AXES = ("nature", "completeness")
#: A larger file is no list of services.
LARGEST = 50_000_000
_MOST_LINES, _MOST_CELLS = 200_000, 3_000_000
_CELL_LIMIT = 10_000_000
#: The most frequent one of the first line parts the cells; the comma if none stands there.
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file as read: header, rows of as many cells, and whether it began with a byte-order mark.

    `numbers` are the rows as a spreadsheet counts them: empty ones count and are left out.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bom: bool
    numbers: tuple[int, ...]

    def column(self, name: str) -> list[str]:
        """One column's cells; empty texts if the file has no such column."""
        if name not in self.header:
            return [""] * len(self.rows)
        at = self.header.index(name)
        return [row[at] for row in self.rows]


def read_table(path: Path, needs: Sequence[str] = ("name",)) -> Table:
    """Read a CSV file that has the columns it `needs`.

    Raises ContentError with the place for what is no such table, UsageError if there is no such file.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    if len(raw) > LARGEST:
        raise ContentError(f"{path} has more than {LARGEST:,} bytes; no list of services has")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ContentError(f"{path} is not UTF-8 (line {line}): save it as CSV UTF-8") from error
    first = text.split("\n", 1)[0]
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise ContentError(f"{path} holds a NUL character (line {line}): it is no text")
    delimiter = max(_DELIMITERS, key=first.count)
    for what, most, count in (("lines", _MOST_LINES, text.count("\n")), ("cells", _MOST_CELLS, text.count(delimiter))):
        if count > most:
            raise ContentError(f"{path} has more than {most:,} {what}; no list of services has")
    csv.field_size_limit(_CELL_LIMIT)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise ContentError(f"{path} is no CSV: {error}") from error
    filled = [(number, line) for number, line in enumerate(lines, start=1) if any(cell.strip() for cell in line)]
    if not filled:
        raise ContentError(f"{path} is empty")
    header = tuple(cell.strip().lower() for cell in filled[0][1])
    _check_header(path, header, needs)
    numbers = tuple(number for number, _ in filled[1:])
    return Table(header, _rows(path, header, filled[1:]), raw.startswith(b"\xef\xbb\xbf"), numbers)


def _check_header(path: Path, header: Sequence[str], needs: Sequence[str]) -> None:
    for name in needs:
        if name not in header:
            raise ContentError(f"{path} has no column `{name}` (it has {', '.join(header)[:300]})")
    double = next((name for name in header if header.count(name) > 1), None)
    if double is not None:
        raise ContentError(f"{path} has the column `{double}` twice")


def _rows(path: Path, header: Sequence[str], lines: Sequence[tuple[int, list[str]]]) -> tuple[tuple[str, ...], ...]:
    rows = []
    for number, line in lines:
        if any(cell.strip() for cell in line[len(header) :]):
            raise ContentError(f"{path}, row {number}: {len(line)} cells under {len(header)} headings")
        rows.append(tuple((line + [""] * len(header))[: len(header)]))
    return tuple(rows)


def inputs_of(table: Table, path: Path, lang: Lang) -> list[CodingInput]:
    """What the coder is shown of each row; `lang` where a row names none.

    Raises ContentError with the row for an unknown language, a row without a name, and an id that stands twice.
    """
    _check_rows(table, path)
    names, results, categories = table.column("name"), table.column("result"), table.column("category")
    inputs = []
    for at, word in enumerate(table.column("lang")):
        tag = word.strip().lower() or str(lang)
        if tag not in set(Lang):
            raise ContentError(f"{path}, row {table.numbers[at]}: language {word!r} is none of {', '.join(Lang)}")
        inputs.append(CodingInput(names[at], results[at], categories[at], lang=Lang(tag)))
    return inputs


def _check_rows(table: Table, path: Path) -> None:
    seen: dict[str, int] = {}
    for number, name, key in zip(table.numbers, table.column("name"), table.column("id"), strict=True):
        if not name.strip():
            raise ContentError(f"{path}, row {number}: there is no name to code")
        if key and key in seen:
            raise ContentError(f"{path}, row {number}: the id {key!r} stands in row {seen[key]} too")
        seen[key] = number


def code_file(
    coder: Coder, source: Path, target: Path, lang: Lang, *, beside_people: bool = False
) -> tuple[Table, list[Coding]]:
    """Code `source` into `target`, whole or not at all; gives what was read and the codings in its order.

    `beside_people`: the file holds people's codes, which stay; the machine's get columns named `machine_…`. Without it
    a file that has such columns already is refused (ContentError). Raises UsageError for a target that is the source.
    """
    _check_names(source, target)
    table = read_table(source)
    added = tuple(f"machine_{name}" if beside_people else name for name in ADDED)
    taken = [name for name in added if name in table.header]
    if taken:
        hint = "" if beside_people else "; with --agree the machine's codes go beside a person's"
        raise ContentError(f"{source} already has the column `{taken[0]}`{hint}")
    if beside_people:
        _check_codes(table, source)
    codings = coder.code_all(inputs_of(table, source, lang))
    rows = ([*row, *_cells(coding)] for row, coding in zip(table.rows, codings, strict=True))
    write_csv(target, [*table.header, *added], rows, bom=table.bom)
    return table, codings


def labels_in(path: Path) -> dict[str, tuple[str, str]]:
    """Slug → (nature, completeness) of a file of labelled listings: columns url, nature, completeness.

    Raises ContentError with the row for an unknown code, a row without an address, and a listing that stands twice.
    """
    table = read_table(path, needs=("url", *AXES))
    _check_codes(table, path)
    seen: dict[str, int] = {}
    for number, url in zip(table.numbers, table.column("url"), strict=True):
        slug = url.strip().rstrip("/").rsplit("/", 1)[-1]
        if not slug or slug in seen:
            told = f"the listing {slug!r} stands in row {seen[slug]} too" if slug else "there is no address"
            raise ContentError(f"{path}, row {number}: {told}")
        seen[slug] = number
    return dict(zip(seen, zip(table.column("nature"), table.column("completeness"), strict=True), strict=True))


def _check_names(source: Path, target: Path) -> None:
    for path in (source, target):
        if str(path) == "-":
            raise UsageError("- stands for no file here: give the file's name")
    if source.exists() and target.exists() and source.samefile(target):
        raise UsageError(f"{target} is the file that is read: give another one to write")


def _check_codes(table: Table, source: Path) -> None:
    for axis, kind in zip(AXES, (Nature, Completeness), strict=True):
        if axis not in table.header:
            raise ContentError(f"{source} has no column `{axis}` to agree with")
        for number, code in zip(table.numbers, table.column(axis), strict=True):
            if code and code not in set(kind):
                raise ContentError(f"{source}, row {number}, column {axis}: {code!r} is none of {', '.join(kind)}")


def _cells(coding: Coding) -> list[str]:
    return [
        str(coding.nature),
        str(coding.completeness),
        str(coding.output),
        coding.sector,
        " ".join(coding.rules),
        "; ".join(f"{trigger.field}: {' '.join(trigger.text.split())}" for trigger in coding.triggers),
        f"{coding.confidence:.2f}",
    ]
