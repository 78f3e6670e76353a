"""Keys are unique in an edition, stable, readable, and go back to what they were made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.ingest.keys import (
    content_hash,
    edition_key,
    entry_keys,
    listing_key,
    parse_edition_key,
    parse_listing_key,
)
from crawler.errors import UsageError
from crawler.pages.records import Lang, RegisterRow

DAY = date(2020, 1, 31)
CODES = st.sampled_from(["", "00101001", "00101002", "1", "00000000"])
NAMES = st.text("абвАӘҚiI«» \u00a0", max_size=6)


def row(code: str, name: str, ordinal: int = 1) -> RegisterRow:
    return RegisterRow(table=1, row=ordinal, ordinal=ordinal, number=str(ordinal), code=code, name=name)


@given(st.lists(st.tuples(CODES, NAMES), max_size=30))
def test_keys_are_unique_stable_and_fit_the_table(given_rows: list[tuple[str, str]]) -> None:
    read = [row(code, name, number) for number, (code, name) in enumerate(given_rows)]
    keys = entry_keys("V2000019982", DAY, Lang.RU, read)
    assert len(set(keys)) == len(read)
    assert keys == entry_keys("V2000019982", DAY, Lang.RU, [replace(one, row=one.row + 7) for one in read])
    assert all(len(key) <= 80 for key in keys)
    other = entry_keys("V2000019982", DAY, Lang.KK, read)
    assert not set(keys) & set(other), "language is part of every key"


@given(st.lists(st.tuples(CODES, NAMES), max_size=12), CODES, NAMES)
def test_a_row_added_at_the_end_changes_no_other_key(given_rows: list[tuple[str, str]], code: str, name: str) -> None:
    read = [row(one, other) for one, other in given_rows]
    keys = entry_keys("V2000019982", DAY, Lang.RU, read)
    assert entry_keys("V2000019982", DAY, Lang.RU, [*read, row(code, name)])[:-1] == keys


def test_keys_a_person_reads() -> None:
    read = [row("00101001", "а"), row("00101001", "б"), row("", "Қызмет"), row("", "Қызмет"), row("00101001", "в")]
    keys = [key.removeprefix("V2000019982/2020-01-31/ru/") for key in entry_keys("V2000019982", DAY, Lang.RU, read)]
    assert keys == ["00101001", "00101001~2", keys[2], f"{keys[2]}~2", "00101001~3"]
    assert keys[2].startswith("n")
    assert len(keys[2]) == 13


def test_names_that_differ_by_one_kazakh_letter_have_different_keys() -> None:
    kazakh, russian = entry_keys("V2000019982", DAY, Lang.KK, [row("", "қала"), row("", "кала")])
    assert kazakh != russian


@given(st.sampled_from(["P070000561_", "P100000745_", "V2000019982"]), st.dates(), st.sampled_from(Lang))
def test_an_edition_key_goes_back(act: str, day: date, lang: Lang) -> None:
    assert parse_edition_key(edition_key(act, day, lang)) == (act, day, lang)


@given(st.sampled_from(Lang), st.text("abz019_-/", min_size=1))
def test_a_listing_key_goes_back(lang: Lang, slug: str) -> None:
    assert parse_listing_key(listing_key(lang, slug)) == (lang, slug)


@pytest.mark.parametrize("key", ["", "V2000019982", "V2000019982/2024-13-01/ru", "V2000019982/2024-01-01/xx", "a/b/c"])
def test_no_edition_key(key: str) -> None:
    with pytest.raises(UsageError, match="no edition key"):
        parse_edition_key(key)


def test_content_hash_tells_where_a_boundary_lies() -> None:
    assert content_hash(("ab", "c")) != content_hash(("a", "bc"))
    assert content_hash(("ab", ("c",))) == content_hash(("ab", ("c",)))
