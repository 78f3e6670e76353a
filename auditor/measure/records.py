"""What a measure is given and what it gives: frozen records, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from auditor.records import Coding, Entry, Listing, StoredCoding
from crawler.pages.records import Lang


@dataclass(frozen=True, slots=True)
class CodedEntry:
    """A live entry with the coding in force, None where it was not coded yet, and on whose word it is."""

    entry: Entry
    coding: Coding | None
    by: str = ""


def coded(entry: Entry, stored: StoredCoding | None) -> CodedEntry:
    """An entry with its coding in force as it is stored."""
    return CodedEntry(entry, stored.coding, stored.by) if stored else CodedEntry(entry, None)


@dataclass(frozen=True, slots=True)
class CodedListing:
    """A portal listing with the coding in force, None where it was not coded yet, and on whose word it is."""

    listing: Listing
    coding: Coding | None
    by: str = ""


def coded_listing(listing: Listing, stored: StoredCoding | None) -> CodedListing:
    """A listing with its coding in force as it is stored."""
    return CodedListing(listing, stored.coding, stored.by) if stored else CodedListing(listing, None)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The register in one language on one day: the live entries of the last edition in force that was read.

    `unread` are the keys of later editions that were in force by the day and could not be read: with them the figures
    might be others, so they are said beside every figure. `accepted` is who let a doubtful edition count, and why.
    """

    as_of: date
    lang: Lang
    act: str
    edition_date: date
    entries: tuple[CodedEntry, ...]
    codebook: str
    unread: tuple[str, ...] = ()
    accepted: str = ""


@dataclass(frozen=True, slots=True)
class PortalSnapshot:
    """The portal in one language as last seen up to a day: every listing of the newest complete lists."""

    as_of: date
    lang: Lang
    listings: tuple[CodedListing, ...]
    codebook: str


def cited(measure: str, cell: str) -> str:
    """The name that people cite a figure by: `nature:human_social`, `count`."""
    return f"{measure}:{cell}" if cell else measure


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of one measure, with what it was counted from.

    `value` is the count; `of` the denominator of `share` (entries that could have been counted), None where a share
    makes no sense. `cell` names the part of a table (`human_social/partial`), "" for the measure's own number.
    `keys` are the entries or listings counted, in the register's order; `len(keys) == value` always. `base` are those
    that could have been counted, where the denominator is made of entries. `low` and `high` are the least and the most
    the value can be where links or codings are undecided; `interval` is the 95% interval of the share where a
    double-coded sample gives one, `corrected` the share corrected for the coder's errors that it lies about,
    `uncorrected` why a share of codes has none ("" where there is nothing to say).
    """

    measure: str
    cell: str
    value: int
    of: int | None
    keys: tuple[str, ...]
    base: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    interval: tuple[float, float] | None = None
    corrected: float | None = None
    uncorrected: str = ""

    @property
    def share(self) -> float | None:
        """`value / of`, 0–1; None without a denominator."""
        return None if not self.of else self.value / self.of


@dataclass(frozen=True, slots=True)
class Measured:
    """All figures of one measure at one date: `total` first, then its cells.

    `abstained` counts the subjects whose coding is `unclear` or missing: they are in no cell but their own. `derived`
    are numbers that are no counts (growth rates, years, probabilities) by name. `details` says of an entry why it is
    counted, in words, by key. `remark` says what a reader must know before the number.
    """

    measure: str
    figures: tuple[Figure, ...]
    abstained: int = 0
    derived: tuple[tuple[str, float], ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    remark: str = ""

    @property
    def head(self) -> Figure:
        """The measure's own number."""
        return self.figures[0]

    @property
    def cells(self) -> tuple[Figure, ...]:
        """The parts of a table measure; empty for a plain number."""
        return tuple(figure for figure in self.figures if figure.cell)


@dataclass(frozen=True, slots=True)
class Break:
    """Why a date cannot simply be compared with the year before. `kind`: new_act, new_code_scheme, new_codebook."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class DatedAudit:
    """The register on one audit date with everything measured on it.

    `unmeasured` maps the measures that could not be taken on that date to the reason: they are not observed, not zero.
    `breaks` are those against the year before.
    """

    snapshot: Snapshot
    measured: dict[str, Measured]
    unmeasured: dict[str, str] = field(default_factory=dict)
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True)
class PortalAudit:
    """The portal in one language with everything measured on it."""

    snapshot: PortalSnapshot
    measured: dict[str, Measured]
