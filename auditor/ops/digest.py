"""A run's end in words: the digest on stdout, and the one message that is sent. Pure."""

from __future__ import annotations

from collections.abc import Collection

from auditor.ops.records import Change, RunEnd, StageEnd

#: Words that ask for a message about how the run ended; every other word is a kind of change or an issue's code.
FAILURE, RECOVERY, CHANGE = "failure", "recovery", "change"
#: Lines of changes before a digest only counts the rest.
_LINES = 60


def digest(end: RunEnd) -> str:
    """What failed, what to look at, what changed; "" when there is nothing of the kind."""
    stages = [f"{stage.name}: {stage.message or f'ended with {stage.exit_code}'}" for stage in _failed(end)]
    warnings = [f"warning: {change.text}" for change in end.warnings]
    changes = [change.text for change in end.changes]
    if not (stages or warnings or changes or end.failed or end.recovered):
        return ""
    if len(changes) > _LINES:
        changes = [*changes[:_LINES], f"and {len(changes) - _LINES} more changes: egov-audit status, egov-audit report"]
    lines = [headline(end), *(f"  {line}" for line in (*stages, *warnings, *changes))]
    if end.failed:
        lines.append("  what to do: egov-audit doctor")
    return "\n".join(lines)


def headline(end: RunEnd) -> str:
    """One line: how the run ended, when, which."""
    state = "good again" if end.recovered else "good"
    if end.failed:
        state = f"failed (exit code {end.exit_code})"
    return f"egov-audit run: {state}, {end.finished:%Y-%m-%d %H:%M} UTC, {end.run_id}"


def nothing_changed(end: RunEnd) -> str:
    """What is said on request where there is no digest."""
    return f"nothing changed, checked at {end.finished:%Y-%m-%d %H:%M} UTC"


def to_send(end: RunEnd, wanted: Collection[str]) -> bool:
    """Whether a message about this run is asked for. `wanted`: failure, recovery, change, kinds of changes, codes."""
    if (end.failed and FAILURE in wanted) or (end.recovered and RECOVERY in wanted):
        return True
    if end.changes and CHANGE in wanted:
        return True
    return any(_is_wanted(change, wanted) for change in (*end.changes, *end.warnings))


def _is_wanted(change: Change, wanted: Collection[str]) -> bool:
    return change.kind in wanted or any(code in wanted for code in change.codes)


def _failed(end: RunEnd) -> list[StageEnd]:
    return [stage for stage in end.stages if stage.exit_code]
