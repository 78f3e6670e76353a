"""Runs, captures and issues → rows. The caller owns the transaction.

Nothing is changed but marks: when an issue was resolved, how the parsing of a capture ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from auditor.db.models import CaptureRow, FetchRow, IssueRow, RunRow
from auditor.records import Problem
from crawler.archive.records import Capture, Fetch, RunIssue, RunRecord
from crawler.pages.records import Target, Verdict

_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Stamp:
    """What every reading is marked with: the parsers' version and the moment (UTC)."""

    parsers: str
    at: datetime


def store_run(
    session: Session,
    run: RunRecord,
    captures: Iterable[Capture],
    fetches: Iterable[Fetch],
    issues: Iterable[RunIssue],
) -> int:
    """A sealed run of the archive with all its log lines; gives the number of its captures. They wait as `pending`."""
    session.add(
        RunRow(
            id=run.run_id,
            stage=run.stage,
            started_at=run.started,
            finished_at=run.finished,
            result=run.result,
            detail=run.detail,
            arguments=dict(run.arguments),
            versions=dict(run.versions),
            counts=dict(run.counts),
        )
    )
    session.flush()
    count = insert_rows(session, CaptureRow, (_capture_row(capture) for capture in captures))
    insert_rows(session, FetchRow, (_fetch_row(fetch, line) for line, fetch in enumerate(fetches, 1)))
    insert_rows(session, IssueRow, (_issue_row(issue) for issue in issues))
    return count


def set_parse_state(session: Session, capture_id: str, state: str, stamp: Stamp) -> None:
    """How the parsing of a capture ended: `parsed`, `failed`, `skipped`, `held`."""
    session.execute(
        update(CaptureRow)
        .where(CaptureRow.id == capture_id)
        .values(parse_state=state, parsed_with=stamp.parsers, parsed_at=stamp.at)
    )


def sync_issues(
    session: Session, about: tuple[str, str | None], stage: str, found: Sequence[Problem], now: datetime
) -> tuple[int, int]:
    """Make the open issues that `stage` has with a page those found; gives how many were opened and resolved.

    `about` is the page's run id and capture id, or a run id and None for a run as a whole.

    One that holds still is left as it is, one that no longer holds is marked resolved, never deleted.
    """
    run_id, capture_id = about
    wanted = {(problem.code, problem.address, problem.value, problem.message): problem for problem in found}
    still = set()
    gone = []
    for row in session.execute(
        select(IssueRow.id, IssueRow.code, IssueRow.address, IssueRow.value, IssueRow.message).where(
            IssueRow.run_id == run_id,
            IssueRow.capture_id == capture_id,
            IssueRow.stage == stage,
            IssueRow.resolved_at.is_(None),
        )
    ):
        key = (row.code, row.address, row.value, row.message)
        if key in wanted:
            still.add(key)
        else:
            gone.append(row.id)
    if gone:
        session.execute(update(IssueRow).where(IssueRow.id.in_(gone)).values(resolved_at=now))
    new = [problem for key, problem in wanted.items() if key not in still]
    insert_rows(
        session,
        IssueRow,
        (
            {
                "run_id": run_id,
                "capture_id": capture_id,
                "stage": stage,
                "level": problem.level,
                "code": problem.code,
                "address": problem.address,
                "message": problem.message,
                "value": problem.value,
                "found_at": now,
            }
            for problem in new
        ),
    )
    return len(new), len(gone)


def insert_rows(session: Session, model: type[Any], rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert in batches through Core: no object per row. Every row has the same keys; gives how many there were."""
    table: Table = model.__table__
    batch: list[Mapping[str, Any]] = []
    count = 0
    for row in rows:
        batch.append(row)
        count += 1
        if len(batch) == _BATCH:
            session.execute(insert(table), batch)
            batch = []
    if batch:
        session.execute(insert(table), batch)
    return count


def _target_columns(target: Target) -> dict[str, Any]:
    return {
        "source": target.source,
        "kind": str(target.kind),
        "lang": str(target.lang or ""),
        "act": target.act,
        "edition_date": target.edition_date,
        "slug": target.slug,
        "audience": target.audience,
    }


def _capture_row(capture: Capture) -> dict[str, Any]:
    body_warc, body_offset = capture.refers_to or (capture.warc, capture.offset)
    return {
        "id": capture.capture_id,
        "run_id": capture.run_id,
        "record": capture.record,
        "warc": capture.warc,
        "offset": capture.offset,
        "length": capture.length,
        "body_warc": body_warc,
        "body_offset": body_offset,
        "url": capture.url,
        "captured_at": capture.at,
        "status": capture.status,
        "content_type": capture.content_type,
        "sha256": capture.sha256,
        "size": capture.size,
        "verdict": str(capture.verdict),
        "provenance": str(capture.provenance),
        **_target_columns(capture.target),
        "parse_state": "pending" if capture.verdict is Verdict.OK else "skipped",
    }


def _fetch_row(fetch: Fetch, line: int) -> dict[str, Any]:
    return {
        "run_id": fetch.run_id,
        "line": line,
        "at": fetch.at,
        "url": fetch.url,
        **_target_columns(fetch.target),
        "outcome": str(fetch.outcome),
        "status": fetch.status,
        "verdict": str(fetch.verdict or ""),
        "detail": fetch.detail,
        "capture_id": fetch.capture_id,
    }


def _issue_row(issue: RunIssue) -> dict[str, Any]:
    return {
        "run_id": issue.run_id,
        "stage": issue.stage,
        "level": issue.level,
        "code": issue.code,
        "address": issue.url,
        "message": issue.message,
        "value": issue.value,
        "found_at": issue.at,
    }
