"""A run killed at any point and started again leaves what an undisturbed one leaves, and asks for no page twice.

Six kills here; `make soak` makes fifty, and some on PostgreSQL.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.soak.equal import archive_contents, database_contents, differences
from tests.soak.kill import Course, Point, asked_twice, chain, measure, run
from tests.soak.sites import small

#: One spider has all its pages by then, the other has not.
LINE = [Point("harvest", 9), Point("harvest", 27), Point("ingest", 150), Point("link", 40), Point("report", 10)]
POINTS = [*LINE, Point("measure", 2)]


@dataclass(frozen=True)
class Told:
    """Both lines over the same sites."""

    whole: Course
    courses: list[Course]
    measured: list[Course]
    extra: dict[str, int]
    folder: Path


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("kill")
    with small().up() as sites:
        undisturbed = run(folder / "whole", sites)
        assert measure(folder / "whole", sites).code == 0
        asked = list(sites.asked)
        courses = chain(folder / "killed", sites, POINTS)
        extra = asked_twice(asked, sites.asked[len(asked) :])
    return Told(undisturbed, courses[: len(LINE) + 1], courses[len(LINE) + 1 :], extra, folder)


def test_every_kill_met_its_run_and_the_last_one_ended_well(told: Told) -> None:
    assert told.whole.code == 0, told.whole.stderr
    assert [course.killed for course in told.courses] == [True] * len(LINE) + [False]
    assert told.courses[-1].code == 0, told.courses[-1].stderr
    assert [course.killed for course in told.measured] == [True, False]
    assert told.measured[-1].code == 0, told.measured[-1].stderr


def test_no_page_is_asked_for_twice_beyond_the_one_in_flight_at_each_site(told: Told) -> None:
    kills = sum(point.stage == "harvest" for point in POINTS)
    assert all(number <= kills for number in told.extra.values()), told.extra
    assert [course.requests for course in told.courses[3:]] == [0, 0, 0], "a harvest that is done is not begun again"


def test_the_archive_holds_what_an_undisturbed_one_holds(told: Told) -> None:
    whole, killed = (archive_contents(told.folder / name / "var/archive") for name in ("whole", "killed"))
    assert differences(whole, killed) == []


def test_the_database_holds_what_an_undisturbed_one_holds(told: Told) -> None:
    whole, killed = (
        database_contents(f"sqlite:///{told.folder / name / 'var/audit.db'}") for name in ("whole", "killed")
    )
    assert differences(whole, killed) == []


def test_the_digest_tells_all_changes_those_that_a_killed_run_had_stored_too(told: Told) -> None:
    whole, last = (course.stderr.splitlines()[-1] for course in (told.whole, told.courses[-1]))
    assert whole == last
    assert "everything is new" in last


def test_every_killed_run_has_a_record_that_says_so(told: Told) -> None:
    paths = sorted((told.folder / "killed/var/state/runs").glob("*.jsonl"))
    ends = [json.loads(path.read_text().splitlines()[-1])["result"] for path in paths]
    assert sorted(ends) == ["good"] + ["interrupted"] * len(LINE)
    good = json.loads((told.folder / "killed/var/state/last_good.json").read_text())
    assert f"{good['run_id']}.jsonl" in [path.name for path in paths]
