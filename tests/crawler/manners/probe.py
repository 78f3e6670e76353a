"""A real crawl in a process of its own: a spider that asks for given addresses and says what came back to it.

Run as a module with one JSON object on stdin: `urls`, `settings`, `follow` (ask for these, one after another's page).
The last line on stdout is a JSON object: what callbacks and errbacks got, the finish reason and the statistics.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[3]


@dataclass(frozen=True)
class Crawl:
    """What a crawl left behind, besides the archive."""

    got: dict[str, dict[str, Any]]  # asked address → what its callback saw
    lost: dict[str, dict[str, Any]]  # asked address → what its errback saw
    stats: dict[str, Any]
    stderr: str
    lines: list[str] = field(default_factory=list)  # stderr's lines without their time


def crawl(urls: list[str], archive: Path, env: Mapping[str, str] | None = None, **settings: object) -> Crawl:
    """Crawl with the product's own settings, delay 0; `env` holds `EGOV_AUDIT_…`, `settings` go over them."""
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    environment |= {"EGOV_AUDIT_ARCHIVE": str(archive), "EGOV_AUDIT_DELAY": "0", "EGOV_AUDIT_TIMEOUT": "20"}
    environment |= {"EGOV_AUDIT_ADILET_URL": "/".join(urls[0].split("/")[:3]), **(env or {})}
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:crawler", "-m", "tests.crawler.manners.probe"],
        input=json.dumps({"urls": urls, "settings": settings}),
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=environment,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    lines = [line.split(" ", 2)[2] for line in done.stderr.splitlines() if line.strip()]
    return Crawl(told["got"], told["lost"], told["stats"], done.stderr, lines)


def main() -> None:
    """Read the order from stdin, crawl, tell on stdout."""
    from scrapy import Request, Spider
    from scrapy.crawler import CrawlerProcess
    from scrapy.settings import Settings

    from crawler.config import CrawlConfig
    from crawler.pages.address import identify
    from crawler.pages.html import decode
    from crawler.pages.records import PageKind, Target
    from crawler.sources.load import load_sources

    order = json.load(sys.stdin)
    got: dict[str, dict[str, Any]] = {}
    lost: dict[str, dict[str, Any]] = {}

    class Probe(Spider):
        name = "probe"

        def __init__(self) -> None:
            super().__init__()
            self.source = load_sources(CrawlConfig())["adilet"]

        async def start(self) -> AsyncIterator[Request]:
            for url in order["urls"]:
                target = identify(url, (self.source.site,)) or Target("adilet", PageKind.ACT_TEXT)
                yield Request(url, callback=self.good, errback=self.bad, meta={"target": target, "asked": url})

        def good(self, response: Any) -> None:
            text = decode(response.body, (response.headers.get("Content-Type") or b"").decode())
            got[response.meta["asked"]] = {
                "url": response.url,
                "status": response.status,
                "verdict": response.meta["verdict"],
                "capture_id": response.meta["capture_id"],
                "text": text,
            }

        def bad(self, failure: Any) -> None:
            error = failure.value
            lost[failure.request.meta["asked"]] = {
                "type": type(error).__name__,
                "outcome": error.outcome,
                "code": error.code,
                "detail": error.detail,
                "status": error.status,
                "verdict": error.verdict,
                "capture_id": error.capture_id,
            }

    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.update(order["settings"], priority="cmdline")
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(Probe)
    process.crawl(crawler)
    process.start()
    print(json.dumps({"got": got, "lost": lost, "stats": crawler.stats.get_stats()}, default=str))


if __name__ == "__main__":
    main()
