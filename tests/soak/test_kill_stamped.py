"""A run that has its root stamped after its harvest and at its end, killed in both, between them and while it seals:
every stamp is there in the end, and no kill leaves an archive that looks as if somebody had laid hand on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from auditor.evidence.stamping import check_stamps
from crawler.archive import seals
from crawler.archive.verify import Problem, inspect
from tests.auditor.evidence.authority import Authority, authority, served
from tests.soak import kill
from tests.soak.equal import archive_contents, database_contents, differences
from tests.soak.kill import Course, Point
from tests.soak.sites import Watched

#: Just before each of these, and once in between. The first stamp's answer lies there and is not sealed; the database's
#: lines lie where the next run's stamp comes to lie; the last stamp's answer, as the first.
SEALS = ("seals/000001.json", "seals/000003.json", "seals/000005.json")
BETWEEN = Point("ingest", 40)


@dataclass
class Told:
    """How each run went, what `verify` found after it, how often the authority was asked and the sites in each."""

    folder: Path
    tsa: Authority
    courses: list[Course] = field(default_factory=list)
    found: list[tuple[Problem, ...]] = field(default_factory=list)
    asked: int = 0

    @property
    def archive(self) -> Path:
        return self.folder / "var/archive"


@pytest.fixture(scope="module")
def told(good: Path, sites: Watched, tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("stamped")
    told = Told(folder, authority(folder / "tsa"))
    with served(told.tsa.answer) as (url, asked):
        stamped = {"EGOV_AUDIT_TIMESTAMP_URL": url, "EGOV_AUDIT_TIMESTAMP_CA_FILE": str(told.tsa.root)}
        for name, point in ((SEALS[0], None), ("", BETWEEN), (SEALS[1], None), (SEALS[2], None), ("", None)):
            dying = {"PYTHONPATH": str(Path(__file__).with_name("dying")), "DIES_BEFORE": name} if name else {}
            sites.settings = stamped | dying
            try:
                told.courses.append(kill.run(folder, sites, point))
            finally:
                sites.settings = {}
            told.found.append(inspect(told.archive).problems)
        told.asked = len(asked)
    return told


def test_every_kill_met_its_run_and_none_looks_like_damage(told: Told) -> None:
    assert [course.killed for course in told.courses] == [True] * 4 + [False]
    assert told.courses[-1].code == 0, told.courses[-1].stderr
    assert told.found == [()] * 5


def test_what_was_fetched_and_what_was_made_of_it_are_both_stamped_in_the_end(told: Told) -> None:
    made = seals.load_seals(told.archive)
    database = ["database", "timestamp"]  # it has a row for each run
    assert [one.kind for one in made] == ["timestamp", "report", "timestamp", *database, *database]
    assert (made[0].root, made[-1].root) == (made[0].archive, made[-2].digest)
    held = check_stamps(told.archive, made, told.tsa.root)
    assert (held.problems, held.notes, held.held) == ([], [], 4)
    assert told.asked == 6, "again only where the answer was lost, or something was sealed since"


def test_the_report_prints_the_first_of_them(told: Told) -> None:
    feed = (told.folder / "var/report/en/feeds/digest.atom").read_text()
    assert "/tsr, file seals/000001.tsr of the archive" in feed


def test_all_else_is_as_an_undisturbed_run_leaves_it(told: Told, good: Path) -> None:
    assert [course.requests > 0 for course in told.courses] == [True] + [False] * 4, "the harvest was done"
    both = (good, told.folder)
    assert differences(*(archive_contents(folder / "var/archive") for folder in both)) == []
    assert differences(*(database_contents(f"sqlite:///{folder / 'var/audit.db'}") for folder in both)) == []
