"""Where the archive's files lie, and the moves that make them appear whole or not at all.

A run in progress lives in `open/{run id}/`; closing moves its files to their places and the manifest, written last,
makes it exist. Locks are the operating system's, so a killed process leaves none behind.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from crawler.errors import IntegrityError

WARC, TORN, INDEX, RUN, FETCHES, ISSUES = "warc.gz", "torn", "index.jsonl", "run.json", "fetches.jsonl", "issues.jsonl"
LEAVES = "leaves.txt"
#: The files of a run under their names in `open/`, and where each goes. `torn` is there only after a kill, the leaves
#: are written when the others lie at their places.
_PLACES = {
    WARC: "warc/{run}.warc.gz",
    TORN: "warc/{run}.torn",
    INDEX: "index/{run}.jsonl",
    RUN: "runs/{run}/run.json",
    FETCHES: "runs/{run}/fetches.jsonl",
    ISSUES: "runs/{run}/issues.jsonl",
    LEAVES: "leaves/{run}.txt",
}
#: Start in UTC, stage, four random digits.
RUN_ID = re.compile(r"(\d{8}T\d{6}Z)-([a-z][a-z0-9_-]*)-[0-9a-f]{4}")
FOLDERS = ("warc", "index", "runs", "leaves", "manifests")


def place(root: Path, run_id: str, name: str) -> Path:
    """Where the file `name` of a sealed run lies."""
    return root / _PLACES[name].format(run=run_id)


def places(root: Path, run_id: str) -> dict[str, Path]:
    """Name in `open/` → place when sealed, in the order the manifest lists them."""
    return {name: place(root, run_id, name) for name in _PLACES}


def open_folder(root: Path, run_id: str) -> Path:
    """Where the files of a run in progress lie."""
    return root / "open" / run_id


def open_ids(root: Path) -> tuple[str, ...]:
    """The runs that are not sealed: being written, or killed. Anything else in `open/` is not ours to touch."""
    found = (path.name for path in (root / "open").glob("*/"))
    return tuple(sorted(name for name in found if RUN_ID.fullmatch(name)))


def started(run_id: str) -> datetime:
    """When a run began, to the second (UTC). Raises ValueError for a name that is no run's id."""
    return datetime.strptime(run_id.split("-", 1)[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def stage(run_id: str) -> str:
    """The stage a run's id names. Raises ValueError for a name that is no run's id."""
    found = RUN_ID.fullmatch(run_id)
    if found is None:
        raise ValueError(f"no run's id: {run_id}")
    return found[2]


def manifest_path(root: Path, run_id: str) -> Path:
    """The file that makes a run exist."""
    return root / "manifests" / f"{run_id}.json"


def warc_path(root: Path, name: str) -> Path:
    """The WARC file `name`, sealed or still being written. Raises IntegrityError for a name that is no file name."""
    if name != Path(name).name or not name.endswith(".warc.gz"):
        raise IntegrityError(f"not the name of a WARC file: {name}")
    sealed = root / "warc" / name
    growing = open_folder(root, name.removesuffix(".warc.gz")) / WARC
    return growing if growing.exists() and not sealed.exists() else sealed


def prepare(root: Path) -> None:
    """Make the archive's folders. Raises OSError where that cannot be done."""
    for name in (*FOLDERS, "open"):
        (root / name).mkdir(parents=True, exist_ok=True)


def take_lock(path: Path, *, wait: bool) -> IO[bytes] | None:
    """An exclusive lock on `path`, held until the returned file is closed; None if another holds it and not `wait`."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def is_locked(path: Path) -> bool:
    """Whether another process holds the lock on `path`. To look needs the right to read it, no more."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextmanager
def chain_lock(root: Path) -> Iterator[None]:
    """Only one process opens or seals a run at a time: the chain has one end."""
    file = take_lock(root / "open" / "chain.lock", wait=True)
    try:
        yield
    finally:
        if file is not None:
            file.close()


def sync_folder(path: Path) -> None:
    """Make renames in a folder survive a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Make a file's content survive a loss of power."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def write_whole(path: Path, content: bytes, *, by_way_of: Path) -> None:
    """Write a file that appears whole or not at all: temporary name `by_way_of`, fsync, rename."""
    with by_way_of.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    by_way_of.replace(path)
    sync_folder(path.parent)


class Appender:
    """A file that only grows. A write that fails half-way (disk full) is taken back, so the file stays readable."""

    def __init__(self, path: Path) -> None:
        """Raises OSError where the file cannot be made."""
        self._file = path.open("ab", buffering=0)
        self.size = self._file.tell()

    def append(self, content: bytes) -> None:
        """Add `content` as one piece. Raises OSError."""
        rest = memoryview(content)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            self._file.truncate(self.size)
            raise
        self.size += len(content)

    def close(self) -> None:
        """Put everything on the disk and close. Raises OSError."""
        with self._file as file:
            os.fsync(file.fileno())
