"""Pages that fail, each in its own way, in one crawl: what is recorded, printed, asked again, and left alone."""

from __future__ import annotations

from collections import Counter

import pytest

from crawler.archive.reader import captures, read_body
from crawler.archive.records import Capture
from crawler.archive.verify import verify
from tests.crawler.faults import packed, page
from tests.crawler.manners.conftest import FAULTS, LIMIT, RUSSIAN, Tour, hashes

FINE = ["good", "packed", "busy", "busy_until", "recovers", "cp1251", "same_page"]
#: Name → outcome, issue code, verdict of the kept body ("" none kept), times asked, the words of its line.
FAILING = {
    "forbidden": ("forbidden", "http_error", "http_error", 2, "the server answers 403"),
    "missing": ("missing", "http_error", "http_error", 1, "the server answers 404"),
    "gone": ("missing", "http_error", "http_error", 1, "the server answers 410"),
    "broken": ("failed", "http_error", "http_error", 5, "the server answers 500"),
    "cut_gzip": ("failed", "truncated", "truncated", 5, "the page ends too early"),
    "bomb": ("failed", "too_large", "", 1, f"body larger than the limit of {LIMIT:,} bytes once unpacked"),
    "deflate_bomb": ("failed", "too_large", "", 1, f"body larger than the limit of {LIMIT:,} bytes once unpacked"),
    "nested_bomb": ("failed", "too_large", "", 1, f"body larger than the limit of {LIMIT:,} bytes once unpacked"),
    "brotli": ("failed", "not_html", "not_html", 3, "not the kind of document asked for"),
    "login": ("failed", "login", "login", 3, "a login page in place of the page"),
    "maintenance": ("failed", "maintenance", "maintenance", 5, "a maintenance page in place of the page"),
    "empty": ("failed", "empty", "empty", 5, "the page is empty, or a frame around nothing"),
    "unfinished": ("failed", "truncated", "truncated", 5, "the page ends too early"),
    "pdf": ("failed", "not_html", "not_html", 3, "not the kind of document asked for"),
    "large": ("failed", "too_large", "", 1, f"body larger than the limit of {LIMIT:,} bytes"),
    "large_unsaid": ("failed", "too_large", "", 1, f"body larger than the limit of {LIMIT:,} bytes"),
    "short": ("failed", "truncated", "truncated", 5, "the page ends too early"),
    "dropped": ("failed", "connection", "", 5, "connection failed: "),
    "elsewhere": ("failed", "redirect_refused", "redirect", 3, "example.com is not a host of this source"),
    "other_page": ("failed", "redirect_refused", "redirect", 1, "it is another page"),
    "loop": ("failed", "redirect_refused", "redirect", 6, "more than 5 redirects in a row"),
    "nowhere": ("failed", "redirect_refused", "redirect", 1, "answer 302 says nowhere to go"),
}


def capture(tour: Tour, capture_id: str) -> Capture:
    """The kept answer of that id, through the archive's own reader."""
    return next(found for found in captures(tour.archive, tour.logs.run["run_id"]) if found.capture_id == capture_id)


def test_every_fault_is_looked_at() -> None:
    assert sorted([*FINE, *FAILING]) == sorted(FAULTS)


@pytest.mark.parametrize("name", FINE)
def test_a_page_reaches_the_callback_under_verdict_ok_with_its_capture(tour: Tour, name: str) -> None:
    got = tour.crawl.got[tour.url(name)]
    assert (got["status"], got["verdict"]) == (200, "ok")
    line = tour.logs.fetch(tour.url(name))
    assert (line["outcome"], line["capture_id"]) == ("fetched", got["capture_id"])
    assert tour.logs.codes(tour.url(name)) == []


@pytest.mark.parametrize("name", FAILING)
def test_a_failure_is_recorded_printed_once_and_asked_again_only_where_that_may_help(tour: Tour, name: str) -> None:
    outcome, code, verdict, times, words = FAILING[name]
    url = tour.url(name)
    lost, line = tour.crawl.lost[url], tour.logs.fetch(url)
    assert url not in tour.crawl.got
    assert (lost["type"], lost["outcome"], lost["code"]) == ("NotFetched", outcome, code)
    assert (line["outcome"], line["verdict"] or "", line["detail"]) == (outcome, verdict, lost["detail"])
    assert words in line["detail"]
    assert bool(line["capture_id"]) == bool(verdict)
    assert tour.logs.codes(url) == [code]
    assert tour.asked(name) == times
    assert [said for said in tour.crawl.lines if url in said] == [f"WARNING {url}: {outcome}: {line['detail']}"]


def test_every_page_asked_ended_and_the_run_counts_them(tour: Tour) -> None:
    expected = Counter(outcome for outcome, *_ in FAILING.values()) + Counter(fetched=len(FINE))
    assert {name: tour.crawl.stats[f"egov/fetch/{name}"] for name in expected} == expected
    assert tour.crawl.stats["egov/pages_ok"] == len(FINE)
    assert tour.logs.run["result"] == "good"
    assert tour.logs.run["detail"] == "7 fetched, 1 forbidden, 2 missing, 19 failed"


def test_every_answer_that_came_is_kept(tour: Tour) -> None:
    kept = Counter(line["url"] for line in tour.logs.captures)
    for name, (_, _, verdict, times, _) in FAILING.items():
        assert kept[tour.url(name)] == (times if verdict else 0), name


def test_a_cut_gzip_body_is_kept_as_it_came(tour: Tour) -> None:
    found = capture(tour, tour.logs.fetch(tour.url("cut_gzip"))["capture_id"])
    assert read_body(tour.archive, found) == packed(page(RUSSIAN * 50), keep=0.5).body


def test_a_compressed_body_is_kept_unpacked(tour: Tour) -> None:
    found = capture(tour, tour.logs.fetch(tour.url("packed"))["capture_id"])
    assert read_body(tour.archive, found) == page()


def test_a_page_in_another_charset_than_it_says_keeps_its_letters(tour: Tour) -> None:
    assert RUSSIAN in tour.crawl.got[tour.url("cp1251")]["text"]


def test_a_followed_redirect_is_recorded_under_the_address_asked(tour: Tour) -> None:
    got = tour.crawl.got[tour.url("same_page")]
    assert got["url"] == tour.url("same_page") + "/"
    assert "По новому адресу" in got["text"]
    assert tour.logs.fetch(tour.url("same_page"))["detail"] == f"redirected to {got['url']}"


def test_the_server_sees_an_honest_visitor(tour: Tour) -> None:
    assert tour.server.asked[0].path == "/robots.txt"
    assert sum(asked.path == "/robots.txt" for asked in tour.server.asked) == 1
    for asked in tour.server.asked:
        assert asked.headers["user-agent"].startswith("egov-audit/")
        assert "(+https://github.com/egov-audit/egov-audit)" in asked.headers["user-agent"]
        assert "cookie" not in asked.headers
        assert "referer" not in asked.headers


def test_earlier_evidence_is_untouched(tour: Tour) -> None:
    after = hashes(tour.archive)
    assert {name: after.get(name) for name in tour.before} == tour.before


def test_the_archive_is_sound_after_every_fault(tour: Tour) -> None:
    assert verify(tour.archive) == []


def test_nothing_else_is_printed(tour: Tour) -> None:
    others = [line for line in tour.crawl.lines if "/rus/docs/" not in line]
    host = tour.server.url.removeprefix("http://")
    assert sorted(others) == [
        f"WARNING {host} answers 429 and asks to wait 0 s: waiting",
        f"WARNING {host} answers 503 and asks to wait 0 s: waiting",
    ]
