"""Finds an entry or a listing by whatever a person types, with all that was coded and kept of it. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from auditor.coding.coder import Coder
from auditor.coding.evidence import entry_input, evidence_hash, listing_input
from auditor.coding.explain import Explanation
from auditor.db.codings import codings_of
from auditor.db.links import memberships, services_of_listings
from auditor.db.models import EditionRow, EntryRow
from auditor.db.read import (
    IN_FORCE_STATES,
    edition_at,
    entries_of,
    evidence_of_entry,
    evidence_of_listing,
    evidence_of_service_pages,
    listings,
)
from auditor.db.review import hand_notes
from auditor.records import Entry, Evidence, Listing
from crawler.errors import UsageError
from crawler.pages.address import Site, identify
from crawler.pages.records import Lang, PageKind

_CODE_LENGTH = 8
_KEY_PARTS = 4


def explanation(
    session: Session, coder: Coder, wanted: str, lang: Lang, day: date, sites: Iterable[Site] = ()
) -> Explanation:
    """What is known of an entry (key, eight-digit code, database id) or a listing (key, slug, address).

    A code means the row of the edition in force on `day` in `lang`. Raises UsageError for what is not there, or when a
    code stands in several rows (it names their keys).
    """
    wanted = wanted.strip()
    if not wanted:
        raise UsageError("an entry or a listing is needed: its key, eight-digit code, slug or database id")
    shown = listings(session)
    listing = _listing(shown, wanted, lang, sites)
    if listing is not None:
        given = listing_input(listing)
        places = [("listing", evidence_of_listing(session, listing.key))]
        places += _page(session, listing)
        kind, key, subject, excluded = "listing", listing.key, f"listing {listing.key}", False
    else:
        entry = _entry(session, wanted, lang, day)
        service = memberships(session, "entry", [entry.key]).get(entry.key)
        members = services_of_listings(session)
        listed = [one for one in shown if service is not None and service in members.get(one.key, ())]
        given = entry_input(entry, listed)
        places = [("register", evidence_of_entry(session, entry.key))]
        speaking = [one for one in listed if one.lang is entry.lang and one.result and one.result == given.result]
        places += [place for one in speaking[:1] for place in _page(session, one)]
        kind, key, subject, excluded = "entry", entry.key, f"entry {entry.key}", entry.dead
    earlier = codings_of(session, kind, keys=[key]).get(key, [])
    notes = hand_notes(session, [one.id for one in earlier])
    return Explanation(
        subject,
        given,
        coder.code(given),
        places,
        earlier,
        evidence_hash(given),
        likeness=coder.likeness_in_words(given),
        sector_assumed=coder.sector_is_assumed(given),
        excluded=excluded,
        remarks={
            key: " ".join(f"{reason} {said}".split()) for key, (_, said, reason) in notes.items() if reason or said
        },
    )


def _page(session: Session, listing: Listing) -> list[tuple[str, Evidence]]:
    page = evidence_of_service_pages(session, listing.lang).get(listing.key)
    return [("service page", page)] if page is not None else []


def _listing(shown: list[Listing], wanted: str, lang: Lang, sites: Iterable[Site]) -> Listing | None:
    page = identify(wanted, sites)
    if page is not None and page.kind is PageKind.SERVICE_PAGE:
        # An address is of one language; all its forms (http, www, another folder, a query) mean the same page.
        wanted, lang = page.slug, page.lang or lang
    known = {listing.url.rstrip("/"): listing for listing in shown} | {listing.key: listing for listing in shown}
    found = known.get(wanted.rstrip("/")) or known.get(f"{lang}/{wanted}")
    others = sorted(one.key for one in shown if one.slug == wanted)
    if found is None and others:
        raise UsageError(f"no listing {wanted!r} in {lang}; there is {', '.join(others)}")
    return found


def _entry(session: Session, wanted: str, lang: Lang, day: date) -> Entry:
    if wanted.count("/") == _KEY_PARTS - 1:
        return _stored_entry(session, wanted, EntryRow.key == wanted)
    if wanted.isdigit() and len(wanted) != _CODE_LENGTH:
        return _stored_entry(session, wanted, EntryRow.id == int(wanted))
    edition = edition_at(session, day, lang)
    if edition is None:
        raise UsageError(f"no entry or listing {wanted!r}, and no edition in {lang} in force on {day} was read")
    found = [entry for entry in entries_of(session, edition.id) if entry.code == wanted]
    if not found:
        last = _stood_last(session, wanted)
        there = f"; it stood last in {last}" if last else ""
        raise UsageError(
            f"no entry or listing {wanted!r} in {lang}; the edition in force on {day} is {edition.key}{there}"
        )
    if len(found) > 1:
        rows = "".join(f"\n  {entry.key}  {entry.subname or entry.provider}" for entry in found)
        raise UsageError(f"code {wanted} stands in {len(found)} rows; give the key of one:{rows}")
    return found[0]


def _stood_last(session: Session, code: str) -> str | None:
    """The key of the newest row with a code, in whatever language and edition."""
    rows = (
        select(EntryRow.key)
        .join(EditionRow, EditionRow.id == EntryRow.edition_id)
        .where(EntryRow.code == code, EditionRow.state.in_(IN_FORCE_STATES))
        .order_by(EditionRow.edition_date.desc(), EntryRow.id.desc())
    )
    return session.scalar(rows.limit(1)) if code else None


def _stored_entry(session: Session, wanted: str, where: object) -> Entry:
    """The entry of the reading in force, else of the newest one."""
    rows = session.execute(
        select(EntryRow.key, EntryRow.edition_id, EditionRow.state)
        .join(EditionRow, EditionRow.id == EntryRow.edition_id)
        .where(where)  # type: ignore[arg-type]
        .order_by(EntryRow.edition_id)
    ).all()
    if not rows:
        raise UsageError(f"no such entry: {wanted}")
    row = [one for one in rows if one.state in IN_FORCE_STATES][-1:] or rows[-1:]
    return next(entry for entry in entries_of(session, row[0].edition_id) if entry.key == row[0].key)
