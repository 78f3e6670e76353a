"""What the notes of readings say of their rows → Amendment records."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from auditor.db.models import AmendmentRow
from crawler.pages.amendments import Amendment, Change


def notes_of(session: Session, editions: Collection[int]) -> dict[int, list[Amendment]]:
    """What the notes of these readings (by the database's ids) say, in the page's order; none: not in the answer."""
    statement = (
        select(AmendmentRow)
        .where(AmendmentRow.edition_id.in_(sorted(editions)))
        .order_by(AmendmentRow.edition_id, AmendmentRow.position)
    )
    found: dict[int, list[Amendment]] = {}
    for row in session.scalars(statement):
        found.setdefault(row.edition_id, []).append(
            Amendment(Change(row.change), row.row_number, row.order_date, row.order_number, row.text)
        )
    return found
