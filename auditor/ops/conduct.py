"""Conducts a run: lock, record, stages, what changed, the pointer to the last good run, heartbeat and message."""

from __future__ import annotations

import platform
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from typing import NoReturn, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from auditor.coding.codebook import CODEBOOK
from auditor.config import AuditConfig
from auditor.db.explain import explain
from auditor.db.session import current_revision, open_database, transaction
from auditor.ingest.version import PARSERS
from auditor.ops import journal
from auditor.ops.before import drop_before, keep_before, killed_before, load_before
from auditor.ops.compare import comparable, drops
from auditor.ops.deliver import beat, post, send_mail
from auditor.ops.digest import digest, headline, to_send
from auditor.ops.others import notify_others
from auditor.ops.picture import Picture, counts, differences, list_sizes, waiting
from auditor.ops.quiet import into_log
from auditor.ops.records import ACCEPTED, NOTICE, STAGE, Change, PastRun, RunEnd, StageEnd
from auditor.ops.shrunk import shrunk
from auditor.ops.stage import begin_row, end_row, read_lists, read_picture
from auditor.ops.unread import not_read, reason
from crawler.archive import layout, manifest, reader
from crawler.archive.lines import stamp
from crawler.archive.records import Fetch, Outcome, RunRecord, RunResult
from crawler.errors import AuditError, ContentError, UsageError
from crawler.pages.records import Lang

