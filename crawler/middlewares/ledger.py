"""How every asking ended, recorded in one place: the outermost middleware sees what all others let through.

A callback gets a page under verdict ok and nothing else; whatever else happened reaches the errback as NotFetched.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin

from crawler.archive.records import Outcome
from crawler.errors import in_words
from crawler.extensions.run_record import FAULTS, FETCH, PAGES_OK, Waiting, record_of
from crawler.middlewares.evidence import ASKED, CAPTURE, FAULT, VERDICT, target_of
from crawler.middlewares.outcome import INTERNAL, NotFetched, explain, judged
from crawler.middlewares.redirects import MOST, RefusedError, follow
from crawler.middlewares.retry import ask_again
from crawler.pages.address import host_of
from crawler.pages.records import PageKind, Verdict

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

_HOPS = "egov_hops"


class Ledger:
    """One line in the fetch log for every address asked, an issue and a printed line for each that gave no page."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._stats = crawler.stats
        self._record = record_of(crawler)
        self._timeout = settings.getfloat("DOWNLOAD_TIMEOUT")
        self._limit = settings.getint("DOWNLOAD_MAXSIZE")
        self._deepest = settings.getint("EGOV_DEPTH_MAX")
        self._record.before_close(self._tell_waiting)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making a middleware."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raises NotFetched for an address that no source of this crawl has, and for one too many links away."""
        request.meta.setdefault(ASKED, request.url)
        if host_of(request.url) not in self._record.fetch_hosts:
            raise NotFetched(Outcome.FORBIDDEN, "foreign_host", "not asked: not a host of this source")
        if request.meta.get("depth", 0) > self._deepest:
            raise NotFetched(Outcome.FAILED, "too_deep", f"not asked: more than {self._deepest} links from the start")

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """The page, or the request that a redirect leads to. Raises NotFetched for everything else."""
        fault: NotFetched | None = request.meta.get(FAULT)
        verdict: Verdict | None = request.meta.get(VERDICT)
        if fault is None and verdict is Verdict.REDIRECT:
            following = self._redirected(request, response)
            if not isinstance(following, NotFetched):
                return following
            fault = following
            if (again := self._asked_again(request, response)) is not None:
                return again
        if fault is None and verdict is Verdict.OK:
            self._note(request, Outcome.FETCHED, None, response.status)
            return response
        fault = fault or judged(response.status, verdict)
        fault.status, fault.verdict, fault.capture_id = response.status, verdict, request.meta.get(CAPTURE, "")
        if verdict is Verdict.CHALLENGE:
            self._record.stop("challenge", f"{request.url} answers with a challenge page")
        self._refuse(request, fault)
        raise fault

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Raises the NotFetched that a failure to ask or to get an answer means."""
        fault = explain(exception, timeout=self._timeout, limit=self._limit)
        if fault is not exception:
            fault.__cause__ = exception
        if (waiting := self._record.waiting.pop(request.meta[ASKED], None)) is not None:
            fault = _not_again(waiting)  # that it was not asked now is the lesser half
            request.meta[VERDICT], request.meta[CAPTURE] = waiting.verdict, waiting.capture_id
        self._refuse(request, fault)
        raise fault

    def _redirected(self, request: Request, response: Response) -> Request | NotFetched:
        hops = request.meta.get(_HOPS, 0)
        location = response.headers.get("Location") or b""
        try:
            if hops >= MOST:
                raise RefusedError(f"more than {MOST} redirects in a row")
            url = follow(
                request.url,
                response.status,
                location.decode("utf-8", errors="replace"),
                self._record.fetch_hosts,
                self._record.sites,
            )
        except RefusedError as error:
            return NotFetched(Outcome.FAILED, "redirect_refused", str(error))
        following: Request = request.replace(url=url, dont_filter=True)
        following.meta[_HOPS] = hops + 1
        return following

    def _asked_again(self, request: Request, response: Response) -> Request | None:
        """The address first asked, once more: a site in trouble sends everybody away to another host."""
        try:
            host = host_of(urljoin(request.url, (response.headers.get("Location") or b"").decode("utf-8", "replace")))
        except ValueError:
            return None
        if not host or host in self._record.fetch_hosts:
            return None
        first: Request = request.replace(url=request.meta[ASKED])
        first.meta[_HOPS] = 0
        return ask_again(self._crawler, first, "sent away")

    def _refuse(self, request: Request, fault: NotFetched) -> None:
        """Record and print; robots.txt's own middleware prints its line."""
        self._note(request, fault.outcome, fault, fault.status)
        if fault.code == INTERNAL:
            self._stats.inc_value(FAULTS)
            logger.error("%s: %s", request.meta[ASKED], fault.detail, exc_info=fault.__cause__)
        elif not (fault.quiet or target_of(request, "").kind is PageKind.ROBOTS):
            logger.warning("%s: %s: %s", request.meta[ASKED], fault.outcome.value, fault.detail)

    def _tell_waiting(self) -> None:
        """Record the pages that failed and were to be asked again when the crawl ended."""
        for waiting in self._record.waiting.values():
            self._note(waiting.request, Outcome.FAILED, _not_again(waiting), 0)

    def _note(self, request: Request, outcome: Outcome, fault: NotFetched | None, status: int) -> None:
        """One line in the fetch log under the address first asked; redirects are told by the captures themselves."""
        asked: str = request.meta[ASKED]
        detail = fault.detail if fault else ""
        if request.url != asked:
            detail = f"redirected to {request.url}" + (f": {detail}" if detail else "")
        target = target_of(request, self._record.source)
        if target.kind is not PageKind.ROBOTS:
            self._stats.inc_value(f"{FETCH}{outcome.value}")
            if outcome is Outcome.FETCHED:
                self._stats.inc_value(PAGES_OK)
        if self._record.stopped == "archive":
            return  # said by the stop itself; a further line could not be written either
        try:
            # The fetch line last: it says that all is kept, and a run gone on with after a kill asks for what has none.
            if fault and not (target.kind is PageKind.ROBOTS and outcome is Outcome.MISSING):
                level = "error" if outcome is Outcome.FAILED else "warning"
                self._record.run.issue(level, fault.code, fault.detail, url=asked)
            self._record.run.fetch(
                target,
                asked,
                outcome,
                status=status,
                verdict=request.meta.get(VERDICT),
                detail=detail,
                capture_id=request.meta.get(CAPTURE, ""),
            )
        except OSError as error:
            self._record.stop("archive", f"the archive cannot be written: {in_words(error)}")


def _not_again(waiting: Waiting) -> NotFetched:
    detail = "failed, and the crawl ended before it was asked again"
    fault = NotFetched(Outcome.FAILED, "not_again", detail, quiet=True)
    fault.verdict, fault.capture_id = waiting.verdict, waiting.capture_id
    return fault
