"""robots.txt, obeyed and failing closed: of a host whose robots.txt cannot be read nothing is fetched.

RFC 9309: 404 and 410 mean that there are no rules; everything else that is no readable robots.txt (network failure,
5xx, 401, 403, an HTML or challenge page in its place) means that nothing may be fetched. Scrapy alone would allow all.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.robotstxt import ProtegoRobotParser, RobotParser
from twisted.internet.defer import Deferred

from crawler.archive.records import Outcome
from crawler.extensions.throttle import pace_of
from crawler.middlewares.outcome import NotFetched

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)


class _Closed(RobotParser):
    """Stands for a robots.txt that could not be read."""

    def __init__(self, reason: str) -> None:
        self.reason = reason

    @classmethod
    def from_crawler(cls, crawler: Crawler, robotstxt_body: bytes) -> _Closed:
        """Never made from a body."""
        raise NotImplementedError

    def allowed(self, url: str | bytes, user_agent: str | bytes) -> bool:  # noqa: ARG002 - Scrapy's interface
        """No."""
        return False


class FailClosedRobots(RobotsTxtMiddleware):
    """Scrapy's middleware with the defaults of a guest: closed when in doubt, and Crawl-delay kept."""

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raises NotFetched, forbidden, for an address that robots.txt closes, or whose robots.txt cannot be read."""
        host = request.url.split("/")[2]
        if isinstance(rp, _Closed):
            raise NotFetched(
                Outcome.FORBIDDEN,
                "robots_unreadable",
                f"not asked: robots.txt of {host} cannot be read ({rp.reason})",
                quiet=True,
            )
        if rp is not None and not rp.allowed(request.url, self._robotstxt_useragent or ""):
            raise NotFetched(Outcome.FORBIDDEN, "robots_forbidden", f"robots.txt of {host} forbids it")

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        await super()._parse_robots(response, netloc, request)
        rules = self._parsers[netloc]
        wished = rules.crawl_delay(self._robotstxt_useragent or "") if isinstance(rules, RobotParser) else None
        delay = pace_of(self.crawler).set_floor(request, wished or 0.0)
        if wished:
            logger.info("%s asks for %g s between requests; keeping %g s", netloc, wished, delay)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        waiting = self._parsers[netloc]
        rules: RobotParser
        if isinstance(exc, NotFetched) and exc.outcome is Outcome.MISSING:
            rules = ProtegoRobotParser(b"", self.crawler.spider)
        else:
            rules = _Closed(exc.detail if isinstance(exc, NotFetched) else type(exc).__name__)
            logger.warning("%s: robots.txt cannot be read (%s): nothing of this host is fetched", netloc, rules.reason)
        self._parsers[netloc] = rules
        if isinstance(waiting, Deferred):
            waiting.callback(rules)