_T = TypeVar("_T")
Step = Callable[[], StageEnd]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to do. `arguments` are as recorded: no secret, no path; runs with equal ones are compared.

    `steps` is told when the run began that a kill ended and this one goes on with, None if there is none. `skip` looks
    at the earlier runs and the time, under the lock, and says why nothing is to be done, or "". `accept` is why a list
    may be published that is much shorter than in the last good run, "" if it may not.
    """

    as_of: date
    lang: Lang
    arguments: Mapping[str, str]
    steps: Callable[[datetime | None], Sequence[tuple[str, Step]]]
    quiet: bool
    skip: Callable[[Sequence[PastRun], datetime], str] = lambda _runs, _now: ""
    accept: str = ""


def conduct(config: AuditConfig, plan: Plan) -> RunEnd | str:
    """Do the run and say how it ended; or why there was nothing to do.

    A stage's error ends up in what is returned; the lock and the state folder are needed to begin at all. Raises
    BusyError if another run is at work, OSError where the state folder cannot be written, UsageError for a setting.
    """
    wanted = notify_words(config.notify)
    with journal.run_lock(config.state):
        journal.pick_up(config.state, _now())
        before = journal.past_runs(config.state)
        if reason := plan.skip(before, _now()):
            return reason
        run = _Run(config, plan, before)
        end = run.finish(run.work())
        return _tell(config, end, wanted)


def notify_words(text: str) -> frozenset[str]:
    """What messages are asked for. Raises UsageError for something that is no word."""
    words = frozenset(word for part in text.split(",") if (word := part.strip()))
    if odd := [word for word in sorted(words) if not word.replace("_", "").isalnum()]:
        raise UsageError(f"EGOV_AUDIT_NOTIFY: not a word: {odd[0]}")
    return words


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _Run:
    """One run at work."""

    config: AuditConfig
    plan: Plan
    past: Sequence[PastRun]
    run_id: str = ""
    started: datetime = field(default_factory=_now)
    warnings: list[Change] = field(default_factory=list)
    archive_before: frozenset[str] = frozenset()
    gone_on_with: Sequence[PastRun] = ()
    before: Picture | None = None
    in_database: bool = False
    database_fault: str = ""

    def work(self) -> list[StageEnd]:
        """Every stage in turn. Whatever stops them, a signal too, is recorded before it goes on its way."""
        self._begin()
        ends: list[StageEnd] = []
        log = journal.log_path(self.config.state, self.run_id)
        try:
            with _terminable(), into_log(log) if self.plan.quiet else nullcontext():
                for name, step in self.plan.steps(self._since):
                    ends.append(self._explained(name, step()))
                    if name == "ingest" and not ends[-1].stop:
                        ends += self._lists()
                    if ends[-1].stop:
                        break
        except BaseException as error:
            # The kind alone: an unknown error's text may hold anything. The traceback is the caller's.
            self.finish([*ends, StageEnd("run", 1, f"ended by {type(error).__name__}", stop=True)], told=True)
            raise
        return ends

    def _begin(self) -> None:
        config = self.config
        self.run_id = journal.new_run_id(self.started)
        within = timedelta(hours=config.resume_hours)
        self.gone_on_with = killed_before(self.past, self.plan.arguments, self.started, within)
        versions = {
            "egov-audit": version("egov-audit"),
            "python": platform.python_version(),
            "parsers": PARSERS,
            "codebook": CODEBOOK,
        }
        begun = {"arguments": dict(self.plan.arguments), "versions": versions}
        record = journal.Journal(config.state, self.run_id)
        record.add("begin", {"run_id": self.run_id, "started": stamp(self.started), **begun})
        since = self._since
        self.archive_before = frozenset(
            run_id for run_id in self._archive_runs() if since is None or layout.started(run_id) < since
        )

        def begin(engine: Engine) -> None:
            begin_row(engine, self.run_id, self.started, begun)
            self.in_database = True
            killed = frozenset(run.run_id for run in self.gone_on_with)
            self.before = load_before(config.state, killed) or self._picture(engine)
            keep_before(config.state, self.run_id, self.before)

        self._in_database(begin)

    @property
    def _since(self) -> datetime | None:
        # Runs of the archive are named to the second.
        return self.gone_on_with[0].started.replace(microsecond=0) if self.gone_on_with else None

    def _explained(self, name: str, end: StageEnd) -> StageEnd:
        """A stage's end with a line that says why; a harvest that was told to stop stops the run."""
        if name == "harvest" and end.exit_code:
            bad = [run for run in self._new_runs() if run.result is not RunResult.GOOD]
            told = "; ".join(f"{run.stage}: {run.detail}{self._why(run)}" for run in bad)
            stopped = any(run.detail.startswith("shutdown") for run in bad)
            # A first harvest that had nothing at all: every stage after it would only say that there is nothing.
            stopped |= not self._anything_kept()
            end = replace(end, message=end.message or told, stop=end.stop or stopped)
        warning = Change(name, end.message)
        if end.message and not end.exit_code and warning not in self.warnings:
            self.warnings.append(warning)
        journal.Journal(self.config.state, self.run_id).add("stage", asdict(end))
        return end

    def _why(self, run: RunRecord) -> str:
        try:
            return reason(tuple(reader.fetches(self.config.archive, run.run_id)))
        except AuditError:
            return ""  # told of with the verdicts

    def _anything_kept(self) -> bool:
        try:
            return any(run.captures for run in manifest.load_all(self.config.archive))
        except AuditError:
            return True

    def _lists(self) -> list[StageEnd]:
        """Nothing if the portal's lists are about as long as in the last good run; else a stage that ends the run, or
        goes on where a person wrote why.
        """
        good = comparable(self.past, self.plan.arguments)
        found = self._in_database(_read_lists) if good else None
        lines = shrunk(list_sizes(found), good[-1]) if found is not None else ()
        if not lines:
            return []
        told = "; ".join(lines)
        record = journal.Journal(self.config.state, self.run_id)
        if self.plan.accept:
            self.warnings.append(Change(ACCEPTED, f"accepted: {told} ({self.plan.accept})"))
            record.add("accepted", {"reason": self.plan.accept, "what": list(lines)})
            return []
        advice = 'nothing is published; compare with the site, then: egov-audit run --accept "WHY IT IS SO"'
        end = StageEnd("lists", ContentError.exit_code, f"{told}: {advice}", stop=True)
        record.add("stage", asdict(end))
        return [end]

    def finish(self, stages: list[StageEnd], *, told: bool = False) -> RunEnd:
        """Compare, record, and move the pointer if all is good. `told`: send the message as well, nobody else will."""
        after = self._in_database(self._picture)
        if self.database_fault:
            stages.append(StageEnd("database", 4, self.database_fault))
        stages = [_waits(stage, after) for stage in stages]
        code = max((stage.exit_code for stage in stages), default=0)
        result = RunResult.FAILED if code else RunResult.GOOD
        numbers = counts(after) if after else {}
        verdicts = self._verdicts()
        # A failed run's smaller counts are told by what failed.
        fallen = drops(numbers, comparable(self.past, self.plan.arguments)) if after and not code else ()
        end = RunEnd(
            run_id=self.run_id,
            started=self.started,
            finished=_now(),
            result=result,
            exit_code=code,
            stages=tuple(stages),
            changes=differences(self.before, after) if self.before and after else (),
            warnings=(*fallen, *self.warnings),
            counts=numbers,
            verdicts=verdicts,
            before=self.past[-1].result if self.past else None,
        )
        end = self._record(end)
        return _tell(self.config, end, notify_words(self.config.notify)) if told else end

    def _record(self, end: RunEnd) -> RunEnd:
        """The row, then the record, then the pointer: whoever finds the pointer finds all of it."""
        if self.in_database:
            fault = self.database_fault
            self._in_database(lambda engine: end_row(engine, end.run_id, _row(end)))
            if self.database_fault != fault:
                lost = StageEnd("database", 4, self.database_fault)
                code = max(end.exit_code, lost.exit_code)
                end = replace(end, result=RunResult.FAILED, exit_code=code, stages=(*end.stages, lost))
        record = journal.Journal(self.config.state, end.run_id)
        for change in end.changes:
            record.add("change", asdict(change))
        for change in end.warnings:
            record.add("issue", {"level": "warning", "code": change.kind, "message": change.text})
        for stage in end.stages:
            if stage.exit_code:
                record.add("issue", {"level": "error", "code": STAGE, "message": f"{stage.name}: {stage.message}"})
        told = {"finished": stamp(end.finished), "result": end.result.value, "exit_code": end.exit_code}
        numbers = {"counts": dict(end.counts), "verdicts": {name: dict(one) for name, one in end.verdicts.items()}}
        record.add("end", {**told, "detail": _detail(end), **numbers})
        if end.result is RunResult.GOOD:
            schema = self._in_database(current_revision) or ""
            head = {"run_id": end.run_id, "finished": stamp(end.finished), "schema": schema}
            seen = {"arguments": dict(self.plan.arguments), "archive_head": self._archive_head()}
            journal.move_last_good(self.config.state, {**head, **seen, "counts": dict(end.counts)})
        drop_before(self.config.state)
        return end

    def _in_database(self, work: Callable[[Engine], _T]) -> _T | None:
        """What `work` gives; a fault of the database is kept, and the run goes on: evidence can be had without one."""
        try:
            with open_database(self.config.db_url) as engine:
                return work(engine)
        except (AuditError, SQLAlchemyError) as error:
            self.database_fault = explain(error) if isinstance(error, SQLAlchemyError) else str(error)
            return None

    def _picture(self, engine: Engine) -> Picture:
        with transaction(engine) as session:
            return read_picture(session, self.plan.as_of, self.plan.lang)

    def _archive_runs(self) -> list[str]:
        return sorted(path.stem for path in (self.config.archive / "manifests").glob("*.json"))

    def _new_runs(self) -> list[RunRecord]:
        """The records of the archive's runs that began after this one did."""
        found = []
        for run_id in self._archive_runs():
            if run_id in self.archive_before:
                continue
            try:
                found.append(reader.run_record(self.config.archive, run_id))
            except AuditError as error:
                self.warnings.append(Change("archive", str(error)))
        return found

    def _verdicts(self) -> dict[str, dict[str, int]]:
        """Harvest → how askings ended and what the bodies were, in numbers."""
        found: dict[str, Counter[str]] = {}
        for run in self._new_runs():
            numbers = found.setdefault(run.stage, Counter())
            unread: list[Fetch] = []
            try:
                for fetch in reader.fetches(self.config.archive, run.run_id):
                    numbers[str(fetch.outcome)] += 1
                    if fetch.outcome is Outcome.FAILED:
                        unread.append(fetch)
                    if fetch.verdict is not None:
                        numbers[f"verdict {fetch.verdict}"] += 1
            except AuditError as error:
                self.warnings.append(Change("archive", str(error)))
            if run.result is RunResult.GOOD and unread:
                self.warnings.append(not_read(run.stage, unread))
        return {name: dict(sorted(numbers.items())) for name, numbers in sorted(found.items())}

    def _archive_head(self) -> str:
        """SHA-256 of the newest manifest: the whole archive as it then was."""
        chain = manifest.load_all(self.config.archive)
        return chain[-1].digest if chain else ""


