"""Captures that wait to be parsed, and what is known of the acts' editions. Rows → the archive's own records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from auditor.db.models import CaptureRow, EditionKnownRow, EditionRow, EditionSeenRow, RunRow
from auditor.ingest.dates import KnownHistory
from crawler.archive.records import Capture, Provenance
from crawler.pages.records import Lang, PageKind, Target, Verdict

#: A page in one of these states is tried again by every ingest.
WAITING = ("pending", "failed", "held")


@dataclass(frozen=True, slots=True)
class StoredCapture:
    """A capture and how its parsing ended. `dated` is the edition date it was stored under, None if under none."""

    capture: Capture
    state: str
    dated: date | None = None


def stored_runs(session: Session) -> frozenset[str]:
    """The ids of the runs that are stored."""
    return frozenset(session.scalars(select(RunRow.id)))


def skip_kinds(session: Session, run_id: str, parsed: Iterable[str]) -> None:
    """Mark the waiting captures of a run whose kind has no parser."""
    session.execute(
        update(CaptureRow)
        .where(CaptureRow.run_id == run_id, CaptureRow.parse_state == "pending", CaptureRow.kind.not_in(list(parsed)))
        .values(parse_state="skipped")
    )


def captures_to_parse(session: Session, kinds: Iterable[str], *, again: bool) -> list[StoredCapture]:
    """Captures of some kinds in capture order: those that wait, or every good one (`again`)."""
    statement = (
        select(*_COLUMNS)
        .where(CaptureRow.kind.in_(list(kinds)), CaptureRow.verdict == str(Verdict.OK))
        .order_by(CaptureRow.captured_at, CaptureRow.id)
    )
    if not again:
        statement = statement.where(CaptureRow.parse_state.in_(WAITING))
    return [StoredCapture(_capture(row), row.parse_state) for row in session.execute(statement)]


def failed_captures(session: Session) -> set[str]:
    """The ids of captures that were read and gave nothing that can be used."""
    return set(session.scalars(select(CaptureRow.id).where(CaptureRow.parse_state == "failed")))


def dated_current_texts(session: Session) -> list[StoredCapture]:
    """Captures of an act's current text that are stored, with the edition date they were given then."""
    statement = (
        select(*_COLUMNS, EditionRow.edition_date.label("dated"))
        .join(EditionSeenRow, EditionSeenRow.capture_id == CaptureRow.id)
        .join(EditionRow, EditionRow.id == EditionSeenRow.edition_id)
        .where(
            CaptureRow.kind == str(PageKind.ACT_TEXT),
            CaptureRow.edition_date.is_(None),
            CaptureRow.parse_state == "parsed",
            EditionSeenRow.superseded_at.is_(None),
        )
    )
    return [StoredCapture(_capture(row), row.parse_state, row.dated) for row in session.execute(statement)]


def known_dates(session: Session) -> dict[tuple[str, str], list[KnownHistory]]:
    """(act, language) → what its history pages name, by the time of their capture."""
    statement = (
        select(
            EditionKnownRow.act,
            EditionKnownRow.lang,
            EditionKnownRow.edition_date,
            EditionKnownRow.current,
            EditionKnownRow.capture_id,
            CaptureRow.captured_at,
        )
        .join(CaptureRow, CaptureRow.id == EditionKnownRow.capture_id)
        .where(EditionKnownRow.superseded_at.is_(None))
        .order_by(CaptureRow.captured_at, CaptureRow.id, EditionKnownRow.edition_date)
    )
    found: dict[tuple[str, str], list[KnownHistory]] = {}
    for (act, lang, _), rows in groupby(session.execute(statement), lambda row: (row.act, row.lang, row.capture_id)):
        named = list(rows)
        shown = [row.edition_date for row in named if row.current]
        history = KnownHistory(
            named[0].captured_at, tuple(row.edition_date for row in named), shown[0] if len(shown) == 1 else None
        )
        found.setdefault((act, lang), []).append(history)
    return found


def undated(session: Session) -> list[str]:
    """Addresses of current texts that wait for a history to say which edition they are, in capture order."""
    statement = (
        select(CaptureRow.url).where(CaptureRow.parse_state == "held").order_by(CaptureRow.captured_at, CaptureRow.id)
    )
    return list(dict.fromkeys(session.scalars(statement)))


_COLUMNS = (
    CaptureRow.id,
    CaptureRow.run_id,
    CaptureRow.record,
    CaptureRow.warc,
    CaptureRow.offset,
    CaptureRow.length,
    CaptureRow.body_warc,
    CaptureRow.body_offset,
    CaptureRow.url,
    CaptureRow.captured_at,
    CaptureRow.status,
    CaptureRow.content_type,
    CaptureRow.sha256,
    CaptureRow.size,
    CaptureRow.verdict,
    CaptureRow.provenance,
    CaptureRow.source,
    CaptureRow.kind,
    CaptureRow.lang,
    CaptureRow.act,
    CaptureRow.edition_date,
    CaptureRow.slug,
    CaptureRow.audience,
    CaptureRow.parse_state,
)


def _capture(row: Row[*tuple[Any, ...]]) -> Capture:
    body = (row.body_warc, row.body_offset)
    return Capture(
        run_id=row.run_id,
        capture_id=row.id,
        record=row.record,
        warc=row.warc,
        offset=row.offset,
        length=row.length,
        url=row.url,
        at=row.captured_at,
        status=row.status,
        content_type=row.content_type,
        sha256=row.sha256,
        size=row.size,
        verdict=Verdict(row.verdict),
        provenance=Provenance(row.provenance),
        target=Target(
            source=row.source,
            kind=PageKind(row.kind),
            lang=Lang(row.lang) if row.lang else None,
            act=row.act,
            edition_date=row.edition_date,
            slug=row.slug,
            audience=row.audience,
        ),
        refers_to=None if body == (row.warc, row.offset) else body,
    )
