"""The Russian and the Kazakh row of one service in one edition: paired by code, then by place.

Differences are findings: the two texts of an act have equal force, so a row or a delivery form that only one of them
has is a fact to report.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from auditor.records import Entry, Link, LinkState, LinkType
from crawler.pages.records import Finding, Level

Pair = tuple[Entry, Entry]


def pair_languages(first: Sequence[Entry], second: Sequence[Entry]) -> tuple[list[Link], list[Finding]]:
    """Translation links between the live rows of one edition in two languages, and what the two texts disagree on.

    Findings: `row_only_in_one_language`, `dead_in_one_language`, `code_differs`, `forms_differ`, `payments_differ`,
    `recipients_differ`; their address is the row's key.
    """
    ones, twos = [e for e in first if not e.dead], [e for e in second if not e.dead]
    pairs, rules = _by_code(ones, twos)
    placed, unsure = _by_place(ones, twos, pairs)
    links = [_link(pair, rule) for pair, rule in zip(pairs, rules, strict=True)]
    links += [_link(pair, "place") for pair in placed]
    links += [_link(pair, "place_unsure", LinkState.CANDIDATE) for pair in unsure]
    findings = _disagreements([*pairs, *placed])
    paired = {entry.key for pair in (*pairs, *placed) for entry in pair}
    for rows, other in ((ones, second), (twos, first)):
        dead = {entry.code for entry in other if entry.dead and entry.code}
        findings += [_alone(entry, dead, other) for entry in rows if entry.key not in paired]
    place = {entry.key: entry.ordinal for entry in first}
    return sorted(links, key=lambda link: (place[link.older], link.newer)), findings


def _by_code(ones: Sequence[Entry], twos: Sequence[Entry]) -> tuple[list[Pair], list[str]]:
    """Rows of one code, by order where a code stands several times and as often in both texts."""
    codes: dict[str, list[Entry]] = defaultdict(list)
    for entry in twos:
        if entry.code:
            codes[entry.code].append(entry)
    mine: dict[str, list[Entry]] = defaultdict(list)
    for entry in ones:
        if entry.code:
            mine[entry.code].append(entry)
    pairs: list[Pair] = []
    rules = []
    for code, rows in mine.items():
        others = codes.get(code, [])
        if len(others) == len(rows):
            pairs += zip(rows, others, strict=True)
            rules += ["code" if len(rows) == 1 else "code_in_order"] * len(rows)
    return pairs, rules


def _by_place(ones: Sequence[Entry], twos: Sequence[Entry], pairs: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Rows that stand alike between paired rows: certain if the gap is filled alike, unsure if details differ."""
    image = {one.key: index for index, (one, _) in enumerate(pairs)}
    mirror = {two.key: index for index, (_, two) in enumerate(pairs)}
    gaps: dict[tuple[int, int], tuple[list[Entry], list[Entry]]] = defaultdict(lambda: ([], []))
    for side, rows, anchors in ((0, ones, image), (1, twos, mirror)):
        for gap, entry in _gaps(rows, anchors):
            gaps[gap][side].append(entry)
    certain: list[Pair] = []
    unsure: list[Pair] = []
    for mine, others in gaps.values():
        if len(mine) != len(others):
            continue
        for pair in zip(mine, others, strict=True):
            coded_apart = bool(pair[0].code and pair[1].code)
            agree = pair[0].forms == pair[1].forms and pair[0].payments == pair[1].payments
            (certain if agree and (len(mine) == 1 or not coded_apart) else unsure).append(pair)
    return certain, unsure


def _gaps(rows: Sequence[Entry], anchors: dict[str, int]) -> list[tuple[tuple[int, int], Entry]]:
    """Each unpaired row with the anchors before and behind it (-1: none)."""
    following = []
    behind = -1
    for entry in reversed(rows):
        behind = anchors.get(entry.key, behind)
        following.append(behind)
    before = -1
    found = []
    for entry, next_anchor in zip(rows, reversed(following), strict=True):
        if entry.key in anchors:
            before = anchors[entry.key]
        else:
            found.append(((before, next_anchor), entry))
    return found


def _link(pair: Pair, rule: str, state: LinkState = LinkState.ACCEPTED) -> Link:
    sure = state is LinkState.ACCEPTED
    score = 1.0 if rule == "code" else (0.9 if sure else 0.5)
    return Link(LinkType.TRANSLATION, pair[0].key, pair[1].key, score, rule, state, score)


def _disagreements(pairs: Sequence[Pair]) -> list[Finding]:
    found = []
    for one, two in pairs:
        if one.code != two.code:
            found.append(_differs("code", one, (one.code, two.code), two))
        for name in ("forms", "payments", "recipients"):
            before, after = getattr(one, name), getattr(two, name)
            # A text that was not understood has its own finding; here only two readings that contradict count.
            if before and after and before != after:
                found.append(_differs(name, one, (" ".join(sorted(before)), " ".join(sorted(after))), two))
    return found


def _differs(what: str, one: Entry, values: tuple[str, str], two: Entry) -> Finding:
    code = "code_differs" if what == "code" else f"{what}_differ"
    said = f"{one.lang}: {values[0] or '–'} | {two.lang}: {values[1] or '–'}"
    message = f"the {one.lang} and the {two.lang} text of one row differ in {what}"
    return Finding(code, Level.WARNING, one.key, message, said[:500])


def _alone(entry: Entry, dead: set[str], other: Sequence[Entry]) -> Finding:
    lang = other[0].lang if other else "other"
    if entry.code and entry.code in dead:
        message = f"the row is excluded in the {lang} text and stands in the {entry.lang} one"
        return Finding("dead_in_one_language", Level.WARNING, entry.key, message, entry.name[:500])
    message = f"no row of the {lang} text goes with this {entry.lang} row"
    return Finding("row_only_in_one_language", Level.WARNING, entry.key, message, entry.name[:500])
