"""What the archive keeps and gives: an exchange to be kept, the index line of a capture, a run's log lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from crawler.pages.records import Target, Verdict


class Provenance(StrEnum):
    """How a capture came here; shown wherever a figure rests on it."""

    HARVESTED = "harvested"
    IMPORTED = "imported"


class Outcome(StrEnum):
    """How the asking for one address ended."""

    FETCHED = "fetched"  # a body under verdict ok, or unchanged since such a one
    FORBIDDEN = "forbidden"  # robots.txt says no or cannot be read, or the site answered 401, 403, 451
    MISSING = "missing"  # 404 or 410
    FAILED = "failed"  # anything else: network, 5xx, a challenge, a truncated body
    IMPORTED = "imported"


class RunResult(StrEnum):
    """How a run stands. `interrupted`: its process ended without closing it, and a later run sealed what was whole."""

    RUNNING = "running"
    GOOD = "good"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, as evidence. `body` has neither transfer nor content encoding left;
    `response_headers` are as received, and the writer adjusts those two. `at` is UTC, aware."""

    target: Target
    method: str
    url: str
    at: datetime
    status: int
    reason: str
    request_headers: Headers
    response_headers: Headers
    body: bytes
    verdict: Verdict
    ip: str = ""
    provenance: Provenance = Provenance.HARVESTED
    note: str = ""  # where an import came from, by whose leave a closed page was asked for; in words, no local paths


@dataclass(frozen=True, slots=True)
class Capture:
    """One line of the index: a record in a WARC file and what it is about.

    `sha256` is of the payload (for a revisit: of the payload referred to). `record` is `response` or `revisit`;
    a revisit's body lies at `refers_to` = (warc file, offset). `offset` and `length` are bytes in the file as stored.
    """

    run_id: str
    capture_id: str  # the WARC-Record-ID's uuid: stable, unique
    record: str
    warc: str  # file name below the archive's warc/ folder
    offset: int
    length: int
    url: str
    at: datetime
    status: int
    content_type: str
    sha256: str
    size: int
    verdict: Verdict
    provenance: Provenance
    target: Target
    etag: str = ""
    last_modified: str = ""
    refers_to: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """How the asking for one address ended. `detail` is one clear line, `capture_id` the body kept as evidence."""

    run_id: str
    at: datetime
    url: str
    target: Target
    outcome: Outcome
    status: int = 0
    verdict: Verdict | None = None
    detail: str = ""
    capture_id: str = ""


@dataclass(frozen=True, slots=True)
class RunIssue:
    """One line of a run's issue log."""

    run_id: str
    at: datetime
    level: str  # error, warning
    stage: str
    code: str
    message: str
    url: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One crawl or import: what was asked for, with which versions, and how it ended. Times are UTC.

    `arguments` hold no local path, user or host name; `finished` of an interrupted run is its last sign of life.
    `certificates` are host → SHA-256 of the server's own certificate (DER) as first met, `authorities` file name →
    SHA-256 of a file of extra authorities that the operator named.
    """

    run_id: str
    stage: str
    started: datetime
    finished: datetime | None
    result: RunResult
    detail: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    certificates: Mapping[str, str] = field(default_factory=dict)
    authorities: Mapping[str, str] = field(default_factory=dict)
