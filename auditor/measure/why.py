"""Why a figure moved since the year before: its change as a sum over named entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.diff.compare import compare_fields, kind_of, lacking_columns
from auditor.measure.records import CodedEntry, Figure, Snapshot
from auditor.measure.scene import Descent
from auditor.records import LinkType

_RECODED = ("nature", "completeness")


@dataclass(frozen=True, slots=True)
class Cause:
    """One event and what it adds to the figure. `older` and `newer` are the keys of its rows on both sides.

    `kind`: born, restored, ended, split, merged, regrouped; flipped (the delivery form changed), recoded (the coding
    did), renamed, reworded, renumbered, moved, taken_over, changed (another field); around (the row is as it was and
    what stands around it changed); for what is no register row: appeared, gone.
    """

    kind: str
    change: int
    older: tuple[str, ...]
    newer: tuple[str, ...]
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Attribution:
    """The change of one figure taken apart; the causes' changes add up to it exactly."""

    before: Figure
    now: Figure
    causes: tuple[Cause, ...]

    @property
    def change(self) -> int:
        """What the figure changed by."""
        return self.now.value - self.before.value

    @property
    def remainder(self) -> int:
        """What no cause explains: zero by construction, checked by addition."""
        return self.change - sum(cause.change for cause in self.causes)


def attribute(
    before: Figure, now: Figure, snapshots: tuple[Snapshot, Snapshot], descent: Descent, details: Mapping[str, str]
) -> Attribution:
    """Attribute the change of a figure between two editions (`snapshots`: then, now) to the rows that made it.

    Rows tied by certain links are one event; the event adds the rows counted now less those counted then. Keys that
    are rows of neither edition (listings, editions, rows of the other language) count as appeared or gone. `details`
    are what the measure says of its entries, by key.
    """
    olds, news = ({row.entry.key: row for row in snapshot.entries} for snapshot in snapshots)
    lacking = lacking_columns(*([row.entry for row in side.values()] for side in (olds, news)))
    both = set(before.keys).intersection(now.keys)
    counted_then, counted_now = set(before.keys) - both, set(now.keys) - both
    causes = []
    for older, newer in _knots(olds, news, descent.parents):
        change = len(counted_now.intersection(newer)) - len(counted_then.intersection(older))
        if change:
            causes.append(_cause(change, [olds[key] for key in older], [news[key] for key in newer], descent, lacking))
    causes += [Cause("appeared", 1, (), (key,), key, details.get(key, "")) for key in now.keys
               if key in counted_now and key not in news]  # fmt: skip
    causes += [Cause("gone", -1, (key,), (), key) for key in before.keys if key in counted_then and key not in olds]
    return Attribution(before, now, tuple(causes))


def _knots(
    olds: Iterable[str], news: Iterable[str], parents: Mapping[str, Sequence[str]]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """All rows of both editions, those tied by certain links together, in the order of the newer rows."""
    children: dict[str, list[str]] = defaultdict(list)
    for key, before in parents.items():
        for old in before:
            children[old].append(key)
    done: set[str] = set()
    found = []
    for start in news:
        if start in done:
            continue
        mine: dict[str, None] = {}
        theirs = {start: None}
        todo = [start]
        while todo:
            for old in parents.get(todo.pop(), ()):
                if old in mine:
                    continue
                mine[old] = None
                fresh = [key for key in children[old] if key not in theirs]
                theirs |= dict.fromkeys(fresh)
                todo += fresh
        done |= theirs.keys()
        found.append((tuple(mine), tuple(theirs)))
    met = {old for older, _ in found for old in older}
    return found + [((old,), ()) for old in olds if old not in met]


def _cause(
    change: int, older: Sequence[CodedEntry], newer: Sequence[CodedEntry], descent: Descent, lacking: frozenset[str]
) -> Cause:
    keys = tuple(row.entry.key for row in older), tuple(row.entry.key for row in newer)
    shown = (newer or older)[0].entry
    name = f"{shown.name} ({shown.subname})" if shown.subname else shown.name
    if len(older) == 1 and len(newer) == 1:
        kind, detail = _what_changed(older[0], newer[0], lacking)
        return Cause(kind, change, *keys, name, detail)
    if not older:
        doubts = descent.doubts.get(keys[1][0], ())
        kind = "restored" if keys[1][0] in descent.came_back else "born"
        return Cause(kind, change, *keys, name, f"perhaps continues {', '.join(doubts)}" if doubts else "")
    if not newer:
        return Cause("ended", change, *keys, name)
    kind = "split" if len(older) == 1 else "merged" if len(newer) == 1 else "regrouped"
    return Cause(kind, change, *keys, name, " | ".join(row.entry.name for row in older))


def _what_changed(old: CodedEntry, new: CodedEntry, lacking: frozenset[str]) -> tuple[str, str]:
    """The weightiest difference between what a row was and is, in one word, and all of them in words."""
    said = []
    kinds = []
    if old.entry.forms != new.entry.forms:
        kinds.append("flipped")
        said.append(f"form: {_words(old.entry.forms)} → {_words(new.entry.forms)}")
    if old.coding and new.coding:
        for axis in _RECODED:
            was, now = getattr(old.coding, axis), getattr(new.coding, axis)
            if was != now:
                kinds.append("recoded")
                said.append(f"{axis}: {was} → {now}")
    elif old.coding or new.coding:
        kinds.append("recoded")
        said.append("coded on one side only")
    fields = [change for change in compare_fields(old.entry, new.entry, lacking)[0] if change.field != "form"]
    if fields:
        kind = kind_of(old.entry, new.entry, lacking)
        kinds.append("changed" if kind is LinkType.SAME else str(kind))
        said += [f"{change.field}: {change.before or '–'} → {change.after or '–'}" for change in fields]
    return (kinds or ["around"])[0], "; ".join(said)


def _words(forms: Iterable[str]) -> str:
    return ", ".join(sorted(forms)).replace("_", " ") or "–"
