"""Which amendments were in force and could not be read: the figures of the last good edition might be others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from auditor.records import EditionRef, NotRead


def unread_later(missed: Iterable[NotRead], used: EditionRef, day: date) -> tuple[str, ...]:
    """Amendments of the act in force that came after the edition used, by `day`, and were not read.

    A later act is no amendment: where one is in force nothing stands in for it.
    """
    return tuple(
        one.what
        for one in missed
        if one.act == used.act
        and one.lang == used.lang
        and one.edition_date is not None
        and used.edition_date < one.edition_date <= day
    )


def accepted_note(edition: EditionRef) -> str:
    """Who let an edition count that was held, and why; empty for one that was good by itself."""
    return f"accepted by {edition.state_by}: {edition.state_reason}" if edition.state == "accepted" else ""
