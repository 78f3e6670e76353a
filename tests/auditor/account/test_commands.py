"""`at`, `diff`, `account` as a person runs them: figures, JSON, and one clear line for what cannot be asked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from auditor.db.models import ActRow
from auditor.db.session import connect, transaction, upgrade
from auditor.link.stage import link_register
from auditor.records import Entry
from crawler.pages.records import Lang
from tests.auditor.link.command import run
from tests.auditor.link.histories import USUAL, History, write_history
from tests.auditor.link.store import NOW, store_edition


@pytest.fixture(scope="module")
def history() -> History:
    """Two years of a register, an edition a month."""
    return write_history(4, 150, [{**USUAL, "births": 4, "deaths": 3}] * 13, typos=0)


@pytest.fixture(scope="module")
def db(history: History, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The register, stored and linked."""
    url = f"sqlite:///{tmp_path_factory.mktemp('db')}/audit.db"
    upgrade(url)
    engine = connect(url)
    with transaction(engine) as session:
        for texts in history.editions.values():
            for one in texts:
                store_edition(session, one)
        link_register(session, NOW)
    engine.dispose()
    return url


def test_the_account_in_json_has_the_promised_shape_and_closes(db: str, history: History) -> None:
    done = run(db, "account", "2020", "2021", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert list(said) == ["from", "to", "unit", "start", "end", "births", "deaths", "splits", "mergers", "scope",
                          "flips", "remainder", "cosmetic_share", "language", "digitised", "editions"]  # fmt: skip
    assert (said["language"], said["digitised"]) == ("ru", False), "a file that is passed on says what it is about"
    assert [key.split("/")[2] for key in said["editions"]] == ["ru", "ru"]
    ends = [one for one in history.editions[Lang.RU] if one[0].edition_date <= date(2020, 12, 31)]
    assert (said["from"], said["to"], said["unit"]) == (2020, 2021, "rows")
    assert (said["start"], said["end"]) == (len(ends[-1]), len(history.editions[Lang.RU][-1]))
    grown = said["births"]["value"] - said["deaths"]["value"] + said["splits"]["value"] - said["mergers"]["value"]
    assert grown + said["scope"]["value"] == said["end"] - said["start"]
    assert said["remainder"] == 0
    assert len(said["births"]["entries"]) == said["births"]["value"] > 0
    assert set(said["births"]) == {"value", "low", "high", "entries"}


@pytest.mark.parametrize("lang", ["ru", "kk"])
@pytest.mark.parametrize("unit", ["rows", "codes", "results", "subsections"])
def test_it_closes_in_every_unit_and_language(db: str, unit: str, lang: str) -> None:
    done = run(db, "account", "2020", "2021", "--json", "--unit", unit, "--lang", lang, "--digitised")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["remainder"] == 0


def test_the_account_for_people_says_real_growth_beside_the_registers(db: str) -> None:
    done = run(db, "account", "2020", "2021")
    assert done.returncode == 0
    assert "Register growth" in done.stdout
    assert "real growth" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["account", "2021", "2020"], 2, "FROM (2021) lies after TO (2020)"),
        (["account", "2015", "2021"], 4, "in force on 2015-12-31"),
        (["account", "2020", "2021", "--unit", "pages"], 2, "rows, codes, results, subsections"),
        (["account", "2020", "2021", "--lang", "en"], 2, "ru and kk"),
        (["account", "2020", "2999"], 2, "2999"),
        (["diff", "2021-01-01", "2020-05-01"], 2, "lies after"),
        (["diff", "2021-01-01", "soon"], 2, "YYYY-MM-DD"),
        (["at", "2001-01-01"], 4, "in force on 2001-01-01"),
        (["measure", "--as-of", "0001-01-01"], 2, "0001-01-01 is no day of the register"),
        (["at", "2024-W01-1"], 2, "YYYY-MM-DD"),
        (["at", "2024-02-31"], 2, "YYYY-MM-DD"),
    ],
)
def test_what_cannot_be_asked_gets_one_clear_line(db: str, arguments: list[str], code: int, says: str) -> None:
    done = run(db, *arguments)
    assert done.returncode == code
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert says in done.stderr


