"""Odd rows of the register: dead, lost, doubtful."""

from __future__ import annotations

import pytest

from crawler.pages.records import Lang, PageKind, Target
from crawler.pages.register import parse_register
from tests.crawler.pages.test_register_rows import (
    ACT_2010,
    HEADING,
    RU,
    across,
    codes_told,
    read,
    service,
    table,
    told,
    tr,
)


def test_act_of_2010_has_other_columns_and_no_codes() -> None:
    page = read(
        table(
            tr("№", "Наименование услуги", "Получатели", "Ответственные органы"),
            across("Министерство внутренних дел", 4),
            tr("1", "Выдача паспорта", "Физические лица", "МВД"),
            tr("2", ("colspan=3", "Исключена")),
            tr("3", "Регистрация оружия", "Физические и юридические лица", "МВД"),
        ),
        target=ACT_2010,
    )
    assert page.complete
    assert [(row.name, row.section, row.dead) for row in page.rows] == [
        ("Выдача паспорта", "Министерство внутренних дел", False),
        ("", "Министерство внутренних дел", True),
        ("Регистрация оружия", "Министерство внутренних дел", False),
    ]
    assert page.findings == ()


@pytest.mark.parametrize(
    ("parts", "expected", "rows"),
    [
        pytest.param((), ("no_register_table", "page"), 0, id="no table"),
        pytest.param(
            (table(tr(*HEADING, "Срок оказания"), tr("1", "00101001", *"абвгде")),),
            ("unknown_column", "table 1 row 1 column 8"),
            1,
            id="added column",
        ),
        pytest.param(
            (table(tr(*HEADING[:5], "Канал", HEADING[6]), service(1, "00101001")),),
            ("missing_column", "table 1 row 1 column form"),
            1,
            id="renamed column",
        ),
        pytest.param(
            (table(tr(*HEADING[:1], *HEADING[2:]), tr("1", "Имя", *"бвгд")),),
            ("missing_column", "table 1 row 1 column code"),
            1,
            id="missing column",
        ),
        pytest.param(
            (table(tr(*HEADING, "Форма предоставления"), tr("1", "00101001", *"абвгде")),),
            ("doubled_column", "table 1 row 1 column 8"),
            1,
            id="doubled column",
        ),
        pytest.param(
            (table(tr(*HEADING), service(1, "00101001", "Имя <table><tr><td>внутри</td></tr></table>")),),
            ("nested_table", "table 1 row 2"),
            1,
            id="nested table",
        ),
        pytest.param(
            (table(tr(*"абвгдеж"), service(1, "00101001"), service(2, "00101002")),),
            ("unrecognised_table", "table 1"),
            0,
            id="unknown headings",
        ),
        pytest.param(
            (table(tr(*HEADING), service(1, "00101001")), table(tr(*HEADING), service(1, "00101001"))),
            ("register_repeated", "table 2"),
            2,
            id="the same register twice",
        ),
        pytest.param(
            (table(tr(*HEADING), tr("", "", "", "что-то", "", "", "иное"), service(1, "00101001")),),
            ("unknown_row", "table 1 row 2"),
            1,
            id="row of no kind",
        ),
        pytest.param((table(tr(*HEADING)),), ("no_rows", "page"), 0, id="heading alone"),
    ],
)
def test_pages_that_are_held(parts: tuple[str, ...], expected: tuple[str, str], rows: int) -> None:
    page = read(*parts)
    assert expected in told(page)
    assert not page.complete
    assert len(page.rows) == rows


def test_a_page_in_another_language_than_asked_for_is_held() -> None:
    target = Target("adilet", PageKind.ACT_TEXT, Lang.KK, "V2000019982")
    page = read(table(tr(*HEADING), service(1, "00101001")), target=target)
    assert page.lang is Lang.RU
    assert ("wrong_language", "page") in told(page)
    assert not page.complete


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (tr("1", "00101001", "Имя", "Физические лица", "МВД"), {("short_row", "table 1 row 2")}),
        (
            tr("1", "00101001", "Имя", "Физические лица", "МВД", "Бумажная", "Платно", "лишнее"),
            {("leftover_cell", "table 1 row 2 column 8")},
        ),
        (
            tr("1", "00101001", "Имя", "Физические лица", "МВД", ("colspan=2", "Бумажная")),
            {("merged_cells", "table 1 row 2 column form"), ("unknown_payment", "table 1 row 2 column payment")},
        ),
        ("<tr>между" + service(1, "00101001")[4:], {("leftover_text", "table 1 row 2")}),
        (
            service(1, "00101001") + tr("", "", "одно слово", "", "", "", ""),
            {("leftover_text", "table 1 row 3 column 3")},
        ),
        (service(1, "00101001", ""), {("missing_name", "table 1 row 2 column name")}),
        (service(1, "00101001") + across("Прочие услуги"), {("heading_without_code", "table 1 row 3")}),
    ],
)
def test_a_misshapen_row_is_kept_and_told(row: str, expected: set[tuple[str, str]]) -> None:
    page = read(table(tr(*HEADING), row))
    assert told(page) == expected
    assert [(each.number, each.code) for each in page.rows] == [("1", "00101001")]
    assert page.complete is ("leftover_text" not in codes_told(page))  # text of no row may be a row lost


def test_layout_and_signature_tables_are_no_registers_and_other_data_is_told() -> None:
    register = table(tr(*HEADING), service(1, "00101001"))
    page = read(
        table(tr("", "Приложение к приказу")),
        f"<table><tr><td>слева</td><td>{register}</td></tr></table>",
        table(tr("Министр", "А. Имя")),
        table(tr("1", "2", "3"), tr("а", "б", "в"), tr("г", "д", "е")),
    )
    assert [row.table for row in page.rows] == [3]
    assert told(page) == {("other_table", "table 5")}
    assert page.complete


