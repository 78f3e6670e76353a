"""Tables of what was found out: services and links, codings, samples, figures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from auditor.db.base import Base


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
    """A figure as it was computed once. A later computation that differs stands beside it; the last row is in force."""

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
    withdrawn: Mapped[bool] = mapped_column(
        default=False, server_default=false(), doc="the date was computed again without this cell"
    )
    __table_args__ = (Index(None, "as_of", "lang", "measure", "cell"),)


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
