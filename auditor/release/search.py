"""Full-text search that finds inflected forms: what is indexed of a text, and what is asked for a person's words.

A word is indexed folded (letter case, ё/е, look-alike letters) and as everything it can be a form of: Russian
dictionary forms, Kazakh stems, English singulars, by the coder's own readers. A person's words are read the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditor.coding.words import LONGEST_WORD, analyser, fold_word, spans_of
from crawler.pages.records import Lang

#: A Kazakh stem of two letters is nearly always a wrong one: endings peeled off a word that has none.
_SHORTEST_STEM = 3
#: Words of a question that are looked for; a longer one is no search.
_MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Indexed:
    """What is indexed of a text: its folded words in order, and everything they can be forms of, sorted."""

    folded: str
    lemmas: str


def indexed(text: str, lang: Lang) -> Indexed:
    """A text as it goes into the index."""
    words = [word for word, _ in _words(text)]
    return Indexed(" ".join(words), " ".join(sorted({lemma for word in words for lemma in _lemmas(word, lang)})))


def search_terms(text: str, langs: Sequence[Lang] = tuple(Lang)) -> str:
    """What to give to `MATCH` for words that a person typed: each word in any of its forms, all of them present.

    A star after a word finds what begins so. Whatever was typed is quoted: no text is an error. A text without a word
    finds nothing.
    """
    words = list(_words(text))[:_MOST_WORDS]
    if not words:
        return '""'
    return " OR ".join(
        f'(lang : "{lang}" AND {" AND ".join(_asked(word, begins, lang) for word, begins in words)})' for lang in langs
    )


def _asked(word: str, begins: bool, lang: Lang) -> str:
    if begins:
        return f"folded : {_quoted(word)} *"
    lemmas = " OR ".join(map(_quoted, sorted(_lemmas(word, lang))))
    return f"(folded : {_quoted(word)} OR lemmas : ({lemmas}))"


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Folded words, and whether a star follows."""
    for start, end in spans_of(text):
        if end - start <= LONGEST_WORD and (word := fold_word(text[start:end])):
            yield word, text[end : end + 1] == "*"


def _lemmas(word: str, lang: Lang) -> frozenset[str]:
    found = analyser(lang)(word)
    if lang is Lang.KK:
        found = frozenset(stem for stem in found if len(stem) >= _SHORTEST_STEM)
    return found | {word}
