"""What a report is built from: everything finished and frozen, read once by `stage_report`. No database, no wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from auditor.account.records import Account, Unit
from auditor.corrections.records import Correction
from auditor.diff.records import Change
from auditor.measure.objections import Objection
from auditor.measure.records import DatedAudit, PortalAudit
from auditor.measure.series import Year
from auditor.measure.why import Attribution
from auditor.records import EditionRef, Entry, Evidence, Listing, NotRead, PermissionUsed, StoredCoding
from crawler.pages.records import Lang

#: What a reader of a service's history asks for: a change in one of these ends a stay.
WATCHED = ("code", "name", "subname", "section", "subsection", "recipient", "developer", "provider", "form", "payment")


@dataclass(frozen=True, slots=True)
class Stay:
    """Successive editions in which a service's row said the same of what a reader of its history asks for.

    `entry` is the row in the first of them, `first` and `last` the days of the first and the last, `editions` how many
    were read. `until` is the day of the next edition that was read; None while the stay lasts to the audit date.
    """

    entry: Entry
    first: date
    last: date
    editions: int
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """One service through all editions up to the audit date, in the language of the report's figures.

    `codings` maps the key of a stay's row to its coding in force with reasons; `names` are newest names in the
    register's other language; `listings` are those of the portal that show it, in all languages. `row` is the key of
    its row on the audit date, "" when it has none.
    """

    key: str
    stays: tuple[Stay, ...]
    codings: Mapping[str, StoredCoding]
    names: tuple[tuple[str, str], ...] = ()
    listings: tuple[Listing, ...] = ()
    row: str = ""

    @property
    def newest(self) -> Entry:
        """The row that speaks for the service: of its last stay."""
        return self.stays[-1].entry


@dataclass(frozen=True, slots=True)
class YearAccount:
    """The closing accounts from one year's audit date to the next one's, by unit of count and digitised or not."""

    start: Year
    end: Year
    accounts: Mapping[tuple[Unit, bool], Account]


@dataclass(frozen=True, slots=True)
class EditionRecord:
    """One edition that was read, and where. `cited`: figures of an audit date rest on it."""

    edition: EditionRef
    evidence: Evidence
    cited: bool


@dataclass(frozen=True, slots=True)
class Stamped:
    """A time stamp that covers the evidence: when (UTC), by whom, and its file in the archive."""

    at: datetime
    authority: str
    file: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the site says.

    `years` are ascending, the last one is the audit date; empty when only the portal was read. `accounts` lie between
    observed years that follow each other, `changes` between the last two of them. `why` takes the change of headline
    figures apart, by measure. `services` are by key; `service_of` gives the service of any row's or listing's key (the
    oldest one of a listing that shows several).
    `places` maps the keys of rows, listings and (as `page:KEY`) service pages to where they were read.
    `coding` is what must be said of every coded figure; `issues` maps an issue code to how many are open;
    `permissions` are those by which pages were had that robots.txt closes.
    """

    as_of: date
    lang: Lang
    codebook: str
    coding: str
    years: tuple[Year, ...]
    portals: tuple[PortalAudit, ...]
    accounts: tuple[YearAccount, ...]
    changes: tuple[Change, ...]
    why: Mapping[str, Attribution]
    objections: Mapping[str, tuple[Objection, ...]]
    services: Mapping[str, ServiceRecord]
    service_of: Mapping[str, str]
    editions: tuple[EditionRecord, ...]
    places: Mapping[str, Evidence]
    not_read: tuple[NotRead, ...]
    issues: tuple[tuple[str, int], ...]
    corrections: tuple[Correction, ...] = ()
    permissions: tuple[PermissionUsed, ...] = ()
    release: str = ""
    root: str = ""
    stamped: Stamped | None = None

    @property
    def now(self) -> DatedAudit | None:
        """The register on the audit date; None when no edition of it was read."""
        return self.years[-1].audit if self.years else None
