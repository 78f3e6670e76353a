"""A crawl gone on with after a kill: what was answered is told to the spider again from the archive, not asked again.

The fetch log is gone through in its own order, so every callback finds the spider as it was then, and what is left over
is exactly what had not been asked when the process was killed. Log lines that are there are not written twice.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.base import BaseSpiderMiddleware
from twisted.python.failure import Failure

from crawler.archive.records import Fetch, Outcome
from crawler.archive.warc import safe_url
from crawler.errors import AuditError
from crawler.extensions.run_record import FAULTS, FETCH, PAGES_OK, RESUMED, record_of
from crawler.middlewares.outcome import INTERNAL, NotFetched
from crawler.pages.records import PageKind

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)


class Resume(BaseSpiderMiddleware):
    """Takes the requests that were answered before the kill out of what the spider asks for."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._record = record_of(crawler)
        self._waiting: dict[str, Request] = {}
        self._answered: set[str] = set()

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """The requests to begin with: the spider's own, or what is left of a killed crawl."""
        pages = [fetch for fetch in self._earlier() if fetch.target.kind is not PageKind.ROBOTS]
        if not pages:
            async for each in start:
                yield each
            return
        logger.warning(
            "%s: going on with the crawl that was killed: %d pages were answered",
            self.crawler.spidercls.name,
            len(pages),
        )
        self._add([each async for each in start])
        self._count(pages)
        for fetch in pages:
            self._answered.add(fetch.url)
            request = self._waiting.pop(fetch.url, None)
            if request is not None:
                self._add(self._tell(request, fetch))
        for request in self._waiting.values():
            yield request

    def get_processed_request(self, request: Request, response: Response | None) -> Request | None:  # noqa: ARG002
        """What a callback asks for; None for what was answered before the kill."""
        return None if safe_url(request.url) in self._answered else request

    def _earlier(self) -> tuple[Fetch, ...]:
        return self._record.run.earlier.fetches if self._record.is_open else ()

    def _add(self, requests: Iterable[Request]) -> None:
        for request in requests:
            if safe_url(request.url) not in self._answered:
                self._waiting.setdefault(safe_url(request.url), request)

    def _tell(self, request: Request, fetch: Fetch) -> list[Request]:
        """What the spider makes of an answer it was given before."""
        try:
            if fetch.outcome is not Outcome.FETCHED:
                failure: Any = Failure(NotFetched(fetch.outcome, "", fetch.detail))  # type: ignore[no-untyped-call]
                failure.request = request  # where Scrapy hangs it
                return list(request.errback(failure) or ()) if request.errback else []
            if request.callback is None or request.callback == getattr(self.crawler.spider, "done", None):
                return []
            return list(request.callback(self._response(request, fetch)) or ())
        except AuditError as error:
            self._record.run.issue("error", "evidence_unreadable", str(error), url=request.url)
            logger.error("%s: %s", request.url, error)
        except Exception:
            self.crawler.stats.inc_value("spider_exceptions/count")
            logger.exception("%s: told again from the archive", request.url)
        return []

    def _response(self, request: Request, fetch: Fetch) -> Response:
        """Raises IntegrityError for an answer that cannot be read any more."""
        capture = self._record.run.earlier.capture(fetch.capture_id)
        if capture is None:
            return Response(request.url, request=request)
        headers = {"Content-Type": capture.content_type}
        return Response(capture.url, headers=headers, body=self._record.run.body(capture), request=request)

    def _count(self, pages: Iterable[Fetch]) -> None:
        """Give the crawl's statistics what they would hold without the kill; bytes are those of the bodies."""
        stats, earlier = self.crawler.stats, self._record.run.earlier
        for fetch in pages:
            stats.inc_value(f"{FETCH}{fetch.outcome.value}")
            stats.inc_value(RESUMED)
            if fetch.outcome is Outcome.FETCHED:
                stats.inc_value(PAGES_OK)
        stats.inc_value(FAULTS, earlier.faults[INTERNAL])
        stats.inc_value("egov/unchanged", sum(capture.status == 304 for capture in earlier.captures))
        stats.inc_value("downloader/request_count", len(earlier.captures))
        stats.inc_value("downloader/response_bytes", sum(capture.size for capture in earlier.captures))
