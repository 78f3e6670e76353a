"""Which killed crawl is gone on with, and that its log, answers and issues are then neither lost nor doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.archive import reader
from crawler.archive.records import Outcome, RunResult
from crawler.archive.verify import verify
from crawler.archive.writer import RunWriter, open_run
from tests.crawler.archive.sample import page, sealed_run

DAY = timedelta(hours=24)
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_PRELUDE = """
import os, signal, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from crawler.archive.writer import open_run
from crawler.archive.records import Outcome
from tests.crawler.archive.sample import page
run = open_run(
    Path(sys.argv[1]), "register", {"lang": "ru"},
    now=lambda: datetime(2026, 3, 2, 12, 0, tzinfo=UTC), within=timedelta(hours=24)
)
def keep(number):
    capture = run.write(page(number))
    run.fetch(page(number).target, page(number).url, Outcome.FETCHED, capture_id=capture.capture_id)
"""


def killed(root: Path, script: str) -> str:
    """A crawl of the register whose process kills itself after `script`; gives its run's id."""
    command = [sys.executable, "-c", _PRELUDE + textwrap.dedent(script) + "\nos.kill(os.getpid(), 9)", str(root)]
    done = subprocess.run(command, capture_output=True, check=False, cwd=Path(__file__).parents[3])
    assert done.returncode == -signal.SIGKILL, done.stderr
    (folder,) = (root / "open").glob("*/")
    return folder.name


def again(
    root: Path, hours: float = 1, arguments: dict[str, object] | None = None, within: timedelta | None = DAY
) -> RunWriter:
    """The crawl that comes after."""
    now = NOW + timedelta(hours=hours)
    return open_run(root, "register", {"lang": "ru"} if arguments is None else arguments, lambda: now, within)


def test_a_killed_crawl_is_gone_on_with_in_its_own_run(tmp_path: Path) -> None:
    lost = killed(tmp_path, "keep(1)\nrun.issue('warning', 'odd', 'x', url=page(1).url)\nrun.write(page(2))")
    run = again(tmp_path)
    assert run.run_id == lost
    assert [fetch.url for fetch in run.earlier.fetches] == [page(1).url]
    capture = run.earlier.claim(page(2).url)
    assert capture is not None, "the answer in flight was whole: it needs no second asking"
    assert run.answer(capture)[1] == page(2).body
    assert run.earlier.claim(page(2).url) is None
    assert run.latest(page(1).url) is not None
    # What is told again is not written again; a second issue of the same words is another one.
    run.issue("warning", "odd", "x", url=page(1).url)
    run.issue("warning", "odd", "x", url=page(1).url)
    run.fetch(page(1).target, page(1).url, Outcome.FETCHED)
    run.fetch(page(2).target, page(2).url, Outcome.FETCHED, capture_id=capture.capture_id)
    run.close("good", "2 fetched")
    record = reader.run_record(tmp_path, lost)
    assert (record.result, record.counts["fetched"], record.counts["resumed"]) == (RunResult.GOOD, 2, 1)
    assert len(list(reader.fetches(tmp_path, lost))) == 2
    assert len(list(reader.issues(tmp_path, lost))) == 2
    assert reader.run_ids(tmp_path) == [lost]
    assert verify(tmp_path) == []


def test_torn_records_of_several_kills_are_all_kept_aside(tmp_path: Path) -> None:
    torn = b""
    for number in (1, 2):
        lost = killed(tmp_path, f"keep({number})")
        warc = tmp_path / "open" / lost / "warc.gz"
        whole = warc.read_bytes()
        warc.write_bytes(whole[:-5])
        torn += whole[-400:-5]
    again(tmp_path).close("good")
    kept = (tmp_path / "warc" / f"{lost}.torn").read_bytes()
    assert kept.endswith(torn[-50:])
    assert verify(tmp_path) == []


@pytest.mark.parametrize(
    "other",
    [{"hours": 25}, {"hours": -1}, {"arguments": {"lang": "kk"}}, {"within": None}, {"within": timedelta(minutes=5)}],
    ids=["too old", "a clock set back", "asked for something else", "begun anew by wish", "less patience"],
)
def test_any_other_is_sealed_as_interrupted(tmp_path: Path, other: dict[str, object]) -> None:
    lost = killed(tmp_path, "keep(1)")
    run = again(tmp_path, **other)  # type: ignore[arg-type]
    assert run.run_id != lost
    assert run.earlier.fetches == ()
    run.close("good")
    assert reader.run_record(tmp_path, lost).result is RunResult.INTERRUPTED


def test_a_crawl_that_was_about_to_stop_is_not_gone_on_with(tmp_path: Path) -> None:
    lost = killed(tmp_path, "keep(1)\nrun.ends_here()")
    assert again(tmp_path).run_id != lost


def test_an_import_or_another_spider_leaves_it_waiting(tmp_path: Path) -> None:
    lost = killed(tmp_path, "keep(1)")
    open_run(tmp_path, "portal", {}, lambda: NOW + timedelta(hours=1), DAY).close("good")
    open_run(tmp_path, "import", {}, lambda: NOW + timedelta(hours=2)).close("good")
    assert lost not in reader.run_ids(tmp_path)
    assert again(tmp_path, hours=3).run_id == lost


def test_one_killed_while_it_was_sealed_goes_on_and_is_sealed(tmp_path: Path) -> None:
    lost = killed(tmp_path, "keep(1)")
    (tmp_path / "open" / lost / "warc.gz").rename(tmp_path / "warc" / f"{lost}.warc.gz")
    run = again(tmp_path)
    assert [capture.url for capture in run.earlier.captures] == [page(1).url]
    run.close("good")
    assert verify(tmp_path) == []


def test_what_is_sealed_is_done(tmp_path: Path) -> None:
    done = sealed_run(tmp_path, page(1), stage="register")
    run = again(tmp_path)
    assert run.run_id != done
    assert run.earlier.captures == ()
    run.close("good")


def test_a_living_crawl_is_left_alone(tmp_path: Path) -> None:
    first = again(tmp_path, hours=0)
    second = again(tmp_path, hours=1)
    assert first.run_id != second.run_id
    first.close("good")
    second.close("good")
    assert os.listdir(tmp_path / "open") == ["chain.lock"]
