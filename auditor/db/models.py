"""Tables. Rows are observations: nothing is overwritten, later readings stand beside earlier ones.

Times are UTC. Texts stay as the source has them. Sets (delivery forms…) are sorted words joined by one space, so that
the same SQL works on SQLite and PostgreSQL.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from auditor.db.types import UtcDateTime


class Base(DeclarativeBase):
    """Names constraints by convention, so that a migration can find them on both engines."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own name
        datetime: UtcDateTime,
        date: Date,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class RunRow(Base):
    """A harvest or an import, as the archive's run record says it, or a later stage's own run."""

    __tablename__ = "run"
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    stage: Mapped[str] = mapped_column(String(20), doc="harvest, import, ingest, link, code, measure, report")
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    result: Mapped[str] = mapped_column(String(20), doc="running, failed, good, interrupted")
    detail: Mapped[str] = mapped_column(Text, default="")
    arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    versions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class CaptureRow(Base):
    """A kept page: one line of the archive's index, and whether it was parsed."""

    __tablename__ = "capture"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("run.id"), index=True)
    record: Mapped[str] = mapped_column(String(10), doc="response or revisit")
    warc: Mapped[str] = mapped_column(String(200))
    offset: Mapped[int] = mapped_column(BigInteger)
    length: Mapped[int] = mapped_column(BigInteger)
    body_warc: Mapped[str] = mapped_column(String(200), doc="where the body lies: another file for a revisit")
    body_offset: Mapped[int] = mapped_column(BigInteger)
    url: Mapped[str] = mapped_column(Text)
    captured_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int] = mapped_column(Integer)
    content_type: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int] = mapped_column(Integer)
    verdict: Mapped[str] = mapped_column(String(20))
    provenance: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    lang: Mapped[str] = mapped_column(String(5), default="")
    act: Mapped[str] = mapped_column(String(40), default="")
    edition_date: Mapped[date | None]
    slug: Mapped[str] = mapped_column(String(200), default="")
    audience: Mapped[str] = mapped_column(String(20), default="")
    parse_state: Mapped[str] = mapped_column(String(10), doc="pending, parsed, failed, skipped, held")
    parsed_with: Mapped[str] = mapped_column(String(20), default="", doc="version of the parsers")
    parsed_at: Mapped[datetime | None]


class FetchRow(Base):
    """How the asking for one address ended in one run."""

    __tablename__ = "fetch"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("run.id"), index=True)
    line: Mapped[int] = mapped_column(Integer, doc="line number in the run's fetch log")
    at: Mapped[datetime]
    url: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    lang: Mapped[str] = mapped_column(String(5), default="")
    act: Mapped[str] = mapped_column(String(40), default="")
    edition_date: Mapped[date | None]
    slug: Mapped[str] = mapped_column(String(200), default="")
    audience: Mapped[str] = mapped_column(String(20), default="")
    outcome: Mapped[str] = mapped_column(String(20))
    status: Mapped[int] = mapped_column(Integer, default=0)
    verdict: Mapped[str] = mapped_column(String(20), default="")
    detail: Mapped[str] = mapped_column(Text, default="")
    capture_id: Mapped[str] = mapped_column(String(36), default="")
    __table_args__ = (UniqueConstraint("run_id", "line"), Index("ix_fetch_act_edition_date", "act", "edition_date"))


class IssueRow(Base):
    """Something not understood or gone wrong, with its address. Never deleted; `resolved_at`: it no longer holds."""

    __tablename__ = "issue"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(String(80), index=True)
    capture_id: Mapped[str | None] = mapped_column(ForeignKey("capture.id"), index=True)
    stage: Mapped[str] = mapped_column(String(20))
    level: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(60), index=True)
    address: Mapped[str] = mapped_column(Text, default="")
    message: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text, default="")
    found_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]


class EditionKnownRow(Base):
    """An edition that the history table names, whether or not its text was ever read."""

    __tablename__ = "edition_known"
    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(40))
    lang: Mapped[str] = mapped_column(String(5))
    edition_date: Mapped[date]
    current: Mapped[bool] = mapped_column(Boolean, doc="the row that links the text now shown, when last seen")
    href: Mapped[str] = mapped_column(Text)
    status_word: Mapped[str] = mapped_column(Text, default="")
    info: Mapped[str] = mapped_column(Text, default="")
    capture_id: Mapped[str] = mapped_column(ForeignKey("capture.id"), index=True)
    superseded_at: Mapped[datetime | None] = mapped_column(doc="when better parsers read the same capture otherwise")
    __table_args__ = (UniqueConstraint("act", "lang", "edition_date", "capture_id"),)


