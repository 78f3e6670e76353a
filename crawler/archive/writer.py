"""Writing one run: captures into its WARC file, one line a capture, an asking and an issue; sealed when closed."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO

from crawler.archive import layout, manifest, reader, seal
from crawler.archive.known import Known
from crawler.archive.layout import Appender
from crawler.archive.lines import capture_json, dump, fetch_json, issue_json
from crawler.archive.records import Capture, Exchange, Fetch, Outcome, Provenance, RunIssue, RunRecord, RunResult
from crawler.archive.redact import clean_arguments, clean_text
from crawler.archive.warc import make_capture, make_info, safe_url, sha256
from crawler.pages.records import Target, Verdict

_STAGE = re.compile(r"[a-z][a-z0-9_-]*")
_VALUE_LIMIT = 500


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def open_run(
    root: Path, stage: str, arguments: Mapping[str, object], now: Callable[[], datetime] = utc_now
) -> RunWriter:
    """Begin a run, after sealing as interrupted every run whose process was killed.

    `stage` is a word such as `register`. Raises OSError where the archive cannot be written, IntegrityError where its
    manifests cannot be read.
    """
    if not _STAGE.fullmatch(stage):
        raise ValueError(f"not a stage: {stage}")
    layout.prepare(root)
    with layout.chain_lock(root):
        manifest.load_all(root)
        seal.pick_up(root, now)
        started = now()
        run_id = _free_id(root, started, stage)
        folder = layout.open_folder(root, run_id)
        folder.mkdir()
        lock = layout.take_lock(folder / "lock", wait=True)
        run = RunRecord(
            run_id=run_id,
            stage=stage,
            started=started,
            finished=None,
            result=RunResult.RUNNING,
            arguments=clean_arguments(arguments),
            versions={name: version(name) for name in ("egov-audit", "scrapy", "warcio")},
        )
        writer = RunWriter(root, run, lock, now)
        seal.write_run(root, run)
        return writer


def _free_id(root: Path, started: datetime, stage: str) -> str:
    """An id that no run has, sealed or not; needs the chain's lock."""
    while True:
        run_id = f"{started.astimezone(UTC):%Y%m%dT%H%M%SZ}-{stage}-{secrets.token_hex(2)}"
        if not (layout.manifest_path(root, run_id).exists() or layout.open_folder(root, run_id).exists()):
            return run_id


class RunWriter:
    """A run in progress; made by `open_run`. Every line is handed to the system at once, so a kill loses none.

    Every method raises OSError where the archive cannot be written; the part written so far stays readable.
    """

    def __init__(self, root: Path, run: RunRecord, lock: IO[bytes] | None, now: Callable[[], datetime]) -> None:
        self._root, self._run, self._lock, self._now = root, run, lock, now
        folder = layout.open_folder(root, run.run_id)
        self._warc, self._index = Appender(folder / layout.WARC), Appender(folder / layout.INDEX)
        self._fetches, self._issues = Appender(folder / layout.FETCHES), Appender(folder / layout.ISSUES)
        self._known: Known | None = None
        self._counts: Counter[str] = Counter()
        self._records = 1
        self._warc.append(make_info(run.run_id, run.started))

    @property
    def run_id(self) -> str:
        """Such as `20261122T022011Z-register-1f3a`: sorts by start."""
        return self._run.run_id

    def write(self, exchange: Exchange) -> Capture:
        """Keep an exchange: request and response, or a revisit where the body is the one kept last for this address.

        A 304 takes verdict, type and tag from the capture it confirms; one that confirms nothing is kept as empty.
        """
        base, known = None, self._all()
        if exchange.status == 304:
            base = known.good(exchange.url) if exchange.provenance is Provenance.HARVESTED else None
            if base is None and exchange.verdict is Verdict.OK:
                exchange = replace(exchange, verdict=Verdict.EMPTY)
        elif exchange.body:
            last = known.last(exchange.url, exchange.provenance)
            base = last if last and last.sha256 == sha256(exchange.body) else None
        made = make_capture(exchange, self.run_id, self._warc.size, known.base(base) if base else None)
        self._warc.append(made.content)
        self._line(self._index, capture_json(made.capture))
        known.add(made.capture)
        self._records += made.records
        self._counts["revisits" if base else "responses"] += 1
        return made.capture

    def fetch(  # noqa: PLR0913 - one argument for each field of the log line
        self,
        target: Target,
        url: str,
        outcome: Outcome,
        *,
        status: int = 0,
        verdict: Verdict | None = None,
        detail: str = "",
        capture_id: str = "",
        at: datetime | None = None,
    ) -> None:
        """Log how the asking for an address ended."""
        fetch = Fetch(
            run_id=self.run_id,
            at=at or self._now(),
            url=safe_url(url),
            target=target,
            outcome=outcome,
            status=status,
            verdict=verdict,
            detail=clean_text(detail),
            capture_id=capture_id,
        )
        self._line(self._fetches, fetch_json(fetch))
        self._counts[outcome.value] += 1

    def issue(self, level: str, code: str, message: str, *, url: str = "", value: str = "") -> None:
        """Log something not understood or gone wrong; `value` is cut to 500 characters."""
        issue = RunIssue(
            run_id=self.run_id,
            at=self._now(),
            level=level,
            stage=self._run.stage,
            code=code,
            message=clean_text(message),
            url=safe_url(url) if url else "",
            value=clean_text(value)[:_VALUE_LIMIT],
        )
        self._line(self._issues, issue_json(issue))
        self._counts[f"{level}s"] += 1

    def latest(self, url: str) -> Capture | None:
        """The newest harvested capture of that address under verdict ok, in any run: for conditional requests."""
        return self._all().good(url)

    def known(self, url: str) -> tuple[Capture, ...]:
        """Every capture kept of that address, oldest run first."""
        return self._all().of(url)

    def body(self, capture: Capture) -> bytes:
        """The payload of a capture of any run, this one included. Raises IntegrityError."""
        return reader.read_body(self._root, capture)

    def close(self, result: str, detail: str = "", counts: Mapping[str, int] | None = None) -> None:
        """Seal the run: `good` or `failed`, one line of detail, counts beside the writer's own. Raises ValueError."""
        ended = RunResult(result)
        if ended not in {RunResult.GOOD, RunResult.FAILED}:
            raise ValueError(f"a run cannot be closed as {result}")
        for file in (self._warc, self._index, self._fetches, self._issues):
            file.close()
        run = replace(
            self._run,
            finished=self._now(),
            result=ended,
            detail=clean_text(detail),
            counts={**dict(sorted(self._counts.items())), "bytes": self._warc.size, **(counts or {})},
        )
        with layout.chain_lock(self._root):
            captures = self._counts["responses"] + self._counts["revisits"]
            seal.seal(self._root, run, self._records, captures, self._now())
        if self._lock is not None:
            self._lock.close()

    def _all(self) -> Known:
        if self._known is None:
            self._known = Known(self._root)
        return self._known

    @staticmethod
    def _line(file: Appender, raw: dict[str, object]) -> None:
        file.append(dump(raw))
