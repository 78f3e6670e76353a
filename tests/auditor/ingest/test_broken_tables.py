"""A broken table in the archive: one clear issue, the edition held, the edition before it still in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from auditor.db.read import editions_in_force, entries_of
from auditor.db.session import transaction
from auditor.ingest.stage import accept
from crawler.pages.records import Lang
from tests.auditor.ingest import broken
from tests.auditor.ingest.pages import ACT, EGOV, START, list_page
from tests.auditor.ingest.world import World

FIRST, SECOND = date(2020, 1, 31), date(2021, 5, 1)
KEY = f"{ACT}/{SECOND}/ru"


@pytest.mark.parametrize(
    ("page", "fault", "issue"),
    [
        (broken.renamed_column, "incomplete", "unknown_column"),
        (broken.missing_column, "incomplete", "missing_column"),
        (broken.added_column, "incomplete", "unknown_column"),
        (broken.no_table, "incomplete", "no_register_table"),
        (broken.cut_page, "fewer_than_before", "short_row"),
        (broken.lost_rows, "fewer_than_numbered", "number_gap"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_broken_table_never_comes_into_force(world: World, page: Callable[[], bytes], fault: str, issue: str) -> None:
    world.run().history(FIRST, SECOND).edition(FIRST, broken.GOOD).text(SECOND, page()).seal()
    summary = world.ingest()
    assert summary.exit_code == 4
    assert [held.key for held in summary.held] == [KEY]
    assert fault in summary.held[0].reason
    assert world.in_force() == [(f"{ACT}/{FIRST}/ru", 120)]
    assert world.issues(fault)[0].address == KEY
    found = world.issues(issue)
    assert found, [one.code for one in world.issues()]
    assert found[0].capture_id
    assert found[0].address
    before = world.rows()
    assert world.ingest().new_rows == 0
    assert world.rows() == before
    assert world.ingest(again=True).issues == 0
    assert world.rows()["issue"] == before["issue"], "what is found again is no new issue"


@pytest.mark.parametrize(
    "page", [broken.swapped_columns, broken.two_tables, broken.nested_table], ids=lambda page: page.__name__
)
def test_what_is_odd_but_clear_is_read_by_its_meaning(world: World, page: Callable[[], bytes]) -> None:
    world.run().history(FIRST, SECOND).edition(FIRST, broken.GOOD).text(SECOND, page()).seal()
    assert world.ingest().exit_code == 0
    with transaction(world.engine) as session:
        first, second = (entries_of(session, edition.id) for edition in editions_in_force(session, Lang.RU))
    assert [(entry.code, entry.name, entry.provider, entry.form) for entry in second] == [
        (entry.code, entry.name, entry.provider, entry.form) for entry in first
    ]


def test_a_good_page_captured_later_takes_the_place_of_a_held_one(world: World) -> None:
    world.run().history(FIRST, SECOND).edition(FIRST, broken.GOOD).text(SECOND, broken.cut_page()).seal()
    assert world.ingest().exit_code == 4
    world.run(at=START + timedelta(days=30)).edition(SECOND, broken.GOOD).seal()
    summary = world.ingest()
    assert (summary.exit_code, summary.held) == (0, [])
    assert world.in_force() == [(f"{ACT}/{FIRST}/ru", 120), (KEY, 120)]


def test_a_person_can_accept_a_table_that_was_not_understood_whole(world: World) -> None:
    world.run().history(FIRST, SECOND).edition(FIRST, broken.GOOD).text(SECOND, broken.lost_rows()).seal()
    world.ingest()
    accept(world.engine, KEY, "the gap in the numbers is the source's own", "AB")
    assert [key for key, _ in world.in_force()] == [f"{ACT}/{FIRST}/ru", KEY]


def test_an_empty_list_and_a_page_that_is_no_list_are_failures(world: World) -> None:
    url = f"{EGOV}/cms/ru/online-services/for_citizen"
    world.run(stage="portal").page(url, list_page({})).seal()
    summary = world.ingest()
    assert summary.exit_code == 4
    assert [failed.url for failed in summary.failed] == [url]
    assert world.parse_states() == {url: "failed"}
