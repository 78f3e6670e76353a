"""From an archive into a database of either kind: once, again, after a kill, in any order of arrival."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from auditor.db.models import EditionKnownRow, EditionRow, EntryRow, FetchRow, RunRow
from auditor.db.read import edition_at, editions_in_force, entries_of, evidence_of_edition, listings
from auditor.db.session import exclusive, transaction
from auditor.ingest import parse
from auditor.ingest.stage import accept, ingest
from crawler.archive import layout, reader
from crawler.archive.records import Outcome, Provenance
from crawler.errors import ContentError, UsageError
from crawler.pages.address import Site
from crawler.pages.history import parse_history
from crawler.pages.portal import parse_portal_list, parse_service_page
from crawler.pages.records import HistoryPage, Lang, PortalList, RegisterPage, ServicePage, Target, Verdict
from crawler.pages.register import parse_register
from tests.auditor.ingest.pages import ACT, ADILET, EGOV, START, list_page, service_page, sources
from tests.auditor.ingest.world import World
from tests.pages_gen import Spec, register_page

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


def test_a_rewrite_that_loses_rows_leaves_the_earlier_text_in_force(world: World) -> None:
    world.run().history(FIRST).edition(FIRST, Spec(rows=100)).seal()
    world.ingest()
    world.run(at=START + timedelta(days=30)).edition(FIRST, Spec(rows=60)).seal()
    assert [held.key for held in world.ingest().held] == [f"{ACT}/{FIRST}/ru"]
    assert world.in_force() == [(f"{ACT}/{FIRST}/ru", 99)]


def test_languages_are_stored_side_by_side(world: World) -> None:
    world.run().history(FIRST).edition(FIRST, Spec(rows=100)).edition(FIRST, Spec(rows=70, lang="kk")).seal()
    assert world.ingest().exit_code == 0
    assert world.in_force(Lang.RU) == [(f"{ACT}/{FIRST}/ru", 99)]
    assert world.in_force(Lang.KK) == [(f"{ACT}/{FIRST}/kk", 70)]


def test_a_text_in_the_other_language_is_held(world: World) -> None:
    body = register_page(Spec(rows=100, lang="kk"))
    world.run().history(FIRST).text(FIRST, body, lang="ru").seal()
    assert "wrong_language" in world.ingest().held[0].reason
    assert world.in_force(Lang.RU) == world.in_force(Lang.KK) == []


def test_pages_under_another_verdict_are_kept_and_never_read(world: World) -> None:
    world.run().history(FIRST).edition(FIRST, Spec(rows=100)).page(
        f"{ADILET}/rus/docs/{ACT}", b"<html>captcha</html>", Verdict.CHALLENGE
    ).page(f"{ADILET}/robots.txt", b"User-agent: *", Verdict.OK).seal()
    assert world.ingest().exit_code == 0
    states = world.parse_states()
    assert states[f"{ADILET}/rus/docs/{ACT}"] == "skipped"
    assert states[f"{ADILET}/robots.txt"] == "skipped"


def test_run_fetches_and_issues_are_stored_as_the_archive_has_them(world: World) -> None:
    run = world.run().history(FIRST)
    run.refused.append((f"{ADILET}/rus/docs/{ACT}/31.01.2020", Outcome.FORBIDDEN))
    run.seal()
    world.ingest()
    with transaction(world.engine) as session:
        fetches = session.execute(select(FetchRow.line, FetchRow.outcome, FetchRow.edition_date)).all()
        assert [tuple(row) for row in fetches] == [(1, "fetched", None), (2, "forbidden", FIRST)]
        known = session.scalars(select(EditionKnownRow)).one()
        assert (known.edition_date, known.current, known.act) == (FIRST, True, ACT)
    assert [issue.stage for issue in world.issues("slow_site")] == ["register"]


def test_an_imported_page_says_so(world: World) -> None:
    world.run(provenance=Provenance.IMPORTED, stage="import").history(FIRST).edition(FIRST, Spec(rows=100)).seal()
    world.ingest()
    with transaction(world.engine) as session:
        edition = editions_in_force(session, Lang.RU)[0]
        assert edition.provenance == "imported"
        assert {one.provenance for one in evidence_of_edition(session, edition.id).values()} == {"imported"}


def test_an_act_of_before_the_forms_is_read_without_them(world: World) -> None:
    old = Spec(rows=60, dead_every=0, fields=("number", "name", "provider"))
    day = date(2010, 7, 20)
    world.run().history(day, act="P070000561_").edition(day, old, act="P070000561_").seal()
    assert world.ingest().exit_code == 0
    assert world.in_force() == [(f"P070000561_/{day}/ru", 60)]


def test_portal_readings(world: World) -> None:
    world.run(stage="portal").page(LIST, list_page({"a": "Семья", "b": "Дом", "c": "Дом"})).page(
        f"{LIST}/a", service_page("A", "Справка о составе семьи")
    ).seal()
    assert world.ingest().exit_code == 0
    world.run(at=START + timedelta(days=1), stage="portal").page(LIST, list_page({})).seal()
    summary = world.ingest()
    assert summary.exit_code == 4
    assert world.issues("too_few_listings")
    with transaction(world.engine) as session:
        found = listings(session, Lang.RU)
    assert [one.slug for one in found] == ["a", "b", "c"], "an empty list takes nothing away"
    assert (found[0].name, found[0].categories, found[0].result, found[0].page_read) == (
        "Услуга a",
        ("Семья",),
        "Справка о составе семьи",
        True,
    )


def test_a_changed_byte_stops_that_page_alone(world: World) -> None:
    run = world.run().history(FIRST, SECOND).edition(FIRST, Spec(rows=100)).edition(SECOND, Spec(rows=110))
    captures = run.seal()
    path = layout.place(world.root, captures[0].run_id, layout.WARC)
    content = bytearray(path.read_bytes())
    middle = captures[1].offset + captures[1].length // 2
    content[middle] ^= 0xFF
    path.write_bytes(content)
    summary = world.ingest()
    assert summary.exit_code == 5
    assert [failed.code for failed in summary.failed] == ["evidence_damaged"]
    assert world.issues("evidence_damaged")[0].capture_id == captures[1].capture_id
    assert [key for key, _ in world.in_force()] == [f"{ACT}/{SECOND}/ru"]


def test_an_error_of_the_database_stops_that_page_alone(world: World) -> None:
    world.run(stage="portal").page(LIST, list_page({"a": "Дом"})).page(f"{LIST}/a", service_page("A", "x")).seal()
    with world.engine.begin() as connection:
        connection.execute(text("ALTER TABLE page_reading RENAME TO gone"))
    summary = world.ingest()
    assert (summary.lists, summary.service_pages, summary.exit_code) == (1, 0, 4)
    assert summary.failed[0].code == "database_error"
    assert "page_reading" in world.issues("database_error")[0].message
    assert world.parse_states()[f"{LIST}/a"] == "failed"
    with world.engine.begin() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO page_reading"))
    assert world.ingest().service_pages == 1, "a failed page is tried again"
    assert world.issues("database_error") == []
    assert len(world.issues("database_error", resolved=True)) == 1


def test_half_a_page_is_never_stored(world: World) -> None:
    world.run().history(FIRST).edition(FIRST, Spec(rows=100)).seal()
    with world.engine.begin() as connection:
        connection.execute(text("ALTER TABLE edition_seen RENAME TO gone"))
    with pytest.raises(SQLAlchemyError):
        world.ingest()
    with world.engine.begin() as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO edition_seen"))
    assert (world.readings(), world.rows()["entry"]) == (0, 0)
    assert world.ingest().entries == 100


def test_two_ingests_at_once_are_refused(world: World) -> None:
    world.run().history(FIRST).seal()
    with exclusive(world.engine, "ingest"), pytest.raises(UsageError, match="another process"):
        world.ingest()
    assert world.ingest().histories == 1


def test_an_archive_without_a_run_is_refused(world: World) -> None:
    with pytest.raises(UsageError, match="no finished run"):
        world.ingest()


def test_a_better_parser_gives_a_reading_beside_the_older(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the fix does here: it reads a name otherwise. The reading of the older parser stays, superseded."""
    world.run().history(FIRST).edition(FIRST, Spec(rows=100)).seal()
    world.ingest()

    def fixed(body: bytes, target: Target, content_type: str) -> RegisterPage:
        page = parse_register(body, target, content_type)
        return replace(page, rows=tuple(replace(row, name=row.name + "!") for row in page.rows), findings=())

    monkeypatch.setattr(parse, "parse_register", fixed)
    assert world.ingest().new_rows == 0
    assert world.ingest(again=True).editions == 1
    assert world.readings() == 2
    assert world.in_force() == [(f"{ACT}/{FIRST}/ru", 99)]
    with transaction(world.engine) as session:
        edition = editions_in_force(session, Lang.RU)[0]
        assert all(entry.name.endswith("!") for entry in entries_of(session, edition.id) if not entry.dead)
        assert session.query(EntryRow).count() == 200
        states = session.scalars(select(EditionRow.state).order_by(EditionRow.id))
        assert list(states) == ["superseded", "good"]
    assert world.issues("silent_rewrite") == [], "one capture read twice is no change of the text"
    monkeypatch.undo()
    assert world.ingest(again=True).editions == 0
    with transaction(world.engine) as session:
        edition = editions_in_force(session, Lang.RU)[0]
        assert not any(entry.name.endswith("!") for entry in entries_of(session, edition.id))


