"""How likely a portal listing shows a service whose name it shortens: names, result, category, ministry, code.

All languages of one address are weighed together. Weights are log-odds set by hand on names of the real portal and the
register (tests/auditor/link/portal_pairs.csv holds others, which they were not set on).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from auditor.link.portal_words import (
    LIGHT,
    action,
    head,
    initials,
    kinds,
    official,
    result_said,
    said_words,
    same_word,
    spelt_out,
    unfolded_compound,
    wordings,
)
from auditor.link.words import field_key, folded, name_key, numbers, stem, turns
from auditor.records import Listing
from crawler.pages.records import Lang

#: A register code in a slug (`00203002_mvd`): the code of the page's time, evidence but no proof.
SLUG_CODE = re.compile(r"(?<!\d)(?:2F)?(\d{8})(?!\d)")
_MINISTRY = re.compile(r"_([a-z]+)\d*$")

#: Odds from which a listing is linked, by which it must beat any other service, and from which a person is asked.
LINK_FROM, LEAD, ASK_FROM = 2.0, 1.3, 0.6
#: The lead of one of several services that bear the very name: what stands beside the name has to decide.
LEAD_NAMED = 0.75
#: The same where nothing else comes near: the telling words of a short name are one service's alone.
LINK_ALONE_FROM, LEAD_ALONE = 0.9, 2.5
NAME_WEIGHT, NAME_NEUTRAL = 12.0, 0.80
#: Of the likeness of names: the share that the listing's words in the register's name have; the rest is the cosine.
INSIDE = 0.65
TURN_MISSING, NUMBER_DIFFERS = -6.0, -4.0
#: The service turns on a word that the listing has not: it begins with it, or has it among others.
TURN_FIRST, TURN_MORE = -2.5, -1.0
#: Another kind of thing; a further kind: information about X is another service than X.
KIND_DIFFERS, KIND_MORE = -2.0, -0.8
RESULT_AGREES, RESULT_DIFFERS = 1.5, -0.5
CATEGORY_AGREES, CATEGORY_DIFFERS = 0.8, -0.8
MINISTRY_AGREES, MINISTRY_DIFFERS = 0.8, -0.8
CODE_AGREES = 2.5
#: Another address has this service's very name.
TAKEN = -0.7
#: Odds of one language are not taken for lower: its name may be shortened past knowing.
LEAST = -2.0
#: Links of one category or ministry from which their absence elsewhere says something.
LEARNED_FROM = 4
#: Least weight of words that a result text must hold to say anything.
RESULT_HOLDS = 0.8


@dataclass(frozen=True, slots=True)
class ServiceName:
    """A name of a service in one language, and the row that bears or bore it. `current`: in the edition in force."""

    service: str
    entry: str
    lang: Lang
    name: str
    code: str
    current: bool
    subname: str = ""
    section: str = ""
    subsection: str = ""
    developer: str = ""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One service that a listing's address may show: its odds, its best name by language, what spoke for it."""

    service: str
    odds: float
    names: Mapping[Lang, ServiceName]
    said: tuple[tuple[str, str], ...]

    @property
    def probability(self) -> float:
        """The odds as a probability, 0–1."""
        return float(1.0 / (1.0 + np.exp(-self.odds)))


@dataclass(slots=True)
class Shelf:
    """Names by language with the weight of their words, and which name holds which word."""

    names: Sequence[ServiceName]
    weight: dict[Lang, dict[str, float]] = field(default_factory=dict)
    unseen: dict[Lang, float] = field(default_factory=dict)
    stems: dict[int, frozenset[str]] = field(default_factory=dict)
    heads: dict[int, frozenset[str]] = field(default_factory=dict)
    holding: dict[Lang, dict[str, list[int]]] = field(default_factory=dict)
    langs: dict[str, set[Lang]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, names: Sequence[ServiceName]) -> Shelf:
        """Weigh words by how rare they are among the different names of a language; general ones are light."""
        shelf = cls(names)
        for name in names:
            shelf.langs[name.service].add(name.lang)
        for lang in sorted({name.lang for name in names}):
            holding: dict[str, list[int]] = defaultdict(list)
            once: dict[str, frozenset[str]] = {}
            for index, name in enumerate(names):
                if name.lang is not lang:
                    continue
                text = folded(name.name)
                shelf.stems[index] = once[text] = frozenset(map(stem, said_words(text)))
                shelf.heads[index] = frozenset(map(stem, said_words(head(text))))
                for word in sorted(shelf.stems[index]):
                    holding[word].append(index)
            seen = Counter(word for stems in once.values() for word in stems)
            total = float(np.log(len(once) + 8))
            shelf.weight[lang] = {
                word: (0.25 if word in LIGHT else 1.0) * max((total - float(np.log(times + 1))) / total, 0.1)
                for word, times in seen.items()
            }
            shelf.unseen[lang] = (total - float(np.log(2))) / total
            shelf.holding[lang] = holding
        return shelf

    def mass(self, lang: Lang, stems: Iterable[str]) -> float:
        """The weight of these words together."""
        known, unseen = self.weight[lang], self.unseen[lang]
        return sum(known.get(word, 0.25 * unseen if word in LIGHT else unseen) for word in sorted(stems))

    def near(self, lang: Lang, text: str) -> set[int]:
        """The names that share a telling word with a folded text, or one with its first letters."""
        holding = self.holding.get(lang, {})
        found: set[int] = set()
        for word in said_words(text):
            key = stem(word)
            if key in LIGHT:
                continue
            if key in holding:
                found.update(holding[key])
                continue
            # A form with another ending, a misspelling, two words drawn together: they begin alike.
            for other in holding:
                if other[:3] == key[:3]:
                    found.update(holding[other])
        return found


