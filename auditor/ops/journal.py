"""The records of runs, on disk: `runs/ID.jsonl` below the state folder, the pointer to the last good one, the lock.

They lie outside the database, so that a run can say that the database is gone. A record's first line begins the run,
its last one ends it; a record without an end belongs to a run in progress, or to one that was killed.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from auditor.ops.records import PastRun
from crawler.archive.layout import is_locked, take_lock, write_whole
from crawler.archive.lines import dump, moment, stamp
from crawler.archive.records import RunResult
from crawler.errors import UNREADABLE, AuditError

_LOCK, _RUNS, _GOOD = "run.lock", "runs", "last_good.json"
_TRIES, _PAUSE = 5, 0.1  # seconds


class BusyError(AuditError):
    """Another run is at work: nothing was done. Not a fault of anything, but no run either."""

    exit_code = 3


@contextmanager
def run_lock(state: Path) -> Iterator[None]:
    """Hold the only right to run with this state folder. The lock is the operating system's and dies with us.

    Raises BusyError at once if another process holds it.
    """
    (state / _RUNS).mkdir(parents=True, exist_ok=True)
    file = None
    for _ in range(_TRIES):
        file = take_lock(state / _LOCK, wait=False)
        if file is not None:
            break
        time.sleep(_PAUSE)  # a check-up holds the lock for the blink in which it looks
    if file is None:
        raise BusyError("another run is at work, nothing was done")
    with file:
        yield


def is_running(state: Path) -> bool:
    """Whether a run holds the lock now; who may only read can ask."""
    return is_locked(state / _LOCK)


def new_run_id(now: datetime) -> str:
    """An id as the archive's runs have it."""
    return f"{now:%Y%m%dT%H%M%SZ}-run-{secrets.token_hex(2)}"


def record_folder(state: Path) -> Path:
    """Where the records of all runs lie."""
    return state / _RUNS


def last_good_path(state: Path) -> Path:
    """The pointer to the last good run."""
    return state / _GOOD


def record_path(state: Path, run_id: str) -> Path:
    """Where a run's record lies."""
    return state / _RUNS / f"{run_id}.jsonl"


def log_path(state: Path, run_id: str) -> Path:
    """Where a quiet run's stages say what they would else have said on the terminal."""
    return state / _RUNS / f"{run_id}.log"


class Journal:
    """One run's record while it is written: each line is whole on the disk before the run goes on."""

    def __init__(self, state: Path, run_id: str) -> None:
        self._path = record_path(state, run_id)

    def add(self, record: str, fields: Mapping[str, Any]) -> None:
        """Append a line of kind `record` (begin, stage, change, issue, end). Raises OSError."""
        append_line(self._path, {"record": record, **fields})


def append_line(path: Path, value: Mapping[str, Any]) -> None:
    """Add one line of JSON and wait for the disk. Raises OSError."""
    with path.open("ab") as file:
        file.write(dump(dict(value)))
        file.flush()
        os.fsync(file.fileno())


def past_runs(state: Path) -> list[PastRun]:
    """Every run that has a record, oldest first. One without an end is `running`; a torn line is passed over."""
    found = [run for path in sorted((state / _RUNS).glob("*.jsonl")) if (run := _read(path)) is not None]
    return sorted(found, key=lambda run: (run.started, run.run_id))


def pick_up(state: Path, now: datetime) -> list[str]:
    """End the records of killed runs as interrupted; needs the lock. Gives their ids, oldest first. Raises OSError."""
    killed = [run.run_id for run in past_runs(state) if run.result is RunResult.RUNNING]
    for run_id in killed:
        path = record_path(state, run_id)
        content = path.read_bytes()
        path.write_bytes(content[: content.rfind(b"\n") + 1])  # what a kill left of a line
        ended = {"finished": stamp(now), "result": RunResult.INTERRUPTED.value, "exit_code": 3}
        append_line(path, {"record": "end", **ended, "detail": "its process ended before it was done"})
    return killed


def last_good(state: Path) -> dict[str, Any] | None:
    """What `last_good.json` says, None if no run was good yet. Raises AuditError if it cannot be read."""
    path = state / _GOOD
    if not path.exists():
        return None
    try:
        told: dict[str, Any] = json.loads(path.read_bytes())
        moment(told["finished"])
    except UNREADABLE as error:
        raise AuditError(f"{_GOOD} in the state folder cannot be read; the next good run writes it anew") from error
    return told


def move_last_good(state: Path, told: Mapping[str, Any]) -> None:
    """Point to a run that is good and done; the pointer is the old one or the new one, never half. Raises OSError."""
    write_whole(state / _GOOD, dump(dict(told), indent=1), by_way_of=state / f"{_GOOD}.tmp")


def _read(path: Path) -> PastRun | None:
    """The run of a record; None for a file of which not even the first line was written."""
    begun: dict[str, Any] | None = None
    ended: dict[str, Any] = {}
    for line in path.read_bytes().splitlines():
        try:
            told = json.loads(line)
            kind = told.get("record")
        except UNREADABLE:
            continue  # torn by a kill
        if kind == "begin":
            begun = told
        elif kind == "end":
            ended = told
    if begun is None:
        return None
    return PastRun(
        run_id=path.stem,
        started=moment(begun["started"]),
        finished=moment(ended["finished"]) if ended else None,
        result=RunResult(ended.get("result", "running")),
        detail=ended.get("detail", ""),
        exit_code=ended.get("exit_code", 0),
        arguments=begun.get("arguments", {}),
        counts=ended.get("counts", {}),
    )
