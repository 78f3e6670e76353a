"""The lexicon of one language: read from YAML, checked strictly, ready to be searched.

Sections of the file: `classes` (words under one name), `heads` (which words of a name are what is done), `nature`,
`completeness`, `results`, `sectors` (entries with phrases, each phrase with a real example), `noise` (what in a result
text is no result). The README of the folder says how to write an entry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import resources
from typing import Any

from auditor.coding.phrases import Matcher, Phrase, build_phrase, parse_phrase
from auditor.coding.words import analyser, fold_word
from auditor.records import Completeness, Nature, Output
from crawler.errors import ContentError
from crawler.pages.records import Lang
from crawler.plain_yaml import read_yaml

RULES = frozenset([*(f"N{n}" for n in range(1, 10)), *(f"C{n}" for n in range(1, 12))])
SECTORS = frozenset(f"{n:02d}" for n in range(1, 11))


class Level(StrEnum):
    """How strongly an entry speaks; the earlier level wins. See rules.yml for the reasons in words."""

    EXCEPTION = "exception"  # a false friend or a stated exception
    PAPER = "paper"  # the head of the name gives a document or a permission
    ORGANISATIONS = "organisations"  # money to organisations, money back
    HUMAN = "human"  # care, teaching, income, housing, work, family
    SUBJECT = "subject"  # a field in which papers and records are the thing
    PERSONS = "persons"  # people who need care, teaching or support are named, and nothing else that decides
    GENERIC = "generic"  # nothing but what is done: issue, registration, approval


RANK = {level: place for place, level in enumerate(Level)}


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One entry of the lexicon: what its phrases mean. `place` is its address in the file, for messages."""

    section: str
    place: str
    rule: str = ""
    code: str = ""
    level: Level = Level.SUBJECT
    output: Output | None = None
    sector: str = ""
    nature: Nature | None = None
    unless: tuple[Entry, ...] = ()
    only_with: tuple[Entry, ...] = ()
    #: The level's place: the lower wins.
    rank: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Look the level's place up once: every search compares it."""
        object.__setattr__(self, "rank", RANK[self.level])


