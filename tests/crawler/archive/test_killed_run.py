"""A run whose process is killed, or whose disk is full, loses nothing that was whole and harms nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from crawler.archive import reader
from crawler.archive.records import RunResult
from crawler.archive.verify import inspect, verify
from crawler.archive.writer import open_run
from crawler.errors import IntegrityError
from tests.crawler.archive.sample import PAGE, page, sealed_run

_PRELUDE = """
import sys, os, resource, signal
from pathlib import Path
from crawler.archive.writer import open_run
from crawler.archive.records import Outcome
from tests.crawler.archive.sample import page
run = open_run(Path(sys.argv[1]), "register", {})
def keep(number, body=b""):
    capture = run.write(page(number, body))
    run.fetch(page(number).target, page(number).url, Outcome.FETCHED, capture_id=capture.capture_id)
"""


def child(root: Path, script: str) -> subprocess.CompletedProcess[bytes]:
    """Run `script` as another process on the archive at `root`."""
    command = [sys.executable, "-c", _PRELUDE + textwrap.dedent(script), str(root)]
    return subprocess.run(command, capture_output=True, check=False, cwd=Path(__file__).parents[3])


def killed(root: Path, script: str = "") -> str:
    """A run of two pages whose process kills itself without warning; gives its id."""
    done = child(root, f"keep(1)\nkeep(2)\n{textwrap.dedent(script)}\nos.kill(os.getpid(), signal.SIGKILL)")
    assert done.returncode == -signal.SIGKILL, done.stderr
    (folder,) = (root / "open").glob("*/")
    return folder.name


def test_a_killed_run_is_sealed_as_interrupted_by_the_next(tmp_path: Path) -> None:
    before = sealed_run(tmp_path, page(1))
    lost = killed(tmp_path)
    assert reader.run_ids(tmp_path) == [before]
    after = sealed_run(tmp_path, page(3))
    assert reader.run_ids(tmp_path) == [before, lost, after]
    record = reader.run_record(tmp_path, lost)
    assert record.result is RunResult.INTERRUPTED
    assert "2 captures were whole" in record.detail
    assert record.finished is not None
    kept = list(reader.captures(tmp_path, lost))
    assert [capture.record for capture in kept] == ["revisit", "response"]
    assert reader.read_body(tmp_path, kept[1]) == page(2).body
    assert len(list(reader.fetches(tmp_path, lost))) == 2
    assert verify(tmp_path) == []


def test_a_living_run_is_left_alone(tmp_path: Path) -> None:
    living = open_run(tmp_path, "portal", {})
    living.write(page(1))
    other = sealed_run(tmp_path, page(2))
    living.close("good")
    assert reader.run_ids(tmp_path) == [other, living.run_id]
    assert verify(tmp_path) == []


@pytest.mark.parametrize("cut", [1, 7, 60])
def test_a_torn_tail_is_moved_aside_and_named(tmp_path: Path, cut: int) -> None:
    lost = killed(tmp_path)
    warc = tmp_path / "open" / lost / "warc.gz"
    whole = warc.read_bytes()
    warc.write_bytes(whole[:-cut])
    logs = tmp_path / "open" / lost / "fetches.jsonl"
    logs.write_bytes(logs.read_bytes()[:-cut])
    sealed_run(tmp_path, page(3))
    torn = tmp_path / "warc" / f"{lost}.torn"
    assert (tmp_path / "warc" / f"{lost}.warc.gz").read_bytes() + torn.read_bytes() == whole[:-cut]
    assert f"{torn.stat().st_size} bytes of a torn record" in reader.run_record(tmp_path, lost).detail
    assert torn.name in (tmp_path / "manifests" / f"{lost}.json").read_text()
    assert [capture.record for capture in reader.captures(tmp_path, lost)] == ["response", "response"]
    assert len(list(reader.fetches(tmp_path, lost))) == 1
    assert verify(tmp_path) == []
    torn.write_bytes(torn.read_bytes()[:-1] + b"?")
    assert [problem.file for problem in verify(tmp_path)] == [f"warc/{torn.name}"]


@pytest.mark.parametrize("moved", [["warc.gz"], ["warc.gz", "index.jsonl", "run.json"]])
def test_a_run_killed_while_being_sealed_is_sealed_again(tmp_path: Path, moved: list[str]) -> None:
    lost = killed(tmp_path)
    (tmp_path / "runs" / lost).mkdir()
    for name in moved:
        suffix = {"warc.gz": "warc/{}.warc.gz", "index.jsonl": "index/{}.jsonl", "run.json": "runs/{}/run.json"}[name]
        (tmp_path / "open" / lost / name).rename(tmp_path / suffix.format(lost))
    assert verify_open(tmp_path) == [lost]
    sealed_run(tmp_path, page(3))
    assert len(list(reader.captures(tmp_path, lost))) == 2
    assert verify(tmp_path) == []


def verify_open(root: Path) -> list[str]:
    found = inspect(root)
    assert found.problems == ()
    return list(found.open_runs)


def test_a_run_killed_before_it_began_leaves_nothing(tmp_path: Path) -> None:
    done = sealed_run(tmp_path, page(1))
    (tmp_path / "open" / "20260101T000000Z-portal-0000").mkdir()
    after = sealed_run(tmp_path, page(2))
    assert reader.run_ids(tmp_path) == [done, after]
    assert not list((tmp_path / "open").glob("*/"))


def test_a_folder_that_is_no_run_is_left_alone(tmp_path: Path) -> None:
    sealed_run(tmp_path, page(1))
    (tmp_path / "open" / "notes").mkdir()
    (tmp_path / "open" / "notes" / "mine.txt").write_text("keep")
    sealed_run(tmp_path, page(2))
    assert (tmp_path / "open" / "notes" / "mine.txt").read_text() == "keep"


def test_a_killed_run_with_an_unreadable_record_is_sealed_all_the_same(tmp_path: Path) -> None:
    lost = killed(tmp_path)
    (tmp_path / "open" / lost / "run.json").write_bytes(b"")
    sealed_run(tmp_path, page(3))
    record = reader.run_record(tmp_path, lost)
    assert (record.stage, record.result) == ("register", RunResult.INTERRUPTED)
    assert f"{record.started:%Y%m%dT%H%M%SZ}-register" in lost
    assert verify(tmp_path) == []


def test_a_full_disk_takes_back_the_half_written_record(tmp_path: Path) -> None:
    done = child(
        tmp_path,
        """
        keep(1)
        size = (Path(sys.argv[1]) / "open" / run.run_id / "warc.gz").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 3000, size + 3000))
        try:
            run.write(page(2, os.urandom(20_000)))
        except OSError as error:
            print(error.strerror)
        run.close("failed", "no room left")
        """,
    )
    assert (done.returncode, done.stdout) == (0, b"File too large\n"), done.stderr
    (run_id,) = reader.run_ids(tmp_path)
    assert [reader.read_body(tmp_path, capture) for capture in reader.captures(tmp_path, run_id)] == [page(1).body]
    assert verify(tmp_path) == []


def test_an_archive_that_cannot_be_written_says_which_path(tmp_path: Path) -> None:
    (tmp_path / "archive").write_bytes(PAGE)
    with pytest.raises(OSError, match="archive"):
        open_run(tmp_path / "archive", "portal", {})
    assert (tmp_path / "archive").read_bytes() == PAGE


def test_nothing_is_added_to_a_chain_that_cannot_be_read(tmp_path: Path) -> None:
    run_id = sealed_run(tmp_path, page(1))
    path = tmp_path / "manifests" / f"{run_id}.json"
    path.write_bytes(path.read_bytes().replace(b'"good"', b'"GOOD"'))
    with pytest.raises(IntegrityError, match=f"manifests/{run_id}.json cannot be read"):
        open_run(tmp_path, "portal", {})
    assert not list((tmp_path / "open").glob("*/"))
