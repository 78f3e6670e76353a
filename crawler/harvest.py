"""Starts crawls, in a process of their own: Scrapy's reactor runs once a process and belongs to its main thread.

`harvest` is for callers; `python -m crawler.harvest` is the process, its stdout one JSON document.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from rich.console import Console

from crawler.archive import resume
from crawler.archive.lines import moment, stamp
from crawler.archive.records import Outcome, RunRecord
from crawler.archive.redact import clean_arguments
from crawler.config import CrawlConfig
from crawler.errors import AuditError, SourceError, UsageError

if TYPE_CHECKING:
    from asyncio import Task

    from scrapy.crawler import Crawler
    from scrapy.settings import Settings

    from crawler.asking import SourceSpider

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Summary:
    """How one crawl ended. `result` is the run's: good or failed; `outcomes` counts the pages asked for.

    `run_id` is "" for a crawl that could not open a run. `detail` is one line. `bytes` were received, as sent.
    """

    spider: str
    run_id: str
    result: str
    finish_reason: str
    detail: str
    outcomes: dict[str, int]
    pages_ok: int
    unchanged: int
    requests: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Harvest:
    """How the process ended: its exit code (0, 2 usage, 3 source or network …) and a summary a spider."""

    exit_code: int
    summaries: tuple[Summary, ...]


def harvest(
    spiders: Sequence[str],
    options: Mapping[str, str] | None = None,
    settings: Mapping[str, object] | None = None,
    since: datetime | None = None,
) -> Harvest:
    """Crawl with these spiders at once in a child process; what it has to say goes to stderr.

    `options` are the spiders' (each gets those it knows), `settings` are fields of `CrawlConfig` put over the
    environment's. An interrupt is passed on, and the runs are closed before this returns; if we are killed outright, so
    is the child. Spiders that have done the same well `since` a killed run began are not asked again.

    Raises SourceError if the child is killed.
    """
    command = [sys.executable, "-P", "-m", "crawler.harvest", *spiders]
    command += [f"--since={stamp(since)}"] if since else []
    command += [f"--option={name}={value}" for name, value in (options or {}).items()]
    given = {f"EGOV_AUDIT_{name.upper()}": str(value) for name, value in (settings or {}).items() if value is not None}
    ours, alive = os.pipe()  # nothing is ever written: it ends when we do
    command.append(f"--alive={ours}")
    try:
        with subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, env=os.environ | given, stdout=subprocess.PIPE, text=True, encoding="utf-8", pass_fds=(ours,)
        ) as child:
            output = _wait(child)
    finally:
        os.close(ours)
        os.close(alive)
    try:
        told = json.loads(output)
    except json.JSONDecodeError:
        if child.returncode < 0:
            what = signal.strsignal(-child.returncode) or f"signal {-child.returncode}"
            raise SourceError(
                f"the crawl was killed from outside ({what}; is the memory enough?): what it kept is whole, start "
                "again and it goes on where it was"
            ) from None
        return Harvest(child.returncode or SourceError.exit_code, ())
    return Harvest(child.returncode, tuple(Summary(**each) for each in told["spiders"]))


def _wait(child: subprocess.Popen[str]) -> str:
    """What the child wrote; SIGTERM is handed on, and Ctrl-C, which reaches the child itself, is waited out."""
    main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, lambda *_: child.terminate()) if main else None
    try:
        while True:
            try:
                return child.communicate()[0]
            except KeyboardInterrupt:
                continue
    finally:
        if main:
            signal.signal(signal.SIGTERM, before)


def main(arguments: Sequence[str] | None = None) -> int:
    """The process: crawls, writes the summaries to stdout, gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m crawler.harvest", description=__doc__)
    parser.add_argument("spiders", nargs="+", help="spiders to run at once")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="an option of the spiders")
    parser.add_argument("--since", type=moment, metavar="TIME", help="what was done well since then is done")
    parser.add_argument("--alive", type=int, metavar="FD", help="end at once when this pipe does")
    asked = parser.parse_args(arguments)
    if asked.alive is not None:
        threading.Thread(target=_die_with, args=(asked.alive,), daemon=True).start()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        names = tuple(dict.fromkeys(asked.spiders))
        summaries = _crawl(names, _read_options(asked.option), console, asked.since)
    except ValidationError as error:
        first = error.errors()[0]
        name = "EGOV_AUDIT_" + "_".join(str(part) for part in first["loc"]).upper()
        console.print(f"egov-audit: {name}: {first['msg']}", markup=False)
        return UsageError.exit_code
    except AuditError as error:
        console.print(f"egov-audit: {error}", markup=False)
        return error.exit_code
    sys.stdout.write(json.dumps({"spiders": [asdict(summary) for summary in summaries]}, ensure_ascii=False) + "\n")
    return 0 if all(summary.result == "good" for summary in summaries) else SourceError.exit_code


def _die_with(pipe: int) -> None:
    """Be killed when whoever started us is gone: nobody would wait for this crawl or know of it."""
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGKILL)


