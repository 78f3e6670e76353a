"""The real `egov-audit run`, and `measure` after it, under SIGKILL: at the n-th request, or at the n-th write after a
stage has begun. With PostgreSQL the writes are those of the server's log."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.auditor.cli.command import EGOV_AUDIT
from tests.soak.events import Events
from tests.soak.sites import Watched

#: The stages of a run that are killed by what they write, not by what they ask for.
WRITING = ("ingest", "link", "code", "report", "measure")
ORDER = ("harvest", *WRITING)
#: `report` keeps the figures of every year; measuring as a stage of its own is for a day between.
_COMMANDS = {"measure": ("measure", "--as-of", "2023-06-30")}
_RUN = ("run", "--as-of", "2024-12-31")


@dataclass(frozen=True)
class Database:
    """Where a line's rows go: in the folder itself without an address. `log` is the folder its server writes to."""

    url: str = ""
    log: Path | None = None
    joined: int = 4  # writes that the kernel may tell as one: their number is rough, and an aim too far is missed

    def of(self, folder: Path) -> str:
        """The address, for who reads what a line in that folder has stored."""
        return self.url or f"sqlite:///{folder / 'var/audit.db'}"


IN_FOLDER = Database()


@dataclass(frozen=True)
class Point:
    """Where a run is killed: the number of a request (stage harvest), or of a write below `var` in another stage."""

    stage: str
    number: int


@dataclass
class Course:
    """How a run went: whether the kill met it, its exit code, what it wrote in each stage, its stderr."""

    point: Point | None = None
    killed: bool = False
    code: int = 0
    writes: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    stderr: str = ""


def environment(folder: Path, sites: Watched) -> dict[str, str]:
    """What a run over these sites needs."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "EGOV_AUDIT_ADILET_URL": sites.urls["adilet"],
        "EGOV_AUDIT_EGOV_URL": sites.urls["egov"],
        "EGOV_AUDIT_DELAY": "0",
        **sites.settings,
    }


def run(folder: Path, sites: Watched, point: Point | None = None, database: Database = IN_FOLDER) -> Course:
    """Run the whole line in `folder`, or measure again if `point` is in that stage; at `point` its process is killed,
    and nothing but that process.

    Returns when no process of it is left: the last one to write to its stderr is gone.
    """
    return _course(folder, sites, _COMMANDS.get(point.stage if point else "", _RUN), point, database)


def measure(folder: Path, sites: Watched, database: Database = IN_FOLDER) -> Course:
    """Measure, to the end; the writes are counted as those of a stage."""
    return _course(folder, sites, _COMMANDS["measure"], None, database)


def _course(folder: Path, sites: Watched, words: Sequence[str], point: Point | None, database: Database) -> Course:
    for name in ("var", "var/report"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    course, before = Course(point), len(sites.asked)
    events = Events(folder / "var", folder / "var/report", *filter(None, [database.log]))
    settings = environment(folder, sites) | ({"EGOV_AUDIT_DB_URL": database.url} if database.url else {})
    with subprocess.Popen(
        [str(EGOV_AUDIT), *words], cwd=folder, env=settings, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as child:
        if point is not None and point.stage == "harvest":
            sites.hook = lambda number: _kill_at(number - before, point.number, child.pid)
        try:
            _follow(child, events, point, course, stage=words[0] if words[0] in ORDER else "")
        finally:
            sites.hook = lambda _number: None
            events.close()
    course.killed, course.code = child.returncode == -signal.SIGKILL, child.returncode
    course.requests = len(sites.asked) - before
    return course


def _kill_at(number: int, wanted: int, pid: int) -> None:
    if number == wanted:
        os.kill(pid, signal.SIGKILL)


def _follow(
    child: subprocess.Popen[bytes], events: Events, point: Point | None, course: Course, stage: str = ""
) -> None:
    """Read what the run says and writes until it has no process left; kill it where that is asked for.

    `stage` is that of a command which is no run.
    """
    assert child.stderr is not None
    said = b""
    while True:
        ready, _, _ = select.select([child.stderr, events.fd], [], [])
        if child.stderr in ready:
            piece = os.read(child.stderr.fileno(), 1 << 16)
            if not piece:
                break
            said += piece
            stages = [line for line in said.decode(errors="replace").splitlines() if line.startswith("== ")]
            stage = stages[-1].removeprefix("== ") if stages else stage
        if events.fd in ready:
            course.writes[stage] = course.writes.get(stage, 0) + len(events.read())
            if point is not None and stage == point.stage and course.writes[stage] >= point.number:
                child.kill()
    course.stderr = said.decode(errors="replace")


def points(seed: int, number: int, undisturbed: Course, joined: int) -> list[Point]:
    """So many points drawn at random, in the order of the line; the harvest gets as many as all other stages."""
    draw = random.Random(seed)
    stages = sorted((draw.choice(("harvest", draw.choice(WRITING))) for _ in range(number)), key=ORDER.index)
    asked = undisturbed.requests // (1 + stages.count("harvest"))
    most = {"harvest": asked - 1} | {stage: max(1, undisturbed.writes[stage] // joined) for stage in WRITING}
    return [Point(stage, draw.randint(1, most[stage])) for stage in stages]


def chain(folder: Path, sites: Watched, kills: Sequence[Point], database: Database = IN_FOLDER) -> list[Course]:
    """A run killed at the first point, started again, killed at the next …, left to its end; then measured so."""
    line = [point for point in kills if point.stage not in _COMMANDS]
    after = [point for point in kills if point.stage in _COMMANDS]
    courses: list[Course] = []
    for point in (*line, None):
        courses.append(run(folder, sites, point, database))
        if not courses[-1].killed:
            break  # it came to its end before the kill: another one would be a new run with a harvest of its own
    courses += [run(folder, sites, point, database) for point in after]
    return [*courses, measure(folder, sites, database)] if after else courses


def asked_twice(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]) -> Counter[str]:
    """Site → requests of `after` beyond those of `before`."""
    return Counter(site for site, _ in (Counter(after) - Counter(before)).elements())
