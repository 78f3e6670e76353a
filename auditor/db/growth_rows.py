"""Tables of what is derived from links for people who query: changes between editions, terms of the closing account.

No observations: both are made anew whenever the links they stand on are.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from auditor.db.base import Base


class GrowthRow(Base):
    """What was derived last for a pair of editions or of years, and from which inputs: the same are not taken again."""

    __tablename__ = "growth"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), doc="changes or account")
    lang: Mapped[str] = mapped_column(String(5))
    older: Mapped[str] = mapped_column(String(80), doc="edition key, or year of an account")
    newer: Mapped[str] = mapped_column(String(80))
    inputs_hash: Mapped[str] = mapped_column(String(64), doc="over the linkings and readings used")
    __table_args__ = (Index("uq_growth_pair", "kind", "lang", "older", "newer", unique=True),)


class EditionChangeRow(Base):
    """One change between two editions that follow each other: one row a changed field, one without field otherwise."""

    __tablename__ = "edition_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    growth_id: Mapped[int] = mapped_column(ForeignKey("growth.id"), index=True)
    edition_date: Mapped[date] = mapped_column(doc="of the newer edition")
    type: Mapped[str] = mapped_column(String(20))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(Text)
    older_keys: Mapped[str] = mapped_column(Text, doc="joined by a space")
    newer_keys: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(String(20))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)


class AccountTermRow(Base):
    """One term of the closing account from one year's end to the next."""

    __tablename__ = "account_term"
    id: Mapped[int] = mapped_column(primary_key=True)
    growth_id: Mapped[int] = mapped_column(ForeignKey("growth.id"), index=True)
    unit: Mapped[str] = mapped_column(String(20))
    digitised: Mapped[bool] = mapped_column(Boolean)
    count_before: Mapped[int] = mapped_column(Integer)
    count_after: Mapped[int] = mapped_column(Integer)
    term: Mapped[str] = mapped_column(String(20))
    value: Mapped[int] = mapped_column(Integer)
    low: Mapped[int] = mapped_column(Integer)
    high: Mapped[int] = mapped_column(Integer)
