"""Archive records as JSON and back: index lines, fetch and issue log lines, run records. One form, read strictly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from crawler.archive.records import Capture, Fetch, Outcome, Provenance, RunIssue, RunRecord, RunResult
from crawler.errors import UNREADABLE, IntegrityError
from crawler.pages.records import Lang, PageKind, Target, Verdict

_T = TypeVar("_T")


def stamp(at: datetime) -> str:
    """A moment as WARC/1.1 and our JSON write it: `2026-11-22T02:20:11.5Z`. Raises ValueError for a naive one."""
    if at.utcoffset() is None:
        raise ValueError(f"a time without a zone: {at}")
    whole = at.astimezone(UTC).replace(tzinfo=None)
    return whole.isoformat(timespec="microseconds" if whole.microsecond else "seconds") + "Z"


def moment(text: str) -> datetime:
    """The UTC moment that `stamp` wrote. Raises ValueError for anything but UTC."""
    at = datetime.fromisoformat(text)
    if at.utcoffset() is None or at.utcoffset() != UTC.utcoffset(None):
        raise ValueError(f"not a time in UTC: {text}")
    return at.astimezone(UTC)


def dump(value: dict[str, Any], indent: int | None = None) -> bytes:
    """A line of JSON (or, with `indent`, some), text as it is; halves of characters stay as JSON escapes."""
    separators = (",", ":") if indent is None else None
    text = json.dumps(value, ensure_ascii=False, separators=separators, indent=indent)
    return text.encode("utf-8", "backslashreplace") + b"\n"


def target_json(target: Target) -> dict[str, Any]:
    """A target without its empty fields."""
    raw = {
        "source": target.source,
        "kind": target.kind.value,
        "lang": target.lang.value if target.lang else "",
        "act": target.act,
        "edition_date": target.edition_date.isoformat() if target.edition_date else "",
        "slug": target.slug,
        "audience": target.audience,
    }
    return {name: value for name, value in raw.items() if value}


def target_of(raw: dict[str, Any]) -> Target:
    """The target that `target_json` wrote. Raises KeyError or ValueError."""
    lang, edition = raw.get("lang", ""), raw.get("edition_date", "")
    return Target(
        source=raw["source"],
        kind=PageKind(raw["kind"]),
        lang=Lang(lang) if lang else None,
        act=raw.get("act", ""),
        edition_date=date.fromisoformat(edition) if edition else None,
        slug=raw.get("slug", ""),
        audience=raw.get("audience", ""),
    )


def capture_json(capture: Capture) -> dict[str, Any]:
    """An index line."""
    return {
        "url": capture.url,
        "at": stamp(capture.at),
        "run_id": capture.run_id,
        "capture_id": capture.capture_id,
        "record": capture.record,
        "warc": capture.warc,
        "offset": capture.offset,
        "length": capture.length,
        "status": capture.status,
        "content_type": capture.content_type,
        "sha256": capture.sha256,
        "size": capture.size,
        "verdict": capture.verdict.value,
        "provenance": capture.provenance.value,
        "target": target_json(capture.target),
        "etag": capture.etag,
        "last_modified": capture.last_modified,
        "refers_to": list(capture.refers_to) if capture.refers_to else None,
    }


def capture_of(raw: dict[str, Any]) -> Capture:
    """The capture of an index line. Raises KeyError, TypeError or ValueError."""
    refers_to = raw["refers_to"]
    return Capture(
        **{
            **raw,
            "at": moment(raw["at"]),
            "verdict": Verdict(raw["verdict"]),
            "provenance": Provenance(raw["provenance"]),
            "target": target_of(raw["target"]),
            "refers_to": (str(refers_to[0]), int(refers_to[1])) if refers_to else None,
        }
    )


def fetch_json(fetch: Fetch) -> dict[str, Any]:
    """A line of the fetch log."""
    return {
        "run_id": fetch.run_id,
        "at": stamp(fetch.at),
        "url": fetch.url,
        "target": target_json(fetch.target),
        "outcome": fetch.outcome.value,
        "status": fetch.status,
        "verdict": fetch.verdict.value if fetch.verdict else None,
        "detail": fetch.detail,
        "capture_id": fetch.capture_id,
    }


def fetch_of(raw: dict[str, Any]) -> Fetch:
    """The fetch of a log line. Raises KeyError, TypeError or ValueError."""
    return Fetch(
        **{
            **raw,
            "at": moment(raw["at"]),
            "target": target_of(raw["target"]),
            "outcome": Outcome(raw["outcome"]),
            "verdict": Verdict(raw["verdict"]) if raw["verdict"] else None,
        }
    )


def issue_json(issue: RunIssue) -> dict[str, Any]:
    """A line of the issue log."""
    names = ("run_id", "level", "stage", "code", "message", "url", "value")
    return {"at": stamp(issue.at), **{name: getattr(issue, name) for name in names}}


def issue_of(raw: dict[str, Any]) -> RunIssue:
    """The issue of a log line. Raises KeyError, TypeError or ValueError."""
    return RunIssue(**{**raw, "at": moment(raw["at"])})


def run_json(run: RunRecord) -> dict[str, Any]:
    """The content of `run.json`; what a run without encrypted connections has nothing to say of is left out."""
    seen = {"certificates": dict(run.certificates), "authorities": dict(run.authorities)}
    return {
        "run_id": run.run_id,
        "stage": run.stage,
        "started": stamp(run.started),
        "finished": stamp(run.finished) if run.finished else None,
        "result": run.result.value,
        "detail": run.detail,
        "arguments": dict(run.arguments),
        "versions": dict(run.versions),
        "counts": dict(run.counts),
        **{name: told for name, told in seen.items() if told},
    }


def run_of(raw: dict[str, Any]) -> RunRecord:
    """The run of a `run.json`. Raises KeyError, TypeError or ValueError."""
    return RunRecord(
        **{
            **raw,
            "started": moment(raw["started"]),
            "finished": moment(raw["finished"]) if raw["finished"] else None,
            "result": RunResult(raw["result"]),
        }
    )


def read_lines(path: Path, read: Callable[[dict[str, Any]], _T]) -> Iterator[_T]:
    """What each line of a JSON-lines file says, one after another. Raises IntegrityError with file and line."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield read(json.loads(line))
            except UNREADABLE as error:
                raise IntegrityError(f"{path.name} line {number} cannot be read: {error}") from error
