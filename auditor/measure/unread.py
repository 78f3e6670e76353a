"""Which editions were in force and could not be read: the figures of the last good one might be others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from auditor.records import EditionRef, NotRead


def unread_later(
    editions: Iterable[EditionRef], missed: Iterable[NotRead], used: EditionRef, day: date
) -> tuple[str, ...]:
    """Editions in force between the one used and `day` that were not read; an earlier act's own are none of them."""
    known = [(one.act, one.edition_date) for one in editions]
    gaps = [one for one in missed if one.lang == used.lang and one.edition_date is not None]
    first: dict[str, date] = {}
    for act, at in [*known, *((one.act, one.edition_date) for one in gaps if one.edition_date)]:
        first[act] = min(first.get(act, at), at)
    return tuple(
        one.what
        for one in gaps
        if one.edition_date
        and one.edition_date <= day
        and first[one.act] >= first[used.act]
        and (one.edition_date > used.edition_date or first[one.act] > first[used.act])
    )


def accepted_note(edition: EditionRef) -> str:
    """Who let an edition count that was held, and why; empty for one that was good by itself."""
    return f"accepted by {edition.state_by}: {edition.state_reason}" if edition.state == "accepted" else ""
