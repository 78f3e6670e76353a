"""Phrases of the lexicon: sequences of words with gaps, found in a text by what its words can be forms of.

назначение ..3 пособие     at most three other words between
безработн*                 any word that begins so
=жилья                     this very form
выдача|предоставление      one of these
@issue ..2 справка         a class defined once in the lexicon
^ ..1 справка              at most one word before it
беру $                     nothing after it
первый класс / 1 класс     either of two phrases
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from auditor.coding.words import LONGEST_WORD, fold_word
from crawler.errors import ContentError

_GAP = re.compile(r"\.\.(\d{1,2})")
_ATOM = re.compile(r"[@=]?[^\W_]+|[^\W_]+\*|\*[^\W_]+")
_ANYWHERE = -1


@dataclass(frozen=True, slots=True)
class Step:
    """One word of a phrase: any of `keys`, after at most `gap` other words."""

    keys: frozenset[str]
    gap: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """A parsed phrase. `before` runs from the anchor to the left, `after` to the right.

    `head` and `tail` are the most words allowed before and after it, -1 for any number. `order` is its place in the
    lexicon and breaks ties.
    """

    text: str
    anchor: frozenset[str]
    before: tuple[Step, ...]
    after: tuple[Step, ...]
    head: int
    tail: int
    order: int = 0
    owner: Any = field(default=None, repr=False)
    #: How many words it names: the longer phrase is the more exact one.
    words: int = field(init=False, repr=False)
    #: Keys of its most telling other word: a text with none of them need not be searched. Empty for a lone anchor.
    needs: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Reckon once what every search asks for."""
        others = [step.keys for step in (*self.before, *self.after)]
        object.__setattr__(self, "words", 1 + len(others))
        object.__setattr__(self, "needs", min(others, key=len, default=frozenset()))

    @property
    def one_word(self) -> bool:
        """Whether the anchor alone is the whole phrase, wherever it stands."""
        return not self.before and not self.after and self.head == self.tail == _ANYWHERE

    def find(self, tokens: list[Token], at: int) -> tuple[int, int] | None:
        """The span (first word, word after the last) of the phrase with its anchor at `at`, None if it is not there."""
        if not self.before and _ANYWHERE != self.head < at:
            return None
        end = at
        for step in self.after:
            reach = min(end + 2 + step.gap, len(tokens))
            for place in range(end + 1, reach):
                if not step.keys.isdisjoint(tokens[place].keys):
                    end = place
                    break
            else:
                return None
        start = at
        for step in self.before:
            reach = max(start - 2 - step.gap, -1)
            for place in range(start - 1, reach, -1):
                if not step.keys.isdisjoint(tokens[place].keys):
                    start = place
                    break
            else:
                return None
        if (self.head != _ANYWHERE and start > self.head) or (
            self.tail != _ANYWHERE and len(tokens) - 1 - end > self.tail
        ):
            return None
        return start, end + 1


@dataclass(slots=True, eq=False)
class Token:
    """What is known of one word form: its folded form, the lexicon's keys it answers to, phrases anchored on it.

    `alone` are the phrases of this one word, `anchored` those that need other words or a place in the text. Not frozen
    for speed; never changed.
    """

    form: str
    keys: frozenset[str]
    alone: tuple[Phrase, ...]
    anchored: tuple[Phrase, ...]


class Found(NamedTuple):
    """A phrase in a text, by word numbers, and its lexicon entry. No phrase: a word that likeness goes by."""

    phrase: Phrase | None
    entry: Any
    start: int
    end: int


def parse_phrase(
    text: str,
    classes: Mapping[str, frozenset[str]],
    keys_of: Callable[[str], frozenset[str]],
) -> tuple[tuple[Step, ...], int, int]:
    """The steps of a phrase, its allowed distance from the beginning and from the end.

    Raises ContentError for anything that is no phrase: an unknown class, a gap at an end that is not anchored.
    """
    steps: list[Step] = []
    head = tail = _ANYWHERE
    gap = 0
    pending = False
    parts = text.split()
    if parts and parts[0] == "^":
        head, parts = 0, parts[1:]
    if parts and parts[-1] == "$":
        tail, parts = 0, parts[:-1]
    for part in parts:
        measured = _GAP.fullmatch(part)
        if measured:
            if pending:
                raise ContentError("two gaps in a row")
            gap, pending = int(measured[1]), True
            continue
        keys = _step_keys(part, classes, keys_of)
        if not steps:
            head = _first_gap(gap, pending=pending, head=head)
            gap = 0
        steps.append(Step(keys, gap))
        gap, pending = 0, False
    if not steps:
        raise ContentError("a phrase without words")
    if pending:
        if tail == _ANYWHERE:
            raise ContentError("a gap after the last word needs a $")
        tail = gap
    return tuple(steps), head, tail


