"""From an archive into a database of either kind: once, again, after a kill, in any order of arrival."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from auditor.db.models import RunRow
from auditor.db.read import edition_at, editions_in_force, entries_of, evidence_of_edition
from auditor.db.session import transaction
from auditor.ingest.stage import accept, ingest
from crawler.archive import reader
from crawler.errors import ContentError, UsageError
from crawler.pages.records import Lang
from crawler.pages.register import parse_register
from tests.auditor.ingest.pages import ACT, ADILET, EGOV, START, list_page, service_page, sources
from tests.auditor.ingest.world import World
from tests.pages_gen import Spec

FIRST, SECOND, THIRD = date(2020, 1, 31), date(2021, 5, 1), date(2024, 1, 1)
LIST = f"{EGOV}/cms/ru/online-services/for_citizen"


def test_editions_entries_and_evidence_back_to_the_bytes(world: World) -> None:
    run = world.run().history(FIRST, SECOND).edition(FIRST, Spec(rows=100)).edition(None, Spec(rows=110, seed=1))
    captures = run.seal()
    summary = world.ingest()
    assert (summary.editions, summary.entries, summary.exit_code) == (2, 210, 0)
    # Row 97 of each page is a dead one; the current text is the edition of the newest date its history names.
    assert world.in_force() == [(f"{ACT}/{FIRST}/ru", 99), (f"{ACT}/{SECOND}/ru", 109)]

    with transaction(world.engine) as session:
        edition = editions_in_force(session, Lang.RU)[1]
        entries = entries_of(session, edition.id)
        evidence = evidence_of_edition(session, edition.id)
    assert len(entries) == 110
    capture = next(one for one in captures if one.capture_id == edition.capture_id)
    page = parse_register(reader.read_body(world.root, capture), capture.target, capture.content_type)
    for entry, row in zip(entries, page.rows, strict=True):
        found = evidence[entry.key]
        assert found.place == f"table {row.table} row {row.row}"
        assert (entry.name, entry.code, entry.form, entry.forms) == (row.name, row.code, row.form, row.forms)
        assert (found.warc, found.offset, found.sha256) == (capture.warc, capture.offset, capture.sha256)
        assert (found.run_id, found.captured_at, found.url) == (capture.run_id, capture.at, capture.url)
    assert entries[96].dead


def test_a_second_ingest_adds_nothing(world: World) -> None:
    world.run().history(FIRST, SECOND).edition(FIRST, Spec(rows=100)).edition(None, Spec(rows=110)).page(
        LIST, list_page({"a": "Семья", "b": "Дом"})
    ).page(f"{LIST}/a", service_page("A", "Справка")).seal()
    first = world.ingest()
    before = world.rows()
    assert (first.captures, first.lists, first.listings, first.service_pages) == (5, 1, 2, 1)
    second = world.ingest()
    assert (second.new_rows, second.pages) == (0, 0)
    assert world.rows() == before


def test_again_reads_all_and_changes_nothing_but_its_own_run(world: World) -> None:
    world.run().history(FIRST).edition(None, Spec(rows=100)).page(LIST, list_page({"a": "Семья"})).seal()
    world.ingest()
    before = world.rows()
    again = world.ingest(again=True)
    assert (again.pages, again.new_rows, again.issues, again.resolved) == (3, 0, 0, 0)
    after = world.rows()
    assert after.pop("run") == before.pop("run") + 1
    assert after == before


def test_a_killed_ingest_is_completed_by_the_next(world: World) -> None:
    run = world.run().history(FIRST, SECOND, THIRD)
    for day, rows in ((FIRST, 100), (SECOND, 80), (THIRD, 120)):
        run.edition(day, Spec(rows=rows, seed=rows))
    run.seal()

    def kill(done: int, _total: int, _url: str) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest(world.engine, world.root, sources(), watch=kill)
    assert world.readings() == 2
    assert world.in_force() == [], "nothing counts before it was compared with its neighbours"
    summary = world.ingest()
    assert summary.editions == 1
    assert [held.key for held in summary.held] == [f"{ACT}/{SECOND}/ru"]
    assert world.in_force() == [(f"{ACT}/{FIRST}/ru", 99), (f"{ACT}/{THIRD}/ru", 119)]
    with transaction(world.engine) as session:
        runs = session.execute(select(RunRow.result).where(RunRow.stage == "ingest").order_by(RunRow.id))
        assert sorted(runs.scalars()) == ["good", "interrupted"]


def test_an_ingest_killed_after_its_last_page_is_judged_by_the_next(world: World) -> None:
    world.run().history(FIRST).edition(FIRST, Spec(rows=100)).seal()

    def kill(done: int, total: int, _url: str) -> None:
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest(world.engine, world.root, sources(), watch=kill)
    assert world.in_force() == []
    assert world.ingest().pages == 0
    assert world.in_force() == [(f"{ACT}/{FIRST}/ru", 99)]


def test_a_shorter_edition_is_held_until_a_person_says_why(world: World) -> None:
    world.run().history(FIRST, SECOND, THIRD).edition(FIRST, Spec(rows=100, dead_every=0)).edition(
        SECOND, Spec(rows=90, dead_every=0)
    ).edition(THIRD, Spec(rows=89, dead_every=0)).seal()
    summary = world.ingest()
    assert summary.exit_code == 4
    assert [held.key for held in summary.held] == [f"{ACT}/{SECOND}/ru", f"{ACT}/{THIRD}/ru"]
    assert "90 services, 100 in the edition of 2020-01-31" in summary.held[0].reason
    assert world.in_force() == [(f"{ACT}/{FIRST}/ru", 100)]
    assert len(world.issues("fewer_than_before")) == 2
    again = world.ingest()
    assert (again.exit_code, again.newly_waiting) == (0, []), "nothing new was held"
    assert again.held == summary.held, "what is held stays visible"
    assert world.ingest(again=True).exit_code == 0, "the same page read anew is held as before"

    accepted = accept(world.engine, f"{ACT}/{SECOND}/ru", "ten services were repealed by order 55", "AB")
    assert (accepted.state, accepted.state_reason, accepted.state_by) == (
        "accepted",
        "ten services were repealed by order 55",
        "AB",
    )
    # The third was held only because it is as short as the accepted one.
    assert world.in_force() == [(f"{ACT}/{FIRST}/ru", 100), (f"{ACT}/{SECOND}/ru", 90), (f"{ACT}/{THIRD}/ru", 89)]
    assert world.issues("fewer_than_before") == []
    assert len(world.issues("fewer_than_before", resolved=True)) == 2
    assert world.ingest(again=True).exit_code == 0
    assert world.states()[f"{ACT}/{SECOND}/ru"] == ["accepted"], "reading again keeps a person's decision"


def test_another_held_page_of_a_held_edition_is_news(world: World) -> None:
    world.run().history(FIRST, SECOND).edition(FIRST, Spec(rows=100)).edition(SECOND, Spec(rows=60)).seal()
    assert world.ingest().exit_code == 4
    world.run(at=START + timedelta(days=1)).edition(SECOND, Spec(rows=59)).seal()
    summary = world.ingest()
    assert (summary.exit_code, summary.newly_waiting) == (4, [f"{ACT}/{SECOND}/ru"])


def test_nine_per_cent_fewer_is_no_failed_page(world: World) -> None:
    world.run().history(FIRST, SECOND).edition(FIRST, Spec(rows=100, dead_every=0)).edition(
        SECOND, Spec(rows=91, dead_every=0)
    ).seal()
    assert world.ingest().exit_code == 0
    assert len(world.in_force()) == 2


@pytest.mark.parametrize(
    ("key", "reason", "message"),
    [
        (f"{ACT}/{FIRST}/ru", "because", "nothing is held"),
        (f"{ACT}/2019-01-01/ru", "because", "no edition was read"),
        (f"{ACT}/{SECOND}/ru", "  ", "--reason"),
        ("V2000019982", "because", "no edition key"),
    ],
)
def test_accept_refuses(world: World, key: str, reason: str, message: str) -> None:
    world.run().history(FIRST, SECOND).edition(FIRST, Spec(rows=100)).edition(SECOND, Spec(rows=80)).seal()
    world.ingest()
    with pytest.raises(UsageError, match=message):
        accept(world.engine, key, reason, "AB")
    assert world.in_force() == [(f"{ACT}/{FIRST}/ru", 99)]


def test_a_reading_without_a_service_cannot_be_accepted(world: World) -> None:
    world.run().history(FIRST).text(FIRST, b"<html><body><h1>x</h1></body></html>").seal()
    world.ingest()
    with pytest.raises(ContentError, match="no service was read"):
        accept(world.engine, f"{ACT}/{FIRST}/ru", "because", "AB")


def test_order_of_arrival_changes_nothing(tmp_path: Path, world: World) -> None:
    """The shorter edition comes first and counts; it is held as soon as the longer one before it arrives."""
    world.run().history(FIRST, SECOND).edition(SECOND, Spec(rows=80)).seal()
    assert world.ingest().exit_code == 0
    assert world.in_force() == [(f"{ACT}/{SECOND}/ru", 80)]
    world.run(at=START + timedelta(days=1)).edition(FIRST, Spec(rows=100)).seal()
    assert [held.key for held in world.ingest().held] == [f"{ACT}/{SECOND}/ru"]
    assert world.in_force() == [(f"{ACT}/{FIRST}/ru", 99)]


def test_a_current_text_waits_for_its_history(world: World) -> None:
    world.run().edition(None, Spec(rows=100)).seal()
    first = world.ingest()
    assert (first.exit_code, first.undated) == (4, [f"{ADILET}/rus/docs/{ACT}"])
    assert len(world.issues("edition_date_unknown")) == 1
    assert world.readings() == 0
    before = world.rows()
    again = world.ingest()
    assert (again.undated, again.exit_code) == (first.undated, 0)
    assert world.rows() == before

    world.run(at=START + timedelta(days=1)).history(FIRST, SECOND, lang="kk").seal()
    assert world.ingest().exit_code == 0
    assert world.in_force() == [(f"{ACT}/{SECOND}/ru", 99)], "another language's history says it too"
    assert world.issues("edition_date_unknown") == []
    assert len(world.issues("edition_date_unknown", resolved=True)) == 1


def test_a_current_text_is_dated_by_its_day_in_kazakhstan(world: World) -> None:
    """19:30 UTC on 30 April is 1 May in Almaty, and the edition of 1 May was in force."""
    evening = datetime(2021, 4, 30, 19, 30, tzinfo=UTC)
    world.run(at=evening).edition(None, Spec(rows=100)).seal()
    world.run(at=evening - timedelta(days=1), stage="other").edition(None, Spec(rows=100, seed=1)).seal()
    world.run().history(FIRST, SECOND, date(2040, 1, 1)).seal()
    world.ingest()
    assert [key for key, _ in world.in_force()] == [f"{ACT}/{FIRST}/ru", f"{ACT}/{SECOND}/ru"]


def test_a_history_that_knows_more_dates_a_text_anew(world: World) -> None:
    world.run(at=START - timedelta(days=1500)).history(FIRST).seal()
    world.run().edition(None, Spec(rows=100)).seal()
    world.ingest()
    assert world.in_force() == [(f"{ACT}/{FIRST}/ru", 99)]
    world.run(at=START + timedelta(days=1)).history(FIRST, SECOND).seal()
    world.ingest()
    assert world.in_force() == [(f"{ACT}/{SECOND}/ru", 99)]
    assert world.readings() == 2, "the earlier dating is kept as superseded"
    before = world.rows()
    world.ingest()
    assert world.rows() == before


AHEAD = date(2025, 1, 1)


def test_a_current_text_that_is_not_yet_in_force_is_filed_under_the_day_it_will_be(world: World) -> None:
    """The history's row that links the current text is of the future, and the edition in force has its own address."""
    run = world.run().history(FIRST, SECOND, AHEAD).edition(None, Spec(rows=120, seed=2))
    run.edition(SECOND, Spec(rows=100)).edition(AHEAD, Spec(rows=120, seed=2)).seal()
    assert world.ingest().exit_code == 0
    assert world.in_force() == [(f"{ACT}/{SECOND}/ru", 99), (f"{ACT}/{AHEAD}/ru", 119)]
    assert world.issues("silent_rewrite") == []
    with transaction(world.engine) as session:
        in_force = edition_at(session, START.date(), Lang.RU)
    assert in_force is not None
    assert (in_force.edition_date, in_force.rows_live) == (SECOND, 99)


