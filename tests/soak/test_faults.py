"""Disks, databases, memory and signals that fail a run: what was there stays whole, the message says what to do."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.archive import reader
from crawler.archive.verify import verify
from tests.auditor.cli.command import EGOV_AUDIT
from tests.soak import state
from tests.soak.kill import environment
from tests.soak.sites import Watched
from tests.soak.state import RUN, assert_whole, egov_audit, kept


@pytest.mark.parametrize("size", [3_000, 60_000])
def test_a_full_disk(good: Path, hurt: Path, sites: Watched, size: int) -> None:
    before = kept(good)
    ended = egov_audit(hurt, sites, *RUN, limit=state.no_file_over(size))
    assert ended.code in (3, 4), ended.err
    assert "Traceback" not in ended.err
    assert "make room" in ended.err
    assert_whole(before, hurt)
    again = egov_audit(hurt, sites, *RUN)
    assert again.code == 0, again.err


def test_a_read_only_disk(good: Path, hurt: Path, sites: Watched) -> None:
    before = kept(good)
    state.read_only(hurt / "var")
    try:
        ended = egov_audit(hurt, sites, *RUN, limit=state.not_above_rights)
        looked = egov_audit(hurt, sites, "doctor", limit=state.not_above_rights)
        told = egov_audit(hurt, sites, "status", limit=state.not_above_rights)
    finally:
        state.writable(hurt / "var")
    assert "ok    archive: 2 runs" in looked.out, looked.err
    assert "last good run: " in looked.out, "who may not write can look"
    assert (told.code, told.out) == (0, egov_audit(good, sites, "status").out), told.err
    assert ended.code == 3, ended.err
    assert "Traceback" not in ended.err
    assert "whose" in ended.err or "read-only" in ended.err
    assert_whole(before, hurt)


def test_what_a_killed_program_left_beside_the_database_is_read_from_a_read_only_disk(
    hurt: Path, sites: Watched
) -> None:
    """As a machine leaves it that lost its power, or a copy of it: rows in the -wal, no -shm to find them by."""
    database = hurt / "var/audit.db"
    with closing(sqlite3.connect(database)) as killed:
        killed.execute("UPDATE run SET detail = 'in the wal alone' WHERE stage = 'run'")
        killed.commit()
        left = {path: path.read_bytes() for path in (database, Path(f"{database}-wal"))}
    for path, content in left.items():
        path.write_bytes(content)
    state.read_only(hurt / "var")
    try:
        told, looked = (egov_audit(hurt, sites, word, limit=state.not_above_rights) for word in ("status", "doctor"))
    finally:
        state.writable(hurt / "var")
    assert told.code == 0, told.err
    assert "good (in the wal alone)" in told.out
    assert "ok    database: at revision" in looked.out
    assert {path: path.read_bytes() for path in left} == left
    assert not Path(f"{database}-shm").exists()


def test_a_database_locked_for_longer_than_a_run_waits(good: Path, hurt: Path, sites: Watched) -> None:
    before = kept(good)
    url = "sqlite:///var/audit.db?timeout=0.2"  # half a minute unless said otherwise
    with closing(sqlite3.connect(hurt / "var/audit.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ended = egov_audit(hurt, sites, *RUN, EGOV_AUDIT_DB_URL=url)
    assert ended.code == 4, ended.err
    assert "another program holds it" in ended.err
    assert_whole(before, hurt)
    again = egov_audit(hurt, sites, *RUN, EGOV_AUDIT_DB_URL=url)
    assert again.code == 0, again.err


def test_a_crawl_that_the_system_kills(good: Path, hurt: Path, sites: Watched) -> None:
    """What a machine short of memory does: the child is killed, not the command."""
    before, asked = kept(good), len(sites.asked)
    with subprocess.Popen(
        [str(EGOV_AUDIT), "harvest"], cwd=hurt, env=environment(hurt, sites), stderr=subprocess.PIPE, text=True
    ) as parent:

        def kill(number: int) -> None:
            if number == asked + 15:
                (child,) = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
                os.kill(int(child), signal.SIGKILL)

        sites.hook = kill
        try:
            _, told = parent.communicate()
        finally:
            sites.hook = lambda _number: None
    assert parent.returncode == 3, told
    assert "killed" in told
    assert "start again" in told
    assert_whole(before, hurt)
    again = egov_audit(hurt, sites, "harvest")
    assert again.code == 0, again.err
    assert "going on with the crawl that was killed" in again.err
    assert len(reader.run_ids(hurt / "var/archive")) == 4, "two crawls of the good run, two gone on with"


@pytest.mark.parametrize("megabytes", [150])
def test_no_memory(good: Path, hurt: Path, sites: Watched, megabytes: int) -> None:
    before = kept(good)
    ended = egov_audit(hurt, sites, *RUN, limit=state.no_memory_over(megabytes))
    assert ended.code != 0
    after = assert_whole(before, hurt)
    assert after.report
    again = egov_audit(hurt, sites, *RUN)
    assert again.code == 0, again.err


def test_sigterm_in_each_stage(good: Path, hurt: Path, sites: Watched) -> None:
    before = kept(good)
    for stage in ("harvest", "ingest", "link", "code", "report"):
        with subprocess.Popen(
            [str(EGOV_AUDIT), *RUN], cwd=hurt, env=environment(hurt, sites), stderr=subprocess.PIPE, text=True
        ) as run:
            assert run.stderr is not None
            if stage == "harvest":
                asked = len(sites.asked)
                sites.hook = lambda number, first=asked + 5, pid=run.pid: (  # type: ignore[misc]
                    os.kill(pid, signal.SIGTERM) if number == first else None
                )
            lines = []
            for line in run.stderr:
                lines.append(line)
                if stage != "harvest" and line == f"== {stage}\n":
                    run.send_signal(signal.SIGTERM)
            sites.hook = lambda _number: None
        assert run.returncode == (3 if stage == "harvest" else 143), (stage, "".join(lines))
        assert "Traceback" not in "".join(lines)
        assert_whole(before, hurt)
    again = egov_audit(hurt, sites, *RUN)
    assert again.code == 0, again.err


def test_a_lost_index_is_made_again_from_the_warc(good: Path, hurt: Path, sites: Watched) -> None:
    before = kept(good)
    lost, bent = sorted((hurt / "var/archive/index").glob("*.jsonl"))
    lost.unlink()
    bent.write_bytes(bent.read_bytes()[:-40])
    found = egov_audit(hurt, sites, "verify")
    assert found.code == 5
    assert "egov-audit reindex" in found.err
    ended = egov_audit(hurt, sites, "reindex")
    assert ended.code == 0, ended.err
    assert f"index/{lost.name}" in ended.out
    assert f"index/{bent.name}" in ended.out
    assert assert_whole(before, hurt) == before
    assert egov_audit(hurt, sites, *RUN).code == 0


def test_a_warc_cut_in_mid_record_is_named_and_its_index_not_made_up(good: Path, hurt: Path, sites: Watched) -> None:
    archive = hurt / "var/archive"
    rows = kept(good).rows
    cut = sorted((archive / "warc").glob("*.warc.gz"))[0]
    cut.write_bytes(cut.read_bytes()[:-300])
    sorted((archive / "index").glob("*.jsonl"))[0].unlink()
    ended = egov_audit(hurt, sites, "reindex")
    assert ended.code == 5
    assert cut.name in ended.err
    assert not sorted((archive / "index").glob(f"{cut.name.split('.')[0]}*"))
    assert any(problem.file == f"warc/{cut.name}" for problem in verify(archive))
    assert state.database_contents(f"sqlite:///{hurt / 'var/audit.db'}") == rows
    assert egov_audit(hurt, sites, "ingest").code in (0, 5), "what is stored stays"


def test_a_login_page_in_place_of_one_edition_is_told_and_the_run_is_good(hurt: Path, sites: Watched) -> None:
    path = "/rus/docs/V2000019982/16.12.2022"
    answers = sites.answers["adilet"]
    whole = answers[path]
    form = (
        b"<html><body><form action='/login'><input name='login'><input type='password' name='p'></form></body></html>"
    )
    answers[path] = replace(whole, body=form, headers={**whole.headers, "ETag": '"login"'})
    try:
        ended = egov_audit(hurt, sites, *RUN)
    finally:
        answers[path] = whole
    assert ended.code == 0, ended.err
    assert "warning: register: 1 page could not be read, what was read before counts: 1 login: http" in ended.err
    found = egov_audit(hurt, sites, "status")
    assert "V2000019982/2022-12-16/ru  " in found.out