def test_rows_that_are_not_linked_are_not_accounted_for(db: str, history: History, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/audit.db"
    upgrade(url)
    engine = connect(url)
    with transaction(engine) as session:
        for one in history.editions[Lang.RU]:
            store_edition(session, one)
    engine.dispose()
    done = run(url, "account", "2020", "2021")
    assert (done.returncode, done.stdout) == (4, "")
    assert "egov-audit link" in done.stderr


def test_a_year_that_is_not_over_says_so(db: str) -> None:
    year = datetime.now(UTC).year
    done = run(db, "account", "2020", str(year), "--json")
    assert done.returncode == 0
    assert f"{year} is not over" in done.stderr


def test_the_register_on_a_date_is_the_edition_in_force(db: str, history: History) -> None:
    rows = history.editions[Lang.KK][2]
    day = rows[0].edition_date
    done = run(db, "at", str(day), "--lang", "kk", "--json")
    said = json.loads(done.stdout)
    assert said["edition"] == f"V2000019982/{day}/kk"
    assert [row["key"] for row in said["rows"]] == [entry.key for entry in rows]
    assert len(run(db, "at", str(day), "--lang", "kk").stdout.splitlines()) == len(rows)


def test_the_diff_counts_every_change_by_type(db: str, history: History) -> None:
    first, second = history.editions[Lang.RU][0], history.editions[Lang.RU][1]
    done = run(db, "diff", str(first[0].edition_date), str(second[0].edition_date), "--json")
    said = json.loads(done.stdout)
    step = history.steps[0]
    assert said["counts"]["added"] == len(step.births)
    assert said["counts"]["removed"] == len(step.deaths)
    assert said["counts"]["split"] == sum(kind == "split" for kind, _, _ in step.groups)
    assert said["counts"]["renumbered"] == sum(kind == "renumbered" for kind, _, _ in step.one_to_one)
    assert sum(said["counts"].values()) == len(said["changes"])
    assert said["cosmetic"] == []


def test_years_between_that_nobody_observed_are_named_in_text_json_and_views(db_url: str, history: History) -> None:
    first, second = (history.editions[Lang.RU][n] for n in (0, 1))
    engine = connect(db_url)
    with transaction(engine) as session:
        session.add(ActRow(id="P1300000983", first_day=date(2013, 9, 18)))
        store_edition(session, _dated(first, "P100000745_", date(2011, 3, 1)))
        store_edition(session, _dated(second, "P1300000983", date(2016, 5, 1)))
    assert run(db_url, "link").returncode == 0
    said = json.loads(run(db_url, "account", "2012", "2016", "--json").stdout)
    assert (said["years_not_observed"], said["remainder"]) == ([2013, 2014, 2015], 0)
    assert "Not observed in between: 2013, 2014, 2015." in run(db_url, "account", "2012", "2016").stdout
    assert "Not observed" not in run(db_url, "account", "2011", "2012").stdout
    assert "years_not_observed" not in json.loads(run(db_url, "account", "2011", "2012", "--json").stdout)
    days = ("2012-06-30", "2016-06-30")
    assert "Not observed in between: 2012, 2013" not in run(db_url, "diff", *days).stdout
    assert "Not observed in between: 2013, 2014, 2015." in run(db_url, "diff", *days).stdout
    assert json.loads(run(db_url, "diff", *days, "--json").stdout)["years_not_observed"] == [2013, 2014, 2015]
    with engine.connect() as connection:
        sql = "SELECT DISTINCT from_year, to_year, years_not_observed FROM account WHERE to_year <= 2017 ORDER BY 1"
        rows = [tuple(row) for row in connection.execute(text(sql))]
        assert rows == [(2011, 2012, None), (2012, 2016, "2013-2015"), (2016, 2017, None)]
        changed = "SELECT DISTINCT edition_date, not_observed_from FROM changes"
        assert [tuple(row) for row in connection.execute(text(changed))] == [("2016-05-01", "2013-09-18")]
    engine.dispose()


def _dated(entries: Sequence[Entry], act: str, day: date) -> list[Entry]:
    keys = (f"{act}/{day}/{one.lang}/{one.key.rsplit('/', 1)[1]}" for one in entries)
    return [replace(one, act=act, edition_date=day, key=key) for one, key in zip(entries, keys, strict=True)]
