"""What a run and a check-up read from the database, and the run's own row in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from auditor.coding.codebook import CODEBOOK
from auditor.db.models import (
    CaptureRow,
    EditionRow,
    EditionSeenRow,
    IssueRow,
    ListingRow,
    ListingSeenRow,
    ListReadingRow,
    PageReadingRow,
    RunRow,
)
from auditor.db.portal import list_readings
from auditor.db.session import transaction
from auditor.db.status import Status, read_status
from auditor.ingest.status import not_read
from auditor.measure.stage import measure_at
from auditor.ops.picture import EditionFact, IssueFact, Picture
from crawler.archive.records import Provenance, RunResult
from crawler.errors import ContentError
from crawler.pages.records import Lang, Verdict

STAGE = "run"
#: Stages whose issues are about one capture, and are met anew in the next.
_READING = ("parse", "ingest")


def begin_row(engine: Engine, run_id: str, started: datetime, told: Mapping[str, Mapping[str, Any]]) -> None:
    """Put the run's row down as running, and close rows that killed runs left so. Needs the run's lock."""
    with transaction(engine) as session:
        session.execute(
            update(RunRow)
            .where(RunRow.stage == STAGE, RunRow.result == str(RunResult.RUNNING))
            .values(result=str(RunResult.INTERRUPTED), detail="its process ended before it was done")
        )
        session.add(
            RunRow(
                id=run_id,
                stage=STAGE,
                started_at=started,
                result=str(RunResult.RUNNING),
                arguments=dict(told["arguments"]),
                versions=dict(told["versions"]),
            )
        )


def end_row(engine: Engine, run_id: str, values: Mapping[str, Any]) -> None:
    """Close the run's row."""
    with transaction(engine) as session:
        session.execute(update(RunRow).where(RunRow.id == run_id).values(**values))


def read_picture(session: Session, as_of: date, lang: Lang) -> Picture:
    """All that a digest compares, as it is stored now; the figures are the register's on `as_of` in `lang`."""
    status = read_status(session)
    return Picture(
        editions=_editions(session, status),
        lists=read_lists(session),
        pages=_pages(session),
        figures=_figures(session, as_of, lang),
        issues=frozenset(_issues(session)),
    )


def last_changes(session: Session) -> dict[str, datetime]:
    """Source → when the newest thing it said was first harvested: an edition's text, a list, a service page (UTC).

    What is compared is what was read, not the bytes: a page's counters and tokens change with every request.
    """
    texts = (
        select(CaptureRow.source, func.min(CaptureRow.captured_at).label("first"))
        .join(EditionSeenRow, EditionSeenRow.capture_id == CaptureRow.id)
        .group_by(CaptureRow.source, EditionSeenRow.edition_id)
    )
    lists = (
        select(CaptureRow.source, func.min(CaptureRow.captured_at).label("first"))
        .join(ListReadingRow, ListReadingRow.capture_id == CaptureRow.id)
        .group_by(
            CaptureRow.source,
            ListReadingRow.lang,
            ListReadingRow.audience,
            ListReadingRow.slug,
            ListReadingRow.content_hash,
        )
    )
    pages = (
        select(CaptureRow.source, func.min(CaptureRow.captured_at).label("first"))
        .join(PageReadingRow, PageReadingRow.capture_id == CaptureRow.id)
        .group_by(CaptureRow.source, PageReadingRow.listing_id, PageReadingRow.content_hash)
    )
    found: dict[str, datetime] = {}
    for statement in (texts, lists, pages):
        harvested = statement.where(CaptureRow.provenance == str(Provenance.HARVESTED))
        for row in session.execute(harvested):
            found[row.source] = max(row.first, found.get(row.source, row.first))
    return found


def _editions(session: Session, status: Status) -> dict[str, EditionFact]:
    texts = {
        _key(row.act, row.edition_date, row.lang): row.content_hash
        for row in session.execute(
            select(EditionRow.act, EditionRow.edition_date, EditionRow.lang, EditionRow.content_hash)
            .where(EditionRow.state != "superseded")
            .order_by(EditionRow.id)
        )
    }
    found = {}
    for line in status.editions:
        key = _key(line.act, line.edition_date, line.lang)
        found[key] = EditionFact(line.state, line.rows_live, texts.get(key, ""), line.detail)
    return found


