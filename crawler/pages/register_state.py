"""What flows from row to row and from table to table while a register page is read."""

from __future__ import annotations

from dataclasses import dataclass, field

from crawler.pages.columns import Demands, Heading
from crawler.pages.records import Finding, Level, RegisterRow
from crawler.pages.row_numbers import RowNumbers

#: A finding's value is cut to this many characters.
VALUE_LENGTH = 500


@dataclass(slots=True)
class PageState:
    """What flows from row to row and from table to table of one page."""

    demands: Demands
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


def report_columns(page: PageState, table: int, row: int, heading: Heading) -> None:
    """Findings on columns that mean nothing known, or the same as another, and on those that are not there."""
    for column, text in heading.unknown:
        address = f"table {table} row {row} column {column + 1}"
        page.find("unknown_column", Level.ERROR, address, "the heading means no known field", text)
    for column, text in heading.doubled:
        address = f"table {table} row {row} column {column + 1}"
        page.find("doubled_column", Level.ERROR, address, "another column has this field already", text)
    wanted = page.demands
    for name in (*wanted.mandatory, *wanted.expected):
        if name not in heading.columns:
            level = Level.ERROR if name in wanted.mandatory else Level.WARNING
            page.find("missing_column", level, f"table {table} row {row} column {name}", f"no heading means {name}")
