"""From the archive into the database: runs, then pages, then which editions count. Can be killed and run again.

Every page is one transaction. What a page's parsing needs from others (the histories) is read first; what readings say
of each other (an edition shorter than the one before) is judged at the end.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Engine, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from auditor.db.acts import keep_acts
from auditor.db.captures import (
    StoredCapture,
    captures_to_parse,
    dated_current_texts,
    failed_captures,
    known_dates,
    skip_kinds,
    stored_runs,
    undated,
)
from auditor.db.explain import explain
from auditor.db.judgements import accept_reading, chains, held_editions, judge_readings
from auditor.db.models import RunRow
from auditor.db.read import editions
from auditor.db.session import exclusive, transaction
from auditor.db.write import Stamp, set_parse_state, store_run, sync_issues
from auditor.db.write_editions import release_edition, store_edition, store_history
from auditor.db.write_portal import release_service_page, store_list, store_service_page
from auditor.ingest.dates import KnownDates, current_edition
from auditor.ingest.keys import parse_edition_key
from auditor.ingest.parse import PARSED_KINDS, ParsedPage, parse_capture
from auditor.ingest.summary import Failed, Held, IngestSummary
from auditor.ingest.version import PARSERS
from auditor.records import EditionRef, Problem
from crawler.archive import reader
from crawler.archive.records import Capture
from crawler.errors import AuditError, ContentError, IntegrityError, UsageError
from crawler.pages.records import HistoryPage, Level, PageKind, PortalList, RegisterPage, ServicePage
from crawler.sources.load import Sources

STAGE = "ingest"
_PARSE = "parse"
_UNDATED = Problem(
    Level.ERROR,
    "edition_date_unknown",
    "the page is an act's current text, and no history read so far says which edition that was; "
    "harvest or import the act's history",
    "page",
)

#: Called after every page: pages done, pages in all, the address.
Watch = Callable[[int, int, str], None]


def ingest(engine: Engine, root: Path, sources: Sources, *, again: bool = False, watch: Watch) -> IngestSummary:
    """Store what the archive at `root` has and the database has not; `again`: read every page anew as well.

    Raises UsageError if the archive has no run or another process ingests into this database.
    """
    with exclusive(engine, STAGE):
        return _Ingest(engine, root, sources, watch).run(again=again)


def accept(engine: Engine, key: str, reason: str, by: str) -> EditionRef:
    """Let the newest held reading of the edition `key` count, and judge those that follow anew.

    Raises UsageError for an unknown key, one that is not held or a missing reason, ContentError for a reading without
    a service.
    """
    act, day, lang = parse_edition_key(key)
    if not reason.strip():
        raise UsageError("say why the edition is accepted: --reason")
    with exclusive(engine, STAGE), transaction(engine) as session:
        found = [edition for edition in editions(session, lang, act) if edition.edition_date == day]
        held = [edition for edition in found if edition.state == "held"]
        if not found:
            raise UsageError(f"no edition was read under {key}")
        if not held:
            raise UsageError(f"nothing is held under {key}: its reading is {found[-1].state}")
        if not held[-1].rows_live:
            raise ContentError(f"{key} cannot be accepted: no service was read from it")
        now = _now()
        accept_reading(session, held[-1], reason.strip(), by, now)
        judge_readings(session, act, lang, now)
        return next(edition for edition in editions(session, lang, act) if edition.id == held[-1].id)


def _now() -> datetime:
    return datetime.now(UTC)


class _Ingest:
    """One ingest: what it works with, and what it has counted so far."""

    def __init__(self, engine: Engine, root: Path, sources: Sources, watch: Watch) -> None:
        self.engine, self.root, self.sources, self.watch = engine, root, sources, watch
        self.summary = IngestSummary()
        self.waited: set[object] = set()
        self.told: set[str] = set()  # captures that failed before, and were said to
        self.run_id = ""
        self.done = self.total = 0

    def run(self, *, again: bool) -> IngestSummary:
        self._pick_up()
        self._take_runs()
        with transaction(self.engine) as session:
            histories = captures_to_parse(session, [PageKind.ACT_HISTORY], again=again)
            others = captures_to_parse(session, PARSED_KINDS - {PageKind.ACT_HISTORY}, again=again)
        self.total = len(histories) + len(others)
        for stored in histories:
            self._page(stored.capture, None)
        with transaction(self.engine) as session:
            work = self._date(others, dated_current_texts(session), known_dates(session), again=again)
        self.total = len(histories) + len(work)
        for stored, day in work:
            if stored.capture.target.kind is PageKind.ACT_TEXT and day is None:
                self._hold_undated(stored)
            else:
                self._page(stored.capture, day)
        self._judge()
        self._finish()
        return self.summary

    def _pick_up(self) -> None:
        """Close the record of an ingest that was killed. This one then judges again, for that one may not have, and
        says all that waits, for that one did not say it.
        """
        with transaction(self.engine) as session:
            keep_acts(session, ((act.id, act.date) for source in self.sources.all for act in source.acts))
            killed = session.execute(
                update(RunRow)
                .where(RunRow.stage == STAGE, RunRow.result == "running")
                .values(result="interrupted", detail="its process ended before it was done")
                .returning(RunRow.id)
            ).all()
            if not killed:
                self.told = failed_captures(session)
                self.waited = {*map(_reading, held_editions(session)), *undated(session)}
        if killed:
            self._begin()

    def _take_runs(self) -> None:
        """Store the runs that are new; one that cannot be read is an issue, and the others go on."""
        sealed = reader.run_ids(self.root)
        if not sealed:
            raise UsageError("the archive has no finished run: `egov-audit harvest` or `egov-audit import` first")
        with transaction(self.engine) as session:
            stored = stored_runs(session)
        for run_id in sealed:
            if run_id in stored:
                continue
            self._begin()
            try:
                with transaction(self.engine) as session:
                    record = reader.run_record(self.root, run_id)
                    captures, fetches = reader.captures(self.root, run_id), reader.fetches(self.root, run_id)
                    count = store_run(session, record, captures, fetches, reader.issues(self.root, run_id))
                    skip_kinds(session, run_id, PARSED_KINDS)
                    sync_issues(session, (run_id, None), STAGE, [], _now())
            except (IntegrityError, SQLAlchemyError) as error:
                self._run_failed(run_id, error)
                continue
            self.summary.runs += 1
            self.summary.captures += count

    def _run_failed(self, run_id: str, error: IntegrityError | SQLAlchemyError) -> None:
        self.summary.damaged |= isinstance(error, IntegrityError)
        code = "run_damaged" if isinstance(error, IntegrityError) else "database_error"
        reason = _reason(error)
        self.summary.failed.append(Failed(run_id, code, reason))
        with transaction(self.engine) as session:
            problem = Problem(Level.ERROR, code, reason, run_id)
            self._count_issues(sync_issues(session, (run_id, None), STAGE, [problem], _now()))

    def _date(
        self,
        others: Iterable[StoredCapture],
        dated: Iterable[StoredCapture],
        known: KnownDates,
        *,
        again: bool,
    ) -> list[tuple[StoredCapture, date | None]]:
        """The pages to read with the edition each is, older editions first; texts that a new history dates otherwise
        are read anew, and undated ones that wait already are left alone."""
        work = []
        planned = set()
        for stored in others:
            target = stored.capture.target
            day = target.edition_date
            if target.kind is PageKind.ACT_TEXT and day is None:
                day = current_edition(target.act, str(target.lang or ""), stored.capture.at, known)
                if day is None and stored.state == "held" and not again:
                    continue
            work.append((stored, day))
            planned.add(stored.capture.capture_id)
        for stored in dated:
            target = stored.capture.target
            day = current_edition(target.act, str(target.lang or ""), stored.capture.at, known)
            if day != stored.dated and stored.capture.capture_id not in planned:
                work.append((stored, day))
        return sorted(work, key=_order)

    def _page(self, capture: Capture, day: date | None) -> None:
        """Read one page and store it whole, or store that it failed."""
        self._begin()
        try:
            parsed = parse_capture(capture, reader.read_body(self.root, capture), self.sources)
        except IntegrityError as error:
            self.summary.damaged = True
            self._page_failed(capture, "evidence_damaged", _reason(error))
        except AuditError as error:
            self._page_failed(capture, "not_parsed", _reason(error))
        except Exception as error:  # noqa: BLE001 - a fault in one parser must not keep the other pages out
            self._page_failed(capture, "parser_failed", f"{type(error).__name__}: {error}")
        else:
            self._store(capture, day, parsed)
        self.done += 1
        self.watch(self.done, self.total, capture.url)

    def _store(self, capture: Capture, day: date | None, parsed: ParsedPage) -> None:
        stamp = Stamp(PARSERS, _now())
        about = (capture.run_id, capture.capture_id)
        try:
            with transaction(self.engine) as session:
                counts = _store_page(session, capture, day, parsed, stamp)
                issues = sync_issues(session, about, _PARSE, parsed.problems, stamp.at)
                cleared = sync_issues(session, about, STAGE, [], stamp.at)
                set_parse_state(session, capture.capture_id, "failed" if parsed.failed else "parsed", stamp)
        except SQLAlchemyError as error:
            self._page_failed(capture, "database_error", _reason(error))
            return
        self.summary.pages += 1
        for name, count in counts.items():
            setattr(self.summary, name, getattr(self.summary, name) + count)
        self._count_issues(issues)
        self._count_issues(cleared)
        if parsed.failed:
            fault = parsed.faults[0]
            told = capture.capture_id in self.told
            self.summary.failed.append(Failed(capture.url, fault.code, fault.message, told))
        elif isinstance(parsed.page, ServicePage):
            self.summary.services_said += 1

    def _page_failed(self, capture: Capture, code: str, reason: str) -> None:
        stamp = Stamp(PARSERS, _now())
        told = capture.capture_id in self.told and code != "database_error"  # that one passes, or is nobody's page
        self.summary.failed.append(Failed(capture.url, code, reason, told))
        with transaction(self.engine) as session:
            set_parse_state(session, capture.capture_id, "failed", stamp)
            problem = Problem(Level.ERROR, code, reason, "page")
            self._count_issues(sync_issues(session, (capture.run_id, capture.capture_id), STAGE, [problem], stamp.at))

    def _hold_undated(self, stored: StoredCapture) -> None:
        """A current text of which no history says the edition waits; what an earlier history said is taken back."""
        self._begin()
        stamp = Stamp(PARSERS, _now())
        capture = stored.capture
        with transaction(self.engine) as session:
            release_edition(session, capture.capture_id, stamp)
            set_parse_state(session, capture.capture_id, "held", stamp)
            about = (capture.run_id, capture.capture_id)
            self._count_issues(sync_issues(session, about, STAGE, [_UNDATED], stamp.at))
        self.done += 1
        self.watch(self.done, self.total, capture.url)

    def _judge(self) -> None:
        """Judge every edition, for a reading can change what its neighbours are; and say what waits by now."""
        with transaction(self.engine) as session:
            read = chains(session) if self.run_id else []
        for act, lang in read:
            with transaction(self.engine) as session:
                self._count_issues(judge_readings(session, act, lang, _now()))
        with transaction(self.engine) as session:
            held = held_editions(session)
            self.summary.held = [Held(ref.key, ref.state_reason) for ref in held]
            self.summary.undated = undated(session)
        fresh = [ref.key for ref in held if _reading(ref) not in self.waited]
        self.summary.newly_waiting = fresh + [url for url in self.summary.undated if url not in self.waited]

    def _begin(self) -> None:
        """Open this ingest's own run record, once there is something to do."""
        if self.run_id:
            return
        now = _now()
        self.run_id = f"{now:%Y%m%dT%H%M%SZ}-{STAGE}-{secrets.token_hex(2)}"
        with transaction(self.engine) as session:
            versions = {"egov-audit": version("egov-audit"), "parsers": PARSERS}
            session.add(RunRow(id=self.run_id, stage=STAGE, started_at=now, result="running", versions=versions))

    def _finish(self) -> None:
        if not self.run_id:
            return
        summary = self.summary
        counts = {name: value for name, value in Counter(_counts(summary)).items() if value}
        failed = [one for one in summary.failed if not one.told]
        with transaction(self.engine) as session:
            session.execute(
                update(RunRow)
                .where(RunRow.id == self.run_id)
                .values(
                    finished_at=_now(),
                    result="failed" if failed else "good",
                    detail=f"{len(failed)} failed, first {failed[0].url}" if failed else "",
                    counts=counts,
                )
            )

    def _count_issues(self, opened_resolved: tuple[int, int]) -> None:
        self.summary.issues += opened_resolved[0]
        self.summary.resolved += opened_resolved[1]


