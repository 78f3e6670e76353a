"""Enums and frozen records that one stage hands to the next. No database, no parsing, no arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from crawler.pages.records import DeliveryForm, Lang, Payment, ProviderLevel, Recipient


class Nature(StrEnum):
    """Codebook axis 1. `unclear` is an abstention and is counted as one in every figure."""

    TRANSACTIONAL = "transactional"
    HUMAN_SOCIAL = "human_social"
    UNCLEAR = "unclear"


class Completeness(StrEnum):
    """Codebook axis 2. `unclear` is an abstention."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    UNCLEAR = "unclear"


class Output(StrEnum):
    """What the recipient gets in hand, beside the axes. `unclear` is an abstention."""

    DOCUMENT = "document"
    RECORD = "record"
    PERMIT = "permit"
    MONEY = "money"
    IN_KIND = "in_kind"
    QUEUE = "queue"
    APPOINTMENT = "appointment"
    REFERRAL = "referral"
    ATTACHMENT = "attachment"
    INFORMATION = "information"
    ACCEPTANCE = "acceptance"
    FINDING = "finding"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Entry:
    """One service row of one edition in one language, as linking, coding and measuring see it.

    `id` is the database's; `key` is the stable address a person uses (see auditor.ingest.keys), the same after a
    re-reading of the same page. `ordinal` is the 1-based place among the edition's service rows.
    """

    id: int
    key: str
    act: str
    edition_date: date
    lang: Lang
    ordinal: int
    number: str
    code: str
    name: str
    subname: str = ""
    section_code: str = ""
    section: str = ""
    subsection_code: str = ""
    subsection: str = ""
    recipient: str = ""
    developer: str = ""
    provider: str = ""
    intake: str = ""
    form: str = ""
    payment: str = ""
    bylaw: str = ""
    dead: bool = False
    forms: frozenset[DeliveryForm] = frozenset()
    payments: frozenset[Payment] = frozenset()
    recipients: frozenset[Recipient] = frozenset()
    provider_levels: frozenset[ProviderLevel] = frozenset()


@dataclass(frozen=True, slots=True)
class Listing:
    """One service on the portal in one language: the newest good reading of its list line and its service page.

    `key` is `lang/slug`. `result` is the service page's result text, "" when there is none or no page was read
    (`page_read` tells the two apart). `categories` and `audiences` hold every list the service stands in.
    """

    id: int
    key: str
    lang: Lang
    slug: str
    name: str
    url: str
    categories: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    result: str = ""
    page_read: bool = False


class LinkType(StrEnum):
    """What happened between two entries. Names follow Eurostat–OECD business demography where it has one."""

    SAME = "same"
    RENAMED = "renamed"
    REWORDED = "reworded"
    RENUMBERED = "renumbered"
    MOVED = "moved"
    SPLIT = "split"
    MERGED = "merged"
    REGROUPED = "regrouped"
    TAKEN_OVER = "taken_over"
    RESTORED = "restored"
    TRANSLATION = "translation"  # the same row of one edition in the other language
    LISTED = "listed"  # a portal listing shows this service


class LinkState(StrEnum):
    """Whether a link counts. Candidates are listed, and give figures their bounds, but link nothing."""

    ACCEPTED = "accepted"
    CANDIDATE = "candidate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Link:
    """A typed link from one record to another: `older` → `newer` by their keys.

    A split is one link per child, a merger one per parent; `group` (a stable word) ties them together, "" otherwise.
    `score` and `probability` are 0–1; `rule` is a stable word; `evidence` is (what, value) pairs for people.
    `decided_by` is `machine` or a person's alias.
    """

    type: LinkType
    older: str
    newer: str
    score: float
    rule: str
    state: LinkState = LinkState.ACCEPTED
    probability: float = 1.0
    group: str = ""
    evidence: tuple[tuple[str, str], ...] = ()
    decided_by: str = "machine"


@dataclass(frozen=True, slots=True)
class CodingInput:
    """What is coded: texts in one language. `category` is the register's section or the portal's category."""

    name: str
    result: str = ""
    category: str = ""
    provider: str = ""
    lang: Lang = Lang.RU


@dataclass(frozen=True, slots=True)
class Trigger:
    """Words that decided: `field` of the input, the span `start:end` in that field's original text, the rule."""

    field: str
    start: int
    end: int
    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Coding:
    """One coder's answer about one entry, with its reasons. `rules` are codebook ids (N5, C2) in deciding order.

    `confidence` (0–1) is the lower of the two axes' own.
    """

    nature: Nature
    completeness: Completeness
    output: Output
    sector: str  # COFOG division "01".."10", "" when unclear
    rules: tuple[str, ...]
    triggers: tuple[Trigger, ...]
    confidence: float
    nature_confidence: float = 0.0
    completeness_confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class StoredCoding:
    """A coding in force or an earlier one: who made it, under which codebook, on which evidence text (hash)."""

    id: int
    subject: str  # the entry's or listing's key
    coder: str  # `machine` or an alias
    codebook: str
    evidence_hash: str
    coded_at: datetime
    coding: Coding
    coder_version: str = ""  # the machine's method, lexicon and rules

    @property
    def by(self) -> str:
        """Who coded: an alias, or the machine with its version."""
        return f"{self.coder} {self.coder_version}".rstrip()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a row was read: enough to find the bytes again. Times are UTC, `place` is the cell's or line's address."""

    run_id: str
    warc: str
    offset: int
    url: str
    captured_at: datetime
    sha256: str
    provenance: str
    place: str
    capture_id: str


@dataclass(frozen=True, slots=True)
class PermissionUsed:
    """Leave given in writing by which kept pages were asked for although robots.txt closes them.

    `where` is host and path, `day` the date and `letter` the sha256 of the letter, `pages` how many addresses were had.
    """

    where: str
    who: str
    day: date
    letter: str
    pages: int


@dataclass(frozen=True, slots=True)
class EditionRef:
    """One reading of an act's edition in one language. `key` is `ACT/DATE/LANG`, what a person types.

    `capture_id` is the newest capture the reading was found in, `captured_at` its time (UTC). `rows_found` counts
    dead rows too, `rows_live` those that carry a service. `state` is a word of `auditor.db.models.EditionRow`.
    `replaced_on` is the day from which a later act is known to be in force, whether any of its texts was read or not.
    """

    id: int
    act: str
    edition_date: date
    lang: Lang
    capture_id: str
    captured_at: datetime
    rows_found: int
    rows_live: int
    state: str
    state_reason: str = ""
    state_by: str = "machine"
    provenance: str = ""
    replaced_on: date | None = None

    @property
    def key(self) -> str:
        """The edition's address."""
        return f"{self.act}/{self.edition_date.isoformat()}/{self.lang}"


@dataclass(frozen=True, slots=True)
class Problem:
    """An issue to be kept: what a parser or an expectation says of one page. `level` is `error` or `warning`."""

    level: str
    code: str
    message: str
    address: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class NotRead:
    """Something known to exist whose text was not read: no figure counts it, and no figure takes it for absent.

    `what` is its address for people (`ACT/DATE/LANG` for an edition, whose parts are beside it), `outcome` the word of
    `egov-audit status`, `detail` why in one line. Only a list of the portal has an `audience`.
    """

    what: str
    outcome: str
    detail: str
    act: str = ""
    edition_date: date | None = None
    lang: str = ""
    audience: str = ""
