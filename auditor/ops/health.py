"""What a check-up makes of what it sees: each check with its level and one line. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from auditor.db.status import Status
from auditor.ops.duration import in_words
from auditor.ops.records import Check, Found, Health, Level, PastRun, SourceHealth
from crawler.archive.lines import moment, stamp
from crawler.archive.records import RunRecord, RunResult
from crawler.pages.records import Level as Severity
from crawler.pages.records import PageKind
from crawler.sources.load import Source

_READ = ("fetched", "imported")
#: Expectations that warn and stop nothing, by the issue's code.
_BEYOND = {"low_fill": "pages emptier than expected", "more_than_expected": "pages with more than expected"}
_MEGABYTE = 1_000_000
#: A clock that is this far behind the newest record was set back.
_LEAP = timedelta(hours=1)


def age_check(good: Mapping[str, Any] | None, now: datetime, max_age: timedelta) -> Check:
    """Silence is an alarm: whether the newest good run is young enough."""
    if good is None:
        return Check("last good run", Level.FAIL, "no run has ended well yet: egov-audit run")
    age = now - moment(good["finished"])
    when = f"{moment(good['finished']):%Y-%m-%d %H:%M} UTC"
    if age < -_LEAP:
        return Check("last good run", Level.FAIL, f"ended at {when}, which is in the future: is the clock right?")
    if age > max_age:
        return Check(
            "last good run", Level.FAIL, f"ended at {when}, {in_words(age)} ago; {in_words(max_age)} are allowed"
        )
    return Check("last good run", Level.OK, f"ended at {when}")


def run_check(runs: Sequence[PastRun], *, running: bool) -> Check:
    """How the newest run stands. One without an end whose lock is free was killed."""
    if not runs:
        return Check("newest run", Level.WARN, "there is no record of any run")
    run = runs[-1]
    began = f"{run.run_id}, begun {run.started:%Y-%m-%d %H:%M} UTC"
    if run.result is RunResult.RUNNING:
        if running:
            return Check("newest run", Level.OK, f"{began}, is at work")
        return Check("newest run", Level.WARN, f"{began}, was killed; the next run goes on from what it kept")
    if run.result is RunResult.GOOD:
        return Check("newest run", Level.OK, f"{began}, ended well" + (f": {run.detail}" if run.detail else ""))
    return Check("newest run", Level.WARN, f"{began}, {run.result} (exit code {run.exit_code}): {run.detail}")


def drop_checks(runs: Sequence[PastRun], usual: Mapping[str, int], lines: Sequence[str]) -> Iterator[Check]:
    """What fell below the last good runs."""
    if runs and usual:
        told = "; ".join(lines)
        yield Check("beside earlier runs", Level.WARN if lines else Level.OK, told or "counts are as they were")


def source_checks(sources: Iterable[SourceHealth]) -> Iterator[Check]:
    """One line a source."""
    for one in sources:
        since = f" since {one.since:%Y-%m-%d %H:%M} UTC" if one.since else ""
        yield Check(f"source {one.source}", one.level, f"{one.state}{since}: {one.why}", exit_code=3)


def certificate_checks(runs: Sequence[RunRecord], pins: Mapping[str, str]) -> Iterator[Check]:
    """Hosts whose newest certificate is not the pinned one, or else not that of the harvest before (`runs`: oldest
    first, `pins`: host → SHA-256).
    """
    met: dict[str, tuple[str, str]] = {}
    newest: dict[str, Check | None] = {}
    for run in runs:
        for host, digest in run.certificates.items():
            run_id, before = met.get(host, ("", digest))
            told, before = ("the source's file pins", pins[host]) if host in pins else (f"{run_id} met", before)
            words = f"{host}: {run.run_id} met {digest}, {told} {before}"
            newest[host] = Check("certificate", Level.WARN, words) if before != digest else None
            met[host] = (run.run_id, digest)
    odd = [check for check in newest.values() if check]
    yield from odd or ([Check("certificate", Level.OK, f"as before: {', '.join(sorted(met))}")] if met else [])


def expected(source: Source, status: Status, last_good: Mapping[str, int]) -> Iterator[Found]:
    """What is expected of a source, and what is there: editions by act and language, lists by language."""
    for act in source.acts:
        for lang in source.facts.ask:
            lines = [line for line in status.editions if (line.act, line.lang) == (act.id, str(lang))]
            missing = [line for line in lines if line.state not in _READ]
            yield Found(
                source.name,
                act.id,
                str(lang),
                # An act of which no history was read has one edition at least.
                max(len(lines), 1),
                len(lines) - len(missing),
                None,
                tuple((str(line.edition_date or "date-unknown"), line.state, line.detail) for line in missing),
            )
    least = source.facts.expectations.min_listings
    for form in source.facts.forms:
        if form.kind is not PageKind.PORTAL_LIST:
            continue
        for lang in source.facts.ask:
            seen = [one for one in status.lists if (one.lang, one.audience, one.slug) == (str(lang), form.audience, "")]
            found = seen[0].listings if seen and seen[0].complete else 0
            gone = () if seen and seen[0].newest_complete else (("", "failed" if seen else "not read", "not whole"),)
            before = last_good.get(f"listings/{lang}/{form.audience}")
            yield Found(source.name, form.audience, str(lang), least, found, before, gone)


def expected_checks(found: Iterable[Found], issues: Mapping[tuple[str, str], int]) -> Iterator[Check]:
    """A line for whatever is not as expected; one that says so where everything is. `issues`: open ones, by level and
    code.
    """
    short = [
        Check("expected", Level.WARN, f"{how}: {number} ({code})")
        for (level, code), number in issues.items()
        if level == Severity.WARNING and (how := _BEYOND.get(code))
    ]
    for one in found:
        where = f"{one.source} {one.what}/{one.lang}"
        if one.found < one.expected:
            states = ", ".join(f"{name or 'list'} {state}" for name, state, _ in one.missing)
            short.append(
                Check("expected", Level.WARN, f"{where}: {one.found} of {one.expected} ({states or 'nothing'})")
            )
        elif one.missing:
            short.append(Check("expected", Level.WARN, f"{where}: the newest reading is broken, an earlier one counts"))
    yield from short or [Check("expected", Level.OK, "every edition and list that is known was read")]


def disk_check(free: int, least_mb: int, *, read_only: bool = False) -> Check:
    """Whether the archive's disk can be written to and has room left (bytes, megabytes)."""
    if read_only:
        return Check("disk", Level.FAIL, "it is read-only where the archive lies: nothing can be kept")
    text = f"{free // _MEGABYTE:,} MB free where the archive lies"
    if free < least_mb * _MEGABYTE:
        return Check("disk", Level.FAIL, f"{text}, {least_mb:,} are needed")
    return Check("disk", Level.WARN if free < 2 * least_mb * _MEGABYTE else Level.OK, text)


