"""A correction as it is published: which figure, what was said, what is right, why, who noticed. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from crawler.errors import ContentError, UsageError

#: A reason is a sentence or two for a reader; what is longer belongs into a text of its own.
REASON_AT_MOST = 2000


@dataclass(frozen=True, slots=True)
class Correction:
    """One published correction. Never changed: a correction of a correction is another one.

    `figure` is the measure's id, or `id:cell`; `as_of` its audit date, `lang` the language of the text it counts;
    `old` and `new` are counts. `number` is its place among the corrections of the same figure, from 1.
    """

    figure: str
    as_of: date
    lang: str
    number: int
    noted_at: datetime
    old: int
    new: int
    reason: str
    noticed_by: str

    @property
    def key(self) -> str:
        """The correction's stable address: `dead_ends/2024-12-31/ru/1`."""
        return f"{self.figure}/{self.as_of}/{self.lang}/{self.number}"

    def as_json(self) -> dict[str, object]:
        """The correction for a program, its time in UTC."""
        return {
            "key": self.key,
            "noted_at": self.noted_at.isoformat(timespec="seconds"),
            "figure": self.figure,
            "as_of": str(self.as_of),
            "lang": self.lang,
            "old": self.old,
            "new": self.new,
            "reason": self.reason,
            "noticed_by": self.noticed_by,
        }


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody wants to have corrected, as it was typed."""

    figure: str
    as_of: date
    lang: str
    old: int
    new: int
    reason: str
    noticed_by: str


def reason_of(text: str) -> str:
    """A reason as it is kept: one line of seen characters. Raises UsageError that says what cannot be kept."""
    told = " ".join(text.split())
    if not told:
        raise UsageError("--reason is empty: whoever cited the figure must learn why it was wrong")
    if len(told) > REASON_AT_MOST:
        raise UsageError(f"--reason has {len(told)} characters; it may have {REASON_AT_MOST}")
    for place, sign in enumerate(told, 1):
        # Signs that turn the direction of text or are not seen could make a line say another thing than is stored.
        if unicodedata.category(sign)[0] == "C":
            raise UsageError(f"--reason: character {place} is U+{ord(sign):04X}, which is not seen: leave it out")
    return told


def refuse_untrue(claim: Claim, given: Sequence[tuple[int, date]], now: int, made: Sequence[Correction]) -> None:
    """Hold a claim against what was said of the figure.

    `given` are the values that were ever computed for it, with the day, in order; `now` is the one of today's data;
    `made` are its corrections so far. Raises UsageError for a claim that changes nothing, ContentError for an old value
    that nobody was given, a new one that the data do not bear out, and a correction that stands already.
    """
    named = f"{claim.figure} on {claim.as_of} ({claim.lang})"
    if claim.old == claim.new:
        raise UsageError(f"--old and --new are both {claim.old}: nothing is corrected")
    if claim.old not in {value for value, _ in given}:
        told = ", ".join(f"{value} (computed {day})" for value, day in given) or "nothing"
        raise ContentError(f"{named} was never given as {claim.old}; what was given: {told}")
    if claim.new != now:
        raise ContentError(
            f"{named} is {now} by the data as they are, not {claim.new}: a correction must be traceable, so mend what "
            "made the figure wrong first (a coding, a link, a page), then correct it"
        )
    last = made[-1] if made else None
    if last is not None and (last.old, last.new) == (claim.old, claim.new):
        raise ContentError(f"{named} was corrected from {last.old} to {last.new} already, see {last.key}")
