"""What ends a crawl early, each with a finish reason of its own and one line; what is not asked any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawler.faults import Answer, FaultServer, good
from tests.crawler.manners.logs import read_logs
from tests.crawler.manners.probe import Crawl, crawl

PATHS = [f"/rus/docs/V2000019982/{day:02}.01.2021" for day in range(1, 29)]
CHALLENGE = Answer(body=b"<html><head><title>adilet</title></head><body><div class='g-recaptcha'></div></body></html>")


def stopped_line(done: Crawl) -> str:
    """The one line that says why the crawl was ended."""
    lines = [line for line in done.lines if line.startswith("WARNING probe: stopped: ")]
    assert len(lines) == 1
    return lines[0].removeprefix("WARNING probe: stopped: ")


def test_a_challenge_is_kept_and_ends_the_crawl(tmp_path: Path) -> None:
    routes = {path: good() for path in PATHS} | {PATHS[2]: CHALLENGE}
    with FaultServer(routes) as server:
        done = crawl([server.url + path for path in PATHS], tmp_path)
        assert server.paths == PATHS[:3]
        url = server.url + PATHS[2]
    logs = read_logs(tmp_path)
    assert done.stats["finish_reason"] == "challenge"
    assert stopped_line(done) == f"{url} answers with a challenge page"
    line = logs.fetch(url)
    assert (line["outcome"], line["verdict"], line["detail"]) == (
        "failed",
        "challenge",
        "a challenge page in place of the page",
    )
    assert [kept["verdict"] for kept in logs.captures if kept["capture_id"] == line["capture_id"]] == ["challenge"]
    assert logs.codes(url) == ["challenge"]
    assert logs.run["result"] == "failed"
    assert logs.run["detail"].startswith(f"challenge: {url} answers with a challenge page (2 fetched, ")


def test_a_challenge_behind_a_503_is_not_tried_again(tmp_path: Path) -> None:
    answer = Answer(503, b"<html><body><div class='cf-turnstile'></div></body></html>", {"Retry-After": "5"})
    with FaultServer({PATHS[0]: answer}) as server:
        done = crawl([server.url + PATHS[0]], tmp_path)
        assert server.paths == PATHS[:1]
    assert done.stats["finish_reason"] == "challenge"
    assert done.lost[server.url + PATHS[0]]["verdict"] == "challenge"


def test_pages_waiting_for_their_turn_are_recorded_as_not_asked(tmp_path: Path) -> None:
    with FaultServer(dict.fromkeys(PATHS, CHALLENGE)) as server:
        done = crawl([server.url + path for path in PATHS], tmp_path)
        assert len(server.paths) == 1
    waiting = [line for line in read_logs(tmp_path).fetches if line["detail"].startswith("not asked: ")]
    assert all(line["outcome"] == "failed" for line in waiting)
    assert {line["url"] for line in waiting} == {url for url, lost in done.lost.items() if lost["code"] == "stopped"}
    assert len(done.lines) == 3  # the page, the stop, the end: nothing for those that were not asked


def test_a_page_that_failed_and_was_not_asked_again_is_recorded_so(tmp_path: Path) -> None:
    broken = Answer(500, b"<html><body>error</body></html>")
    with FaultServer({PATHS[0]: [broken, good()], PATHS[1]: good(), PATHS[2]: CHALLENGE}) as server:
        done = crawl([server.url + path for path in PATHS[:3]], tmp_path)
        assert server.paths == PATHS[:3], "its turn would have come after everything else"
        urls = [server.url + path for path in PATHS]
    logs = read_logs(tmp_path)
    line = logs.fetch(urls[0])
    assert (line["outcome"], line["verdict"]) == ("failed", "http_error")
    assert line["detail"] == "failed, and the crawl ended before it was asked again"
    assert logs.codes(urls[0]) == ["not_again"]
    assert [kept["status"] for kept in logs.captures if kept["capture_id"] == line["capture_id"]] == [500]
    assert logs.fetch(urls[1])["outcome"] == "fetched"
    assert logs.run["detail"].startswith(f"challenge: {urls[2]}")
    with FaultServer({PATHS[0]: [broken, good()]}) as server:
        crawl([server.url + PATHS[0]], tmp_path)
    assert done.stats["finish_reason"] == "challenge"
    assert "not_again" not in {issue["code"] for issue in read_logs(tmp_path).issues}, "it was, and that is all"


def test_the_budget_ends_the_crawl(tmp_path: Path) -> None:
    with FaultServer({path: good() for path in PATHS}) as server:
        done = crawl([server.url + path for path in PATHS], tmp_path, {"EGOV_AUDIT_BUDGET": "5"})
        assert len(server.asked) == 5
    assert done.stats["finish_reason"] == "budget"
    assert stopped_line(done) == "the budget of 5 requests is used up"
    run = read_logs(tmp_path).run
    assert run["result"] == "failed"
    assert run["detail"].startswith("budget: the budget of 5 requests is used up (4 fetched")


@pytest.mark.parametrize("status", [429, 503])
def test_a_site_that_wants_a_long_peace_gets_it(tmp_path: Path, status: int) -> None:
    routes = {path: good() for path in PATHS} | {PATHS[1]: Answer(status, b"busy", {"Retry-After": "86400"})}
    with FaultServer(routes) as server:
        done = crawl([server.url + path for path in PATHS], tmp_path)
        assert server.paths == PATHS[:2]
        host = server.url.removeprefix("http://")
    assert done.stats["finish_reason"] == "retry_after"
    assert stopped_line(done) == f"{host} asks to wait 86400 s, longer than the 600 s that a crawl waits"
    assert read_logs(tmp_path).run["result"] == "failed"


def test_a_short_wait_pauses_the_host_and_then_goes_on(tmp_path: Path) -> None:
    routes = {path: good() for path in PATHS} | {PATHS[0]: [Answer(429, b"", {"Retry-After": "1"}), good("затем")]}
    with FaultServer(routes) as server:
        done = crawl([server.url + path for path in PATHS[:3]], tmp_path)
        assert server.paths == [PATHS[0], *PATHS[1:3], PATHS[0]]
    assert "затем" in done.got[server.url + PATHS[0]]["text"]
    assert done.stats["egov/retry_after_seconds"] == 1
    assert done.lines == [f"WARNING {server.url.removeprefix('http://')} answers 429 and asks to wait 1 s: waiting"]


def test_a_server_in_trouble_is_left_alone(tmp_path: Path) -> None:
    with FaultServer({path: Answer(500, b"error") for path in PATHS}) as server:
        done = crawl([server.url + path for path in PATHS], tmp_path, RETRY_TIMES=0, EGOV_FAILURES_IN_A_ROW=3)
        assert len(server.paths) == 3
    assert done.stats["finish_reason"] == "failures"
    assert stopped_line(done) == "3 requests in a row failed, the last with: the server answers 500"


def test_failures_between_good_pages_do_not_end_the_crawl(tmp_path: Path) -> None:
    routes = {path: Answer(500, b"error") if turn % 3 else good() for turn, path in enumerate(PATHS)}
    with FaultServer(routes) as server:
        done = crawl([server.url + path for path in PATHS], tmp_path, RETRY_TIMES=0, EGOV_FAILURES_IN_A_ROW=3)
        assert server.paths == PATHS
    assert done.stats["finish_reason"] == "finished"