def _read_options(given: Sequence[str]) -> dict[str, str]:
    """NAME=VALUE pairs. Raises UsageError."""
    options = dict(pair.split("=", 1) for pair in given if "=" in pair)
    if len(options) != len(given):
        raise UsageError(f"each option is NAME=VALUE, and once: {' '.join(given)}")
    return options


def _crawl(names: Sequence[str], options: dict[str, str], console: Console, since: datetime | None) -> list[Summary]:
    """Run the spiders together and wait. Raises UsageError before anything is fetched, for what cannot be asked."""
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from crawler.extensions.progress import Reporter

    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.set("LOG_INSTALL_ROOT_HANDLER", False)  # the reporter's own handler shares the console with its bars
    asked = _checked(names, options, settings)
    done = _done_before(asked, since)
    reporter = Reporter(console)
    process = AsyncCrawlerProcess(settings)
    logging.getLogger().addHandler(reporter.log_handler(settings["LOG_FORMAT"], settings["LOG_LEVEL"]))
    started: list[tuple[Crawler, Task[None]]] = []
    with reporter:
        for spider, own in asked:
            if spider.name in done:
                logger.warning("%s: done by %s, before the kill", spider.name, done[spider.name].run_id)
                continue
            crawler = process.create_crawler(spider)
            reporter.watch(crawler)
            started.append((crawler, process.crawl(crawler, **own)))
        if started:
            process.start()
    ended = {crawler.spidercls.name: _summary(crawler, task) for crawler, task in started}
    return [ended.get(spider.name) or _told(done[spider.name]) for spider, _ in asked]


def _done_before(
    asked: Sequence[tuple[type[SourceSpider], dict[str, str]]], since: datetime | None
) -> dict[str, RunRecord]:
    """Spider → its good run of the harvest that was killed. Without `since` a killed run tells."""
    from crawler.extensions.run_record import arguments_of

    config = CrawlConfig()
    within = timedelta(hours=config.resume_hours)
    if since is None and within:
        since = resume.killed_since(config.archive, [spider.name for spider, _ in asked], datetime.now(UTC), within)
    if since is None:
        return {}
    found = {}
    for spider, own in asked:
        told = clean_arguments(arguments_of(spider(config=config, **own)))
        record = resume.done_since(config.archive, spider.name, told, since)
        if record is not None:
            found[spider.name] = record
    return found


def _told(run: RunRecord) -> Summary:
    """A crawl that was done before, as its record tells."""
    numbers = {o.value: run.counts[o.value] for o in Outcome if run.counts.get(o.value)}
    return Summary(
        spider=run.stage,
        run_id=run.run_id,
        result=run.result.value,
        finish_reason="finished",
        detail=run.detail,
        outcomes=numbers,
        pages_ok=run.counts.get("pages_ok", 0),
        unchanged=0,
        requests=run.counts.get("requests", 0),
        bytes=run.counts.get("bytes_received", 0),
    )


def _checked(
    names: Sequence[str], options: dict[str, str], settings: Settings
) -> list[tuple[type[SourceSpider], dict[str, str]]]:
    """Each spider with the options it knows. Raises UsageError for what no spider knows or cannot mean."""
    from scrapy.spiderloader import SpiderLoader

    config = CrawlConfig()
    loader = SpiderLoader.from_settings(settings)
    asked: list[tuple[type[SourceSpider], dict[str, str]]] = []
    for name in names:
        if name not in loader.list():
            raise UsageError(f"no spider is named {name!r}; there are: {', '.join(sorted(loader.list()))}")
        spider: Any = loader.load(name)
        own = {option: value for option, value in options.items() if option in spider.options}
        spider(config=config, **own)
        asked.append((spider, own))
    for option in options:
        if not any(option in own for _, own in asked):
            raise UsageError(f"no option {option!r} of {', '.join(names)}")
    return asked


def _summary(crawler: Crawler, task: Task[None]) -> Summary:
    """What the crawl's statistics say; one that could not begin is failed, with the reason in one line."""
    from crawler.extensions.run_record import FETCH, PAGES_OK

    error = None if task.cancelled() or not task.done() else task.exception()
    if isinstance(error, AuditError):
        raise error
    stats = crawler.stats
    run = getattr(crawler, "egov_run", None)
    reason = stats.get_value("finish_reason") if stats is not None else None
    result, detail = stats.get_value("egov/result", "failed"), stats.get_value("egov/detail", "")
    if error is not None:
        logger.error("%s: %s", crawler.spidercls.name, error, exc_info=error)
        result, detail = "failed", f"{type(error).__name__}: {error}"
    return Summary(
        spider=crawler.spidercls.name,
        run_id=run.run_id if run is not None else "",
        result=result,
        finish_reason=reason or "not_started",
        detail=detail,
        outcomes={o.value: n for o in Outcome if (n := int(stats.get_value(f"{FETCH}{o.value}", 0)))},
        pages_ok=int(stats.get_value(PAGES_OK, 0)),
        unchanged=int(stats.get_value("egov/unchanged", 0)),
        requests=int(stats.get_value("downloader/request_count", 0)),
        bytes=int(stats.get_value("downloader/response_bytes", 0)),
    )


if __name__ == "__main__":
    sys.exit(main())
