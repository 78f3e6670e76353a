"""Whether the portal shows a listing: yes, no, or not observed. An absence is proven or it is none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from auditor.measure.scene import PortalList

#: An absence needs complete lists of at least two harvests this far apart.
APART = timedelta(days=14)


class Presence(StrEnum):
    """What complete lists say of something: `not_observed` is neither here nor gone."""

    PRESENT = "present"
    ABSENT = "absent"
    NOT_OBSERVED = "not_observed"


class Lists:
    """The portal's complete lists, asked about sets of listings. A list that broke off is none of them."""

    def __init__(self, lists: Iterable[PortalList], unread: Collection[str] = ()) -> None:
        """`unread` names lists that exist and of which no whole reading is among `lists`."""
        self._unread = bool(unread)
        self._readings: dict[tuple[str, str, str], list[PortalList]] = defaultdict(list)
        for one in sorted(lists, key=lambda reading: reading.at):
            self._readings[one.frame].append(one)

    def presence(self, listings: Collection[str]) -> Presence:
        """Whether any of `listings` is shown: all that stand for one service, or none for a service without any.

        Present: one stands in the newest reading of a list. Absent: every list was read completely at least twice,
        14 days apart, since it last held one of them. Anything else is not observed: no list at all, or one unread.
        """
        if not self._readings:
            return Presence.NOT_OBSERVED
        wanted = set(listings)
        if any(wanted & readings[-1].listings for readings in self._readings.values()):
            return Presence.PRESENT
        gone = not self._unread and all(_gone(wanted, readings) for readings in self._readings.values())
        return Presence.ABSENT if gone else Presence.NOT_OBSERVED

    @property
    def can_prove(self) -> bool:
        """Whether any absence could be proven: every list was read twice, 14 days apart."""
        return (
            bool(self._readings)
            and not self._unread
            and all(_gone((), readings) for readings in self._readings.values())
        )

    @property
    def last(self) -> datetime | None:
        """When the newest list was captured (UTC)."""
        return max((readings[-1].at for readings in self._readings.values()), default=None)


def _gone(wanted: Collection[str], readings: Sequence[PortalList]) -> bool:
    """Whether a list was read without `wanted` at least twice, 14 days apart, since it last held any of them."""
    without: list[datetime] = []
    for reading in readings:
        without = [] if reading.listings.intersection(wanted) else [*without, reading.at]
    return bool(without) and without[-1] - without[0] >= APART
