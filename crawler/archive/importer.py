"""`egov-audit import`: saved pages and WARC files go into the archive as a run of their own, marked imported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from crawler.archive.foreign import is_warc, read_warc
from crawler.archive.records import Exchange, Outcome, Provenance
from crawler.archive.saved import SavedPage, Told, read_file, read_folder, shown
from crawler.archive.warc import sha256
from crawler.archive.writer import RunWriter, open_run, utc_now
from crawler.errors import AuditError, ContentError, UsageError
from crawler.pages.address import Site, identify
from crawler.pages.records import PageKind, Target, Verdict
from crawler.pages.verdict import judge

#: Verdicts of answers that are no page and are nobody's fault: a WARC file of a crawl is full of them.
_NATURAL = frozenset({Verdict.OK, Verdict.REDIRECT, Verdict.HTTP_ERROR})
_STATUS_OUTCOMES = {401: Outcome.FORBIDDEN, 403: Outcome.FORBIDDEN, 451: Outcome.FORBIDDEN} | {
    404: Outcome.MISSING,
    410: Outcome.MISSING,
}


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: pages taken, pages the archive had already, addresses that are no page of a source.

    `unfit` counts pages kept as evidence under a verdict such as challenge or truncated, which are never parsed.
    """

    run_id: str
    taken: int
    already: int
    unknown: tuple[str, ...]
    unfit: dict[str, int]


@dataclass(slots=True)
class _Tally:
    taken: int = 0
    already: int = 0
    unknown: list[str] = field(default_factory=list)
    unfit: Counter[str] = field(default_factory=Counter)


def import_path(
    root: Path,
    path: Path,
    sites: Iterable[Site],
    told: Told | None = None,
    now: Callable[[], datetime] = utc_now,
) -> Imported:
    """Take a folder with `index.json`, a WARC file, or one saved page (with `told`) into the archive at `root`.

    Everything is checked before anything is taken; a page the archive has already (same address, moment, edition and
    bytes) is not doubled. Raises UsageError for a wrong call; ContentError with the place of the fault, after which
    the run is closed as failed with nothing in it; OSError where a file cannot be read or written.
    """
    _check_call(path, told)
    path = path.resolve()
    arguments = {"path": path, **({"url": told.url, "captured_at": told.captured_at} if told else {})}
    run = open_run(root, "import", arguments, now)
    known, tally = tuple(sites), _Tally()
    try:
        for page in _pages(path, told, now(), run, quiet=True):
            _target(page, known)
        for page in _pages(path, told, now(), run, quiet=False):
            _take(run, page, _target(page, known), tally)
        if not (tally.taken or tally.already or tally.unknown):
            raise ContentError(f"{path.name}: no page in it")
    except (AuditError, OSError) as error:
        words = (error.strerror or "not readable") if isinstance(error, OSError) else str(error)
        run.issue("error", "import_refused", words)
        run.close("failed", words)
        raise
    found = tally.taken + tally.already
    told_counts = {"taken": tally.taken, "already": tally.already, "unknown": len(tally.unknown)}
    detail = ", ".join(f"{count} {name}" for name, count in told_counts.items())
    run.close("good" if found else "failed", detail, told_counts)
    return Imported(run.run_id, tally.taken, tally.already, tuple(tally.unknown), dict(tally.unfit))


def _check_call(path: Path, told: Told | None) -> None:
    if not path.exists():
        raise UsageError(f"no such file or folder: {path}")
    single = path.is_file() and not is_warc(path)
    if single and told is None:
        raise UsageError(f"{path.name} is one saved page: say where and when it was saved, --url and --captured-at")
    if told is not None and not single:
        raise UsageError(f"--url and --captured-at are for one saved page; {path.name} says them itself")


def _pages(path: Path, told: Told | None, now: datetime, run: RunWriter, *, quiet: bool) -> Iterator[SavedPage]:
    found: Iterable[SavedPage | str]
    if path.is_dir():
        found = read_folder(path, now)
    elif told is not None:
        found = read_file(path, told, now)
    else:
        found = read_warc(path, now)
    for page in found:
        if isinstance(page, SavedPage):
            yield page
        elif not quiet:
            run.issue("warning", "revisit_left_out", page)


def _target(page: SavedPage, sites: Sequence[Site]) -> Target | None:
    """What a page is about. Raises ContentError for an edition's date on a page that has no editions."""
    target = identify(page.url, sites)
    if target is None or page.edition_date is None:
        return target
    if target.kind is not PageKind.ACT_TEXT:
        raise ContentError(f"{page.place}: an edition date, but {shown(page.url)} is no text of an act")
    if target.edition_date not in (None, page.edition_date):
        raise ContentError(f"{page.place}: the address is of the edition of {target.edition_date}")
    return replace(target, edition_date=page.edition_date)


def _take(run: RunWriter, page: SavedPage, target: Target | None, tally: _Tally) -> None:
    if target is None:
        if not page.asset:
            run.issue("error", "unknown_address", f"{page.place}: no page of a known source", url=page.url)
            tally.unknown.append(page.url)
        return
    body = page.body()
    digest = sha256(body)
    for kept in run.known(page.url):
        if (kept.at, kept.sha256, kept.target.edition_date) == (page.at, digest, target.edition_date):
            tally.already += 1
            return
    content_type = next((value for name, value in page.headers if name.lower() == "content-type"), "")
    verdict = Verdict.TRUNCATED if page.cut else judge(page.status, content_type, body, target.kind)
    exchange = Exchange(
        target=target,
        method="GET",
        url=page.url,
        at=page.at,
        status=page.status,
        reason=page.reason,
        request_headers=(),
        response_headers=page.headers,
        body=body,
        verdict=verdict,
        provenance=Provenance.IMPORTED,
        note=page.note,
    )
    capture = run.write(exchange)
    tally.taken += 1
    ok = verdict is Verdict.OK
    run.fetch(
        target,
        page.url,
        Outcome.IMPORTED if ok else _STATUS_OUTCOMES.get(page.status, Outcome.FAILED),
        status=page.status,
        verdict=verdict,
        detail=page.note if ok else f"{page.note}: {verdict.value}",
        capture_id=capture.capture_id,
    )
    if verdict not in _NATURAL:
        run.issue(
            "warning", f"imported_{verdict.value}", f"{page.place}: kept, but it is no page to read", url=page.url
        )
        tally.unfit[verdict.value] += 1