@dataclass(slots=True)
class Habits:
    """What sure links say: which sections a category's listings show, which bodies a ministry's mark in the slug."""

    sections: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    bodies: dict[tuple[str, Lang], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    taken: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def learn(self, listing: Listing, name: ServiceName) -> None:
        """Take note of one sure link."""
        self.taken[name.service].add(listing.slug)
        for category in listing.categories:
            self.sections[field_key(category)][_section(name)] += 1
        if name.developer and (mark := ministry(listing.slug)):
            self.bodies[mark, name.lang][field_key(name.developer)] += 1

    def category(self, listing: Listing, name: ServiceName) -> float:
        """Odds from the category: by sure links, else by words that it shares with the service's headings."""
        best = 0.0
        for category in listing.categories:
            seen = self.sections.get(field_key(category), Counter())
            if _section(name) and seen.total() >= LEARNED_FROM:
                share = seen[_section(name)] / seen.total()
                best += CATEGORY_AGREES if share >= 0.15 else (CATEGORY_DIFFERS if not share else 0.0)
            elif _telling(category) & (_telling(name.section) | _telling(name.subsection)):
                best += CATEGORY_AGREES
        return max(min(best, CATEGORY_AGREES), CATEGORY_DIFFERS)

    def ministry(self, listing: Listing, name: ServiceName) -> float:
        """Odds from the ministry's mark in the slug."""
        seen = self.bodies.get((ministry(listing.slug), name.lang), Counter())
        if not name.developer or seen.total() < LEARNED_FROM:
            return 0.0
        share = seen[field_key(name.developer)] / seen.total()
        return MINISTRY_AGREES if share >= 0.15 else (MINISTRY_DIFFERS if not share else 0.0)


def ministry(slug: str) -> str:
    """The ministry's mark that a slug ends in (`pass158_mtszn`), "" without one."""
    found = _MINISTRY.search(slug.casefold())
    return found[1] if found else ""


def weigh(group: Sequence[Listing], shelf: Shelf, habits: Habits) -> list[Weighed]:
    """The services that the listings of one address may show, likeliest first, down to the odds worth a question."""
    found: dict[str, dict[Lang, tuple[float, ServiceName, tuple[tuple[str, str], ...]]]] = defaultdict(dict)
    read = [listing for listing in group if listing.lang in shelf.weight and listing.name]
    for listing in read:
        near = shelf.near(listing.lang, f"{official(listing.name)} {result_said(listing.result)}")
        for index in near | _by_initials(listing, shelf) | _by_code(listing, shelf):
            name = shelf.names[index]
            odds, said = _odds(listing, index, shelf, habits)
            kept = found[name.service].get(listing.lang)
            if kept is None or (odds, name.current) > (kept[0], kept[1].current):
                found[name.service][listing.lang] = odds, name, said
    weighed = []
    for service, by_lang in found.items():
        spoken = shelf.langs[service] & {one.lang for one in read}
        odds = sum(by_lang[lang][0] if lang in by_lang else LEAST for lang in spoken) / max(len(spoken), 1)
        if any(slug != group[0].slug for slug in habits.taken.get(service, ())):
            odds += TAKEN
        if odds >= ASK_FROM:
            first = min(by_lang, key=lambda lang: lang != Lang.RU)
            names = {lang: name for lang, (_, name, _) in by_lang.items()}
            weighed.append(Weighed(service, round(odds, 4), names, by_lang[first][2]))
    return sorted(weighed, key=lambda one: (-one.odds, one.service))


def inside(said: str, listing: Listing, index: int, shelf: Shelf) -> tuple[float, float]:
    """How much of `said`, a wording of the listing's name, the register's name holds, and the cosine of both, 0–1."""
    theirs = shelf.stems[index]
    spoken = said_words(folded(shelf.names[index].name))
    matched: set[str] = set()
    mine: set[str] = set()
    for word in said_words(said):
        parts = _meant(word, listing, spoken, theirs)
        matched |= parts
        mine |= parts or {stem(word)}
    mass = shelf.mass(listing.lang, mine)
    common = shelf.mass(listing.lang, matched)
    whole = float(np.sqrt(mass * shelf.mass(listing.lang, shelf.heads[index] | matched)))
    return common / max(mass, 1e-6), common / max(whole, 1e-6)


def _meant(word: str, listing: Listing, spoken: tuple[str, ...], theirs: frozenset[str]) -> frozenset[str]:
    """The stems of the register's name that a word of the listing stands for."""
    key = stem(word)
    if key in theirs:
        return frozenset((key,))
    if word in initials(listing.name):
        return spelt_out(word, spoken)
    if word.isdigit():
        return frozenset()
    near = next((other for other in spoken if same_word(word, other, listing.lang)), None)
    if near is not None:
        return frozenset((stem(near),))
    return unfolded_compound(word, spoken) if len(word) > 6 else frozenset()


def _odds(listing: Listing, index: int, shelf: Shelf, habits: Habits) -> tuple[float, tuple[tuple[str, str], ...]]:
    """The log-odds that a listing shows the service of a name in its language, and what they are made of."""
    name = shelf.names[index]
    best: dict[str, float] = {}
    held = 0.0
    for said in wordings(listing.name):
        share, cosine = inside(said, listing, index, shelf)
        likeness = INSIDE * share + (1 - INSIDE) * cosine
        own = {
            "name": NAME_WEIGHT * (likeness - NAME_NEUTRAL),
            "wording": _telling_words(said, folded(name.name)),
        }
        if not best or sum(own.values()) > sum(best.values()):
            best, held = own, share
    parts = {
        **best,
        "result": _result(listing, index, shelf),
        "category": habits.category(listing, name),
        "ministry": habits.ministry(listing, name),
        "slug_code": CODE_AGREES if slug_code(listing.slug) == name.code != "" else 0.0,
    }
    told = (("name_held", f"{held:.2f}"), *((what, f"{odds:+.1f}") for what, odds in parts.items() if odds))
    return max(sum(parts.values()), LEAST), told


def slug_code(slug: str) -> str:
    """The register code in a slug, "" without one."""
    found = SLUG_CODE.search(slug)
    return found[1] if found else ""


def _telling_words(mine: str, theirs: str) -> float:
    """Penalties for words that make another service of a name: its turn, its number, the kind of thing promised."""
    odds = 0.0
    if turns(mine) - turns(theirs):
        odds += TURN_MISSING
    elif turns(head(theirs)) - turns(mine):
        odds += TURN_FIRST if turns(action(theirs)) - turns(mine) else TURN_MORE
    if numbers(mine) and numbers(theirs) and numbers(mine) != numbers(theirs):
        odds += NUMBER_DIFFERS
    if kinds(mine) and kinds(theirs) and not kinds(mine) & kinds(theirs):
        odds += KIND_DIFFERS
    elif kinds(mine) and kinds(head(theirs)) - kinds(mine):
        odds += KIND_MORE
    return odds


def _result(listing: Listing, index: int, shelf: Shelf) -> float:
    """Odds from the result text: whether what it names lies in the service's name."""
    said = frozenset(map(stem, said_words(result_said(listing.result)))) - LIGHT
    mass = shelf.mass(listing.lang, said)
    if mass < RESULT_HOLDS:
        return 0.0
    held = shelf.mass(listing.lang, said & shelf.stems[index]) / mass
    return RESULT_AGREES if held >= 0.8 else (RESULT_AGREES / 2 if held >= 0.5 else (0.0 if held else RESULT_DIFFERS))


def _by_initials(listing: Listing, shelf: Shelf) -> set[int]:
    found = set()
    for short in initials(listing.name):
        for index in shelf.stems:
            name = shelf.names[index]
            if name.lang is listing.lang and spelt_out(short, said_words(folded(name.name))):
                found.add(index)
    return found


def _by_code(listing: Listing, shelf: Shelf) -> set[int]:
    code = slug_code(listing.slug)
    if not code:
        return set()
    return {
        index for index in shelf.stems if shelf.names[index].code == code and shelf.names[index].lang is listing.lang
    }


def _section(name: ServiceName) -> str:
    # Headings differ by language and change by edition, numbers do not: a listing's language must not matter.
    return name.code[:3] if name.code else name_key(name.section)


def _telling(text: str) -> frozenset[str]:
    return frozenset(map(stem, said_words(folded(text)))) - LIGHT
