"""Ten thousand pages and 120 editions from loopback in one run: what its processes hold, all the way."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import IO

from crawler.sample.answers import Page
from tests.auditor.cli.command import EGOV_AUDIT
from tests.crawler.site import ACT, history, info, listing, service
from tests.pages_gen import Spec, register_page
from tests.soak.kill import environment
from tests.soak.sites import Watched

#: Days on which an edition comes into force, in two languages: 120 editions.
_DAYS = 60
_ROWS = 700
_EVERY_S = 0.1
#: A look before every so many answers too: a machine that stands still for seconds makes no hole in the requests.
_EVERY_REQUESTS = 10


def site(pages: int, days: int = _DAYS, rows: int = _ROWS) -> Watched:
    """A portal with so many service pages in three languages; a register in two, with as many days on which an edition
    comes into force, the last one of so many rows, each other one three rows shorter than the next.
    """
    dates = [date(2020, 2, 1) + timedelta(days=28 * number) for number in range(days)]
    told = [f"{day:%d.%m.%Y}" for day in dates]
    adilet: dict[str, bytes] = {"/robots.txt": b"User-agent: *\nAllow: /\n"}
    for lang, word in (("ru", "rus"), ("kk", "kaz")):
        base = f"/{word}/docs/{ACT}"
        texts = [register_page(Spec(rows - 3 * back, lang)) for back in reversed(range(days))]
        adilet |= {f"{base}/{day}": text for day, text in zip(told[:-1], texts[:-1], strict=True)}
        adilet |= {base: texts[-1], f"{base}/info": info().encode()}
        adilet[f"{base}/history"] = history(ACT, word, told[:-1], told[-1]).encode()
    portal: dict[str, bytes] = {"/robots.txt": b"User-agent: *\nAllow: /\n"}
    for lang in ("ru", "kk", "en"):
        citizen = f"/cms/{lang}/online-services/for_citizen"
        paths = [f"{citizen}/s_{number}" for number in range(pages // 3 + 1)]
        portal |= {path: service(path).encode() for path in paths}
        portal[citizen] = listing(("Услуги", paths)).encode()
        portal[f"/cms/{lang}/online-services/for_business"] = listing(("Дело", paths[:1])).encode()
    return Watched(*({path: _page(path, body) for path, body in each.items()} for each in (adilet, portal)))


@dataclass(frozen=True)
class Look:
    """One look at a command's processes: seconds since it began, its stage, requests so far, MB that the largest of
    them and all of them together have in memory.
    """

    at: float
    stage: str
    requests: int
    largest: float
    together: float


@dataclass
class Load:
    """How a command went under the looks."""

    looks: list[Look] = field(default_factory=list)
    code: int = 0
    said: str = ""
    stage: str = ""

    def most(self, chosen: Callable[[Look], bool] = lambda _look: True) -> float:
        """The most MB of all processes together in the looks chosen."""
        return max((look.together for look in self.looks if chosen(look)), default=0.0)

    def share(self, start: float, end: float) -> float:
        """The most MB between two shares of its time."""
        whole = self.looks[-1].at
        return self.most(lambda look: start * whole <= look.at <= end * whole)

    def fetched(self, start: float, end: float) -> float:
        """The most MB between two shares of its requests."""
        whole = self.looks[-1].requests
        return self.most(lambda look: look.stage == "harvest" and start * whole <= look.requests <= end * whole)


def watched(folder: Path, sites: Watched, *words: str) -> Load:
    """Run a command over the sites and look at its processes all the while."""
    folder.mkdir(parents=True, exist_ok=True)
    load, began = Load(stage=words[0]), time.monotonic()
    with subprocess.Popen(
        [str(EGOV_AUDIT), *words],
        cwd=folder,
        env=environment(folder, sites),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        listener = threading.Thread(target=_listen, args=(process.stderr, load))
        listener.start()

        def look(requests: int) -> None:
            if held := [mb for pid in _tree(process.pid) if (mb := _resident(pid))]:
                load.looks.append(Look(time.monotonic() - began, load.stage, requests, max(held), sum(held)))

        sites.hook = lambda number: None if number % _EVERY_REQUESTS else look(number)
        while process.poll() is None:
            look(len(sites.asked))
            time.sleep(_EVERY_S)
        sites.hook = lambda _number: None
        listener.join()
    load.code = process.returncode
    return load


def _listen(stderr: IO[str], load: Load) -> None:
    for line in stderr:
        load.said += line
        if line.startswith("== "):
            load.stage = line.split()[1]


def _tree(pid: int) -> Iterable[int]:
    yield pid
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _tree(int(child))
    except OSError:
        return  # it has just ended


def _resident(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


def _page(path: str, body: bytes) -> Page:
    kind = "text/plain" if path == "/robots.txt" else "text/html; charset=utf-8"
    headers = {"Content-Type": kind, "ETag": f'"{path}"', "Last-Modified": "Fri, 13 Dec 2024 00:00:00 GMT"}
    return Page(200, headers, body)
