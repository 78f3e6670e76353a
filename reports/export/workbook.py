"""A table as an Excel workbook: text is text, nothing is a formula or unseen; the same rows give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from auditor.release.read import Release
from auditor.release.schema import Kind, Table
from auditor.tables import written_out

#: Excel's own bounds; the heading takes one row.
ROWS = 1_048_575
LETTERS = 32_767
_CUT = " […]"
#: Text stays text: no formula, no link, no number out of a code with leading zeros.
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def write_workbook(release: Release, table: Table, path: Path) -> None:
    """The table's rows, more than a sheet holds on further sheets, and a sheet that says what the columns say.

    Raises OSError. A text longer than a cell holds is cut with a mark; CSV and Parquet have it whole.
    """
    book = xlsxwriter.Workbook(str(path), _OPTIONS)
    moment = datetime.fromisoformat(release.facts["newest_page"])
    book.set_properties({"title": f"{table.name}, release {release.facts['id']}", "created": moment})
    bold = book.add_format({"bold": True})
    rows = release.rows(table)
    number = 0
    while True:
        sheet = book.add_worksheet(table.name if not number else f"{table.name} {number + 1}")
        _sheet(sheet, table, bold)
        written = 0
        for written, row in enumerate(islice(rows, ROWS), 1):
            _row(sheet, written, row)
        number += 1
        if written < ROWS:
            break
    about = book.add_worksheet("about")
    about.set_column(0, 0, 24)
    about.set_column(1, 2, 80)
    for place, line in enumerate(_about(release, table)):
        _row(about, place, line)
    _close(book)


def write_rows(path: Path, title: str, day: date, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One small table as a workbook that says `day` as its date, so that the same rows give the same bytes.

    Raises OSError.
    """
    book = xlsxwriter.Workbook(str(path), _OPTIONS)
    book.set_properties({"title": title, "created": datetime(day.year, day.month, day.day, tzinfo=UTC)})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(title[:31])
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(header):
        sheet.set_column(place, place, 28 if name in ("name", "form") else 16)
        sheet.write_string(0, place, name, bold)
    for line, row in enumerate(rows, 1):
        _row(sheet, line, tuple(row))
    _close(book)


def _close(book: xlsxwriter.Workbook) -> None:
    try:
        book.close()
    except FileCreateError as error:
        cause = error.__context__ if isinstance(error.__context__, OSError) else error.args[0]
        raise cause if isinstance(cause, OSError) else OSError(str(error)) from error


def _sheet(sheet: xlsxwriter.worksheet.Worksheet, table: Table, bold: object) -> None:
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        wide = column.kind is Kind.TEXT and not column.name.endswith(("code", "lang"))
        sheet.set_column(place, place, 28 if wide else 12)
        sheet.write_string(0, place, column.name, bold)


def _row(sheet: xlsxwriter.worksheet.Worksheet, line: int, row: tuple[object, ...]) -> None:
    for place, value in enumerate(row):
        if isinstance(value, int | float):
            sheet.write_number(line, place, value)
        elif value is not None:
            text = written_out(str(value))
            sheet.write_string(line, place, text if len(text) <= LETTERS else text[: LETTERS - len(_CUT)] + _CUT)


def _about(release: Release, table: Table) -> list[tuple[object, ...]]:
    said = [("release", release.facts["id"]), ("made from", release.facts["made_from"]), ("table", table.about), ()]
    return [*said, *((column.name, column.about) for column in table.columns)]
