"""`egov-audit harvest` as a person uses it: both sources at once, exit codes, one clear line for what went wrong."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from scrapy import Spider, signals
from scrapy.crawler import Crawler
from scrapy.statscollectors import MemoryStatsCollector

from crawler.archive import reader
from crawler.extensions.progress import Reporter
from crawler.harvest import harvest
from tests.crawler.site import ACT, Site, adilet, egov, page, run

COMMAND = ("-c", "from auditor.cli.main import main; main()", "harvest")
CLOSED = "http://127.0.0.1:9"  # the discard port: nothing listens


def test_both_spiders_in_one_process_with_a_line_each_on_stdout(tmp_path: Path) -> None:
    with Site(adilet()).up() as register, Site(egov()).up() as portal:
        options = ("--adilet-url", register.url, "--egov-url", portal.url, "--act", ACT, "--lang", "ru")
        ended = run(tmp_path, *COMMAND, "register", "portal", *options, "--sample", "2")
    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert [line.split(" (run ")[0] for line in lines] == [
        "register: good: 4 fetched, 1 forbidden, 1 missing",
        "portal: good: 6 fetched",
    ]
    assert len(reader.run_ids(tmp_path)) == 2
    assert all(run_id in ended.out for run_id in reader.run_ids(tmp_path))


def test_summaries_as_json_with_counts_and_finish_reason(tmp_path: Path) -> None:
    with Site(egov()).up() as portal:
        ended = run(tmp_path, *COMMAND, "portal", "--lang", "ru", "--json", settings={"EGOV_URL": portal.url})
    assert ended.code == 0
    summary = ended.spiders["portal"]
    assert summary["run_id"] == reader.run_ids(tmp_path)[0]
    assert summary | {"bytes": 0, "run_id": ""} == {
        "spider": "portal",
        "run_id": "",
        "result": "good",
        "finish_reason": "finished",
        "detail": "6 fetched",
        "outcomes": {"fetched": 6},
        "pages_ok": 6,
        "unchanged": 0,
        "requests": 7,
        "bytes": 0,
    }


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("standards",), "egov-audit: no spider is named 'standards'; there are: portal, register"),
        (("register", "--act", "V1"), "egov-audit: register: act 'V1' is not one of"),
        (("portal", "--act", ACT), "egov-audit: no option 'act' of portal"),
        (("portal", "--egov-url", "egov.kz"), "egov-audit: 'egov.kz' is no base address"),
        (("portal", "--egov-url", "http://["), "egov-audit: 'http://[' is no base address"),
        (("portal", "--egov-url", "file:///etc"), "egov-audit: 'file:///etc' is no base address"),
        (("portal", "--egov-url", "http://me:mark@ed@h"), "egov-audit: 'http://…@h' is no base address"),
        (("portal", "--egov-url", "http://h/?key=marked"), "egov-audit: 'http://h/' is no base address"),
        (("portal", "--egov-url", "http://h/\r\nX: y"), "egov-audit: 'http://h/\\r\\nX: y' is no base address"),
        (("portal", "--delay", "-1"), "egov-audit: EGOV_AUDIT_DELAY:"),
    ],
)
def test_what_cannot_be_asked_is_one_line_and_exit_2_before_anything_is_fetched(
    tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    ended = run(tmp_path / "archive", *COMMAND, *arguments)
    assert ended.code == 2
    assert ended.out == ""
    assert len(ended.err.splitlines()) == 1
    assert ended.err.startswith(says)
    assert not (tmp_path / "archive").exists()


def test_a_contact_cannot_carry_a_header_along(tmp_path: Path) -> None:
    ended = run(tmp_path / "archive", *COMMAND, "portal", settings={"CONTACT": "me@x.org)\r\nCookie: a=b"})
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("egov-audit: EGOV_AUDIT_CONTACT: ")
    assert not (tmp_path / "archive").exists()


def test_a_source_that_refuses_fails_alone(tmp_path: Path) -> None:
    with Site(egov()).up() as portal:
        settings = {"ADILET_URL": CLOSED, "EGOV_URL": portal.url}
        ended = run(tmp_path, *COMMAND, "register", "portal", "--lang", "ru", "--json", settings=settings)
    assert ended.code == 3
    assert ended.spiders["register"]["result"] == "failed"
    assert ended.spiders["register"]["pages_ok"] == 0
    assert ended.spiders["portal"]["result"] == "good"
    assert len([line for line in ended.err.splitlines() if "connection refused" in line]) == 1


def test_a_challenge_stops_the_spider_with_a_reason_of_its_own(tmp_path: Path) -> None:
    pages = egov()
    challenge = page('<form><div class="g-recaptcha"></div><p>Подтвердите, что вы не робот</p></form>')
    pages["/cms/ru/online-services/for_citizen"] = challenge
    with Site(pages).up() as portal:
        ended = run(tmp_path, *COMMAND, "portal", "--json", settings={"EGOV_URL": portal.url})
    assert ended.code == 3
    assert ended.spiders["portal"]["finish_reason"] == "challenge"


def test_an_archive_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Site(egov()).up() as portal:
        ended = run(tmp_path / "file" / "archive", *COMMAND, "portal", settings={"EGOV_URL": portal.url})
    assert ended.code == 3
    assert portal.asked == []
    assert "the archive cannot be written" in ended.err
    assert "Traceback" not in ended.err


def test_a_terminated_harvest_closes_its_run_and_says_so(tmp_path: Path) -> None:
    with Site(egov()).up() as portal:
        settings = {"egov_url": portal.url, "delay": 0.5, "archive": str(tmp_path)}
        program = (
            f"import sys; from crawler.harvest import harvest; ended = harvest(['portal'], {{}}, {settings!r});"
            "print(ended.summaries[0].finish_reason, ended.summaries[0].result); sys.exit(ended.exit_code)"
        )
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
            assert portal.visited.wait(60)
            process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=60)
    assert out.split() == ["shutdown", "failed"]
    assert process.returncode == 3
    assert len(reader.run_ids(tmp_path)) == 1


def test_harvest_from_a_program_gives_summaries(tmp_path: Path) -> None:
    with Site(egov()).up() as portal:
        ended = harvest(
            ["portal"], {"lang": "en", "sample": "1"}, {"egov_url": portal.url, "delay": 0, "archive": tmp_path}
        )
    assert ended.exit_code == 0
    assert [(each.spider, each.outcomes) for each in ended.summaries] == [("portal", {"fetched": 4})]
    assert json.loads(json.dumps(ended.summaries[0].outcomes)) == {"fetched": 4}


class Quiet(Spider):
    """Says nothing by itself."""

    name = "quiet"


def test_progress_is_plain_lines_now_and_then_and_one_at_the_end() -> None:
    ticks = iter([0.0, 10.0, 31.0, 32.0, 33.0])
    out = io.StringIO()
    crawler = Crawler(Quiet)
    crawler.stats = MemoryStatsCollector(crawler)
    reporter = Reporter(Console(file=out, width=200), lambda: next(ticks))
    with reporter:
        reporter.watch(crawler)
        for step in range(3):
            crawler.stats.set_value("egov/fetch/fetched", step)
            crawler.signals.send_catch_log(signals.request_scheduled)
        crawler.signals.send_catch_log(signals.spider_closed)
    assert out.getvalue().splitlines() == ["quiet: 1 of 2 asked (1 fetched)", "quiet: 2 of 3 asked (2 fetched)"]
