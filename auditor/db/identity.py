"""The one row that tells this database from every other; given when it is first sealed, kept by backup and restore."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Connection, Engine, String, select
from sqlalchemy.orm import Mapped, mapped_column

from auditor.db.base import Base
from auditor.db.session import transaction


class IdentityRow(Base):
    """A random name; a database made anew from the archive gets another one."""

    __tablename__ = "identity"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    made_at: Mapped[datetime]


def identity(connection: Connection) -> str:
    """The database's name, "" if it was never given one."""
    return connection.scalar(select(IdentityRow.id).order_by(IdentityRow.made_at, IdentityRow.id).limit(1)) or ""


def ensure_identity(engine: Engine, now: datetime) -> str:
    """The database's name, given now if it has none."""
    with transaction(engine) as session:
        found = session.scalar(select(IdentityRow.id).order_by(IdentityRow.made_at, IdentityRow.id).limit(1))
        if found is None:
            found = str(uuid.uuid4())
            session.add(IdentityRow(id=found, made_at=now))
        return found
