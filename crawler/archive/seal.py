"""Closing a run for good, and picking up a run whose process was killed."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.archive import layout, leaves, manifest, seals
from crawler.archive.layout import FETCHES, INDEX, ISSUES, LEAVES, RUN, TORN, WARC
from crawler.archive.lines import capture_json, dump, fetch_of, issue_of, run_json, run_of
from crawler.archive.manifest import Manifest
from crawler.archive.records import Capture, Fetch, RunIssue, RunRecord, RunResult
from crawler.archive.warc import TornError, capture_from, members, parse, sha256
from crawler.errors import UNREADABLE, IntegrityError

CAPTURES = frozenset({"response", "revisit"})


def write_run(root: Path, run: RunRecord) -> None:
    """Write the run record of a run in progress. Raises OSError."""
    folder = layout.open_folder(root, run.run_id)
    layout.write_whole(folder / RUN, dump(run_json(run), indent=1), by_way_of=folder / "run.tmp")


def seal(root: Path, run: RunRecord, records: int, captures: int, now: datetime) -> Manifest:
    """Move a run's files to their places and write its manifest; needs the chain's lock. Raises OSError."""
    folder = layout.open_folder(root, run.run_id)
    write_run(root, run)
    (root / "runs" / run.run_id).mkdir(exist_ok=True)
    places = layout.places(root, run.run_id)
    for name, place in places.items():
        if (folder / name).exists():
            layout.sync_file(folder / name)
            (folder / name).replace(place)
    for name in ("warc", "index", f"runs/{run.run_id}", "runs"):
        layout.sync_folder(root / name)
    tree = leaves.write_leaves(root, run.run_id)
    kept = [manifest.file_entry(root, place) for place in places.values() if place.exists()]
    chain, published = manifest.load_all(root), seals.seal_files(root)
    sealed = Manifest(
        run_id=run.run_id,
        sequence=chain[-1].sequence + 1 if chain else 1,
        previous=chain[-1].digest if chain else "",
        result=run.result,
        sealed_at=now,
        records=records,
        captures=captures,
        files=tuple(kept),
        root=tree,
        seal=sha256(published[-1].read_bytes()) if published else "",
    )
    path = layout.manifest_path(root, run.run_id)
    layout.write_whole(path, manifest.encode(sealed), by_way_of=folder / "manifest.tmp")
    shutil.rmtree(folder)
    return manifest.load(root, run.run_id)


def pick_up(root: Path, now: Callable[[], datetime], keep: Callable[[str], bool] = lambda _run_id: False) -> list[str]:
    """Seal every killed run as interrupted but those to `keep`; needs the chain's lock. Gives their ids, oldest first.

    Raises OSError.
    """
    found = []
    for run_id in layout.open_ids(root):
        folder = layout.open_folder(root, run_id)
        if keep(run_id):
            continue
        lock = layout.take_lock(folder / "lock", wait=False)
        if lock is None:
            continue  # its process lives
        try:
            if layout.manifest_path(root, run_id).exists():
                shutil.rmtree(folder)  # killed between its manifest and the clearing up
            elif was_begun(root, run_id):
                _seal_interrupted(root, run_id, now())
                found.append(run_id)
            else:
                shutil.rmtree(folder)  # killed before it had a run record: nothing was asked yet
        finally:
            lock.close()
    return found


def was_begun(root: Path, run_id: str) -> bool:
    """Whether a run in progress came as far as its run record; nothing was asked before that."""
    return (layout.open_folder(root, run_id) / RUN).exists() or layout.place(root, run_id, RUN).exists()


@dataclass(frozen=True, slots=True)
class Whole:
    """What a killed run holds that is whole. `records` counts WARC records, `torn` the bytes moved aside."""

    run: RunRecord
    records: int
    captures: list[Capture]
    fetches: list[Fetch]
    issues: list[RunIssue]
    torn: int


def mend(root: Path, run_id: str) -> Whole:
    """Cut the files of a killed run back to what is whole; needs its lock and the chain's. Raises OSError."""
    folder = layout.open_folder(root, run_id)
    for name, place in layout.places(root, run_id).items():
        if name == LEAVES:
            place.unlink(missing_ok=True)  # of the files as they were before the kill
        elif place.exists():  # killed while its files were being moved
            place.replace(folder / name)
    run = _begun(folder)
    records, captures, torn = _whole_records(folder, run_id)
    (folder / INDEX).write_bytes(b"".join(dump(capture_json(capture)) for capture in captures))
    fetches, issues = _whole_lines(folder / FETCHES, fetch_of), _whole_lines(folder / ISSUES, issue_of)
    return Whole(run, records, captures, fetches, issues, torn)


def _seal_interrupted(root: Path, run_id: str, now: datetime) -> None:
    whole = mend(root, run_id)
    last = [whole.run.started, *(capture.at for capture in whole.captures)]
    last += [*(fetch.at for fetch in whole.fetches), *(issue.at for issue in whole.issues)]
    detail = f"the process ended without closing the run; {len(whole.captures)} captures were whole"
    if whole.torn:
        detail += f", {whole.torn} bytes of a torn record are kept beside the WARC file"
    kinds = Counter(capture.record for capture in whole.captures)
    counts = {"responses": kinds["response"], "revisits": kinds["revisit"]}
    ended = replace(whole.run, result=RunResult.INTERRUPTED, finished=max(last), detail=detail, counts=counts)
    seal(root, ended, whole.records, len(whole.captures), now)


def _begun(folder: Path) -> RunRecord:
    """The run record as last written; what the run's id says where a failing disk left none that can be read."""
    try:
        return run_of(json.loads((folder / RUN).read_bytes()))
    except UNREADABLE:
        run_id = folder.name
        return RunRecord(run_id, layout.stage(run_id), layout.started(run_id), finished=None, result=RunResult.RUNNING)


def _whole_records(folder: Path, run_id: str) -> tuple[int, list[Capture], int]:
    """Number of whole records, their captures, and the size of the torn tail, which is moved to a file of its own."""
    records, captures, path = 0, [], folder / WARC
    if not path.exists():
        path.touch()
    try:
        with path.open("rb") as file:
            for member in members(file):
                try:
                    record = parse(member.data)
                    if record.type in CAPTURES:
                        captures.append(capture_from(record, run_id, member))
                except IntegrityError as error:
                    raise TornError(member.offset, str(error)) from error
                records += 1
    except TornError as error:
        with path.open("rb") as file, (folder / TORN).open("ab") as tail:
            file.seek(error.offset)
            shutil.copyfileobj(file, tail)
        layout.sync_file(folder / TORN)
        with path.open("r+b") as file:
            file.truncate(error.offset)
    return records, captures, (folder / TORN).stat().st_size if (folder / TORN).exists() else 0


def _whole_lines(path: Path, read: Callable[[dict[str, Any]], Any]) -> list[Any]:
    """The readable lines of a log; the file is cut where the first unreadable one begins."""
    if not path.exists():
        path.touch()
    found, whole = [], 0
    with path.open("r+b") as file:
        for line in file:
            try:
                found.append(read(json.loads(line)))
            except UNREADABLE:
                break
            if not line.endswith(b"\n"):
                break
            whole += len(line)
        file.truncate(whole)
    return found