def _first_gap(gap: int, *, pending: bool, head: int) -> int:
    if pending and head == _ANYWHERE:
        raise ContentError("a gap before the first word needs a ^")
    return gap if pending else head


def _step_keys(
    part: str, classes: Mapping[str, frozenset[str]], keys_of: Callable[[str], frozenset[str]]
) -> frozenset[str]:
    keys: set[str] = set()
    for atom in part.split("|"):
        if not _ATOM.fullmatch(atom):
            raise ContentError(f"not a word: {atom!r}")
        if atom.startswith("@"):
            if atom[1:] not in classes:
                raise ContentError(f"no class {atom}")
            keys |= classes[atom[1:]]
        else:
            keys |= {atom} if "*" in atom or atom.startswith("=") else keys_of(atom)
    return frozenset(keys)


def build_phrase(text: str, steps: tuple[Step, ...], ends: tuple[int, int], order: int, owner: object) -> Phrase:
    """A findable phrase: anchored on its most telling word, which is the one with the fewest readings."""
    at = min(range(len(steps)), key=lambda place: (len(steps[place].keys), -max(map(len, steps[place].keys))))
    before = tuple(Step(steps[place].keys, steps[place + 1].gap) for place in range(at - 1, -1, -1))
    return Phrase(text, steps[at].keys, before, steps[at + 1 :], ends[0], ends[1], order, owner)


class Matcher:
    """Finds phrases in texts of one language. Word forms are read once and remembered (at most `MEMORY` of them)."""

    MEMORY = 300_000

    def __init__(self, phrases: Iterable[Phrase], readings: Callable[[str], frozenset[str]]) -> None:
        """Build the index over all `phrases`; `readings` gives what a folded word form can be a form of."""
        self._readings = readings
        self._tokens: dict[str, Token] = {}
        self._by_key: dict[str, list[Phrase]] = {}
        vocabulary: set[str] = set()
        for phrase in phrases:
            for key in phrase.anchor:
                self._by_key.setdefault(key, []).append(phrase)
            vocabulary |= phrase.anchor.union(*(step.keys for step in (*phrase.before, *phrase.after)))
        self._beginnings = frozenset(key[:-1] for key in vocabulary if key.endswith("*"))
        self._number = Token("", frozenset(), (), ())
        self._endings = frozenset(key[1:] for key in vocabulary if key.startswith("*"))
        self._vocabulary = frozenset(key for key in vocabulary if "*" not in key)

    def tokens(self, text: str, spans: Iterable[tuple[int, int]]) -> list[Token]:
        """What is known of the words of `text` that lie at `spans`."""
        known = self._tokens
        return [known.get(text[start:end]) or self._token(text[start:end]) for start, end in spans]

    def _token(self, word: str) -> Token:
        if len(self._tokens) >= self.MEMORY:
            self._tokens = {}
        token = self._tokens[word] = self._read(word)
        return token

    def _read(self, word: str) -> Token:
        if word.isdecimal() and word not in self._vocabulary:
            return self._number
        form = fold_word(word)
        if len(form) > LONGEST_WORD:
            return Token("", frozenset(), (), ())
        readings = self._readings(form)
        keys = (readings | {"=" + form}) & self._vocabulary
        for reading in (form, *readings):  # the dictionary form too: стажировок, стажировка
            keys |= {reading[:size] + "*" for size in range(1, len(reading) + 1) if reading[:size] in self._beginnings}
        keys |= {"*" + form[-size:] for size in range(1, len(form)) if form[-size:] in self._endings}
        found = {id(phrase): phrase for key in keys for phrase in self._by_key.get(key, ())}
        phrases = sorted(found.values(), key=lambda phrase: phrase.order)
        return Token(
            form,
            frozenset(keys),
            tuple(phrase for phrase in phrases if phrase.one_word),
            tuple(phrase for phrase in phrases if not phrase.one_word),
        )

    @staticmethod
    def find(tokens: list[Token]) -> list[Found]:
        """Every phrase in the text, in order of its anchor."""
        found = []
        there = frozenset().union(*[token.keys for token in tokens])
        for place, token in enumerate(tokens):
            for phrase in token.alone:
                found.append(Found(phrase, phrase.owner, place, place + 1))
            for phrase in token.anchored:
                if phrase.needs and phrase.needs.isdisjoint(there):
                    continue
                span = phrase.find(tokens, place)
                if span is not None:
                    found.append(Found(phrase, phrase.owner, span[0], span[1]))
        return found
