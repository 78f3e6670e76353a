"""The views say what the dictionary says they say, and each ready question answers rightly on the sample."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from auditor.db.session import connect
from auditor.measure.cards import cards
from auditor.views.dictionary import dictionary, views
from auditor.views.queries import Query, answer, queries, query
from crawler.errors import ContentError, UsageError
from crawler.pages.records import Lang
from crawler.sample.truth import truth
from tests.auditor.release.small import fill

ACT = truth()["acts"]["V2000019982"]
NEWEST = ACT["ru"]["editions"]["2024-12-13"]
PAIRS = {lang: {pair["to"]: pair for pair in ACT[lang]["pairs"]} for lang in ("ru", "kk")}


def ask(engine: Engine, name: str) -> list[dict[str, Any]]:
    found = answer(engine, query(name))
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def codes(rows: list[dict[str, Any]], day: str, lang: str = "ru") -> set[str]:
    return {row["code"] for row in rows if (row["edition_date"], row["lang"]) == (day, lang)}


def test_every_view_and_column_is_described_and_nothing_else_is(db_url: str) -> None:
    engine = connect(db_url)
    found = inspect(engine)
    there = {name: [column["name"] for column in found.get_columns(name)] for name in found.get_view_names()}
    assert there == {view.name: list(view.columns) for view in views().values()}
    engine.dispose()


def test_the_written_dictionary_is_the_generated_one() -> None:
    written = Path(__file__).parents[3] / "docs/data-dictionary.md"
    assert written.read_text(encoding="utf-8") == dictionary()


def test_twenty_questions_have_titles_in_three_languages_and_a_test_each() -> None:
    assert len(queries()) == 20
    for one in queries().values():
        assert all(one.titles[lang].strip().endswith("?") for lang in Lang)
    tested = Path(__file__).read_text(encoding="utf-8")
    assert [name for name in queries() if f'ask(sample, "{name}")' not in tested] == []
    with pytest.raises(UsageError, match="register_size"):
        query("size")


def test_every_view_gives_rows_and_texts_for_dates(sample: Engine) -> None:
    with sample.connect() as connection:
        for view in views().values():
            row = connection.execute(text(f"SELECT * FROM {view.name} ORDER BY 1, 2 LIMIT 1")).mappings().one()
            for column in row:
                if column.endswith("_date") or column in ("as_of", "captured_at", "in_force_until"):
                    assert row[column] is None or isinstance(row[column], str), column


def test_a_question_cannot_write(sample: Engine) -> None:
    with pytest.raises(DBAPIError):
        answer(sample, Query("bad", {}, "DELETE FROM measurement"))
    with sample.begin() as connection:
        connection.execute(text("UPDATE run SET detail = detail"))


def test_sizes_and_forms(sample: Engine) -> None:
    sizes = {(row["lang"], row["edition_date"]): row for row in ask(sample, "register_size")}
    for lang in ("ru", "kk"):
        for day, facts in ACT[lang]["editions"].items():
            if (lang, day) == ("ru", "2021-12-24"):
                assert (lang, day) not in sizes, "robots forbid this text"
                continue
            told = sizes[lang, day]
            assert (told["services"], told["digitised"]) == (facts["lines"], facts["digitised_lines"])
    for rows in (
        ask(sample, "digitised_by_ministry"),
        ask(sample, "by_field_of_life"),
        ask(sample, "human_and_paper"),
    ):
        assert sum(row["services"] for row in rows) == NEWEST["lines"]
        assert sum(row["digitised"] for row in rows) == NEWEST["digitised_lines"]
    first = ask(sample, "by_field_of_life")[0]
    assert first["percent"] == pytest.approx(100 * first["digitised"] / first["services"], abs=0.05)
    ministries = ask(sample, "digitised_by_ministry")
    assert ministries == sorted(ministries, key=lambda row: (-row["services"], row["regulator"]))


def test_codings(sample: Engine) -> None:
    boxes = {(row["nature"], row["completeness"]): row["services"] for row in ask(sample, "human_and_paper")}
    assert boxes["human_social", "partial"] == len(ask(sample, "queues"))
    assert {"queue", "appointment", "referral"} <= {row["output"] for row in ask(sample, "queues")}
    assert len(ask(sample, "core_services")) == NEWEST["core_complete"]


def test_measures_by_year(sample: Engine) -> None:
    headline = {(row["lang"], row["as_of"]): row for row in ask(sample, "headline_by_year")}
    told = headline["ru", "2024-12-31"]
    assert (told["digitised"], told["services"]) == (NEWEST["digitised_lines"], NEWEST["lines"])
    assert told["percent"] == pytest.approx(70.8)
    ends = {(row["lang"], row["as_of"]): row for row in ask(sample, "dead_ends")}
    assert 0 < ends["ru", "2024-12-31"]["dead_ends"] <= ends["ru", "2024-12-31"]["partial_services"]
    with sample.connect() as connection:
        known = set(connection.execute(text("SELECT DISTINCT measure FROM measures")).scalars())
    assert known == set(cards())


def test_growth_as_the_script_tells_it(sample: Engine) -> None:
    grown = {(row["lang"], row["to_year"]): row for row in ask(sample, "register_and_real_growth")}
    pair = PAIRS["ru"]["2022-12-16"]
    assert grown["ru", 2022]["register_growth"] == pair["n1"] - pair["n0"]
    labels = {(row["lang"], row["to_year"]): row["by_labels"] for row in ask(sample, "digital_growth_by_labels")}
    assert labels["ru", 2022] == _net_flips(pair)
    with sample.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT from_year, lang, unit, digitised, count_after - count_before AS change,"
                " SUM(CASE WHEN term IN ('deaths', 'mergers') THEN -value ELSE value END) AS explained"
                " FROM account GROUP BY from_year, lang, unit, digitised, count_after - count_before"
            )
        ).mappings()
        assert all(row["change"] == row["explained"] for row in rows)


def _net_flips(pair: dict[str, Any]) -> int:
    def digital(words: list[str]) -> bool:
        return bool(set(words) - {"paper", "not_automated"})

    return sum(digital(flip["to"]) - digital(flip["from"]) for flip in pair["flips"].values())


def test_changes_as_the_script_tells_them(sample: Engine) -> None:
    for lang in ("ru", "kk"):
        for day, pair in PAIRS[lang].items():
            births, deaths = (set(pair[word].values()) for word in ("births", "deaths"))
            merged = {code for one in pair["mergers"] for code in (*one["from"].values(), *one["into"].values())}
            parts = {code for one in pair["splits"] for code in (*one["from"].values(), *one["into"].values())}
            born, back = codes(ask(sample, "born"), day, lang), _restored(sample, day, lang)
            assert births <= born | back, "what an earlier act held came back and is no birth"
            assert born <= births | merged | parts | set(pair["renames"].values())
            assert set(pair["restorations"].values()) <= back
            ended = codes(ask(sample, "ended"), day, lang)
            assert deaths <= ended <= deaths | merged | parts | set(pair["renames"].values())
            undecided = born & ended
            assert set(pair["renames"].values()) <= codes(ask(sample, "renamed"), day, lang) | undecided
            changed = codes(ask(sample, "form_changes"), day, lang)
            flips = {one["code"] for one in pair["flips"].values()}
            assert flips - undecided <= changed <= flips
            taken = {one["code"] for one in pair["takeovers"].values()}
            assert taken <= codes(ask(sample, "ministries_changed"), day, lang)
    tied = Counter(row["type"] for row in ask(sample, "split_and_merged") if row["edition_date"] > "2021")
    assert tied["split"] >= 1


def _restored(engine: Engine, day: str, lang: str) -> set[str]:
    statement = text("SELECT code FROM changes WHERE type = 'restored' AND edition_date = :day AND lang = :lang")
    with engine.connect() as connection:
        return set(connection.execute(statement, {"day": day, "lang": lang}).scalars())


def test_the_portal_and_the_pages(sample: Engine) -> None:
    unseen = {row["code"] for row in ask(sample, "digitised_without_listing")}
    assert set(truth()["portal"]["phantoms"]) <= unseen
    alone = {row["listing_key"].split("/")[1] for row in ask(sample, "listed_without_entry")}
    assert {slug for slug in truth()["portal"]["unregistered"] if f"ru/{slug}" in _listed(sample)} <= alone
    paper = ask(sample, "oldest_on_paper")
    assert paper == sorted(paper, key=lambda row: (row["on_paper_since"], row["code"], row["service_key"]))
    with sample.connect() as connection:
        history = connection.execute(
            text("SELECT service_key, edition_date, forms FROM service_history WHERE edition_date < '2031'")
        ).all()
    for row in paper:
        forms = {one.forms for one in history if one.service_key == row["service_key"]
                 and one.edition_date >= row["on_paper_since"]}  # fmt: skip
        assert forms == {"paper"}, (row, "an edition that says nothing of the form, or another form, ends the run")
    read = ask(sample, "where_it_was_read")
    assert len(read) == NEWEST["lines"] + ACT["kk"]["editions"]["2024-12-13"]["lines"]
    assert all(len(row["sha256"]) == 64 and row["warc_file"] and row["place"].startswith("table") for row in read)


def _listed(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(text("SELECT listing_key FROM listings WHERE in_newest_list = 1")).scalars())


def test_no_absence_is_claimed_from_one_harvest(sample: Engine) -> None:
    asked = query("digitised_without_listing")
    once = Query("once", {}, asked.sql.replace("'absent'", "'nothing'"), asked.doubt.replace("not_observed", "absent"),
                 asked.because)  # fmt: skip
    with pytest.raises(ContentError, match="two harvests at least 14 days apart"):
        answer(sample, once)


def test_both_engines_say_the_same_row_for_row(sample_sqlite: str, sample_postgres: str) -> None:
    own = {"edition_id", "coding_id", "computed_at", "coded_at"}
    for view in views().values():
        columns = ", ".join(name for name in view.columns if name not in own)
        said = []
        for address in (sample_sqlite, sample_postgres):
            engine = connect(address)
            with engine.connect() as connection:
                rows = connection.execute(text(f"SELECT {columns} FROM {view.name}")).all()
            engine.dispose()
            said.append(Counter(tuple(round(one, 9) if isinstance(one, float) else one for one in row) for row in rows))
        assert said[0], view.name
        assert said[0] == said[1], view.name


@pytest.mark.parametrize("name", queries())
def test_each_question_has_one_answer_on_both_engines(name: str, sample_sqlite: str, sample_postgres: str) -> None:
    told = []
    for address in (sample_sqlite, sample_postgres):
        engine = connect(address)
        found = answer(engine, query(name))
        engine.dispose()
        told.append((found.columns, Counter(found.rows)))
    assert told[0][1], "the sample answers every question"
    assert told[0] == told[1]
    assert all(re.fullmatch("[a-z_0-9]+", column) for column in told[0][0]), "nothing without a name"


def test_a_question_about_what_nobody_kept_is_no_empty_finding(db_url: str) -> None:
    engine = connect(db_url)
    for name in queries():
        with pytest.raises(ContentError, match=r"`egov-audit (status|ingest|link|report)`"):
            answer(engine, query(name))
    engine.dispose()


def test_before_link_what_needs_no_link_is_answered(sqlite_url: str) -> None:
    fill(sqlite_url, ["Выдача справки"])
    engine = connect(sqlite_url)
    assert [row["services"] for row in ask(engine, "register_size")] == [1]
    with pytest.raises(ContentError, match="egov-audit link"):
        answer(engine, query("oldest_on_paper"))
    engine.dispose()


def test_where_no_russian_text_counts_the_questions_are_asked_of_the_kazakh_one(held: Engine) -> None:
    lines = ACT["kk"]["editions"]["2024-12-13"]["lines"]
    for name in ("digitised_by_ministry", "by_field_of_life", "human_and_paper"):
        assert sum(row["services"] for row in ask(held, name)) == lines
    assert all("/kk/" in row["entry_key"] for name in ("core_services", "queues") for row in ask(held, name))


def test_a_portal_without_a_register_has_no_listing_too_many(held: Engine) -> None:
    with held.begin() as connection:
        connection.execute(text("UPDATE edition SET state = 'held'"))
    for name in queries():
        if "in_force_now" in query(name).sql:
            with pytest.raises(ContentError, match="is in force today"):
                answer(held, query(name))


@pytest.fixture
def held(sample_sqlite: str, tmp_path: Path) -> Iterator[Engine]:
    """The sample where the Russian text does not count: it waits for a person."""
    shutil.copy(sample_sqlite.removeprefix("sqlite:///"), tmp_path / "audit.db")
    engine = connect(f"sqlite:///{tmp_path}/audit.db")
    with engine.begin() as connection:
        connection.execute(text("UPDATE edition SET state = 'held' WHERE lang = 'ru'"))
    yield engine
    engine.dispose()
