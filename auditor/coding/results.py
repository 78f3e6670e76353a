"""What of a result text is a result: refusals, headings and the form of handing over are struck out first.

What is only promised for later ("if admitted", "the order is issued afterwards") is no final thing yet (C10), but a
step named there stays one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from auditor.coding.lexicon import Entry, Level
from auditor.coding.phrases import Found, Token
from auditor.records import Completeness, Output

_STRONG = frozenset(".;\n\r•")
#: A full stop after a bare number or a one-letter abbreviation ends no sentence (п. 9, 2.).
_SHORT_WORD = 2


def breaks_in(text: str, spans: Sequence[tuple[int, int]]) -> list[bool]:
    """For each word, whether a sentence or list item ends between the word before and it."""
    ends = [False] * len(spans)
    for number in range(1, len(spans)):
        between = text[spans[number - 1][1] : spans[number][0]]
        if _STRONG.isdisjoint(between):
            continue
        before = spans[number - 1]
        short = before[1] - before[0] <= _SHORT_WORD and text[before[0] : before[1]].islower()
        ends[number] = not (between.strip() == "." and short)
    return ends


def signs_in(text: str, spans: Sequence[tuple[int, int]], signs: str) -> list[bool]:
    """For each word, whether one of `signs` stands between the word before and it: «(об отказе в назначении)»."""
    gaps = [text[spans[number - 1][1] : spans[number][0]] for number in range(1, len(spans))]
    return [False, *(any(sign in gap for sign in signs) for gap in gaps)] if spans else []


def struck_out(
    tokens: Sequence[Token],
    found: Sequence[Found],
    breaks: Sequence[bool],
    signs: tuple[Sequence[bool], Sequence[bool]],
    connectors: frozenset[str],
) -> list[bool]:
    """For each word, whether it belongs to a refusal or to the form of handing the result over.

    `signs`: before which words a bracket stands, and before which a comma, colon or dash. A refusal takes in the
    alternative it stands in; one that opens a clause of its own («…, при отказе – ответ») only what follows.
    """
    brackets, clauses = signs
    limits = [either or other for either, other in zip(breaks, brackets, strict=True)]
    noise = [one for one in found if one.entry.section == "noise"]
    opened = [one for one in noise if one.entry.code == "refused" and clauses[one.start]]
    out = [False] * len(tokens)
    for one in noise:
        start, end = one.start, one.end
        if one.entry.code in ("refusal", "refused"):
            if not any(clause.start <= start < clause.end for clause in opened):
                start = _back(tokens, start, limits, connectors)
            end = _forward(tokens, end, limits, connectors)
        elif one.entry.code == "form":
            end = _forward(tokens, end, breaks, frozenset())
        else:
            continue
        for place in range(start, end):
            out[place] = True
    return out


def put_off(
    tokens: Sequence[Token], found: Sequence[Found], breaks: Sequence[bool], commas: Sequence[bool]
) -> list[bool]:
    """For each word, whether it tells what comes only on a condition or later, so that it is not delivered yet.

    A condition reaches to the end of its sentence; a word for "later" takes in its clause, to the comma on both sides.
    """
    limits = [either or other for either, other in zip(breaks, commas, strict=True)]
    off = [False] * len(tokens)
    for one in found:
        start, end = one.start, one.end
        if one.entry.section != "noise" or one.entry.code not in ("condition", "later"):
            continue
        if one.entry.code == "later":
            start = _back(tokens, start, limits, frozenset())
            end = _forward(tokens, end, limits, frozenset())
        else:
            end = _forward(tokens, end, breaks, frozenset())
        off[start:end] = [True] * (end - start)
    return off


def told_beside(found: Sequence[Found], breaks: Sequence[bool], stops: Sequence[bool]) -> list[bool]:
    """For each word, whether its sentence only tells what people do ("the employer then concludes a contract").

    Such a sentence has a verb, and none of handing the result over. `stops`: before which words a full stop stands.
    """
    beside = [False] * len(breaks)
    told = {kind: [one.start for one in found if one.entry.code == kind] for kind in ("aside", "given")}
    starts = [0, *(place for place, stop in enumerate(stops) if stop and breaks[place]), len(breaks)]
    for start, end in pairwise(starts):
        if any(start <= at < end for at in told["aside"]) and not any(start <= at < end for at in told["given"]):
            beside[start:end] = [True] * (end - start)
    return beside


def without_asides(standing: Sequence[Found], beside: Sequence[bool]) -> list[Found]:
    """The phrases without the final things of such sentences, where a step stands before them as the result."""
    steps = [one.start for one in standing if one.entry.code == Completeness.PARTIAL and not beside[one.start]]
    first = min(steps, default=len(beside))
    return [one for one in standing if not (_is_final(one.entry) and beside[one.start] and one.start > first)]


def _back(tokens: Sequence[Token], start: int, breaks: Sequence[bool], connectors: frozenset[str]) -> int:
    """The beginning of the alternative that holds `start`: after a break, or at the connector ("or")."""
    place = start
    while place > 0 and not breaks[place] and tokens[place].form not in connectors:
        place -= 1
    return place


def _forward(tokens: Sequence[Token], end: int, breaks: Sequence[bool], connectors: frozenset[str]) -> int:
    place = end
    while place < len(tokens) and not breaks[place] and tokens[place].form not in connectors:
        place += 1
    return place


#: A final thing only promised for later, and no step named: the papers were taken in (C10).
_PROMISED = Entry("results", "what comes later", "C10", str(Completeness.PARTIAL), output=Output.ACCEPTANCE)


def promised(found: Sequence[Found], standing: Sequence[Found], off: Sequence[bool]) -> list[Found]:
    """The word for "later" as a step, where it puts off every final thing and nothing else of the result stands."""
    if any(one.entry.rule[0] == "C" for one in standing):
        return []
    final = any(_is_final(one.entry) and any(off[one.start : one.end]) for one in found if one.entry.section != "noise")
    later = [one for one in found if one.entry.section == "noise" and one.entry.code == "later"]
    return [Found(one.phrase, _PROMISED, one.start, one.end) for one in later[:1]] if final else []


def still_standing(
    found: Sequence[Found], out: Sequence[bool], off: Sequence[bool], breaks: Sequence[bool]
) -> list[Found]:
    """The found phrases that lie in one sentence, touch nothing struck out and, where final, nothing put off."""
    return [
        one
        for one in found
        if one.entry.section != "noise"
        and not any(out[one.start : one.end])
        and not any(breaks[one.start + 1 : one.end])
        and not (_is_final(one.entry) and any(off[one.start : one.end]))
    ]


def _is_final(entry: Entry) -> bool:
    """Stated exceptions stand whatever is put off: care that "is then given at home" (C10)."""
    return entry.code == Completeness.COMPLETE and entry.level is not Level.EXCEPTION
