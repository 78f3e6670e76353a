"""robots.txt, obeyed and failing closed: of a host whose robots.txt cannot be read nothing is fetched.

RFC 9309: 404 and 410 mean that there are no rules; everything else that is no readable robots.txt (network failure,
5xx, 401, 403, an HTML or challenge page in its place) means that nothing may be fetched.

Scrapy's own middleware allows everything when robots.txt fails. In 2.19.0 it also lets through the third and every
further request that waits while robots.txt is being fetched: all wait on one Deferred, and the first to be woken
leaves None in it, which reads as "no rules". So the fetching here is our own.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser

from crawler.archive.records import Outcome
from crawler.extensions.run_record import record_of
from crawler.extensions.throttle import pace_of
from crawler.middlewares.outcome import INTERNAL, NotFetched

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

_OWN = "egov_robots"
#: Key of request.meta: by whose leave an address is asked for that robots.txt closes, in words.
PERMITTED = "egov_permitted"
#: Code of the issue that names each such address; its value is the letter's sha256.
ISSUE = "robots_permission"
_DELAY = re.compile(rb"^([ \t]*crawl-delay[ \t]*:[ \t]*)([^\s#]{1,40})", re.IGNORECASE | re.MULTILINE)
#: Four times what RFC 9309 wants read. Rules are read at once, and millions of them would hold up everything; to leave
#: some unread could be to ask for what they close.
_LARGEST = 2_000_000
#: What an endless delay is read as: Protego drops the line, and dropping it would be going on at our own pace.
_ENDLESS = b"1000000000"


class FailClosedRobots:
    """Asks for each host's robots.txt once a crawl, before anything else of the host, and keeps to it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._name: str = crawler.settings["ROBOTSTXT_USER_AGENT"]
        self._longest = crawler.settings.getfloat("EGOV_CRAWL_DELAY_MAX")
        self._told: set[str] = set()
        self._rules: dict[str, asyncio.Future[ProtegoRobotParser | NotFetched]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making a middleware."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raises NotFetched: forbidden where robots.txt closes the address or is itself refused (401, 403, 451), failed
        where it cannot be read for another reason.

        Leave given in writing opens an address that the rules close, and nothing of a host whose rules cannot be read.
        """
        if request.meta.get(_OWN):
            return
        parts = urlsplit(request.url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = asyncio.ensure_future(self._read(site))
        rules = await self._rules[site]
        if isinstance(rules, NotFetched):
            detail = f"not asked: robots.txt of {parts.netloc} cannot be read ({rules.detail})"
            raise NotFetched(rules.outcome, "robots_unreadable", detail, quiet=True)
        request.meta.pop(PERMITTED, None)  # a redirect's request has its own address, and needs its own leave
        if rules.allowed(request.url, self._name):
            return
        permission = record_of(self._crawler).permission(request.url)
        if permission is None:
            raise NotFetched(Outcome.FORBIDDEN, "robots_forbidden", f"robots.txt of {parts.netloc} forbids it")
        leave = f"written permission of {permission.who}, {permission.date}"
        line = f"robots.txt of {parts.netloc} forbids it; asked by {leave}"
        request.meta[PERMITTED] = f"{line}, letter sha256 {permission.sha256}"
        record_of(self._crawler).run.issue("warning", ISSUE, line, url=request.url, value=permission.sha256)
        if permission.sha256 not in self._told:
            self._told.add(permission.sha256)
            logger.warning("%s: %s (said once)", request.url, line)

    async def _read(self, site: str) -> ProtegoRobotParser | NotFetched:
        """The rules of a site, or why they cannot be read. Never raises."""
        host = urlsplit(site).netloc
        request = Request(f"{site}/robots.txt", callback=NO_CALLBACK, meta={_OWN: True})
        try:
            response = await self._crawler.engine.download_async(request)
            if len(response.body) > _LARGEST:
                raise NotFetched(Outcome.FAILED, "too_large", f"larger than {_LARGEST:,} bytes")
            body, odd = _delays(response.body)
            rules = ProtegoRobotParser(body, self._crawler.spider)
            for word in odd:
                line = f"robots.txt has a Crawl-delay that is no time: {word!r}; keeping our own"
                record_of(self._crawler).run.issue("warning", "crawl_delay_unread", line, url=request.url)
                logger.warning("%s: %s", host, line)
            self._keep_pace(request, rules)
        except NotFetched as error:
            if error.outcome is Outcome.MISSING:
                return ProtegoRobotParser(b"", self._crawler.spider)
            fault = error
        except Exception as error:
            fault = NotFetched(Outcome.FAILED, INTERNAL, f"{type(error).__name__}: {error}")
            logger.exception("%s: robots.txt", host)
        else:
            return rules
        logger.warning("%s: robots.txt cannot be read (%s): nothing of this host is fetched", host, fault.detail)
        return fault

    def _keep_pace(self, request: Request, rules: ProtegoRobotParser) -> None:
        """Keep the Crawl-delay, or end the crawl if it is beyond reason."""
        wished = rules.crawl_delay(self._name)
        host = urlsplit(request.url).netloc
        if wished is not None and not wished <= self._longest:  # a wish that is no number is within nothing
            line = (
                f"{host} asks for {wished:g} s between requests, more than the {self._longest:g} s that a crawl keeps"
            )
            record_of(self._crawler).stop("crawl_delay", line)
            return
        delay = pace_of(self._crawler).set_floor(request, wished or 0.0)
        if wished:
            logger.info("%s asks for %g s between requests; keeping %g s", host, wished, delay)


def _delays(body: bytes) -> tuple[bytes, list[str]]:
    """A robots.txt with endless delays as a number, and the values of delays that are no time, each once."""
    odd: dict[str, None] = {}

    def read(match: re.Match[bytes]) -> bytes:
        word = match.group(2).decode("utf-8", "replace")
        try:
            seconds = float(word)
        except ValueError:
            seconds = math.nan
        if seconds == math.inf:
            return match.group(1) + _ENDLESS
        if not seconds >= 0:
            odd[word] = None
        return match.group()

    return _DELAY.sub(read, body), list(odd)
