"""Reading sealed runs: what was asked, how it ended, and the bodies. Nothing here changes a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from crawler.archive import layout, manifest
from crawler.archive.lines import capture_of, fetch_of, issue_of, read_lines, run_of
from crawler.archive.records import Capture, Fetch, Headers, RunIssue, RunRecord
from crawler.archive.warc import Record, TornError, members, parse, referred, sha256
from crawler.errors import UNREADABLE, IntegrityError


class Kept(Protocol):
    """Whatever says where a body lies: WARC file, offset of its response or of a revisit, SHA-256 of the body."""

    @property
    def warc(self) -> str:
        """File name below the archive's `warc/`."""

    @property
    def offset(self) -> int:
        """Bytes from the file's start, as stored."""

    @property
    def sha256(self) -> str:
        """Hexadecimal."""


def run_ids(root: Path) -> list[str]:
    """The sealed runs, oldest first in the order of the chain. Raises IntegrityError for a changed manifest."""
    return [run.run_id for run in manifest.load_all(root)]


def run_record(root: Path, run_id: str) -> RunRecord:
    """A sealed run's record. Raises IntegrityError if it is missing or cannot be read."""
    path = _sealed(root, run_id, layout.RUN)
    try:
        return run_of(json.loads(path.read_bytes()))
    except UNREADABLE as error:
        raise IntegrityError(f"runs/{run_id}/run.json cannot be read: {error}") from error


def captures(root: Path, run_id: str) -> Iterator[Capture]:
    """The index of a sealed run, in the order written, read line by line. Raises IntegrityError."""
    return read_lines(_sealed(root, run_id, layout.INDEX), capture_of)


def fetches(root: Path, run_id: str) -> Iterator[Fetch]:
    """How each asking of a sealed run ended, in time order. Raises IntegrityError."""
    return read_lines(_sealed(root, run_id, layout.FETCHES), fetch_of)


def issues(root: Path, run_id: str) -> Iterator[RunIssue]:
    """What went wrong or was odd in a sealed run, in time order. Raises IntegrityError."""
    return read_lines(_sealed(root, run_id, layout.ISSUES), issue_of)


def read_body(root: Path, capture: Capture) -> bytes:
    """The payload of a capture, a revisit's from the record it refers to.

    Raises IntegrityError that names WARC file and offset if the bytes are not those of the capture's SHA-256.
    """
    return read_payload(root, capture)


def read_payload(root: Path, kept: Kept) -> bytes:
    """The body at a place that anything outside the archive remembers. Raises IntegrityError as `read_body` does."""
    name, offset = kept.warc, kept.offset
    record = read_record(root, name, offset)
    if record.type == "revisit":
        name, offset = referred(record, f"warc/{name} offset {offset}")
        record = read_record(root, name, offset)
    found = sha256(record.payload)
    if found != kept.sha256:
        raise IntegrityError(f"warc/{name} offset {offset}: the body's sha256 is {found}, not {kept.sha256}")
    return record.payload


def read_answer(root: Path, capture: Capture) -> tuple[Headers, bytes]:
    """The answer's headers as kept, and its payload as `read_body` gives it. Raises IntegrityError."""
    block = read_record(root, capture.warc, capture.offset).block
    lines = block.partition(b"\r\n\r\n")[0].decode("ascii", "replace").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines)
    return tuple((name, value.strip()) for name, _, value in pairs), read_body(root, capture)


def read_record(root: Path, name: str, offset: int) -> Record:
    """The record at `offset` of the WARC file `name`. Raises IntegrityError that names both."""
    try:
        with layout.warc_path(root, name).open("rb") as file:
            file.seek(offset)
            member = next(members(file), None)
    except FileNotFoundError as error:
        raise IntegrityError(f"warc/{name} is missing") from error
    except TornError as error:
        raise IntegrityError(f"warc/{name} offset {offset}: {error}") from error
    if member is None:
        raise IntegrityError(f"warc/{name} offset {offset}: the file ends before it")
    try:
        return parse(member.data)
    except IntegrityError as error:
        raise IntegrityError(f"warc/{name} offset {offset}: {error}") from error


def _sealed(root: Path, run_id: str, name: str) -> Path:
    path = layout.place(root, run_id, name)
    if not path.exists():
        raise IntegrityError(f"{path.relative_to(root).as_posix()} is missing")
    return path
