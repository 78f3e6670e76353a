"""What a new version changes: subjects whose coding in force moved from one codebook, or coder, to another. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from auditor.coding.codebook import MACHINE
from auditor.coding.in_force import axes_of, coding_in_force
from auditor.records import StoredCoding


@dataclass(frozen=True, slots=True)
class Version:
    """What codings are looked at under: a codebook; with `until`, as the machine had left them at that moment."""

    name: str
    codebook: str
    until: datetime | None = None

    def of(self, codings: Sequence[StoredCoding]) -> list[StoredCoding]:
        """One subject's codings under this version, in their order."""
        return [
            one
            for one in codings
            if one.codebook == self.codebook
            and (self.until is None or one.coder != MACHINE or one.coded_at <= self.until)
        ]


@dataclass(frozen=True, slots=True)
class Move:
    """One subject with the coding that counts under the first version and under the second."""

    key: str
    before: StoredCoding
    after: StoredCoding

    @property
    def axes(self) -> tuple[str, ...]:
        """The axes on which it moved: nature, completeness; none where only output or sector differ."""
        pairs = zip(("nature", "completeness"), axes_of(self.before), axes_of(self.after), strict=True)
        return tuple(axis for axis, before, after in pairs if before != after)

    @property
    def other_text(self) -> bool:
        """Whether the text that was coded changed between them, so that not only the version moved it."""
        return self.before.evidence_hash != self.after.evidence_hash


@dataclass(frozen=True, slots=True)
class Comparison:
    """All subjects of one kind under two versions.

    `compared` counts those coded under both; `moved` are those with other codes on an axis, by key; `beside` are
    those where only output or sector differ; the last two are the keys coded under one version alone.
    """

    compared: int
    moved: tuple[Move, ...]
    beside: tuple[Move, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def compare(codings: Mapping[str, Sequence[StoredCoding]], first: Version, second: Version) -> Comparison:
    """The codings of each subject (oldest first, all versions) under version `first` beside those under `second`."""
    pairs = {
        key: (coding_in_force(first.of(ones)), coding_in_force(second.of(ones)))
        for key, ones in sorted(codings.items())
    }
    both = [Move(key, before, after) for key, (before, after) in pairs.items() if before and after]
    return Comparison(
        compared=len(both),
        moved=tuple(move for move in both if move.axes),
        beside=tuple(move for move in both if not move.axes and rest_of(move.before) != rest_of(move.after)),
        only_first=tuple(key for key, (before, after) in pairs.items() if before and not after),
        only_second=tuple(key for key, (before, after) in pairs.items() if after and not before),
    )


def rest_of(stored: StoredCoding) -> tuple[str, str]:
    """What is recorded beside the axes: output and sector."""
    return str(stored.coding.output), stored.coding.sector