def _key(act: str, day: date | None, lang: str) -> str:
    return f"{act}/{day or 'date-unknown'}/{lang}"


def read_lists(session: Session) -> dict[str, frozenset[str]]:
    """Every list's lines by slug; a slug that stands in it twice has a number from the second time on."""
    found = {}
    for reading in list_readings(session):
        slugs = session.scalars(
            select(ListingRow.slug)
            .join(ListingSeenRow, ListingSeenRow.listing_id == ListingRow.id)
            .where(ListingSeenRow.list_reading_id == reading.id)
        )
        lines = (
            slug if number == 1 else f"{slug}~{number}"
            for slug, times in Counter(slugs).items()
            for number in range(1, times + 1)
        )
        found["/".join(part for part in reading.frame if part)] = frozenset(lines)
    return found


def _pages(session: Session) -> dict[str, str]:
    rows = session.execute(
        select(ListingRow.lang, ListingRow.slug, PageReadingRow.content_hash)
        .join(ListingRow, ListingRow.id == PageReadingRow.listing_id)
        .join(CaptureRow, CaptureRow.id == PageReadingRow.capture_id)
        .where(PageReadingRow.superseded_at.is_(None))
        .order_by(CaptureRow.captured_at, PageReadingRow.id)
    )
    return {f"{row.lang}/{row.slug}": row.content_hash for row in rows}


def _figures(session: Session, as_of: date, lang: Lang) -> dict[str, int]:
    try:
        dated = measure_at(session, as_of, lang, not_read(session), CODEBOOK)
    except ContentError:
        return {}  # no edition in force: there is no figure, and no zero
    return {
        " ".join(part for part in (figure.measure, figure.cell, f"in {lang}") if part): figure.value
        for result in dated.measured.values()
        for figure in result.figures
    }


def _issues(session: Session) -> Iterable[IssueFact]:
    """Open issues by what they are about: of harvests those of each source's newest, of pages those of each address's
    newest good capture. What earlier ones met is history, and nobody can mend it."""
    newest_runs = select(RunRow.stage, func.max(RunRow.started_at).label("at")).group_by(RunRow.stage).subquery()
    newest_pages = (
        select(CaptureRow.url, func.max(CaptureRow.captured_at).label("at"))
        .where(CaptureRow.verdict == str(Verdict.OK))
        .group_by(CaptureRow.url)
        .subquery()
    )
    of_runs = (
        select(IssueRow.level, IssueRow.code, IssueRow.address)
        .join(RunRow, RunRow.id == IssueRow.run_id)
        .join(newest_runs, (newest_runs.c.stage == RunRow.stage) & (newest_runs.c.at == RunRow.started_at))
        .where(IssueRow.resolved_at.is_(None), IssueRow.capture_id.is_(None))
    )
    of_pages = (
        select(IssueRow.level, IssueRow.code, IssueRow.address, CaptureRow.url)
        .join(CaptureRow, CaptureRow.id == IssueRow.capture_id)
        .outerjoin(newest_pages, (newest_pages.c.url == CaptureRow.url) & (newest_pages.c.at == CaptureRow.captured_at))
        # Issues of links hang on the capture in which a text was first read, and are resolved by the linking itself.
        .where(IssueRow.resolved_at.is_(None), newest_pages.c.url.is_not(None) | IssueRow.stage.not_in(_READING))
    )
    of_stages = (
        select(IssueRow.level, IssueRow.code, IssueRow.address)
        .where(IssueRow.resolved_at.is_(None), IssueRow.capture_id.is_(None))
        .where(IssueRow.run_id.not_in(select(RunRow.id)))
    )
    for page in session.execute(of_pages):
        yield IssueFact(page.level, page.code, f"{page.url} {page.address}".strip())
    for statement in (of_runs, of_stages):
        for row in session.execute(statement):
            yield IssueFact(row.level, row.code, row.address)
