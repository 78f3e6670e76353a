"""One finding of a report with the rows behind it: what a story pack is made of. Pure: no wording, no files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from auditor.account.records import SIGNS, Account, Unit
from auditor.measure.cards import cards
from auditor.measure.records import DatedAudit, Figure, Measured
from auditor.measure.report_records import Report, YearAccount
from auditor.measure.splits import UNSAID, groups
from auditor.records import Entry, Evidence, Listing
from crawler.errors import ContentError, UsageError

#: The finding that is no measure: register growth beside real growth, taken apart.
ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row or listing behind the finding.

    `counted`: the finding's number counts it; else it stands in one of the measure's other cells. `parts` are the
    cells or terms it stands in, `detail` is what the measure says of it (English, of a few known shapes).
    """

    key: str
    counted: bool
    parts: tuple[str, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure or the last year's account. `id` is what was asked for; exactly one of `measured`, `account` is set."""

    id: str
    measure: str
    rows: tuple[FoundRow, ...]
    measured: Measured | None = None
    figure: Figure | None = None
    account: YearAccount | None = None


def known_findings() -> tuple[str, ...]:
    """What a story can be about."""
    return (*cards(), ACCOUNT)


def check_finding(asked: str) -> None:
    """Raise UsageError that lists what is known for a finding that does not exist."""
    if asked.partition(":")[0] not in known_findings():
        raise UsageError(f"no finding {asked!r}; known are {', '.join(known_findings())}")


def find(report: Report, asked: str) -> Finding:
    """The finding on the report's audit date. Raises UsageError for an unknown one or cell (listing those known) and
    ContentError for one that was not observed.
    """
    check_finding(asked)
    measure, _, cell = asked.partition(":")
    if measure == ACCOUNT:
        if cell:
            raise UsageError(f"{ACCOUNT} has no cells")
        return _account(report)
    measured = _measured(report, measure)
    figures = {figure.cell: figure for figure in measured.figures}
    if cell not in figures:
        raise UsageError(f"{measure} has no cell {cell!r}; there are: {', '.join(filter(None, figures)) or 'none'}")
    figure = figures[cell]
    return Finding(asked, measure, tuple(_rows(measured, figure)), measured, figure)


def _measured(report: Report, measure: str) -> Measured:
    now = report.now
    if now is not None and measure in now.measured:
        return now.measured[measure]
    for portal in report.portals:
        if portal.snapshot.lang == report.lang and measure in portal.measured:
            return portal.measured[measure]
    why = now.unmeasured.get(measure, "it was not measured") if now else "no edition of the register was read"
    raise ContentError(f"{measure} on {report.as_of} was not observed: {why}")


def _rows(measured: Measured, figure: Figure) -> Iterator[FoundRow]:
    """The rows the figure counts; for a measure's own number those of its other cells after them."""
    details = dict(measured.details)
    parts: dict[str, list[str]] = {key: [] for key in figure.keys}
    for one in () if figure.cell else measured.cells:
        for key in one.keys:
            parts.setdefault(key, []).append(one.cell)
    counted = set(figure.keys)
    for key, cells in parts.items():
        yield FoundRow(key, key in counted, tuple(cells), details.get(key, ""))


def _account(report: Report) -> Finding:
    last = report.accounts[-1] if report.accounts else None
    if last is None or last.end is not report.years[-1]:
        raise ContentError(f"{ACCOUNT} on {report.as_of} was not observed: the year before was not")
    return Finding(ACCOUNT, "growth", tuple(_events(last.accounts[Unit.ROWS, False])), account=last)


def _events(taken: Account) -> Iterator[FoundRow]:
    for name, term in taken.terms.items():
        for item in term.items:
            for key in dict.fromkeys((*item.older, *item.newer)):
                yield FoundRow(key, True, (str(name),), f"{item.kind} {SIGNS[name] * item.amount:+d}")


@dataclass(frozen=True, slots=True)
class Behind:
    """Entries, listings and kept pages by key, for a report's rows of any year."""

    entries: Mapping[str, Entry]
    listings: Mapping[str, Listing]
    editions: Mapping[str, Evidence]
    places: Mapping[str, Evidence]
    before: Mapping[str, Entry]

    @classmethod
    def of(cls, report: Report) -> Behind:
        """Everything a report's rows rest on. `before` has a service's row of the year before, by service."""
        audits = [one.audit for one in report.years if one.audit is not None]
        entries = {row.entry.key: row.entry for audit in audits for row in audit.snapshot.entries}
        for record in report.services.values():
            for stay in record.stays:
                entries.setdefault(stay.entry.key, stay.entry)
        listings = {row.listing.key: row.listing for one in report.portals for row in one.snapshot.listings}
        editions = {one.edition.key: one.evidence for one in report.editions}
        return cls(entries, listings, editions, report.places, dict(_before(report, _former(report))))

    def evidence(self, key: str) -> Evidence | None:
        """Where a row was read; for a row of an edition between two audit dates its edition's page."""
        return self.places.get(key) or self.editions.get("/".join(key.split("/")[:3]))

    def pages(self, key: str) -> tuple[Evidence, ...]:
        """The kept pages of a row, or of a listing with its service page."""
        found = (self.evidence(key), self.places.get(f"page:{key}"))
        return tuple(one for one in found if one is not None)


def _former(report: Report) -> DatedAudit | None:
    return report.years[-2].audit if len(report.years) > 1 else None


def _before(report: Report, former: DatedAudit | None) -> Iterator[tuple[str, Entry]]:
    for row in former.snapshot.entries if former else ():
        service = report.service_of.get(row.entry.key)
        if service:
            yield service, row.entry


def by_regulator(rows: Iterable[FoundRow], behind: Behind) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The ministries that the counted rows name as (name, keys), most rows first; without rows that name none."""
    entries = [behind.entries[row.key] for row in rows if row.counted and row.key in behind.entries]
    found: dict[str, list[str]] = {}
    for key, name in groups(list({one.key: one for one in entries}.values()), "regulator").items():
        if name != UNSAID:
            found.setdefault(name, []).append(key)
    order = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple((name, tuple(keys)) for name, keys in order)
