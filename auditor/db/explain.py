"""What a refusal of the database means for a person: its own line, and what to do. Nothing of a statement's values."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

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
    (("malformed", "not a database"), "restore a backup: egov-audit restore"),
)


def explain(error: SQLAlchemyError) -> str:
    """One line: the driver's own first line, and what to do where that is known."""
    reason = (str(error.__cause__ or error).splitlines() or [type(error).__name__])[0].strip()
    for words, advice in _ADVICE:
        if any(word in reason.lower() for word in words):
            return f"{reason} ({advice})"
    return reason
