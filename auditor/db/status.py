"""Where every edition, source and list stands: what the stored pages and fetch logs say together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auditor.db.captures import known_dates, undated
from auditor.db.models import CaptureRow, FetchRow, IssueRow, RunRow
from auditor.db.permissions import permissions_used
from auditor.db.portal import list_readings, listings
from auditor.db.read import IN_FORCE_STATES, editions
from auditor.ingest.dates import KnownDates, current_edition
from auditor.records import EditionRef, PermissionUsed
from crawler.pages.records import PageKind

#: (act, language, edition date); the date is None where no history was read.
EditionPlace = tuple[str, str, date | None]
#: An edition that a history names and nobody asked for yet.
NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class EditionLine:
    """One edition in one language. `state`: fetched, imported, held, forbidden, missing, failed or not asked.

    `edition_date` is None for an act of which no history was read. `detail` says why it is not in force, or
    who accepted it and why.
    """

    act: str
    edition_date: date | None
    lang: str
    state: str
    rows_live: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RunLine:
    """The last run of one stage. Times are UTC."""

    stage: str
    run_id: str
    started_at: datetime
    result: str
    detail: str


@dataclass(frozen=True, slots=True)
class ListLine:
    """A portal list: services on its newest complete reading, how many of their pages were read.

    `complete` False: it was read, but never whole. `newest_complete` False: a later reading was broken.
    """

    lang: str
    audience: str
    slug: str
    captured_at: datetime
    complete: bool
    newest_complete: bool
    listings: int
    pages_read: int


@dataclass(frozen=True, slots=True)
class Status:
    """Everything `egov-audit status` says. `issues` holds open ones: (level, code) → number of places."""

    editions: tuple[EditionLine, ...]
    runs: tuple[RunLine, ...]
    lists: tuple[ListLine, ...]
    issues: dict[tuple[str, str], int]
    undated: tuple[str, ...]
    permissions: tuple[PermissionUsed, ...] = ()


def read_status(session: Session) -> Status:
    """What is stored by now."""
    return Status(
        tuple(_edition_lines(session)),
        tuple(_runs(session)),
        tuple(_lists(session)),
        _issues(session),
        tuple(undated(session)),
        permissions_used(session),
    )


def _edition_lines(session: Session) -> list[EditionLine]:
    known = known_dates(session)
    read: dict[EditionPlace, list[EditionRef]] = {}
    for ref in editions(session):
        read.setdefault((ref.act, str(ref.lang), ref.edition_date), []).append(ref)
    asked = _last_asked(session, known)
    named: set[EditionPlace] = {
        (act, lang, day) for (act, lang), histories in known.items() for history in histories for day in history.dates
    }
    places = named | set(read) | set(asked)
    dated = {(act, lang) for act, lang, day in places if day is not None}
    lines = []
    for place in sorted(places, key=lambda one: (one[0], one[2] or date.min, one[1])):
        act, lang, day = place
        if day is None and (act, lang) in dated:
            continue
        lines.append(_edition_line(place, read.get(place, []), asked.get(place)))
    return lines


def _edition_line(place: EditionPlace, refs: list[EditionRef], asked: FetchRow | None) -> EditionLine:
    act, lang, day = place
    in_force = [ref for ref in refs if ref.state in IN_FORCE_STATES]
    if in_force:
        ref = in_force[-1]
        state = "imported" if ref.provenance == "imported" else "fetched"
        why = f"accepted by {ref.state_by}: {ref.state_reason}" if ref.state == "accepted" else ""
        return EditionLine(act, day, lang, state, ref.rows_live, why)
    if refs:
        return EditionLine(act, day, lang, "held", refs[-1].rows_live, refs[-1].state_reason)
    if asked is None:
        return EditionLine(act, day, lang, NOT_ASKED)
    if asked.outcome in ("fetched", "imported"):
        return EditionLine(act, day, lang, "failed", None, "the page was fetched but could not be read")
    return EditionLine(act, day, lang, asked.outcome, None, asked.detail)


def _last_asked(session: Session, known: KnownDates) -> dict[EditionPlace, FetchRow]:
    """How the last asking for each edition ended. A history that was not had stands for all its editions."""
    found: dict[EditionPlace, FetchRow] = {}
    texts, histories = str(PageKind.ACT_TEXT), str(PageKind.ACT_HISTORY)
    statement = (
        select(FetchRow)
        .where(FetchRow.kind.in_([texts, histories]), FetchRow.act != "")
        # A text says more of an edition than its act's history.
        .order_by(FetchRow.kind == texts, FetchRow.at, FetchRow.id)
    )
    for row in session.scalars(statement):
        day = row.edition_date
        if row.kind == texts and day is None:
            day = current_edition(row.act, row.lang, row.at, known)
        if row.kind == texts or row.outcome not in ("fetched", "imported"):
            found[row.act, row.lang, day] = row
    return found


def _runs(session: Session) -> Iterator[RunLine]:
    newest: dict[str, RunRow] = {}
    for row in session.scalars(select(RunRow).order_by(RunRow.started_at, RunRow.id)):
        newest[row.stage] = row
    for stage in sorted(newest):
        row = newest[stage]
        yield RunLine(stage, row.id, row.started_at, row.result, row.detail)


def _lists(session: Session) -> Iterator[ListLine]:
    whole = {reading.frame: reading for reading in list_readings(session)}
    shown = listings(session)
    for newest in list_readings(session, complete=False):
        lang, audience, slug = newest.frame
        reading = whole.get(newest.frame)
        pages = sum(one.page_read for one in shown if one.lang == lang and audience in one.audiences)
        yield ListLine(
            lang,
            audience,
            slug,
            (reading or newest).captured_at,
            reading is not None,
            newest.complete,
            reading.listings if reading else newest.listings,
            pages,
        )


def _issues(session: Session) -> dict[tuple[str, str], int]:
    """Open issues, each place once: what several runs say of the same address is one thing to look at."""
    places = (
        select(IssueRow.level, IssueRow.code, IssueRow.address, CaptureRow.url)
        .join(CaptureRow, CaptureRow.id == IssueRow.capture_id, isouter=True)
        .where(IssueRow.resolved_at.is_(None))
        .distinct()
        .subquery()
    )
    statement = (
        select(places.c.level, places.c.code, func.count().label("number"))
        .group_by(places.c.level, places.c.code)
        .order_by(places.c.level, func.count().desc(), places.c.code)
    )
    return {(row.level, row.code): row.number for row in session.execute(statement)}
