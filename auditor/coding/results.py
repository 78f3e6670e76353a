"""What of a result text is a result: refusals, headings and the form of handing over are struck out first."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.coding.phrases import Found, Token

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


def brackets_in(text: str, spans: Sequence[tuple[int, int]]) -> list[bool]:
    """For each word, whether a bracket opens or closes between the word before and it: «(об отказе в назначении)»."""
    gaps = [text[spans[number - 1][1] : spans[number][0]] for number in range(1, len(spans))]
    return [False, *("(" in gap or ")" in gap for gap in gaps)] if spans else []


def struck_out(
    tokens: Sequence[Token],
    found: Sequence[Found],
    breaks: Sequence[bool],
    brackets: Sequence[bool],
    connectors: frozenset[str],
) -> list[bool]:
    """For each word, whether it belongs to a refusal, a condition or the form of handing the result over."""
    limits = [either or other for either, other in zip(breaks, brackets, strict=True)]
    out = [False] * len(tokens)
    for one in found:
        entry = one.entry
        if entry.section != "noise":
            continue
        start, end = one.start, one.end
        if entry.code == "refusal":
            start = _back(tokens, start, limits, connectors)
            end = _forward(tokens, end, limits, connectors)
        elif entry.code in ("form", "condition"):
            end = _forward(tokens, end, breaks, frozenset())
        for place in range(start, end):
            out[place] = True
    return out


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


def still_standing(found: Sequence[Found], out: Sequence[bool], breaks: Sequence[bool]) -> list[Found]:
    """The found phrases that lie in one sentence and touch nothing struck out."""
    return [
        one
        for one in found
        if one.entry.section != "noise"
        and not any(out[one.start : one.end])
        and not any(breaks[one.start + 1 : one.end])
    ]
