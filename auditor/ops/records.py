"""What a run, its ends and a check-up are, as records. No database, no files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from crawler.archive.records import RunResult

#: Words of `Change.kind` that speak of a loss, and not of what a source did.
DROP, STAGE, NOTICE, UNREAD = "drop", "stage", "notice", "unread"
#: … and of a loss that a person let count, with the reason.
ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a digest. `kind` is a stable word: edition, listing, page, figure, issue, drop, unread, stamp …

    `codes` are the issue codes that the line speaks of, so that a notice can be asked for by code.
    """

    kind: str
    text: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageEnd:
    """How one stage ended: 0, or the exit code and the line of its error. `stop`: the stages after it are not tried.

    A message beside 0 is a warning of the run.
    """

    name: str
    exit_code: int
    message: str = ""
    stop: bool = False


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run as its record tells. Times are UTC. `arguments` hold no secret and no path, so equal ones compare."""

    run_id: str
    started: datetime
    finished: datetime | None
    result: RunResult
    detail: str = ""
    exit_code: int = 0
    arguments: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a run ended, with all that its digest and its record say. `before` is how the run before it had ended."""

    run_id: str
    started: datetime
    finished: datetime
    result: RunResult
    exit_code: int
    stages: tuple[StageEnd, ...]
    changes: tuple[Change, ...]
    warnings: tuple[Change, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    verdicts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    before: RunResult | None = None

    @property
    def failed(self) -> bool:
        """Whether anything failed."""
        return self.result is not RunResult.GOOD

    @property
    def recovered(self) -> bool:
        """Whether this run is good where the one before it was not."""
        return not self.failed and self.before in (RunResult.FAILED, RunResult.INTERRUPTED)


class Level(StrEnum):
    """How grave a check's outcome is: `warn` wants a person some day, `fail` now."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class SourceState(StrEnum):
    """How a source stands: it answers; no good harvest for too long; it shuts us out; it answers but never changes."""

    ALIVE = "alive"
    LAPSED = "lapsed"
    BLOCKED = "blocked"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a check-up. `exit_code` is what a failed one ends the command with."""

    name: str
    level: Level
    message: str
    exit_code: int = 1


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How one source stands, since when (UTC) and why. `last_good` is the end of its newest good harvest."""

    source: str
    state: SourceState
    since: datetime | None
    why: str
    last_good: datetime | None
    level: Level


@dataclass(frozen=True, slots=True)
class Found:
    """What is expected and what is there, of one source, list or act, in one language.

    `expected` counts editions that histories name, or the least number of listings; `last_good` is the count of the
    last good run, None where there is none. `missing` says which, in what state and why.
    """

    source: str
    what: str
    lang: str
    expected: int
    found: int
    last_good: int | None = None
    missing: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Health:
    """A whole check-up."""

    checked_at: datetime
    checks: tuple[Check, ...]
    sources: tuple[SourceHealth, ...]
    expected: tuple[Found, ...]
    last_run: PastRun | None
    last_good: Mapping[str, Any] | None

    @property
    def level(self) -> Level:
        """The gravest of all checks."""
        levels = {check.level for check in self.checks}
        return next((level for level in (Level.FAIL, Level.WARN) if level in levels), Level.OK)

    @property
    def exit_code(self) -> int:
        """0 unless a check failed; else the highest code of those that did."""
        return max((check.exit_code for check in self.checks if check.level is Level.FAIL), default=0)
