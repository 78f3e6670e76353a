"""From a key back to the bytes: which WARC record, at which place in the page, says so."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import Session

from auditor.db.models import (
    CaptureRow,
    EditionRow,
    EditionSeenRow,
    EntryRow,
    ListingRow,
    ListingSeenRow,
    ListReadingRow,
    PageReadingRow,
)
from auditor.ingest.keys import parse_listing_key
from auditor.records import Evidence
from crawler.errors import UsageError
from crawler.pages.records import Lang

_CAPTURE = (
    CaptureRow.id.label("capture_id"),
    CaptureRow.run_id,
    CaptureRow.body_warc,
    CaptureRow.body_offset,
    CaptureRow.url,
    CaptureRow.captured_at,
    CaptureRow.sha256,
    CaptureRow.provenance,
)


def evidence_of_entry(session: Session, key: str) -> Evidence:
    """Where an entry was read: in the reading in force, or in the newest one there is. UsageError: no such entry."""
    found = list(session.execute(_entries(EntryRow.key == key)))
    in_force = [row for row in found if row.state in ("good", "accepted")]
    if not found:
        raise UsageError(f"no such entry: {key}")
    return _of_entry((in_force or found)[-1])


def evidence_of_edition(session: Session, edition_id: int) -> dict[str, Evidence]:
    """Where each entry of one reading was read, by key, in one query."""
    return {row.key: _of_entry(row) for row in session.execute(_entries(EntryRow.edition_id == edition_id))}


def evidence_of_listing(session: Session, key: str) -> Evidence:
    """Where a listing was read: the newest list line, or its service page if no list shows it. UsageError: unknown."""
    lang, slug = parse_listing_key(key)
    at = (ListingRow.lang == lang) & (ListingRow.slug == slug)
    found = evidence_of_listings(session, where=at)
    if key not in found:
        raise UsageError(f"no such listing: {key}")
    return found[key]


def evidence_of_listings(
    session: Session, lang: Lang | None = None, where: ColumnElement[bool] | None = None
) -> dict[str, Evidence]:
    """Where each listing was read, by key: its newest list line, or its service page if no list shows it."""
    lines = (
        select(ListingRow.lang, ListingRow.slug, ListingSeenRow.position, *_CAPTURE)
        .join(ListingSeenRow, ListingSeenRow.listing_id == ListingRow.id)
        .join(ListReadingRow, ListReadingRow.id == ListingSeenRow.list_reading_id)
        .join(CaptureRow, CaptureRow.id == ListReadingRow.capture_id)
        .where(ListReadingRow.superseded_at.is_(None))
        .order_by(ListReadingRow.complete, CaptureRow.captured_at, ListReadingRow.id, ListingSeenRow.position.desc())
    )
    if lang is not None:
        lines = lines.where(ListingRow.lang == lang)
    if where is not None:
        lines = lines.where(where)
    found = evidence_of_service_pages(session, lang, where)
    for row in session.execute(lines):
        found[f"{row.lang}/{row.slug}"] = _evidence(row, f"listing {row.position}")
    return found


def evidence_of_service_pages(
    session: Session, lang: Lang | None = None, where: ColumnElement[bool] | None = None
) -> dict[str, Evidence]:
    """Where each listing's service page was read last, by the listing's key; a listing without a page is not in it."""
    pages = (
        select(ListingRow.lang, ListingRow.slug, *_CAPTURE)
        .join(PageReadingRow, PageReadingRow.listing_id == ListingRow.id)
        .join(CaptureRow, CaptureRow.id == PageReadingRow.capture_id)
        .where(PageReadingRow.superseded_at.is_(None))
        .order_by(CaptureRow.captured_at, PageReadingRow.id)
    )
    if lang is not None:
        pages = pages.where(ListingRow.lang == lang)
    if where is not None:
        pages = pages.where(where)
    return {f"{row.lang}/{row.slug}": _evidence(row, "page") for row in session.execute(pages)}


def _entries(where: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(EntryRow.key, EntryRow.table_no, EntryRow.row_no, EditionRow.state, *_CAPTURE)
        .join(EditionRow, EditionRow.id == EntryRow.edition_id)
        .join(EditionSeenRow, EditionSeenRow.edition_id == EditionRow.id)
        .join(CaptureRow, CaptureRow.id == EditionSeenRow.capture_id)
        .where(where)
        # A superseded reading comes first, so that a later line of the same key takes its place.
        .order_by(EditionSeenRow.superseded_at.is_(None), CaptureRow.captured_at, CaptureRow.id, EntryRow.ordinal)
    )


def _of_entry(row: Row[*tuple[Any, ...]]) -> Evidence:
    return _evidence(row, f"table {row.table_no} row {row.row_no}")


def _evidence(row: Row[*tuple[Any, ...]], place: str) -> Evidence:
    return Evidence(
        run_id=row.run_id,
        warc=row.body_warc,
        offset=row.body_offset,
        url=row.url,
        captured_at=row.captured_at,
        sha256=row.sha256,
        provenance=row.provenance,
        place=place,
        capture_id=row.capture_id,
    )
