"""Where people who coded the same text differ, side by side, and which codings are stale. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.coding.in_force import ADJUDICATED, axes_of, newest_by_person
from auditor.records import StoredCoding
from auditor.review.records import SampleItem
from auditor.review.words import in_codes


@dataclass(frozen=True, slots=True)
class Difference:
    """An item that people coded differently on an axis; each person's newest coding, by alias."""

    item: SampleItem
    codings: tuple[StoredCoding, ...]


def differences(items: Iterable[SampleItem], codings: Mapping[str, Sequence[StoredCoding]]) -> list[Difference]:
    """The items, in the order given, on which people differ and nobody has decided yet."""
    found = []
    for item in items:
        known = codings.get(item.key, ())
        people = sorted(newest_by_person(known), key=lambda one: one.coder)
        decided = any(one.coder.startswith(ADJUDICATED) for one in known)
        if not decided and len({axes_of(one) for one in people}) > 1:
            found.append(Difference(item, tuple(people)))
    return found


def in_words(stored: StoredCoding, note: str = "") -> str:
    """One person's coding in one cell."""
    codes = in_codes(stored.coding)
    return f"{codes} ({note})" if note else codes
