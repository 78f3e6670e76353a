"""The rules that need no network: encodings undone, waits read, redirects weighed."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.config import CrawlConfig
from crawler.middlewares.encoding import decode_body
from crawler.middlewares.redirects import RefusedError, follow
from crawler.middlewares.retry import seconds_to_wait
from crawler.sources.load import load_sources

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
LIMIT = 1_000_000


@given(st.binary(max_size=20_000))
def test_a_packed_body_comes_back_whole(body: bytes) -> None:
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    assert decode_body(gzip.compress(body), "gzip", LIMIT).body == body
    assert decode_body(zlib.compress(body), "deflate", LIMIT).body == body
    assert decode_body(raw.compress(body) + raw.flush(), "deflate", LIMIT).body == body
    assert decode_body(gzip.compress(gzip.compress(body)), "gzip, gzip", LIMIT).body == body
    assert decode_body(gzip.compress(body) + gzip.compress(body), "gzip", LIMIT).body == body + body


@given(st.binary(min_size=1, max_size=5_000), st.data())
def test_a_cut_body_is_told_and_stays_as_it_came(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(body)
    cut = packed[: data.draw(st.integers(min_value=2, max_value=len(packed) - 1))]
    decoded = decode_body(cut, "gzip", LIMIT)
    assert (decoded.body, decoded.fault) == (cut, "cut")


@given(st.binary(max_size=2_000), st.sampled_from(["gzip", "deflate", "identity", "br", "gzip, br", ""]))
def test_no_body_breaks_it(body: bytes, encoding: str) -> None:
    decoded = decode_body(body, encoding, 500)
    assert decoded.fault or len(decoded.body) <= max(500, len(body))


def test_a_small_body_cannot_become_a_huge_one() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert decode_body(bomb, "gzip", LIMIT).fault == "too_large"
    assert decode_body(gzip.compress(b"x" * LIMIT), "gzip", LIMIT).fault == ""
    assert decode_body(gzip.compress(b"x" * (LIMIT + 1)), "gzip", LIMIT).fault == "too_large"


def test_what_only_claims_to_be_packed_is_left_alone() -> None:
    assert decode_body(b"<html></html>", "gzip", LIMIT).body == b"<html></html>"
    assert decode_body(b"", "gzip", LIMIT).fault == ""


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Thu, 01 Jan 2026 12:01:30 GMT", 90.0),
        ("Thu, 01 Jan 2026 17:01:30 +0500", 90.0),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_a_wait_is_read_as_seconds_or_as_a_date(value: str, seconds: float | None) -> None:
    assert seconds_to_wait(value, NOW) == seconds


BASE = "https://adilet.zan.kz/rus/docs/V2000019982"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/rus/docs/V2000019982/", "https://adilet.zan.kz/rus/docs/V2000019982/"),
        ("https://www.adilet.zan.kz/rus/docs/V2000019982#z1", "https://www.adilet.zan.kz/rus/docs/V2000019982"),
        ("//insecure.zan.kz/rus/docs/V2000019982", "https://insecure.zan.kz/rus/docs/V2000019982"),
    ],
)
def test_a_redirect_to_the_same_page_is_followed(location: str, expected: str) -> None:
    source = load_sources(CrawlConfig())["adilet"]
    assert follow(BASE, 301, location, source.fetch_hosts, (source.site,)) == expected


@pytest.mark.parametrize(
    ("status", "location", "reason"),
    [
        (302, "", "says nowhere to go"),
        (300, "/rus/docs/V2000019982", "says nowhere to go"),
        (302, "https://example.com/rus/docs/V2000019982", "example.com is not a host of this source"),
        (302, "https://adilet.zan.kz.example.com/", "adilet.zan.kz.example.com is not a host of this source"),
        (302, "https://adilet.zan.kz@example.com/", "is not a host of this source"),
        (302, "javascript:alert(1)", "is not a host of this source"),
        (302, "http://[", "no address"),
        (302, "http://adilet.zan.kz/rus/docs/V2000019982", "it leaves the encrypted connection"),
        (302, "/", "it is another page"),
        (302, "/kaz/docs/V2000019982", "it is another page"),
        (302, "/rus/docs/V2000019982/info", "it is another page"),
    ],
)
def test_any_other_redirect_is_refused_with_its_reason(status: int, location: str, reason: str) -> None:
    source = load_sources(CrawlConfig())["adilet"]
    with pytest.raises(RefusedError) as refused:
        follow(BASE, status, location, source.fetch_hosts, (source.site,))
    assert reason in str(refused.value)
