"""Rows of a register that broken markup takes out of its tables: the page is held, never counted short unseen."""

from __future__ import annotations

import pytest

from crawler.pages.records import RegisterPage
from crawler.pages.register import parse_register
from tests.crawler.pages.test_register_rows import ACT_2010, HEADING, RU, codes_told, read, service, table, tr

ROWS = tuple(service(number, f"00101{number:03d}") for number in range(1, 21))
HEAD_2010 = tr("№", "Наименование услуги", "Получатели", "Ответственные органы")
ROWS_2010 = tuple(tr(str(number), f"Выдача {number}", "Физические лица", "МВД") for number in range(1, 21))


def held(page: RegisterPage) -> set[str]:
    assert not page.complete
    return codes_told(page)


@pytest.mark.parametrize("stray", ["</table>", "</td></tr></table>", "</tbody></table></div>"])
def test_rows_behind_a_stray_end_tag_hold_the_page(stray: str) -> None:
    assert "rows_outside" in held(read(table(tr(*HEADING), *ROWS[:12], stray, *ROWS[12:])))
    assert "rows_outside" in held(read(table(HEAD_2010, *ROWS_2010[:12], stray, *ROWS_2010[12:]), target=ACT_2010))


def test_a_single_row_behind_a_stray_end_tag_holds_the_page() -> None:
    assert "rows_outside" in held(read(table(tr(*HEADING), *ROWS[:19], "</table>", ROWS[19])))
    assert "rows_outside" in held(read(table(HEAD_2010, *ROWS_2010[:19], "</table>", ROWS_2010[19]), target=ACT_2010))


def test_rows_lost_before_another_table_hold_the_page() -> None:
    parts = (*ROWS_2010[:8], "</table>", *ROWS_2010[8:12], f"<table>{HEAD_2010}", *ROWS_2010[12:])
    assert "rows_outside" in held(read(table(HEAD_2010, *parts), target=ACT_2010))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("</div>", ""),
        ("</article></div><div class='appendix'>", "</div>"),
        ("<div class='aftertext'>", "</div>"),
    ],
)
def test_a_register_outside_the_text_holds_the_page(before: str, after: str) -> None:
    first, second = table(tr(*HEADING), *ROWS[:12]), table(tr(*HEADING), *ROWS[12:])
    assert held(read(first, before, second, after)) == {"rows_outside"}
    assert held(read(first, before, *ROWS[12:], after)) == {"rows_outside"}


def test_a_second_document_in_the_same_body_holds_the_page() -> None:
    html = "<html><head><meta charset='utf-8'></head><body><div class='container_gamma text'>{}</div></body></html>"
    parts = [html.format(table(tr(*HEADING), *rows)) for rows in (ROWS[:12], ROWS[12:])]
    page = parse_register(f"<!DOCTYPE html>{parts[0]}<!DOCTYPE html>{parts[1]}".encode(), RU)
    assert "rows_lost" in held(page)
    hidden = parse_register(parts[0].replace("</table>", f"<!-- {ROWS[13]} --></table>").encode(), RU)
    assert hidden.complete


@pytest.mark.parametrize(
    "text",
    [
        "<p>Сноска. Строка 00101001 исключена приказом.</p>",
        "<p>1. Внести изменения: строку с кодом 00101001 исключить.</p><p>2. Строку с кодом 00101002 исключить.</p>",
        "<p>31.01.2020</p><p>2012–2026</p>",
        "<p>1. Утвердить реестр.</p><p>2. Контроль возложить.</p><p>3. Приказ вводится в действие.</p>",
        "<ul><li>1</li><li>2</li><li>20</li><li>21</li><li>22</li></ul>",
        table(tr("Министр", "А. Имя"), tr("31.01.2020", "")),
    ],
)
def test_what_an_act_says_around_its_register_does_not_hold_it(text: str) -> None:
    assert read(text, table(tr(*HEADING), *ROWS)).complete
    assert read(table(tr(*HEADING), *ROWS), text).complete


@pytest.mark.parametrize(
    "rows",
    [
        (tr("21", "00101021", "Выдача справки", "Физические лица", "МВД", "Бумажная"),),
        (service(21, "нет"),),
        (service(21, "-"), service(22, "-")),
        (service("", "нет"),),
        (tr("21", "Выдача справки"),),
    ],
)
def test_a_table_that_may_go_on_with_the_register_holds_the_page(rows: tuple[str, ...]) -> None:
    assert held(read(table(tr(*HEADING), *ROWS), table(*rows))) == {"unrecognised_table"}


def test_a_table_without_codes_goes_on_by_its_numbers() -> None:
    page = read(table(HEAD_2010, *ROWS_2010[:12]), table(*ROWS_2010[12:]), target=ACT_2010)
    assert (page.complete, len(page.rows), page.last_number) == (True, 20, 20)
    assert codes_told(page) == {"headless_table"}
    gap = read(table(HEAD_2010, *ROWS_2010[:12]), table(*ROWS_2010[13:]), target=ACT_2010)
    assert held(gap) == {"unrecognised_table"}


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 300 + "x" + "</div>" * 300,
        "<table><tr><td>" * 3000 + "x",
        ("<table>" + tr(*HEADING) + "<tr><td>") * 400,
        "<table><tr><td>" * 5 + "x" + "</td></tr></table>" * 5,
    ],
)
def test_a_page_nested_without_end_is_held_unread(text: str) -> None:
    page = read(table(tr(*HEADING), *ROWS), text)
    assert held(page) == {"nested_too_deep"}
    assert page.rows == ()
