"""What notes say of rows, in both languages, with the order's date and number."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.pages.amendments import Change, amended_row, amendments

_DAY = date(2022, 3, 14)
_RU, _KK = "приказом Министра от 14.03.2022 № 81/НҚ", "14.03.2022 № 81/НҚ бұйрығымен"


@pytest.mark.parametrize(
    ("note", "said"),
    [
        (f"Сноска. Строка 12 исключена {_RU}.", [(Change.EXCLUDED, "12")]),
        (f"Сноска. Строка, порядковый номер 12, исключена {_RU}.", [(Change.EXCLUDED, "12")]),
        (f"Сноска. Реестр дополнен строками 12-1 и 12-2 в соответствии с {_RU}.",
         [(Change.INSERTED, "12-1"), (Change.INSERTED, "12-2")]),
        ("Сноска. Строки 5, 7 – 9 в редакции приказа от 14.03.2022 № 81/НҚ.",
         [(Change.REWORDED, row) for row in ("5", "7", "8", "9")]),
        (f"Сноска. Строка 3 исключена, строка 4 изложена в новой редакции {_RU}.",
         [(Change.EXCLUDED, "3"), (Change.REWORDED, "4")]),
        (f"Ескерту. 12-жол алып тасталды – ҚР министрінің {_KK}.", [(Change.EXCLUDED, "12")]),
        (f"Ескерту. 12-1-жолмен толықтырылды – {_KK}.", [(Change.INSERTED, "12-1")]),
        (f"Ескерту. 5-жол жаңа редакцияда – {_KK}.", [(Change.REWORDED, "5")]),
        (f"Сноска. Стрoка 12 иcключенa {_RU}.", [(Change.EXCLUDED, "12")]),
    ],
)  # fmt: skip
def test_what_an_order_did_to_which_rows(note: str, said: list[tuple[Change, str]]) -> None:
    found = amendments([note])
    assert [(one.change, one.row) for one in found] == said
    assert {(one.order_date, one.order) for one in found} == {(_DAY, "81/НҚ")}
    assert all(one.text and one.text in note for one in found)


@pytest.mark.parametrize(
    "note",
    [
        f"Сноска. Приложение с изменениями, внесенными {_RU}.",
        "Сноска. Вводится в действие с 14.03.2022.",
        "Строка 12 о выдаче справок",
        "",
    ],
)
def test_a_note_on_no_row_says_nothing(note: str) -> None:
    assert amendments([note]) == ()


def test_each_statement_comes_once_and_a_misprinted_date_is_none() -> None:
    note = "Сноска. Строка 7 исключена приказом от 31.02.2020 № 5."
    (one,) = amendments([note, note])
    assert (one.row, one.order_date, one.order) == ("7", None, "5")


def test_two_clauses_have_each_their_own_order() -> None:
    note = "Сноска. Строка 1 исключена приказом от 01.02.2021 № 9; строка 2 исключена приказом от 14.03.2022 № 81/НҚ."
    assert [(one.row, one.order) for one in amendments([note])] == [("1", "9"), ("2", "81/НҚ")]


def test_a_dead_row_says_who_excluded_it() -> None:
    one = amended_row("12.", f"Исключена {_RU}.")
    assert one is not None
    assert (one.change, one.row, one.order_date, one.order) == (Change.EXCLUDED, "12", _DAY, "81/НҚ")
    undated = amended_row("12", "Исключена приказом Министра № 233/НҚ.")
    assert undated is not None
    assert (undated.order_date, undated.order) == (None, "233/НҚ")
    assert amended_row("", f"Исключена {_RU}.") is None
    assert amended_row("12", "Выдача справки") is None
