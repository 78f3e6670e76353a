"""Readings of the portal's lists and service pages → rows. The caller owns the transaction.

Every capture has its own reading, an unchanged one too: that a service was there on a day is what is observed.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from auditor.db.models import ListingRow, ListingSeenRow, ListReadingRow, PageReadingRow
from auditor.db.write import Stamp, insert_rows
from auditor.ingest.keys import content_hash
from crawler.archive.records import Capture
from crawler.pages.records import PortalList, ServicePage


def store_list(session: Session, capture: Capture, page: PortalList, *, complete: bool, stamp: Stamp) -> int:
    """A reading of a list with its lines; gives how many lines are new, 0 for a reading already known."""
    lines = tuple((one.position, one.category, one.name, one.href, one.slug) for one in page.listings)
    digest = content_hash((complete, lines))
    if _known(session, ListReadingRow, capture.capture_id, digest, stamp):
        return 0
    reading = ListReadingRow(
        capture_id=capture.capture_id,
        content_hash=digest,
        parsed_with=stamp.parsers,
        lang=str(capture.target.lang or ""),
        audience=capture.target.audience,
        slug=capture.target.slug,
        read_at=stamp.at,
        complete=complete,
        listings=len(page.listings),
    )
    session.add(reading)
    session.flush()
    ids = _listing_ids(session, reading.lang, (one.slug for one in page.listings))
    return insert_rows(
        session,
        ListingSeenRow,
        (
            {
                "list_reading_id": reading.id,
                "listing_id": ids[one.slug],
                "position": one.position,
                "category": one.category,
                "name": one.name,
                "href": one.href,
            }
            for one in page.listings
        ),
    )


def store_service_page(session: Session, capture: Capture, page: ServicePage, stamp: Stamp) -> int:
    """A reading of a service page; gives 1, or 0 for a reading already known."""
    digest = content_hash((page.title, page.result, page.orderable, page.blocks))
    if _known(session, PageReadingRow, capture.capture_id, digest, stamp):
        return 0
    slug = capture.target.slug
    session.add(
        PageReadingRow(
            capture_id=capture.capture_id,
            listing_id=_listing_ids(session, str(capture.target.lang or ""), [slug])[slug],
            content_hash=digest,
            parsed_with=stamp.parsers,
            read_at=stamp.at,
            title=page.title,
            result=page.result,
            orderable=page.orderable,
            blocks=[list(block) for block in page.blocks],
        )
    )
    session.flush()
    return 1


def release_service_page(session: Session, capture_id: str, stamp: Stamp) -> None:
    """Take back what was read from a capture that turns out to say nothing."""
    mine = (PageReadingRow.capture_id == capture_id, PageReadingRow.superseded_at.is_(None))
    session.execute(update(PageReadingRow).where(*mine).values(superseded_at=stamp.at))


def _known(
    session: Session, model: type[ListReadingRow] | type[PageReadingRow], capture_id: str, digest: str, stamp: Stamp
) -> bool:
    """Supersede the other readings of this capture; whether this one is there already."""
    mine = model.capture_id == capture_id
    session.execute(
        update(model)
        .where(mine, model.content_hash != digest, model.superseded_at.is_(None))
        .values(superseded_at=stamp.at)
    )
    same = (mine, model.content_hash == digest)
    if session.execute(select(model.id).where(*same)).one_or_none() is None:
        return False
    session.execute(update(model).where(*same).values(superseded_at=None))
    return True


def _listing_ids(session: Session, lang: str, slugs: Iterable[str]) -> dict[str, int]:
    """The id of each slug's listing; rows are made for those not seen before."""
    wanted = list(dict.fromkeys(slugs))
    statement = select(ListingRow.slug, ListingRow.id).where(ListingRow.lang == lang, ListingRow.slug.in_(wanted))
    known = {row.slug: row.id for row in session.execute(statement)}
    new = [slug for slug in wanted if slug not in known]
    if new:
        insert_rows(session, ListingRow, ({"lang": lang, "slug": slug} for slug in new))
        known = {row.slug: row.id for row in session.execute(statement)}
    return known
