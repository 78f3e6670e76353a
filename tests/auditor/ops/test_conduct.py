"""A run's course with stages of the test's own, on both engines: record, row, pointer, messages, whatever happens."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from auditor.config import AuditConfig
from auditor.db.models import RunRow
from auditor.db.session import open_database, transaction
from auditor.ops import journal
from auditor.ops.conduct import Plan, conduct
from auditor.ops.records import RunEnd, StageEnd
from crawler.archive.records import RunResult
from crawler.errors import UsageError
from crawler.pages.records import Lang
from tests.auditor.ops.kept import keep_one
from tests.auditor.ops.mailbox import Web, web_server

NOW = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as site:
        yield site


@pytest.fixture
def config(tmp_path: Path, db_url: str, web: Web) -> AuditConfig:
    return AuditConfig(
        archive=tmp_path / "archive",
        state=tmp_path / "state",
        db_url=db_url,
        webhook=f"{web.address}/hook",  # type: ignore[arg-type]
        heartbeat=f"{web.address}/beat",  # type: ignore[arg-type]
    )


def run(config: AuditConfig, *steps: Callable[[], StageEnd]) -> RunEnd:
    named = tuple((f"stage {number}", step) for number, step in enumerate(steps))
    end = conduct(config, Plan(date(2026, 3, 1), Lang.RU, {"lang": "ru"}, lambda _since: named, quiet=False))
    assert isinstance(end, RunEnd)
    return end


def ends(code: int, *, stop: bool = False) -> Callable[[], StageEnd]:
    return lambda: StageEnd("s", code, "why" if code else "", stop=stop)


def row_results(config: AuditConfig) -> list[str]:
    with open_database(config.db_url) as engine, transaction(engine) as session:
        statement = select(RunRow.result).where(RunRow.stage == "run").order_by(RunRow.started_at, RunRow.id)
        return list(session.scalars(statement))


def asked(web: Web) -> list[str]:
    return [path for _, path, _ in web.asked]


def test_the_gravest_code_counts_and_the_pointer_stays_with_the_last_good_run(config: AuditConfig, web: Web) -> None:
    keep_one(config.archive)
    good = run(config, ends(0), ends(0))
    assert (good.result, good.exit_code) == (RunResult.GOOD, 0)
    pointer = journal.last_good(config.state)
    assert pointer is not None
    assert pointer["run_id"] == good.run_id
    assert len(pointer["archive_head"]) == 64
    bad = run(config, ends(3), ends(4), ends(0))
    assert (bad.result, bad.exit_code, len(bad.stages)) == (RunResult.FAILED, 4, 3)
    assert journal.last_good(config.state) == pointer
    assert row_results(config) == ["good", "failed"]
    assert asked(web) == ["/beat", "/hook"]


def test_a_stage_that_stops_the_run_is_its_last(config: AuditConfig) -> None:
    late: list[int] = []
    end = run(config, ends(5, stop=True), lambda: late.append(1) or StageEnd("late", 0))
    assert (end.exit_code, late) == (5, [])


def test_an_unknown_error_is_recorded_told_and_raised_and_frees_the_lock(config: AuditConfig, web: Web) -> None:
    def broken() -> StageEnd:
        raise RuntimeError("marker-secret")

    with pytest.raises(RuntimeError):
        run(config, ends(0), broken)
    assert row_results(config) == ["failed"]
    (past,) = journal.past_runs(config.state)
    assert past.result is RunResult.FAILED
    assert "RuntimeError" in past.detail
    assert "marker-secret" not in journal.record_path(config.state, past.run_id).read_text()
    ((_, path, body),) = web.asked
    assert path == "/hook"
    assert json.loads(body)["result"] == "failed"
    assert run(config, ends(0)).recovered


def test_sigterm_ends_the_run_as_failed(config: AuditConfig) -> None:
    def told() -> StageEnd:
        signal.raise_signal(signal.SIGTERM)
        return StageEnd("never", 0)

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as end:
        run(config, told)
    assert end.value.code == 143
    assert signal.getsignal(signal.SIGTERM) is before
    assert row_results(config) == ["failed"]


def test_what_a_killed_run_left_is_called_interrupted_in_record_and_row(config: AuditConfig) -> None:
    killed = "20260301T000000Z-run-aaaa"
    journal.record_folder(config.state).mkdir(parents=True)
    journal.Journal(config.state, killed).add("begin", {"started": "2026-03-01T00:00:00Z"})
    with open_database(config.db_url) as engine, transaction(engine) as session:
        session.add(RunRow(id=killed, stage="run", started_at=NOW, result="running"))
    end = run(config, ends(0))
    assert end.recovered
    assert row_results(config) == ["interrupted", "good"]
    assert [past.result for past in journal.past_runs(config.state)] == [RunResult.INTERRUPTED, RunResult.GOOD]


def test_a_message_that_does_not_get_through_is_a_warning_in_the_record(config: AuditConfig, web: Web) -> None:
    web.status = 500
    end = run(config, ends(0))
    assert end.result is RunResult.GOOD
    (warning,) = end.warnings
    assert warning.text == "EGOV_AUDIT_HEARTBEAT: the server answers 500"
    record = journal.record_path(config.state, end.run_id).read_text()
    assert json.loads(record.splitlines()[-1])["message"] == warning.text
    assert journal.past_runs(config.state)[-1].result is RunResult.GOOD


def test_a_senseless_wish_for_messages_is_refused_before_anything_is_done(config: AuditConfig) -> None:
    bad = config.model_copy(update={"notify": "failure,every change"})
    with pytest.raises(UsageError, match="EGOV_AUDIT_NOTIFY: not a word: every change"):
        run(bad, ends(0))
    assert not config.state.exists()
