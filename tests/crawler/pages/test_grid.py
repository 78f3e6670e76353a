"""Rowspan and colspan: the grid is what a reader sees, whatever the markup around the cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from crawler.pages.grid import Grid, read_grid
from crawler.pages.text import squeeze


def grid(markup: str) -> Grid:
    root = etree.fromstring(f"<html><body>{markup}</body></html>", etree.HTMLParser(remove_comments=True))
    table = root.find(".//table")
    assert table is not None
    return read_grid(table)


@st.composite
def tilings(draw: st.DrawFn) -> list[list[int]]:
    """A grid cut into rectangles: each slot holds the number of its rectangle."""
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    slots = [[0] * width for _ in range(height)]
    number = 0
    for top in range(height):
        for left in range(width):
            if slots[top][left]:
                continue
            number += 1
            free = next((x for x in range(left, width) if slots[top][x]), width) - left
            across, down = draw(st.integers(1, min(free, 3))), draw(st.integers(1, min(height - top, 3)))
            for y in range(top, top + down):
                for x in range(left, left + across):
                    slots[y][x] = number
    return slots


def markup_of(slots: list[list[int]]) -> str:
    rows, seen = [], set()
    for top, line in enumerate(slots):
        cells = []
        for left, number in enumerate(line):
            if number in seen:
                continue
            seen.add(number)
            across = line[left:].count(number)
            down = sum(other[left] == number for other in slots[top:])
            cells.append(f'<td rowspan="{down}" colspan="{across}"><p>cell {number}</p></td>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


@given(tilings())
def test_any_tiling_is_laid_out_as_it_was_cut(slots: list[list[int]]) -> None:
    read = grid(markup_of(slots))

    assert [list(row.texts) for row in read.rows] == [[f"cell {number}" for number in line] for line in slots]
    for row, line in zip(read.rows, slots, strict=True):
        for left, right in zip(range(len(line)), range(1, len(line)), strict=False):
            assert (row.origins[left] == row.origins[right]) == (line[left] == line[right])
        assert row.merged == any(line.count(number) > 1 for number in line)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<>&"), max_size=40))
def test_a_cells_text_is_the_folded_text(text: str) -> None:
    assert grid(f"<table><tr><td><p>{text}</p></td></tr></table>").rows[0].texts == (squeeze(text),)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<td>Выдача</td>", "Выдача"),
        ("<td><p>Вы<b>да</b>ча</p></td>", "Выдача"),
        ("<td><p>один</p><p>два</p></td>", "один два"),
        ("<td>один<br>два<br/>три</td>", "один два три"),
        ("<td>\n  <p>\u00a0один\n  два </p>\n</td>", "один два"),
        ("<td><p>со<!-- примечание -->рок</p></td>", "сорок"),
        ("<td><ul><li>а</li><li>б</li></ul>в</td>", "а б в"),
        ("<th>Код</th>", "Код"),
        ("<td></td>", ""),
    ],
)
def test_words_are_parted_by_lines_and_not_by_letters_style(cell: str, text: str) -> None:
    assert grid(f"<table><tr>{cell}</tr></table>").rows[0].texts == (text,)


def test_senseless_spans_count_as_one_and_zero_reaches_down_to_the_end() -> None:
    read = grid(
        "<table><tr><td rowspan='0'>а</td><td colspan='x'>б</td><td colspan='-3' rowspan='999999'>в</td></tr>"
        "<tr><td>г</td></tr><tr><td>д</td></tr></table>"
    )
    assert [row.texts for row in read.rows] == [("а", "б", "в"), ("а", "г", "в"), ("а", "д", "в")]


def test_a_span_does_not_cover_a_cell_that_reaches_down() -> None:
    read = grid("<table><tr><td>а</td><td rowspan='2'>б</td></tr><tr><td colspan='2'>в</td><td>г</td></tr></table>")
    assert read.rows[1].texts == ("в", "б", "г")


def test_a_row_shorter_than_what_reaches_down_has_empty_slots_between() -> None:
    read = grid("<table><tr><td>а</td><td>б</td><td rowspan='2'>в</td></tr><tr><td>г</td></tr></table>")
    assert read.rows[1].texts == ("г", "", "в")
    assert read.rows[1].origins[1] == 0


def test_a_nested_table_stays_in_its_cell_and_is_named() -> None:
    read = grid("<table><tr><td>а</td></tr><tr><td>б<table><tr><td>в</td><td>г</td></tr></table></td></tr></table>")
    assert [row.texts for row in read.rows] == [("а",), ("б в г",)]
    assert read.nested == (2,)


def test_text_outside_the_cells_is_not_lost() -> None:
    read = grid("<table>перед<tr>в ряду<td>а</td>после</tr><caption>имя</caption><tr><td>б</td></tr></table>")
    assert read.loose == "перед"
    assert read.rows[0].loose == "в ряду после"
    assert [row.texts for row in read.rows] == [("а",), ("б",)]


def test_rows_behind_a_form_or_thousands_of_wrappers_are_found() -> None:
    wrapped = "<table><form>" + "<font>" * 1500 + "<tr><td>а</td></tr>" + "</font>" * 1500 + "</form></table>"
    root = etree.fromstring(wrapped, etree.HTMLParser(huge_tree=True))
    assert [row.texts for row in read_grid(next(root.iter("table"))).rows] == [("а",)]


def test_a_senselessly_wide_span_ends_while_every_cell_keeps_a_slot() -> None:
    row = grid("<table><tr>" + "<td colspan='999999'>а</td>" * 3 + "<td>б</td></tr></table>").rows[0]
    assert len(row.texts) == 103
    assert row.texts[-3:] == ("а", "а", "б")
