"""Tables of what pages say: editions and their entries, portal lists and service pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from auditor.db.base import Base


class ActRow(Base):
    """An act that approves the register, as the sources name it, whether or not anything of it was ever read."""

    __tablename__ = "act"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    first_day: Mapped[date] = mapped_column(doc="the act's own day: from then on the acts before it count no more")


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


class AmendmentRow(Base):
    """What the notes of one reading say of a row: excluded, inserted or put in new words, and by which order."""

    __tablename__ = "amendment"
    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    position: Mapped[int] = mapped_column(doc="place among what the reading's notes say, from 1")
    change: Mapped[str] = mapped_column(String(10), doc="excluded, inserted, reworded")
    row_number: Mapped[str] = mapped_column(String(20), doc="the row's number as printed")
    order_date: Mapped[date | None]
    order_number: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(Text, default="", doc="the clause of the note")
    __table_args__ = (UniqueConstraint("edition_id", "position"),)


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
