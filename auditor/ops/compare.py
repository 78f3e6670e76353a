"""A run's counts beside those of the last good runs of the same arguments. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median_low

from auditor.ops.records import DROP, Change, PastRun
from crawler.archive.records import RunResult

#: Per cent that a count may fall below that of the last good runs before it is told.
DROP_PERCENT = 10
#: How many good runs back the comparison looks.
_RUNS = 5


def comparable(runs: Sequence[PastRun], arguments: Mapping[str, str]) -> list[PastRun]:
    """The last good runs of the same arguments, oldest first."""
    return [run for run in runs if run.result is RunResult.GOOD and run.arguments == arguments][-_RUNS:]


def usual(runs: Sequence[PastRun]) -> dict[str, int]:
    """What each count usually is: the median over these runs."""
    names = {name for run in runs for name in run.counts}
    return {name: median_low([run.counts[name] for run in runs if name in run.counts]) for name in sorted(names)}


def drops(counts: Mapping[str, int], runs: Sequence[PastRun]) -> tuple[Change, ...]:
    """A line for each count that has fallen by more than 10 % below the median of these runs, or is gone."""
    told = []
    for name, wanted in usual(runs).items():
        found = counts.get(name, 0)
        if found * 100 < wanted * (100 - DROP_PERCENT):
            told.append(Change(DROP, f"{name}: {found}, the last {len(runs)} good runs had {wanted}"))
    return tuple(told)
