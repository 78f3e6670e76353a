"""What a refusal of the database means for a person: its own line, and what to do. Nothing of a statement's values."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from crawler.errors import ContentError, IntegrityError, SourceError

#: What SQLite says of a file whose bytes are no longer a database's.
_DAMAGED = ("malformed", "not a database")

#: Words of the drivers → what to do.
_ADVICE = (
    (("database is locked",), "another program holds it; end that one, or wait, and start again"),
    (
        ("disk is full", "disk i/o error", "no space left", "could not extend", "file too large"),
        "make room on the disk and start again: what was stored before is whole",
    ),
    (("readonly database", "read-only", "unable to open"), "look at the disk and whose file it is, then start again"),
    (
        ("terminating connection", "server closed", "connection", "adminshutdown"),
        "see that the server is up, then start again: what was begun was taken back",
    ),
    (_DAMAGED, "restore a backup: egov-audit restore"),
)


def explain(error: SQLAlchemyError) -> str:
    """One line: the driver's own first line, and what to do where that is known."""
    reason = _reason(error)
    for words, advice in _ADVICE:
        if any(word in reason.lower() for word in words):
            return f"{reason} ({advice})"
    return reason


def is_damage(error: SQLAlchemyError) -> bool:
    """Whether the database's file is no longer a database's."""
    return any(word in _reason(error).lower() for word in _DAMAGED)


def exit_code(error: SQLAlchemyError) -> int:
    """What a command ends with: 5 for a damaged file, 3 for a server that went away, 4 else."""
    if is_damage(error):
        return IntegrityError.exit_code
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return SourceError.exit_code if lost else ContentError.exit_code


def _reason(error: SQLAlchemyError) -> str:
    return (str(error.__cause__ or error).splitlines() or [type(error).__name__])[0].strip()
