"""Further tries: few, after everything else of the crawl, and not before the time that the server asks for.

What may have been meant (a refusal, a login page, a redirect away) is asked again less often than what never is (a
failure, half a page): a flaky server gives both, and a page is called lost only when it was asked again in vain.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Self

from scrapy.downloadermiddlewares.retry import RetryMiddleware, get_retry_request

from crawler.extensions.run_record import Waiting, record_of
from crawler.extensions.throttle import pace_of
from crawler.middlewares.evidence import ASKED, CAPTURE, CUT, SETTLED, VERDICT, target_of
from crawler.middlewares.outcome import NotFetched, certificate_fault
from crawler.pages.records import PageKind, Verdict

if TYPE_CHECKING:
    from scrapy import Request, Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

_ASKING = frozenset({429, 503})
_NOT_THERE = frozenset({404, 410})
_DOUBTED = "egov_doubted"  # key of request.meta: answers to it that may have been meant, and were not believed
#: What no server means.
_PASSING = frozenset({Verdict.EMPTY, Verdict.MAINTENANCE, Verdict.TRUNCATED})
#: Further tries of what a server may mean. Without a page or rules where there were some, we would claim too much.
_MEANT = {Verdict.LOGIN: 2, Verdict.NOT_HTML: 2}
_REFUSED, _AWAY = 1, 2


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
        record_of(self.crawler).waiting.pop(request.meta[ASKED], None)
        verdict = request.meta.get(VERDICT)
        if verdict is Verdict.CHALLENGE:
            return response
        if response.status in _ASKING and not self._wait(request, response):
            return response
        if request.meta.get(SETTLED):
            return response
        if request.meta.get(CUT) or verdict in _PASSING:
            return self._retry(request, verdict.value if verdict else "cut") or response
        if doubts := _doubts(request, response, verdict):
            return ask_again(self.crawler, request, str(verdict or response.status), doubts) or response
        return super().process_response(request, response)

    def process_exception(
        self,
        request: Request,
        exception: Exception,
        spider: Spider | None = None,  # noqa: ARG002 - Scrapy's interface
    ) -> Request | Response | None:
        """A second request after a failure that may pass, else None."""
        if isinstance(exception, NotFetched):
            return None  # it was not asked: what waits for it still does
        record_of(self.crawler).waiting.pop(request.meta[ASKED], None)
        if certificate_fault(exception):
            return None
        return super().process_exception(request, exception)

    def _retry(self, request: Request, reason: str | Exception | type[Exception]) -> Request | None:
        return _noted(self.crawler, super()._retry(request, reason))

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


def ask_again(crawler: Crawler, request: Request, reason: str, times: int = _AWAY) -> Request | None:
    """The same request for later, after an answer that may have been meant; None if it was given so often before."""
    doubted = request.meta.get(_DOUBTED, 0)
    if doubted >= times or crawler.spider is None:
        return None
    again = get_retry_request(request, spider=crawler.spider, reason=reason)
    if again is not None:
        again.meta[_DOUBTED] = doubted + 1
    return _noted(crawler, again)


def _noted(crawler: Crawler, again: Request | None) -> Request | None:
    record = record_of(crawler)
    if again is None or record.stopped:
        return None  # a crawl that was stopped asks for nothing more
    record.waiting[again.meta[ASKED]] = Waiting(again, again.meta.get(VERDICT), again.meta.get(CAPTURE, ""))
    return again


def _doubts(request: Request, response: Response, verdict: Verdict | None) -> int:
    """How often an answer like this one is not believed.

    Editions are looked for under several forms of address: that one of them is not there is no news.
    """
    if verdict in _MEANT:
        return _MEANT[verdict]
    target = target_of(request, "")
    if target.kind is PageKind.ROBOTS and not response.body.strip():
        return _REFUSED  # no rules at all
    missing = response.status in _NOT_THERE and target.edition_date is None
    return _REFUSED if missing or response.status == HTTPStatus.FORBIDDEN else 0
