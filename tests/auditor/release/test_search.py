"""Search finds inflected forms in three languages, and nothing that a person types is an error."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.release.search import indexed, search_terms
from crawler.pages.records import Lang
from tests.auditor.release.small import ask, fill, released

RUSSIAN = (
    "Выдача справки о наличии судимости",
    "Справки для пенсионеров",
    "Приём детей в ясли, запись ребёнка",
    "Назначение пoсобия семьям",  # a Latin o
    "Постановка на очередь на жильё",
)
KAZAKH = ("Балабақша кезегіне қою", "Анықтамалар беру", "Тұрғын үй кезегі")


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    folder = tmp_path_factory.mktemp("search")
    database = f"sqlite:///{shutil.copy(sqlite_template, folder / 'audit.db')}"
    fill(database, RUSSIAN, KAZAKH)
    return released(database, folder / "search.sqlite")


def found(release: Path, words: str) -> set[str]:
    sql = "SELECT name FROM search_documents WHERE id IN (SELECT rowid FROM search WHERE search MATCH ?)"
    return {str(row[0]) for row in ask(release, sql, search_terms(words))}


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("справка", set(RUSSIAN[:2])),
        ("СПРАВКАМИ", set(RUSSIAN[:2])),
        ("справка пенсионер", {RUSSIAN[1]}),
        ("ребенок", {RUSSIAN[2]}),
        ("ребёнку прием", {RUSSIAN[2]}),
        ("пособие", {RUSSIAN[3]}),
        ("cправка", set(RUSSIAN[:2])),  # a Latin c
        ("жилье", {RUSSIAN[4]}),
        ("кезек", {KAZAKH[0], KAZAKH[2]}),
        ("анықтама", {KAZAKH[1]}),
        ("анықтаманы", {KAZAKH[1]}),
        ("суд*", {RUSSIAN[0]}),
        ("паспорт", set()),
        ("справка паспорт", set()),
        ("", set()),
        ("!!! ***", set()),
    ],
)
def test_inflected_forms(release: Path, words: str, names: set[str]) -> None:
    assert found(release, words) == names


def test_without_lemmas_they_are_missed(release: Path) -> None:
    bare = "SELECT COUNT(*) FROM search WHERE search MATCH 'folded : справка'"
    assert ask(release, bare) == [(0,)], "then nobody would need the lemmas"


HOSTILE = ('"', "'); DROP TABLE entries; --", "NEAR(a b)", "lang : ru", "folded:*", "AND OR NOT", "a" * 10_000, "^x",
           "\x00\u202e\u200b", "(((", "-справка", "{folded} : x", "𝕏 ☃")  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_what_is_typed_is_never_an_error(release: Path, words: str) -> None:
    assert found(release, words) <= {*RUSSIAN, *KAZAKH}


@given(st.text(max_size=40))
def test_no_text_breaks_out_of_its_quotes(text: str) -> None:
    terms = search_terms(text, [Lang.RU])
    assert terms.count('"') % 2 == 0
    assert indexed(text, Lang.KK).folded.count('"') == 0
