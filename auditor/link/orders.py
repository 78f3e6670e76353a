"""What an amending order says of its rows, held against the rows themselves and the links between them.

An order that excludes a row speaks for a death, one that inserts a row for a birth, one that puts a row in new words
for the same row. Text similarity cannot know better, so it weighs more; where a name is the very same, the rows win
and the disagreement is a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from auditor.link.scoring import Matrix
from auditor.records import Entry, Link, LinkState, LinkType
from crawler.pages.amendments import Amendment, Change
from crawler.pages.records import Finding, Level

#: Log-odds from the order's words; a row excluded and a row inserted by one order may be one service moved.
ENDED, BEGUN, MOVED, SAME_ROW = -4.0, -4.0, -1.5, 3.0
#: Share of unchanged rows that must bear their old number for numbers to mean anything in the edition before.
NUMBERS_KEPT = 0.9


@dataclass(frozen=True, slots=True)
class Orders:
    """What the notes that are new in an edition say, by the keys of the rows they mean."""

    excluded: Mapping[str, Amendment] = field(default_factory=dict)  # older row
    inserted: Mapping[str, Amendment] = field(default_factory=dict)  # newer row
    reworded: Mapping[tuple[str, str], Amendment] = field(default_factory=dict)  # older and newer row

    def odds(self, older: Sequence[Entry], newer: Sequence[Entry]) -> Matrix:
        """Log-odds to add for each pair of leftovers."""
        ended = np.array([entry.key in self.excluded for entry in older])[:, None]
        begun = np.array([entry.key in self.inserted for entry in newer])[None, :]
        odds = np.where(ended & begun, MOVED, ENDED * ended + BEGUN * begun).astype(np.float32)
        rows = {entry.key: index for index, entry in enumerate(older)}
        columns = {entry.key: index for index, entry in enumerate(newer)}
        for one, two in self.reworded:
            if one in rows and two in columns:
                odds[rows[one], columns[two]] += SAME_ROW
        return odds

    def beside(self, link: Link) -> Link:
        """The link, with what the order says of its rows among its evidence."""
        said = [
            ("order", f"{note.change} row {note.row}: {_order(note)}")
            for note in (
                self.excluded.get(link.older),
                self.inserted.get(link.newer),
                self.reworded.get((link.older, link.newer)),
            )
            if note is not None
        ]
        return replace(link, evidence=(*link.evidence, *said)) if said else link


def orders_between(
    older: Sequence[Entry], newer: Sequence[Entry], before: Iterable[Amendment], now: Iterable[Amendment]
) -> Orders:
    """What is said in the newer edition's notes (`now`) and not yet in the older one's (`before`), by rows.

    A note means a row by its printed number, so only numbers that one live row of an edition bears are followed, and
    back into the older edition only if rows keep their numbers. An excluded row that still stands is known by its code.
    """
    known = {(note.change, note.row, note.order_date, note.order) for note in before}
    fresh = [note for note in now if (note.change, note.row, note.order_date, note.order) not in known]
    if not fresh:
        return Orders()
    was, new = _by_number(older), _by_number(newer)
    if not _numbers_kept(older, newer):
        was = {}
    coded, excluded = _excluded_codes(older, newer), {}
    for note in fresh:
        key = coded.get(note.row, was.get(note.row)) if note.change is Change.EXCLUDED else None
        if key is not None:
            excluded[key] = note
    return Orders(
        excluded,
        {new[note.row]: note for note in fresh if note.change is Change.INSERTED and note.row in new},
        {
            (was[note.row], new[note.row]): note
            for note in fresh
            if note.change is Change.REWORDED and note.row in was and note.row in new
        },
    )


def _numbers_kept(older: Sequence[Entry], newer: Sequence[Entry]) -> bool:
    """Whether rows that did not change bear the numbers they bore: some editions are numbered anew."""
    numbers = {(entry.code, entry.name, entry.subname): entry.number for entry in older if not entry.dead}
    pairs = [
        (numbers[same], entry.number)
        for entry in newer
        if not entry.dead and (same := (entry.code, entry.name, entry.subname)) in numbers
    ]
    return sum(before == after for before, after in pairs) >= NUMBERS_KEPT * max(len(pairs), 1)


def _excluded_codes(older: Sequence[Entry], newer: Sequence[Entry]) -> dict[str, str | None]:
    """Number of an excluded row of the newer edition → key of the row that had its code, None if none had."""
    codes: dict[str, list[str]] = {}
    for entry in older:
        if entry.code and not entry.dead:
            codes.setdefault(entry.code, []).append(entry.key)
    return {
        entry.number.strip(" .)№"): keys[0] if len(keys := codes.get(entry.code, [])) == 1 else None
        for entry in newer
        if entry.dead and entry.code
    }


def _by_number(entries: Sequence[Entry]) -> dict[str, str]:
    """Printed number → key of the one live row that bears it."""
    found: dict[str, str] = {}
    twice = set()
    for entry in entries:
        number = entry.number.strip(" .)№")
        if number and not entry.dead:
            twice |= {number} & found.keys()
            found[number] = entry.key
    return {number: key for number, key in found.items() if number not in twice}


def disagreements(orders: Orders, links: Iterable[Link]) -> list[Finding]:
    """Where the order says other than the rows: `order_disagrees` at the row's key.

    An excluded row that stands unchanged, an inserted one that stood before, a reworded one that became another row.
    """
    sure = [link for link in links if link.state is LinkState.ACCEPTED]
    onward: dict[str, list[Link]] = {}
    back: dict[str, list[Link]] = {}
    for link in sure:
        onward.setdefault(link.older, []).append(link)
        back.setdefault(link.newer, []).append(link)
    found = []
    for key, note in orders.excluded.items():
        found += [
            _finding(key, note, f"it stands on as {link.newer}")
            for link in onward.get(key, ())
            if link.type is LinkType.SAME
        ]
    for key, note in orders.inserted.items():
        found += [
            _finding(key, note, f"it stood before as {link.older}")
            for link in back.get(key, ())
            if link.type is LinkType.SAME
        ]
    for (older, newer), note in orders.reworded.items():
        ours = onward.get(older, [])
        if ours and all(link.newer != newer for link in ours):
            found.append(_finding(older, note, f"it became {', '.join(link.newer for link in ours)}"))
    return found


def _finding(key: str, note: Amendment, but: str) -> Finding:
    message = f"the amending order says row {note.row} was {note.change}, but {but}"
    return Finding("order_disagrees", Level.WARNING, key, message, note.text[:500])


def _order(note: Amendment) -> str:
    said = " ".join(part for part in (str(note.order_date or ""), f"№ {note.order}" if note.order else "") if part)
    return f"order of {said}" if said else "order not named"
