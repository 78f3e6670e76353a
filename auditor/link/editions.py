"""Links between the rows of two editions in one language: who is whom, who fell apart, who was put together.

Exact keys first, then one assignment over what is left, with all evidence together. What two choices explain nearly
equally well is a candidate for a person, never a link.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from auditor.link.assignment import CANDIDATE_FROM, Pairing, assign, probability
from auditor.link.groups import STRUCK_OFF, Evidence, Group, find_groups, find_regroupings
from auditor.link.kinds import evidence_of, type_of
from auditor.link.orders import Orders
from auditor.link.scoring import Anchors, Matrix, context_odds, log_odds, name_evidence, same_heading
from auditor.link.words import GENERIC, bylaw_key, field_key, folded, name_key, stems
from auditor.records import Entry, Link, LinkState, LinkType

Pair = tuple[Entry, Entry]

#: Telling words from which a name that stands once in both editions is one service's, whoever provides it.
TELLING_WORDS = 2

_UNCHANGED = (("code", "same"), ("name", "same"))


@dataclass(slots=True)
class _Work:
    """What is linked so far and what is left, in reading order."""

    older: list[Entry]
    newer: list[Entry]
    refused: frozenset[tuple[str, str]]
    pairs: list[Pair] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def take(self, found: Sequence[Pair], rule: str) -> None:
        """Link these pairs for certain, unless a person refused one, and strike them off."""
        pairs = [pair for pair in found if (pair[0].key, pair[1].key) not in self.refused]
        self.strike_off([old for old, _ in pairs], [new for _, new in pairs])
        self.pairs.extend(pairs)
        self.links.extend(_certain(old, new, rule) for old, new in pairs)

    def strike_off(self, older: Iterable[Entry], newer: Iterable[Entry]) -> None:
        """These rows are settled."""
        gone = {id(entry) for entry in (*older, *newer)}
        self.older = [entry for entry in self.older if id(entry) not in gone]
        self.newer = [entry for entry in self.newer if id(entry) not in gone]


def link_editions(
    older: Sequence[Entry], newer: Sequence[Entry], decided: Sequence[Link] = (), orders: Orders | None = None
) -> list[Link]:
    """All links from the live rows of `older` to those of `newer`, one language, in the order of the newer rows.

    Accepted one-to-one links are same, renamed, reworded, renumbered, moved or taken_over; split, merged and regrouped
    ones carry their group. Candidates are pairs that the evidence does not settle. Dead rows carry no service.
    `decided` are people's links: rows they confirmed are out of the machine's hands, pairs they refused are
    not proposed. `orders` is what the amending orders say of the rows.
    """
    settled = {key for link in decided if link.state is LinkState.ACCEPTED for key in (link.older, link.newer)}
    refused = frozenset((link.older, link.newer) for link in decided if link.state is LinkState.REFUSED)
    live_old = tuple(e for e in older if not e.dead and e.key not in settled)
    live_new = tuple(e for e in newer if not e.dead and e.key not in settled)
    work = _Work(list(live_old), list(live_new), refused)
    work.take(_unique(work, _code_and_text), "code_and_name")
    work.take(_unique(work, _code_and_name), "code_and_name")
    work.take(_in_order(work, _code_and_name), "code_and_name_in_order")
    work.take(_unique(work, _name_and_bodies), "name_and_provider")
    work.take(_unique_names(work), "name")
    _take_kinds(work)
    work.take(_in_order(work, _name_and_bodies), "name_and_provider_in_order")
    if work.older and work.newer:
        _weigh(work, live_old, live_new, orders)
    links = _told_of_rivals([orders.beside(link) for link in work.links] if orders else work.links)
    place = {entry.key: entry.ordinal for entry in live_new}
    return sorted(links, key=lambda link: (place[link.newer], link.state, link.older))


def _told_of_rivals(links: Sequence[Link]) -> list[Link]:
    """Candidates with rivals say so: a person may confirm more than one, and what that makes of them."""
    open_ones = [link for link in links if link.state is LinkState.CANDIDATE]
    into, out_of = Counter(link.newer for link in open_ones), Counter(link.older for link in open_ones)
    told = []
    for link in links:
        several = []
        if link.state is LinkState.CANDIDATE and into[link.newer] > 1:
            several.append(("several", f"{into[link.newer]} rows may have become this one; all confirmed: merged"))
        if link.state is LinkState.CANDIDATE and out_of[link.older] > 1:
            several.append(("several", f"this row may have become {out_of[link.older]}; all confirmed: split"))
        told.append(replace(link, evidence=(*link.evidence, *several)) if several else link)
    return told


def _code_and_text(entry: Entry) -> Hashable:
    # Letter for letter: what most rows are, and cheap to see.
    return (entry.code, entry.name, entry.subname) if entry.code else None


def _code_and_name(entry: Entry) -> Hashable:
    return (entry.code, name_key(entry.name, entry.subname)) if entry.code else None


def _name_and_bodies(entry: Entry) -> Hashable:
    return (name_key(entry.name, entry.subname), field_key(entry.provider), field_key(entry.developer))


def _buckets(entries: Iterable[Entry], key: Callable[[Entry], Hashable]) -> dict[Hashable, list[Entry]]:
    found: dict[Hashable, list[Entry]] = defaultdict(list)
    for entry in entries:
        value = key(entry)
        if value is not None:
            found[value].append(entry)
    return found


def _unique(work: _Work, key: Callable[[Entry], Hashable]) -> list[Pair]:
    """Pairs whose key stands once on each side."""
    before, after = _buckets(work.older, key), _buckets(work.newer, key)
    return [
        (before[value][0], new[0]) for value, new in after.items() if len(new) == 1 and len(before.get(value, ())) == 1
    ]


def _in_order(work: _Work, key: Callable[[Entry], Hashable]) -> list[Pair]:
    """Pairs of rows that nothing but their place tells apart, by order, where both sides have as many."""
    before, after = _buckets(work.older, key), _buckets(work.newer, key)
    return [
        pair
        for value, new in after.items()
        if len(before.get(value, ())) == len(new)
        for pair in _by_likeness(before[value], new)
    ]


def _by_likeness(older: Sequence[Entry], newer: Sequence[Entry]) -> list[Pair]:
    """Rows of one key: those equal in recipient, provider and by-law first, the rest by order."""
    left = list(older)
    pairs: list[Pair] = []
    for strict in (True, False):
        taken = {id(new) for _, new in pairs}
        for new in newer:
            if id(new) in taken:
                continue
            match = next((old for old in left if not strict or _details(old) == _details(new)), None)
            if match is not None:
                left.remove(match)
                pairs.append((match, new))
    return pairs


def _details(entry: Entry) -> tuple[object, ...]:
    cells = (entry.provider, entry.developer, entry.bylaw, entry.recipient)
    return (entry.code, *(field_key(cell) for cell in cells), entry.forms)


def _unique_names(work: _Work) -> list[Pair]:
    """Names that stand once on each side, unless code, provider and regulator all say another service."""
    found = _unique(work, lambda e: name_key(e.name, e.subname))
    doubtful = [pair for pair in found if _stranger(*pair, {})]
    if not doubtful:
        return found
    # A body that was renamed is no other body; what became of whom, the rows linked so far say.
    aliases = Anchors.of([*work.pairs, *(pair for pair in found if pair not in doubtful)]).aliases
    return [pair for pair in found if pair not in doubtful or not _stranger(*pair, aliases)]


def _stranger(old: Entry, new: Entry, aliases: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether nothing but a short name agrees: it can be two services'.

    Who takes a service over brings an own by-law, so provider, regulator and by-law are one witness, not three.
    """
    if len(stems(folded(old.name, old.subname)) - GENERIC) >= TELLING_WORDS:
        return False
    elsewhere = bool(old.code and new.code) and old.code[:5] != new.code[:5]
    if not elsewhere or (old.bylaw and bylaw_key(old.bylaw) == bylaw_key(new.bylaw)):
        return False
    bodies = {"provider": (old.provider, new.provider), "developer": (old.developer, new.developer)}
    given = {
        what: (field_key(before), field_key(after)) for what, (before, after) in bodies.items() if before and after
    }
    return bool(given) and all(
        after not in (before, aliases.get(what, {}).get(before)) for what, (before, after) in given.items()
    )


