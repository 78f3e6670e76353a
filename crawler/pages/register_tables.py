"""The tables of an act's text: which are the register's, what their columns are, and what other tables look like."""

from __future__ import annotations

from lxml import etree

from crawler.pages.columns import Heading, read_heading
from crawler.pages.grid import Grid, read_grid
from crawler.pages.records import Level
from crawler.pages.register_marks import code_of
from crawler.pages.register_rows import TableReader
from crawler.pages.register_state import PageState, report_columns
from crawler.pages.text import plain

#: A heading stands near a table's top, below captions and appendix headings.
_HEADING_WITHIN = 40


def read_tables(page: PageState, tables: list[etree._Element]) -> None:
    """Every table of the text: the register's are read, others that look like data are reported."""
    codes_by_table: list[set[str]] = []
    before: Heading | None = None
    for number, table in enumerate(tables, start=1):
        grid = read_grid(table)
        start, heading = _find_heading(grid)
        if heading is None and before is not None and _goes_on(grid, before):
            page.find("headless_table", Level.WARNING, f"table {number}", "read under the heading of the table before")
            start, heading = 0, Heading(before.columns, before.texts, 0)
        if heading is None:
            if table.find(".//table") is None:  # else layout, whose inner tables are read on their own
                _report_other(page, number, grid)
            continue
        _report_register(page, number, grid, start, heading)
        rows_before = len(page.rows)
        TableReader(page, number, grid, start, heading).read()
        found = {row.code or plain(row.name) for row in page.rows[rows_before:] if not row.dead}
        if any(len(found & other) * 2 > min(len(found), len(other)) > 0 for other in codes_by_table):
            page.find(
                "register_repeated", Level.ERROR, f"table {number}", "most of its services stand in a table before"
            )
        codes_by_table.append(found)
        before = heading
    if before is None:
        page.find("no_register_table", Level.ERROR, "page", f"none of {len(tables)} tables has the register's headings")
    elif not page.rows:
        page.find("no_rows", Level.ERROR, "page", "a register without a single row")


def _find_heading(grid: Grid) -> tuple[int, Heading | None]:
    for start in range(min(len(grid.rows), _HEADING_WITHIN)):
        heading = read_heading(grid.rows, start)
        if heading:
            return start, heading
    return 0, None


def _goes_on(grid: Grid, heading: Heading) -> bool:
    """Whether a table without heading goes on with the one before: as wide, and codes where the codes were."""
    column = heading.columns.get("code", -1)
    full = [row for row in grid.rows if len(row.texts) == len(heading.texts) and not row.merged and row.own]
    return column >= 0 and bool(full) and all(code_of(row.texts[column]) for row in full)


def _report_other(page: PageState, number: int, grid: Grid) -> None:
    """A table that is not the register's: silent if it is layout, a finding if it looks like data."""
    texts = [text for row in grid.rows for _, text in row.parts()]
    address = f"table {number}"
    if sum(bool(code_of(text)) for text in texts) >= 2:
        message = "holds services' codes, but no heading of a register"
        page.find("unrecognised_table", Level.ERROR, address, message, " | ".join(texts))
    elif sum(len(row.parts()) >= 3 for row in grid.rows) >= 3:
        page.find("other_table", Level.WARNING, address, "a table of another kind", " | ".join(texts))


def _report_register(page: PageState, number: int, grid: Grid, start: int, heading: Heading) -> None:
    """Findings on the table as a whole: its columns, nested tables, text outside its rows or above its heading."""
    report_columns(page, number, start + 1, heading)
    for row in grid.nested:
        page.find("nested_table", Level.ERROR, f"table {number} row {row}", "a table inside a cell")
    if grid.loose:
        page.find("leftover_text", Level.ERROR, f"table {number}", "text outside the rows", grid.loose)
    for above in grid.rows[:start]:
        if len(above.parts()) > 2:
            address = f"table {number} row {above.row}"
            page.find("leftover_text", Level.WARNING, address, "a row above the heading", " | ".join(above.texts))
