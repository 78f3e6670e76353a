"""Going on with a crawl whose process was killed: which run may be taken up, and what it holds.

The frontier of a crawl is its own fetch log: one line is committed for each answer, before the next page is asked for,
and which pages are left follows from the answers kept. So there is no second book that could say otherwise.

A killed crawl is gone on with by the next one of the same spider, arguments and program version that begins within the
time given, counted from its start: later the site may have changed under it, and robots.txt is not to be remembered for
longer than a day (RFC 9309, 2.4). Else it is sealed as interrupted with what was whole. One that had begun to stop for
a reason of its own (a challenge, a used-up budget) is never taken up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from crawler.archive import layout, manifest, reader, seal
from crawler.archive.lines import stamp
from crawler.archive.records import RunRecord, RunResult
from crawler.archive.seal import Whole

#: In the folder of a run in progress: a line with the time for each process that worked on it.
MARK = "resumable"
#: The longest that a killed crawl may wait to be gone on with.
LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The crawl that is about to begin, and how old a killed one may be to be gone on with."""

    stage: str
    arguments: Mapping[str, Any]
    versions: Mapping[str, str]
    within: timedelta


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A killed run that is ours now: what it holds, and its lock."""

    whole: Whole
    lock: IO[bytes]


def mark(root: Path, run_id: str, at: datetime) -> None:
    """Say that a process works on this run, and that it may be taken up after a kill. Raises OSError."""
    with (layout.open_folder(root, run_id) / MARK).open("ab") as file:
        file.write(f"{stamp(at)}\n".encode())


def unmark(root: Path, run_id: str) -> None:
    """Say that the run ends here, whatever happens to its process. Raises OSError."""
    (layout.open_folder(root, run_id) / MARK).unlink(missing_ok=True)


def times_taken_up(root: Path, run_id: str) -> int:
    """How often a run in progress was gone on with after a kill."""
    path = layout.open_folder(root, run_id) / MARK
    return max(0, path.read_bytes().count(b"\n") - 1) if path.exists() else 0


def is_young(root: Path, run_id: str, now: datetime, within: timedelta) -> bool:
    """Whether a run in progress may be taken up by its age. One begun "in the future" may not: the clock was set."""
    if not (layout.open_folder(root, run_id) / MARK).exists():
        return False
    return timedelta(0) <= now - layout.started(run_id) <= within


def is_anothers(root: Path, run_id: str, stage: str, now: datetime) -> bool:
    """Whether a run in progress waits for a crawl of another stage than this one to go on with it."""
    return layout.stage(run_id) != stage and is_young(root, run_id, now, LONGEST)


def take_up(root: Path, wanted: Wanted, now: Callable[[], datetime]) -> TakenUp | None:
    """The killed run that `wanted` goes on with, mended and locked; needs the chain's lock. Raises OSError."""
    for run_id in reversed(layout.open_ids(root)):
        if layout.stage(run_id) != wanted.stage or not is_young(root, run_id, now(), wanted.within):
            continue
        lock = layout.take_lock(layout.open_folder(root, run_id) / "lock", wait=False)
        if lock is None:
            continue  # its process lives
        if not layout.manifest_path(root, run_id).exists() and seal.was_begun(root, run_id):
            whole = seal.mend(root, run_id)
            if (whole.run.arguments, whole.run.versions) == (wanted.arguments, wanted.versions):
                return TakenUp(whole, lock)
        lock.close()
    return None


def killed_since(root: Path, stages: Iterable[str], now: datetime, within: timedelta) -> datetime | None:
    """When the oldest killed run of these stages that may be taken up began; None if there is none."""
    wanted = set(stages)
    found = [
        layout.started(run_id)
        for run_id in layout.open_ids(root)
        if layout.stage(run_id) in wanted and is_young(root, run_id, now, within) and not _lives(root, run_id)
    ]
    return min(found, default=None)


def done_since(root: Path, stage: str, arguments: Mapping[str, Any], since: datetime) -> RunRecord | None:
    """The newest good run of this stage and arguments that was sealed after `since`. Raises IntegrityError."""
    for run in reversed(list(_sealed_since(root, since))):
        record = reader.run_record(root, run)
        if (record.stage, record.result, record.arguments) == (stage, RunResult.GOOD, arguments):
            return record
    return None


def _sealed_since(root: Path, since: datetime) -> Iterator[str]:
    return (run.run_id for run in manifest.load_all(root) if run.sealed_at >= since)


def _lives(root: Path, run_id: str) -> bool:
    lock = layout.take_lock(layout.open_folder(root, run_id) / "lock", wait=False)
    if lock is None:
        return True
    lock.close()
    return False