def _take_kinds(work: _Work) -> None:
    """Services that fell into the kinds which the register now tells apart, or whose kinds were put together again.

    One row without a kind against at least two of its name, each of another kind, under one heading or by-law.
    """
    before, after = (_buckets(side, lambda e: name_key(e.name)) for side in (work.older, work.newer))
    for name, new in after.items():
        old = before.get(name, [])
        whole, parts = (old, new) if len(old) == 1 else (new, old)
        if len(whole) != 1 or len(parts) < 2 or whole[0].subname or not _kinds_of(whole[0], parts):
            continue
        pairs = [(one, two) for one in old for two in new]
        if work.refused.intersection((one.key, two.key) for one, two in pairs):
            continue
        group = Group(tuple(range(len(old))), tuple(range(len(new))),
                      tuple((i, j) for i in range(len(old)) for j in range(len(new))), "kinds", 1.0)  # fmt: skip
        work.links.extend(_group_links(group, old, new))
        work.strike_off(old, new)


def _kinds_of(whole: Entry, parts: Sequence[Entry]) -> bool:
    """Whether rows of one name are the kinds of the service of that name."""
    kinds = {name_key(part.subname) for part in parts if part.subname}
    near = all(
        part.code[:5] == whole.code[:5] != "" or bylaw_key(part.bylaw) == bylaw_key(whole.bylaw) != "" for part in parts
    )
    return len(kinds) == len(parts) and near


