"""Alembic's entry: runs migrations on the address that auditor.db.session gives."""

from __future__ import annotations

from alembic import context

from auditor.db.models import Base
from auditor.db.session import connect


def run() -> None:
    """Migrate online; there is no offline mode, since a migration may read what it moves."""
    engine = connect(context.config.attributes["db_url"])
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # A table that is made anew under its name would otherwise trip over the views that read it.
            connection.exec_driver_sql("PRAGMA legacy_alter_table=ON")
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
