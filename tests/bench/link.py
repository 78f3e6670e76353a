"""Linking a long register in two languages, one further edition, and what comparing all with all would cost.

Goals: 100 editions × 1,300 rows × 2 languages in at most 60 s and 1 GB; one further edition in at most 2 s; at least 5
times faster than all-pairs rapidfuzz and 500 times faster than difflib, both measured here and scaled up.
"""

from __future__ import annotations

import difflib
import gc
import importlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from rapidfuzz import fuzz, process
from sqlalchemy import Engine

from auditor.db.session import connect, transaction, upgrade
from auditor.link.editions import link_editions
from auditor.link.stage import link_register
from tests.auditor.link.histories import USUAL, History, write_history
from tests.auditor.link.store import store_edition
from tests.bench._memory import peak_mb

ROWS = 1_300
EDITIONS = 100
#: Pairs of editions of each language that the comparisons are measured on.
PAIRS_SAMPLED = 10
#: Names of one side that difflib compares with one other: all of them would take hours.
DIFFLIB_SAMPLE = 40


def run() -> None:
    """Measure and print."""
    history = write_history(1, ROWS, [USUAL] * EDITIONS)
    times = {count: _linked(history, count) for count in (EDITIONS // 4, EDITIONS)}
    for count, (whole, further, memory) in times.items():
        print(
            f"{count} editions × {ROWS} rows × 2 languages: {whole:.1f} s, {memory:.0f} MB; "
            f"one further edition: {further:.2f} s"
        )
    small, large = times[EDITIONS // 4][0], times[EDITIONS][0]
    print(f"growth of time from {EDITIONS // 4} to {EDITIONS} editions: ×{large / small:.2f} (editions ×4)")
    _beside(history, large)
    print("times with the database are wall clock and suffer from a busy machine; comparing is measured in CPU time")


def _beside(history: History, whole: float) -> None:
    """Comparing alone, against all-pairs rapidfuzz and difflib on the same pairs of editions, scaled to all pairs."""
    steps = [(texts[n], texts[n + 1]) for texts in history.editions.values() for n in range(PAIRS_SAMPLED)]
    scale = 2 * (EDITIONS - 1) / len(steps)
    # A library is loaded once a run, not once a pair: scaled up it would count as often as there are pairs.
    for library in ("scipy.optimize", "scipy.sparse"):
        importlib.import_module(library)
    # Nor does the bench's own hundred editions of rows, walked through at every full collection, count as comparing.
    gc.collect()
    gc.freeze()
    ours = sum(_cpu(lambda pair=pair: link_editions(*pair)) for pair in steps) * scale
    named = [([entry.name for entry in old], [entry.name for entry in new]) for old, new in steps]
    scorer = fuzz.token_sort_ratio
    fuzzy = sum(_cpu(lambda pair=pair: process.cdist(*pair, scorer=scorer, workers=1)) for pair in named) * scale
    old, new = named[0]
    sample = _cpu(lambda: [difflib.SequenceMatcher(None, name, new[0]).ratio() for name in old[:DIFFLIB_SAMPLE]])
    slow = sample / DIFFLIB_SAMPLE * len(old) * len(new) * 2 * (EDITIONS - 1)
    print(f"comparing alone, all {EDITIONS} editions: {ours:.1f} s")
    for name, seconds in (("rapidfuzz cdist over all pairs", fuzzy), ("difflib over all pairs", slow)):
        alone, stored = seconds / ours, seconds / whole
        print(f"{name}: {seconds:.0f} s; ours is {alone:.1f} times faster, {stored:.1f} with reading and storing")


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _linked(history: History, count: int) -> tuple[float, float, float]:
    """Seconds to link so many editions from nothing, database included, then one more; MB at most in that process."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder)}/audit.db"
        upgrade(url)
        engine = connect(url)
        for number in range(count):
            _store(engine, history, number)
        whole, memory = _apart(url)
        _store(engine, history, count)
        further, _ = _apart(url)
        engine.dispose()
    return whole, further, memory


def _apart(url: str) -> tuple[float, float]:
    """Link in a process of its own, so that its memory is its own: seconds of linking, MB at most."""
    code = f"from tests.bench.link import link_and_tell; link_and_tell({url!r})"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    return float(said[0]), float(said[1])


def link_and_tell(url: str) -> None:
    """What the process apart does: link, and print seconds and MB."""
    engine = connect(url)
    seconds = _seconds(lambda: _link(engine))
    print(seconds, peak_mb())


def _store(engine: Engine, history: History, number: int) -> None:
    with transaction(engine) as session:
        for texts in history.editions.values():
            store_edition(session, texts[number])


def _link(engine: Engine) -> None:
    with transaction(engine) as session:
        link_register(session, datetime.now(UTC))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