def _weigh(work: _Work, live_old: Sequence[Entry], live_new: Sequence[Entry], orders: Orders | None) -> None:
    """Link what exact keys left over, by evidence."""
    anchors = Anchors.of(work.pairs).among(live_old, live_new)
    older, newer = tuple(work.older), tuple(work.newer)
    names = name_evidence(older, newer, live_old, live_new)
    context = context_odds(older, newer, anchors)
    odds = log_odds(older, newer, names, context, anchors)
    for i, j in _refused_places(work.refused, older, newer):
        odds[i, j] = context[i, j] = STRUCK_OFF
    texts = [folded(e.name, e.subname) for e in older], [folded(e.name, e.subname) for e in newer]
    evidence = Evidence(*texts, names, context, odds, same_heading(older, newer, anchors))
    groups = find_groups(evidence)
    _strike_off(odds, groups)
    regrouped = find_regroupings(evidence)
    _strike_off(odds, regrouped)
    for group in (*groups, *regrouped):
        work.links.extend(_group_links(group, older, newer))
    if orders:
        told = odds + orders.odds(older, newer)
        # Orders also exclude rows to put them together in a new one: what was a question stays one.
        odds = np.where(odds >= CANDIDATE_FROM, np.maximum(told, CANDIDATE_FROM + 0.1), told)
    for pairing in _settle_twins(assign(odds), older, newer):
        work.links.append(_weighed(older[pairing.row], newer[pairing.column], pairing))


def _strike_off(odds: Matrix, groups: Iterable[Group]) -> None:
    for group in groups:
        odds[list(group.older), :] = STRUCK_OFF
        odds[:, list(group.newer)] = STRUCK_OFF


def _refused_places(
    refused: frozenset[tuple[str, str]], older: Sequence[Entry], newer: Sequence[Entry]
) -> list[tuple[int, int]]:
    rows = {entry.key: index for index, entry in enumerate(older)}
    columns = {entry.key: index for index, entry in enumerate(newer)}
    return [(rows[old], columns[new]) for old, new in sorted(refused) if old in rows and new in columns]


