"""From a text to its words, and from a word form to what it can be a form of. One reader per language.

Spans always point into the text as it was given. Soft hyphens, zero-width characters, homoglyphs, letter case, ё and
the two ways of writing й are folded per word form, so that each distinct form costs this once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from crawler.pages.records import Lang
from crawler.pages.text import fold_homoglyphs, plain

#: Letters and digits; soft hyphens and zero-width characters inside a word belong to it. A hyphen parts words.
WORD = re.compile("[^\\W_](?:[^\\W_]|[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff])*")
_RUSSIAN = re.compile("[а-я]+")
#: Longer "words" are no words: nothing is looked up for them.
LONGEST_WORD = 40

Analyser = Callable[[str], frozenset[str]]


def spans_of(text: str) -> list[tuple[int, int]]:
    """The words' places in `text`, in reading order. Text that is not NFC is read as NFC and mapped back."""
    if unicodedata.is_normalized("NFC", text):
        return [match.span() for match in WORD.finditer(text)]
    folded, origin = _composed(text)
    return [(origin[match.start()], origin[match.end()]) for match in WORD.finditer(folded)]


def _composed(text: str) -> tuple[str, list[int]]:
    """`text` in NFC and, for each of its places (and its end), the place in `text`."""
    pieces: list[str] = []
    origin: list[int] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and unicodedata.combining(text[end]):
            continue
        piece = unicodedata.normalize("NFC", text[start:end])
        pieces.append(piece)
        origin.extend([start] * len(piece))
        start = end
    origin.append(len(text))
    return "".join(pieces), origin


def fold_word(word: str) -> str:
    """A word form as dictionaries write it: lower case, one alphabet, е for ё, nothing invisible."""
    return fold_homoglyphs(plain(word)).lower().replace("ё", "е")


@lru_cache(maxsize=1)
def _russian() -> Callable[[str], frozenset[str]]:
    import pymorphy3

    parse = pymorphy3.MorphAnalyzer(lang="ru").parse

    def lemmas(word: str) -> frozenset[str]:
        if not _RUSSIAN.fullmatch(word):  # the dictionary knows no others, and some digits make it raise
            return frozenset({word})
        return frozenset(reading.normal_form.replace("ё", "е") for reading in parse(word))

    return lemmas


# Kazakh endings by kind. Order on the stem: plural, possessive, case, then the adjective ending of a case (-дағы).
_PLURAL = ("лар", "лер", "дар", "дер", "тар", "тер")
_POSSESSIVE = ("ы", "і", "сы", "сі", "ым", "ім", "ың", "ің", "ымыз", "іміз", "ыңыз", "іңіз")
_CASE = (
    *("ның", "нің", "дың", "дің", "тың", "тің", "ға", "ге", "қа", "ке", "на", "не", "а", "е"),
    *("ны", "ні", "ды", "ді", "ты", "ті", "н", "да", "де", "та", "те", "нда", "нде"),
    *("дан", "ден", "тан", "тен", "нан", "нен", "мен", "бен", "пен", "менен"),
    *("дағы", "дегі", "тағы", "тегі", "ндағы", "ндегі", "лы", "лі", "сыз", "сіз"),
)
_ENDINGS = tuple(sorted({*_PLURAL, *_POSSESSIVE, *_CASE}, key=len, reverse=True))
_HARDENED = {"б": "п", "г": "к", "ғ": "қ"}
_KAZAKH_DEPTH = 4
_SHORTEST_STEM = 2


def kazakh_stems(word: str) -> frozenset[str]:
    """Every stem that peeling inflectional endings off `word` can give, the word itself included.

    A final б, г, ғ before a peeled ending also gives its hard twin (кезегі → кезег, кезек). More candidates than true
    ones: only those that a lexicon names ever count.
    """
    found = {word}
    layer = {word}
    for _ in range(_KAZAKH_DEPTH):
        layer = {stem for form in layer for stem in _peeled(form)} - found
        if not layer:
            break
        found |= layer
    return frozenset(found)


def _peeled(form: str) -> set[str]:
    stems: set[str] = set()
    for ending in _ENDINGS:
        if form.endswith(ending) and len(form) - len(ending) >= _SHORTEST_STEM:
            stem = form[: -len(ending)]
            stems.add(stem)
            if ending[0] in "ыі" and stem[-1] in _HARDENED:
                stems.add(stem[:-1] + _HARDENED[stem[-1]])
    return stems


_IRREGULAR = {"children": "child", "people": "person", "women": "woman", "men": "man"}


def english_stems(word: str) -> frozenset[str]:
    """The word, and its singular where it looks like a plural."""
    found = {word, _IRREGULAR.get(word, word)}
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        found.add(word[:-1])
        if word.endswith("ies"):
            found.add(word[:-3] + "y")
        elif word.endswith("es"):
            found.add(word[:-2])
    return frozenset(found)


def analyser(lang: Lang) -> Analyser:
    """The reader of word forms for a language: folded form → what it can be a form of. Never guesses the language."""
    if lang is Lang.RU:
        return _russian()
    return kazakh_stems if lang is Lang.KK else english_stems