@dataclass(frozen=True, slots=True)
class Example:
    """A phrase as written with the real name (or, in `results` and `noise`, the sample text) that shows it."""

    entry: Entry
    written: str
    phrases: tuple[Phrase, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Heads:
    """How a language shows what a name does: finishing words, and what joins one to what else is done."""

    finishing: frozenset[str]
    joined_by: frozenset[str]
    last: bool  # the head of a name stands at its end


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language's lexicon: a searcher for names, one for result texts, and the examples behind every phrase."""

    lang: Lang
    names: Matcher
    results: Matcher
    heads: Heads
    connectors: frozenset[str]
    heading_words: frozenset[str]
    examples: tuple[Example, ...]
    digest: str


def load_yaml(name: str) -> str:
    """The text of a data file beside this module. Raises ContentError if the installation lacks it."""
    try:
        return resources.files("auditor.coding").joinpath("lexicon", name).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ContentError(f"lexicon/{name} is missing from this installation") from error


def digest_of(text: str) -> str:
    """A fingerprint of a data file's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def parse_yaml(text: str, name: str) -> dict[str, Any]:
    """A YAML mapping, strictly: a doubled key, a syntax error or another kind of document is a ContentError."""
    try:
        data = read_yaml(text)
    except ValueError as error:
        raise ContentError(f"lexicon/{name}: {error}") from error
    if not isinstance(data, dict):
        raise ContentError(f"lexicon/{name}: a mapping is expected")
    return data


def load_lexicon(lang: Lang, text: str | None = None) -> Lexicon:
    """The checked lexicon of `lang`, from `text` or from the installation.

    Raises ContentError with file and entry for a bad pattern, a duplicate, an unknown rule, or two entries that say
    different things of the same phrase.
    """
    name = f"{lang}.yml"
    source = load_yaml(name) if text is None else text
    return _Builder(lang, name, parse_yaml(source, name)).build(digest_of(source))


_SECTIONS = {"language", "classes", "heads", "nature", "completeness", "results", "sectors", "noise"}
_FIELDS = {
    "nature": {"rule", "code", "level", "output", "sector", "phrases", "unless", "only_with"},
    "completeness": {"rule", "code", "level", "output", "nature", "phrases", "unless", "only_with"},
    "results": {"rule", "code", "level", "output", "nature", "phrases", "unless", "only_with"},
    "sectors": {"sector", "phrases"},
}
#: Fields of an entry that hold one word.
_WORDS = {"rule", "code", "level", "output", "sector", "nature"}
#: The letter of the rules that decide on an axis; a result text may speak for both.
_AXES = {"nature": "N", "completeness": "C"}
_NOISE = ("form", "condition", "later", "refused", "refusal", "aside", "given")


class _Builder:
    """Turns the parsed file into a Lexicon, naming file and entry in every complaint."""

    def __init__(self, lang: Lang, name: str, data: Mapping[str, Any]) -> None:
        self.lang, self.name, self.data = lang, name, data
        self.readings = analyser(lang)
        self.classes: dict[str, frozenset[str]] = {}
        self.order = 0
        self.seen: dict[tuple[Any, ...], Entry] = {}
        self.written: dict[tuple[Any, ...], str] = {}
        self.phrases: dict[str, list[Phrase]] = {"names": [], "results": []}
        self.examples: list[Example] = []

    def build(self, digest: str) -> Lexicon:
        self.check_keys("the file", self.data, _SECTIONS)
        if self.data.get("language") != self.lang:
            raise self.bad("language", f"{self.data.get('language')!r} where {str(self.lang)!r} is expected")
        classes = self.data.get("classes") or {}
        if not isinstance(classes, dict):
            raise self.bad("classes", "a mapping is expected")
        for class_name in classes:
            words = sorted(self.words("classes", classes, class_name))
            steps, *_ = self.steps(f"class {class_name}", "|".join(words) or "-")
            self.classes[class_name] = steps[0].keys
        for section in _FIELDS:
            entries = self.data.get(section) or []
            if not isinstance(entries, list):
                raise self.bad(section, "a list of entries is expected")
            for number, raw in enumerate(entries, start=1):
                self.entry(section, number, raw)
        noise = self.data.get("noise") or {}
        self.check_keys("noise", noise, {*_NOISE, "connectors", "heading_words"})
        for kind in _NOISE:
            if kind not in noise:
                continue
            entry = Entry("noise", f"noise {kind}", code=kind)
            self.add_phrases("noise", entry, noise[kind])
        return Lexicon(
            lang=self.lang,
            names=Matcher(self.phrases["names"], self.readings),
            results=Matcher(self.phrases["results"], self.readings),
            heads=self.heads(),
            connectors=self.words("noise", noise, "connectors"),
            heading_words=self.words("noise", noise, "heading_words"),
            examples=tuple(self.examples),
            digest=digest,
        )

    def heads(self) -> Heads:
        raw = self.data.get("heads") or {}
        lists = ("finishing", "joined_by")
        self.check_keys("heads", raw, {*lists, "last"})
        finishing, joined_by = (self.words("heads", raw, key) for key in lists)
        return Heads(finishing, joined_by, last=bool(raw.get("last")))

    def words(self, place: str, raw: Mapping[str, Any], key: str) -> frozenset[str]:
        """A list of single words, folded."""
        listed = raw.get(key) or []
        if not isinstance(listed, list) or not all(isinstance(word, str) for word in listed):
            raise self.bad(place, f"{key}: a list of words is expected (quote words that YAML reads otherwise)")
        return frozenset(fold_word(word) for word in listed)

    def entry(self, section: str, number: int, raw: Any) -> None:  # noqa: ANN401 - whatever the file holds
        place = f"{section} entry {number}"
        if not isinstance(raw, dict):
            raise self.bad(place, "a mapping is expected")
        place = f"{place} ({raw.get('rule') or raw.get('sector')})"
        self.check_keys(place, raw, _FIELDS[section])
        for name in _WORDS & raw.keys():
            if not isinstance(raw[name], str):
                raise self.bad(
                    place, f"{name}: a word is expected, not {raw[name]!r} (quote what YAML reads otherwise)"
                )
        self.check_rule(section, place, raw)
        kind = Nature if section == "nature" else Completeness
        try:
            entry = Entry(
                section=section,
                place=place,
                rule=raw.get("rule", ""),
                code=str(kind(raw["code"])) if section != "sectors" else "",
                level=Level(raw.get("level", Level.SUBJECT)),
                output=Output(raw["output"]) if "output" in raw else None,
                sector=raw.get("sector", ""),
                nature=Nature(raw["nature"]) if "nature" in raw else None,
                unless=self.conditions(section, f"{place}, unless", raw.get("unless")),
                only_with=self.conditions(section, f"{place}, only_with", raw.get("only_with")),
            )
        except (ValueError, KeyError) as error:
            raise self.bad(place, f"{error}") from error
        if (entry.sector or section == "sectors") and entry.sector not in SECTORS:
            raise self.bad(place, f"no COFOG division {entry.sector!r}")
        self.add_phrases(section, entry, raw.get("phrases") or {})

    def check_rule(self, section: str, place: str, raw: Mapping[str, Any]) -> None:
        """A rule of the codebook, of the section's axis; and a code beside it."""
        if section == "sectors":
            return
        rule = raw.get("rule")
        if rule not in RULES:
            raise self.bad(place, f"unknown rule {rule!r}")
        if rule[0] not in _AXES.get(section, rule):
            raise self.bad(place, f"{rule} is no rule of {section}")
        if "code" not in raw:
            raise self.bad(place, "no code is given")

    def conditions(self, section: str, place: str, texts: Any) -> tuple[Entry, ...]:  # noqa: ANN401
        if not texts:
            return ()
        if not isinstance(texts, list):
            raise self.bad(place, "a list of phrases is expected")
        entry = Entry("condition", place)
        for text in texts:
            if not isinstance(text, str):
                raise self.bad(place, f"{text!r} is no phrase")
            self.add_phrase(section, entry, text)
        return (entry,)

    def add_phrases(self, section: str, entry: Entry, phrases: Any) -> None:  # noqa: ANN401
        if not isinstance(phrases, dict) or not phrases:
            raise self.bad(entry.place, "no phrases")
        for text, example in phrases.items():
            if not isinstance(text, str) or not isinstance(example, str) or not example:
                raise self.bad(entry.place, f"phrase {text!r} needs an example")
            self.examples.append(Example(entry, text, self.add_phrase(section, entry, text), example))

    def add_phrase(self, section: str, entry: Entry, text: str) -> tuple[Phrase, ...]:
        """The phrases that `text` stands for: alternatives of several words are parted by a slash."""
        phrases = []
        for alternative in text.split(" / "):
            steps, head, tail = self.steps(entry.place, alternative)
            if entry.section != "condition":
                self.refuse_twin(entry, text, (section, steps, head, tail))
            self.order += 1
            phrases.append(build_phrase(alternative, steps, (head, tail), self.order, entry))
        self.phrases["results" if section in ("results", "noise") else "names"].extend(phrases)
        return tuple(phrases)

    def refuse_twin(self, entry: Entry, text: str, meaning: tuple[Any, ...]) -> None:
        """One meaning stands once in a section, however it is written: other case, order or form of the words."""
        twin = self.seen.setdefault(meaning, entry)
        if meaning in self.written:
            same = (twin.code, twin.sector) == (entry.code, entry.sector)
            other = "" if self.written[meaning] == text else f", phrase {self.written[meaning]!r}"
            raise self.bad(entry.place, f"phrase {text!r} {'repeats' if same else 'contradicts'} {twin.place}{other}")
        self.written[meaning] = text

    def steps(self, place: str, text: str) -> tuple[Any, int, int]:
        try:
            return parse_phrase(text, self.classes, self.keys_of)
        except ContentError as error:
            raise self.bad(place, f"bad phrase {text!r}: {error}") from error

    def keys_of(self, atom: str) -> frozenset[str]:
        """What a plain word of a phrase stands for: itself if it is a dictionary form, else its dictionary forms."""
        word = fold_word(atom)
        if self.lang is not Lang.RU:
            return frozenset({word})
        lemmas = self.readings(word)
        return frozenset({word}) if word in lemmas else lemmas

    def check_keys(self, place: str, raw: Any, allowed: set[str]) -> None:  # noqa: ANN401
        if not isinstance(raw, dict):
            raise self.bad(place, "a mapping is expected")
        for key in raw:
            if key not in allowed:
                raise self.bad(place, f"unknown field {key!r}")

    def bad(self, place: str, message: str) -> ContentError:
        return ContentError(f"lexicon/{self.name}, {place}: {message}")
