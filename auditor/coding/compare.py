"""What a new codebook version changes: subjects whose coding in force moved from one version to the other. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.coding.in_force import axes_of, coding_in_force
from auditor.records import StoredCoding


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


@dataclass(frozen=True, slots=True)
class Comparison:
    """All subjects of one kind under two codebook versions.

    `compared` counts those coded under both; `moved` are those with other codes on an axis, by key; `beside` counts
    those where only output or sector differ; the last two are the keys coded under one version alone.
    """

    compared: int
    moved: tuple[Move, ...]
    beside: int
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def compare(codings: Mapping[str, Sequence[StoredCoding]], first: str, second: str) -> Comparison:
    """The codings of each subject (oldest first, all versions) under version `first` beside those under `second`."""
    pairs = {key: (_under(ones, first), _under(ones, second)) for key, ones in sorted(codings.items())}
    both = [Move(key, before, after) for key, (before, after) in pairs.items() if before and after]
    return Comparison(
        compared=len(both),
        moved=tuple(move for move in both if move.axes),
        beside=sum(not move.axes and _rest(move.before) != _rest(move.after) for move in both),
        only_first=tuple(key for key, (before, after) in pairs.items() if before and not after),
        only_second=tuple(key for key, (before, after) in pairs.items() if after and not before),
    )


def _under(codings: Sequence[StoredCoding], codebook: str) -> StoredCoding | None:
    return coding_in_force([one for one in codings if one.codebook == codebook])


def _rest(stored: StoredCoding) -> tuple[str, str]:
    return str(stored.coding.output), stored.coding.sector
