"""Rows that may be no service: dead ones in other words, column numbers, rows of which nothing was understood."""

from __future__ import annotations

import pytest

from crawler.pages.records import DeliveryForm, Payment
from tests.crawler.pages.test_register_rows import ACT_2010, HEADING, codes_told, read, service, table, told, tr

EMPTY = ("", "", "", "")


@pytest.mark.parametrize(
    "words",
    [
        "Исключить",
        "Исключается с 01.01.2026",
        "Исключена приказом",
        "Подпункт 2 исключен приказом",
        "Строка с порядковым номером 2 исключена",
        "Примечание. Строка 2 исключена",
        "Утрачивает силу",
        "Действие прекращено приказом",
        "Алынып тасталсын",
        "2-жол алып тасталды",
        "Күші жойылсын",
        "Қолданысы тоқтатылды",
    ],
)
def test_dead_wordings_in_every_shape_of_row(words: str) -> None:
    shapes = (
        tr("2", ("colspan=6", words)),
        tr("2", "00101002", words, *EMPTY),
        tr("2", "00101002", words, "-", "-", "-", "-"),
        tr("2", "00101002", "Выдача паспорта", ("colspan=4", words)),
        tr("2", "", "Выдача паспорта", words, "", "", ""),
    )
    for shape in shapes:
        page = read(table(tr(*HEADING), service(1, "00101001"), shape, service(3, "00101003")))
        assert [row.dead for row in page.rows] == [False, True, False], shape
        assert page.complete


@pytest.mark.parametrize("place", [3, 4, 5, 6])
def test_a_live_row_with_a_cell_that_says_it_is_excluded_holds_the_page(place: int) -> None:
    cells = ["2", "00101002", "Выдача паспорта", "Физические лица", "МВД", "Бумажная", "Бесплатно"]
    cells[place] = "Исключена приказом от 01.01.2026"
    page = read(table(tr(*HEADING), service(1, "00101001"), tr(*cells)))
    assert "maybe_dead" in codes_told(page)
    assert not page.complete


@pytest.mark.parametrize(
    "marks",
    [
        ("I", "II", "III", "IV", "V", "VI", "VII"),
        tuple("абвгдеж"),
        ("-1-", "-2-", "-3-", "-4-", "-5-", "-6-", "-7-"),
        ("1", "2", "3", "4", "5", "5", "7"),
        ("1", "2", "3", "3.1", "4", "5", "6"),
        ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"),
    ],
)
def test_the_marks_that_number_columns_are_no_service(marks: tuple[str, ...]) -> None:
    page = read(table(tr(*HEADING), tr(*marks), service(1, "00101001")))
    assert (len(page.rows), told(page), page.complete) == (1, set(), True)
    older = read(
        table(tr("№", "Наименование услуги", "Получатели", "Ответственные органы"), tr(*marks[:4]), tr("1", *"абв")),
        target=ACT_2010,
    )
    assert older.rows == ()
    assert not older.complete


def test_a_row_of_which_only_a_name_was_understood_holds_the_page() -> None:
    page = read(table(tr(*HEADING), service(1, "00101001"), tr("прочее", "см.", "Иные сведения", "а", "б", "в", "г")))
    assert "row_not_understood" in codes_told(page)
    assert not page.complete


def test_errors_in_more_than_one_row_of_twenty_hold_the_page() -> None:
    def page_of(odd: int) -> bool:
        rows = [service(n, f"00101{n:03d}", form="Почтой" if n <= odd else "Бумажная") for n in range(1, 81)]
        return read(table(tr(*HEADING), *rows)).complete

    assert [page_of(odd) for odd in (0, 1, 4, 5, 80)] == [True, True, True, False, False]


def test_a_cell_without_end_is_read_in_part_and_told() -> None:
    cells = ["1", "00101001", "Выдача", "Физические лица", "МВД", "Бумажная", "Бесплатно; " + "и так далее " * 30_000]
    page = read(table(tr(*HEADING), tr(*cells)))
    assert told(page) == {("cell_too_long", "table 1 row 2 column payment")}
    assert (page.rows[0].payments, page.rows[0].forms) == (frozenset({Payment.FREE}), frozenset({DeliveryForm.PAPER}))
    assert len(page.rows[0].payment) > 300_000
