"""Reading sealed runs: what was asked, how it ended, and the bodies. Nothing here changes a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from crawler.archive import layout, manifest
from crawler.archive.lines import capture_of, fetch_of, issue_of, read_lines, run_of
from crawler.archive.records import Capture, Fetch, RunIssue, RunRecord
from crawler.archive.warc import Record, TornError, members, parse, sha256
from crawler.errors import IntegrityError


def run_ids(root: Path) -> list[str]:
    """The sealed runs, oldest first in the order of the chain. Raises IntegrityError for a changed manifest."""
    return [run.run_id for run in manifest.load_all(root)]


def run_record(root: Path, run_id: str) -> RunRecord:
    """A sealed run's record. Raises IntegrityError if it is missing or cannot be read."""
    path = _sealed(root, run_id, layout.RUN)
    try:
        return run_of(json.loads(path.read_bytes()))
    except (KeyError, TypeError, ValueError) as error:
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
    name, offset = capture.refers_to or (capture.warc, capture.offset)
    body = read_record(root, name, offset).payload
    found = sha256(body)
    if found != capture.sha256:
        raise IntegrityError(
            f"warc/{name} offset {offset}: the body's sha256 is {found}, the index says {capture.sha256}"
        )
    return body


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
