"""Entry point: gathers the commands, runs one, turns errors into a line and an exit code."""

from __future__ import annotations

import sys

from sqlalchemy.exc import SQLAlchemyError

from auditor.cli.app import app, note
from auditor.cli.commands import COMMAND_MODULES
from crawler.errors import AuditError

__all__ = ["COMMAND_MODULES", "main"]


def main() -> None:
    """Run `egov-audit`. Every known error is one line on stderr; a traceback is a bug of ours."""
    try:
        app()
    except AuditError as error:
        note(f"egov-audit: {error}")
        sys.exit(error.exit_code)
    except SQLAlchemyError as error:
        note(f"egov-audit: the database refused: {str(error.__cause__ or error).splitlines()[0]}")
        sys.exit(4)
    except OSError as error:
        note(f"egov-audit: {error.strerror}: {error.filename}" if error.filename else f"egov-audit: {error}")
        sys.exit(3)
