"""Records of runs on disk: what a kill leaves, the pointer, the lock."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.ops import journal
from crawler.archive.lines import stamp
from crawler.archive.records import RunResult
from crawler.errors import AuditError

NOW = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)
BEGUN = {"started": stamp(NOW), "arguments": {"lang": "ru"}, "versions": {}}


def begin(state: Path, run_id: str) -> journal.Journal:
    journal.record_folder(state).mkdir(parents=True, exist_ok=True)
    record = journal.Journal(state, run_id)
    record.add("begin", BEGUN)
    return record


@pytest.mark.parametrize("cut", [0, 1, 30])
def test_a_killed_runs_record_is_ended_as_interrupted_and_stays_readable(tmp_path: Path, cut: int) -> None:
    record = begin(tmp_path, "a")
    record.add("stage", {"name": "harvest", "exit_code": 0})
    path = journal.record_path(tmp_path, "a")
    torn = b'{"record":"stage","name":"ingest","exit_code":0}'[:cut]
    path.write_bytes(path.read_bytes() + torn)
    assert [run.result for run in journal.past_runs(tmp_path)] == [RunResult.RUNNING]
    assert journal.pick_up(tmp_path, NOW) == ["a"]
    assert journal.pick_up(tmp_path, NOW) == []
    (run,) = journal.past_runs(tmp_path)
    assert (run.result, run.finished, run.arguments) == (RunResult.INTERRUPTED, NOW, {"lang": "ru"})
    assert all(line.endswith(b"}") for line in path.read_bytes().splitlines())


def test_a_record_that_was_never_begun_is_no_run(tmp_path: Path) -> None:
    journal.record_folder(tmp_path).mkdir(parents=True)
    journal.record_path(tmp_path, "a").write_bytes(b'{"record":"be')
    assert journal.past_runs(tmp_path) == []


def test_the_pointer_moves_whole(tmp_path: Path) -> None:
    assert journal.last_good(tmp_path) is None
    told = {"run_id": "a", "finished": stamp(NOW)}
    journal.move_last_good(tmp_path, told)
    assert journal.last_good(tmp_path) == told
    journal.last_good_path(tmp_path).write_text('{"run_id": "a"')
    with pytest.raises(AuditError, match="cannot be read"):
        journal.last_good(tmp_path)


def test_the_lock_is_one_processes_and_dies_with_it(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\nfrom auditor.ops.journal import run_lock\n"
        "with run_lock(pathlib.Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    assert not journal.is_running(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        assert journal.is_running(tmp_path)
        with pytest.raises(journal.BusyError), journal.run_lock(tmp_path):
            pass
        child.kill()
    assert not journal.is_running(tmp_path)
    with journal.run_lock(tmp_path):
        assert journal.is_running(tmp_path)
