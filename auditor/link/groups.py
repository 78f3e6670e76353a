"""Splits, mergers and regroupings among the leftover rows of two editions, told by what the names hold.

A parent falls apart in one of two ways: its parts become rows of their own ("X and Y" → "X", "Y"), or its name goes on
in several narrower rows ("licence for X" → "… for persons", "… for companies"). A merger is the same read backwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.link.assignment import ACCEPT_FROM
from auditor.link.scoring import Matrix, Names
from auditor.link.words import turns

#: Least odds from headings, bodies, by-law and place for a row to be a part of another.
CONTEXT_FROM = 0.8
#: The same where the names account for each other nearly word for word.
CONTEXT_FROM_IF_COVERED, WELL_COVERED = -2.5, 0.95
#: How much of a part's name lies in the whole, and how much of the whole its parts must cover together.
PART_INSIDE, COVERED = 0.7, 0.85
#: The same of a part that stands not so near: another act over the same things differs in a light word only.
WELL_INSIDE = 0.97
#: Least share of the whole that each further part must add.
GAIN = 0.08
#: A narrower row holds at least so much of the whole's name.
WHOLE_INSIDE = 0.92
#: Of a regrouping: the share of a name that another holds to be tied to it, and the likeness (cosine of the words)
#: from which one row alone explains another.
EXCHANGED, EXPLAINED = 0.3, 0.75
#: Odds from context by which one part may stand farther from the whole than another.
AS_NEAR = 2.7
#: Odds of rows that are out of question.
STRUCK_OFF = -30.0
#: From this likeness on a row is the whole itself, so nothing fell apart.
THE_WHOLE = 0.97


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that became other rows: positions in the leftover lists, the pairs that tie them, and by which rule."""

    older: tuple[int, ...]
    newer: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]
    rule: str
    score: float  # how much of the names is accounted for, 0–1


@dataclass(frozen=True, slots=True)
class Side:
    """One direction of reading: wholes against possible parts."""

    whole_stems: Sequence[frozenset[str]]
    part_stems: Sequence[frozenset[str]]
    whole_texts: Sequence[str]
    part_texts: Sequence[str]
    weight: dict[str, float]
    context: Matrix  # [whole, part]
    odds: Matrix  # [whole, part]
    home: NDArray[np.bool_]  # [whole, part]: under one heading


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of leftovers (rows: older, columns: newer): folded names, their words, and the odds."""

    older: Sequence[str]
    newer: Sequence[str]
    names: Names
    context: Matrix
    odds: Matrix
    home: NDArray[np.bool_]


def find_groups(found: Evidence) -> list[Group]:
    """Splits and mergers among leftovers; overlapping finds are joined."""
    names = found.names
    forward = Side(names.stems_old, names.stems_new, found.older, found.newer, names.weight,
                   found.context, found.odds, found.home)  # fmt: skip
    backward = Side(names.stems_new, names.stems_old, found.newer, found.older, names.weight,
                    found.context.T, found.odds.T, found.home.T)  # fmt: skip
    pairs: dict[tuple[int, int], tuple[str, float]] = {}
    for whole, parts, rule, score in _fallen_apart(forward):
        pairs.update({(whole, part): (rule, score) for part in parts})
    for whole, parts, rule, score in _fallen_apart(backward):
        pairs.update({(part, whole): (rule, score) for part in parts})
    return _joined(pairs)


def find_regroupings(found: Evidence) -> list[Group]:
    """n → m: rows whose names no other single row explains, but those they are tied to cover together, both ways."""
    names = found.names
    if not names.shared.size:
        return []
    old_alone = names.shared.max(axis=1) < EXPLAINED
    new_alone = names.shared.max(axis=0) < EXPLAINED
    tied = (names.contained >= EXCHANGED) & (found.context >= CONTEXT_FROM) & np.outer(old_alone, new_alone)
    # Found groups are struck off by odds that nothing else has.
    tied &= found.odds > STRUCK_OFF
    pairs = {
        (int(i), int(j)): ("parts_exchanged", float(names.contained[i, j]))
        for i, j in zip(*np.nonzero(tied), strict=True)
    }
    return [
        group
        for group in _joined(pairs)
        if len(group.older) > 1 and len(group.newer) > 1 and _all_covered(group, names)
    ]


def _fallen_apart(side: Side) -> Iterable[tuple[int, list[int], str, float]]:
    """(whole, its parts, rule, score) for every whole that fell into at least two parts."""
    masses = [_mass(stems, side.weight) for stems in side.part_stems]
    best_whole = side.odds.argmax(axis=0) if side.odds.size else np.zeros(len(masses), dtype=np.int64)
    for whole, stems in enumerate(side.whole_stems):
        mass = _mass(stems, side.weight)
        near = [
            part
            for part in np.flatnonzero(side.context[whole] >= CONTEXT_FROM_IF_COVERED).tolist()
            if best_whole[part] == whole or side.odds[best_whole[part], part] < ACCEPT_FROM
        ]
        if not near or not mass:
            continue
        parts, score = _parts(side, whole, near, masses)
        context = min((float(side.context[whole, part]) for part in parts), default=0.0)
        if len(parts) > 1 and score >= (COVERED if context >= CONTEXT_FROM else WELL_COVERED):
            yield whole, parts, "parts_cover_whole", score
            continue
        far = _far_parts(side, whole, near, best_whole)
        parts, score = _parts(side, whole, [*near, *far], masses) if far else ([], 0.0)
        if len(parts) > 1 and score >= WELL_COVERED and not set(parts).isdisjoint(near):
            yield whole, parts, "parts_cover_whole", score
            continue
        longer = _longer(side, whole, near)
        own = int(side.odds[whole].argmax())
        # A row that goes on as another one, misspelt perhaps, did not fall into rows that hold its name besides.
        if own not in longer and side.odds[whole, own] >= ACCEPT_FROM:
            longer = []
        if len(longer) > 1:
            yield whole, longer, "whole_in_each_part", 1.0
            continue
        near = [part for part in near if side.context[whole, part] >= CONTEXT_FROM and side.home[whole, part]]
        narrower, score = _narrower(side, whole, near)
        if len(narrower) > 1:
            yield whole, narrower, "whole_in_each_part", score


def _far_parts(side: Side, whole: int, near: Sequence[int], best_whole: NDArray[np.int64]) -> list[int]:
    """Parts of another body or heading whose words all lie in the whole and go nowhere else.

    Only beside a part that stands near: otherwise nothing but words would speak for it.
    """
    stems = side.whole_stems[whole]
    if not any(side.part_stems[part] and side.part_stems[part] < stems for part in near):
        return []
    known = set(near)
    found = [
        part
        for part, own in enumerate(side.part_stems)
        if own < stems and part not in known
        if best_whole[part] == whole or side.odds[best_whole[part], part] < ACCEPT_FROM
    ]
    alike = Counter(side.part_stems[part] for part in found)
    return [part for part in found if alike[side.part_stems[part]] == 1 and side.odds[whole, part] > STRUCK_OFF]


def _parts(side: Side, whole: int, near: Sequence[int], masses: Sequence[float]) -> tuple[list[int], float]:
    """Rows whose names lie inside the whole's, each adding something, and how much of the whole they cover."""
    stems = side.whole_stems[whole]
    mass = _mass(stems, side.weight)
    inside = []
    for part in near:
        common = _mass(stems & side.part_stems[part], side.weight)
        least = PART_INSIDE if side.context[whole, part] >= CONTEXT_FROM else WELL_INSIDE
        if masses[part] and common / masses[part] >= least and common / mass < 0.9:
            inside.append((common, -part))
    covered: frozenset[str] = frozenset()
    parts = []
    for _, negative in sorted(inside, reverse=True):
        gain = (stems & side.part_stems[-negative]) - covered
        if _mass(gain, side.weight) >= GAIN * mass:
            parts.append(-negative)
            covered |= gain
    return sorted(parts), _mass(covered, side.weight) / mass