def _settle_twins(pairings: list[Pairing], older: Sequence[Entry], newer: Sequence[Entry]) -> list[Pairing]:
    """Drop rivals that differ from the chosen row in nothing: which of two equal rows goes on cannot matter."""
    rivals: dict[tuple[str, int], list[int]] = defaultdict(list)
    for pairing in pairings:
        if not pairing.chosen:
            rivals["row", pairing.row].append(pairing.column)
            rivals["column", pairing.column].append(pairing.row)
    settled = []
    for pairing in pairings:
        if pairing.chosen and not pairing.clear and pairing.odds >= 3.0:
            columns, rows = rivals["row", pairing.row], rivals["column", pairing.column]
            twins = all(_twins(newer[pairing.column], newer[j]) for j in columns)
            twins = twins and all(_twins(older[pairing.row], older[i]) for i in rows)
            if twins and (columns or rows):
                settled.append(Pairing(pairing.row, pairing.column, pairing.odds, True, True))
                continue
        settled.append(pairing)
    rows_done = {p.row for p in settled if p.clear}
    columns_done = {p.column for p in settled if p.clear}
    return [p for p in settled if p.clear or (p.row not in rows_done and p.column not in columns_done)]


def _twins(one: Entry, other: Entry) -> bool:
    return name_key(one.name, one.subname) == name_key(other.name, other.subname) and _details(one) == _details(other)


def _certain(old: Entry, new: Entry, rule: str) -> Link:
    kind = type_of(old, new)
    evidence = _UNCHANGED if kind is LinkType.SAME else evidence_of(old, new)
    return Link(kind, old.key, new.key, 1.0, rule, evidence=evidence)


def _weighed(old: Entry, new: Entry, pairing: Pairing) -> Link:
    return Link(
        type=type_of(old, new),
        older=old.key,
        newer=new.key,
        score=round(pairing.probability, 4),
        rule="weighed" if pairing.clear else ("unsure" if pairing.chosen else "rival"),
        state=LinkState.ACCEPTED if pairing.clear else LinkState.CANDIDATE,
        probability=round(pairing.probability, 4),
        evidence=evidence_of(old, new),
    )


def _group_links(group: Group, older: Sequence[Entry], newer: Sequence[Entry]) -> list[Link]:
    """One link per tied pair; the group's name is made of its rows' keys, so that it stays the same."""
    kind = group_type(len(group.older), len(group.newer))
    keys = sorted([older[i].key for i in group.older] + [newer[j].key for j in group.newer])
    name = f"{kind}-{hashlib.sha256(' '.join(keys).encode()).hexdigest()[:12]}"
    return [
        Link(
            type=kind,
            older=older[i].key,
            newer=newer[j].key,
            score=round(group.score, 4),
            rule=group.rule,
            probability=round(probability(3.0 + group.score), 4),
            group=name,
            evidence=evidence_of(older[i], newer[j]),
        )
        for i, j in group.pairs
    ]


def group_type(parents: int, children: int) -> LinkType:
    """What a group of so many older and newer rows is called. Raises ValueError for one to one, which is no group."""
    if parents == 1 and children > 1:
        return LinkType.SPLIT
    if parents > 1 and children == 1:
        return LinkType.MERGED
    if parents > 1 and children > 1:
        return LinkType.REGROUPED
    raise ValueError("a group has more than one row on a side")


def unlinked(older: Sequence[Entry], newer: Sequence[Entry], links: Sequence[Link]) -> tuple[list[Entry], list[Entry]]:
    """Live rows of either side that no accepted link touches: what ended and what began, as far as is known."""
    touched = Counter(key for link in links if link.state is LinkState.ACCEPTED for key in (link.older, link.newer))
    return (
        [entry for entry in older if not entry.dead and entry.key not in touched],
        [entry for entry in newer if not entry.dead and entry.key not in touched],
    )
