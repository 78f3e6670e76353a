"""What changed between two editions, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.records import Entry


class ChangeType(StrEnum):
    """What happened to a row. Words of links where it is one; `changed`: the same service, another field."""

    ADDED = "added"
    REMOVED = "removed"
    RESTORED = "restored"
    CHANGED = "changed"
    RENAMED = "renamed"
    REWORDED = "reworded"
    RENUMBERED = "renumbered"
    MOVED = "moved"
    TAKEN_OVER = "taken_over"
    SPLIT = "split"
    MERGED = "merged"
    REGROUPED = "regrouped"
    COSMETIC = "cosmetic"  # noise only: listed apart, no change


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field's text before and after, as the sources have it."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change with its rows on both sides, real field changes, and noise apart.

    `maybe` holds keys of rows that an undecided link would tie to this one.
    """

    type: ChangeType
    older: tuple[Entry, ...]
    newer: tuple[Entry, ...]
    fields: tuple[FieldChange, ...] = ()
    noise: tuple[FieldChange, ...] = ()
    maybe: tuple[str, ...] = ()
