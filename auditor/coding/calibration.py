"""Whether a confidence means what it says: decisions grouped by it, beside the share that was right. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

#: Lower bounds of the groups, in falling order; the last takes the abstentions.
_BOUNDS = (0.95, 0.9, 0.7, 0.5, 0.01, 0.0)


@dataclass(frozen=True, slots=True)
class Group:
    """Decisions whose confidence is at least `bound`: how many, their mean confidence, how many were right."""

    bound: float
    count: int
    confidence: float
    right: int

    @property
    def share(self) -> float:
        """Share of right decisions, 0–1."""
        return self.right / self.count


def reliability(decisions: Iterable[tuple[float, bool]]) -> list[Group]:
    """The reliability table of (confidence, right) pairs: groups that hold any, the surest first."""
    groups: dict[float, list[tuple[float, bool]]] = {bound: [] for bound in _BOUNDS}
    for confidence, right in decisions:
        bound = next(bound for bound in _BOUNDS if confidence >= bound)
        groups[bound].append((confidence, right))
    return [
        Group(bound, len(held), sum(sure for sure, _ in held) / len(held), sum(right for _, right in held))
        for bound, held in groups.items()
        if held
    ]
