"""Alembic's entry: runs migrations on the address that auditor.db.session gives."""

from __future__ import annotations

from alembic import context

from auditor.db.models import Base
from auditor.db.session import connect


def run() -> None:
    """Migrate online; there is no offline mode, since a migration may read what it moves."""
    engine = connect(context.config.attributes["db_url"])
    with engine.connect() as connection:
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
