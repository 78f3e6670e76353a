"""A digest of all that a database holds: two equal ones show that nothing has to be read again."""

from __future__ import annotations

import hashlib

from sqlalchemy import Engine, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from auditor.db.identity import IdentityRow
from auditor.db.models import Base
from auditor.db.session import transaction

_ROWS = 5000


def engine_digest(engine: Engine) -> str:
    """`rows_digest` of a database as it is now."""
    with transaction(engine) as session:
        return rows_digest(session)


def rows_digest(session: Session) -> str:
    """sha256 over every row of every table by its key, as hexadecimal digits.

    It differs after any write, also one that no figure rests on; it is comparable within one database only, since
    engines give times and JSON in their own shapes. The database's own name is left out: the first seal gives it, and
    it says nothing of what is in it.
    """
    digest = hashlib.sha256()
    tables = [table for table in Base.metadata.tables.values() if table is not IdentityRow.__table__]
    for table in sorted(tables, key=lambda one: one.name):
        # As the driver gives them: making dates and records of them costs more than reading them.
        columns = [type_coerce(column, NullType()) for column in table.columns]
        statement = select(*columns).order_by(*table.primary_key.columns)
        digest.update(repr((table.name, table.columns.keys())).encode())
        for rows in session.execute(statement, execution_options={"yield_per": _ROWS}).partitions():
            for row in rows:
                digest.update(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
