"""A correction is public, dated and true: the old figure was given, the new one is what the data say now."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete as erase
from sqlalchemy import text

from auditor.corrections.records import Correction
from auditor.corrections.stage import corrections
from auditor.db.models import EntryRow
from auditor.db.session import connect, transaction
from auditor.measure.series import CSV_HEADER
from reports.export.delta import delta
from tests.auditor.link.command import Done, run
from tests.auditor.release.small import ask, fill, released

DAY = "2023-12-31"
NAMES = ("Выдача справки", "Назначение пособия", "Выдача лицензии", "Запись на прием")


def correct(db_url: str, figure: str = "count", **options: object) -> Done:
    """The command with everything it needs, but for what `options` say otherwise (None leaves an option out)."""
    asked = {"as_of": DAY, "old": 4, "new": 3, "reason": "a row was read twice", "noticed_by": "aigul"} | options
    words = [part for name, value in asked.items() if value is not None
             for part in (f"--{name.replace('_', '-')}", str(value))]  # fmt: skip
    return run(db_url, "correct", *([figure] if figure else []), *words)


def lose_a_row(db_url: str) -> None:
    engine = connect(db_url)
    with transaction(engine) as session:
        session.execute(
            erase(EntryRow).where(EntryRow.ordinal == session.scalar(text("SELECT MAX(ordinal) FROM entry")))
        )
    engine.dispose()


@pytest.fixture
def mended(db_url: str) -> str:
    """A register whose count was given as 4 and is 3 since a row that was read twice is gone."""
    fill(db_url, NAMES)
    assert run(db_url, "measure", "--as-of", DAY).returncode == 0
    lose_a_row(db_url)
    return db_url


def test_a_correction_is_kept_listed_and_corrected_in_its_turn(mended: str) -> None:
    done = correct(mended, reason="  a row\nwas   read twice ", noticed_by="Aigul")
    assert done.returncode == 0, done.stderr
    assert "count on 2023-12-31 (ru): 4 → 3  a row was read twice  noticed by aigul" in done.stdout
    assert run(mended, "correct", "--list").stdout == done.stdout
    measured = run(mended, "measure", "--as-of", DAY)
    assert f"count 4 → 3 (a row was read twice; count/{DAY}/ru/1)" in measured.stdout
    told = json.loads(run(mended, "measure", "--as-of", DAY, "--measure", "count", "--json").stdout)
    assert [one["key"] for one in told["corrections"]] == [f"count/{DAY}/ru/1"]
    cited = run(mended, "cite", "count", "--as-of", DAY, "--lang", "ru")
    assert "Прежнее значение: исправлено" in cited.stdout, cited.stderr
    assert "Прежнее значение" not in run(mended, "cite", "nature", "--as-of", DAY, "--lang", "ru").stdout
    lose_a_row(mended)
    again = correct(mended, old=3, new=2, reason="another one too")
    assert again.returncode == 0, again.stderr
    told = json.loads(run(mended, "correct", "count", "--list", "--json").stdout)
    assert [(one["key"], one["old"], one["new"], one["reason"]) for one in told] == [
        (f"count/{DAY}/ru/1", 4, 3, "a row was read twice"),
        (f"count/{DAY}/ru/2", 3, 2, "another one too"),
    ]
    assert datetime.fromisoformat(told[0]["noted_at"]).tzinfo is not None
    assert run(mended, "correct", "digitised", "--list").stdout == ""
    engine = connect(mended)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT correction_key, noted_at, old_value, year FROM corrections")).all()
        kept = connection.execute(text("SELECT value FROM measures WHERE measure = 'count' AND newest = 0 ORDER BY 1"))
        superseded = list(kept.scalars())
    with transaction(engine) as session:
        found = corrections(session)
    engine.dispose()
    assert sorted((key, old, year) for key, _, old, year in rows) == [(one.key, one.old, 2023) for one in found]
    assert all(len(at) == 19 for _, at, _, _ in rows)
    assert {3.0, 4.0} <= set(superseded), "the old values stay where they were"


def test_a_series_and_a_csv_name_the_corrections_too(mended_sqlite: str) -> None:
    assert correct(mended_sqlite).returncode == 0
    line = f"count 4 → 3 (a row was read twice; count/{DAY}/ru/1)"
    years = ("measure", "--from", "2023", "--to", "2024")
    assert line in run(mended_sqlite, *years).stdout
    assert line not in run(mended_sqlite, *years, "--measure", "digitised").stdout
    for asked in (years, ("measure", "--as-of", DAY)):
        done = run(mended_sqlite, *asked, "--csv")
        assert line in done.stderr
        assert {len(row) for row in csv.reader(done.stdout.splitlines())} == {len(CSV_HEADER)}, "rows are figures alone"
    assert line in run(mended_sqlite, "measure", "--as-of", DAY, "--by", "section").stdout
    told = json.loads(run(mended_sqlite, *years, "--json").stdout)
    assert [one["key"] for one in told["corrections"]] == [f"count/{DAY}/ru/1"]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ({"old": 7}, 4, "was never given as 7; what was given: 1 (computed 2026-01-02), 4 (computed "),
        ({"new": 2}, 4, "is 3 by the data as they are, not 2"),
        ({"old": 3}, 2, "nothing is corrected"),
        ({"figure": "digitized"}, 2, "known are count, digitised"),
        ({"figure": "count:"}, 2, "no figure 'count:'"),
        ({"figure": "nature:nonsense"}, 2, "its cells: transactional|no cell 'nonsense'"),
        ({"figure": "phantoms"}, 4, "was not observed"),
        ({"figure": ""}, 2, "name the FIGURE"),
        ({"reason": None}, 2, "needs --reason too"),
        ({"as_of": None, "noticed_by": None}, 2, "needs --as-of, --noticed-by too"),
        ({"as_of": "2999-01-01"}, 2, "has not come"),
        ({"as_of": "2001-01-01"}, 4, "no edition of the register in ru"),
        ({"text": "en"}, 2, "ru and kk"),
        ({"text": "xx"}, 2, "xx"),
        ({"text": "kk"}, 4, "no edition of the register in kk"),
        ({"noticed_by": "Айгүл Серікова"}, 2, "alias"),
        ({"noticed_by": "machine"}, 2, "alias"),
        ({"reason": " \n "}, 2, "--reason is empty"),
        ({"reason": "x" * 10_000}, 2, "has 10000 characters; it may have 2000"),
        ({"reason": "wrong \u202eyllaer"}, 2, "character 7 is U+202E"),
        ({"reason": "a\u200bb"}, 2, "character 2 is U+200B"),
    ],
)
def test_what_cannot_be_a_correction_is_refused_in_a_line_and_nothing_is_kept(
    mended_sqlite: str, options: dict[str, object], code: int, said: str
) -> None:
    done = correct(mended_sqlite, **options)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert any(part in done.stderr for part in said.split("|")), done.stderr
    assert json.loads(run(mended_sqlite, "correct", "--list", "--json").stdout) == []


@pytest.fixture
def mended_sqlite(sqlite_url: str) -> str:
    fill(sqlite_url, NAMES)
    assert run(sqlite_url, "measure", "--as-of", DAY).returncode == 0
    lose_a_row(sqlite_url)
    return sqlite_url


def test_the_same_correction_twice_and_a_name_that_looks_like_another_are_refused(mended_sqlite: str) -> None:
    assert correct(mended_sqlite).returncode == 0
    twice = correct(mended_sqlite, reason="said again")
    assert twice.returncode == 4
    assert f"already, see count/{DAY}/ru/1" in twice.stderr
    lose_a_row(mended_sqlite)
    twin = correct(mended_sqlite, old=3, new=2, noticed_by="аigul")
    assert twin.returncode == 2
    assert "looks like" in twin.stderr


def test_where_nothing_was_read_there_is_nothing_to_correct(sqlite_url: str, tmp_path: Path) -> None:
    assert correct(sqlite_url).returncode == 4
    listed = run(sqlite_url, "correct", "--list")
    assert (listed.returncode, listed.stdout) == (0, "")
    assert "no correction so far" in listed.stderr
    assert correct(f"sqlite:///{tmp_path}/none.db").returncode == 4
    mixed = run(sqlite_url, "correct", "--list", "--old", "3")
    assert mixed.returncode == 2
    assert "leave --old out" in mixed.stderr


def test_a_release_holds_the_corrections_as_text_and_is_another_one(mended_sqlite: str, tmp_path: Path) -> None:
    before = released(mended_sqlite, tmp_path / "before.sqlite")
    hostile = "<script>alert(1)</script> =cmd|' /C calc'!A0"
    assert correct(mended_sqlite, reason=hostile).returncode == 0
    after = released(mended_sqlite, tmp_path / "after.sqlite")
    ids = [ask(one, "SELECT value FROM release WHERE name = 'id'") for one in (before, after)]
    assert ids[0] != ids[1]
    assert ask(after, "SELECT correction_key, as_of, old_value, new_value, reason, noticed_by FROM corrections") == [
        (f"count/{DAY}/ru/1", DAY, 4, 3, hostile, "aigul")
    ]
    before.chmod(0o644)
    with closing(sqlite3.connect(before)) as earlier:
        earlier.execute("DROP TABLE corrections")
        earlier.execute("DELETE FROM dictionary WHERE table_name = 'corrections'")
        earlier.execute("DELETE FROM dictionary_tables WHERE name = 'corrections'")
        earlier.commit()
    added = delta(before, after)["tables"]["corrections"]["added"]
    assert [one["correction_key"] for one in added] == [f"count/{DAY}/ru/1"], "a release from before had no such table"


def test_a_correction_names_its_figure_and_day() -> None:
    one = Correction(
        "nature:human_social", date(2024, 12, 31), "kk", 2, datetime(2026, 1, 1, tzinfo=UTC), 1, 2, "r", "a"
    )
    assert one.key == "nature:human_social/2024-12-31/kk/2"
