"""How far the crawls are, on stderr: a line that moves on a terminal, plain lines now and then elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from scrapy import signals

from crawler.archive.records import Outcome
from crawler.extensions.run_record import FETCH, RESUMED

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

#: Seconds between two plain lines about one crawl.
PAUSE = 30.0


class Reporter:
    """Shows every crawl it watches on one console, and the log lines above them."""

    def __init__(self, console: Console, clock: Callable[[], float] = monotonic) -> None:
        """`clock` gives seconds."""
        self._console = console
        self._clock = clock
        self._watches: list[_Watch] = []
        self._bars: Progress | None = None
        if console.is_terminal:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[told]}"),
            )
            self._bars = Progress(*columns, TimeElapsedColumn(), console=console, transient=True)

    def __enter__(self) -> Self:
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def watch(self, crawler: Crawler) -> None:
        """Follow a crawl that has not begun yet."""
        show = self._show_bar if self._bars is not None else self._show_line
        self._watches.append(_Watch(crawler, show, self._clock()))

    def log_handler(self, form: str, level: str) -> logging.Handler:
        """A handler that prints log lines on the same console, so that they do not tear the moving line."""
        handler = _ConsoleHandler(self._console)
        handler.setFormatter(logging.Formatter(form))
        handler.setLevel(level)
        return handler

    def _show_bar(self, watch: _Watch) -> None:
        if self._bars is None:
            return
        if watch.task is None:
            watch.task = self._bars.add_task(watch.name, total=None, told="")
        self._bars.update(watch.task, total=watch.asked, completed=watch.ended, told=watch.told)  # type: ignore[arg-type]

    def _show_line(self, watch: _Watch) -> None:
        now = self._clock()
        if watch.closed or now - watch.shown >= PAUSE:
            watch.shown = now
            self._console.print(
                f"{watch.name}: {watch.ended} of {watch.asked} asked {watch.told}".rstrip(), markup=False
            )


class _Watch:
    """Counts of one crawl, read from its statistics whenever something happens."""

    def __init__(self, crawler: Crawler, show: Callable[[_Watch], None], shown: float) -> None:
        self._crawler = crawler
        self._show = show
        self.name = crawler.spidercls.name
        self._scheduled = 0
        self.task: object = None
        self.shown = shown
        self.closed = False
        crawler.signals.connect(self._asked, signal=signals.request_scheduled)
        crawler.signals.connect(self._closed, signal=signals.spider_closed)
        for signal in (signals.response_received, signals.request_reached_downloader, signals.spider_idle):
            crawler.signals.connect(self._moved, signal=signal)

    @property
    def counts(self) -> dict[str, int]:
        """Outcome → how many askings ended so; robots.txt is among them."""
        stats = self._crawler.stats
        return {o.value: n for o in Outcome if (n := int(stats.get_value(f"{FETCH}{o.value}", 0)))}

    @property
    def asked(self) -> int:
        return self._scheduled + int(self._crawler.stats.get_value(RESUMED, 0))

    @property
    def ended(self) -> int:
        return min(self.asked, sum(self.counts.values()))

    @property
    def told(self) -> str:
        told = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        return f"({told})" if told else ""

    def _asked(self) -> None:
        self._scheduled += 1
        self._show(self)

    def _moved(self) -> None:
        self._show(self)

    def _closed(self) -> None:
        self.closed = True
        self._show(self)


class _ConsoleHandler(logging.Handler):
    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        self._console.print(self.format(record), markup=False, highlight=False, soft_wrap=True)
