"""How sources stand by their harvests, and what a check-up makes of everything it sees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.config import AuditConfig
from auditor.db.session import connect, upgrade
from auditor.ops import health, journal
from auditor.ops.checkup import Limits, check_up, quick_faults
from auditor.ops.records import Health, Level, PastRun, SourceState
from auditor.ops.sources import source_health
from crawler.archive import layout, manifest
from crawler.archive.lines import stamp
from crawler.archive.records import RunRecord, RunResult
from crawler.errors import IntegrityError
from crawler.sources.load import load_sources
from tests.auditor.ops.kept import keep_one

NOW = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD, FAILED = RunResult.GOOD, RunResult.FAILED
CHALLENGE = "challenge: http://x/ answers with a challenge page (3 fetched)"


def harvest(
    days_ago: float, result: RunResult = GOOD, detail: str = "35 fetched", counts: Mapping[str, int] = {}
) -> RunRecord:
    at = NOW - days_ago * DAY
    return RunRecord(f"r{days_ago}", "register", at, at, result, detail, counts=counts or {"pages_ok": 35})


@pytest.mark.parametrize(
    ("runs", "changed", "state", "level", "since"),
    [
        ([], 0, SourceState.LAPSED, Level.FAIL, None),
        ([harvest(7), harvest(1)], 0, SourceState.ALIVE, Level.OK, 7),
        ([harvest(9)], 0, SourceState.LAPSED, Level.FAIL, 9),
        ([harvest(20), harvest(12, FAILED), harvest(1, FAILED)], 0, SourceState.LAPSED, Level.FAIL, 20),
        ([harvest(3, FAILED, "failures: 10 requests in a row failed")], 0, SourceState.LAPSED, Level.FAIL, 3),
        ([harvest(3), harvest(1, FAILED, "failures: ten")], 0, SourceState.ALIVE, Level.WARN, 3),
        ([harvest(9, FAILED), harvest(7), harvest(1)], 0, SourceState.ALIVE, Level.OK, 7),
        (
            [harvest(5, FAILED, CHALLENGE), harvest(4), harvest(3, FAILED, CHALLENGE), harvest(1, FAILED, CHALLENGE)],
            0, SourceState.BLOCKED, Level.FAIL, 3,
        ),
        (
            [harvest(2), harvest(1, FAILED, "no page was fetched (4 forbidden)", {"forbidden": 4})],
            0, SourceState.BLOCKED, Level.FAIL, 1,
        ),
        ([harvest(1, FAILED, "retry_after: x asks to wait")], 0, SourceState.BLOCKED, Level.FAIL, 1),
        ([harvest(1)], 179, SourceState.ALIVE, Level.OK, 1),
        ([harvest(1)], 181, SourceState.FROZEN, Level.WARN, 181),
    ],
)  # fmt: skip
def test_a_source_stands_as_its_harvests_ended(
    runs: list[RunRecord], changed: int, state: SourceState, level: Level, since: int | None
) -> None:
    found = source_health("adilet", runs, NOW, 8 * DAY, (NOW - changed * DAY, 180 * DAY))
    assert (found.state, found.level) == (state, level)
    assert found.since == (None if since is None else NOW - since * DAY)


@pytest.mark.parametrize(
    ("age", "level", "words"),
    [
        (timedelta(days=8), Level.OK, "ended at 2026-02-21 04:30 UTC"),
        (timedelta(days=8, seconds=1), Level.FAIL, "8 days ago; 8 days are allowed"),
        (timedelta(hours=-2), Level.FAIL, "is the clock right"),
        (timedelta(minutes=-2), Level.OK, "ended at"),
    ],
)
def test_silence_is_an_alarm(age: timedelta, level: Level, words: str) -> None:
    check = health.age_check({"finished": stamp(NOW - age)}, NOW, 8 * DAY)
    assert check.level is level
    assert words in check.message
    assert health.age_check(None, NOW, 8 * DAY).level is Level.FAIL


def test_a_run_without_an_end_is_at_work_or_was_killed() -> None:
    run = PastRun("r", NOW, None, RunResult.RUNNING)
    assert "is at work" in health.run_check([run], running=True).message
    assert "was killed" in health.run_check([run], running=False).message


def test_the_disk_is_told_before_it_is_full() -> None:
    levels = [health.disk_check(free * 1_000_000, 100).level for free in (99, 100, 199, 200)]
    assert levels == [Level.FAIL, Level.WARN, Level.WARN, Level.OK]
    assert health.disk_check(10**12, 100, read_only=True).level is Level.FAIL


def look(config: AuditConfig, *, full: bool = False) -> Health:
    limits = Limits(8 * DAY, 180 * DAY, 0)
    return check_up(config, load_sources(config), limits, datetime.now(UTC), full=full)


def level_of(found: Health, name: str) -> tuple[Level, str]:
    return next((check.level, check.message) for check in found.checks if check.name == name)


def test_an_empty_place_fails_in_words_and_nothing_is_made(tmp_path: Path) -> None:
    config = AuditConfig(archive=tmp_path / "a", state=tmp_path / "s", db_url=f"sqlite:///{tmp_path}/audit.db")
    found = look(config)
    assert found.level is Level.FAIL
    assert found.exit_code == 4
    assert level_of(found, "database") == (Level.FAIL, "there is none yet: egov-audit ingest")
    assert level_of(found, "source egov")[1] == "lapsed: it was never harvested"
    assert list(tmp_path.iterdir()) == []


def test_an_unreachable_or_older_database_is_told_and_the_rest_goes_on(tmp_path: Path, empty_db: str) -> None:
    upgrade(empty_db, "0001")
    keep_one(tmp_path / "a")
    found = look(AuditConfig(archive=tmp_path / "a", state=tmp_path / "s", db_url=empty_db))
    level, words = level_of(found, "database")
    assert level is Level.FAIL
    assert words.startswith("at revision 0001, this version needs ")
    assert level_of(found, "archive") == (Level.OK, "1 runs, chain and file sizes as sealed")
    gone = look(AuditConfig(archive=tmp_path / "a", state=tmp_path / "s", db_url="postgresql://u:marker@127.0.0.1:9/x"))
    assert level_of(gone, "database")[0] is Level.FAIL
    assert "marker" not in str(health.as_json(gone))


def test_the_database_as_it_should_be_is_good_on_both_engines(tmp_path: Path, db_url: str) -> None:
    found = look(AuditConfig(archive=tmp_path / "a", state=tmp_path / "s", db_url=db_url))
    assert level_of(found, "database")[0] is Level.OK
    lists = {(one.what, one.lang): one for one in found.expected if one.source == "egov"}
    assert len(lists) == 6
    assert all(one.found == 0 and one.expected == 1 for one in lists.values())
    acts = [one for one in found.expected if one.source == "adilet"]
    assert len(acts) == 8
    connect(db_url).dispose()


def test_a_shortened_file_fails_quickly_and_a_changed_byte_on_a_full_look(tmp_path: Path, sqlite_url: str) -> None:
    config = AuditConfig(archive=tmp_path / "a", state=tmp_path / "s", db_url=sqlite_url)
    keep_one(config.archive)
    keep_one(config.archive)
    assert quick_faults(config.archive) == []
    warc = sorted((config.archive / "warc").iterdir())[0]
    whole = warc.read_bytes()
    warc.write_bytes(whole[:-1])
    found = look(config)
    assert found.exit_code == 5
    assert f"warc/{warc.name} has {len(whole) - 1} bytes, {len(whole)} were sealed" in level_of(found, "archive")[1]
    warc.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert level_of(look(config), "archive")[0] is Level.OK, "sizes say nothing of bytes"
    assert level_of(look(config, full=True), "archive")[0] is Level.FAIL
    warc.write_bytes(whole)
    layout.manifest_path(config.archive, manifest.load_all(config.archive)[0].run_id).unlink()
    assert "does not follow" in level_of(look(config), "archive")[1]
    last = next((config.archive / "manifests").iterdir())
    last.write_bytes(last.read_bytes().replace(b'"good"', b'"bad!"'))
    with pytest.raises(IntegrityError):
        quick_faults(config.archive)
    assert look(config).exit_code == 5


def test_a_damaged_pointer_is_a_failed_check(tmp_path: Path, sqlite_url: str) -> None:
    config = AuditConfig(archive=tmp_path / "a", state=tmp_path / "s", db_url=sqlite_url)
    config.state.mkdir()
    journal.last_good_path(config.state).write_text("{")
    assert level_of(look(config), "last good run")[0] is Level.FAIL
