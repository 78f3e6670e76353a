"""Editions as nobody wants them, asked about as a person does: one clear answer, and what was good before stays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from auditor.db.session import connect, transaction
from auditor.records import Entry
from crawler.pages.records import Lang
from tests.auditor.cli.command import Ended, egov_audit
from tests.auditor.ingest.pages import ACT, START, Run
from tests.auditor.link.command import Done, run
from tests.auditor.link.histories import write_history
from tests.auditor.link.store import store_edition, store_rows
from tests.pages_gen import Spec

FIRST, SECOND = date(2020, 6, 1), date(2021, 6, 1)


@pytest.fixture(scope="module")
def rows() -> list[Entry]:
    """A small register."""
    return write_history(6, 60, [], typos=0).editions[Lang.RU][0]


def on(day: date, rows: Sequence[Entry], code: str | None = None) -> list[Entry]:
    """The same rows in the edition of a day, with their codes spelled as `code` says."""
    found = []
    for number, one in enumerate(rows, 1):
        written = one.code if code is None else code.format(number)
        key = f"{ACT}/{day}/ru/{written or 'row'}~{number}"
        found.append(replace(one, edition_date=day, key=key, code=written))
    return found


def linked(db_url: str, older: Sequence[Entry], newer: Sequence[Entry]) -> None:
    """Two editions, stored and linked as `egov-audit link` does it."""
    engine = connect(db_url)
    with transaction(engine) as session:
        for day, rows in ((FIRST, older), (SECOND, newer)):
            store_rows(session, (ACT, day, "ru"), rows)
    engine.dispose()
    done = run(db_url, "link")
    assert done.returncode == 0, done.stderr


def account(db_url: str, *more: str) -> dict[str, object]:
    done = run(db_url, "account", "2020", "2021", "--json", *more)
    assert done.returncode == 0, done.stderr
    said: dict[str, object] = json.loads(done.stdout)
    assert said["remainder"] == 0
    return {
        name: term["value"] if isinstance(term, dict) and "entries" in term else term for name, term in said.items()
    }


def test_all_codes_changed_are_renumberings_and_no_growth(sqlite_url: str, rows: list[Entry]) -> None:
    linked(sqlite_url, on(FIRST, rows), on(SECOND, rows, "9{0:02}07{0:03}"))
    said = account(sqlite_url)
    assert (said["births"], said["deaths"], said["cosmetic_share"]) == (0, 0, None)
    counts = json.loads(run(sqlite_url, "diff", "2020-12-31", "2021-12-31", "--json").stdout)["counts"]
    assert sum(counts.values()) == len(rows)
    assert set(counts) <= {"renumbered", "moved"}
    assert "new code scheme" in run(sqlite_url, "measure", "--from", "2020", "--to", "2021").stdout


def test_rows_without_codes_are_followed_and_no_codes_are_counted(sqlite_url: str, rows: list[Entry]) -> None:
    linked(sqlite_url, on(FIRST, rows, ""), on(SECOND, rows[:-1], ""))
    assert (account(sqlite_url)["births"], account(sqlite_url)["deaths"]) == (0, 1)
    nothing = run(sqlite_url, "account", "2020", "2021", "--unit", "codes")
    assert (nothing.returncode, nothing.stdout) == (4, "")
    assert f"no row of the edition of {FIRST} can be counted by codes" in nothing.stderr
    said = run(sqlite_url, "measure", "--as-of", "2021-12-31", "--measure", "units").stdout
    assert "no entry of this edition has a code" in said


def test_codes_given_for_the_first_time_are_no_growth_from_none(sqlite_url: str, rows: list[Entry]) -> None:
    linked(sqlite_url, on(FIRST, rows, ""), on(SECOND, rows))
    first = run(sqlite_url, "account", "2020", "2021", "--unit", "codes", "--json")
    assert (first.returncode, first.stdout) == (4, "")
    assert f"no row of the edition of {FIRST} can be counted by codes" in first.stderr
    assert account(sqlite_url)["births"] == 0


def test_an_edition_that_says_nothing_of_delivery_is_no_edition_without_digitised_rows(
    sqlite_url: str, rows: list[Entry]
) -> None:
    silent = [replace(one, form="", forms=frozenset()) for one in on(FIRST, rows)]
    linked(sqlite_url, silent, on(SECOND, rows))
    done = run(sqlite_url, "account", "2020", "2021", "--digitised", "--json")
    assert (done.returncode, done.stdout) == (4, "")
    assert f"the edition of {FIRST} states no delivery form for any row" in done.stderr
    engine = connect(sqlite_url)
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT DISTINCT digitised FROM account WHERE from_year = 2020")).scalars().all()
    engine.dispose()
    assert kept == [0], "nor is it kept for those who query"
    assert account(sqlite_url)["births"] == 0


def test_duplicate_codes_are_two_rows_and_one_code(sqlite_url: str, rows: list[Entry]) -> None:
    doubled = [*rows[:40], *(replace(one, code=rows[0].code) for one in rows[40:])]
    linked(sqlite_url, on(FIRST, doubled), on(SECOND, doubled))
    said = account(sqlite_url)
    assert (said["start"], said["end"], said["births"], said["deaths"]) == (60, 60, 0, 0)
    assert account(sqlite_url, "--unit", "codes")["start"] == 40


def test_an_edition_without_a_row_ends_everything_and_cannot_be_measured(sqlite_url: str, rows: list[Entry]) -> None:
    linked(sqlite_url, on(FIRST, rows), [])
    done = run(sqlite_url, "measure", "--as-of", "2021-12-31")
    assert (done.returncode, done.stdout) == (4, "")
    assert "has no live entry: nothing to measure" in done.stderr
    assert account(sqlite_url)["deaths"] == len(rows)
    assert run(sqlite_url, "measure", "--as-of", "2020-12-31").returncode == 0


def test_a_year_between_two_editions_has_the_earlier_one_and_one_before_them_none(
    sqlite_url: str, rows: list[Entry]
) -> None:
    engine = connect(sqlite_url)
    with transaction(engine) as session:
        store_edition(session, on(FIRST, rows))
        store_edition(session, on(SECOND + timedelta(days=730), rows))
    engine.dispose()
    assert run(sqlite_url, "link").returncode == 0
    told = json.loads(run(sqlite_url, "measure", "--from", "2019", "--to", "2022", "--json").stdout)["years"]
    assert [one["observed"] for one in told] == [False, True, True, True]
    assert {one["edition"] for one in told[1:]} == {f"{ACT}/{FIRST}"}
    for words in (("account", "2019", "2021"), ("why", "count", "2020")):
        done: Done = run(sqlite_url, *words)
        assert (done.returncode, done.stdout) == (4, "")
        assert "in force on 2019-12-31" in done.stderr.splitlines()[-1]


def test_an_empty_edition_and_a_silent_rewrite_in_an_archive(tmp_path: Path) -> None:
    def ask(*words: str) -> Ended:
        return egov_audit(tmp_path, *words)

    archive = tmp_path / "var" / "archive"
    Run(archive).history(FIRST, SECOND).edition(FIRST, Spec(rows=100)).edition(SECOND, Spec(rows=0)).seal()
    done = ask("ingest")
    assert done.code == 4
    assert f"{ACT}/{SECOND}/ru" in done.err
    assert f"{ACT}/{FIRST}/ru: 99 rows" in ask("at", "2022-01-01").err, "the last good edition stays in force"
    Run(archive, at=START + timedelta(days=30)).edition(FIRST, Spec(rows=100, seed=7)).seal()
    ask("ingest")
    assert "silent_rewrite" in ask("status").out
    assert "1 (100.0% of 1)" in ask("measure", "--as-of", "2022-01-01", "--measure", "silent_rewrite").out
