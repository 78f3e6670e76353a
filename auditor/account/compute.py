"""The closing account: pure arithmetic over two editions and the links between them.

Units of both editions are tied where a row of one became a row of the other; each knot of tied units is one event. So
every unit is in exactly one event and the account closes. METHOD: end - start = births - deaths + Σ(children - 1) over
splits - Σ(parents - 1) over mergers ± scope, with n → m regroupings as m - n in the scope term.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from auditor.account.knots import Knot, Side, knots, ties
from auditor.account.records import Account, Item, Term, TermName, Unit, other_additions
from auditor.account.units import unit_of
from auditor.link.lineage import Lineage
from auditor.records import Entry, Link
from crawler.errors import ContentError
from crawler.pages.records import ELECTRONIC_FORMS

#: Ambiguous links of one knot up to which every combination is tried.
TRIED = 12


@dataclass(frozen=True, slots=True)
class _Counting:
    """The two sides as counted: units with their rows, and which count as digitised."""

    older: Side
    newer: Side
    digitised: bool
    lineage: Lineage
    restored: frozenset[str]


def account(
    older: Sequence[Entry], newer: Sequence[Entry], links: Iterable[Link], unit: Unit = Unit.ROWS, *, digitised: bool
) -> Account:
    """Take the change of the count from `older` to `newer` apart. Dead rows carry no service and are not counted.

    `links` are those of the history between the two editions, of every step on the way; candidates make the bounds.
    With `digitised` only units with an electronic delivery form count, and changes of the label are flips. Raises
    ContentError when neither edition has a live row, when one of them has such a unit in no row, and with `digitised`
    when it says of no row how it is delivered: an account over nothing is no account.
    """
    before = [entry for entry in older if not entry.dead]
    after = [entry for entry in newer if not entry.dead]
    if not before and not after:
        raise ContentError("neither edition has a live row: there is nothing to account for")
    for rows in (before, after) if digitised else ():
        if rows and not any(entry.form or entry.forms for entry in rows):
            raise ContentError(f"the edition of {rows[0].edition_date} states no delivery form for any row")
    lineage = Lineage([e.key for e in before], [e.key for e in after], links)
    counting = _Counting(
        _side(before, unit, digitised=digitised),
        _side(after, unit, digitised=digitised),
        digitised,
        lineage,
        lineage.restored(),
    )
    for rows, side in ((before, counting.older), (after, counting.newer)):
        if rows and not side.rows:
            raise ContentError(f"no row of the edition of {rows[0].edition_date} can be counted by {unit}")
    items: list[Item] = []
    spare: dict[TermName, list[int]] = {name: [0, 0] for name in TermName}
    others = [0, 0]
    exact = True
    for knot in knots(counting.older, counting.newer, lineage, unit):
        own = _events(counting, knot, ())
        items += own
        bounds, added = _bounds(counting, knot, own)
        exact = exact and len(knot.doubts) <= TRIED
        others = [others[0] + added[0], others[1] + added[1]]
        for name, (low, high) in bounds.items():
            spare[name][0] += low
            spare[name][1] += high
    terms = {}
    for name in TermName:
        of_term = tuple(item for item in items if item.term is name)
        terms[name] = Term(sum(item.amount for item in of_term), spare[name][0], spare[name][1], of_term)
    start, end = (sum(side.counts(key) for key in side.rows) for side in (counting.older, counting.newer))
    return Account(unit, digitised, start, end, terms, exact, (others[0], others[1]))


def _side(entries: Sequence[Entry], unit: Unit, *, digitised: bool) -> Side:
    rows: dict[str, list[str]] = defaultdict(list)
    uncounted = []
    electronic = set()
    for entry in entries:
        key = unit_of(entry, unit)
        if key:
            rows[key].append(entry.key)
        else:
            uncounted.append(entry.key)
        if entry.forms & ELECTRONIC_FORMS:
            electronic.add(key)
    return Side(dict(rows), tuple(uncounted), frozenset(electronic) if digitised else None)


_Bounds = tuple[dict[TermName, tuple[int, int]], tuple[int, int]]


def _bounds(counting: _Counting, knot: Knot, own: Sequence[Item]) -> _Bounds:
    """The least and the most that each term, and all additions that are no births, can be in this knot."""
    if len(knot.doubts) > TRIED:
        return _safe_bounds(counting, knot, own)
    tried = [
        _events(counting, knot, [doubt for doubt, taken in zip(knot.doubts, choice, strict=True) if taken])
        for choice in product((False, True), repeat=len(knot.doubts))
    ]
    sums = [_sums(items) for items in tried]
    added = [other_additions(items) for items in tried]
    ends = {name: (min(one[name] for one in sums), max(one[name] for one in sums)) for name in TermName}
    return ends, (min(added), max(added))


def _safe_bounds(counting: _Counting, knot: Knot, own: Sequence[Item]) -> _Bounds:
    """Bounds that hold for any choice: more links never make a birth or a death, and a knot has only so many units."""
    every = _sums(_events(counting, knot, knot.doubts))
    none = _sums(own)
    olds, news = len(knot.older), len(knot.newer)
    widest = {
        TermName.SPLITS: (0, max(news - 1, 0)),
        TermName.MERGERS: (0, max(olds - 1, 0)),
        TermName.SCOPE: (-olds, news),
        TermName.FLIPS: (-news, news) if counting.digitised else (0, 0),
    }
    for name in (TermName.BIRTHS, TermName.DEATHS):
        widest[name] = (min(every[name], none[name]), max(every[name], none[name]))
    return widest, (0, 2 * news)  # an event can gain by its shape and by a label


def _sums(items: Iterable[Item]) -> dict[TermName, int]:
    sums = dict.fromkeys(TermName, 0)
    for item in items:
        sums[item.term] += item.amount
    return sums


def _events(counting: _Counting, knot: Knot, doubts: Collection[tuple[str, str]]) -> list[Item]:
    """The events of one knot if these ambiguous links are true and the others are not."""
    found = []
    for olds, news, uncounted in ties(knot, counting.older, counting.newer, counting.lineage, frozenset(doubts)):
        found += _event(counting, olds, news, uncounted)
    return found


def _event(
    counting: _Counting, olds: tuple[str, ...], news: tuple[str, ...], uncounted: tuple[bool, bool]
) -> list[Item]:
    """What happened to units that are tied together, as amounts that add up to the change of the count.

    `uncounted`: whether an older, a newer row that is not counted is tied to them.
    """
    rows_old = tuple(key for unit in olds for key in counting.older.rows[unit])
    rows_new = tuple(key for unit in news for key in counting.newer.rows[unit])
    n, m = len(olds), len(news)
    before = sum(counting.older.counts(unit) for unit in olds)
    after = sum(counting.newer.counts(unit) for unit in news)
    shape = _shape(n, m, uncounted)
    if shape is None:
        structural = before  # one to one: whatever changed is the label
        term, kind = TermName.FLIPS, ""
    else:
        term, kind = shape
        structural = _expected(n, m, before, after)
        if kind == "birth" and counting.restored.issuperset(rows_new):
            kind = "restored"
    items = []
    change = structural - before
    if change and shape is not None:
        sign = -1 if term in (TermName.DEATHS, TermName.MERGERS) else 1
        items.append(Item(term, kind, sign * change, rows_old, rows_new))
    if after != structural:
        flip = "to_digital" if after > structural else "to_paper"
        items.append(Item(TermName.FLIPS, flip, after - structural, rows_old, rows_new))
    return items


def _shape(n: int, m: int, uncounted: tuple[bool, bool]) -> tuple[TermName, str] | None:
    """Term and kind of an event by how many units it ties, None for one to one."""
    if n == 0:
        return (TermName.SCOPE, "entered_count") if uncounted[0] else (TermName.BIRTHS, "birth")
    if m == 0:
        return (TermName.SCOPE, "left_count") if uncounted[1] else (TermName.DEATHS, "death")
    if n == 1 and m == 1:
        return None
    if n == 1:
        return TermName.SPLITS, "split"
    return (TermName.MERGERS, "merged") if m == 1 else (TermName.SCOPE, "regrouped")


def _expected(n: int, m: int, before: int, after: int) -> int:
    """How many of the `m` newer units would count if nothing but the event had happened: children take the label of
    their parents, a merged unit counts if one of its parents did. Where parents differ no flip can be told apart.
    """
    if n == 0:
        return after
    if before == 0:
        return 0
    if before == n:
        return m
    return 1 if m == 1 else after
