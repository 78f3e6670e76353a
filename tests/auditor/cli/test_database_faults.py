"""A database that cannot be reached, is damaged, or is made by two at once: one line and the right exit code."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from auditor.db.session import connect, current_revision, open_database
from tests.auditor.link.command import run


def test_a_server_that_does_not_answer_is_a_network_fault(free_tcp_port: int) -> None:
    done = run(f"postgresql://nobody@127.0.0.1:{free_tcp_port}/nothing", "link")
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
    assert "cannot be opened" in done.stderr


@pytest.mark.parametrize("cut", [0, 3000])
def test_a_damaged_file_is_an_integrity_fault(sqlite_url: str, cut: int) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    body = bytearray(file.read_bytes())
    body[cut : cut + 40_000] = b"\x00damage\xff" * 5_000
    file.write_bytes(body)
    for extra in ("-wal", "-shm"):
        file.with_name(file.name + extra).unlink(missing_ok=True)
    done = run(sqlite_url, "link")
    assert (done.returncode, len(done.stderr.splitlines())) == (5, 1), done.stderr


def _make(url: str, gate: multiprocessing.synchronize.Barrier) -> None:
    gate.wait(30)
    with open_database(url, create=True):
        pass


def test_two_that_make_a_new_database_at_once_both_get_it(empty_db: str) -> None:
    gate = multiprocessing.get_context("spawn").Barrier(2)
    both = [multiprocessing.get_context("spawn").Process(target=_make, args=(empty_db, gate)) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert [one.exitcode for one in both] == [0, 0]
    engine = connect(empty_db)
    assert current_revision(engine)
    engine.dispose()


@pytest.mark.parametrize(
    "command",
    [("at", "2024-12-31"), ("diff", "2023-12-31", "2024-12-31"), ("account", "2023", "2024"), ("measure",),
     ("why", "count", "2024")],
)  # fmt: skip
def test_the_register_is_asked_in_its_two_languages_only(db_url: str, command: tuple[str, ...]) -> None:
    done = run(db_url, *command, "--lang", "en")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == ["egov-audit: the register is read in ru and kk, not in 'en'"]


def test_a_report_counts_a_text_of_the_register(sqlite_url: str) -> None:
    done = run(sqlite_url, "report", "--text", "en")
    assert (done.returncode, done.stdout) == (2, "")
