"""The crawl's run: opened before the first request, stopped for a reason of its own, closed with one line and counts.

Nothing found is a failure: a crawl without one good page, or one that was stopped, closes as failed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import CloseSpider, NotConfigured
from scrapy.utils.defer import deferred_from_coro

from crawler.archive.records import Outcome, RunResult
from crawler.archive.warc import sha256
from crawler.archive.writer import RunWriter, open_run
from crawler.errors import AuditError, in_words
from crawler.pages.address import Site, host_of
from crawler.pages.records import Verdict
from crawler.sources.load import Source
from crawler.sources.permission import Permission

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

PAGES_OK = "egov/pages_ok"
FETCH = "egov/fetch/"
FAULTS = "egov/internal_errors"
#: Pages that a crawl gone on with after a kill did not have to ask for.
RESUMED = "egov/resumed"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that is to be made again, and what the answer before it was kept as."""

    request: Request
    verdict: Verdict | None
    capture_id: str


class RunRecord:
    """One run of the archive for one crawl, as `crawler.egov_run`.

    `stopped` is the finish reason once something stopped the crawl, else ""; `line` then says it in words. `waiting`
    holds what is to be asked for again after a failure and has no answer yet, by the address first asked.
    """

    def __init__(self, crawler: Crawler) -> None:
        """Raises NotConfigured without `EGOV_ARCHIVE`: a crawl that keeps nothing."""
        root = crawler.settings.get("EGOV_ARCHIVE")
        if not root:
            raise NotConfigured("no EGOV_ARCHIVE")
        self._crawler = crawler
        self._root = Path(root)
        self._within = timedelta(hours=crawler.settings.getfloat("EGOV_RESUME_HOURS"))
        self._run: RunWriter | None = None
        self._met: set[tuple[str, str]] = set()
        self._ca_file = crawler.settings.get("EGOV_CA_FILE")
        self.stopped = ""
        self.line = ""
        self.waiting: dict[str, Waiting] = {}
        self._before_close: list[Callable[[], None]] = []
        crawler.signals.connect(self._open, signal=signals.spider_opened)
        crawler.signals.connect(self._close, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making an extension."""
        return cls(crawler)

    @property
    def run(self) -> RunWriter:
        """The open run. Raises RuntimeError before it is opened: nothing is asked for then."""
        if self._run is None:
            raise RuntimeError("the run is not open")
        return self._run

    @property
    def is_open(self) -> bool:
        """Whether there is a run to write to."""
        return self._run is not None

    @property
    def sent_before(self) -> int:
        """Requests that the crawl had answers to before it was killed, if it was."""
        return len(self._run.earlier.captures) if self._run is not None else 0

    @property
    def fetch_hosts(self) -> frozenset[str]:
        """The hosts that requests and redirects may go to: those of the spider's source."""
        source = getattr(self._crawler.spider, "source", None)
        return source.fetch_hosts if isinstance(source, Source) else frozenset()

    @property
    def source(self) -> str:
        """The name of the source that is crawled; the spider's own name where it has none."""
        source = getattr(self._crawler.spider, "source", None)
        return source.name if isinstance(source, Source) else self._name

    def permission(self, url: str) -> Permission | None:
        """The leave given in writing to ask for an address that robots.txt closes, if the source's file has one."""
        source = getattr(self._crawler.spider, "source", None)
        return source.permission(url) if isinstance(source, Source) else None

    def met(self, url: str, certificate: bytes) -> None:
        """Keep the certificate (DER) that a host showed. One that is not the pinned one, or else not that of the run
        before, is an issue; the crawl goes on, for the certificate was verified. Raises OSError, IntegrityError.
        """
        host, digest = host_of(url), sha256(certificate)
        if (host, digest) in self._met:
            return
        self._met.add((host, digest))
        source = getattr(self._crawler.spider, "source", None)
        pinned = source.facts.certificates.get(host) if isinstance(source, Source) else None
        before = self.run.certificate_before(host)
        expected = ("the source's file pins", pinned) if pinned else before and (f"run {before[0]} met", before[1])
        self.run.certificate(host, digest)
        if expected and expected[1] != digest:
            line = f"{host} shows a certificate with sha256 {digest}; {expected[0]} {expected[1]}"
            self.run.issue("warning", "certificate_changed", line, url=f"https://{host}/", value=digest)
            logger.warning("%s: %s", self._name, line)

    @property
    def sites(self) -> tuple[Site, ...]:
        """What tells pages apart by their address."""
        source = getattr(self._crawler.spider, "source", None)
        return (source.site,) if isinstance(source, Source) else ()

    def before_close(self, tell: Callable[[], None]) -> None:
        """Have `tell` called while the run can still be written to, after everything was asked."""
        self._before_close.append(tell)

    def stop(self, reason: str, line: str) -> None:
        """End the crawl: what is on its way is answered, nothing more is asked. The first reason stays.

        A `CloseSpider` raised in a downloader middleware would only be logged, so the engine is told itself.
        """
        if self.stopped:
            return
        self.stopped, self.line = reason, line
        logger.warning("%s: stopped: %s", self._name, line)
        if self._run is not None:
            self._run.ends_here()
        if self._crawler.engine is not None:
            deferred_from_coro(self._crawler.engine.close_spider_async(reason=reason))

    @property
    def _name(self) -> str:
        return self._crawler.spider.name if self._crawler.spider is not None else self._crawler.spidercls.name

    def _open(self, spider: Spider) -> None:
        try:
            self._run = open_run(self._root, spider.name, arguments_of(spider), within=self._within)
            if self._ca_file:
                self._run.authority(Path(self._ca_file).name, sha256(Path(self._ca_file).read_bytes()))
        except (AuditError, OSError) as error:
            words = in_words(error) if isinstance(error, OSError) else str(error)
            self.stopped, self.line = "archive", f"the archive cannot be written: {words}"
            self._crawler.stats.set_value("egov/detail", self.line)
            logger.error("%s: %s", spider.name, self.line)
            raise CloseSpider("archive") from error
        # The seat that the spiders' side agreed on; Scrapy's Crawler declares no such attribute.
        setattr(self._crawler, "egov_run", self._run)  # noqa: B010

    def _close(self, spider: Spider, reason: str) -> None:
        if self._run is None:
            return
        for tell in self._before_close:
            tell()
        stats = self._crawler.stats
        counts = {
            outcome.value: stats.get_value(f"{FETCH}{outcome.value}", 0)
            for outcome in Outcome
            if stats.get_value(f"{FETCH}{outcome.value}", 0)
        }
        pages = stats.get_value(PAGES_OK, 0)
        faults = stats.get_value("spider_exceptions/count", 0) + stats.get_value(FAULTS, 0)
        told = ", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing asked"
        if reason != "finished":
            words = self.line or {"shutdown": "interrupted", "start_error": "the spider failed at its start"}.get(
                reason, reason
            )
            result, detail = RunResult.FAILED, f"{reason}: {words} ({told})"
        elif faults:
            result, detail = RunResult.FAILED, f"{faults} pages met an internal error ({told})"
        elif not pages:
            result, detail = RunResult.FAILED, f"no page was fetched ({told})"
        else:
            result, detail = RunResult.GOOD, told
        stats.set_value("egov/result", result.value)
        stats.set_value("egov/detail", detail)
        logger.log(logging.INFO if result is RunResult.GOOD else logging.ERROR, "%s: %s", spider.name, detail)
        self._run.close(
            result.value,
            detail,
            {
                "pages_ok": pages,
                "requests": stats.get_value("downloader/request_count", 0),
                "bytes_received": stats.get_value("downloader/response_bytes", 0),
            },
        )


def arguments_of(spider: Spider) -> dict[str, object]:
    """The spider's options as the run's record shows them, and what it may ask for by leave given in writing."""
    plain = {name: value for name, value in vars(spider).items() if not name.startswith("_") and name != "name"}
    told: dict[str, object] = {}
    for name, value in plain.items():
        if isinstance(value, str | int | float | date):
            told[name] = value if isinstance(value, int | float) else str(value)
        elif isinstance(value, tuple):
            told[name] = ",".join(str(part) for part in value)
    source = getattr(spider, "source", None)
    if isinstance(source, Source) and source.permissions:
        told["robots_permission"] = source.permissions
    return told


def record_of(crawler: Crawler) -> RunRecord:
    """The crawl's record. Raises RuntimeError if the extension is not there: a crawl that would keep nothing."""
    record = crawler.get_extension(RunRecord)
    if record is None:
        raise RuntimeError("crawler.extensions.run_record is not enabled")
    return record
