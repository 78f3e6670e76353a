"""What the spiders share: their source, their options, and how a page is asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.config import CrawlConfig
from crawler.errors import UsageError
from crawler.extensions.nothing_found import NothingFound
from crawler.pages.address import read_date
from crawler.pages.records import Lang, PageKind, Target
from crawler.settings import crawl_config
from crawler.sources.load import Source, load_sources

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

#: Scrapy asks requests of a higher priority first.
FIRST = 10
T = TypeVar("T")
Callback = Callable[[Response], Iterable[Request]]
Errback = Callable[[Failure], Iterable[Request]]


class SourceSpider(Spider):
    """A spider of one source: says which pages to ask for, nothing else.

    Requests carry their `Target`; archiving, verdicts and the record of how each asking ended belong to the
    middlewares, reading to the ingest.
    """

    #: The names of the spider's options, each documented in its class.
    options: ClassVar[tuple[str, ...]] = ("lang", "sample")

    def __init__(self, *, config: CrawlConfig, **options: Any) -> None:  # noqa: ANN401 - Scrapy's own
        """`lang`: languages by commas, of those the source is asked in; `sample`: at most so many pages of each list.

        Raises UsageError.
        """
        for name in options:
            if name not in self.options:
                raise UsageError(f"{self.name}: unknown option {name!r}; there are: {', '.join(self.options)}")
        super().__init__()
        self.source: Source = load_sources(config).of_spider(self.name)
        self.base_url = self.source.site.base
        self.langs = tuple(Lang(word) for word in self.choose("lang", options, self.source.facts.ask))
        self.sample = read_sample(options.get("sample", ""))

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401 - Scrapy's own
        """Scrapy's way of making a spider: with the configuration of this crawl.

        What cannot be asked ends the process with one line, 2: Scrapy's own command would show a traceback. Harvests
        ask the class itself before they get here.
        """
        try:
            spider = super().from_crawler(crawler, *args, config=crawl_config(crawler.settings), **kwargs)
        except UsageError as error:
            sys.stderr.write(f"egov-audit: {error}\n")
            raise SystemExit(error.exit_code) from None
        spider.nothing_found = NothingFound(crawler)
        return spider

    nothing_found: NothingFound

    def choose(self, option: str, options: dict[str, Any], known: Iterable[str]) -> tuple[str, ...]:
        """The names an option gives by commas, in the known order; all of them when it gives none. Raises UsageError.

        What was chosen stays as an attribute under the option's name, for the run's record.
        """
        known = tuple(str(name) for name in known)
        names = [name.strip() for name in options.get(option, "").split(",") if name.strip()]
        for name in names:
            if name not in known:
                raise UsageError(f"{self.name}: {option} {name!r} is not one of {', '.join(known)}")
        chosen = tuple(name for name in known if not names or name in names)
        setattr(self, option, ",".join(chosen))
        return chosen

    def ask(
        self,
        target: Target,
        url: str,
        callback: Callback,
        errback: Errback,
        **meta: Any,  # noqa: ANN401 - Scrapy's own
    ) -> Request:
        """A request for one address of a target. Pages that name others go before those, in case a budget ends."""
        ahead = FIRST if target.kind in (PageKind.ACT_HISTORY, PageKind.PORTAL_LIST) else 0
        return Request(url, callback=callback, errback=errback, priority=ahead, meta={"target": target, **meta})

    def done(self, _response: Response) -> Iterable[Request]:
        """For a page that leads to no other: it is archived already."""
        return ()

    def gone(self, _failure: Failure) -> Iterable[Request]:
        """For a page without another address: how the asking ended is recorded already."""
        return ()


def content_type(response: Response) -> str:
    """The header's value, "" when there is none."""
    return (response.headers.get("Content-Type") or b"").decode("latin-1")


def spread(items: Sequence[T], most: int | None) -> tuple[T, ...]:
    """At most so many of the items, evenly spread with the first and the last; all of them for None."""
    if most is None or len(items) <= most:
        return tuple(items)
    if most == 1:
        return (items[-1],)
    return tuple(items[round(step * (len(items) - 1) / (most - 1))] for step in range(most))


def read_sample(text: str) -> int | None:
    """The number that `sample` gives, None for none. Raises UsageError."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise UsageError(f"sample {text!r} is no number above 0")
    return int(text)


def read_since(text: str) -> date | None:
    """The day that `since` gives as 2020-01-31 or 31.01.2020, None for none. Raises UsageError."""
    if not text:
        return None
    try:
        return read_date(text) or date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"since {text!r} is no day such as 2020-01-31") from None
