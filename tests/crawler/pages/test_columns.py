"""Headings by meaning: each wording of either language leads to its field, and a near miss leads nowhere."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.columns import demands, field_of
from crawler.pages.records import RegisterRow
from crawler.pages.wording import lookup, pattern
from tests.pages_gen import HEADINGS

KNOWN = [(text, name) for headings in HEADINGS.values() for name, text in headings.items()]
MORE = [
    ("№", "number"),
    ("№ р/с", "number"),
    ("N п/п", "number"),
    ("Код", "code"),
    ("Көрсетілетін қызмет коды", "code"),
    ("Наименование услуги", "name"),
    ("Наименование электронной услуги", ""),
    ("Мемлекеттік қызметтің атауы", "name"),
    ("Наименование подвида", "subname"),
    ("Наименование стандарта государственной услуги", "bylaw"),
    ("Наименование подзаконного НПА", "bylaw"),
    ("Заңға тәуелді НҚА атауы", "bylaw"),
    ("Наименование центрального государственного органа, разрабатывающего подзаконный НПА", "developer"),
    (
        "Наименование центрального государственного органа, разрабатывающего стандарт государственной услуги",
        "developer",
    ),
    ("Мемлекеттік көрсетілетін қызмет стандартын әзірлейтін орталық мемлекеттік органның атауы", "developer"),
    ("Получатели государственной услуги", "recipient"),
    ("Потребители", "recipient"),
    ("Мемлекеттік қызметті алушылар", "recipient"),
    ("Ответственные органы", "provider"),
    ("Государственный орган, ответственный за оказание государственной услуги", "provider"),
    ("Жауапты органдар", "provider"),
    ("Наименование поставщика государственной услуги", "provider"),
    ("Форма оказания", "form"),
    ("Форма предоставления государственной услуги", "form"),
    ("Көрсетілетін қызмет нысаны", "form"),
    ("Платность / бесплатность оказания государственной услуги", "payment"),
    ("Ақылы немесе тегін", "payment"),
    ("Место оказания услуги", "intake"),
    ("Наименование организации, осуществляющей приём документов", "intake"),
    ("Өтініштерді қабылдауды жүзеге асыратын ұйымдардың атауы", "intake"),
    ("Ответственный за разработку правил", "developer"),
    ("Орган-разработчик", "developer"),
]


@pytest.mark.parametrize(("text", "name"), KNOWN + MORE)
def test_heading_means_its_field(text: str, name: str) -> None:
    assert field_of(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "Срок оказания государственной услуги",
        "Примечание",
        "Ескерту",
        "Срок выдачи результата",
        "Способ выдачи результатов",
        "Форма выдачи результата оказания государственной услуги",
        "Құжаттарды қабылдау мерзімі: өтінішті қабылдау",
        "Нәтижені беру тәсілі",
        "Дата разработки",
        "Государственный орган, утверждающий тариф (платность)",
        "Дата утверждения нормативного правового акта",
        "Код услуги (старый)",
        "Наименование государственной услуги (прежнее)",
        "Форма оказания (до 2019 года)",
        "Форма контроля",
        "Форма собственности",
        "Код ОКПО",
        "Информационная система, через которую оказывается услуга",
        "Количество оказанных услуг",
        "Оценка банка",
        "Дата",
        "Выдача паспорта гражданина",
        "17",
        "",
        "я" * 5000,
    ],
)
def test_other_headings_mean_nothing(text: str) -> None:
    assert field_of(text) == ""


@given(
    st.sampled_from(KNOWN), st.integers(1, 30), st.sampled_from(["\u00ad", " ", "\u00a0", "\n", "- "]), st.booleans()
)
def test_breaks_inside_a_heading_change_nothing(case: tuple[str, str], place: int, noise: str, shout: bool) -> None:
    text, name = case
    broken = text[:place] + noise + text[place:]
    assert field_of(broken.upper() if shout else broken) == name


def test_lookup_names_only_fields_of_a_row_and_every_wording_compiles() -> None:
    known = {field.name for field in fields(RegisterRow)}
    named = [entry["field"] for entry in lookup("columns")["columns"]]
    assert set(named) <= known
    assert len(named) == len(set(named))
    for entry in lookup("columns")["columns"]:
        for wording in entry["wordings"]:
            assert re.compile(pattern(wording))
    for act in ("P070000561_", "P1300000983", "V2000019982"):
        assert set(demands(act).mandatory + demands(act).expected) <= set(named)


def test_acts_since_2013_must_have_codes_and_forms_and_older_ones_need_not() -> None:
    assert demands("P100000745_").mandatory == ("name",)
    assert demands("V2000019982").mandatory == ("code", "name", "form")
    assert demands("an act nobody listed").mandatory == ("code", "name", "form")
