"""The history page: which editions it names, and what is said of rows that cannot be read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.history import parse_history
from crawler.pages.records import HistoryPage, Lang, Level, PageKind, Target

ACT = "V2000019982"
TARGET = Target("adilet", PageKind.ACT_HISTORY, Lang.RU, ACT)
HEADINGS = (
    "№",
    "Заголовок",
    "Форма НПА и орган, принявший акт",
    "Дополнительная информация",
    "Дата изменения",
    "Статус НПА",
)
OLD = f'<a href="/rus/archive/docs/{ACT}/{{}}">Приказ</a>'
NOW = f'<a href="/rus/docs/{ACT}">Приказ</a>'


def row(number: int, title: str, day: str, status: str = "Обновленный") -> tuple[str, ...]:
    return (str(number), title, "Приказ министра", f"изменен № {number}", day, status)


def read(*rows: tuple[str, ...], headings: tuple[str, ...] = HEADINGS, leave_out: int | None = None) -> HistoryPage:
    def line(cells: tuple[str, ...], tag: str) -> str:
        kept = [cell for index, cell in enumerate(cells) if index != leave_out]
        return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in kept) + "</tr>"

    head = line(headings, "th") if headings else ""
    html = f'<html><body><table id="ethernatable">{head}{"".join(line(r, "td") for r in rows)}</table></body></html>'
    return parse_history(html.encode(), TARGET)


THREE = (
    row(1, OLD.format("31.01.2020"), "31.01.2020", "Новый"),
    row(2, OLD.format("15.06.2021"), "15.06.2021"),
    row(3, NOW, "01.07.2099"),
)


def codes(page: HistoryPage) -> list[str]:
    return [finding.code for finding in page.findings]


def test_dates_links_status_and_the_current_row_even_in_the_future() -> None:
    page = read(*THREE)
    assert [(r.date, r.current) for r in page.rows] == [
        (date(2020, 1, 31), False),
        (date(2021, 6, 15), False),
        (date(2099, 7, 1), True),
    ]
    assert page.rows[0].href == f"/rus/archive/docs/{ACT}/31.01.2020"
    assert page.rows[2].href == f"/rus/docs/{ACT}"
    assert [r.status_word for r in page.rows] == ["Новый", "Обновленный", "Обновленный"]
    assert page.rows[1].info == "изменен № 2"
    assert page.findings == ()


@pytest.mark.parametrize("leave_out", [0, 2, 3, 5])
def test_a_copy_with_one_column_less(leave_out: int) -> None:
    page = read(*THREE, leave_out=leave_out)
    assert [r.date.year for r in page.rows] == [2020, 2021, 2099]
    assert [r.status_word for r in page.rows] == (
        [""] * 3 if leave_out == 5 else ["Новый", "Обновленный", "Обновленный"]
    )
    assert page.findings == ()


def test_headings_in_kazakh_and_headings_in_plain_cells_and_none_at_all() -> None:
    kazakh = ("№", "Тақырыбы", "Актінің нысаны", "Қосымша ақпарат", "Өзгертілген күні", "НҚА мәртебесі")
    assert read(*THREE, headings=kazakh).rows == read(*THREE).rows
    assert read(HEADINGS, *THREE, headings=()).rows == read(*THREE).rows
    bare = read(*THREE, headings=())
    assert [r.date.year for r in bare.rows] == [2020, 2021, 2099]
    assert bare.findings == ()


def test_a_date_inside_the_additional_information_is_not_taken_for_the_edition_s() -> None:
    page = read(("1", NOW, "Приказ", "приказ от 05.05.2019 № 1", "31.01.2020", "Новый"))
    assert [r.date for r in page.rows] == [date(2020, 1, 31)]


@pytest.mark.parametrize("day", ["", "31.02.2020", "2020", "01.01.2020 02.01.2020"])
def test_a_row_without_one_date_is_a_finding_and_no_edition(day: str) -> None:
    page = read(*THREE, row(4, OLD.format("01.01.2022"), day))
    assert len(page.rows) == 3
    assert [(f.code, f.level, f.address) for f in page.findings] == [("no_date", Level.ERROR, "table 1 row 5")]


def test_two_rows_of_one_date_are_one_edition() -> None:
    page = read(row(1, OLD.format("31.01.2020"), "31.01.2020"), row(2, NOW, "31.01.2020"))
    assert [(r.date, r.current, r.href) for r in page.rows] == [(date(2020, 1, 31), True, f"/rus/docs/{ACT}")]
    assert codes(page) == ["date_twice"]


def test_a_link_of_another_date_or_of_another_act_is_said() -> None:
    page = read(
        row(1, OLD.format("01.02.2020"), "31.01.2020"), row(2, '<a href="/rus/docs/V1">x</a>', "01.03.2020"), THREE[2]
    )
    assert [r.date for r in page.rows] == [date(2020, 1, 31), date(2020, 3, 1), date(2099, 7, 1)]
    assert page.rows[1].href == ""
    assert codes(page) == ["link_date", "no_link"]


def test_no_table_two_tables_an_empty_one_and_none_current() -> None:
    assert codes(parse_history(b"<html><body><table></table></body></html>", TARGET)) == ["history_tables"]
    assert codes(read()) == ["no_editions"]
    assert codes(read(THREE[0])) == ["current_rows"]
    table = f'<table id="ethernatable"><tr><td>{NOW}</td><td>31.01.2020</td></tr></table>'
    two = parse_history((table + table.replace("2020", "2021")).encode(), TARGET)
    assert [r.date.year for r in two.rows] == [2020, 2021]
    assert codes(two) == ["history_tables", "current_rows"]


@given(st.lists(st.dates(date(2007, 1, 1), date(2040, 1, 1)), min_size=1, max_size=40, unique=True))
def test_every_date_comes_back_in_the_table_s_order(days: list[date]) -> None:
    rows = [row(n, OLD.format(f"{d:%d.%m.%Y}"), f"{d:%d.%m.%Y}") for n, d in enumerate(days, 1)]
    page = read(*rows, row(len(rows) + 1, NOW, f"{max(days) + timedelta(1):%d.%m.%Y}"))
    assert [r.date for r in page.rows] == [*days, max(days) + timedelta(1)]
    assert page.findings == ()


PIECES = st.sampled_from(
    [
        '<table id="ethernatable">',
        "<tr>",
        "<td>",
        "</td>",
        "</tr>",
        "01.01.2020",
        "<th>",
        '<a href="',
        f"/rus/docs/{ACT}",
        '">',
        "</table>",
        "99.99.9999",
        "//[x",
        "Дата",
        "<td colspan=9>",
    ]
)


@given(
    st.lists(PIECES | st.text(max_size=4), max_size=30).map(lambda parts: "".join(parts).encode())
    | st.binary(max_size=200)
)
def test_any_bytes_are_read_or_refused_without_an_exception(body: bytes) -> None:
    page = parse_history(body, TARGET)
    assert page.rows or page.findings
    assert len({r.date for r in page.rows}) == len(page.rows)


@pytest.mark.parametrize("times", [6, 100, 3000])
def test_tables_within_each_other_are_refused_with_one_finding(times: int) -> None:
    page = parse_history(b'<table id="ethernatable"><tr><td>01.02.2020' * times, TARGET)
    assert page.rows == ()
    assert [(f.code, f.level) for f in page.findings] == [("nested_too_deep", Level.ERROR)]


def test_a_long_history_is_read_with_a_finding_for_each_date_that_comes_again() -> None:
    days = [date(2000, 1, 1) + timedelta(days=number % 2000) for number in range(4000)]
    page = read(*(row(number, "", f"{day:%d.%m.%Y}") for number, day in enumerate(days)))
    assert [r.date for r in page.rows] == days[:2000]
    assert codes(page).count("date_twice") == 2000