def test_a_table_that_goes_on_without_heading_is_read_and_told() -> None:
    page = read(table(tr(*HEADING), service(1, "00101001")), table(service(2, "00101002")))
    assert [row.code for row in page.rows] == ["00101001", "00101002"]
    assert told(page) == {("headless_table", "table 2")}


def test_a_code_in_the_text_between_the_tables_is_told() -> None:
    page = read(table(tr(*HEADING), service(1, "00101001")), "<p>00101002 Выдача удостоверения</p>")
    assert codes_told(page) == {"leftover_text", "rows_outside"}
    assert not page.complete


def test_windows_1251_and_a_page_without_the_known_blocks() -> None:
    body = f"<html><body><h1>Реестр</h1>{table(tr(*HEADING), service(1, '00101001'))}</body></html>".encode("cp1251")
    page = parse_register(body, RU, "text/html; charset=windows-1251")
    assert [row.name for row in page.rows] == ["Выдача справки"]
    assert ("no_text_region", "page") in told(page)


def test_a_new_section_ends_the_life_situation_before_it() -> None:
    rows = (across("001. Документы"), across("00101. Паспорт"), service(1, "00101001"))
    page = read(table(tr(*HEADING), *rows, across("002. Семья"), service(2, "00201001")))
    assert (page.rows[1].section_code, page.rows[1].subsection_code, page.rows[1].subsection) == ("002", "", "")


def test_a_section_goes_on_into_the_next_table_only_if_the_codes_do() -> None:
    first = table(tr(*HEADING), across("001. Документы"), service(1, "00101001"))
    on = read(first, table(tr(*HEADING), service(2, "00101002")))
    other = read(first, table(tr(*HEADING), service(2, "00201001")))
    assert [row.section for row in on.rows] == ["Документы", "Документы"]
    assert [row.section for row in other.rows] == ["Документы", ""]


def test_text_in_the_table_outside_its_rows_and_a_row_above_the_heading_are_told() -> None:
    page = read(
        table(
            across("Реестр"),
            tr("лишний", "ряд", "сверху", "", "", "", ""),
            tr(*HEADING),
            "между",
            service(1, "00101001"),
        )
    )
    assert told(page) == {("leftover_text", "table 1"), ("leftover_text", "table 1 row 2")}
    assert len(page.rows) == 1


def test_two_misprinted_ones_in_a_row_are_a_restart_and_one_is_not() -> None:
    restarted = read(table(tr(*HEADING), *(service(n, f"0010100{p}") for p, n in enumerate((1, 2, 3, 1, 2, 3)))))
    assert restarted.last_number == 6
    misprint = read(table(tr(*HEADING), *(service(n, f"0010100{p}") for p, n in enumerate((1, 2, 3, 1, 5)))))
    assert misprint.last_number == 5


def test_scripts_and_styles_are_no_text() -> None:
    page = read(table(tr(*HEADING), service(1, "00101001", "Имя<script>var x = 1;</script>")))
    assert page.rows[0].name == "Имя"


def test_heading_of_two_rows_without_rowspan_is_read_from_both() -> None:
    page = read(
        table(
            tr(
                "№",
                "Код государственной услуги",
                ("colspan=2", "Наименование государственной услуги"),
                "Форма оказания",
            ),
            tr("", "", "вида", "подвида", "нужное из двух"),
            tr("1", "00101001", "Паспорт", "замена", "Бумажная"),
        )
    )
    assert [(row.name, row.subname, row.form) for row in page.rows] == [("Паспорт", "замена", "Бумажная")]
    assert told(page) == set()


def test_what_stands_in_the_block_after_the_text_is_not_the_text() -> None:
    register = table(tr(*HEADING), service(1, "00101001"))
    page = read(register, f'<div class="container_omega aftertext">{register}<p>Сноска. Чужая.</p></div>')
    assert (len(page.rows), page.notes) == (1, ())
    assert codes_told(page) == {"rows_outside"}
    assert not page.complete


def test_nul_characters_are_dropped() -> None:
    page = read(table(tr(*HEADING), service(1, "00101001", "Выдача\x00 справки")))
    assert page.rows[0].name == "Выдача справки"


def test_column_numbers_of_a_table_without_codes_are_no_service() -> None:
    page = read(
        table(
            tr("№", "Наименование услуги", "Получатели", "Ответственные органы"),
            tr("1", "2", "3", "4"),
            tr("1", "Выдача паспорта", "Физические лица", "МВД"),
        ),
        target=ACT_2010,
    )
    assert [row.name for row in page.rows] == ["Выдача паспорта"]
    assert page.findings == ()


def test_a_merged_service_above_a_repeated_heading_is_no_group_heading() -> None:
    heading = (
        tr(*(("rowspan=2", text) for text in HEADING[:5]), ("colspan=2", "Оказание государственной услуги")),
        tr(*HEADING[5:]),
    )
    merged = tr("2", "00101002", "Имя", "Физические лица", "МВД", ("colspan=2", "Платность"))
    page = read(table(*heading, service(1, "00101001"), merged, *heading, service(3, "00101003")))
    assert [row.code for row in page.rows] == ["00101001", "00101002", "00101003"]
    assert {code for code, _ in told(page)} == {"merged_cells", "unknown_form", "unknown_payment"}
