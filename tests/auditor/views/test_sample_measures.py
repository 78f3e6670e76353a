"""The measures on the sample: what its script says happened, and what the commands answer."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from auditor.account.records import Unit
from auditor.account.stage import account_of_years
from auditor.coding.codebook import CODEBOOK
from auditor.db.portal import listings
from auditor.db.session import transaction
from auditor.ingest.status import not_read
from auditor.measure.cards import cards
from auditor.measure.records import DatedAudit, Measured
from auditor.measure.stage_growth import keep_growth
from auditor.measure.stage_scenes import end_of_day, measure_dates
from crawler.pages.records import Lang
from crawler.sample.truth import truth
from tests.auditor.link.command import run as in_process
from tests.auditor.measure.sample import FIRST, SECOND

PORTAL = truth()["portal"]


def audit(engine: Engine, day: date, lang: Lang = Lang.RU) -> DatedAudit:
    with transaction(engine) as session:
        found = measure_dates(session, [day], lang, not_read(session), CODEBOOK)[day]
    assert isinstance(found, DatedAudit), found
    return found


def codes(keys: tuple[str, ...]) -> set[str]:
    return {key.split("/")[3].partition("~")[0] for key in keys}


def cell(measured: Measured, name: str) -> set[str]:
    return codes(next(figure.keys for figure in measured.figures if figure.cell == name))


@pytest.mark.parametrize("lang", [Lang.RU, Lang.KK])
@pytest.mark.parametrize("year", ["2021", "2022", "2024"])
def test_label_flips_are_those_of_the_script(sample: Engine, lang: Lang, year: str) -> None:
    pairs = [pair for pair in truth()["acts"]["V2000019982"][lang]["pairs"] if pair["to"].startswith(year)]
    flips = {one["code"] for pair in pairs for one in pair["flips"].values()}
    renamed = {code for pair in pairs for code in pair["renames"].values()}
    moved = {new for pair in pairs for word in ("renumberings", "moves") for _, new in pair[word].values()}
    measured = audit(sample, date(int(year), 12, 31), lang).measured["label_flips"]
    assert codes(measured.head.keys) == flips - renamed - moved
    also = cell(measured, "with_other_changes")
    assert also <= flips & (renamed | moved)
    assert flips & moved <= also, "only a rename can leave a link undecided"


def test_the_service_that_lost_its_label_and_the_one_that_came_back(sample: Engine) -> None:
    found = audit(sample, date(2022, 12, 31)).measured["yo_yo"]
    assert cell(found, "back_to_paper") == {"00203001"}
    assert cell(found, "restored") == {"01202001"}


def test_phantoms_are_proven_by_the_second_harvest_only(sample: Engine) -> None:
    once = audit(sample, FIRST.date()).measured["phantoms"]
    assert (once.head.value, once.remark != "") == (0, True)
    twice = audit(sample, SECOND.date()).measured["phantoms"]
    assert cell(twice, "not_observed") == set()
    assert set(PORTAL["phantoms"]) <= cell(twice, "absent")
    assert not set(PORTAL["phantoms"]) & cell(twice, "present")
    assert len(cell(twice, "absent") - set(PORTAL["phantoms"])) <= 6, "shortened names are linked, but for the oddest"
    shown = {code for slug, code in PORTAL["links"].items() if code}
    assert cell(twice, "present") <= shown


def test_unregistered_listings_and_the_date_of_the_lists(sample: Engine) -> None:
    found = audit(sample, SECOND.date()).measured["unregistered"]
    slugs = {key.split("/")[1] for key in found.head.keys}
    with transaction(sample) as session:
        there = {one.slug for one in listings(session, Lang.RU, end_of_day(SECOND.date()))}
        assert listings(session, Lang.RU, FIRST) == []
    assert slugs & set(PORTAL["unregistered"]) == there & set(PORTAL["unregistered"])
    before = audit(sample, date(2024, 12, 31))
    assert "no complete list" in before.unmeasured["unregistered"]


def test_the_two_texts_differ_where_the_script_made_them(sample: Engine) -> None:
    for lang in (Lang.RU, Lang.KK):
        found = audit(sample, date(2024, 12, 31), lang).measured["divergence"]
        assert cell(found, "forms") == {"02601001"}
        only_ru = "only_here" if lang is Lang.RU else "only_there"
        assert cell(found, only_ru) == {"02201005"}


@pytest.mark.parametrize("lang", [Lang.RU, Lang.KK])
def test_cosmetic_shares_are_those_of_the_accounts(sample: Engine, lang: Lang) -> None:
    with transaction(sample) as session:
        found = measure_dates(session, [date(year, 12, 31) for year in range(2018, 2025)], lang, (), CODEBOOK)
        for day, audited in found.items():
            assert isinstance(audited, DatedAudit)
            for digitised, name in ((False, "cosmetic_share"), (True, "cosmetic_share_digitised")):
                years = day.year - 1, day.year
                own = account_of_years(session, years, lang, Unit.ROWS, digitised=digitised, today=day)[1]
                if own.additions == 0:
                    assert "nothing was added" in audited.unmeasured[name]
                    continue
                measured = audited.measured[name]
                least, most = (dict(measured.derived).get(word) for word in ("least_share", "most_share"))
                share = measured.head.share
                assert (share, least or share, most or share) == own.cosmetic_share
                assert (measured.head.low, measured.head.high) == own.others
                assert len(set(measured.head.keys)) == measured.head.value
                assert len(set(measured.head.base)) == measured.head.of


def test_growth_is_kept_once(sample: Engine) -> None:
    with transaction(sample) as session:
        assert keep_growth(session, date.today()) == (0, 0)


@pytest.fixture
def run(sample_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    return partial(in_process, sample_url)


def test_the_series_marks_breaks_and_counts_no_year_that_was_not_observed(run: Any) -> None:
    told = json.loads(run("measure", "--from", "2009", "--to", "2024", "--by", "regulator,section", "--json").stdout)
    years = {one["year"]: one for one in told["years"]}
    assert list(years) == list(range(2009, 2025))
    acts = {2009: "P070000561_", 2012: "P100000745_", 2016: "P1300000983"}
    for year in range(2009, 2017):
        assert years[year]["observed"] is False
        assert f"in force on {year}-12-31" in years[year]["not_observed"]
        assert "measures" not in years[year]
    assert all(f"the act is {act}" in years[year]["not_observed"] for year, act in acts.items())
    assert years[2017]["breaks"] == []
    assert [one["detail"] for one in years[2020]["breaks"]] == ["P1300000983 → V2000019982"]
    assert years[2022]["measures"]["count"]["change"] == 15
    assert set(years[2022]["measures"]) | set(years[2022]["unmeasured"]) == set(cards())
    assert set(told["awaited"]) == {"marginal", "coverage", "displacement", "claims"}
    for one in years.values():
        for parts in one.get("by", {}).values():
            for name, groups in parts.items():
                assert sum(part["value"] for part in groups.values()) == one["measures"][name]["value"]
                for cell, whole in one["measures"][name].get("cells", {}).items():
                    of_cell = [part["cells"][cell] for part in groups.values() if cell in part.get("cells", {})]
                    assert sum(part["value"] for part in of_cell) == whole["value"], (name, cell)
            assert set(parts) | set(one["not_split"]) == set(one["measures"])
    assert set(years[2024]["not_split"]) == {"bunching", "silent_rewrite"}


@pytest.mark.parametrize(
    "words",
    [("at", "2012-12-31"), ("diff", "2012-12-31", "2018-12-31"), ("account", "2012", "2013"), ("why", "count", "2013"),
     ("measure", "--as-of", "2012-12-31")],
)  # fmt: skip
def test_a_repealed_act_never_stands_in_for_one_that_was_not_read(run: Any, words: tuple[str, ...]) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (4, "")
    assert "since 2010-07-20 the act is P100000745_, of which none up to then was read" in done.stderr


def test_amendments_that_were_not_read_are_named_beside_every_answer(run: Any, sample: Engine) -> None:
    missed = ["V2000019982/2021-12-24/ru", "V2000019982/2022-03-18/ru"]
    there = json.loads(run("at", "2022-06-01", "--json").stdout)["unread_later_editions"]
    assert set(there) <= set(missed)
    assert missed[1] in there
    assert f"{missed[1]} was in force on 2022-06-01 but is not read" in run("at", "2022-06-01").stderr
    assert json.loads(run("diff", "2020-12-31", "2022-06-01", "--json").stdout)["to"]["unread_later_editions"] == there
    year = json.loads(run("account", "2020", "2021", "--json").stdout).get("unread_later_editions", [])
    told = json.loads(run("why", "count", "2021", "--json").stdout)
    assert told["to"]["unread_later_editions"] == year
    with sample.connect() as connection:
        for sql in ("SELECT unread_editions FROM measures WHERE as_of = '2021-12-31' AND newest = 1 AND lang = 'ru'",
                    "SELECT unread_editions FROM account WHERE to_year = 2021 AND lang = 'ru'"):  # fmt: skip
            assert {" ".join(year) or None} == set(connection.execute(text(sql)).scalars())
        named = set(connection.execute(text("SELECT edition_key FROM unread_editions")).scalars())
    assert set(there) <= named
    assert "V2000019982/2022-12-16/ru" not in named


def test_figures_kept_before_the_act_in_force_was_known_count_no_more(sample: Engine) -> None:
    old = "INSERT INTO measurement (as_of, lang, measure, cell, value, act, edition_date, codebook, inputs_hash,"
    with sample.connect() as connection, connection.begin() as undone:
        connection.execute(
            text(
                f"{old} computed_at) VALUES ('2014-12-31', 'ru', 'count', '', 60, 'P100000745_', '2013-09-18', 'x',"
                " 'x', '2025-01-01 00:00:00+00:00')"
            )
        )
        kept = "SELECT newest FROM measures WHERE measure = 'count' AND as_of = '2014-12-31' AND lang = 'ru'"
        assert connection.execute(text(kept)).scalars().all() == [0]
        undone.rollback()


def test_presence_in_the_views_is_that_of_the_measure(sample: Engine) -> None:
    measured = audit(sample, SECOND.date()).measured["phantoms"]
    with sample.connect() as connection:
        for presence in ("present", "absent", "not_observed"):
            sql = (
                "SELECT e.entry_key FROM entries e JOIN services s ON s.service_key = e.service_key"
                f" WHERE e.edition_key = 'V2000019982/2024-12-13/ru' AND e.digitised = 1 AND s.on_portal = '{presence}'"
            )
            counted = next(figure.keys for figure in measured.figures if figure.cell == presence)
            assert set(connection.execute(text(sql)).scalars()) == set(counted)
        seen = set(connection.execute(text("SELECT DISTINCT presence FROM listings")).scalars())
    assert "present" in seen
    assert seen <= {"present", "absent"}


def test_no_absence_where_one_audience_was_never_read_whole(sample: Engine) -> None:
    absent = "SELECT (SELECT COUNT(*) FROM services WHERE on_portal = 'absent')"
    absent += " + (SELECT COUNT(*) FROM listings WHERE presence = 'absent')"
    with sample.connect() as connection:
        assert connection.scalar(text(absent)) > 0
        undone = connection.begin_nested()
        connection.execute(text("UPDATE list_reading SET complete = (1 = 0) WHERE audience = 'business'"))
        assert connection.scalar(text(absent)) == 0
        undone.rollback()


@pytest.mark.parametrize(
    "words",
    [("at", "2099-01-01"), ("diff", "2024-01-01", "2099-01-01"), ("measure", "--as-of", "2099-01-01"),
     ("report", "--as-of", "2099-01-01")],
)  # fmt: skip
def test_a_day_that_has_not_come_is_refused_and_nothing_is_kept(
    run: Any, sample: Engine, words: tuple[str, ...]
) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "2099-01-01 has not come" in done.stderr
    with sample.connect() as connection:
        assert not connection.scalar(text("SELECT COUNT(*) FROM measures WHERE as_of > '2090-01-01'"))


def test_csv_is_one_row_a_figure(run: Any) -> None:
    done = run("measure", "--from", "2021", "--to", "2022", "--measure", "digitised", "--by", "recipient", "--csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    whole = [row for row in rows if row["year"] == "2022" and not row["by"]]
    parts = [row for row in rows if row["year"] == "2022" and row["by"] == "recipient"]
    assert [row["measure"] for row in whole] == ["digitised"]
    assert sum(int(row["value"]) for row in parts) == int(whole[0]["value"])
    assert sum(int(row["of"]) for row in parts) == int(whole[0]["of"])
    cells = csv.DictReader(io.StringIO(run("measure", "--as-of", "2022-12-31", "--measure", "nature", "--by", "section",
                                           "--csv").stdout))  # fmt: skip
    human = [row for row in cells if row["cell"] == "human_social"]
    assert sum(int(row["value"]) for row in human[1:]) == int(human[0]["value"]) > 0
    unread = {row["year"]: row["unread_editions"] for row in rows}
    assert unread == {"2021": "V2000019982/2021-12-24/ru", "2022": ""}


def test_each_figure_lists_as_many_rows_as_it_says(sample_sqlite: str) -> None:
    told = json.loads(in_process(sample_sqlite, "measure", "--as-of", "2024-12-31", "--entries", "--json").stdout)
    said = dict(_figures(told["measures"]))
    assert "a budget file" in told["awaited"]["displacement"], (
        "what the method names and nobody measured is not left out"
    )
    assert {name: len(rows) for name, rows in told["entries"].items()} == said
    assert said["nature:human_social"] > 0
    dead = in_process(sample_sqlite, "measure", "--as-of", "2024-12-31", "--measure", "dead_ends", "--entries").stdout
    assert all(f"  {row['key']}  {row['name']} [{row['detail']}]" in dead for row in told["entries"]["dead_ends"])
    refused = in_process(sample_sqlite, "measure", "--from", "2020", "--entries")
    assert (refused.returncode, refused.stdout) == (2, "")


def _figures(measures: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for name, told in measures.items():
        cells = told.get("cells", {})
        table = isinstance(told["value"], dict)
        if table:
            cells = {cell: {"value": value} for cell, value in told["value"].items()}
        yield name, told["of"] if table else told["value"]
        yield from ((f"{name}:{cell}", one["value"]) for cell, one in cells.items())


def test_why_names_the_entries_and_sums_to_the_change(run: Any) -> None:
    told = json.loads(run("why", "digitised", "2022", "--json").stdout)
    assert told["change"] == told["to"]["value"] - told["from"]["value"] == 10
    assert told["remainder"] == 0
    named = [entry for part in told["parts"].values() for entry in part["entries"]]
    assert sum(entry["change"] for entry in named) == told["change"]
    assert all(entry["older"] or entry["newer"] for entry in named)
    assert {"born", "ended", "flipped", "restored"} <= set(told["parts"])
    said = run("why", "nature:human_social", "2021").stdout
    assert "split +1" in said


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("measure", "--from", "2022", "--to", "2021"), 2, "FROM (2022) lies after TO (2021)"),
        (("measure", "--measure", "digitized"), 2, "known are count, digitised"),
        (("measure", "--by", "ministry"), 2, "there are regulator, section"),
        (("measure", "--from", "2020", "--to", "2999"), 2, "2999 is no year"),
        (("measure", "--from", "1995", "--to", "1996"), 4, "nothing to measure"),
        (("measure", "--from", "2020", "--as-of", "2021-01-01"), 2, "one of them"),
        (("why", "growth", "2022"), 2, "no measure 'growth'"),
        (("why", "marginal", "2022"), 4, "marginal is not measured yet: it needs figures of how often"),
        (("measure", "--measure", "coverage"), 4, "coverage is not measured yet: it needs a reference list"),
        (("measure", "--from", "2020", "--measure", "displacement"), 4, "not measured yet: it needs a budget file"),
        (("cite", "claims"), 4, "claims is not measured yet: it needs official statements"),
        (("why", "fan_out:name_templates", "2022"), 2, "not a count of entries: ask fan_out"),
        (("cite", "cosmetic_share_digitised:most_share", "--as-of", "2022-12-31"), 2, "not a count of entries"),
        (("why", "nature:human", "2022"), 2, "its cells: transactional, human_social, unclear"),
        (("why", "digitised", "2010"), 4, "2009-12-31"),
        (("why", "phantoms", "2022"), 4, "no complete list"),
        (("query", "nothing"), 2, "there are register_size"),
    ],
)
def test_what_cannot_be_asked_gets_one_line_and_its_code(
    run: Any, words: tuple[str, ...], code: int, said: str
) -> None:
    done = run(*words)
    assert done.returncode == code
    assert said in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("egov-audit: ")]) == 1
    assert not done.stdout


def test_a_question_is_answered_and_its_sql_shown(run: Any) -> None:
    assert len(run("query").stdout.splitlines()) == 20
    assert run("query", "queues", "--sql").stdout.startswith("SELECT")
    rows = json.loads(run("query", "core_services", "--json").stdout)
    facts = truth()["acts"]["V2000019982"]["ru"]["editions"]["2024-12-13"]
    assert len(rows) == facts["core_complete"]
