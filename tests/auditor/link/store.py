"""Puts editions into a database without pages: what linking reads, nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from auditor.db.models import CaptureRow, EditionRow, EditionSeenRow, EntryRow, RunRow
from auditor.records import Entry
from crawler.pages.text import compare_key

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def store_edition(session: Session, entries: Sequence[Entry], *, reading: int = 1, state: str = "good") -> int:
    """One reading of an edition with its capture; gives its id. `entries` are of one act, date and language."""
    first = entries[0]
    return store_rows(session, (first.act, first.edition_date, str(first.lang)), entries, reading=reading, state=state)


def store_rows(
    session: Session,
    edition: tuple[str, date, str],
    entries: Sequence[Entry],
    *,
    reading: int = 1,
    state: str = "good",
) -> int:
    """The same for an edition that may be empty."""
    act, day, lang = edition
    if session.get(RunRow, "run") is None:
        session.add(RunRow(id="run", stage="import", started_at=NOW, result="good"))
        session.flush()
    capture = f"{act}{day:%y%m%d}{lang}{reading}"
    session.add(_capture(capture, edition, reading))
    session.flush()
    row = EditionRow(
        act=act,
        edition_date=day,
        lang=lang,
        capture_id=capture,
        content_hash=f"{capture}{len(entries)}",
        parsed_with="1",
        read_at=NOW,
        last_number=len(entries),
        rows_found=len(entries),
        rows_live=sum(not entry.dead for entry in entries),
        state=state,
        state_at=NOW,
    )
    session.add(row)
    session.flush()
    session.add(EditionSeenRow(edition_id=row.id, capture_id=capture, parsed_with="1", read_at=NOW))
    if entries:
        session.execute(insert(EntryRow.__table__), [_entry(row.id, entry) for entry in entries])
    session.flush()
    return row.id


def _capture(capture: str, edition: tuple[str, date, str], reading: int) -> CaptureRow:
    act, day, lang = edition
    return CaptureRow(
        id=capture,
        run_id="run",
        record="response",
        warc="one.warc.gz",
        offset=0,
        length=1,
        body_warc="one.warc.gz",
        body_offset=0,
        url=f"https://adilet.zan.kz/{lang}/docs/{act}/{day:%d.%m.%Y}",
        captured_at=NOW.replace(minute=reading),
        status=200,
        content_type="text/html",
        sha256="0" * 64,
        size=1,
        verdict="ok",
        provenance="imported",
        source="adilet",
        kind="act_text",
        lang=lang,
        act=act,
        edition_date=day,
        parse_state="parsed",
    )


def _entry(edition_id: int, entry: Entry) -> dict[str, object]:
    texts = ["key", "ordinal", "number", "code", "name", "subname", "section_code", "section", "subsection_code"]
    texts += ["subsection", "recipient", "developer", "provider", "intake", "form", "payment", "bylaw", "dead"]
    sets = ("forms", "payments", "recipients", "provider_levels")
    return {
        "edition_id": edition_id,
        "table_no": 1,
        "row_no": entry.ordinal,
        "name_norm": compare_key(entry.name),
        "dead_text": "",
        "cells": [],
        **{name: getattr(entry, name) for name in texts},
        **{name: " ".join(sorted(getattr(entry, name))) for name in sets},
    }