def _narrower(side: Side, whole: int, near: Sequence[int]) -> tuple[list[int], float]:
    """Rows that hold the whole's name and something of their own."""
    stems = side.whole_stems[whole]
    mass = _mass(stems, side.weight)
    found, least = [], 1.0
    for part in near:
        common = _mass(stems & side.part_stems[part], side.weight)
        own = _mass(side.part_stems[part] - stems, side.weight)
        if common / mass < WHOLE_INSIDE or turns(side.part_texts[part]) != turns(side.whole_texts[whole]):
            continue
        # Words alone do not see "… for persons for companies": there the whole's own text goes on in the part.
        if common / np.sqrt(mass * (common + own)) >= THE_WHOLE and not _goes_on(side, whole, part):
            return [], 0.0
        found.append(part)
        least = min(least, common / mass)
    return found, least


def _longer(side: Side, whole: int, near: Sequence[int]) -> list[int]:
    """Rows whose names are the whole's and more: those that stand nearest to it, and as near as each other."""
    found = [part for part in near if _goes_on(side, whole, part)]
    best = max((float(side.context[whole, part]) for part in found), default=0.0)
    return [part for part in found if side.context[whole, part] >= best - AS_NEAR]


def _goes_on(side: Side, whole: int, part: int) -> bool:
    """Whether a part's text is the whole's, letter for letter, and more."""
    text, longer = side.whole_texts[whole], side.part_texts[part]
    return len(longer) > len(text) and (longer.startswith(f"{text} ") or longer.endswith(f" {text}"))


def _all_covered(group: Group, names: Names) -> bool:
    for index, stems, others in (
        (group.older, names.stems_old, frozenset().union(*(names.stems_new[j] for j in group.newer))),
        (group.newer, names.stems_new, frozenset().union(*(names.stems_old[i] for i in group.older))),
    ):
        for position in index:
            mass = _mass(stems[position], names.weight)
            if _mass(stems[position] & others, names.weight) < COVERED * mass:
                return False
    return True


def _mass(stems: frozenset[str], weight: dict[str, float]) -> float:
    return sum(weight[word] for word in sorted(stems))


def _joined(pairs: dict[tuple[int, int], tuple[str, float]]) -> list[Group]:
    """Pairs that share a row belong to one group."""
    groups: list[tuple[set[int], set[int]]] = []
    for i, j in sorted(pairs):
        touching = [group for group in groups if i in group[0] or j in group[1]]
        merged: tuple[set[int], set[int]] = ({i}, {j})
        for group in touching:
            merged = (merged[0] | group[0], merged[1] | group[1])
            groups.remove(group)
        groups.append(merged)
    result = []
    for older, newer in groups:
        own = tuple(pair for pair in sorted(pairs) if pair[0] in older and pair[1] in newer)
        score = min(pairs[pair][1] for pair in own)
        result.append(Group(tuple(sorted(older)), tuple(sorted(newer)), own, pairs[own[0]][0], float(score)))
    return result
