"""The interface's words: nothing untranslated passes, plurals and full stops are a reader's own."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from auditor.coding.codebook import rules_in_words
from auditor.views.dictionary import views
from crawler.errors import ContentError
from reports.build import build, languages_wanted
from reports.i18n import LANGUAGES, check, read_catalogue, words
from reports.messages import messages
from reports.views.problems import ISSUES
from reports.views.told import told
from reports.views.wording import derived
from tests.reports.records import body_of, small_report


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_message_is_translated(lang: str) -> None:
    catalogue = read_catalogue(lang)
    check(catalogue, lang)
    for message in messages():
        assert (message if isinstance(message, str) else message[0]) in catalogue, message


@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_no_english_is_left_in_a_translation(lang: str) -> None:
    for message in read_catalogue(lang):
        if not message.id:
            continue
        for text in (message.string,) if isinstance(message.string, str) else message.string:
            bare = re.sub(r"%\(\w+\)s", "", text)
            assert re.search("[а-яё]", bare.lower()) or not re.search("[a-z]{3}", bare), text
            if message.id not in _dictionary():
                assert not re.search(r"(?!p_value)\b[a-z]+_[a-z]+\b", bare), f"a code instead of words: {text}"


def _dictionary() -> set[str]:
    return {text for view in views().values() for text in (view.about, *view.columns.values())}


@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_the_dictionary_keeps_names_values_and_addresses_as_the_database_has_them(lang: str) -> None:
    catalogue = read_catalogue(lang)
    for text in _dictionary():
        names = re.findall(r"`[^`]+`|\b[a-z]+_[a-z_]+\b|\b[A-Z]{3,}\b|\b\d{3,}\b", text)
        message = catalogue[text]
        assert message is not None
        assert [name for name in names if name not in message.string] == [], message.string


def test_the_dictionary_speaks_the_readers_language(site: Path) -> None:
    told = {
        lang: BeautifulSoup((site / lang / "dictionary.html").read_text(encoding="utf-8"), "lxml")
        for lang in ("ru", "kk")
    }
    for tree in told.values():
        assert not tree.select("main [lang=en]")
        said = [one.text for one in tree.select("main section p, main dd")]
        assert len(said) == sum(1 + len(view.columns) for view in views().values())
        assert [text for text in said if not re.search("[а-яәіңғүұқөһё]", text.lower())] == []
    assert told["ru"].select_one("#corrections p").text.startswith("Опубликованные показатели")  # type: ignore[union-attr]


def test_a_missing_an_unconfirmed_and_a_misfit_translation_stop_the_build() -> None:
    for spoil in (
        {"string": ""},
        {"flags": {"fuzzy"}},
        {"string": "Обзор %(n)s"},
    ):
        catalogue = read_catalogue("ru")
        message = catalogue["Overview"]
        for name, value in spoil.items():
            setattr(message, name, value)
        with pytest.raises(ContentError, match=r"ru: .*'Overview'"):
            check(catalogue, "ru")
    with pytest.raises(ContentError, match="no kk translation of 'Nobody wrote this'"):
        words("kk").say("Nobody wrote this")


def test_a_day_that_ends_in_a_stop_ends_the_sentence_too() -> None:
    day = words("ru").day(date(2024, 12, 31))
    assert day.endswith("г.")
    text = words("ru").say("The series breaks in this year: %(what)s.", what=day)
    assert text.endswith("г.")
    assert not text.endswith("..")
    assert words("ru").say("The series breaks in this year: %(what)s.", what="акт").endswith("акт.")


@pytest.mark.parametrize(
    ("years", "shown"), [(1.0, "1 год"), (3.0, "3 года"), (5.0, "5 лет"), (6.5, "6,5 года"), (21.0, "21 год")]
)
def test_years_take_the_form_that_their_number_asks_for(years: float, shown: str) -> None:
    assert derived(words("ru"), "longest_years", years) == f"самая давняя – {shown}"


def test_limits_say_in_the_readers_language_why_a_text_was_not_read(site: Path) -> None:
    assert told(words("kk"), "the server answers 404") == "сервердің жауабы: 404"
    page = BeautifulSoup((site / "ru/limits.html").read_text(encoding="utf-8"), "lxml")
    kinds = {cell.code.text: cell.contents[0] for cell in page.select("#issues tbody td:first-child") if cell.code}
    assert len(kinds) > 2
    assert [code for code, text in kinds.items() if not re.search("[а-яё]", str(text))] == [
        code for code in kinds if code not in ISSUES
    ], "a finding of a new kind stands under its code"


def test_no_sentence_of_the_site_ends_twice(site: Path) -> None:
    for page in [*site.glob("ru/*.html"), *site.glob("kk/*.html"), *site.glob("en/*.html")]:
        assert not re.search(r"(?<!\.)\.\.(?![./])", BeautifulSoup(page.read_text(encoding="utf-8"), "lxml").text), page


def test_the_front_page_says_in_its_place_what_was_not_observed(tmp_path: Path) -> None:
    wanted = languages_wanted(("ru",), rules_in_words)
    page = build(small_report(), body_of, wanted, tmp_path / "site").parent / "ru/index.html"
    tree = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
    line = tree.find(id="dead_ends")
    assert line is not None
    assert "не наблюдалось: действующая редакция не входит в историю реестра" in line.text
    assert "–" in line.text
    assert tree.select_one(".sure") is not None
    assert "Тупики" not in tree.select_one(".sure").text  # type: ignore[union-attr]


def test_what_all_languages_share_speaks_all_of_them(site: Path) -> None:
    first = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "lxml")
    said = {str(choice["lang"]): choice.text for choice in first.select(".choice")}
    assert list(said) == ["en", "ru", "kk"]
    assert "что стоит за числом" in said["ru"]
    assert "санның артында не тұр" in said["kk"]
    kept = BeautifulSoup(next((site / "evidence").glob("*.html")).read_text(encoding="utf-8"), "lxml")
    assert "harvested from the source · собрано у источника · дереккөзден жиналған" in kept.header.text  # type: ignore[union-attr]


def test_no_kazakh_ending_hangs_on_a_number() -> None:
    for message in read_catalogue("kk"):
        for text in (message.string,) if isinstance(message.string, str) else message.string:
            assert not re.search(r"%\(\w+\)s(-[а-яәіңғүұқөһ]| (пен|мен|бен) %)", text), (
                f"its vowels would differ: {text}"
            )
