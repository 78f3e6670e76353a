"""Alembic's entry: runs migrations on the address that auditor.db.session gives."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection, event

from auditor.db.models import Base
from auditor.db.session import connect


def run() -> None:
    """Migrate online, all steps in one transaction: one that is killed, or finds the disk full, has done nothing.

    There is no offline mode, since a migration may read what it moves.
    """
    engine = connect(context.config.attributes["db_url"])
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _plain)
        event.listen(engine, "begin", _begin)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transactional_ddl=True,  # SQLite has it; its driver begins no transaction before a CREATE or an ALTER
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def _plain(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    connection.isolation_level = None
    # A table that is made anew under its name would otherwise trip over the views that read it.
    connection.execute("PRAGMA legacy_alter_table=ON")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


run()
