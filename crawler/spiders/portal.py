"""Spider `portal`: egov.kz's lists of services, and the page of every service listed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any, ClassVar
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.asking import SourceSpider, content_type, spread
from crawler.pages.address import identify, urls_for
from crawler.pages.portal import parse_portal_list
from crawler.pages.records import PageKind, PortalListing, Target


class PortalSpider(SourceSpider):
    """Asks every list (by audience and language) and each listed service's page once a language.

    Where two lists link one service under different paths, the second path is asked only when the first gave nothing.
    Options: `lang`, `audience` (both by commas), `sample` (so many services of each list, evenly spread).
    """

    name = "portal"

    options: ClassVar[tuple[str, ...]] = ("audience", "lang", "sample")

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Scrapy's own
        super().__init__(**options)
        self.audiences = self.choose("audience", options, self.source.audiences)
        self._waiting: dict[Target, list[str]] = {}  # paths known and not asked
        self._known: set[str] = set()
        self._settled: set[Target] = set()  # being asked, or had

    async def start(self) -> AsyncIterator[Request]:
        """Every list."""
        for audience in self.audiences:
            for lang in self.langs:
                target = Target(self.source.name, PageKind.PORTAL_LIST, lang, audience=audience)
                yield self.ask(target, urls_for(target, self.source.site)[0], self.listings, self.gone)

    def listings(self, response: Response) -> Iterable[Request]:
        """The page of every service in the list that is not asked for already."""
        listed: Target = response.meta["target"]
        page = parse_portal_list(response.body, listed, self.source.site, content_type(response))
        if not page.listings:
            self.nothing_found.note(response.url, "the list names no service")
        chosen = set(spread(tuple(dict.fromkeys(listing.slug for listing in page.listings)), self.sample))
        for listing in page.listings:
            if listing.slug not in chosen:
                continue
            target, url = self._page(listing, listed, response.url)
            if url not in self._known:
                self._known.add(url)
                self._waiting.setdefault(target, []).append(url)
            yield from self._next(target)

    def next_path(self, failure: Failure) -> Iterable[Request]:
        """The same service under another path, where a list names one."""
        target: Target = failure.request.meta["target"]  # type: ignore[attr-defined]  # hung on by Scrapy
        self._settled.discard(target)
        return self._next(target)

    def _page(self, listing: PortalListing, listed: Target, base: str) -> tuple[Target, str]:
        """The service in the list's own language, and its address: the link's, if that is in the same language."""
        target = Target(self.source.name, PageKind.SERVICE_PAGE, listed.lang, slug=listing.slug)
        url = urljoin(base, listing.href)
        if identify(url, (self.source.site,)) != target:
            url = urls_for(target, self.source.site)[0]
        return target, url

    def _next(self, target: Target) -> Iterable[Request]:
        if target not in self._settled and self._waiting.get(target):
            self._settled.add(target)
            yield self.ask(target, self._waiting[target].pop(0), self.done, self.next_path)
