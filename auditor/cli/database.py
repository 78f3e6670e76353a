"""`egov-audit db …`: the schema of the database."""

from __future__ import annotations

import typer

from auditor.cli.app import app, load_config, say
from auditor.db.session import upgrade

db_app = typer.Typer(help="The database and its schema.", no_args_is_help=True)
app.add_typer(db_app, name="db")


@db_app.command("upgrade")
def db_upgrade() -> None:
    """Make the database, or bring it to this version's schema."""
    revision = upgrade(load_config().db_url)
    say(f"database at revision {revision}")
