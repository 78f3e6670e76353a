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