class EditionRow(Base):
    """One reading of an edition's text. Several readings of one (act, date, language) can stand side by side.

    `state`: `unjudged` (just read, not yet compared with its neighbours), `good`, `accepted` (short, but a person said
    why), `held` (failed expectations: never in force), `superseded` (better parsers read every capture of it
    otherwise). `capture_id` is the first capture it was read in; `edition_seen` has them all.
    """

    __tablename__ = "edition"
    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(40))
    edition_date: Mapped[date]
    lang: Mapped[str] = mapped_column(String(5))
    capture_id: Mapped[str] = mapped_column(ForeignKey("capture.id"), index=True)
    content_hash: Mapped[str] = mapped_column(String(64), doc="sha256 over what was read, not over the bytes")
    parsed_with: Mapped[str] = mapped_column(String(20))
    read_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(Text, default="")
    requisites: Mapped[str] = mapped_column(Text, default="")
    status_word: Mapped[str] = mapped_column(Text, default="")
    last_number: Mapped[int] = mapped_column(Integer)
    rows_found: Mapped[int] = mapped_column(Integer)
    rows_live: Mapped[int] = mapped_column(Integer)
    unfit: Mapped[str] = mapped_column(Text, default="", doc="why the page by itself is not fit; empty when it is")
    state: Mapped[str] = mapped_column(String(12), index=True)
    state_reason: Mapped[str] = mapped_column(Text, default="")
    state_by: Mapped[str] = mapped_column(String(80), default="machine")
    state_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("act", "edition_date", "lang", "content_hash"),
        Index("ix_edition_act_lang_edition_date", "act", "lang", "edition_date"),
    )


class EditionSeenRow(Base):
    """A capture in which a reading was found. The same text fetched again gives a line here and no second reading."""

    __tablename__ = "edition_seen"
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    capture_id: Mapped[str] = mapped_column(ForeignKey("capture.id"), index=True)
    parsed_with: Mapped[str] = mapped_column(String(20))
    read_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None] = mapped_column(
        doc="when the capture was read otherwise, or dated otherwise"
    )
    __table_args__ = (UniqueConstraint("edition_id", "capture_id"),)


class EntryRow(Base):
    """One service row of one reading of an edition."""

    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    key: Mapped[str] = mapped_column(String(80), index=True)
    table_no: Mapped[int] = mapped_column(Integer)
    row_no: Mapped[int] = mapped_column(Integer)
    ordinal: Mapped[int] = mapped_column(Integer)
    number: Mapped[str] = mapped_column(Text, default="")
    code: Mapped[str] = mapped_column(String(40), default="", index=True)
    name: Mapped[str] = mapped_column(Text)
    name_norm: Mapped[str] = mapped_column(Text, doc="folded for comparison: letters, quotes, dashes, spaces, ё")
    subname: Mapped[str] = mapped_column(Text, default="")
    section_code: Mapped[str] = mapped_column(String(10), default="")
    section: Mapped[str] = mapped_column(Text, default="")
    subsection_code: Mapped[str] = mapped_column(String(10), default="")
    subsection: Mapped[str] = mapped_column(Text, default="")
    recipient: Mapped[str] = mapped_column(Text, default="")
    developer: Mapped[str] = mapped_column(Text, default="")
    provider: Mapped[str] = mapped_column(Text, default="")
    intake: Mapped[str] = mapped_column(Text, default="")
    form: Mapped[str] = mapped_column(Text, default="")
    payment: Mapped[str] = mapped_column(Text, default="")
    bylaw: Mapped[str] = mapped_column(Text, default="")
    dead: Mapped[bool] = mapped_column(Boolean)
    dead_text: Mapped[str] = mapped_column(Text, default="")
    forms: Mapped[str] = mapped_column(String(200), default="", doc="delivery forms, sorted words joined by a space")
    payments: Mapped[str] = mapped_column(String(40), default="")
    recipients: Mapped[str] = mapped_column(String(60), default="")
    provider_levels: Mapped[str] = mapped_column(String(60), default="")
    cells: Mapped[list[Any]] = mapped_column(default=list, doc="the row's cells as read")
    __table_args__ = (UniqueConstraint("edition_id", "ordinal"),)


