"""Ingest, the second time and over trouble: what is read anew, held, freed and kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from auditor.db.models import EditionKnownRow, EditionRow, EntryRow, FetchRow
from auditor.db.read import editions_in_force, entries_of, evidence_of_edition, listings
from auditor.db.session import exclusive, transaction
from auditor.ingest import parse
from auditor.ingest.stage import accept
from crawler.archive import layout
from crawler.archive.records import Outcome, Provenance
from crawler.errors import UsageError
from crawler.pages.address import Site
from crawler.pages.history import parse_history
from crawler.pages.portal import parse_portal_list, parse_service_page
from crawler.pages.records import HistoryPage, Lang, PortalList, RegisterPage, ServicePage, Target, Verdict
from crawler.pages.register import parse_register
from tests.auditor.ingest.pages import ACT, ADILET, START, list_page, service_page
from tests.auditor.ingest.test_stage import FIRST, LIST, SECOND
from tests.auditor.ingest.world import World
from tests.pages_gen import Spec, register_page


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


def test_a_service_page_without_its_text_leaves_what_was_read_before_in_force(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, hollow = f"{LIST}/a", service_page("A", "")

    def shown() -> list[tuple[str, bool]]:
        with transaction(world.engine) as session:
            return [(one.result, one.page_read) for one in listings(session, Lang.RU)]

    world.run(stage="portal").page(LIST, list_page({"a": "Дом"})).page(page, service_page("A", "Справка")).seal()
    assert world.ingest().exit_code == 0
    world.run(at=START + timedelta(days=1), stage="portal").page(page, hollow, verdict=Verdict.OK).seal()
    with monkeypatch.context() as before:
        before.setattr(parse, "_faults", lambda *_: ())
        world.ingest()
        assert shown() == [("", True)], "as a version that believed such pages had read it"
    summary = world.ingest(again=True)
    assert shown() == [("Справка", True)]
    assert [failed.code for failed in summary.failed] == ["no_service_read"]
    assert [issue.address for issue in world.issues("no_service_read")] == ["page"]
    assert [failed.told for failed in world.ingest().failed] == [True]
    assert world.ingest().exit_code == 0, "said once; no later run fails on it"
    run = world.run(at=START + timedelta(days=2), stage="portal").page(page, service_page("A", "Справка."))
    for number in range(9):
        run.page(f"{LIST}/b{number}", service_page("B", "Справка"))
    run.page(f"{LIST}/c", hollow).seal()
    assert world.ingest().exit_code == 0, "one of eleven that says nothing is no changed site"
    assert shown()[0] == ("Справка.", True)
    world.run(at=START + timedelta(days=3), stage="portal").page(page, hollow).seal()
    assert world.ingest().exit_code == 4, "all of them are"


def test_a_list_that_failed_once_does_not_fail_every_later_ingest(world: World) -> None:
    world.run(stage="portal").page(LIST, list_page({})).seal()
    assert world.ingest().exit_code == 4
    world.run(at=START + timedelta(days=1), stage="portal").page(LIST, list_page({"a": "Дом", "b": "Дом"})).seal()
    again = world.ingest()
    assert ([failed.told for failed in again.failed], again.exit_code) == ([True], 0)
