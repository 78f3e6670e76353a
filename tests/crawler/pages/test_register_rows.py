"""What stands in the register's table beside plain services, each as the source contract warns of it."""

from __future__ import annotations

import pytest

from crawler.pages.records import DeliveryForm, Lang, Level, PageKind, RegisterPage, Target
from crawler.pages.register import parse_register

RU = Target("adilet", PageKind.ACT_TEXT, Lang.RU, "V2000019982")
ACT_2010 = Target("adilet", PageKind.ACT_TEXT, Lang.RU, "P100000745_")
HEADING = (
    "№ п/п",
    "Код государственной услуги",
    "Наименование государственной услуги",
    "Сведения об услугополучателе",
    "Наименование услугодателя",
    "Форма оказания",
    "Платность/бесплатность",
)
TITLE = "Об утверждении реестра государственных услуг, образец для проверки"
Cell = str | tuple[str, str]


def tr(*cells: Cell) -> str:
    """A row; a cell is its text or (attributes, text)."""
    pairs = [cell if isinstance(cell, tuple) else ("", cell) for cell in cells]
    return "<tr>" + "".join(f"<td {attributes}><p>{text}</p></td>" for attributes, text in pairs) + "</tr>"


def service(number: object, code: str, name: str = "Выдача справки", form: str = "Бумажная") -> str:
    return tr(str(number), code, name, "Физические лица", "Министерство юстиции", form, "Бесплатно")


def across(text: str, columns: int = 7) -> str:
    return tr((f'colspan="{columns}"', text))


def table(*rows: str) -> str:
    return f'<table border="1" cellspacing="0" cellpadding="4">{"".join(rows)}</table>'


def read(*parts: str, target: Target = RU) -> RegisterPage:
    """The page that has these parts in its text."""
    body = (
        f'<html><head><meta charset="utf-8"></head><body><div class="container_alpha slogan"><h1>{TITLE}</h1>'
        '<p>Приказ от 31 января 2020 года</p></div><span class="status status_upd">Обновленный</span>'
        f'<div class="container_gamma text text_upd"><article>{"".join(parts)}</article></div>'
        f'<div class="container_omega aftertext">{table(tr("1", "2", "3"), tr("4", "5", "6"), tr("7", "8", "9"))}</div>'
        "</body></html>"
    )
    return parse_register(body.encode(), target)


def told(page: RegisterPage) -> set[tuple[str, str]]:
    """Findings as (code, address); columns that this small table lacks by design are left out."""
    return {(f.code, f.address) for f in page.findings if (f.code, f.level) != ("missing_column", Level.WARNING)}


def codes_told(page: RegisterPage) -> set[str]:
    """The codes of what `told` gives."""
    return {code for code, _ in told(page)}


def test_head_and_notes_and_what_follows_the_text() -> None:
    page = read(
        "<p>Сноска. Заголовок в редакции приказа.</p>",
        "<p>ПРИКАЗЫВАЮ:</p>",
        table(tr(*HEADING), across("Примечание ИЗПИ! Раздел с изменением."), service(1, "00101001")),
        "<p>РҚАО-ның ескертпесі! Мәтін.</p>",
    )
    assert (page.title, page.requisites, page.status_word) == (TITLE, "Приказ от 31 января 2020 года", "Обновленный")
    assert [note.split()[0] for note in page.notes] == ["Сноска.", "РҚАО-ның", "Примечание"]
    assert len(page.rows) == 1
    assert told(page) == set()


def test_heading_of_two_rows_with_groups() -> None:
    page = read(
        table(
            tr(
                ("rowspan=2", "№ п/п"),
                ("rowspan=2", "Код государственной услуги"),
                ("colspan=2", "Наименование государственной услуги"),
                ("colspan=2", "Оказание"),
            ),
            tr("Наименование", "Наименование подвида", "Форма оказания", "Платность"),
            tr("1", "2", "3", "4", "5", "6"),
            tr(("rowspan=2", "1"), ("rowspan=2", "00101001"), ("rowspan=2", "Паспорт"), "первый", "Бумажная", "Платно"),
            tr("замена", "Электронная", "Бесплатно"),
            tr("2", "00101002", ("colspan=2", "Удостоверение"), "Бумажная", "Платно"),
        )
    )
    assert [(row.number, row.code, row.name, row.subname, row.form) for row in page.rows] == [
        ("1", "00101001", "Паспорт", "первый", "Бумажная"),
        ("1", "00101001", "Паспорт", "замена", "Электронная"),
        ("2", "00101002", "Удостоверение", "", "Бумажная"),
    ]
    assert page.complete
    assert page.last_number == 2
    assert told(page) == set()


def test_sections_in_every_form_flow_down() -> None:
    page = read(
        table(
            tr(*HEADING),
            across("001. Документирование"),
            across("00101 Получение паспорта"),
            service(1, "00101001"),
            tr("", "00102", "Регистрация по месту жительства", "", "", "", ""),
            service(2, "00102001"),
            tr("002", ("colspan=6", "«Семья и дети»")),
            tr(("colspan=3", "002 01."), ("colspan=4", "Рождение ребенка")),
            service(3, "00201001"),
            across("003. Здоровье 00301. Лечение"),
            service(4, "00301001"),
        )
    )
    sections = [(row.section_code, row.section, row.subsection_code, row.subsection) for row in page.rows]
    assert sections == [
        ("001", "Документирование", "00101", "Получение паспорта"),
        ("001", "Документирование", "00102", "Регистрация по месту жительства"),
        ("002", "«Семья и дети»", "00201", "Рождение ребенка"),
        ("003", "Здоровье", "00301", "Лечение"),
    ]
    assert told(page) == set()


