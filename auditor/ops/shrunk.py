"""The portal's lists of now beside those of the last good run: one that shrank much is no finding yet. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.ops.compare import DROP_PERCENT
from auditor.ops.records import PastRun
from crawler.errors import UsageError

_LISTS = "listings/"
#: Words that a reason has at least.
_WORDS = 3


def check_reason(text: str) -> str:
    """The reason for which a shorter list may be published; "" for none. Raises UsageError for one that is none."""
    if text and len(text.split()) < _WORDS:
        raise UsageError(f"--accept: say why in {_WORDS} words at least; the reason is kept and shown")
    return " ".join(text.split())


def shrunk(sizes: Mapping[str, int], good: PastRun | None) -> tuple[str, ...]:
    """A line for each list that is shorter by more than 10 % than in the last good run of the same arguments, or gone.

    `sizes` are listings by list, named as in a run's counts (`listings/ru/citizen`).
    """
    before = {name: number for name, number in (good.counts if good else {}).items() if name.startswith(_LISTS)}
    return tuple(
        f"the list {name.removeprefix(_LISTS)} has {sizes.get(name, 0)} listings, {number} in the last good run"
        for name, number in sorted(before.items())
        if sizes.get(name, 0) * 100 < number * (100 - DROP_PERCENT)
    )
