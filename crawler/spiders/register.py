"""Spider `register`: the acts that approve the register of public services, with every edition, in each language."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.asking import SourceSpider, content_type, read_since, spread
from crawler.calendar import local_day
from crawler.pages.address import urls_for
from crawler.pages.history import parse_history
from crawler.pages.records import PageKind, Target


class RegisterSpider(SourceSpider):
    """Asks, for each act and language, its history page, its card, its current text and the editions named there.

    An edition is asked by the configured forms of address in turn, the next one when robots.txt forbids the one
    before, or it is missing or fails. Options: `act` (identifiers by commas), `lang`, `since` (a day: no older
    editions), `sample` (so many editions of each act and language, evenly spread).
    """

    name = "register"

    options: ClassVar[tuple[str, ...]] = ("act", "lang", "since", "sample")

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Scrapy's own
        super().__init__(**options)
        self.acts = self.choose("act", options, (known.id for known in self.source.acts))
        self.since = options.get("since", "")
        self.oldest = read_since(self.since)

    async def start(self) -> AsyncIterator[Request]:
        """History page, card and current text of every act in every language."""
        site = self.source.site
        for act in self.acts:
            for lang in self.langs:
                for kind in (PageKind.ACT_HISTORY, PageKind.ACT_INFO, PageKind.ACT_TEXT):
                    target = Target(self.source.name, kind, lang, act)
                    callback = self.history if kind is PageKind.ACT_HISTORY else self.done
                    yield self.ask(target, urls_for(target, site)[0], callback, self.gone)

    def history(self, response: Response) -> Iterable[Request]:
        """Every edition but the current one, whose text is asked for without a date, unless it is not yet in force.

        Then its dated address is asked as well, and that of the edition in force is, whatever the options leave out.
        """
        target: Target = response.meta["target"]
        page = parse_history(response.body, target, content_type(response))
        if not page.rows:
            self.nothing_found.note(response.url, "the history page names no edition")
        rows = [row for row in page.rows if self.oldest is None or row.date >= self.oldest]
        days = set(spread(sorted(row.date for row in rows if not row.current), self.sample))
        today = local_day(datetime.now(UTC))
        ahead = {row.date for row in page.rows if row.current and row.date > today}
        if ahead:
            days |= ahead | set(sorted(row.date for row in page.rows if row.date <= today)[-1:])
        for day in sorted(days):
            yield from self._edition(replace(target, kind=PageKind.ACT_TEXT, edition_date=day))

    def next_form(self, failure: Failure) -> Iterable[Request]:
        """The same edition by the form of address that comes next."""
        meta = failure.request.meta  # type: ignore[attr-defined]  # Scrapy hangs the request on the failure
        return self._edition(meta["target"], meta["further"])

    def _edition(self, target: Target, urls: tuple[str, ...] | None = None) -> Iterable[Request]:
        urls = urls_for(target, self.source.site) if urls is None else urls
        if urls:
            yield self.ask(target, urls[0], self.done, self.next_form, further=urls[1:])