def _store_page(
    session: Session, capture: Capture, day: date | None, parsed: ParsedPage, stamp: Stamp
) -> dict[str, int]:
    """Rows of one page; gives how many of each kind are new."""
    page = parsed.page
    if isinstance(page, RegisterPage) and day is not None:
        unfit = "\n".join(str(fault) for fault in parsed.faults)
        new, entries = store_edition(session, capture, day, page, unfit, stamp)
        return {"editions": int(new), "entries": entries}
    if isinstance(page, HistoryPage):
        return {"histories": store_history(session, capture, page, stamp)}
    if isinstance(page, PortalList):
        lines = store_list(session, capture, page, complete=not parsed.faults, stamp=stamp)
        return {"lists": int(lines > 0), "listings": lines}
    if isinstance(page, ServicePage):
        if parsed.failed:
            release_service_page(session, capture.capture_id, stamp)
            return {}
        return {"service_pages": store_service_page(session, capture, page, stamp)}
    return {}


def _reading(ref: EditionRef) -> object:
    """What stays the same when a page is read anew."""
    return ref.key, ref.captured_at


def _order(work: tuple[StoredCapture, date | None]) -> tuple[str, str, str, date, datetime, str]:
    """Editions by act, language and date, then the rest, each by capture time."""
    stored, day = work
    target = stored.capture.target
    return (
        str(target.kind),
        target.act,
        str(target.lang or ""),
        day or date.min,
        stored.capture.at,
        stored.capture.capture_id,
    )


def _counts(summary: IngestSummary) -> dict[str, int]:
    names = ("runs", "captures", "pages", "histories", "editions", "entries", "lists", "listings", "service_pages")
    return {
        **{name: getattr(summary, name) for name in names},
        "issues": summary.issues,
        "resolved": summary.resolved,
        "held": len(summary.held),
        "undated": len(summary.undated),
        "failed": len(summary.failed),
    }


def _reason(error: Exception) -> str:
    """One line of an error."""
    if isinstance(error, SQLAlchemyError):
        return explain(error)
    return (str(error.__cause__ or error).splitlines() or [type(error).__name__])[0]