class ListReadingRow(Base):
    """One reading of a portal list: the frame in which a listing is present or absent."""

    __tablename__ = "list_reading"
    id: Mapped[int] = mapped_column(primary_key=True)
    capture_id: Mapped[str] = mapped_column(ForeignKey("capture.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    parsed_with: Mapped[str] = mapped_column(String(20))
    lang: Mapped[str] = mapped_column(String(5))
    audience: Mapped[str] = mapped_column(String(20))
    slug: Mapped[str] = mapped_column(String(200), default="", doc="of a list that is one category's page")
    read_at: Mapped[datetime]
    complete: Mapped[bool] = mapped_column(Boolean)
    listings: Mapped[int] = mapped_column(Integer)
    superseded_at: Mapped[datetime | None] = mapped_column(doc="when better parsers read the same capture otherwise")
    __table_args__ = (UniqueConstraint("capture_id", "content_hash"),)


class ListingRow(Base):
    """A service of the portal in one language. What was seen of it when: `listing_seen`, `page_reading`."""

    __tablename__ = "listing"
    id: Mapped[int] = mapped_column(primary_key=True)
    lang: Mapped[str] = mapped_column(String(5))
    slug: Mapped[str] = mapped_column(String(200))
    __table_args__ = (UniqueConstraint("lang", "slug"),)


class ListingSeenRow(Base):
    """One line of one list reading."""

    __tablename__ = "listing_seen"
    id: Mapped[int] = mapped_column(primary_key=True)
    list_reading_id: Mapped[int] = mapped_column(ForeignKey("list_reading.id"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    category: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    href: Mapped[str] = mapped_column(Text)
    __table_args__ = (UniqueConstraint("list_reading_id", "position"),)


class PageReadingRow(Base):
    """One reading of a service page, by one version of the parsers."""

    __tablename__ = "page_reading"
    id: Mapped[int] = mapped_column(primary_key=True)
    capture_id: Mapped[str] = mapped_column(ForeignKey("capture.id"))
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), index=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    parsed_with: Mapped[str] = mapped_column(String(20))
    read_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text)
    orderable: Mapped[bool] = mapped_column(Boolean)
    blocks: Mapped[list[Any]] = mapped_column(default=list)
    superseded_at: Mapped[datetime | None] = mapped_column(doc="when better parsers read the same capture otherwise")
    __table_args__ = (UniqueConstraint("capture_id", "content_hash"),)


class ServiceRow(Base):
    """A service: what its entries through editions, languages and acts have in common. `key` is its public address."""

    __tablename__ = "service"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    first_date: Mapped[date]
    created_at: Mapped[datetime]


class MembershipRow(Base):
    """Which service an entry or a listing belongs to, under the newest linking."""

    __tablename__ = "membership"
    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    subject_kind: Mapped[str] = mapped_column(String(10), doc="entry or listing")
    subject_key: Mapped[str] = mapped_column(String(300))
    __table_args__ = (UniqueConstraint("subject_kind", "subject_key", "service_id"),)


class LinkingRow(Base):
    """One pair of editions as it was linked last, and from what: a pair whose inputs are the same is not linked again.

    Bookkeeping, changed in place; the links themselves are never lost. Language is empty for a pair of languages.
    """

    __tablename__ = "linking"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), doc="history, translation, listing")
    lang: Mapped[str] = mapped_column(String(5), default="")
    older: Mapped[str] = mapped_column(String(80), doc="edition key ACT/DATE/LANG; empty for listings")
    newer: Mapped[str] = mapped_column(String(80), doc="edition key ACT/DATE/LANG; language for listings")
    inputs_hash: Mapped[str] = mapped_column(String(64), doc="over the readings, decisions and linker version used")
    linker: Mapped[str] = mapped_column(String(20), doc="version of the linking rules")
    linked_at: Mapped[datetime]
    ended: Mapped[list[Any]] = mapped_column(default=list, doc="keys of older rows that nothing continues")
    begun: Mapped[list[Any]] = mapped_column(default=list, doc="keys of newer rows that continue nothing")
    restored: Mapped[list[Any]] = mapped_column(default=list, doc="keys of rows gone earlier that came back here")
    __table_args__ = (UniqueConstraint("kind", "older", "newer"),)


class LinkRow(Base):
    """A typed link between two entries or a listing and a service's entry. A person's decision is a row of its own."""

    __tablename__ = "link"
    id: Mapped[int] = mapped_column(primary_key=True)
    linking_id: Mapped[int | None] = mapped_column(ForeignKey("linking.id"), index=True, doc="none for a decision")
    type: Mapped[str] = mapped_column(String(20))
    older_key: Mapped[str] = mapped_column(String(300), index=True)
    newer_key: Mapped[str] = mapped_column(String(300), index=True)
    score: Mapped[float] = mapped_column(Float)
    rule: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(12))
    probability: Mapped[float] = mapped_column(Float)
    group: Mapped[str] = mapped_column(String(120), default="")
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    decided_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text, default="")
    withdrawn_at: Mapped[datetime | None] = mapped_column(doc="when a later linking no longer found it")


