"""What is wrong with a lexicon though it loads: phrases that never fit, entries that others overrule."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.coding.coder import Coder
from auditor.coding.lexicon import Example, Lexicon
from auditor.coding.phrases import Found, Matcher
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
