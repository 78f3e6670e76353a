"""Whether a reading may count: expectations of one page, and of an edition beside those before it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from crawler.pages.records import Lang, Level, PortalList, RegisterPage
from crawler.sources.load import Expectations

#: An edition with this many per cent fewer live rows than the one before is a failed page until a person says why.
DROP_PERCENT = 10
#: The share of a fill rate below which a column was lost on the way and is no fact of the source: a figure over what is
#: left of it would call the rest of the rows empty. Between this and the rate itself a reading counts and is told of.
_LOST = 0.5


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a reading is held. `code` is a stable word, `message` one line."""

    code: str
    message: str

    def __str__(self) -> str:
        """`code: message`, one line of the column `edition.unfit`."""
        return f"{self.code}: {self.message}"


def parse_faults(lines: str) -> tuple[Fault, ...]:
    """The faults that were kept as lines."""
    pairs = (line.split(": ", 1) for line in lines.splitlines())
    return tuple(Fault(code, message) for code, message in pairs)


def edition_faults(page: RegisterPage, lang: Lang, bounds: Expectations, needed: Collection[str]) -> tuple[Fault, ...]:
    """What speaks against a page by itself: not understood, cut, too short, a column lost, in the other language.

    `needed` are the fields whose columns the act's table must have; another field may be filled in no row at all.
    """
    faults = []
    if not page.complete:
        errors = [finding for finding in page.findings if finding.level is Level.ERROR]
        why = f"{errors[0].address}: {errors[0].message}" if errors else "the parser says so"
        faults.append(Fault("incomplete", f"the register was not understood ({why})"))
    if len(page.rows) < page.last_number:
        faults.append(
            Fault(
                "fewer_than_numbered", f"{len(page.rows)} rows read, the source numbers them up to {page.last_number}"
            )
        )
    if len(page.rows) < bounds.min_rows:
        faults.append(Fault("too_few_rows", f"{len(page.rows)} rows read, at least {bounds.min_rows} are expected"))
    faults += _low_fill(page.live, bounds.fill, needed, lost=True)
    if page.lang is not None and page.lang is not lang:
        faults.append(Fault("wrong_language", f"asked for {lang}, but the letters are those of {page.lang}"))
    return tuple(faults)


def list_faults(page: PortalList, bounds: Expectations) -> tuple[Fault, ...]:
    """What makes a portal list's reading incomplete, so that an absence from it means nothing.

    A line without a name is a line all the same; a list in which half of them are is not understood.
    """
    faults = []
    if not page.complete:
        faults.append(Fault("incomplete_list", "the list was not understood"))
    if len(page.listings) < bounds.min_listings:
        faults.append(
            Fault("too_few_listings", f"{len(page.listings)} listings, at least {bounds.min_listings} are expected")
        )
    return (*faults, *_low_fill(page.listings, bounds.fill, bounds.fill, lost=True))


def beyond(page: object, bounds: Expectations, needed: Collection[str] = ()) -> tuple[Fault, ...]:
    """What is more than expected, or emptier: told, no reason to hold a reading. `needed` as for `edition_faults`."""
    if isinstance(page, RegisterPage):
        number, most, what = len(page.rows), bounds.max_rows, "rows"
        told = _low_fill(page.live, bounds.fill, needed, lost=False)
    elif isinstance(page, PortalList):
        number, most, what = len(page.listings), bounds.max_listings, "listings"
        told = _low_fill(page.listings, bounds.fill, bounds.fill, lost=False)
    else:
        return ()
    if most is not None and number > most:
        told.append(Fault("more_than_expected", f"{number} {what} read, at most {most} are expected"))
    return tuple(told)


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading among those of its act and language. `accepted`: a person said why it may count all the same."""

    id: int
    edition_date: date
    captured_at: datetime
    rows_live: int
    unfit: tuple[Fault, ...] = ()
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a reading is: `good`, `held` or `accepted`, and the faults that hold it (none unless held)."""

    reading: int
    state: str
    faults: tuple[Fault, ...] = ()


def judge(readings: Iterable[Reading]) -> list[Judgement]:
    """The state of every reading of one act in one language; the order in which they were stored plays no part.

    A reading is compared with the edition in force before it and with the reading of the same date that it would
    replace. Accepting one therefore frees those that followed only because they were as short.
    """
    judged: list[Judgement] = []
    before: Reading | None = None  # in force at the latest earlier date
    current: Reading | None = None  # in force at this date so far
    for reading in sorted(readings, key=lambda one: (one.edition_date, one.captured_at, one.id)):
        if current is not None and current.edition_date < reading.edition_date:
            before, current = current, None
        faults = (*reading.unfit, *_drop_faults(reading, [one for one in (before, current) if one is not None]))
        if reading.accepted:
            judged.append(Judgement(reading.id, "accepted"))
        else:
            judged.append(Judgement(reading.id, "held" if faults else "good", faults))
        if reading.accepted or not faults:
            current = reading
    return judged


def _drop_faults(reading: Reading, references: Sequence[Reading]) -> tuple[Fault, ...]:
    for other in references:
        if other.rows_live and reading.rows_live * 100 <= other.rows_live * (100 - DROP_PERCENT):
            return (
                Fault(
                    "fewer_than_before",
                    f"{reading.rows_live} services, {other.rows_live} in the edition of {other.edition_date}",
                ),
            )
    return ()


def _low_fill(
    records: Sequence[object], fill: Mapping[str, float], needed: Collection[str], *, lost: bool
) -> list[Fault]:
    """The fields filled in fewer records than expected: with `lost` those that cannot be believed, else the others."""
    faults = []
    for field, least in fill.items():
        filled = sum(bool(getattr(record, field)) for record in records)
        there = filled or field in needed
        if records and there and filled < least * len(records) and lost == (filled < least * _LOST * len(records)):
            faults.append(
                Fault("low_fill", f"{field} is filled in {filled} of {len(records)} rows, {least:.0%} are expected")
            )
    return faults
