"""The connection: certificates verified against the system's authorities and those a person adds, and the last gate.

Scrapy verifies on request (`DOWNLOAD_VERIFY_CERTIFICATES`) but only against the system's store; the one place to add
an authority is the policy that its HTTP handler asks for each host.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import CannotResolveHostError
from twisted.internet.ssl import optionsForClientTLS
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]

from crawler.archive.records import Outcome
from crawler.authorities import SystemAnd
from crawler.extensions.run_record import record_of
from crawler.middlewares.addresses import guard, named_hosts
from crawler.middlewares.outcome import NotFetched
from crawler.settings import crawl_config

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response


@implementer(IPolicyForHTTPS)
class VerifyingPolicy:
    """Chain and host name are verified for every connection; there is no switch that turns it off."""

    def __init__(self, ca_file: Path | None) -> None:
        self._trust = SystemAnd(ca_file)

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802, ANN401, ARG002 - Twisted's interface
        """The settings of a TLS connection to that host."""
        trust: Any = self._trust  # zope interfaces mean nothing to the type checker
        return optionsForClientTLS(hostname.decode("ascii"), trustRoot=trust)


class VerifyingHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1 handler with our policy, and the last gate before a request leaves the house.

    Requests that wait for their turn at a host have passed every middleware already; only here can a stopped crawl or
    a used-up budget still hold them back.
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        ca_file = crawler.settings.get("EGOV_CA_FILE")
        policy: Any = VerifyingPolicy(Path(ca_file) if ca_file else None)
        self._contextFactory = policy
        # Twisted would ask again by itself on a connection that died: unseen by delay, budget and the count of tries.
        self._pool.retryAutomatically = False
        self._named = named_hosts(crawl_config(crawler.settings))
        self._budget = crawler.settings.getint("EGOV_BUDGET")
        self._sent = 0
        # It warns of every body over the limit; the ledger says the same in the line it prints for the address.
        logging.getLogger("scrapy.core.downloader.handlers.http11").setLevel(logging.ERROR)

    async def download_request(self, request: Request) -> Response:
        """Ask. Raises NotFetched for a request that is not sent, else what Scrapy's handler raises."""
        record = record_of(self._crawler)
        sent = self._sent + record.sent_before
        if not record.stopped and self._budget and sent >= self._budget:
            record.stop("budget", f"the budget of {self._budget:,} requests is used up")
        if record.stopped:
            raise NotFetched(Outcome.FAILED, "stopped", f"not asked: {record.line}", quiet=True)
        self._sent += 1
        from twisted.internet import reactor

        # At each request: whoever starts the process may put in a resolver of its own after this was made.
        refused = guard(reactor, self._named).refused
        try:
            return await super().download_request(request)
        except CannotResolveHostError:
            host = urlsplit(request.url).hostname or ""
            if host not in refused:
                raise
            line = f"not asked: {host} leads to {refused[host]}, which is no public address"
            raise NotFetched(Outcome.FAILED, "private_address", line) from None
