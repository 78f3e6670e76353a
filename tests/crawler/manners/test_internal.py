"""A bug of ours is an error that is seen: traceback, issue, failed run; never a page that is silently not there."""

from __future__ import annotations

from pathlib import Path

from crawler import settings
from tests.crawler.faults import FaultServer, good
from tests.crawler.manners.logs import read_logs
from tests.crawler.manners.probe import crawl

PATHS = [f"/rus/docs/V2000019982/{day:02}.01.2021" for day in range(1, 4)]


def test_a_bug_before_or_after_asking_is_recorded_and_fails_the_run(tmp_path: Path) -> None:
    chain = {**settings.DOWNLOADER_MIDDLEWARES, "tests.crawler.manners.broken.Broken": 950}
    with FaultServer(dict.fromkeys(PATHS, good())) as server:
        done = crawl([server.url + path for path in PATHS], tmp_path, DOWNLOADER_MIDDLEWARES=chain)
        before, after, fine = (server.url + path for path in PATHS)
    logs = read_logs(tmp_path)
    assert list(done.got) == [fine]
    assert logs.fetch(before)["detail"] == "internal error: KeyError: 'a bug before asking'"
    assert logs.fetch(after)["detail"] == "internal error: TypeError: a bug after asking"
    assert [logs.codes(url) for url in (before, after)] == [["internal"], ["internal"]]
    assert logs.run["result"] == "failed"
    assert logs.run["detail"] == "2 pages met an internal error (1 fetched, 2 failed)"
    assert done.stderr.count("Traceback") == 2
