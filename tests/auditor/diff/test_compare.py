"""Changes between two editions row by row; noise is never a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from auditor.diff.compare import FIELDS, compare_fields, diff_entries, lacking_columns
from auditor.diff.records import ChangeType
from auditor.link.editions import link_editions
from auditor.records import Entry, Link, LinkState, LinkType
from crawler.pages.records import DeliveryForm, Lang


def entry(code: str, name: str, edition: int = 1, **values: object) -> Entry:
    """A row of edition 1 or 2."""
    row = Entry(
        id=0, key=f"V1/202{edition}-01-01/ru/{code}", act="V1", edition_date=date(2020 + edition, 1, 1), lang=Lang.RU,
        ordinal=int(code[-3:]), number="", code=code, name=name, provider="МВД", form="Бумажная.",
        forms=frozenset({DeliveryForm.PAPER}),
    )  # fmt: skip
    return replace(row, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Выдача паспорта", "Выдача  паспорта"),
        ("Выдача паспорта", "Вы\u00adдача паспорта"),
        ("Выдача паспорта", "Выдaча паспортa"),
        ("Учёт транспортных средств", "Учет транспортных средств"),
        ('Портал "цифрового правительства"', "Портал «цифрового правительства»"),
        ("Приём – передача", "Прием - передача"),
        ("Выдача паспорта", "Выдача паспорта Сноска. Строка 3 с изменениями, внесенными приказом."),
        ("Төлқұжат беру", "Төлқұжат беру Ескерту. 3-жол жаңа редакцияда."),
        ("Выдача паспорта", "Выдача паспорта*"),
        ("Выдача пас порта", "Выдача паспорта"),
    ],
)
def test_noise_is_no_change(before: str, after: str) -> None:
    real, noise = compare_fields(entry("00101001", before), entry("00101001", after, 2))
    assert real == ()
    assert [(one.field, one.before, one.after) for one in noise] == [("name", before, after)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Выдача паспорта", "Выдача паспортов"),
        ("Услуга 1 класса", "Услуга 2 класса"),
        ("Бесплатно", "Платно"),
        ("не более 5 дней", "более 5 дней"),
    ],
)
def test_a_changed_word_is_a_change(before: str, after: str) -> None:
    real, noise = compare_fields(entry("00101001", before), entry("00101001", after, 2))
    assert [one.field for one in real] == ["name"]
    assert noise == ()


@pytest.mark.parametrize("field", FIELDS)
def test_every_column_is_compared(field: str) -> None:
    old, new = entry("00101001", "Выдача паспорта"), entry("00101001", "Выдача паспорта", 2)
    old = replace(old, **{field: "00101001"})  # type: ignore[arg-type]
    new = replace(new, forms=frozenset(), **{field: "00101002"})  # type: ignore[arg-type]
    real, _ = compare_fields(old, new)
    assert [one.field for one in real if one.field != "form" or field == "form"] == [field]


def test_a_delivery_form_spelt_otherwise_is_noise_and_another_form_is_a_change() -> None:
    old = entry("00101001", "Выдача паспорта", form="Электронная/бумажная.")
    same = entry("00101001", "Выдача паспорта", 2, form="Бумажная и электронная")
    other = replace(same, forms=frozenset({DeliveryForm.ELECTRONIC}))
    assert compare_fields(old, same)[0] == ()
    assert [one.field for one in compare_fields(old, other)[0]] == ["form"]


def test_each_row_gives_one_change_of_its_type() -> None:
    old = [
        entry("00101001", "Выдача паспорта"),
        entry("00101002", "Выдача справки о судимости"),
        entry("00101003", "Регистрация судов и аттестация капитанов"),
        entry("00101004", "Прописка граждан"),
        entry("00101005", "Лицензия на охрану"),
    ]
    new = [
        entry("00101001", "Выдача  паспорта", 2),
        entry("00101002", "Выдача справки о судимости", 2, form="Электронная.", forms=frozenset()),
        entry("00101003", "Регистрация судов", 2),
        entry("00101006", "Аттестация капитанов", 2),
        entry("00101005", "Лицензия на охрану", 2),
        entry("00101007", "Разведение страусов", 2),
    ]
    changes = diff_entries(old, new, link_editions(old, new))
    assert [(change.type, [e.code for e in change.older], [e.code for e in change.newer]) for change in changes] == [
        (ChangeType.COSMETIC, ["00101001"], ["00101001"]),
        (ChangeType.CHANGED, ["00101002"], ["00101002"]),
        (ChangeType.SPLIT, ["00101003"], ["00101003", "00101006"]),
        (ChangeType.ADDED, [], ["00101007"]),
        (ChangeType.REMOVED, ["00101004"], []),
    ]


def test_an_undecided_link_is_said_beside_both_rows() -> None:
    old, new = entry("00101001", "Выдача паспорта"), entry("00101002", "Обмен паспорта", 2)
    link = Link(LinkType.RENAMED, old.key, new.key, 0.6, "unsure", LinkState.CANDIDATE, 0.6)
    added, removed = diff_entries([old], [new], [link])
    assert (added.type, added.maybe) == (ChangeType.ADDED, (old.key,))
    assert (removed.type, removed.maybe) == (ChangeType.REMOVED, (new.key,))


def test_dead_rows_are_no_rows() -> None:
    old = entry("00101001", "Выдача паспорта")
    assert [c.type for c in diff_entries([old], [entry("00101001", "исключена", 2, dead=True)], [])] == [
        ChangeType.REMOVED
    ]


def test_a_column_that_the_older_table_lacks_is_no_change() -> None:
    old = [entry("00101001", "Выдача паспорта"), entry("00101002", "Выдача визы")]
    new = [entry("00101001", "Выдача паспорта", 2, bylaw="Приказ № 1"),
           entry("00101002", "Выдача визы", 2, bylaw="Приказ № 2", provider="МИД")]  # fmt: skip
    links = link_editions(old, new)
    (change,) = diff_entries(old, new, links)
    assert [one.field for one in change.fields] == ["provider"]
    assert lacking_columns(old, new) == {"bylaw"}
    coded = [replace(one, code="") for one in old]
    assert [one.type for one in diff_entries(coded, new, links)] == [change.type], "no code then, so none is renumbered"
    some = [replace(old[0], bylaw="Приказ № 7"), old[1]]
    assert [one.fields[-1].field for one in diff_entries(some, new, links)] == ["bylaw", "bylaw"]
