"""Rows of one register table: which are services, which are headings, notes or dead, and what each cell was read as."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from crawler.pages.columns import Heading, field_of, read_heading
from crawler.pages.fields import read_forms, read_payments, read_provider_levels, read_recipients
from crawler.pages.grid import Grid, GridRow
from crawler.pages.records import Finding, Level, RegisterRow
from crawler.pages.register_marks import code_of, is_appendix, is_column_numbers, is_note, says_dead, section_of
from crawler.pages.row_numbers import RowNumbers, number_of

#: A finding's value is cut to this many characters.
VALUE_LENGTH = 500
_NAMES = frozenset({"name", "subname"})
_LEADING_NUMBER_LENGTH = 12


@dataclass(slots=True)
class PageState:
    """What flows from row to row and from table to table of one page."""

    rows: list[RegisterRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    numbers: RowNumbers = field(default_factory=RowNumbers)
    codes: dict[str, tuple[int, int]] = field(default_factory=dict)  # code → (table, source cell) it was first seen in
    section: tuple[str, str] = ("", "")
    subsection: tuple[str, str] = ("", "")
    section_doubted: bool = False

    def find(self, code: str, level: Level, address: str, message: str, value: str = "") -> None:
        """Adds a finding."""
        self.findings.append(Finding(code, level, address, message, value[:VALUE_LENGTH]))


class TableReader:
    """Reads the rows of one table below its heading into the page's state."""

    def __init__(self, page: PageState, table: int, grid: Grid, start: int, heading: Heading) -> None:
        self.page = page
        self.table = table
        self.grid = grid
        self.start = start
        self.last_origin = 0
        self._take(heading)

    def _take(self, heading: Heading) -> None:
        self.heading = heading
        self.columns = tuple(heading.columns.items())
        self.width = len(heading.texts)
        self.bare = tuple(column for column, text in enumerate(heading.texts) if not text)

    def read(self) -> None:
        """Reads every row; what a row is not understood as becomes a finding with its address."""
        self.page.numbers.break_here()
        self._fit_sections()
        skip = self.start + self.heading.height
        for index, row in enumerate(self.grid.rows):
            if row.loose:
                self._find("leftover_text", Level.ERROR, row, "", "text between the cells", row.loose)
            if index < skip or not row.own:
                continue
            if self._is_plain_service(row):
                self._service(row)
                continue
            again = read_heading(self.grid.rows, index) if self._may_be_heading(row) else None
            if again:
                self._repeat(row, again)
                skip = index + again.height
                continue
            self._odd_row(row)

    def _find(self, code: str, level: Level, row: GridRow, column: str, message: str, value: str = "") -> None:
        address = f"table {self.table} row {row.row}" + (f" column {column}" if column else "")
        self.page.find(code, level, address, message, value)

    def _text(self, row: GridRow, name: str) -> str:
        column = self.heading.columns.get(name, -1)
        return row.texts[column] if 0 <= column < len(row.texts) else ""

    def _is_plain_service(self, row: GridRow) -> bool:
        """The common case told fast: a full, unmerged row with a code (or, in a table without codes, a number)."""
        if row.merged or len(row.texts) < self.width:
            return False
        name = self._text(row, "name")
        if not name or says_dead(name, at_start=True):
            return False
        if "code" in self.heading.columns:
            return bool(code_of(self._text(row, "code"))) and row.texts.count("") < self.width - 3
        return number_of(self._text(row, "number")) is not None and row.texts.count("") < self.width - 2

    def _may_be_heading(self, row: GridRow) -> bool:
        parts = row.parts()
        return len(parts) >= 2 and sum(bool(field_of(text)) for _, text in parts) >= 2

    def _repeat(self, row: GridRow, again: Heading) -> None:
        """A heading in the middle of a table; its columns count from here on."""
        self.page.numbers.break_here()
        if again != self.heading:
            report_columns(self.page, self.table, row.row, again)
        self._take(again)

    def _odd_row(self, row: GridRow) -> None:
        """Every row that is no plain service, from the surest mark to the least sure."""
        parts = row.parts()
        texts = [text for _, text in parts]
        joined = " ".join(texts)
        if is_column_numbers(texts):
            return
        if len(parts) <= 2 and is_note(texts[0]):
            self.page.notes.append(joined)
        elif (
            self._section(row, parts, joined, zero_first=True)
            or self._dead(row, parts)
            or self._section(row, parts, joined, zero_first=False)
        ):
            return
        elif len(parts) == 1:
            self._lone_text(row, *parts[0])
        elif self._text(row, "name") or code_of(self._text(row, "code")):
            self._service(row)
        else:
            self._find("unknown_row", Level.ERROR, row, "", "no service, heading, note or dead row", " | ".join(texts))

    def _section(self, row: GridRow, parts: tuple[tuple[int, str], ...], joined: str, zero_first: bool) -> bool:
        """A section or life situation: one cell, or its code and its words in two. False if the row is none."""
        if len(parts) > 2:
            return False
        found = section_of(joined)
        if not found or (found[0][0].startswith("0") is not zero_first):
            return False
        if len(parts) == 2 and not zero_first and parts[0][0] != self.heading.columns.get("code"):
            return False
        if len(parts) == 2 and section_of(parts[0][1]):  # the code must stand alone in its cell
            return False
        for code, words in found:
            if len(code) == 3:
                self.page.section, self.page.subsection = (code, words), ("", "")
            else:
                self.page.subsection = (code, words)
                if not code.startswith(self.page.section[0]):
                    self._find("subsection_outside_section", Level.WARNING, row, "", "does not fit its section", joined)
        self.page.section_doubted = False
        self.page.numbers.break_here()
        return True

    def _dead(self, row: GridRow, parts: tuple[tuple[int, str], ...]) -> bool:
        """A row that says it is excluded or repealed, in one wide cell, in its name, or as all that is left of it."""
        for column, text in parts:
            wide = row.width_of(column) >= 3 or len(parts) <= 2
            if (wide or column == self.heading.columns.get("name")) and says_dead(text, at_start=not wide):
                self._dead_row(row, column, text)
                return True
        return False

    def _dead_row(self, row: GridRow, column: int, text: str) -> None:
        origin = row.origins[column]
        left = {
            name: row.texts[place]
            for name, place in self.columns
            if place < len(row.texts) and row.origins[place] != origin
        }
        if "number" not in left:
            head = text[:_LEADING_NUMBER_LENGTH].split(" ", maxsplit=1)[0]
            left["number"] = head if number_of(head) else ""
        left["code"] = code_of(left.get("code", ""))
        self._number(row, left["number"], dead=True)
        self._add(row, left, dead=True, dead_text=text)

    def _lone_text(self, row: GridRow, column: int, text: str) -> None:
        """One text alone in its row: an appendix, a heading without code, or something left over."""
        if row.width_of(column) * 2 < self.width:
            self._find("leftover_text", Level.ERROR, row, str(column + 1), "one text alone in its row", text)
            return
        self.page.numbers.break_here()
        if is_appendix(text):
            self.page.section = self.page.subsection = ("", "")
            return
        self.page.section, self.page.subsection = ("", text), ("", "")
        if "code" in self.heading.columns:
            self._find("heading_without_code", Level.WARNING, row, "", "taken as a section without code", text)

    def _service(self, row: GridRow) -> None:
        texts = {name: row.texts[place] for name, place in self.columns if place < len(row.texts)}
        self._check_shape(row)
        texts["code"] = self._code(row, texts["code"]) if "code" in texts else ""
        if not texts.get("name"):
            self._find("missing_name", Level.ERROR, row, "name", "a service row without a name", " | ".join(row.texts))
        if "number" in texts:
            self._number(row, texts["number"], dead=False)
        self._add(row, texts, **self._readings(row, texts))

    def _check_shape(self, row: GridRow) -> None:
        """Cells too few, too many or covering several fields; columns without a heading that hold text."""
        if len(row.texts) < self.width:
            message = f"{len(row.texts)} of {self.width} cells"
            self._find("short_row", Level.ERROR, row, "", message, " | ".join(row.texts))
        for column in (*self.bare, *range(self.width, len(row.texts))):
            if column < len(row.texts) and row.texts[column] and row.origins.index(row.origins[column]) == column:
                message = "text in a column without a heading"
                self._find("leftover_cell", Level.ERROR, row, str(column + 1), message, row.texts[column])
        if row.merged:
            fields = {column: name for name, column in self.columns}
            for column, text in row.parts():
                covered = {
                    fields[place]
                    for place, origin in enumerate(row.origins)
                    if origin == row.origins[column] and place in fields
                }
                if len(covered) > 1 and not covered <= _NAMES:
                    message = f"one cell for {', '.join(sorted(covered))}"
                    self._find("merged_cells", Level.WARNING, row, fields.get(column, str(column + 1)), message, text)

    def _code(self, row: GridRow, text: str) -> str:
        """The row's code, checked against the codes before it and against its section."""
        code = code_of(text)
        if not code:
            name, message = ("bad_code", "not eight digits") if text else ("missing_code", "a service without code")
            self._find(name, Level.ERROR, row, "code", message, text)
            return ""
        cell = (self.table, row.origins[self.heading.columns["code"]])
        if self.page.codes.setdefault(code, cell) != cell:
            self._find("code_repeated", Level.WARNING, row, "code", "an earlier row has this code", code)
        for heading in (self.page.section[0], self.page.subsection[0]):
            if not code.startswith(heading) and not self.page.section_doubted:
                self.page.section_doubted = True  # one finding a section, not one a row
                self._find("code_outside_section", Level.WARNING, row, "code", f"stands under {heading}", code)
        return code

    def _number(self, row: GridRow, text: str, dead: bool) -> None:
        column = self.heading.columns.get("number", -1)
        origin = row.origins[column] if 0 <= column < len(row.origins) else 0
        if origin and origin == self.last_origin:  # one number for the several rows that its cell reaches down to
            return
        self.last_origin = origin
        parsed = number_of(text)
        before = self.page.numbers.previous
        if parsed is None:
            if text or not dead:
                self._find("bad_number", Level.WARNING, row, "number", "no row number", text)
            return
        odd = self.page.numbers.see(*parsed, dead)
        if odd:
            self._find(odd, Level.WARNING, row, "number", f"after {before}", text)

    def _readings(self, row: GridRow, texts: dict[str, str]) -> dict[str, Any]:
        """The sets that the row's cells were read as, with a finding for each that was not understood."""
        values: dict[str, Any] = {}
        if "form" in texts:
            forms = read_forms(texts["form"])
            values["forms"] = forms.values
            if forms.leftover or not forms.values:
                message = f"not understood: {forms.leftover}" if forms.leftover else "no delivery form"
                self._find("unknown_form", Level.ERROR, row, "form", message, texts["form"])
        if "payment" in texts:
            values["payments"] = read_payments(texts["payment"]).values
        if "recipient" in texts:
            values["recipients"] = read_recipients(texts["recipient"]).values
        if "provider" in texts:
            values["provider_levels"] = read_provider_levels(texts["provider"]).values
        for name, column in (("payments", "payment"), ("recipients", "recipient"), ("provider_levels", "provider")):
            if name in values and not values[name]:
                self._find(f"unknown_{column}", Level.WARNING, row, column, "not understood", texts[column])
        return values

    def _add(self, row: GridRow, texts: dict[str, str], **values: Any) -> None:  # noqa: ANN401 - sets of four kinds
        page = self.page
        cells: dict[str, Any] = {"number": "", "name": "", **texts, **values}
        page.rows.append(
            RegisterRow(
                table=self.table,
                row=row.row,
                ordinal=len(page.rows) + 1,
                section_code=page.section[0],
                section=page.section[1],
                subsection_code=page.subsection[0],
                subsection=page.subsection[1],
                cells=row.texts,
                **cells,
            )
        )

    def _fit_sections(self) -> None:
        """Keeps the section of the table before only if this table's first code belongs to it."""
        first = next((code for row in self.grid.rows if (code := code_of(self._text(row, "code")))), "")
        headings = (self.page.section[0], self.page.subsection[0])
        if not first or not headings[0] or not all(first.startswith(code) for code in headings):
            self.page.section = self.page.subsection = ("", "")


def report_columns(page: PageState, table: int, row: int, heading: Heading) -> None:
    """Findings on columns that mean nothing known, or the same as another."""
    for column, text in heading.unknown:
        address = f"table {table} row {row} column {column + 1}"
        page.find("unknown_column", Level.ERROR, address, "the heading means no known field", text)
    for column, text in heading.doubled:
        address = f"table {table} row {row} column {column + 1}"
        page.find("doubled_column", Level.ERROR, address, "another column has this field already", text)