def _row(end: RunEnd) -> dict[str, object]:
    told = {"finished_at": end.finished, "result": str(end.result), "detail": _detail(end)}
    return {**told, "counts": dict(end.counts)}


def _detail(end: RunEnd) -> str:
    failed = [f"{stage.name}: {stage.message}" for stage in end.stages if stage.exit_code]
    return "; ".join([*failed, *(change.text for change in end.warnings if change.kind == ACCEPTED)])


def _read_lists(engine: Engine) -> Mapping[str, frozenset[str]]:
    with transaction(engine) as session:
        return read_lists(session)


def _waits(stage: StageEnd, after: Picture | None) -> StageEnd:
    """The end of an ingest that something holds, with what that is."""
    if stage.name != "ingest" or not stage.exit_code or stage.message:
        return stage
    held = waiting(after) if after else ()
    return replace(stage, message="; ".join(held) or "pages could not be read: egov-audit status")


def _tell(config: AuditConfig, end: RunEnd, wanted: frozenset[str]) -> RunEnd:
    """Heartbeat and message; one that does not get through is a warning of the run and in its record."""
    faults = []
    heartbeat, smtp, webhook, others = (
        secret.get_secret_value() for secret in (config.heartbeat, config.smtp_url, config.webhook, config.apprise_urls)
    )
    if heartbeat and not end.failed:
        faults += _try(lambda: beat(heartbeat, end.finished))
    if to_send(end, wanted):
        subject, text = headline(end), digest(end) or headline(end)
        if smtp:
            faults += _try(lambda: send_mail(smtp, config.mail_from, config.mail_to, (subject, text), end.finished))
        if webhook:
            message = {"text": text, "run_id": end.run_id, "result": end.result.value, "exit_code": end.exit_code}
            faults += _try(lambda: post(webhook, message))
        if others:
            faults += _try(lambda: notify_others(others, (subject, text), failed=end.failed))
    record = journal.Journal(config.state, end.run_id)
    for fault in faults:
        record.add("issue", {"level": "warning", "code": NOTICE, "message": fault})
    return replace(end, warnings=(*end.warnings, *(Change(NOTICE, fault) for fault in faults)))


def _try(send: Callable[[], None]) -> list[str]:
    try:
        send()
    except AuditError as error:
        return [str(error)]
    except OSError as error:
        return [f"heartbeat: {error.strerror or type(error).__name__}"]
    return []


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends the process as an exception would, so that what was begun is recorded and released."""

    def end(_signal: int, _frame: object) -> NoReturn:
        raise SystemExit(128 + signal.SIGTERM)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
