"""Sites that cannot be reached: one line says why, the run is failed, nothing is taken for an empty site."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawler.faults import Answer, FaultServer, free_port, good
from tests.crawler.manners.conftest import hashes
from tests.crawler.manners.logs import read_logs
from tests.crawler.manners.probe import Crawl, crawl

PAGE = "/rus/docs/V2000019982"


def assert_failed_closed(done: Crawl, archive: Path, url: str, reason: str) -> None:
    """Nothing fetched: robots.txt could not be read, so the page was not asked for, and the run says so."""
    base = url.removesuffix(PAGE)
    host = base.split("/")[2]
    logs = read_logs(archive)
    assert done.got == {}
    assert done.lost[url]["outcome"] == "failed"
    assert done.lost[url]["detail"] == f"not asked: robots.txt of {host} cannot be read ({reason})"
    assert logs.fetch(f"{base}/robots.txt")["detail"] == reason
    assert logs.codes(url) == ["robots_unreadable"]
    assert logs.run["result"] == "failed"
    assert logs.run["detail"] == "no page was fetched (1 failed)"
    assert done.lines == [
        f"WARNING {host}: robots.txt cannot be read ({reason}): nothing of this host is fetched",
        "ERROR probe: no page was fetched (1 failed)",
    ]


def test_connection_refused(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}{PAGE}"
    done = crawl([url], tmp_path)
    assert_failed_closed(done, tmp_path, url, "connection refused")
    assert read_logs(tmp_path).codes(url.removesuffix(PAGE) + "/robots.txt") == ["connection_refused"]
    assert done.stats["retry/count"] == 4


def test_a_host_without_address(tmp_path: Path) -> None:
    url = f"http://register.invalid{PAGE}"
    assert_failed_closed(crawl([url], tmp_path), tmp_path, url, "the host's name cannot be resolved")


def test_a_server_that_never_answers(tmp_path: Path) -> None:
    with FaultServer({"/robots.txt": Answer(silent=True)}) as server:
        url = server.url + PAGE
        done = crawl([url], tmp_path, {"EGOV_AUDIT_TIMEOUT": "0.2"}, RETRY_TIMES=0)
        assert_failed_closed(done, tmp_path, url, "no answer within 0.2 s")
        assert server.paths == []


def test_a_page_that_never_comes_leaves_the_others_alone(tmp_path: Path) -> None:
    other = "/kaz/docs/V2000019982"
    with FaultServer({PAGE: Answer(silent=True), other: good()}) as server:
        # That page alone: a machine under load may need longer for the others.
        urls = [server.url + PAGE, server.url + other]
        done = crawl(urls, tmp_path, RETRY_TIMES=1, PROBE_GIVEN_UP=urls[:1])
        logs = read_logs(tmp_path)
        assert list(done.got) == [server.url + other]
        assert logs.fetch(server.url + PAGE)["detail"].startswith("no answer within ")
        assert logs.codes(server.url + PAGE) == ["timeout"]
        assert logs.run["result"] == "good"
        assert server.paths.count(PAGE) == 2


def test_failing_runs_leave_earlier_evidence_as_it_was(tmp_path: Path) -> None:
    with FaultServer({PAGE: good()}) as server:
        crawl([server.url + PAGE], tmp_path)
    before = hashes(tmp_path)
    crawl([server.url + PAGE], tmp_path)
    after = hashes(tmp_path)
    assert {name: after.get(name) for name in before} == before
    assert read_logs(tmp_path).run["result"] == "failed"


def test_an_archive_that_cannot_be_written_ends_the_crawl_before_it_asks(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    with FaultServer({PAGE: good()}) as server:
        done = crawl([server.url + PAGE], file / "archive")
        assert server.asked == []
    assert done.stats["finish_reason"] == "archive"
    assert len(done.lines) == 1
    assert done.lines[0].startswith("ERROR probe: the archive cannot be written: Not a directory")


@pytest.mark.parametrize("url", ["http://example.com/rus/docs/V2000019982", "ftp://localhost/rus/docs/V2000019982"])
def test_an_address_off_the_source_is_not_asked(tmp_path: Path, url: str) -> None:
    with FaultServer({PAGE: good()}) as server:
        done = crawl([server.url + PAGE, url], tmp_path)
    assert done.lost[url]["code"] == "foreign_host"
    assert read_logs(tmp_path).fetch(url)["outcome"] == "forbidden"
