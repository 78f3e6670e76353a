"""Nothing found is a failure: a page that should name others and names none ends the crawl as failed.

Everything else is still fetched first; the run then closes with a finish reason of its own.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import CloseSpider

from crawler.extensions.run_record import record_of

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)

REASON = "nothing_found"


class NothingFound:
    """The pages of one crawl that named nothing."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._lines: list[str] = []
        crawler.signals.connect(self._idle, signal=signals.spider_idle)

    def note(self, url: str, words: str) -> None:
        """Record a page that named nothing: an issue of the run, one printed line, a count. `words` say what it is."""
        self._lines.append(f"{url}: {words}")
        self._crawler.stats.inc_value("egov/nothing_found")
        record_of(self._crawler).run.issue("error", REASON, words, url=url)
        logger.warning("%s: %s", url, words)

    def _idle(self) -> None:
        if self._lines:
            rest = f" (and {len(self._lines) - 1} more)" if len(self._lines) > 1 else ""
            record_of(self._crawler).line = self._lines[0] + rest
            raise CloseSpider(REASON)
