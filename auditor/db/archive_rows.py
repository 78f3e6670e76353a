"""Tables that repeat the archive: runs, captures, how each asking ended, issues."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from auditor.db.base import Base


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
