"""Cells of one service row or dead row under a heading: what each was read as, and what is odd about it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from crawler.pages.columns import Heading
from crawler.pages.fields import read_forms, read_payments, read_provider_levels, read_recipients
from crawler.pages.grid import GridRow
from crawler.pages.records import Level, RegisterRow
from crawler.pages.register_marks import code_of, says_dead
from crawler.pages.register_state import PageState
from crawler.pages.row_numbers import number_of

_NAMES = frozenset({"name", "subname"})
#: Cells beside the name in which a mark of exclusion is about the row.
_SAY_DEAD = ("form", "payment", "recipient", "provider", "developer", "intake", "bylaw")
#: Characters of a cell that are read for its meaning.
_LONGEST_READ = 5_000


@lru_cache(maxsize=20_000)
def _begins_dead(text: str) -> bool:
    return says_dead(text, at_start=True)


class CellReader:
    """Reads rows under one heading and adds them to the page."""

    def __init__(self, page: PageState, table: int, heading: Heading) -> None:
        self.page = page
        self.table = table
        self.heading = heading
        self.columns = tuple(heading.columns.items())
        self.width = len(heading.texts)
        self.bare = {column for column, text in enumerate(heading.texts) if not text}
        self.last_origin = 0

    def find(self, code: str, level: Level, row: GridRow, column: str, message: str, value: str = "") -> None:
        """Adds a finding on a cell or, with `column` empty, on the row."""
        address = f"table {self.table} row {row.row}" + (f" column {column}" if column else "")
        self.page.find(code, level, address, message, value)

    def text(self, row: GridRow, name: str) -> str:
        """The row's text in the column of that field, "" where there is none."""
        column = self.heading.columns.get(name, -1)
        return row.texts[column] if 0 <= column < len(row.texts) else ""

    def service(self, row: GridRow) -> None:
        """Adds a service row."""
        texts = {name: row.texts[place] for name, place in self.columns if place < len(row.texts)}
        if row.merged and "subname" in texts and "name" in texts:
            name, subname = (row.origins[self.heading.columns[part]] for part in ("name", "subname"))
            if name == subname:  # one cell for both: a service without kinds
                texts["subname"] = ""
        self._check_shape(row)
        texts["code"] = self._code(row, texts["code"]) if "code" in texts else ""
        if not texts.get("name"):
            self.find("missing_name", Level.ERROR, row, "name", "a service row without a name", " | ".join(row.texts))
        if "number" in texts:
            self._number(row, texts["number"], dead=False)
        self._add(row, texts, **self._readings(row, texts))

    def _check_shape(self, row: GridRow) -> None:
        """Cells too few, too many or covering several fields; columns without a heading that hold text."""
        if len(row.texts) < self.width:
            message = f"{len(row.texts)} of {self.width} cells"
            self.find("short_row", Level.ERROR, row, "", message, " | ".join(row.texts))
        for column in sorted(self.bare):
            if column < len(row.texts) and row.texts[column] and row.width_of(column) == 1:
                self.bare.remove(column)  # one finding a column, not one a row
                message = "text in a column without a heading"
                self.find("unknown_column", Level.ERROR, row, str(column + 1), message, row.texts[column])
        beyond = [column for column in range(self.width, len(row.texts)) if row.texts[column]]
        if beyond:
            message, value = "more cells than headings", " | ".join(row.texts[column] for column in beyond)
            self.find("leftover_cell", Level.ERROR, row, str(beyond[0] + 1), message, value)
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
                    self.find("merged_cells", Level.WARNING, row, fields.get(column, str(column + 1)), message, text)

    def _code(self, row: GridRow, text: str) -> str:
        """The row's code, checked against the codes before it and against its section."""
        code = code_of(text)
        if not code:
            name, message = ("bad_code", "not eight digits") if text else ("missing_code", "a service without code")
            self.find(name, Level.ERROR, row, "code", message, text)
            return ""
        cell = (self.table, row.origins[self.heading.columns["code"]])
        if self.page.codes.setdefault(code, cell) != cell:
            self.find("code_repeated", Level.WARNING, row, "code", "an earlier row has this code", code)
        for heading in (self.page.section[0], self.page.subsection[0]):
            if not code.startswith(heading) and not self.page.section_doubted:
                self.page.section_doubted = True  # one finding a section, not one a row
                self.find("code_outside_section", Level.WARNING, row, "code", f"stands under {heading}", code)
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
                self.find("bad_number", Level.WARNING, row, "number", "no row number", text)
            return
        odd = self.page.numbers.see(*parsed, dead)
        if odd:
            self.find(odd, Level.WARNING, row, "number", f"after {before}", text)

    def _readings(self, row: GridRow, texts: dict[str, str]) -> dict[str, Any]:
        """The sets that the row's cells were read as, with a finding for each that was not understood."""
        values: dict[str, Any] = {}
        if "form" in texts:
            forms = read_forms(self._bounded(row, texts, "form"))
            values["forms"] = forms.values
            if forms.leftover or not forms.values:
                message = f"not understood: {forms.leftover}" if forms.leftover else "no delivery form"
                self.find("unknown_form", Level.ERROR, row, "form", message, texts["form"])
        if "payment" in texts:
            values["payments"] = read_payments(self._bounded(row, texts, "payment")).values
        if "recipient" in texts:
            values["recipients"] = read_recipients(self._bounded(row, texts, "recipient")).values
        if "provider" in texts:
            values["provider_levels"] = read_provider_levels(self._bounded(row, texts, "provider")).values
        for name, column in (("payments", "payment"), ("recipients", "recipient"), ("provider_levels", "provider")):
            if name in values and not values[name]:
                self.find(f"unknown_{column}", Level.WARNING, row, column, "not understood", texts[column])
        self._check_meaning(row, texts, values)
        return values

    def _bounded(self, row: GridRow, texts: dict[str, str], column: str) -> str:
        """The cell's text as far as it is read for its meaning."""
        text = texts[column]
        if len(text) > _LONGEST_READ:
            message = f"{len(text)} characters, read as far as {_LONGEST_READ}"
            self.find("cell_too_long", Level.ERROR, row, column, message, text)
        return text[:_LONGEST_READ]

    def _check_meaning(self, row: GridRow, texts: dict[str, str], values: dict[str, Any]) -> None:
        """A service row that may be none: a cell says it is excluded, or nothing of it was understood but a name."""
        for column in _SAY_DEAD:
            text = texts.get(column, "")
            if text and _begins_dead(text):
                self.find("maybe_dead", Level.ERROR, row, column, "a cell of a live row says it is excluded", text)
        known = texts.get("code") or ("code" not in texts and number_of(texts.get("number", "")))
        if not known and not any(values.values()):
            message = "nothing but a name was understood; it may be no service"
            self.find("row_not_understood", Level.ERROR, row, "", message, " | ".join(row.texts))

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

    def dead(self, row: GridRow, column: int, text: str) -> None:
        """Adds a dead row that says so in the cell at `column`."""
        origin = row.origins[column]
        left = {
            name: row.texts[place]
            for name, place in self.columns
            if place < len(row.texts) and row.origins[place] != origin
        }
        if "number" not in left:
            head = text.split(" ", maxsplit=1)[0]
            left["number"] = head if number_of(head) else ""
        left["code"] = code_of(left.get("code", ""))
        self._number(row, left["number"], dead=True)
        self._add(row, left, dead=True, dead_text=text)
