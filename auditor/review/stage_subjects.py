"""What can be coded as it stands now: entries and listings with their texts and the hash of each text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy.orm import Session

from auditor.coding.evidence import entry_input, evidence_hash, listing_input
from auditor.db.links import memberships, services_of_listings
from auditor.db.read import editions_in_force, entries_of_many, listings
from auditor.records import EditionRef, Listing
from auditor.review.records import SampleItem, Subject
from crawler.pages.records import ELECTRONIC_FORMS, Lang


def entry_subjects(session: Session, editions: Sequence[EditionRef]) -> list[Subject]:
    """The live entries of some editions with everything linked to their services, in reading order."""
    by_service = _listings_by_service(session)
    found = []
    entries = entries_of_many(session, [edition.id for edition in editions])
    for edition in editions:
        live = [entry for entry in entries[edition.id] if not entry.dead]
        services = memberships(session, "entry", [entry.key for entry in live])
        for entry in live:
            given = entry_input(entry, by_service.get(services.get(entry.key, ""), ()))
            digitised = bool(entry.forms & ELECTRONIC_FORMS)
            found.append(Subject("entry", entry.key, given, evidence_hash(given), digitised))
    return found


def listing_subjects(session: Session, lang: Lang | None = None) -> list[Subject]:
    """The portal's listings, of one language or all, by key. What stands on the portal is digitised."""
    return [_listing_subject(listing) for listing in listings(session, lang)]


def current_hashes(session: Session, kind: str, keys: Collection[str]) -> dict[str, str]:
    """The evidence hash of each subject's text as it is now; one that is no longer there is left out."""
    wanted = set(keys)
    if kind == "listing":
        subjects: Iterable[Subject] = listing_subjects(session)
    else:
        prefixes = {key.rsplit("/", 1)[0] for key in wanted}
        editions = [edition for lang in Lang for edition in editions_in_force(session, lang) if edition.key in prefixes]
        subjects = entry_subjects(session, editions)
    return {subject.key: subject.evidence_hash for subject in subjects if subject.key in wanted}


def outdated(session: Session, items: Iterable[SampleItem]) -> list[str]:
    """Keys of a sample's items whose text has changed or gone since it was drawn: codes on them are stale."""
    shown = [item.subject for item in items]
    now: dict[tuple[str, str], str] = {}
    for kind in sorted({subject.kind for subject in shown}):
        hashes = current_hashes(session, kind, [subject.key for subject in shown if subject.kind == kind])
        now |= {(kind, key): text for key, text in hashes.items()}
    return [one.key for one in shown if now.get((one.kind, one.key)) != one.evidence_hash]


def _listing_subject(listing: Listing) -> Subject:
    given = listing_input(listing)
    return Subject("listing", listing.key, given, evidence_hash(given))


def _listings_by_service(session: Session) -> dict[str, list[Listing]]:
    services = services_of_listings(session)
    found: dict[str, list[Listing]] = {}
    for listing in listings(session):
        for service in services.get(listing.key, ()):
            found.setdefault(service, []).append(listing)
    return found
