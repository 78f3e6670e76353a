"""A crawl of 1,000 small pages from loopback: ours, with evidence and manners, beside Scrapy alone.

Goal: at most twice the time of Scrapy alone. Both crawl the same server with the delay at 0, an empty callback and one
connection, each in a process of its own; timed is the crawl itself, from start to the sealed run, without imports.
The processor's time is printed beside the clock's: on a busy machine the clock measures the neighbours.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

PAGES = 1000
REPEATS = 5
GOAL = 2.0
PATH = "/cms/ru/online-services/for_citizen/bench{:04d}"
REPOSITORY = Path(__file__).parents[2]


def run() -> None:
    """Print the median ratio of several alternating pairs, and its spread."""
    ready, port = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_serve, args=(port,), daemon=True)
    server.start()
    base = f"http://127.0.0.1:{ready.recv()}"
    try:
        pairs = [(_timed("ours", base), _timed("alone", base)) for _ in range(REPEATS)]
    finally:
        server.terminate()
        server.join()
    for number, name in enumerate(("clock", "processor")):
        ratios = [ours[number] / alone[number] for ours, alone in pairs]
        ours, alone = (statistics.median(each[side][number] for each in pairs) for side in (0, 1))
        print(
            f"{name}: {PAGES} pages, ours {ours:.2f} s, Scrapy alone {alone:.2f} s, "
            f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}), goal {GOAL:g}"
        )


def _timed(which: str, base: str) -> tuple[float, float]:
    """Seconds of one crawl in a fresh process, by the clock and of the processor.

    Raises RuntimeError if it did not get every page.
    """
    with tempfile.TemporaryDirectory() as folder:
        env = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        env |= {"EGOV_AUDIT_ARCHIVE": f"{folder}/archive", "EGOV_AUDIT_EGOV_URL": base, "EGOV_AUDIT_DELAY": "0"}
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.crawl", which, base],
            capture_output=True,
            text=True,
            env=env,
            cwd=REPOSITORY,
            check=False,
        )
    told = json.loads(done.stdout) if done.returncode == 0 else {}
    if told.get("pages") != PAGES:
        raise RuntimeError(f"{which}: {told.get('pages')} of {PAGES} pages: {done.stderr[-500:]}")
    return float(told["clock"]), float(told["processor"])


def _crawl(which: str, base: str) -> None:
    """One crawl, in this process: prints its seconds and the number of pages its callback got."""
    from scrapy import Request, Spider
    from scrapy.crawler import CrawlerProcess
    from scrapy.settings import Settings

    from crawler.config import CrawlConfig
    from crawler.pages.records import Lang, PageKind, Target
    from crawler.sources.load import load_sources

    got = 0

    class Bench(Spider):
        name = "bench"
        source = load_sources(CrawlConfig())["egov"]

        async def start(self) -> AsyncIterator[Request]:
            for number in range(PAGES):
                target = Target("egov", PageKind.SERVICE_PAGE, Lang.RU, slug=f"bench{number:04d}")
                yield Request(base + PATH.format(number), callback=self.count, meta={"target": target})

        def count(self, response: Any) -> None:
            nonlocal got
            got += 1

    settings = Settings({"LOG_LEVEL": "WARNING", "TELNETCONSOLE_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 1})
    if which == "ours":
        settings = Settings()
        settings.setmodule("crawler.settings", priority="project")
    process = CrawlerProcess(settings)
    process.crawl(process.create_crawler(Bench))
    clock, processor = perf_counter(), process_time()
    process.start()
    print(json.dumps({"clock": perf_counter() - clock, "processor": process_time() - processor, "pages": got}))


def _serve(port: Any) -> None:
    """Answers every path with a small page, until it is ended."""
    import asyncio

    text = "Справка выдаётся через портал в день обращения. " * 40
    body = (
        "<!DOCTYPE html><html><head><meta charset='utf-8'><title>Выдача справки</title></head><body><h1>Справка</h1>"
        f"<div class='info-block-horizontal'><p>Результат оказания услуги</p><p>{text}</p></div></body></html>"
    ).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    rules = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nUser-agent: *"

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                asked = await reader.readuntil(b"\r\n\r\n")
                writer.write(rules if asked.startswith(b"GET /robots.txt") else head + body)
        except asyncio.IncompleteReadError:
            writer.close()

    async def listen() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(listen())


if __name__ == "__main__":
    _crawl(*sys.argv[1:])
