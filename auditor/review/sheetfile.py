"""Writes coders' sheets: a workbook with drop-down lists and the codebook beside it, or CSV. Strings stay strings."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import xlsxwriter

from auditor.coding.codebook import guidance, rules_in_full
from auditor.review.columns import CODES, MARK
from auditor.review.records import LANGS
from auditor.review.words import CHOICES, code_word, word
from auditor.tables import write_csv
from crawler.errors import UsageError

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_WIDTHS = {"id": 30, "lang": 6, "name": 60, "result": 60, "category": 30, "provider": 30, "note": 40, "reason": 40}
_OTHER_WIDTH = 18


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet to be written: headings, which of them people fill in, and rows of texts. The last column is the mark."""

    header: Sequence[str]
    fill_in: Sequence[str]
    rows: Sequence[Sequence[str]]
    codebook: str
    made_at: datetime


def write_sheet(path: Path, table: Table) -> None:
    """Write the sheet as the file's ending says: `.xlsx` or `.csv`.

    Raises UsageError for another ending or a file that is there already, OSError.
    """
    refuse_overwriting(path)
    if path.suffix.lower() == ".csv":
        write_csv(path, table.header, table.rows)
    elif path.suffix.lower() == ".xlsx":
        partial = path.with_name(path.name + ".part")
        with partial.open("wb") as stream:
            stream.write(_workbook(table))
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    else:
        raise UsageError(f"{path}: give a file name that ends in .xlsx or .csv")


def refuse_overwriting(path: Path) -> None:
    """Raise UsageError if there is such a file, which may hold a coder's work, or no folder to put it in."""
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}")
    if path.exists():
        raise UsageError(f"{path} is there already and may be filled in: choose another name")


def codebook_rows(codebook: str) -> list[tuple[str, ...]]:
    """The codebook as a table: axis or rule, code, its meaning in each of the workbench's languages."""
    rows: list[tuple[str, ...]] = [("codebook", codebook, *(f"({lang})" for lang in LANGS))]
    how, examples = zip(*(guidance(lang) for lang in LANGS), strict=True)
    rows += [("how", "", *how), ("examples", "", *examples)]
    for column in CODES:
        rows.append((column, "", *(word("axes", column, lang) for lang in LANGS)))
        rows += [("", code, *(code_word(column, code, lang) for lang in LANGS)) for code in CHOICES[column]]
    texts = [rules_in_full(lang) for lang in LANGS]
    rows += [("rule", rule, *(words[rule] for words in texts)) for rule in texts[0]]
    return rows


def _workbook(table: Table) -> bytes:
    target = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False, "in_memory": True}
    book = xlsxwriter.Workbook(target, options)
    book.set_properties({"created": table.made_at.replace(tzinfo=None), "title": f"codebook {table.codebook}"})
    bold = book.add_format({"bold": True, "text_wrap": True})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("coding")
    _fill(sheet, [table.header], 0, bold)
    _fill(sheet, table.rows, 1, text)
    for index, heading in enumerate(table.header):
        sheet.set_column(index, index, _WIDTHS.get(heading, _OTHER_WIDTH), text, {"hidden": heading == MARK})
        if heading in table.fill_in and heading in CODES and table.rows:
            _drop_down(sheet, index, len(table.rows), heading)
    sheet.freeze_panes(1, 0)
    beside = book.add_worksheet("codebook")
    beside.set_column(0, 1, _OTHER_WIDTH, text)
    beside.set_column(2, 2 + len(LANGS) - 1, _WIDTHS["name"], text)
    _fill(beside, codebook_rows(table.codebook), 0, text)
    book.close()
    return target.getvalue()


def _fill(sheet: Worksheet, rows: Sequence[Sequence[str]], first: int, form: Format) -> None:
    for row, cells in enumerate(rows, start=first):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell, form)


def _drop_down(sheet: Worksheet, column: int, rows: int, heading: str) -> None:
    sheet.data_validation(
        1,
        column,
        rows,
        column,
        {
            "validate": "list",
            "source": list(CHOICES[heading]),
            "error_title": heading,
            "error_message": "Choose a code from the list; the codebook is on the second sheet.",
        },
    )
