"""The pace at a host: never faster than the configured delay or its Crawl-delay, slower when it answers slowly."""

from __future__ import annotations

import logging
from time import monotonic
from typing import TYPE_CHECKING

from scrapy.extensions.throttle import AutoThrottle
from scrapy.utils.asyncio import call_later

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.core.downloader import Slot
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)


class Pace(AutoThrottle):
    """AutoThrottle with a floor for each host: its own is one delay for all, and would go below a Crawl-delay."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._floors: dict[str, float] = {}

    def set_floor(self, request: Request, seconds: float) -> float:
        """Ask the host of `request` at most once in `seconds`, or in the configured delay if that is longer.

        Gives the delay in force. It outlives the slot, which Scrapy drops after a minute without requests.
        """
        downloader = self.crawler.engine.downloader
        key = downloader.get_slot_key(request)
        floor = max(seconds, self._floors.get(key, 0.0), self.crawler.settings.getfloat("DOWNLOAD_DELAY"))
        self._floors[key] = floor
        downloader.per_slot_settings[key] = {**downloader.per_slot_settings.get(key, {}), "delay": floor}
        slot = downloader.slots.get(key)
        if slot is not None:
            slot.delay = max(slot.delay, floor)
        self.crawler.stats.set_value(f"egov/delay/{key}", floor)
        return floor

    def pause(self, request: Request, seconds: float) -> None:
        """Send nothing more to the host of `request` for that long; other hosts and the engine go on."""
        downloader = self.crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        if slot is None:
            return
        if slot.latercall:
            slot.latercall.cancel()
        slot.lastseen = max(slot.lastseen, monotonic() + seconds - slot.delay)
        slot.latercall = call_later(seconds, downloader._latercall, slot)

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        super()._adjust_delay(slot, latency, response)
        slot.delay = max(slot.delay, self.mindelay)  # its longest pause may be shorter than the configured delay
        for key, floor in self._floors.items():
            if self.crawler.engine.downloader.slots.get(key) is slot:
                slot.delay = max(slot.delay, floor)
                self.crawler.stats.min_value(f"egov/least_delay/{key}", slot.delay)


def pace_of(crawler: Crawler) -> Pace:
    """The crawl's pace. Raises RuntimeError if the extension is not there: a crawl without manners."""
    pace = crawler.get_extension(Pace)
    if pace is None:
        raise RuntimeError("crawler.extensions.throttle is not enabled")
    return pace
