"""Every spider: its names agree, it says what it does, and its requests hold what the middlewares need."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
from collections.abc import Iterable
from datetime import date

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

import crawler.spiders
from crawler.asking import SourceSpider, read_sample, read_since, spread
from crawler.config import CrawlConfig
from crawler.errors import UsageError
from crawler.pages.address import identify
from crawler.sources.load import load_sources
from crawler.spiders.portal import PortalSpider
from crawler.spiders.register import RegisterSpider
from tests.crawler import site

NAMES = [module.name for module in pkgutil.iter_modules(crawler.spiders.__path__)]
SOURCES = load_sources(CrawlConfig())


def spider_class(name: str) -> type[SourceSpider]:
    module = importlib.import_module(f"crawler.spiders.{name}")
    own = [c for _, c in inspect.getmembers(module, inspect.isclass) if c.__module__ == module.__name__]
    assert len(own) == 1
    found: type[SourceSpider] = own[0]
    return found


async def _collect(spider: SourceSpider) -> list[Request]:
    return [request async for request in spider.start()]


def started(spider: SourceSpider) -> list[Request]:
    return asyncio.run(_collect(spider))


def test_there_is_one_spider_for_every_source_and_no_other() -> None:
    assert sorted(SOURCES.spiders) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_file_class_spider_and_yaml_have_one_name_and_the_class_explains_itself(name: str) -> None:
    found = spider_class(name)
    assert found.name == name
    assert found.__name__ == f"{name.title()}Spider"
    assert SOURCES.of_spider(name).facts.spider == name
    for option in found.options:
        assert f"`{option}`" in (found.__doc__ or "")
    for method, code in inspect.getmembers(found, inspect.isfunction):
        if not method.startswith("_") and code.__module__ == found.__module__:
            assert code.__doc__, method


def check(requests: Iterable[Request]) -> int:
    number = 0
    for request in requests:
        number += 1
        assert request.callback is not None
        assert request.errback is not None
        assert identify(request.url, SOURCES.sites) == request.meta["target"]
    return number


@pytest.mark.parametrize("name", NAMES)
def test_every_first_request_has_an_errback_and_the_target_of_its_address(name: str) -> None:
    assert check(started(spider_class(name)(config=CrawlConfig()))) > 0


def test_so_has_every_request_that_follows_from_a_page() -> None:
    register, portal = RegisterSpider(config=CrawlConfig()), PortalSpider(config=CrawlConfig())
    first = next(r for r in started(register) if r.url.endswith(f"/rus/docs/{site.ACT}/history"))
    html = site.history(site.ACT, "rus")
    assert check(register.history(HtmlResponse(first.url, body=html.encode(), request=first))) == 3
    listed = started(portal)[0]
    html = str(site.egov()["/cms/ru/online-services/for_citizen"])
    assert check(portal.listings(HtmlResponse(listed.url, body=html.encode(), request=listed))) == 3


@pytest.mark.parametrize(
    ("spider", "options", "says"),
    [
        (RegisterSpider, {"act": "V1"}, "register: act 'V1' is not one of P070000561_, P100000745_"),
        (RegisterSpider, {"lang": "ru,en"}, "register: lang 'en' is not one of ru, kk"),
        (RegisterSpider, {"since": "yesterday"}, "since 'yesterday' is no day"),
        (RegisterSpider, {"sample": "0"}, "sample '0' is no number above 0"),
        (RegisterSpider, {"audience": "citizen"}, "register: unknown option 'audience'"),
        (PortalSpider, {"audience": "tourist"}, "portal: audience 'tourist' is not one of citizen, business"),
    ],
)
def test_an_option_that_means_nothing_is_refused_with_what_there_is(
    spider: type[SourceSpider], options: dict[str, str], says: str
) -> None:
    with pytest.raises(UsageError) as caught:
        spider(config=CrawlConfig(), **options)
    assert str(caught.value).startswith(says)


def test_since_and_sample() -> None:
    assert read_since("31.01.2020") == read_since("2020-01-31") == date(2020, 1, 31)
    assert read_since("") is None
    assert read_sample("") is None
    assert spread(range(10), None) == tuple(range(10))
    assert spread(range(10), 1) == (9,)
    assert spread(range(10), 3) == (0, 4, 9)
    assert spread(range(2), 3) == (0, 1)