class CodingRow(Base):
    """One coder's coding of one subject on one evidence text under one codebook version. Never overwritten."""

    __tablename__ = "coding"
    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(10), doc="entry or listing")
    subject_key: Mapped[str] = mapped_column(String(300), index=True)
    lang: Mapped[str] = mapped_column(String(5))
    coder: Mapped[str] = mapped_column(String(80))
    codebook: Mapped[str] = mapped_column(String(20))
    evidence_hash: Mapped[str] = mapped_column(String(64))
    nature: Mapped[str] = mapped_column(String(20))
    completeness: Mapped[str] = mapped_column(String(20))
    output: Mapped[str] = mapped_column(String(20))
    sector: Mapped[str] = mapped_column(String(2), default="")
    rules: Mapped[list[Any]] = mapped_column(default=list)
    triggers: Mapped[list[Any]] = mapped_column(default=list)
    confidence: Mapped[float] = mapped_column(Float)
    nature_confidence: Mapped[float] = mapped_column(Float)
    completeness_confidence: Mapped[float] = mapped_column(Float)
    coded_at: Mapped[datetime]
    coder_version: Mapped[str] = mapped_column(
        String(20), default="", server_default="", doc="the machine's lexicon and rules; a person has none"
    )
    # The same text may be answered anew by a mended lexicon; the newest answer counts.
    __table_args__ = (
        UniqueConstraint(
            *("subject_kind", "subject_key", "coder", "codebook", "evidence_hash", "coded_at"), name="uq_coding_answer"
        ),
    )


class MeasurementRow(Base):
    """A figure as it was computed once. A later computation that differs stands beside it."""

    __tablename__ = "measurement"
    id: Mapped[int] = mapped_column(primary_key=True)
    as_of: Mapped[date]
    lang: Mapped[str] = mapped_column(String(5))
    measure: Mapped[str] = mapped_column(String(60))
    cell: Mapped[str] = mapped_column(String(120), default="", doc="the part of the measure: human_social/complete…")
    value: Mapped[float] = mapped_column(Float)
    numerator: Mapped[int | None] = mapped_column(Integer)
    denominator: Mapped[int | None] = mapped_column(Integer)
    act: Mapped[str] = mapped_column(String(40))
    edition_date: Mapped[date]
    codebook: Mapped[str] = mapped_column(String(20), default="")
    inputs_hash: Mapped[str] = mapped_column(String(64), doc="over the entries and codings the figure rests on")
    computed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("as_of", "lang", "measure", "cell", "inputs_hash"),)


class SampleRow(Base):
    """A sample drawn for people to code: how it was drawn, so that anyone can draw it again. Never changed."""

    __tablename__ = "sample"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    seed: Mapped[int] = mapped_column(BigInteger)
    size: Mapped[int] = mapped_column(Integer)
    frame_size: Mapped[int] = mapped_column(Integer)
    half_width: Mapped[float | None] = mapped_column(Float, doc="the interval asked for, 0-1; none if a size was")
    by: Mapped[list[Any]] = mapped_column(default=list, doc="what the strata are made of: nature, sector…")
    strata: Mapped[list[Any]] = mapped_column(default=list, doc="stratum, subjects in the frame, subjects drawn")
    codebook: Mapped[str] = mapped_column(String(20))
    as_of: Mapped[date]
    created_at: Mapped[datetime]


class SampleItemRow(Base):
    """One subject of a sample with the text that coders are shown. `weight`: frame subjects it stands for."""

    __tablename__ = "sample_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"))
    position: Mapped[int] = mapped_column(Integer)
    subject_kind: Mapped[str] = mapped_column(String(10), doc="entry or listing")
    subject_key: Mapped[str] = mapped_column(String(300), index=True)
    lang: Mapped[str] = mapped_column(String(5))
    stratum: Mapped[str] = mapped_column(String(200))
    weight: Mapped[float] = mapped_column(Float)
    evidence_hash: Mapped[str] = mapped_column(String(64))
    shown: Mapped[dict[str, Any]] = mapped_column(default=dict, doc="name, result, category, provider as shown")
    __table_args__ = (
        UniqueConstraint("sample_id", "subject_kind", "subject_key"),
        UniqueConstraint("sample_id", "position"),
    )


class SheetRow(Base):
    """One sheet handed to one coder: whose it is, of which sample and codebook, in which order."""

    __tablename__ = "sheet"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"), index=True)
    coder: Mapped[str] = mapped_column(String(80))
    form: Mapped[str] = mapped_column(String(12), doc="table, doccano, terminal, adjudication")
    order_seed: Mapped[str] = mapped_column(String(64))
    codebook: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime]


class HandCodingRow(Base):
    """What a person's coding has besides the codes: its sheet, a note, and for an adjudication why and between what."""

    __tablename__ = "hand_coding"
    coding_id: Mapped[int] = mapped_column(ForeignKey("coding.id"), primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheet.id"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    between: Mapped[list[Any]] = mapped_column(default=list, doc="ids of the codings that were decided between")
