"""The portal's rows → Listing records: newest complete lists merged with newest service pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from auditor.db.models import CaptureRow, ListingRow, ListingSeenRow, ListReadingRow, PageReadingRow
from auditor.ingest.keys import listing_key
from auditor.records import Listing
from crawler.pages.records import Lang


@dataclass(frozen=True, slots=True)
class ListReading:
    """One reading of a portal list. `frame` = (language, audience, category slug) is what a listing is in or not."""

    id: int
    frame: tuple[str, str, str]
    capture_id: str
    captured_at: datetime
    url: str
    complete: bool
    listings: int


@dataclass(slots=True)
class _Draft:
    """A listing while it is put together."""

    id: int
    lang: Lang
    slug: str
    name: str = ""
    url: str = ""
    categories: list[str] = field(default_factory=list)
    audiences: list[str] = field(default_factory=list)
    result: str = ""
    page_read: bool = False


def list_readings(
    session: Session, lang: Lang | None = None, *, complete: bool = True, until: datetime | None = None
) -> list[ListReading]:
    """The newest reading of every list, in the order of their frames; `complete` False: broken ones count too.

    With `until` only what was captured before it counts.
    """
    statement = (
        select(ListReadingRow, CaptureRow.captured_at, CaptureRow.url)
        .join(CaptureRow, CaptureRow.id == ListReadingRow.capture_id)
        .where(ListReadingRow.superseded_at.is_(None), *_before(until))
        .order_by(CaptureRow.captured_at, ListReadingRow.id)
    )
    if lang is not None:
        statement = statement.where(ListReadingRow.lang == lang)
    newest: dict[tuple[str, str, str], ListReading] = {}
    for row in session.execute(statement):
        reading: ListReadingRow = row.ListReadingRow
        frame = (reading.lang, reading.audience, reading.slug)
        if reading.complete or not complete:
            newest[frame] = ListReading(
                reading.id, frame, reading.capture_id, row.captured_at, row.url, reading.complete, reading.listings
            )
    return [newest[frame] for frame in sorted(newest)]


def listings(session: Session, lang: Lang | None = None, until: datetime | None = None) -> list[Listing]:
    """The services the portal shows, by language and slug; with `until` as it was seen before that time.

    A service is shown if it stands in the newest complete reading of a list. One whose page was read is shown as well
    unless it was taken off: every list it ever stood in has a later complete reading without it, or, if it never stood
    in one, its page is older than a complete list of its language.
    """
    readings = list_readings(session, lang, until=until)
    seen = _last_seen(session, until)
    drafts: dict[int, _Draft] = {}
    for reading in readings:
        for row in _lines(session, reading.id):
            draft = drafts.setdefault(row.listing_id, _Draft(row.listing_id, Lang(row.lang), row.slug))
            draft.name = draft.name or row.name
            draft.url = draft.url or urljoin(reading.url, row.href)
            _add(draft.categories, row.category)
            _add(draft.audiences, reading.frame[1])
    for row in newest_pages(session, lang, until).values():
        if row.listing_id not in drafts and _taken_off(row, readings, seen.get(row.listing_id, {})):
            continue
        draft = drafts.setdefault(row.listing_id, _Draft(row.listing_id, Lang(row.lang), row.slug))
        draft.name = draft.name or row.title
        draft.url = row.url
        draft.result, draft.page_read = row.result, True
        if not draft.audiences:
            _add(draft.audiences, row.audience)
    return sorted((_listing(draft) for draft in drafts.values()), key=lambda one: (one.lang, one.slug))


def gone_listings(session: Session, shown: Collection[str]) -> list[Listing]:
    """The services that stood in a list once and are not `shown` (keys) any more, as they were last seen, by language
    and slug. What they showed is needed to prove that it is gone.
    """
    statement = (
        select(ListingSeenRow.listing_id, ListingSeenRow.name, ListingSeenRow.href, ListingSeenRow.category,
               ListingRow.lang, ListingRow.slug, ListReadingRow.audience, CaptureRow.url)
        .join(ListingRow, ListingRow.id == ListingSeenRow.listing_id)
        .join(ListReadingRow, ListReadingRow.id == ListingSeenRow.list_reading_id)
        .join(CaptureRow, CaptureRow.id == ListReadingRow.capture_id)
        .where(ListReadingRow.superseded_at.is_(None))
        .order_by(CaptureRow.captured_at.desc(), ListReadingRow.id.desc(), ListingSeenRow.position)
    )  # fmt: skip
    pages = newest_pages(session)
    drafts: dict[int, _Draft] = {}
    for row in session.execute(statement):
        if row.listing_id in drafts or listing_key(Lang(row.lang), row.slug) in shown:
            continue
        draft = _Draft(row.listing_id, Lang(row.lang), row.slug, row.name, urljoin(row.url, row.href))
        _add(draft.categories, row.category)
        _add(draft.audiences, row.audience)
        if page := pages.get(row.listing_id):
            draft.name, draft.result, draft.page_read = draft.name or page.title, page.result, True
        drafts[row.listing_id] = draft
    return sorted((_listing(draft) for draft in drafts.values()), key=lambda one: (one.lang, one.slug))


def newest_pages(
    session: Session, lang: Lang | None = None, until: datetime | None = None
) -> dict[int, Row[*tuple[Any, ...]]]:
    """The newest reading of each service page by listing id: listing_id, lang, slug, title, result, url,
    captured_at, audience, capture_id."""
    statement = (
        select(
            PageReadingRow.listing_id,
            PageReadingRow.title,
            PageReadingRow.result,
            PageReadingRow.capture_id,
            ListingRow.lang,
            ListingRow.slug,
            CaptureRow.url,
            CaptureRow.captured_at,
            CaptureRow.audience,
        )
        .join(ListingRow, ListingRow.id == PageReadingRow.listing_id)
        .join(CaptureRow, CaptureRow.id == PageReadingRow.capture_id)
        .where(PageReadingRow.superseded_at.is_(None), *_before(until))
        .order_by(CaptureRow.captured_at, PageReadingRow.id)
    )
    if lang is not None:
        statement = statement.where(ListingRow.lang == lang)
    return {row.listing_id: row for row in session.execute(statement)}


def _lines(session: Session, reading_id: int) -> list[Row[*tuple[Any, ...]]]:
    return list(
        session.execute(
            select(
                ListingSeenRow.listing_id,
                ListingSeenRow.category,
                ListingSeenRow.name,
                ListingSeenRow.href,
                ListingRow.lang,
                ListingRow.slug,
            )
            .join(ListingRow, ListingRow.id == ListingSeenRow.listing_id)
            .where(ListingSeenRow.list_reading_id == reading_id)
            .order_by(ListingSeenRow.position)
        )
    )


def _before(until: datetime | None) -> list[ColumnElement[bool]]:
    return [] if until is None else [CaptureRow.captured_at < until]


def _last_seen(session: Session, until: datetime | None) -> dict[int, dict[tuple[str, str, str], datetime]]:
    """When each listing stood in each list for the last time, in readings of any quality."""
    frame = (ListReadingRow.lang, ListReadingRow.audience, ListReadingRow.slug)
    statement = (
        select(ListingSeenRow.listing_id, *frame, func.max(CaptureRow.captured_at).label("at"))
        .join(ListReadingRow, ListReadingRow.id == ListingSeenRow.list_reading_id)
        .join(CaptureRow, CaptureRow.id == ListReadingRow.capture_id)
        .where(ListReadingRow.superseded_at.is_(None), *_before(until))
        .group_by(ListingSeenRow.listing_id, *frame)
    )
    found: dict[int, dict[tuple[str, str, str], datetime]] = {}
    for row in session.execute(statement):
        found.setdefault(row.listing_id, {})[row.lang, row.audience, row.slug] = row.at
    return found


def _taken_off(
    page: Row[*tuple[Any, ...]], readings: list[ListReading], seen: dict[tuple[str, str, str], datetime]
) -> bool:
    if seen:
        newest = {reading.frame: reading.captured_at for reading in readings}
        return all(frame in newest and newest[frame] > at for frame, at in seen.items())
    return any(page.captured_at < reading.captured_at for reading in readings if reading.frame[0] == page.lang)


def _add(values: list[str], value: str) -> None:
    if value and value not in values:
        values.append(value)


def _listing(draft: _Draft) -> Listing:
    return Listing(
        id=draft.id,
        key=listing_key(draft.lang, draft.slug),
        lang=draft.lang,
        slug=draft.slug,
        name=draft.name,
        url=draft.url,
        categories=tuple(draft.categories),
        audiences=tuple(draft.audiences),
        result=draft.result,
        page_read=draft.page_read,
    )
