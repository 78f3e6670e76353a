"""Rows → records. Plain Core selects: an edition has 1,300 entries, an object per row would cost more than reading.

Which reading counts is decided here and nowhere else: of each (act, date, language) the one found in the newest
capture whose state is good or accepted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from auditor.db.acts import ends, first_days
from auditor.db.evidence import (
    evidence_of_edition,
    evidence_of_entry,
    evidence_of_listing,
    evidence_of_listings,
    evidence_of_service_pages,
)
from auditor.db.models import CaptureRow, EditionRow, EditionSeenRow, EntryRow
from auditor.db.portal import list_readings, listings
from auditor.records import EditionRef, Entry
from crawler.pages.records import DeliveryForm, Lang, Payment, ProviderLevel, Recipient

__all__ = [
    "IN_FORCE_STATES",
    "edition_at",
    "editions",
    "editions_in_force",
    "entries_of",
    "entries_of_many",
    "evidence_of_edition",
    "evidence_of_entry",
    "evidence_of_listing",
    "evidence_of_listings",
    "evidence_of_service_pages",
    "list_readings",
    "listings",
    "pick_edition",
]

#: States of a reading that may be in force.
IN_FORCE_STATES = ("good", "accepted")

_Word = TypeVar("_Word", bound=StrEnum)


def editions(session: Session, lang: Lang | None = None, act: str | None = None) -> list[EditionRef]:
    """Every reading that is not superseded, held ones too, by act, language, date and newest capture time."""
    statement = (
        select(EditionRow, CaptureRow.id.label("seen_in"), CaptureRow.captured_at, CaptureRow.provenance)
        .join(EditionSeenRow, EditionSeenRow.edition_id == EditionRow.id)
        .join(CaptureRow, CaptureRow.id == EditionSeenRow.capture_id)
        .where(EditionRow.state != "superseded", EditionSeenRow.superseded_at.is_(None))
        .order_by(CaptureRow.captured_at, CaptureRow.id)
    )
    if lang is not None:
        statement = statement.where(EditionRow.lang == lang)
    if act is not None:
        statement = statement.where(EditionRow.act == act)
    newest = {row.EditionRow.id: _edition_ref(row) for row in session.execute(statement)}
    return sorted(newest.values(), key=lambda e: (e.act, e.lang, e.edition_date, e.captured_at, e.id))


def editions_in_force(session: Session, lang: Lang, act: str | None = None) -> list[EditionRef]:
    """One reading for each (act, date) in one language, sorted by date: the newest that is good or accepted.

    Future editions are in the list; `edition_at` leaves out what is not yet in force on its day. So are texts of an act
    that a later one has replaced by then, such as the text under which a repealed act stays on show.
    """
    replaced = ends(first_days(session))
    newest: dict[tuple[str, date], EditionRef] = {}
    for edition in editions(session, lang, act):
        if edition.state in IN_FORCE_STATES:
            newest[edition.act, edition.edition_date] = replace(edition, replaced_on=replaced.get(edition.act))
    return sorted(newest.values(), key=lambda edition: (edition.edition_date, edition.act))


def edition_at(session: Session, day: date, lang: Lang) -> EditionRef | None:
    """The edition in force on `day`: the newest of the act in force that was read, None where there is none.

    A later act replaces the earlier ones from its first day on, whether or not a text of it was read: then nothing was
    observed, and a repealed act's text never stands in. Where only an amendment of the act in force was not read, its
    last text that was stays in force.
    """
    return pick_edition(editions_in_force(session, lang), day)


def pick_edition(in_force: Iterable[EditionRef], day: date) -> EditionRef | None:
    """`edition_at` over a list that is already read."""
    known = [
        edition
        for edition in in_force
        if edition.edition_date <= day and (edition.replaced_on is None or day < edition.replaced_on)
    ]
    first: dict[str, date] = {}
    for edition in known:
        first[edition.act] = min(first.get(edition.act, edition.edition_date), edition.edition_date)
    return max(known, key=lambda edition: (first[edition.act], edition.act, edition.edition_date), default=None)


def entries_of(session: Session, edition_id: int) -> list[Entry]:
    """The entries of one reading in reading order, dead rows included."""
    return entries_of_many(session, [edition_id]).get(edition_id, [])


def entries_of_many(session: Session, edition_ids: Sequence[int]) -> dict[int, list[Entry]]:
    """The entries of several readings by reading, each in reading order: one query instead of many."""
    statement = (
        select(*_ENTRY_COLUMNS, EditionRow.act, EditionRow.edition_date, EditionRow.lang, EntryRow.edition_id)
        .join(EditionRow, EditionRow.id == EntryRow.edition_id)
        .where(EntryRow.edition_id.in_(edition_ids))
        .order_by(EntryRow.edition_id, EntryRow.ordinal)
    )
    found: dict[int, list[Entry]] = {edition_id: [] for edition_id in edition_ids}
    for row in session.execute(statement):
        found[row.edition_id].append(_entry(row))
    return found


def _edition_ref(row: Row[*tuple[Any, ...]]) -> EditionRef:
    edition: EditionRow = row.EditionRow
    return EditionRef(
        id=edition.id,
        act=edition.act,
        edition_date=edition.edition_date,
        lang=Lang(edition.lang),
        capture_id=row.seen_in,
        captured_at=row.captured_at,
        rows_found=edition.rows_found,
        rows_live=edition.rows_live,
        state=edition.state,
        state_reason=edition.state_reason,
        state_by=edition.state_by,
        provenance=row.provenance,
    )


_ENTRY_COLUMNS = (
    EntryRow.id,
    EntryRow.key,
    EntryRow.ordinal,
    EntryRow.number,
    EntryRow.code,
    EntryRow.name,
    EntryRow.subname,
    EntryRow.section_code,
    EntryRow.section,
    EntryRow.subsection_code,
    EntryRow.subsection,
    EntryRow.recipient,
    EntryRow.developer,
    EntryRow.provider,
    EntryRow.intake,
    EntryRow.form,
    EntryRow.payment,
    EntryRow.bylaw,
    EntryRow.dead,
    EntryRow.forms,
    EntryRow.payments,
    EntryRow.recipients,
    EntryRow.provider_levels,
)


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    return Entry(
        id=row.id,
        key=row.key,
        act=row.act,
        edition_date=row.edition_date,
        lang=Lang(row.lang),
        ordinal=row.ordinal,
        number=row.number,
        code=row.code,
        name=row.name,
        subname=row.subname,
        section_code=row.section_code,
        section=row.section,
        subsection_code=row.subsection_code,
        subsection=row.subsection,
        recipient=row.recipient,
        developer=row.developer,
        provider=row.provider,
        intake=row.intake,
        form=row.form,
        payment=row.payment,
        bylaw=row.bylaw,
        dead=row.dead,
        forms=_words(DeliveryForm, row.forms),
        payments=_words(Payment, row.payments),
        recipients=_words(Recipient, row.recipients),
        provider_levels=_words(ProviderLevel, row.provider_levels),
    )


@lru_cache(maxsize=4096)
def _words(kind: type[_Word], joined: str) -> frozenset[_Word]:
    return frozenset(kind(word) for word in joined.split())