def test_where_two_addresses_of_one_edition_differ_the_dated_one_counts_and_an_error_says_so(world: World) -> None:
    run = world.run().history(FIRST, SECOND, AHEAD).edition(AHEAD, Spec(rows=120, seed=2))
    run.edition(SECOND, Spec(rows=100)).edition(None, Spec(rows=121, seed=3)).seal()
    summary = world.ingest()
    assert [held.key for held in summary.held] == [f"{ACT}/{AHEAD}/ru"]
    assert world.in_force() == [(f"{ACT}/{SECOND}/ru", 99), (f"{ACT}/{AHEAD}/ru", 119)]
    [issue] = world.issues("two_texts")
    assert issue.level == "error"
    assert (issue.address, issue.stage) == (f"{ACT}/{AHEAD}/ru", "judge")
    assert world.issues("silent_rewrite") == []
    world.ingest()
    assert len(world.issues("two_texts")) == 1
    # What the dated address itself says later is its text.
    world.run(at=START + timedelta(days=1)).edition(AHEAD, Spec(rows=121, seed=3)).seal()
    world.ingest()
    assert world.issues("two_texts") == []
    assert world.in_force()[-1] == (f"{ACT}/{AHEAD}/ru", 120)


def test_the_same_text_captured_again_is_no_second_reading(world: World) -> None:
    world.run().history(FIRST).edition(FIRST, Spec(rows=100)).seal()
    world.ingest()
    world.run(at=START + timedelta(days=30)).edition(FIRST, Spec(rows=100)).edition(None, Spec(rows=100)).seal()
    summary = world.ingest()
    assert (summary.captures, summary.pages, summary.editions, summary.entries) == (2, 2, 0, 0)
    with transaction(world.engine) as session:
        assert editions_in_force(session, Lang.RU)[0].captured_at == START + timedelta(days=30, minutes=1)
    assert world.issues("silent_rewrite") == []


def test_a_text_that_changed_later_is_a_silent_rewrite(world: World) -> None:
    world.run().history(FIRST).edition(FIRST, Spec(rows=100)).seal()
    world.ingest()
    changed = Spec(rows=100, seed=7)
    world.run(at=START + timedelta(days=30)).edition(FIRST, changed).seal()
    assert world.ingest().exit_code == 0, "a warning, not a failure"
    assert world.states() == {f"{ACT}/{FIRST}/ru": ["good", "good"]}
    issue = world.issues("silent_rewrite")[0]
    assert issue.level == "warning"
    assert f"{ACT}/{FIRST}/ru/" in issue.message
    # The first text comes back: the reading is known, and it counts again.
    world.run(at=START + timedelta(days=60)).edition(FIRST, Spec(rows=100)).seal()
    assert world.ingest().editions == 0
    with transaction(world.engine) as session:
        in_force = editions_in_force(session, Lang.RU)[0]
        assert in_force.captured_at == START + timedelta(days=60)
