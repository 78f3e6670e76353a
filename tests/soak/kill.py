"""The real `egov-audit run` under SIGKILL: at the n-th request, or at the n-th write after a stage has begun."""

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
WRITING = ("ingest", "link", "code", "report")
ORDER = ("harvest", *WRITING)


@dataclass(frozen=True)
class Point:
    """Where a run is killed: the number of a request (stage harvest), or of a write below `var` in another stage."""

    stage: str
    number: int


@dataclass
class Course:
    """How a run went: whether the kill met it, its exit code, what it wrote in each stage, its stderr."""

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
    }


def run(folder: Path, sites: Watched, point: Point | None = None) -> Course:
    """Run the whole line in `folder`; at `point` its process is killed, and nothing but that process.

    Returns when no process of it is left: the last one to write to its stderr is gone.
    """
    for name in ("var", "var/report"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    course, before = Course(), len(sites.asked)
    events = Events(folder / "var", folder / "var/report")
    command = [str(EGOV_AUDIT), "run", "--as-of", "2024-12-31"]
    with subprocess.Popen(
        command, cwd=folder, env=environment(folder, sites), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as child:
        if point is not None and point.stage == "harvest":
            sites.hook = lambda number: _kill_at(number - before, point.number, child.pid)
        try:
            _follow(child, events, point, course)
        finally:
            sites.hook = lambda _number: None
            events.close()
    course.killed, course.code = child.returncode == -signal.SIGKILL, child.returncode
    course.requests = len(sites.asked) - before
    return course


def _kill_at(number: int, wanted: int, pid: int) -> None:
    if number == wanted:
        os.kill(pid, signal.SIGKILL)


def _follow(child: subprocess.Popen[bytes], events: Events, point: Point | None, course: Course) -> None:
    """Read what the run says and writes until it has no process left; kill it where that is asked for."""
    assert child.stderr is not None
    stage, said = "", b""
    while True:
        ready, _, _ = select.select([child.stderr, events.fd], [], [])
        if child.stderr in ready:
            piece = os.read(child.stderr.fileno(), 1 << 16)
            if not piece:
                break
            said += piece
            stages = [line for line in said.decode(errors="replace").splitlines() if line.startswith("== ")]
            stage = stages[-1].removeprefix("== ") if stages else ""
        if events.fd in ready:
            course.writes[stage] = course.writes.get(stage, 0) + len(events.read())
            if point is not None and stage == point.stage and course.writes[stage] >= point.number:
                child.kill()
    course.stderr = said.decode(errors="replace")


def points(seed: int, number: int, undisturbed: Course) -> list[Point]:
    """So many points drawn at random, in the order of the line; the harvest gets as many as all other stages."""
    draw = random.Random(seed)
    stages = sorted((draw.choice(("harvest", draw.choice(WRITING))) for _ in range(number)), key=ORDER.index)
    asked = undisturbed.requests // (1 + stages.count("harvest"))
    # The kernel joins events that nobody has read yet, so the number of writes is a rough one.
    most = {"harvest": asked - 1} | {stage: undisturbed.writes[stage] // 4 for stage in WRITING}
    return [Point(stage, draw.randint(1, most[stage])) for stage in stages]


def chain(folder: Path, sites: Watched, kills: Sequence[Point]) -> list[Course]:
    """A run killed at the first point, started again, killed at the next …, and at last left to its end."""
    return [run(folder, sites, point) for point in (*kills, None)]


def asked_twice(before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]) -> Counter[str]:
    """Site → requests of `after` beyond those of `before`."""
    return Counter(site for site, _ in (Counter(after) - Counter(before)).elements())
