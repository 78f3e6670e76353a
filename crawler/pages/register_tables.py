"""The tables of an act's text: which are the register's, what their columns are, and what other tables look like."""

from __future__ import annotations

from collections import Counter

from lxml import etree

from crawler.pages.columns import Heading, read_heading
from crawler.pages.grid import Grid, read_grid
from crawler.pages.records import Level
from crawler.pages.register_marks import code_of, is_date
from crawler.pages.register_rows import TableReader
from crawler.pages.register_state import PageState, report_columns
from crawler.pages.row_numbers import number_of
from crawler.pages.text import plain

#: A heading stands near a table's top, below captions and appendix headings.
_HEADING_WITHIN = 40


def read_tables(page: PageState, tables: list[etree._Element]) -> list[etree._Element]:
    """Every table of the text: the register's are read, others that look like data are reported.

    Gives the tables that are accounted for: those read, and those told as looking like a register.
    """
    sizes: list[int] = []  # different services of each register table
    holders: dict[str, list[int]] = {}  # service → the register tables that have it
    accounted: list[etree._Element] = []
    before: Heading | None = None
    for number, table in enumerate(tables, start=1):
        grid = read_grid(table)
        start, heading = _find_heading(grid)
        if heading is None and before is not None and _goes_on(page, grid, before):
            page.find("headless_table", Level.WARNING, f"table {number}", "read under the heading of the table before")
            start, heading = 0, Heading(before.columns, before.texts, 0)
        if heading is None:
            layout = table.find(".//table") is not None  # its inner tables are read on their own
            if not layout and _report_other(page, number, grid, before):
                accounted.append(table)
            continue
        accounted.append(table)
        _report_register(page, number, grid, start, heading)
        rows_before = len(page.rows)
        TableReader(page, number, grid, start, heading).read()
        found = {row.code or plain(row.name) for row in page.rows[rows_before:] if not row.dead}
        shared = Counter(other for service in found for other in holders.get(service, ()))
        if any(count * 2 > min(len(found), sizes[other]) for other, count in shared.items()):
            page.find(
                "register_repeated", Level.ERROR, f"table {number}", "most of its services stand in a table before"
            )
        for service in found:
            holders.setdefault(service, []).append(len(sizes))
        sizes.append(len(found))
        before = heading
    if before is None:
        page.find("no_register_table", Level.ERROR, "page", f"none of {len(tables)} tables has the register's headings")
    elif not page.rows:
        page.find("no_rows", Level.ERROR, "page", "a register without a single row")
    return accounted


def _find_heading(grid: Grid) -> tuple[int, Heading | None]:
    for start in range(min(len(grid.rows), _HEADING_WITHIN)):
        heading = read_heading(grid.rows, start)
        if heading:
            return start, heading
    return 0, None


def _goes_on(page: PageState, grid: Grid, heading: Heading) -> bool:
    """Whether a table without heading goes on with the one before: as wide, and codes where the codes were.

    In a table without codes the row numbers must go on without a gap instead.
    """
    full = [row for row in grid.rows if len(row.texts) == len(heading.texts) and not row.merged and row.own]
    wide = [row for row in grid.rows if row.own and not row.merged and len(row.parts()) > 2]
    if not full or len(full) < len(wide):
        return False
    column = heading.columns.get("code", -1)
    if column >= 0:
        return all(code_of(row.texts[column]) for row in full)
    column = heading.columns.get("number", -1)
    numbers = [number_of(row.texts[column]) if column >= 0 else None for row in full]
    following = range(page.numbers.previous + 1, page.numbers.previous + 1 + len(full))
    return page.numbers.previous > 0 and numbers == [(number, 0) for number in following]


def _report_other(page: PageState, number: int, grid: Grid, before: Heading | None) -> bool:
    """A table not read: silent if it is layout, a finding if it is data. Gives whether it looks like a register."""
    texts = [text for row in grid.rows for _, text in row.parts()]
    address = f"table {number}"
    if any(code_of(text) and not is_date(text) for text in texts):
        message = "holds services' codes, but no heading of a register"
    elif before is not None and _may_go_on(page, grid, before):
        message = "stands below a register and may go on with it"
    else:
        if sum(len(row.parts()) >= 3 for row in grid.rows) >= 3:
            page.find("other_table", Level.WARNING, address, "a table of another kind", " | ".join(texts))
        return False
    page.find("unrecognised_table", Level.ERROR, address, message, " | ".join(texts))
    return True


def _may_go_on(page: PageState, grid: Grid, heading: Heading) -> bool:
    """Whether rows of a table look like the lost end of the register above: as wide, or numbered on from it.

    Signatures and layout have at most two texts in a row, so they are no such rows.
    """
    width = len(heading.texts)
    for row in grid.rows:
        parts = row.parts()
        if len(parts) > 2 and abs(len(row.texts) - width) <= 1:
            return True
        number = number_of(parts[0][1]) if len(parts) > 1 else None
        if number and page.numbers.previous and number[0] == page.numbers.previous + 1:
            return True
    return False


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
