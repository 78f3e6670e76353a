"""The loopback server as a crawler meets it: real requests over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest

from crawler.pages.records import PageKind, Verdict
from crawler.pages.verdict import judge
from crawler.sample.adilet import CHALLENGE_PATH
from crawler.sample.server import Addresses, serve
from crawler.sample.site import pages

LIST = "/cms/ru/online-services/for_citizen"


@pytest.fixture(scope="module")
def addresses() -> Iterator[Addresses]:
    with serve() as running:
        yield running


def ask(base: str, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(urlsplit(base).netloc)
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_every_page_comes_with_its_own_bytes_and_validators(addresses: Addresses) -> None:
    for base, site in ((addresses.adilet, pages("adilet")), (addresses.egov, pages("egov"))):
        for path, page in site.items():
            response, body = ask(base, path)
            assert (response.status, body) == (page.status, page.body), path
            assert response.headers["ETag"] == page.headers["ETag"]
            assert response.headers["Last-Modified"].endswith("GMT")


def test_unchanged_page_costs_no_body(addresses: Addresses) -> None:
    first, body = ask(addresses.egov, LIST)
    assert (first.status, len(body) > 1000) == (200, True)
    by_tag, nothing = ask(addresses.egov, LIST, If_None_Match=first.headers["ETag"])
    by_date, nothing_again = ask(addresses.egov, LIST, If_Modified_Since=first.headers["Last-Modified"])
    assert (by_tag.status, nothing, by_date.status, nothing_again) == (304, b"", 304, b"")


@pytest.mark.parametrize(
    "headers",
    [
        {"If_None_Match": '"another"'},
        {"If_None_Match": '"another"', "If_Modified_Since": "Fri, 20 Dec 2030 00:00:00 GMT"},  # the tag decides
        {"If_Modified_Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
        {"If_Modified_Since": "yesterday"},
    ],
)
def test_client_without_the_page_gets_it(addresses: Addresses, headers: dict[str, str]) -> None:
    response, body = ask(addresses.egov, LIST, **headers)
    assert (response.status, body) == (200, pages("egov")[LIST].body)


def test_head_and_unknown_path(addresses: Addresses) -> None:
    head, body = ask(addresses.adilet, "/rus/docs/V2000019982", "HEAD")
    missing, text = ask(addresses.adilet, "/rus/docs/V2000019982/31.01.2020")
    assert (head.status, body, int(head.headers["Content-Length"]) > 100_000) == (200, b"", True)
    assert (missing.status, "не найдена" in text.decode()) == (404, True)


def test_challenge_stands_at_its_own_path_and_where_it_is_asked_for() -> None:
    guarded = "/kaz/docs/V2000019982"
    with serve(challenge=frozenset({guarded})) as running:
        for path in (CHALLENGE_PATH, guarded):
            response, body = ask(running.adilet, path)
            verdict = judge(response.status, response.headers["Content-Type"], body, PageKind.ACT_TEXT)
            assert (response.status, verdict) == (200, Verdict.CHALLENGE)
        response, body = ask(running.adilet, "/rus/docs/V2000019982")
        assert judge(200, response.headers["Content-Type"], body, PageKind.ACT_TEXT) is Verdict.OK