def test_a_code_under_another_section_is_told_once() -> None:
    page = read(table(tr(*HEADING), across("002. Семья"), service(1, "00101001"), service(2, "00101002")))
    assert told(page) == {("code_outside_section", "table 1 row 3 column code")}


@pytest.mark.parametrize(
    ("row", "number", "code", "name"),
    [
        (tr("2", ("colspan=6", "Исключена приказом от 01.01.2021 № 1.")), "2", "", ""),
        (tr("2.", "00101002", ("colspan=5", "<i>Утратила силу</i> приказом")), "2.", "00101002", ""),
        (tr("2", "00101002", "Алып тасталды – бұйрығымен", "", "", "", ""), "2", "00101002", ""),
        (tr("2", "00101002", "ҚР Министрінің бұйрығымен алып тасталды", "", "", "", ""), "2", "00101002", ""),
        (tr("2", ("colspan=6", "Күші жойылды – бұйрығымен")), "2", "", ""),
        (
            tr("2", "00101002", "Выдача паспорта", ("colspan=4", "исключен приказом")),
            "2",
            "00101002",
            "Выдача паспорта",
        ),
        (across("2. Строка исключена приказом"), "2.", "", ""),
        (tr("2", ("colspan=6", "Ис\u00adключeна приказом")), "2", "", ""),  # soft hyphen, Latin e
        (service(2, "00101002", "Исключена приказом от 01.01.2021"), "2", "00101002", ""),
    ],
)
def test_dead_rows_carry_no_service_and_are_kept(row: str, number: str, code: str, name: str) -> None:
    page = read(table(tr(*HEADING), service(1, "00101001"), row, service(3, "00101003")))
    assert [each.dead for each in page.rows] == [False, True, False]
    dead = page.rows[1]
    assert (dead.number, dead.code, dead.name) == (number, code, name)
    assert dead.dead_text
    assert dead.forms == frozenset()
    assert len(page.live) == 2
    assert page.last_number == 3
    assert told(page) == set()


def test_a_range_of_dead_rows_counts_as_the_one_row_it_is() -> None:
    page = read(
        table(tr(*HEADING), service(1, "00101001"), tr("2–5", ("colspan=6", "Исключены")), service(6, "00101006"))
    )
    assert (len(page.rows), page.last_number) == (3, 3)
    assert told(page) == set()


def test_a_name_that_speaks_of_exclusion_is_a_live_service() -> None:
    page = read(table(tr(*HEADING), service(1, "00101001", "Исключение из реестра субъектов, чье право исключено")))
    assert [row.dead for row in page.rows] == [False]


def test_heading_repeated_with_other_order_counts_from_there() -> None:
    turned = tr("Бесплатно", "Бумажная", "Министерство юстиции", "Физические лица", "Имя", "00101002", "2")
    page = read(table(tr(*HEADING), service(1, "00101001"), tr(*reversed(HEADING)), turned, tr(*HEADING)))
    assert [(row.number, row.code, row.form) for row in page.rows] == [
        ("1", "00101001", "Бумажная"),
        ("2", "00101002", "Бумажная"),
    ]
    assert told(page) == set()


def test_codes_with_noise_are_read_and_others_are_kept_raw() -> None:
    page = read(
        table(
            tr(*HEADING),
            service(1, "001 01 001"),
            service(2, "0010\u00ad1002"),
            service(3, "0010103"),
            service(4, ""),
            service(5, "00101001"),
        )
    )
    assert [row.code for row in page.rows] == ["00101001", "00101002", "", "", "00101001"]
    assert page.rows[2].cells[1] == "0010103"
    assert told(page) == {
        ("bad_code", "table 1 row 4 column code"),
        ("missing_code", "table 1 row 5 column code"),
        ("code_repeated", "table 1 row 6 column code"),
    }
    assert page.complete


def test_gaps_repeats_and_misprints_of_the_row_number() -> None:
    numbers = ["1", "2", "4", "4", "1", "5", "5-1", "x"]
    page = read(table(tr(*HEADING), *(service(n, f"0010100{place}") for place, n in enumerate(numbers))))
    assert told(page) == {
        ("number_gap", "table 1 row 4 column number"),
        ("number_repeated", "table 1 row 5 column number"),
        ("number_out_of_order", "table 1 row 6 column number"),
        ("bad_number", "table 1 row 9 column number"),
    }
    assert page.last_number == 5


def test_numbering_begins_again_in_an_appendix() -> None:
    first = table(tr(*HEADING), service(1, "00101001"), service(2, "00101002"))
    second = table(tr(*HEADING), service(1, "00201001"), service(2, "00201002"), service(3, "00201003"))
    page = read(first, "<p>Приложение 2</p>", second)
    assert [(row.table, row.row, row.ordinal) for row in page.rows] == [
        (1, 2, 1),
        (1, 3, 2),
        (2, 2, 3),
        (2, 3, 4),
        (2, 4, 5),
    ]
    assert page.last_number == 5
    assert told(page) == set()
    assert page.complete


def test_unknown_form_is_an_error_of_its_cell_and_no_more() -> None:
    page = read(table(tr(*HEADING), service(1, "00101001", form="Электронная/факсимильная")))
    assert page.rows[0].form == "Электронная/факсимильная"
    assert page.rows[0].forms == {DeliveryForm.ELECTRONIC}
    (finding,) = [each for each in page.findings if each.level is Level.ERROR]
    assert (finding.code, finding.address) == ("unknown_form", "table 1 row 2 column form")
    assert "факсимильная" in finding.message
    assert page.complete


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
