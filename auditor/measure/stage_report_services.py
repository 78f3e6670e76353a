"""Every service of the register with its whole history, its coding with reasons, its other names and its listings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from auditor.coding.in_force import coding_in_force
from auditor.db.codings import codings_of
from auditor.db.links import memberships, services_of_listings
from auditor.db.models import CaptureRow, EditionSeenRow
from auditor.db.read import editions_in_force, entries_of, listings, pick_edition
from auditor.diff.compare import compare_fields
from auditor.link.stage import REGISTER_LANGS
from auditor.measure.report_records import WATCHED, EditionRecord, ServiceRecord, Stay
from auditor.measure.stage_scenes import Ground, end_of_day
from auditor.records import EditionRef, Entry, Evidence, Listing, StoredCoding

_CHUNK = 500


def read_services(
    session: Session, ground: Ground, texts: Sequence[EditionRef], as_of: date
) -> tuple[dict[str, ServiceRecord], dict[str, str]]:
    """The services by key, and the service of every row and listing. `texts` are the history up to `as_of`."""
    drafts: dict[str, list[Stay]] = defaultdict(list)
    row_of: dict[str, str] = {}
    edition = pick_edition(ground.editions, as_of)
    for place, text in enumerate(texts):
        rows = ground.entries[text.id] if text.id in ground.entries else entries_of(session, text.id)
        for entry in rows:
            service = ground.services.get(entry.key, "")
            if entry.dead or not service:
                continue
            _stay(drafts[service], entry, text.edition_date, texts[place - 1].edition_date if place else None)
            if edition is not None and text.id == edition.id:
                row_of[service] = entry.key
    days = [text.edition_date for text in texts]
    stays = {service: _ended(found, days) for service, found in drafts.items()}
    codings = _codings(session, ground, [stay.entry.key for found in stays.values() for stay in found])
    names = _other_names(session, ground, as_of)
    shown = _listings(session, as_of)
    records = {
        service: ServiceRecord(
            key=service,
            stays=found,
            codings={stay.entry.key: codings[stay.entry.key] for stay in found if stay.entry.key in codings},
            names=tuple(names.get(service, ())),
            listings=tuple(shown.get(service, ())),
            row=row_of.get(service, ""),
        )
        for service, found in sorted(stays.items())
    }
    return records, dict(ground.services) | {key: found[0] for key, found in ground.listed.items()}


def _stay(found: list[Stay], entry: Entry, day: date, before: date | None) -> None:
    """Let the last stay go on, or begin another one. A gap in the editions always begins one."""
    last = found[-1] if found else None
    if last is not None and last.last == before and _same(last.entry, entry):
        found[-1] = replace(last, last=day, editions=last.editions + 1)
    else:
        found.append(Stay(entry, day, day, 1))


def _same(one: Entry, other: Entry) -> bool:
    """Whether nothing changed but noise: spaces, quotes, letter case, a form spelled otherwise that means the same."""
    if one.act != other.act:
        return False
    return not any(change.field in WATCHED for change in compare_fields(one, other)[0])


def _ended(found: Sequence[Stay], days: Sequence[date]) -> tuple[Stay, ...]:
    after = dict(pairwise(days))
    return tuple(replace(stay, until=after.get(stay.last)) for stay in found)


def standing(codings: Iterable[StoredCoding], codebook: str) -> StoredCoding | None:
    """The coding in force under one codebook."""
    return coding_in_force([one for one in codings if one.codebook == codebook])


def _codings(session: Session, ground: Ground, keys: Sequence[str]) -> dict[str, StoredCoding]:
    found = {}
    for start in range(0, len(keys), _CHUNK):
        for key, stored in codings_of(session, "entry", keys=keys[start : start + _CHUNK]).items():
            chosen = standing(stored, ground.codebook)
            if chosen is not None:
                found[key] = chosen
    return found


def _other_names(session: Session, ground: Ground, as_of: date) -> dict[str, list[tuple[str, str]]]:
    """The name of each service in the register's other language, from the edition in force on the day."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for lang in REGISTER_LANGS:
        edition = pick_edition(editions_in_force(session, lang), as_of)
        if lang is ground.lang or edition is None:
            continue
        rows = [entry for entry in entries_of(session, edition.id) if not entry.dead]
        services = memberships(session, "entry", {entry.key for entry in rows})
        for entry in rows:
            name = f"{entry.name} ({entry.subname})" if entry.subname else entry.name
            if entry.key in services and (str(lang), name) not in found[services[entry.key]]:
                found[services[entry.key]].append((str(lang), name))
    return found


def _listings(session: Session, as_of: date) -> dict[str, list[Listing]]:
    services_of = services_of_listings(session)
    found: dict[str, list[Listing]] = defaultdict(list)
    for listing in listings(session, until=end_of_day(as_of)):
        for service in services_of.get(listing.key, ()):
            found[service].append(listing)
    return found


def edition_records(
    session: Session, editions: Sequence[EditionRef], cited: Collection[int]
) -> tuple[EditionRecord, ...]:
    """Each edition with the newest capture that has its text; `cited` are the ids of those that figures rest on."""
    statement = (
        select(EditionSeenRow.edition_id, CaptureRow)
        .join(CaptureRow, CaptureRow.id == EditionSeenRow.capture_id)
        .where(EditionSeenRow.edition_id.in_([one.id for one in editions]), EditionSeenRow.superseded_at.is_(None))
        .order_by(CaptureRow.captured_at, CaptureRow.id)
    )
    places = {}
    for edition, row in session.execute(statement):
        places[edition] = Evidence(
            *(row.run_id, row.body_warc, row.body_offset, row.url, row.captured_at, row.sha256, row.provenance),
            place="",
            capture_id=row.id,
        )
    return tuple(EditionRecord(one, places[one.id], one.id in cited) for one in editions if one.id in places)
