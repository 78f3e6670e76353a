"""Rows of one register table: which are services, and which are headings, notes, dead or not understood."""

from __future__ import annotations

from crawler.pages.columns import Heading, field_of, read_heading
from crawler.pages.grid import Grid, GridRow
from crawler.pages.records import Level
from crawler.pages.register_cells import CellReader
from crawler.pages.register_marks import (
    code_of,
    has_word,
    is_appendix,
    is_column_numbers,
    is_note,
    says_dead,
    section_of,
)
from crawler.pages.register_state import PageState, report_columns
from crawler.pages.row_numbers import number_of


class TableReader:
    """Reads the rows of one table below its heading into the page's state."""

    def __init__(self, page: PageState, table: int, grid: Grid, start: int, heading: Heading) -> None:
        self.page = page
        self.table = table
        self.grid = grid
        self.start = start
        self.cells = CellReader(page, table, heading)

    @property
    def heading(self) -> Heading:
        """The heading that counts for the row being read."""
        return self.cells.heading

    def read(self) -> None:
        """Reads every row; what a row is not understood as becomes a finding with its address."""
        self.page.numbers.break_here()
        self._fit_sections()
        skip = self.start + self.heading.height
        for index, row in enumerate(self.grid.rows):
            if row.loose:
                self.cells.find("leftover_text", Level.ERROR, row, "", "text between the cells", row.loose)
            if index < skip:
                continue
            if not row.own:
                self._blank(index, row)
                continue
            if self._is_plain_service(row):
                self.cells.service(row)
                continue
            again = read_heading(self.grid.rows, index) if self._may_be_heading(row) else None
            if again:
                self._repeat(row, again)
                skip = index + again.height
                continue
            self._odd_row(row)

    def _is_plain_service(self, row: GridRow) -> bool:
        """The common case told fast: a full, unmerged row with a code (or, in a table without codes, a number)."""
        if row.merged or len(row.texts) < self.cells.width:
            return False
        name = self.cells.text(row, "name")
        if not has_word(name) or says_dead(name, at_start=True):
            return False
        if "code" in self.heading.columns:
            return bool(code_of(self.cells.text(row, "code"))) and row.texts.count("") < self.cells.width - 3
        return number_of(self.cells.text(row, "number")) is not None and row.texts.count("") < self.cells.width - 2

    def _may_be_heading(self, row: GridRow) -> bool:
        parts = row.parts()
        return len(parts) >= 2 and sum(bool(field_of(text)) for _, text in parts) >= 2

    def _repeat(self, row: GridRow, again: Heading) -> None:
        """A heading in the middle of a table; its columns count from here on."""
        self.page.numbers.break_here()
        if again != self.heading:
            report_columns(self.page, self.table, row.row, again)
        self.cells = CellReader(self.page, self.table, again)

    def _blank(self, index: int, row: GridRow) -> None:
        """A row without text. Odd only if it has cells of its own beside texts that reach down from above."""
        above = self.grid.rows[index - 1].origins if index else ()
        if any(row.texts) and set(row.origins) - {0, *above}:
            self.cells.find(
                "blank_row", Level.WARNING, row, "", "empty cells beside cells from above", " | ".join(row.texts)
            )

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
        elif has_word(self.cells.text(row, "name")) or code_of(self.cells.text(row, "code")):
            self.cells.service(row)
        else:
            self.cells.find(
                "unknown_row", Level.ERROR, row, "", "no service, heading, note or dead row", " | ".join(texts)
            )

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
                    self.cells.find(
                        "subsection_outside_section", Level.WARNING, row, "", "does not fit its section", joined
                    )
        self.page.section_doubted = False
        self.page.numbers.break_here()
        return True

    def _dead(self, row: GridRow, parts: tuple[tuple[int, str], ...]) -> bool:
        """A row that says it is excluded or repealed, in one wide cell, in its name, or as all that is left of it."""
        labels = (self.heading.columns.get("number"), self.heading.columns.get("code"))
        name = self.heading.columns.get("name")
        worded = [column for column, text in parts if column not in labels and has_word(text)]
        alone = len(worded) <= 1 or (len(worded) == 2 and name in worded)  # nothing but a name beside it
        for column, text in parts:
            wide = row.width_of(column) >= 3 or len(worded) <= 1
            if alone and column in worded and column != name and says_dead(text, at_start=True):
                wide = True
            if (wide or column == name) and says_dead(text, at_start=not wide):
                self.cells.dead(row, column, text)
                return True
        return False

    def _lone_text(self, row: GridRow, column: int, text: str) -> None:
        """One text alone in its row: an appendix, a heading without code, or something left over."""
        if row.width_of(column) * 2 < self.cells.width:
            self.cells.find("leftover_text", Level.ERROR, row, str(column + 1), "one text alone in its row", text)
            return
        self.page.numbers.break_here()
        if is_appendix(text):
            self.page.section = self.page.subsection = ("", "")
            return
        self.page.section, self.page.subsection = ("", text), ("", "")
        if "code" in self.heading.columns:
            self.cells.find("heading_without_code", Level.WARNING, row, "", "taken as a section without code", text)

    def _fit_sections(self) -> None:
        """Keeps the section of the table before only if this table's first code belongs to it."""
        first = next((code for row in self.grid.rows if (code := code_of(self.cells.text(row, "code")))), "")
        headings = (self.page.section[0], self.page.subsection[0])
        if not first or not headings[0] or not all(first.startswith(code) for code in headings):
            self.page.section = self.page.subsection = ("", "")
