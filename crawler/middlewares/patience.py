"""The end of a crawl at a server in trouble: not helped by being asked on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from crawler.archive.records import Outcome
from crawler.extensions.run_record import record_of
from crawler.middlewares.evidence import FAULT, VERDICT, target_of
from crawler.middlewares.outcome import NotFetched, explain, judged
from crawler.pages.records import PageKind, Verdict

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_HOPELESS = (None, Verdict.HTTP_ERROR, Verdict.MAINTENANCE)


class Patience:
    """Counts pages that failed one after another when they were first asked for.

    Further tries come after everything else, so at the end of a good crawl there may be nothing but failures; and a
    server that goes down is left alone after so many pages, not after so many of which each was tried to the last.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._record = record_of(crawler)
        self._timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._most = crawler.settings.getint("EGOV_FAILURES_IN_A_ROW")
        self._failed = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making a middleware."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """The response as it is."""
        verdict: Verdict | None = request.meta.get(VERDICT)
        fault: NotFetched | None = request.meta.get(FAULT)
        if fault is None and verdict not in (Verdict.OK, Verdict.REDIRECT):
            fault = judged(response.status, verdict)
        hopeless = fault is not None and fault.outcome is Outcome.FAILED and verdict in _HOPELESS
        self._count(request, fault if hopeless else None)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Count a request without an answer."""
        fault = explain(exception, timeout=self._timeout, limit=self._limit)
        if not fault.quiet:  # what was never asked says nothing about the server
            self._count(request, fault if fault.outcome is Outcome.FAILED else None)

    def _count(self, request: Request, fault: NotFetched | None) -> None:
        if fault is None:
            self._failed = 0
        elif not request.meta.get("retry_times") and target_of(request, "").kind is not PageKind.ROBOTS:
            self._failed += 1
            if self._most and self._failed >= self._most:
                self._record.stop("failures", f"{self._failed} requests in a row failed, the last with: {fault.detail}")
