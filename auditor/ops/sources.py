"""How each source stands, told from the archive's records of its harvests. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from auditor.ops.duration import in_words
from auditor.ops.records import Level, SourceHealth, SourceState
from crawler.archive.records import RunRecord, RunResult

#: First words of a harvest's last line when the site shut us out: a challenge page, or more patience asked for than
#: a crawl has.
_SHUT_OUT = ("challenge", "crawl_delay", "retry_after")


def blocked(run: RunRecord) -> bool:
    """Whether a harvest failed because the site shut it out: stopped by the site, or robots.txt closed everything."""
    if run.result is RunResult.GOOD:
        return False
    reason = run.detail.split(":", 1)[0]
    closed = bool(run.counts.get("forbidden")) and not run.counts.get("pages_ok")
    return reason in _SHUT_OUT or closed


def source_health(
    source: str, runs: Sequence[RunRecord], now: datetime, max_age: timedelta, frozen: tuple[datetime | None, timedelta]
) -> SourceHealth:
    """How a source stands by its harvests (`runs`, oldest first). `frozen`: when anything it says last changed, and
    after how long without a change it counts as frozen.

    A failed harvest after a recent good one leaves the source alive, with a warning.
    """
    good = [run for run in runs if run.result is RunResult.GOOD]
    last_good = _ended(good[-1]) if good else None
    if not runs:
        return SourceHealth(source, SourceState.LAPSED, None, "it was never harvested", None, Level.FAIL)
    newest = runs[-1]
    if blocked(newest):
        since = _row_begins(runs, blocked)
        return SourceHealth(source, SourceState.BLOCKED, since, newest.detail, last_good, Level.FAIL)
    if last_good is None or now - last_good > max_age:
        why = f"no good harvest for longer than {in_words(max_age)}; the newest: {newest.result}: {newest.detail}"
        since = last_good or runs[0].started
        return SourceHealth(source, SourceState.LAPSED, since, why, last_good, Level.FAIL)
    if newest.result is not RunResult.GOOD:
        why = f"the newest harvest {newest.result}: {newest.detail}"
        return SourceHealth(source, SourceState.ALIVE, good[-1].started, why, last_good, Level.WARN)
    changed, patience = frozen
    if changed is not None and now - changed > patience:
        why = f"it answers, but nothing it says has changed for longer than {in_words(patience)}"
        return SourceHealth(source, SourceState.FROZEN, changed, why, last_good, Level.WARN)
    since = _row_begins(runs, lambda run: run.result is RunResult.GOOD)
    return SourceHealth(source, SourceState.ALIVE, since, newest.detail, last_good, Level.OK)


def _row_begins(runs: Sequence[RunRecord], same: Callable[[RunRecord], bool]) -> datetime:
    """When the first of the newest runs in a row that are the `same` began."""
    since = runs[-1].started
    for run in reversed(runs):
        if not same(run):
            break
        since = run.started
    return since


def _ended(run: RunRecord) -> datetime:
    return run.finished or run.started
