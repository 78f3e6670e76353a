"""robots.txt: obeyed, closed when in doubt, its delay kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawler.faults import Answer, FaultServer, good, page, robots
from tests.crawler.manners.logs import read_logs
from tests.crawler.manners.probe import crawl

OPEN, CLOSED = "/rus/docs/V2000019982", "/rus/archive/docs/V2000019982/01.01.2021"
CHALLENGE = Answer(body=b"<html><body><div class='g-recaptcha'></div></body></html>")


def test_what_robots_txt_closes_is_not_asked(tmp_path: Path) -> None:
    with FaultServer(
        {OPEN: good(), CLOSED: good(), "/robots.txt": robots("User-agent: *\nDisallow: /rus/archive/\n")}
    ) as server:
        done = crawl([server.url + OPEN, server.url + CLOSED], tmp_path)
        assert server.paths == [OPEN]
    host = server.url.removeprefix("http://")
    line = read_logs(tmp_path).fetch(server.url + CLOSED)
    assert (line["outcome"], line["detail"]) == ("forbidden", f"robots.txt of {host} forbids it")
    assert read_logs(tmp_path).codes(server.url + CLOSED) == ["robots_forbidden"]
    assert done.lines == [f"WARNING {server.url}{CLOSED}: forbidden: robots.txt of {host} forbids it"]


def test_every_page_that_waits_for_robots_txt_obeys_it(tmp_path: Path) -> None:
    paths = [f"/rus/docs/V2000019982/{day:02}.01.2021" for day in range(1, 11)]
    routes = {**{path: good() for path in paths}, "/robots.txt": robots("User-agent: *\nDisallow: /\n")}
    with FaultServer(routes) as server:
        done = crawl([server.url + path for path in paths], tmp_path, CONCURRENT_REQUESTS=20)
        assert server.paths == []
        assert len(server.asked) == 1
    assert {lost["code"] for lost in done.lost.values()} == {"robots_forbidden"}
    assert len(done.lost) == len(paths)


def test_rules_for_this_crawler_by_name_are_obeyed(tmp_path: Path) -> None:
    rules = "User-agent: *\nAllow: /\n\nUser-agent: egov-audit\nDisallow: /\n"
    with FaultServer({OPEN: good(), "/robots.txt": robots(rules)}) as server:
        crawl([server.url + OPEN], tmp_path)
        assert server.paths == []
    assert read_logs(tmp_path).run["result"] == "failed"


@pytest.mark.parametrize(
    ("answer", "reason", "outcome"),
    [
        (Answer(500, b"error"), "the server answers 500", "failed"),
        (Answer(401, b"no"), "the server answers 401", "forbidden"),
        (Answer(403, b"no"), "the server answers 403", "forbidden"),
        (Answer(451, b"no"), "the server answers 451", "forbidden"),
        (Answer(dropped=True), "connection failed: ", "failed"),
        (Answer(body=page()), "not the kind of document asked for", "failed"),
        (
            Answer(body=b"User-agent: *\nAll", length=400, headers={"Content-Type": "text/plain"}),
            "the page ends too early",
            "failed",
        ),
        (
            Answer(302, headers={"Location": "http://example.com/robots.txt"}),
            "example.com is not a host of this source",
            "failed",
        ),
    ],
)
def test_an_unreadable_robots_txt_closes_the_host(tmp_path: Path, answer: Answer, reason: str, outcome: str) -> None:
    with FaultServer({OPEN: good(), "/robots.txt": answer}) as server:
        done = crawl([server.url + OPEN, server.url + CLOSED], tmp_path)
        assert server.paths == []
    logs = read_logs(tmp_path)
    assert reason in logs.fetch(server.url + "/robots.txt")["detail"]
    for url in (server.url + OPEN, server.url + CLOSED):
        assert logs.fetch(url)["outcome"] == outcome
        assert logs.codes(url) == ["robots_unreadable"]
    assert logs.run["result"] == "failed"
    assert len(done.lines) == 2
    assert reason in done.lines[0]
    assert done.lines[1] == f"ERROR probe: no page was fetched (2 {outcome})"


def test_a_robots_txt_beyond_all_measure_closes_the_host(tmp_path: Path) -> None:
    """Its rules are not weighed one by one for minutes, and none is left out."""
    rules = robots("User-agent: *\n" + "Disallow: /x\n" * 160_000)
    with FaultServer({OPEN: good(), "/robots.txt": rules}) as server:
        crawl([server.url + OPEN], tmp_path)
        assert server.paths == []
    told = read_logs(tmp_path).fetch(server.url + OPEN)
    assert told["outcome"] == "failed"
    assert "cannot be read (larger than 2,000,000 bytes)" in told["detail"]


def test_a_challenge_in_place_of_robots_txt_ends_the_crawl(tmp_path: Path) -> None:
    with FaultServer({OPEN: good(), "/robots.txt": CHALLENGE}) as server:
        done = crawl([server.url + OPEN], tmp_path)
        assert server.paths == []
    assert done.stats["finish_reason"] == "challenge"
    assert read_logs(tmp_path).fetch(server.url + OPEN)["outcome"] == "failed"


@pytest.mark.parametrize("status", [404, 410])
def test_no_robots_txt_means_no_rules(tmp_path: Path, status: int) -> None:
    with FaultServer({OPEN: good(), "/robots.txt": Answer(status, b"<html>none</html>")}) as server:
        done = crawl([server.url + OPEN], tmp_path)
        assert server.paths == [OPEN]
    logs = read_logs(tmp_path)
    assert logs.fetch(server.url + "/robots.txt")["outcome"] == "missing"
    assert (logs.issues, logs.run["result"], done.lines) == ([], "good", [])


def test_robots_txt_is_kept_as_evidence(tmp_path: Path) -> None:
    with FaultServer({OPEN: good()}) as server:
        crawl([server.url + OPEN], tmp_path)
    kept = [line for line in read_logs(tmp_path).captures if line["url"] == server.url + "/robots.txt"]
    assert [(line["target"]["kind"], line["verdict"]) for line in kept] == [("robots", "ok")]


def test_a_crawl_delay_beyond_reason_ends_the_crawl(tmp_path: Path) -> None:
    with FaultServer({OPEN: good(), "/robots.txt": robots("User-agent: *\nCrawl-delay: 86400\n")}) as server:
        done = crawl([server.url + OPEN], tmp_path)
        assert server.paths == []
    assert done.stats["finish_reason"] == "crawl_delay"
    assert "asks for 86400 s between requests, more than the 300 s that a crawl keeps" in done.lines[0]


@pytest.mark.parametrize("wished", ["inf", "1e999"])
def test_an_endless_crawl_delay_ends_the_crawl(tmp_path: Path, wished: str) -> None:
    rules = robots(f"User-agent: *\nCrawl-delay: {wished}\n")
    with FaultServer({OPEN: good(), "/robots.txt": rules}) as server:
        done = crawl([server.url + OPEN], tmp_path)
        assert server.paths == []
    assert done.stats["finish_reason"] == "crawl_delay"


@pytest.mark.parametrize("wished", ["nan", "-5", "-inf", "soon"])
def test_a_crawl_delay_that_is_no_time_is_an_issue_and_our_own_is_kept(tmp_path: Path, wished: str) -> None:
    rules = robots(f"User-agent: *\nCrawl-delay: {wished}\n")
    with FaultServer({OPEN: good(), "/robots.txt": rules}) as server:
        done = crawl([server.url + OPEN], tmp_path, {"EGOV_AUDIT_DELAY": "0.05"})
        assert server.paths == [OPEN]
        assert read_logs(tmp_path).codes(f"{server.url}/robots.txt") == ["crawl_delay_unread"]
    assert done.stats["egov/delay/localhost"] == 0.05


@pytest.mark.parametrize(("own", "wished", "kept"), [("0", "0.05", 0.05), ("0.05", "0.01", 0.05), ("0.05", None, 0.05)])
def test_the_longer_of_own_delay_and_crawl_delay_is_kept(
    tmp_path: Path, own: str, wished: str | None, kept: float
) -> None:
    rules = "User-agent: *\nAllow: /\n" + (f"Crawl-delay: {wished}\n" if wished else "")
    urls = [f"/rus/docs/V2000019982/{day:02}.01.2021" for day in range(1, 4)]
    with FaultServer({**{url: good() for url in urls}, "/robots.txt": robots(rules)}) as server:
        done = crawl([server.url + url for url in urls], tmp_path, {"EGOV_AUDIT_DELAY": own})
        assert len(server.paths) == 3
    assert done.stats["egov/delay/localhost"] == kept
    assert done.stats["egov/least_delay/localhost"] >= kept
