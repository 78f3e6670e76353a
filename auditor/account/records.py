"""The closing account's records. Amounts are in units of count (rows, codes, results or subsections)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What is counted. The register has no column for the result, so `results` takes the name for it."""

    ROWS = "rows"
    CODES = "codes"
    RESULTS = "results"  # distinct (name, recipient, provider)
    SUBSECTIONS = "subsections"


class TermName(StrEnum):
    """The account's terms, in its order: end - start = births - deaths + splits - mergers + scope + flips."""

    BIRTHS = "births"
    DEATHS = "deaths"
    SPLITS = "splits"
    MERGERS = "mergers"
    SCOPE = "scope"
    FLIPS = "flips"


#: With which sign a term enters the account.
SIGNS: dict[TermName, int] = {name: -1 if name in (TermName.DEATHS, TermName.MERGERS) else 1 for name in TermName}


@dataclass(frozen=True, slots=True)
class Item:
    """One event behind a term: its rows' keys on both sides and what it adds to the term.

    `kind`: birth, restored, death, split, merged, regrouped, entered_count, left_count, to_digital, to_paper.
    """

    term: TermName
    kind: str
    amount: int
    older: tuple[str, ...]
    newer: tuple[str, ...]


def other_additions(items: Iterable[Item]) -> int:
    """What events add to the count otherwise than by births."""
    return sum(max(0, SIGNS[item.term] * item.amount) for item in items if item.term is not TermName.BIRTHS)


@dataclass(frozen=True, slots=True)
class Term:
    """A term's value over certain links, the least and the most it can be over the ambiguous ones, and its events."""

    value: int
    low: int
    high: int
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """The change of a count between two editions, taken apart.

    `remainder` is what no term explains, zero by construction and checked by addition. `exact` False: some knot of
    ambiguous links was too large to go through every possibility, so its bounds are safe but may be too wide. `others`
    are the least and the most of all gross additions that are no births: no sum of terms, for what a term gains in one
    place and loses in another both count.
    """

    unit: Unit
    digitised: bool
    start: int
    end: int
    terms: dict[TermName, Term]
    exact: bool
    others: tuple[int, int]

    @property
    def remainder(self) -> int:
        """What the terms leave unexplained."""
        return self.end - self.start - sum(SIGNS[name] * term.value for name, term in self.terms.items())

    @property
    def real_growth(self) -> int:
        """Births less deaths: the growth that is no reshuffling."""
        return self.terms[TermName.BIRTHS].value - self.terms[TermName.DEATHS].value

    @property
    def real_bounds(self) -> tuple[int, int]:
        """The least and the most that real growth can be over the ambiguous links."""
        births, deaths = self.terms[TermName.BIRTHS], self.terms[TermName.DEATHS]
        return births.low - deaths.high, births.high - deaths.low

    @property
    def additions(self) -> int:
        """Gross additions: all that any event adds to the count, before what others take from it."""
        return self.terms[TermName.BIRTHS].value + self._others

    @property
    def cosmetic_share(self) -> tuple[float, float, float] | None:
        """METHOD's `cosmetic_share`: the share of gross additions that are no births, its least and its most.

        The bounds let births and all other additions go to their ends at once: safe, perhaps too wide. None where
        nothing was added.
        """
        if self.additions == 0:
            return None
        births, (least, most) = self.terms[TermName.BIRTHS], self.others
        return (
            self._others / self.additions,
            least / (least + births.high) if least + births.high else 0.0,
            most / (most + births.low) if most + births.low else 1.0,
        )

    @property
    def _others(self) -> int:
        return other_additions(item for term in self.terms.values() for item in term.items)

    @property
    def growth(self) -> int:
        """The register's growth."""
        return self.end - self.start

    @property
    def rate(self) -> float | None:
        """The register's growth as a fraction of the start; None from nothing."""
        return self.end / self.start - 1 if self.start else None
