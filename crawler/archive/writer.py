"""Writing one run: captures into its WARC file, one line a capture, an asking and an issue; sealed when closed."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import IO

from crawler.archive import layout, manifest, reader, resume, seal
from crawler.archive.earlier import Earlier
from crawler.archive.known import Known
from crawler.archive.layout import Appender
from crawler.archive.lines import capture_json, dump, fetch_json, issue_json
from crawler.archive.records import (
    Capture,
    Exchange,
    Fetch,
    Headers,
    Outcome,
    Provenance,
    RunIssue,
    RunRecord,
    RunResult,
)
from crawler.archive.redact import clean_arguments, clean_text
from crawler.archive.seal import Whole
from crawler.archive.warc import make_capture, make_info, safe_url, sha256
from crawler.pages.records import Target, Verdict

_STAGE = re.compile(r"[a-z][a-z0-9_-]*")
_VALUE_LIMIT = 500
_VERSIONS = ("egov-audit", "scrapy", "warcio")


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def open_run(
    root: Path,
    stage: str,
    arguments: Mapping[str, object],
    now: Callable[[], datetime] = utc_now,
    within: timedelta | None = None,
) -> RunWriter:
    """Begin a run, after sealing as interrupted every run whose process was killed and that nobody goes on with.

    `stage` is a word such as `register`. With `within` the run may be gone on with after a kill, and a killed one of
    the same stage, arguments and versions, begun no longer ago than that, is gone on with now. Raises OSError where the
    archive cannot be written, IntegrityError where its manifests cannot be read.
    """
    if not _STAGE.fullmatch(stage):
        raise ValueError(f"not a stage: {stage}")
    layout.prepare(root)
    with layout.chain_lock(root):
        manifest.load_all(root)
        told, versions = clean_arguments(arguments), {name: version(name) for name in _VERSIONS}
        wanted = resume.Wanted(stage, told, versions, within) if within else None
        taken = resume.take_up(root, wanted, now) if wanted else None
        seal.pick_up(
            root,
            now,
            keep=lambda run_id: (
                (taken is not None and run_id == taken.whole.run.run_id)
                or resume.is_anothers(root, run_id, stage, now())
            ),
        )
        if taken is not None:
            run = replace(taken.whole.run, finished=None, result=RunResult.RUNNING, detail="", counts={})
            lock: IO[bytes] | None = taken.lock
        else:
            started = now()
            run_id = _free_id(root, started, stage)
            layout.open_folder(root, run_id).mkdir()
            lock = layout.take_lock(layout.open_folder(root, run_id) / "lock", wait=True)
            run = RunRecord(run_id, stage, started, None, RunResult.RUNNING, arguments=told, versions=versions)
        if wanted:
            resume.mark(root, run.run_id, now())
        writer = RunWriter(root, run, lock, now, taken.whole if taken else None)
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

    def __init__(
        self, root: Path, run: RunRecord, lock: IO[bytes] | None, now: Callable[[], datetime], earlier: Whole | None
    ) -> None:
        self._root, self._run, self._lock, self._now = root, run, lock, now
        folder = layout.open_folder(root, run.run_id)
        self._warc, self._index = Appender(folder / layout.WARC), Appender(folder / layout.INDEX)
        self._fetches, self._issues = Appender(folder / layout.FETCHES), Appender(folder / layout.ISSUES)
        self._known: Known | None = None
        self._counts: Counter[str] = Counter()
        self.earlier = Earlier(earlier)
        self._records = earlier.records if earlier else 0
        if earlier:
            self._counts.update(self.earlier.counts)
        if not self._records:
            self._warc.append(make_info(run.run_id, run.started))
            self._records = 1

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
        if self.earlier.tells_fetch(fetch):
            return
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
        if self.earlier.tells_issue(issue):
            return
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

    def answer(self, capture: Capture) -> tuple[Headers, bytes]:
        """Headers and payload of a capture of any run. Raises IntegrityError."""
        return reader.read_answer(self._root, capture)

    def authority(self, name: str, digest: str) -> None:
        """Note a file of extra authorities in the run's record: its name without the path, its SHA-256."""
        self._note(replace(self._run, authorities={**self._run.authorities, name: digest}))

    def certificate(self, host: str, digest: str) -> None:
        """Note a host's certificate in the run's record, at once: it is there after a kill. The first one stays."""
        if host not in self._run.certificates:
            self._note(replace(self._run, certificates={**self._run.certificates, host: digest}))

    def certificate_before(self, host: str) -> tuple[str, str] | None:
        """The newest run that met the host over TLS, this one first, with the certificate it met; None for no run."""
        if host in self._run.certificates:
            return self.run_id, self._run.certificates[host]
        for run_id in reversed(reader.run_ids(self._root)):
            met = reader.run_record(self._root, run_id).certificates
            if host in met:
                return run_id, met[host]
        return None

    def _note(self, run: RunRecord) -> None:
        self._run = run
        seal.write_run(self._root, run)

    def ends_here(self) -> None:
        """Say that the run is not to be gone on with, should its process be killed before it is closed."""
        resume.unmark(self._root, self.run_id)

    def close(self, result: str, detail: str = "", counts: Mapping[str, int] | None = None) -> None:
        """Seal the run: `good` or `failed`, one line of detail, counts beside the writer's own. Raises ValueError."""
        ended = RunResult(result)
        if ended not in {RunResult.GOOD, RunResult.FAILED}:
            raise ValueError(f"a run cannot be closed as {result}")
        for file in (self._warc, self._index, self._fetches, self._issues):
            file.close()
        if times := resume.times_taken_up(self._root, self.run_id):
            self._counts["resumed"] = times
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
            for capture in self.earlier.captures:
                self._known.add(capture)
        return self._known

    @staticmethod
    def _line(file: Appender, raw: dict[str, object]) -> None:
        file.append(dump(raw))
