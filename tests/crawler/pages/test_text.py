"""Folding: noise goes, meaning stays. Cases are faults that the source contract names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.text import compare_key, fold_homoglyphs, looks_kazakh, plain, squeeze


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Выдача cправки", "Выдача справки"),  # Latin c
        ("Электрондық (iшінара)", "Электрондық (ішінара)"),  # Latin i
        ("Жəне", "Және"),  # Latin schwa
        ("услу\u00adги", "услуги"),
        ("Подача\u00a0заявки", "Подача заявки"),
        ("«Болашак»", '"Болашак"'),
        ("приёмная", "приемная"),
        ("медико – социальная", "медико-социальная"),
        ("Электронная / бумажная.", "электронная / бумажная"),
        ("и\u0306", "й"),  # NFD
    ],
)
def test_noise_does_not_tell_names_apart(one: str, other: str) -> None:
    assert compare_key(one) == compare_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Выдача справки", "Выдача справок"),
        ("Постановка на учет", "Снятие с учета"),
        ("наличии", "отсутствии"),
        ("форма 1", "форма 2"),
        ("ұлт", "улт"),
        ("қала", "кала"),
    ],
)
def test_meaning_tells_names_apart(one: str, other: str) -> None:
    assert compare_key(one) != compare_key(other)


def test_a_latin_word_is_left_latin() -> None:
    assert fold_homoglyphs("сервис egov PhD ИС") == "сервис egov PhD ИС"


@given(st.text())
def test_folding_is_stable_and_never_raises(text: str) -> None:
    assert squeeze(squeeze(text)) == squeeze(text)
    assert plain(plain(text)) == plain(text)
    assert len(fold_homoglyphs(text)) == len(text)
    assert compare_key(compare_key(text)) == compare_key(text)


def test_the_letters_tell_kazakh() -> None:
    assert looks_kazakh("Мемлекеттік қызмет көрсету нысаны")
    assert not looks_kazakh("Форма оказания государственной услуги")
    assert not looks_kazakh("123")


def test_control_characters_are_not_seen() -> None:
    assert plain("\x07\x1b[31mвы\x00дача\x7f\tсправки") == "[31mвыдача справки"
    assert compare_key("вы\x08дача") == compare_key("выдача")