def as_json(health: Health) -> dict[str, Any]:
    """A check-up for programs: `status.json` and `doctor --json`. Times are UTC, ISO 8601."""
    run = health.last_run
    return {
        "level": health.level.value,
        "exit_code": health.exit_code,
        "checked_at": stamp(health.checked_at),
        "last_good": dict(health.last_good) if health.last_good else None,
        "last_run": None
        if run is None
        else {
            "run_id": run.run_id,
            "result": run.result.value,
            "started": stamp(run.started),
            "finished": _time(run.finished),
            "exit_code": run.exit_code,
            "detail": run.detail,
        },
        "checks": [{"name": one.name, "level": one.level.value, "message": one.message} for one in health.checks],
        "sources": [
            {
                "source": one.source,
                "state": one.state.value,
                "level": one.level.value,
                "since": _time(one.since),
                "why": one.why,
                "last_good": _time(one.last_good),
            }
            for one in health.sources
        ],
        "expected": [
            {
                "source": one.source,
                "what": one.what,
                "lang": one.lang,
                "expected": one.expected,
                "found": one.found,
                "last_good": one.last_good,
                "missing": [{"edition": name, "state": state, "why": why} for name, state, why in one.missing],
            }
            for one in health.expected
        ],
    }


def _time(at: datetime | None) -> str | None:
    return stamp(at) if at else None
