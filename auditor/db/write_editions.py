"""Readings of the register and of the acts' histories → rows. The caller owns the transaction.

Nothing is changed but marks: `superseded_at`, and the state of a reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from auditor.db.amendments import notes_of
from auditor.db.models import AmendmentRow, EditionKnownRow, EditionRow, EditionSeenRow, EntryRow
from auditor.db.write import Stamp, insert_rows
from auditor.ingest.keys import content_hash, entry_keys
from crawler.archive.records import Capture
from crawler.pages.amendments import amended_row, amendments
from crawler.pages.records import HistoryPage, Lang, RegisterPage, RegisterRow
from crawler.pages.text import compare_key


def store_edition(
    session: Session, capture: Capture, edition_date: date, page: RegisterPage, unfit: str, stamp: Stamp
) -> tuple[bool, int]:
    """A reading of an edition with its entries; gives whether the reading is new, and how many entries are.

    A new reading is `unjudged`: it may count only after it was compared with its neighbours.
    """
    lang = Lang(capture.target.lang or "")
    known = (
        EditionRow.act == capture.target.act,
        EditionRow.edition_date == edition_date,
        EditionRow.lang == lang,
    )
    # What is read from a page but does not stand in its rows belongs to the reading too, but for the dress of the
    # site: the status word of an old edition changes with every amendment.
    digest = content_hash((page.complete, page.last_number, page.lang, *(_hashed(row) for row in page.rows)))
    edition = session.execute(select(EditionRow).where(*known, EditionRow.content_hash == digest)).scalar_one_or_none()
    new = edition is None
    if edition is None:
        edition = EditionRow(
            act=capture.target.act,
            edition_date=edition_date,
            lang=lang,
            capture_id=capture.capture_id,
            content_hash=digest,
            parsed_with=stamp.parsers,
            read_at=stamp.at,
            title=page.title,
            requisites=page.requisites,
            status_word=page.status_word,
            last_number=page.last_number,
            rows_found=len(page.rows),
            rows_live=len(page.live),
            unfit=unfit,
            state="unjudged",
            state_at=stamp.at,
        )
        session.add(edition)
        session.flush()
        keys = entry_keys(capture.target.act, edition_date, lang, page.rows)
        insert_rows(session, EntryRow, (_entry_row(edition.id, *pair) for pair in zip(keys, page.rows, strict=True)))
    elif edition.unfit != unfit or edition.state == "superseded":
        edition.unfit = unfit
        edition.state = "accepted" if edition.state_by != "machine" else "unjudged"
    session.flush()
    _keep_notes(session, edition.id, page)
    _claim(session, edition.id, capture.capture_id, stamp)
    return new, len(page.rows) if new else 0


def _keep_notes(session: Session, edition_id: int, page: RegisterPage) -> None:
    """What the notes say now, unless that is kept already: notes are no part of what makes a reading another one."""
    said = [*amendments(page.notes)]
    said += [one for row in page.rows if row.dead and (one := amended_row(row.number, row.dead_text))]
    said = list(dict.fromkeys(said))
    if notes_of(session, [edition_id]).get(edition_id, []) == said:
        return
    session.execute(delete(AmendmentRow).where(AmendmentRow.edition_id == edition_id))
    insert_rows(
        session,
        AmendmentRow,
        (
            {
                "edition_id": edition_id,
                "position": position,
                "change": str(one.change),
                "row_number": one.row[:20],
                "order_date": one.order_date,
                "order_number": one.order[:60],
                "text": one.text,
            }
            for position, one in enumerate(said, 1)
        ),
    )


def release_edition(session: Session, capture_id: str, stamp: Stamp, keep: int | None = None) -> int:
    """Take back every reading but `keep` that a capture stands for; one that no capture stands for is superseded."""
    held = list(
        session.execute(
            select(EditionSeenRow.id, EditionSeenRow.edition_id).where(
                EditionSeenRow.capture_id == capture_id,
                EditionSeenRow.superseded_at.is_(None),
                EditionSeenRow.edition_id != (keep or 0),
            )
        )
    )
    for row in held:
        session.execute(update(EditionSeenRow).where(EditionSeenRow.id == row.id).values(superseded_at=stamp.at))
        left = session.scalar(
            select(func.count())
            .select_from(EditionSeenRow)
            .where(EditionSeenRow.edition_id == row.edition_id, EditionSeenRow.superseded_at.is_(None))
        )
        if not left:
            session.execute(update(EditionRow).where(EditionRow.id == row.edition_id).values(state="superseded"))
    return len(held)


def store_history(session: Session, capture: Capture, page: HistoryPage, stamp: Stamp) -> int:
    """The editions that a history page names; gives how many lines are new. One no longer read is superseded."""
    known = {
        row.edition_date: row
        for row in session.scalars(select(EditionKnownRow).where(EditionKnownRow.capture_id == capture.capture_id))
    }
    read = {row.date: row for row in page.rows}
    for day, row in known.items():
        row.superseded_at = None if day in read else row.superseded_at or stamp.at
    new = [row for day, row in read.items() if day not in known]
    insert_rows(
        session,
        EditionKnownRow,
        (
            {
                "act": capture.target.act,
                "lang": str(capture.target.lang or ""),
                "edition_date": row.date,
                "current": row.current,
                "href": row.href,
                "status_word": row.status_word,
                "info": row.info,
                "capture_id": capture.capture_id,
            }
            for row in new
        ),
    )
    session.flush()
    return len(new)


def _claim(session: Session, edition_id: int, capture_id: str, stamp: Stamp) -> None:
    release_edition(session, capture_id, stamp, keep=edition_id)
    seen = session.execute(
        select(EditionSeenRow).where(EditionSeenRow.edition_id == edition_id, EditionSeenRow.capture_id == capture_id)
    ).scalar_one_or_none()
    if seen is None:
        session.add(
            EditionSeenRow(edition_id=edition_id, capture_id=capture_id, parsed_with=stamp.parsers, read_at=stamp.at)
        )
    else:
        seen.superseded_at = None
    session.flush()


def _hashed(row: RegisterRow) -> tuple[object, ...]:
    """What a row says and where it stands; sets as sorted words, for the order in a frozenset is no fact."""
    return (
        *(row.table, row.row, row.ordinal, row.number, row.code, row.name, row.subname),
        *(row.section_code, row.section, row.subsection_code, row.subsection, row.recipient, row.developer),
        *(row.provider, row.intake, row.form, row.payment, row.bylaw, row.dead, row.dead_text),
        *(_words(row.forms), _words(row.payments), _words(row.recipients), _words(row.provider_levels)),
        row.cells,
    )


def _words(values: Iterable[str]) -> str:
    return " ".join(sorted(values))


def _entry_row(edition_id: int, key: str, row: RegisterRow) -> dict[str, Any]:
    return {
        "edition_id": edition_id,
        "key": key,
        "table_no": row.table,
        "row_no": row.row,
        "ordinal": row.ordinal,
        "number": row.number,
        "code": row.code,
        "name": row.name,
        "name_norm": compare_key(row.name),
        "subname": row.subname,
        "section_code": row.section_code,
        "section": row.section,
        "subsection_code": row.subsection_code,
        "subsection": row.subsection,
        "recipient": row.recipient,
        "developer": row.developer,
        "provider": row.provider,
        "intake": row.intake,
        "form": row.form,
        "payment": row.payment,
        "bylaw": row.bylaw,
        "dead": row.dead,
        "dead_text": row.dead_text,
        "forms": _words(row.forms),
        "payments": _words(row.payments),
        "recipients": _words(row.recipients),
        "provider_levels": _words(row.provider_levels),
        "cells": list(row.cells),
    }
