"""What must not matter to the coder: case, ё, quotes, spaces, look-alike letters, the place of a refusal."""

from __future__ import annotations

import csv
from collections.abc import Callable
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.coding.coder import Coder
from auditor.records import Coding, CodingInput
from crawler.pages.records import Lang
from tests.auditor.coding.test_names import FOLDER
from tests.bench.folds import BATCHES

CODER = Coder.load()


def _labelled() -> list[CodingInput]:
    inputs = []
    for lang in Lang:
        for which in BATCHES:
            path = FOLDER / f"{which}_{lang}.csv"
            if path.exists():
                with path.open(encoding="utf-8", newline="") as stream:
                    inputs += [CodingInput(row["name"], row["result"], lang=lang) for row in csv.DictReader(stream)]
    return inputs


INPUTS = _labelled()
_ONE = st.sampled_from(INPUTS)
#: Latin letters that look like Cyrillic ones, and a Cyrillic one for each Latin one.
LATIN = dict(zip("асеорхуАВСЕНКМОРТХіІ", "aceopxyABCEHKMOPTXiI", strict=True))
REFUSALS = {
    Lang.RU: "мотивированный ответ об отказе в оказании государственной услуги",
    Lang.KK: "мемлекеттік қызметті көрсетуден бас тарту туралы дәлелді жауап",
    Lang.EN: "a reasoned response on refusal to render the public service",
}
OR = {Lang.RU: " либо ", Lang.KK: " не ", Lang.EN: " or "}


def answer(coding: Coding) -> tuple[object, ...]:
    return coding.nature, coding.completeness, coding.output, coding.sector, coding.rules, coding.confidence


def same(one: CodingInput, change: Callable[[str], str]) -> None:
    changed = CodingInput(change(one.name), change(one.result), lang=one.lang)
    assert answer(CODER.code(changed)) == answer(CODER.code(one))


@settings(max_examples=150, deadline=None)
@given(_ONE)
def test_letter_case_makes_no_difference(one: CodingInput) -> None:
    same(one, str.upper)
    same(one, str.lower)


@settings(max_examples=150, deadline=None)
@given(_ONE)
def test_whether_yo_is_dotted_makes_no_difference(one: CodingInput) -> None:
    same(one, lambda text: text.replace("е", "ё").replace("Е", "Ё"))
    same(one, lambda text: text.replace("ё", "е").replace("Ё", "Е"))


@settings(max_examples=150, deadline=None)
@given(_ONE, st.sampled_from(["  ", "\u00a0", " \u00a0 ", "\t", "\u2009", "\u202f", "\u3000"]))
def test_kinds_and_numbers_of_spaces_make_no_difference(one: CodingInput, space: str) -> None:
    same(one, lambda text: space + text.replace(" ", space) + space)


@settings(max_examples=150, deadline=None)
@given(_ONE.filter(lambda one: one.lang is not Lang.EN), st.randoms(use_true_random=False))
def test_a_look_alike_letter_in_a_word_makes_no_difference(one: CodingInput, random: Random) -> None:
    def one_letter_a_word(text: str) -> str:
        return " ".join(_with_latin(word, random.randrange(99)) for word in text.split(" "))

    same(one, one_letter_a_word)


def _with_latin(word: str, number: int) -> str:
    places = [place for place, letter in enumerate(word) if letter in LATIN]
    cyrillic = [letter for letter in word if "\u0400" <= letter <= "\u04ff"]
    if not places or len(cyrillic) < 4:  # of a short word nobody can tell which alphabet was meant
        return word
    at = places[number % len(places)]
    return word[:at] + LATIN[word[at]] + word[at + 1 :]


@settings(max_examples=150, deadline=None)
@given(_ONE, st.integers(0, 400), st.sampled_from("\u00ad\u200b\u2060\ufeff"))
def test_an_invisible_sign_inside_a_word_makes_no_difference(one: CodingInput, at: int, sign: str) -> None:
    def broken(text: str) -> str:
        place = at % max(len(text), 1)
        inside = 0 < place < len(text) and text[place - 1].isalpha() and text[place].isalpha()
        return text[:place] + sign + text[place:] if inside else text

    same(one, broken)


QUOTES = ("«{}»", '"{}"', "“{}”", "„{}“", "'{}'")


@settings(max_examples=150, deadline=None)
@given(_ONE)
def test_kinds_of_quotes_make_no_difference(one: CodingInput) -> None:
    for quoted in QUOTES:
        same(one, quoted.format)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([one for one in INPUTS if one.result]), st.integers(0, 99), st.integers(1, 4))
def test_kinds_of_quotes_round_some_words_make_no_difference(one: CodingInput, at: int, many: int) -> None:
    def within(quoted: str) -> CodingInput:
        def change(text: str) -> str:
            words = text.split()
            first = at % max(1, len(words))
            return " ".join(
                [*words[:first], quoted.format(" ".join(words[first : first + many])), *words[first + many :]]
            )

        return CodingInput(change(one.name), change(one.result), lang=one.lang)

    assert len({answer(CODER.code(within(quoted))) for quoted in QUOTES}) == 1


RESULTS = [one for one in INPUTS if one.result and "." not in one.result.strip().rstrip(".") and ";" not in one.result]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(RESULTS))
def test_the_place_of_the_refusal_makes_no_difference(one: CodingInput) -> None:
    either = OR[one.lang].strip()
    plain = " ".join(word for word in one.result.strip().rstrip(".").split())
    if f" {either} " in f" {plain} ":  # it has its refusal already
        return
    refusal = REFUSALS[one.lang]
    last = CODER.code(CodingInput(one.name, f"{plain}{OR[one.lang]}{refusal}", lang=one.lang))
    first = CODER.code(CodingInput(one.name, f"{refusal}{OR[one.lang]}{plain}", lang=one.lang))
    without = CODER.code(CodingInput(one.name, plain, lang=one.lang))
    assert answer(last) == answer(without)
    assert answer(first) == answer(without)


def test_a_result_that_begins_with_the_refusal_is_read_from_what_stands_beside_it() -> None:
    refused_first = CodingInput(
        "Определение ребенка в специальный детский сад", "Мотивированный отказ либо направление комиссии"
    )
    assert CODER.code(refused_first).output == "referral"


def test_a_result_of_signs_alone_is_no_result() -> None:
    assert "C11" in CODER.code(CodingInput("Выдача справки", "—")).rules
    assert "C11" in CODER.code(CodingInput("Выдача справки", "Результат оказания услуги:")).rules
    assert "C11" not in CODER.code(CodingInput("Выдача справки", "Справка")).rules
