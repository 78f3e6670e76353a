"""Table of published corrections: only added to, so that what was once said of a figure stays."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from auditor.db.base import Base


class CorrectionRow(Base):
    """A figure that was given and was wrong: what was said, what is right, why, who noticed. Never changed."""

    __tablename__ = "correction"
    id: Mapped[int] = mapped_column(primary_key=True)
    noted_at: Mapped[datetime]
    measure: Mapped[str] = mapped_column(String(60))
    cell: Mapped[str] = mapped_column(String(120), default="")
    as_of: Mapped[date]
    lang: Mapped[str] = mapped_column(String(5))
    old_value: Mapped[int] = mapped_column(Integer)
    new_value: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    noticed_by: Mapped[str] = mapped_column(String(80))
