"""Which units of two editions are tied together, for certain or perhaps."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from auditor.account.records import Unit
from auditor.account.units import KEEPS_ITS_KEY
from auditor.link.lineage import Lineage

#: A unit that lost its key goes on where at least this share of its continuing rows went.
MOST = 0.5

Tie = tuple[tuple[str, ...], tuple[str, ...], tuple[bool, bool]]


@dataclass(frozen=True, slots=True)
class Side:
    """One edition as counted: unit → its rows' keys, rows that are not counted, and which units count as digitised.

    `electronic` None: every unit counts.
    """

    rows: Mapping[str, list[str]]
    uncounted: tuple[str, ...]
    electronic: frozenset[str] | None

    def counts(self, unit: str) -> int:
        """1 if the unit is in the count, else 0."""
        return int(self.electronic is None or unit in self.electronic)

    def unit_of_row(self) -> dict[str, str]:
        """Row key → unit, "" for rows that are not counted."""
        found = {key: unit for unit, keys in self.rows.items() for key in keys}
        return found | dict.fromkeys(self.uncounted, "")


@dataclass(frozen=True, slots=True)
class Knot:
    """Units that any link, certain or not, ties together; `doubts` are the candidates that matter to them.

    `loose_old` and `loose_new` are rows that are not counted but tied to these units. `own_key`: units go on under
    their own key.
    """

    older: tuple[str, ...]
    newer: tuple[str, ...]
    loose_old: tuple[str, ...]
    loose_new: tuple[str, ...]
    doubts: tuple[tuple[str, str], ...]
    own_key: bool


def knots(older: Side, newer: Side, lineage: Lineage, unit: Unit) -> list[Knot]:
    """All units of both editions in knots that share no link, in a stable order."""
    own_key = unit in KEEPS_ITS_KEY
    new_unit = newer.unit_of_row()
    parents: dict[str, str] = {}

    def find(node: str) -> str:
        parents.setdefault(node, node)
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    doubts: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row, at in older.unit_of_row().items():
        start = _node("old", at, row)
        find(start)
        reach = lineage.reach(row)
        for end in sorted(reach.rows):
            after = new_unit[end]
            if own_key and at and after and at != after and at in newer.rows and after in older.rows:
                continue  # both go on under their own keys whatever a row of theirs does
            parents[find(_node("new", after, end))] = find(start)
        for doubt in sorted(reach.doubts):
            doubts[start].add(doubt)
            parents[find(_node("doubt", "", ">".join(doubt)))] = find(start)
    for row, after in new_unit.items():
        find(_node("new", after, row))
        if own_key and after in older.rows:
            parents[find(_node("new", after, row))] = find(_node("old", after, row))
    members: dict[str, list[str]] = defaultdict(list)
    for node in parents:
        members[find(node)].append(node)
    return [_knot(nodes, doubts, own_key=own_key) for nodes in members.values()]


def _node(side: str, unit: str, row: str) -> str:
    return f"{side}\x1e{unit}" if unit else f"{side}\x1d{row}"


def _knot(nodes: Iterable[str], doubts: Mapping[str, set[tuple[str, str]]], *, own_key: bool) -> Knot:
    found: dict[str, list[str]] = defaultdict(list)
    own_doubts: set[tuple[str, str]] = set()
    for node in nodes:
        kind = node[:4]
        found[kind].append(node[4:])
        own_doubts |= doubts.get(node, set())
    return Knot(
        older=tuple(found["old\x1e"]),
        newer=tuple(found["new\x1e"]),
        loose_old=tuple(found["old\x1d"]),
        loose_new=tuple(found["new\x1d"]),
        doubts=tuple(sorted(own_doubts)),
        own_key=own_key,
    )


def ties(knot: Knot, older: Side, newer: Side, lineage: Lineage, doubts: Collection[tuple[str, str]]) -> list[Tie]:
    """The units of a knot that hang together if these doubts are true: (older units, newer units, loose rows?)."""
    new_unit = {row: unit for unit in knot.newer for row in newer.rows[unit]} | dict.fromkeys(knot.loose_new, "")
    rows = [(unit, row) for unit in knot.older for row in older.rows[unit]] + [("", row) for row in knot.loose_old]
    shared: Counter[tuple[str, str]] = Counter()
    for unit, row in rows:
        for after in lineage.follow(row, doubts):
            if after in new_unit:
                shared[unit, new_unit[after]] += 1
    came_in = {after for (before, after) in shared if not before and after}
    went_out = {before for (before, after) in shared if not after and before}
    pairs = [pair for pair in shared if all(pair)]
    if knot.own_key:
        pairs = _own_keys(knot, shared)
    return _components(knot, pairs, came_in, went_out)


def _own_keys(knot: Knot, shared: Mapping[tuple[str, str], int]) -> list[tuple[str, str]]:
    """Units of one key go on as each other; one without a namesake goes where most of its rows went or came from."""
    olds, news = set(knot.older), set(knot.newer)
    pairs = [(unit, unit) for unit in knot.older if unit in news]
    left: Counter[str] = Counter()
    came: Counter[str] = Counter()
    for (before, after), count in shared.items():
        if before and after:
            left[before] += count
            came[after] += count
    for (before, after), count in shared.items():
        if not (before and after) or before == after:
            continue
        lost = before not in news and count >= MOST * left[before]
        fresh = after not in olds and count >= MOST * came[after]
        if lost or fresh:
            pairs.append((before, after))
    return pairs


def _components(
    knot: Knot, pairs: Iterable[tuple[str, str]], came_in: Collection[str], went_out: Collection[str]
) -> list[Tie]:
    """Connected units; each unit of the knot is in exactly one."""
    groups: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for unit in knot.older:
        groups["old", unit] = {("old", unit)}
    for unit in knot.newer:
        groups["new", unit] = {("new", unit)}
    for before, after in pairs:
        one, two = groups["old", before], groups["new", after]
        if one is not two:
            one |= two
            for node in two:
                groups[node] = one
    distinct = {id(group): group for group in groups.values()}
    result = []
    for group in distinct.values():
        olds = tuple(sorted(unit for side, unit in group if side == "old"))
        news = tuple(sorted(unit for side, unit in group if side == "new"))
        loose = (any(unit in came_in for unit in news), any(unit in went_out for unit in olds))
        result.append((olds, news, loose))
    return result
