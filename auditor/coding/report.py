"""What is wrong with a lexicon though it loads: phrases that never fit, entries that others overrule."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from auditor.coding.coder import Coder
from auditor.coding.lexicon import Entry, Example, Lexicon
from auditor.coding.phrases import Found, Matcher, Phrase
from auditor.coding.words import spans_of
from auditor.records import CodingInput


def faults_of(lexicon: Lexicon, coder: Coder) -> list[str]:
    """One line for each phrase that is not found in its own example, or whose example is coded otherwise."""
    faults = []
    for example in lexicon.examples:
        where = f"lexicon/{lexicon.lang}.yml, {example.entry.place}: phrase {example.written!r}"
        matcher = _matcher(lexicon, example)
        if not any(one.phrase in example.phrases for one in _find(matcher, example.text)):
            faults.append(f"{where} is not found in its example {example.text!r}")
        elif example.entry.section in ("nature", "completeness"):
            coding = coder.code(CodingInput(example.text, lang=lexicon.lang))
            given = getattr(coding, example.entry.section)
            if given != example.entry.code:
                faults.append(f"{where}: its example {example.text!r} is coded {given}, not {example.entry.code}")
    return faults


def contradictions_in(lexicon: Lexicon) -> list[str]:
    """One line for each two phrases that fit the same words with different codes, so that their order alone decides.

    Phrases of one section and level, bound to the same ends, without conditions, with a word in common at every step.
    """
    phrases = [(example.entry, phrase) for example in lexicon.examples for phrase in example.phrases]
    groups: dict[tuple[object, ...], list[tuple[Entry, Phrase]]] = {}
    for entry, phrase in phrases:
        if entry.section != "noise" and not entry.unless and not entry.only_with:
            alike = (entry.section, entry.rank, phrase.words, phrase.head, phrase.tail)
            groups.setdefault(alike, []).append((entry, phrase))
    return [
        f"lexicon/{lexicon.lang}.yml, {other.place}: phrase {second.text!r} contradicts {one.place}, "
        f"phrase {first.text!r}: the same words may be meant"
        for group in groups.values()
        for (one, first), (other, second) in combinations(group, 2)
        if _differ(one, other) and all(not a.isdisjoint(b) for a, b in zip(_words(first), _words(second), strict=True))
    ]


def _differ(one: Entry, other: Entry) -> bool:
    if one.nature and other.nature and one.nature != other.nature:
        return False
    return (one.code, one.sector if one.section == "sectors" else "") != (
        other.code,
        other.sector if other.section == "sectors" else "",
    )


def _words(phrase: Phrase) -> list[frozenset[str]]:
    before, after = ([step.keys for step in steps] for steps in (phrase.before, phrase.after))
    return [*reversed(before), phrase.anchor, *after]


def unused_in(lexicon: Lexicon, names: Iterable[str], results: Iterable[str]) -> list[str]:
    """One line for each phrase that occurs in none of the names (or, for result phrases, of the result texts)."""
    seen = {id(one.phrase) for name in names for one in _find(lexicon.names, name)}
    seen |= {id(one.phrase) for result in results for one in _find(lexicon.results, result)}
    return [
        f"lexicon/{lexicon.lang}.yml, {example.entry.place}: phrase {example.written!r} occurs nowhere"
        for example in lexicon.examples
        if not any(id(phrase) in seen for phrase in example.phrases)
    ]


def _matcher(lexicon: Lexicon, example: Example) -> Matcher:
    return lexicon.results if example.entry.section in ("results", "noise") else lexicon.names


def _find(matcher: Matcher, text: str) -> list[Found]:
    return matcher.find(matcher.tokens(text, spans_of(text)))
