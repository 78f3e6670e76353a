"""Second tries: few, only after failures that pass, and not before the time that the server asks for."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Self

from scrapy.downloadermiddlewares.retry import RetryMiddleware

from crawler.extensions.run_record import record_of
from crawler.extensions.throttle import pace_of
from crawler.middlewares.evidence import CUT
from crawler.middlewares.outcome import certificate_fault
from crawler.pages.records import Verdict

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

_ASKING = frozenset({429, 503})


def seconds_to_wait(value: str, now: datetime) -> float | None:
    """What a `Retry-After` header asks for, in seconds from `now` (aware): a number or an HTTP date. None: neither."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


class Retries(RetryMiddleware):
    """Scrapy's retries; beside them Retry-After, and no second try for a challenge or a bad certificate."""

    crawler: Crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making a middleware."""
        middleware = super().from_crawler(crawler)
        middleware._cap = crawler.settings.getfloat("EGOV_RETRY_AFTER_MAX")
        return middleware

    _cap: float

    def process_response(
        self,
        request: Request,
        response: Response,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's interface
    ) -> Request | Response:
        """A second request, or the response as it is."""
        if request.meta.get("verdict") is Verdict.CHALLENGE:
            return response
        if response.status in _ASKING and not self._wait(request, response):
            return response
        if request.meta.get(CUT):
            return self._retry(request, "cut") or response
        return super().process_response(request, response)

    def process_exception(
        self,
        request: Request,
        exception: Exception,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's interface
    ) -> Request | Response | None:
        """A second request after a failure that may pass, else None."""
        if certificate_fault(exception):
            return None
        return super().process_exception(request, exception)

    def _wait(self, request: Request, response: Response) -> bool:
        """Pause the host for as long as it asks; False if it asks for longer than this crawl waits, which ends it."""
        told = response.headers.get("Retry-After")
        wait = seconds_to_wait(told.decode("latin-1"), datetime.now(UTC)) if told else None
        if wait is None:
            return True
        host = request.url.split("/")[2]
        if wait > self._cap:
            line = f"{host} asks to wait {wait:.0f} s, longer than the {self._cap:.0f} s that a crawl waits"
            record_of(self.crawler).stop("retry_after", line)
            return False
        logger.warning("%s answers %d and asks to wait %.0f s: waiting", host, response.status, wait)
        self.crawler.stats.inc_value("egov/retry_after_seconds", round(wait))
        pace_of(self.crawler).pause(request, wait)
        return True
