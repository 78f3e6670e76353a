"""Which readings of an act in one language may count: judged together, kept with their reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from auditor.db.models import CaptureRow, EditionRow, EditionSeenRow
from auditor.db.read import IN_FORCE_STATES, editions, entries_of_many
from auditor.db.write import sync_issues
from auditor.ingest.expect import Fault, Judgement, Reading, judge, parse_faults
from auditor.ingest.rewrite import silent_rewrite, two_texts
from auditor.records import EditionRef, Problem
from crawler.archive.records import Provenance
from crawler.pages.records import Lang, Level

#: The stage that issues of expectations carry.
STAGE = "judge"


def chains(session: Session) -> list[tuple[str, Lang]]:
    """Every (act, language) that was read: what is judged together."""
    statement = select(EditionRow.act, EditionRow.lang).distinct().order_by(EditionRow.act, EditionRow.lang)
    return [(row.act, Lang(row.lang)) for row in session.execute(statement)]


def judge_readings(session: Session, act: str, lang: Lang, now: datetime) -> tuple[int, int]:
    """Set the state of every reading of an act in one language; gives how many issues were opened and resolved."""
    refs = editions(session, lang, act)
    unfit = {
        row.id: row.unfit
        for row in session.execute(
            select(EditionRow.id, EditionRow.unfit).where(EditionRow.act == act, EditionRow.lang == lang)
        )
    }
    faults = {ref.id: parse_faults(unfit[ref.id]) for ref in refs}
    for ref_id, fault in _two_texts(session, [ref for ref in refs if not faults[ref.id]]):
        faults[ref_id] = (*faults[ref_id], fault)
    judged = judge(
        Reading(ref.id, ref.edition_date, ref.captured_at, ref.rows_live, faults[ref.id], _by_person(ref))
        for ref in refs
    )
    by_id = {ref.id: ref for ref in refs}
    problems: dict[int, list[Problem]] = {}
    for judgement in judged:
        ref = by_id[judgement.reading]
        _set_state(session, ref, judgement, now)
        problems[ref.id] = [Problem(Level.ERROR, fault.code, fault.message, ref.key) for fault in judgement.faults]
    sound = [ref for ref in refs if not faults[ref.id]]
    for ref_id, problem in _rewrites(session, sound):
        problems[ref_id].append(problem)
    return _keep(session, act, lang, problems, now)


def held_editions(session: Session) -> list[EditionRef]:
    """Held readings that nothing newer of the same edition stands in for, by key."""
    counted: dict[str, datetime] = {}
    found = editions(session)
    for ref in found:
        if ref.state in IN_FORCE_STATES:
            counted[ref.key] = max(ref.captured_at, counted.get(ref.key, ref.captured_at))
    return sorted(
        (
            ref
            for ref in found
            if ref.state == "held" and (ref.key not in counted or counted[ref.key] < ref.captured_at)
        ),
        key=lambda ref: (ref.key, ref.captured_at),
    )


def accept_reading(session: Session, edition: EditionRef, reason: str, by: str, now: datetime) -> None:
    """Let a held reading count: who, when and why are kept with it."""
    session.execute(
        update(EditionRow)
        .where(EditionRow.id == edition.id)
        .values(state="accepted", state_reason=reason, state_by=by, state_at=now)
    )


def _by_person(ref: EditionRef) -> bool:
    return ref.state == "accepted"


def _set_state(session: Session, ref: EditionRef, judgement: Judgement, now: datetime) -> None:
    reason = "; ".join(str(fault) for fault in judgement.faults)
    if judgement.state == "accepted" or (ref.state, ref.state_reason) == (judgement.state, reason):
        return
    session.execute(
        update(EditionRow)
        .where(EditionRow.id == ref.id)
        .values(state=judgement.state, state_reason=reason, state_by="machine", state_at=now)
    )


def _rewrites(session: Session, sound: Sequence[EditionRef]) -> Iterable[tuple[int, Problem]]:
    """Each reading whose text differs from the one captured before it under the same date."""
    for older, newer in pairwise(sound):
        if older.key != newer.key:
            continue
        entries = entries_of_many(session, [older.id, newer.id])
        problem = silent_rewrite(older, newer, entries[older.id], entries[newer.id])
        if problem is not None:
            yield newer.id, problem


def _two_texts(session: Session, sound: Sequence[EditionRef]) -> Iterable[tuple[int, Fault]]:
    """Readings known only from the act's own address whose edition another address gave otherwise in the same run."""
    places = {ref.id: ref.key for ref in sound}
    own: dict[tuple[str, str], set[int]] = {}
    dated: dict[tuple[str, str], set[int]] = {}
    for row in session.execute(
        select(EditionSeenRow.edition_id, CaptureRow.run_id, CaptureRow.edition_date)
        .join(CaptureRow, CaptureRow.id == EditionSeenRow.capture_id)
        .where(
            EditionSeenRow.edition_id.in_(places),
            EditionSeenRow.superseded_at.is_(None),
            CaptureRow.provenance == str(Provenance.HARVESTED),
        )
        .order_by(EditionSeenRow.edition_id)
    ):
        side = own if row.edition_date is None else dated
        side.setdefault((row.run_id, places[row.edition_id]), set()).add(row.edition_id)
    confirmed = {reading for readings in dated.values() for reading in readings}
    pairs = {(min(readings), other) for place, readings in dated.items() for other in own.get(place, set()) - confirmed}
    told: set[int] = set()
    for reading, other in sorted(pairs):
        entries = entries_of_many(session, [reading, other])
        fault = two_texts(entries[reading], entries[other])
        if fault is not None and other not in told:
            told.add(other)
            yield other, fault


def _keep(session: Session, act: str, lang: Lang, problems: dict[int, list[Problem]], now: datetime) -> tuple[int, int]:
    """Issues lie with the capture a reading was first found in; a superseded reading has none any more."""
    by_capture: dict[tuple[str, str], list[Problem]] = {}
    for row in session.execute(
        select(EditionRow.id, EditionRow.capture_id, CaptureRow.run_id)
        .join(CaptureRow, CaptureRow.id == EditionRow.capture_id)
        .where(EditionRow.act == act, EditionRow.lang == lang)
        .order_by(EditionRow.id)
    ):
        by_capture.setdefault((row.run_id, row.capture_id), []).extend(problems.get(row.id, []))
    opened = resolved = 0
    for about, found in by_capture.items():
        new, gone = sync_issues(session, about, STAGE, found, now)
        opened, resolved = opened + new, resolved + gone
    return opened, resolved