def test_a_decision_stays_with_the_reading_it_was_made_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read otherwise, the short edition is held anew; read as before, the decision counts again."""
    key = f"{ACT}/{SECOND}/ru"
    world.run().history(FIRST, SECOND).edition(FIRST, Spec(rows=100)).edition(SECOND, Spec(rows=80)).seal()
    world.ingest()
    accept(world.engine, key, "repealed by order 55", "AB")

    def fixed(body: bytes, target: Target, content_type: str) -> RegisterPage:
        page = parse_register(body, target, content_type)
        return replace(page, rows=tuple(replace(row, name=row.name + "!") for row in page.rows), findings=())

    monkeypatch.setattr(parse, "parse_register", fixed)
    assert [held.key for held in world.ingest(again=True).held] == [key]
    monkeypatch.undo()
    assert world.ingest(again=True).held == []
    with transaction(world.engine) as session:
        edition = editions_in_force(session, Lang.RU)[-1]
    assert (edition.key, edition.state, edition.state_by) == (key, "accepted", "AB")
    assert edition.state_reason == "repealed by order 55"


def test_a_history_read_otherwise_dates_the_text_otherwise_and_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.run().history(FIRST, SECOND).edition(None, Spec(rows=100)).seal()
    world.ingest()

    def without_last(body: bytes, target: Target, content_type: str) -> HistoryPage:
        return HistoryPage(parse_history(body, target, content_type).rows[:1])

    monkeypatch.setattr(parse, "parse_history", without_last)
    world.ingest(again=True)
    assert world.in_force() == [(f"{ACT}/{FIRST}/ru", 99)]
    monkeypatch.undo()
    world.ingest(again=True)
    assert world.in_force() == [(f"{ACT}/{SECOND}/ru", 99)]
    assert world.readings() == 2


def test_portal_pages_read_otherwise_and_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.run(stage="portal").page(LIST, list_page({"a": "Семья", "b": "Дом"})).page(
        f"{LIST}/a", service_page("A", "Справка")
    ).seal()
    world.ingest()

    def shown() -> list[tuple[str, str]]:
        with transaction(world.engine) as session:
            return [(one.slug, one.result) for one in listings(session, Lang.RU)]

    def shorter(body: bytes, target: Target, site: Site, content_type: str) -> PortalList:
        page = parse_portal_list(body, target, site, content_type)
        return replace(page, listings=page.listings[:1])

    def louder(body: bytes, target: Target, content_type: str) -> ServicePage:
        page = parse_service_page(body, target, content_type)
        return replace(page, result=page.result.upper())

    monkeypatch.setattr(parse, "parse_portal_list", shorter)
    monkeypatch.setattr(parse, "parse_service_page", louder)
    summary = world.ingest(again=True)
    assert (summary.lists, summary.service_pages) == (1, 1)
    assert shown() == [("a", "СПРАВКА")]
    monkeypatch.undo()
    assert world.ingest(again=True).new_rows == 0
    assert shown() == [("a", "Справка"), ("b", "")]
