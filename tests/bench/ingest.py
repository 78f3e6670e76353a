"""Ingesting 120 generated register pages (60 dates × 2 languages, 1,300 rows × 11 columns) into SQLite.

Goals: at most 90 s and 700 MB on two cores; the same again with nothing new at most 5% of that. The floor is parsing
the same pages and nothing else; memory is the peak of the process that ingests.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from auditor.db.session import connect, upgrade
from auditor.ingest.stage import ingest
from crawler.archive import reader
from crawler.archive.records import Capture
from crawler.pages.register import parse_register
from tests.auditor.ingest.pages import Run, sources
from tests.bench._memory import peak_mb
from tests.pages_gen import Spec

DATES = 60
ROWS = 1300
FIRST = date(2020, 1, 31)


def run() -> None:
    """Prints seconds, their ratio to parsing alone, the second run's share and the peak of memory."""
    with tempfile.TemporaryDirectory() as folder:
        root, days = Path(folder), [FIRST + timedelta(days=20 * number) for number in range(DATES)]
        captures = _archive(root / "archive", days)
        bodies = sum(capture.size for capture in captures)
        print(f"{len(captures)} pages, {bodies / 1e6:.0f} MB of bodies")
        floor = _in_child(_parse_all, root, captures)[0]
        first, peak = _in_child(_ingest, root, DATES * 2)
        second, _ = _in_child(_ingest, root, 0)
        size = sum(path.stat().st_size for path in root.glob("audit.db*"))
        print(f"ingest {first:.1f} s (goal 90), parsing alone {floor:.1f} s, ratio {first / floor:.2f}")
        print(f"peak memory {peak:.0f} MB (goal 700), database {size / 1e6:.0f} MB")
        print(f"again with nothing new {second:.2f} s, {second / first:.2%} (goal 5%)")


def _archive(root: Path, days: list[date]) -> list[Capture]:
    pages = Run(root)
    for lang in ("ru", "kk"):
        pages.history(*days, lang=lang)
    for number, day in enumerate(days):
        for lang in ("ru", "kk"):
            pages.edition(day, Spec(rows=ROWS, lang=lang, seed=number))
    return pages.seal()


def _in_child(work: object, *arguments: object) -> tuple[float, float]:
    """Seconds and peak memory (MB) of `work`, in a process of its own that this one's memory does not count for."""
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[tuple[float, float]] = context.Queue()
    child = context.Process(target=_measured, args=(results, work, *arguments))
    child.start()
    child.join()
    if child.exitcode:
        sys.exit(f"the bench's child ended with {child.exitcode}")
    return results.get()


def _measured(results: multiprocessing.Queue[tuple[float, float]], work: object, *arguments: object) -> None:
    start = time.perf_counter()
    work(*arguments)  # type: ignore[operator]
    seconds = time.perf_counter() - start
    results.put((seconds, peak_mb()))


def _parse_all(root: Path, captures: list[Capture]) -> None:
    for capture in captures:
        if capture.target.edition_date is not None:
            parse_register(reader.read_body(root / "archive", capture), capture.target, capture.content_type)


def _ingest(root: Path, editions: int) -> None:
    address = f"sqlite:///{root}/audit.db"
    upgrade(address)
    engine = connect(address)
    summary = ingest(engine, root / "archive", sources(), watch=_silent)
    engine.dispose()
    if summary.editions != editions or summary.exit_code:
        raise AssertionError(f"{summary.editions} editions, exit code {summary.exit_code}")


def _silent(_done: int, _total: int, _url: str) -> None:
    """A bench prints figures only."""
