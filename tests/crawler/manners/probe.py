"""A real crawl in a process of its own: a spider that asks for given addresses and says what came back to it.

The processes are forked from one that has Scrapy imported already (and no reactor yet): half a hundred crawls would
otherwise spend most of their time importing.
"""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.settings import Settings

from crawler.config import CrawlConfig
from crawler.pages.address import identify
from crawler.pages.html import decode
from crawler.pages.records import PageKind, Target
from crawler.sources.load import load_sources

REPOSITORY = Path(__file__).parents[3]
_PRELOAD = [__name__, "crawler.middlewares.ledger", "crawler.middlewares.tls", "crawler.middlewares.retry"]


@dataclass(frozen=True)
class Crawl:
    """What a crawl left behind, besides the archive."""

    got: dict[str, dict[str, Any]]  # asked address → what its callback saw
    lost: dict[str, dict[str, Any]]  # asked address → what its errback saw
    stats: dict[str, Any]
    stderr: str

    @property
    def lines(self) -> list[str]:
        """What was printed, without the time of each line."""
        return [line.split(" ", 2)[2] for line in self.stderr.splitlines() if line.strip()]


class Probe(Spider):
    """Asks for the addresses it is given."""

    name = "probe"

    def __init__(self, urls: list[str]) -> None:
        """Belongs to the source adilet, wherever the environment says that is."""
        super().__init__()
        self.source = load_sources(CrawlConfig())["adilet"]
        self._urls = urls
        self._got: dict[str, dict[str, Any]] = {}
        self._lost: dict[str, dict[str, Any]] = {}

    async def start(self) -> AsyncIterator[Request]:
        """Every address, each with the target that it is by its form; some are given up soon."""
        for url in self._urls:
            target = identify(url, (self.source.site,)) or Target("adilet", PageKind.ACT_TEXT)
            soon = {"download_timeout": 0.2} if url in self.settings.getlist("PROBE_GIVEN_UP") else {}
            yield Request(url, callback=self.good, errback=self.bad, meta={"target": target, "asked": url, **soon})

    def good(self, response: Any) -> list[Request]:
        """Note what a callback is given; where the settings say so, ask for a page that only this one names."""
        self._got[response.meta["asked"]] = {
            "url": response.url,
            "status": response.status,
            "verdict": response.meta["verdict"],
            "capture_id": response.meta["capture_id"],
            "text": decode(response.body, (response.headers.get("Content-Type") or b"").decode()),
        }
        if not self.settings.getbool("PROBE_MAZE"):
            return []
        url = f"{urlsplit(response.url)._replace(path='').geturl()}/rus/docs/V2000019982/{len(self._got):02}.01.2021"
        target = identify(url, (self.source.site,))
        return [Request(url, callback=self.good, errback=self.bad, meta={"target": target, "asked": url})]

    def bad(self, failure: Any) -> None:
        """Note what an errback is given."""
        said = {"type": type(failure.value).__name__, **vars(failure.value)}
        self._lost[failure.request.meta["asked"]] = said

    def told(self, crawler: Crawler) -> dict[str, Any]:
        """Everything noted, and the crawl's statistics."""
        assert crawler.stats is not None
        return {"got": self._got, "lost": self._lost, "stats": crawler.stats.get_stats()}


def crawl(urls: list[str], archive: Path, env: Mapping[str, str] | None = None, **settings: object) -> Crawl:
    """Crawl with the product's own settings, delay 0; `env` holds `EGOV_AUDIT_…`, `settings` go over them."""
    environment = {
        "EGOV_AUDIT_ARCHIVE": str(archive),
        "EGOV_AUDIT_DELAY": "0",
        "EGOV_AUDIT_TIMEOUT": "20",
        "EGOV_AUDIT_ADILET_URL": "/".join(urls[0].split("/")[:3]),
        **(env or {}),
    }
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOAD)
    with tempfile.TemporaryDirectory() as folder:
        child = context.Process(target=_crawl, args=(folder, urls, environment, settings))
        child.start()
        child.join(120)
        stderr = Path(folder, "stderr").read_text(encoding="utf-8")
        assert child.exitcode == 0, stderr
        told = json.loads(Path(folder, "told").read_bytes())
    return Crawl(told["got"], told["lost"], told["stats"], stderr)


def _crawl(folder: str, urls: list[str], env: dict[str, str], overrides: dict[str, object]) -> None:
    """In the child: crawl, leave what came of it in files."""
    with open(f"{folder}/stderr", "wb") as file:
        os.dup2(file.fileno(), 2)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), encoding="utf-8", write_through=True)
    for name in [name for name in os.environ if "proxy" in name.lower() or name.startswith("EGOV_AUDIT_")]:
        del os.environ[name]
    os.environ.update(env)
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.update(overrides, priority="cmdline")
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(Probe)
    process.crawl(crawler, urls=urls)
    process.start()
    assert isinstance(crawler.spider, Probe)
    Path(folder, "told").write_text(json.dumps(crawler.spider.told(crawler), default=str), encoding="utf-8")
