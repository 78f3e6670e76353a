"""From phrases found to the codes: which entry wins, and what the winning of it says. Pure functions.

Nature: the strongest level wins (lexicon.Level); within a level the words nearest to what the name does, which stand
first in Russian and English and last in Kazakh. Completeness: what the result text says once refusals and forms of
handing over are struck out, else the name (C11).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auditor.coding.lexicon import Entry, Heads, Level
from auditor.coding.phrases import Found, Token
from auditor.records import Completeness, Nature


@dataclass(slots=True)
class Verdict:
    """One axis decided: the code, the phrase that decided (None: a default), its field, and how sure that kind is."""

    code: str
    found: Found | None
    field: str
    rule: str
    basis: str  # which kind of ground: the key of the confidence table

    @property
    def entry(self) -> Entry | None:
        """The lexicon entry that decided."""
        return self.found.entry if self.found else None


def standing(found: Iterable[Found]) -> dict[str, list[Found]]:
    """What counts of what was found, by section: an entry needs its `only_with` and is void with its `unless`."""
    kept: dict[str, list[Found]] = {}
    for one in found:
        section = one.entry.section
        if section in kept:
            kept[section].append(one)
        else:
            kept[section] = [one]
    met = {id(one.entry) for one in kept.pop("condition", ())}
    for section, ones in kept.items():
        kept[section] = [one for one in ones if _conditions_hold(one.entry, met)]
    return kept


def _conditions_hold(entry: Entry, met: set[int]) -> bool:
    if entry.unless and id(entry.unless[0]) in met:
        return False
    return not entry.only_with or id(entry.only_with[0]) in met


def best(found: Sequence[Found], *, head_last: bool) -> Found | None:
    """The entry that wins: strongest level, then nearest to the head, then the longest phrase, then lexicon order."""
    if len(found) < 2:
        return found[0] if found else None
    strongest = min([one.entry.rank for one in found])
    first = [one for one in found if one.entry.rank == strongest]
    if len(first) == 1:
        return first[0]

    def key(one: Found) -> tuple[int, int, int, int]:
        phrase = one.phrase
        assert phrase is not None
        return -one.end if head_last else one.start, -phrase.words, one.end - one.start, phrase.order

    return min(first, key=key)


@dataclass(frozen=True, slots=True)
class Name:
    """A name's words and where they lie in its text."""

    tokens: list[Token]
    text: str
    spans: Sequence[tuple[int, int]]

    def comma_before(self, place: int) -> bool:
        """Whether a comma parts the word at `place` from the one before it."""
        if not 0 < place < len(self.spans):
            return False
        between = self.text[self.spans[place - 1][1] : self.spans[place][0]]
        return "," in between or ";" in between


def completeness_by_name(found: Sequence[Found], name: Name, heads: Heads, nature: str) -> Verdict | None:
    """What the name promises: the final thing, or a step towards it. None if no entry speaks.

    A step in the name is overruled by a finishing head that stands beside it (C5: "queue and grant").
    """
    fitting = [one for one in found if one.entry.nature in (None, nature)]
    stated = best([one for one in fitting if one.entry.level is Level.EXCEPTION], head_last=heads.last)
    if stated is not None:
        return _by(stated, "name", "name_exception")
    steps = [one for one in fitting if one.entry.code == Completeness.PARTIAL]
    if steps:
        step = best(steps, head_last=heads.last)
        finishing = finishing_head(name, heads, steps)
        if finishing is None:
            return _by(step, "name", "name_step")
        return Verdict(Completeness.COMPLETE, step, "name", "C5", "name_joined")
    final = best(fitting, head_last=heads.last)
    return _by(final, "name", "name_final") if final is not None else None


def _by(found: Found | None, field: str, basis: str) -> Verdict:
    assert found is not None
    entry = found.entry
    return Verdict(entry.code, found, field, entry.rule, basis)


def finishing_head(name: Name, heads: Heads, steps: Sequence[Found]) -> int | None:
    """The place of a finishing head outside the steps, in the form and the company in which it is done, not aimed at.

    Done: at the name's edge, or joined by "and" or a comma («прием документов и зачисление», «кезекке қою және беру»).
    Aimed at: any other word stands there («на зачисление», «беру үшін»).
    """
    tokens = name.tokens
    for place, token in enumerate(tokens):
        if token.form not in heads.finishing or any(step.start <= place < step.end for step in steps):
            continue
        beside = place + 1 if heads.last else place - 1
        neighbour = tokens[beside].form if 0 <= beside < len(tokens) else ""
        if not neighbour or neighbour in heads.joined_by or name.comma_before(place + heads.last):
            return place
    return None


def completeness_by_result(found: Sequence[Found], nature: str) -> Verdict | None:
    """What the result text says is delivered. None if it names neither a step nor a final thing."""
    fitting = [one for one in found if one.entry.nature in (None, nature)]
    stated = best([one for one in fitting if one.entry.level is Level.EXCEPTION], head_last=False)
    if stated is not None:
        return _by(stated, "result", "result_exception")
    steps = [one for one in fitting if one.entry.code == Completeness.PARTIAL]
    finals = [
        one
        for one in fitting
        if one.entry.code == Completeness.COMPLETE
        and not any(step.start <= one.start and one.end <= step.end for step in steps)
    ]
    if finals:
        verdict = _by(best(finals, head_last=False), "result", "result_joined" if steps else "result_final")
        return Verdict(verdict.code, verdict.found, "result", "C5", verdict.basis) if steps else verdict
    return _by(best(steps, head_last=False), "result", "result_step") if steps else None


def is_human(code: str) -> bool:
    """Whether a nature code is the human one."""
    return code == Nature.HUMAN_SOCIAL
