"""Ten thousand pages and 120 editions in one harvest from loopback: memory at half and at the end, and in what reads
them afterwards."""

from __future__ import annotations

import os
import subprocess
from datetime import date, timedelta
from pathlib import Path

from crawler.sample.answers import Page
from tests.auditor.cli.command import EGOV_AUDIT
from tests.crawler.site import ACT, history, info, listing, service, text
from tests.soak.kill import environment
from tests.soak.sites import Watched

_EDITIONS = 120


def site(pages: int) -> Watched:
    """A portal with so many service pages in three languages, a register with 120 editions in two."""
    days = [(date(2020, 2, 1) + timedelta(days=14 * number)).strftime("%d.%m.%Y") for number in range(_EDITIONS)]
    adilet = {"/robots.txt": "User-agent: *\nAllow: /\n"}
    for word in ("rus", "kaz"):
        base = f"/{word}/docs/{ACT}"
        adilet |= {base: text("now"), f"{base}/info": info(), f"{base}/history": history(ACT, word, days)}
        adilet |= {f"{base}/{day}": text(day) for day in days}
    portal = {"/robots.txt": "User-agent: *\nAllow: /\n"}
    for lang in ("ru", "kk", "en"):
        citizen = f"/cms/{lang}/online-services/for_citizen"
        paths = [f"{citizen}/s_{number}" for number in range(pages // 3 + 1)]
        portal |= {path: service(path) for path in paths}
        portal[citizen] = listing(("Услуги", paths))
        portal[f"/cms/{lang}/online-services/for_business"] = listing(("Дело", paths[:1]))
    return Watched(*({path: _page(path, body) for path, body in each.items()} for each in (adilet, portal)))


def harvest(folder: Path, sites: Watched) -> tuple[int, float, float, int]:
    """Harvest all of it: requests made, MB that the crawl held at half of them and at the last, exit code."""
    whole, held = sum(len(answers) for answers in sites.answers.values()), dict[int, float]()
    folder.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen([str(EGOV_AUDIT), "harvest"], cwd=folder, env=environment(folder, sites)) as parent:

        def look(number: int) -> None:
            if number in (whole // 2, whole - 10):
                children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
                lines = Path(f"/proc/{children[0]}/status").read_text().splitlines()
                held[number] = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))

        sites.hook = look
        code = parent.wait()
    return len(sites.asked), held.get(whole // 2, 0.0), held.get(whole - 10, 0.0), code


def peak(folder: Path, sites: Watched, *words: str) -> tuple[float, int]:
    """The most MB that the command held, or any process of it, and its exit code."""
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([str(EGOV_AUDIT), *words], cwd=folder, env=environment(folder, sites), **silent) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss / 1024, process.returncode


def _page(path: str, body: str) -> Page:
    kind = "text/plain" if path == "/robots.txt" else "text/html; charset=utf-8"
    headers = {"Content-Type": kind, "ETag": f'"{path}"', "Last-Modified": "Fri, 13 Dec 2024 00:00:00 GMT"}
    return Page(200, headers, body.encode())
