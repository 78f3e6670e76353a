"""Reading everything again: each record, index line, log line and file against the manifests and their chain."""

from __future__ import annotations

import json
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from crawler.archive import layout, leaves, manifest, merkle
from crawler.archive.layout import FETCHES, INDEX, ISSUES, LEAVES, RUN, TORN, WARC
from crawler.archive.lines import capture_of, fetch_of, issue_of, run_of
from crawler.archive.manifest import Manifest
from crawler.archive.records import Capture
from crawler.archive.seal import CAPTURES
from crawler.archive.seals import Seal
from crawler.archive.verify_seals import check_seals
from crawler.archive.warc import Member, Record, TornError, capture_from, members, parse, sha256
from crawler.errors import UNREADABLE, IntegrityError, UsageError

_LOG_READERS: dict[str, Callable[[dict[str, Any]], object]] = {FETCHES: fetch_of, ISSUES: issue_of, INDEX: capture_of}
#: Files that are one record as a whole: their own sum names them.
_WHOLE = ("/run.json", ".torn")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that does not fit: `file` below the archive's root, `place` an offset or line in it, or ""."""

    file: str
    place: str
    message: str

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.file}{f' {self.place}' if self.place else ''}: {self.message}"


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a check saw. `size` is the bytes of all sealed files, `chain` the manifests' SHA-256, oldest first.

    `open_runs` are not sealed yet: still being written, or killed and waiting for the next run to seal them.
    `seals` are those that can be read, oldest first.
    """

    problems: tuple[Problem, ...]
    runs: int
    records: int
    size: int
    chain: tuple[str, ...]
    open_runs: tuple[str, ...]
    seals: tuple[Seal, ...] = ()

    @property
    def roots(self) -> frozenset[str]:
        """Every value that could have been published as the archive's root: of manifests and of seals."""
        return frozenset((*self.chain, *(seal.digest for seal in self.seals)))


def verify(root: Path) -> list[Problem]:
    """Everything in the archive that does not fit, in the order of the chain; empty when all is as it was sealed.

    Raises UsageError where there is no archive, OSError where it cannot be read.
    """
    return list(inspect(root).problems)


def inspect(root: Path, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Inspection:
    """`verify` with counts; `progress` is told how many runs of how many are done. Raises UsageError, OSError."""
    if not (root / "manifests").is_dir():
        raise UsageError(f"no archive in {root}")
    check = _Check(root)
    # Looked at before the chain is read: a run sealed meanwhile is then no stray.
    open_runs = layout.open_ids(root)
    present = [path for folder in layout.FOLDERS for path in sorted((root / folder).rglob("*")) if not path.is_dir()]
    chain = check.chain()
    for number, run in enumerate(chain, 1):
        check.run(run)
        progress(number, len(chain))
    check.strays(present, chain, open_runs)
    notes, seals = check_seals(root, chain)
    for note in notes:
        check.note(*note)
    return Inspection(
        problems=tuple(check.problems),
        runs=len(chain),
        records=check.records,
        size=check.size,
        chain=tuple(run.digest for run in chain),
        open_runs=open_runs,
        seals=seals,
    )


@dataclass(slots=True)
class _Found:
    """What a WARC file holds: its captures, the stretches that no record could be read from, whether any was torn."""

    captures: list[Capture] = field(default_factory=list)
    damaged: list[range] = field(default_factory=list)
    torn: bool = False


@dataclass(slots=True)
class _Check:
    root: Path
    problems: list[Problem] = field(default_factory=list)
    records: int = 0
    size: int = 0
    bodies: dict[tuple[str, int], str] = field(default_factory=dict)  # where a response lies → SHA-256 of its payload

    def note(self, path: Path, place: str, message: str) -> None:
        self.problems.append(Problem(path.relative_to(self.root).as_posix(), place, message))

    def chain(self) -> tuple[Manifest, ...]:
        found = []
        for path in sorted((self.root / "manifests").glob("*.json")):
            try:
                found.append(manifest.decode(path.read_bytes(), path.name))
            except IntegrityError as error:
                self.note(path, "", str(error).removeprefix(f"manifests/{path.name} "))
        chain = manifest.in_order(found)
        number, before = 1, ""
        for run in chain:
            path = layout.manifest_path(self.root, run.run_id)
            if run.sequence != number:
                self.note(path, "", f"is number {run.sequence} of the chain where {number} should be")
            elif run.previous != before:
                self.note(path, "", f"was sealed after a manifest with sha256 {run.previous or 'none'}, not {before}")
            number, before = run.sequence + 1, run.digest
        return chain

    def run(self, run: Manifest) -> None:
        """Check the files of one run; what a manifest does not list is found as a stray."""
        places = layout.places(self.root, run.run_id)
        listed = {entry.path: entry for entry in run.files}
        changed = False
        for name, path in places.items():
            entry = listed.pop(path.relative_to(self.root).as_posix(), None)
            if entry is None:
                if name != TORN and (name != LEAVES or run.format > 1):
                    self.note(layout.manifest_path(self.root, run.run_id), "", f"does not list {path.name}")
            elif not path.is_file():
                self.note(path, "", "is missing")
            else:
                found = manifest.file_entry(self.root, path)
                self.size += found.bytes
                changed |= found != entry
                if found.bytes != entry.bytes:
                    self.note(path, "", f"has {found.bytes} bytes, the manifest says {entry.bytes}")
                elif found.sha256 != entry.sha256:
                    self.note(path, "", f"its sha256 is {found.sha256}, the manifest says {entry.sha256}")
        for odd in listed:
            self.note(layout.manifest_path(self.root, run.run_id), "", f"lists a file that is not the run's: {odd}")
        lines = dict(self._lines(places[INDEX], capture_of))
        held = self._warc(run, places[WARC], lines.values()) if places[WARC].is_file() else _Found()
        self._index(places[INDEX], lines, held)
        for name in (FETCHES, ISSUES):
            for _ in self._lines(places[name], _LOG_READERS[name]):
                pass
        self._record(run, places[RUN])
        if run.format > 1:
            self._leaves(run, places[LEAVES], changed=changed)

    def _leaves(self, run: Manifest, path: Path, *, changed: bool) -> None:
        """The Merkle root over the records, and, where a file is not as it was sealed, which of them are not."""
        if not path.is_file():
            return
        try:
            found = leaves.read_leaves(self.root, run.run_id)
        except IntegrityError as error:
            self.note(path, "", str(error).removeprefix(f"leaves/{path.name} "))
            return
        tree = merkle.root_of(one.line() for one in found)
        if tree != run.root:
            self.note(path, "", f"its Merkle root is {tree}, the manifest says {run.root}")
            for number, one in enumerate(found, 1):
                if not (self.root / one.path).is_file() or sha256(leaves.read_bytes(self.root, one)) != one.sha256:
                    self.note(path, f"line {number}", f"is not what lies in {one.path} at {one.offset}")
        elif changed:
            self._changed_records(found)

    def _changed_records(self, found: Iterable[leaves.Leaf]) -> None:
        named = {(problem.file, problem.place) for problem in self.problems}
        lines: Counter[str] = Counter()
        for one in found:
            lines[one.path] += 1
            path = self.root / one.path
            place = f"offset {one.offset}" if one.path.startswith("warc/") else f"line {lines[one.path]}"
            if not path.is_file() or one.path.endswith(_WHOLE) or (one.path, place) in named:
                continue
            digest = sha256(leaves.read_bytes(self.root, one))
            if digest != one.sha256:
                self.note(path, place, f"the record's sha256 is {digest}, it was sealed as {one.sha256}")

    def _warc(self, run: Manifest, path: Path, lines: Iterable[Capture]) -> _Found:
        found, records = _Found(), 0
        # Where a record begins, as the index tells: an answer, and its request right behind it.
        begins = sorted({place for line in lines for place in (line.offset, line.offset + line.length)})
        for member in self._members(path, begins, found):
            records += 1
            try:
                capture = self._member(run, path, member)
            except IntegrityError as error:
                self.note(path, f"offset {member.offset}", str(error))
                found.damaged.append(range(member.offset, member.offset + member.length))
                continue
            if capture:
                found.captures.append(capture)
        if not found.torn and records != run.records:
            self.note(path, "", f"holds {records} records, the manifest says {run.records}")
        self.records += records
        return found

    def _members(self, path: Path, begins: list[int], found: _Found) -> Iterator[Member]:
        """Every record that can be unpacked; behind one that cannot, on from where the index says that one begins."""
        start = 0
        with path.open("rb") as file:
            while True:
                file.seek(start)
                try:
                    yield from members(file)
                    return
                except TornError as error:
                    self.note(path, f"offset {error.offset}", str(error))
                    found.torn = True
                    following = bisect_right(begins, error.offset)
                    if following == len(begins):
                        found.damaged.append(range(error.offset, sys.maxsize))
                        return
                    start = begins[following]
                    found.damaged.append(range(error.offset, start))

    def _member(self, run: Manifest, path: Path, member: Member) -> Capture | None:
        """The capture that a record is, None for another record. Raises IntegrityError if it cannot be read."""
        place = f"offset {member.offset}"
        record = parse(member.data)
        for problem in _digests(record):
            self.note(path, place, problem)
        if record.type not in CAPTURES:
            return None
        capture = capture_from(record, run.run_id, member)
        if capture.refers_to is None:
            self.bodies[(capture.warc, capture.offset)] = capture.sha256
            if len(record.payload) != capture.size:
                self.note(path, place, f"the payload has {len(record.payload)} bytes, the record says {capture.size}")
        elif self.bodies.get(capture.refers_to) != capture.sha256:
            name, offset = capture.refers_to
            self.note(path, place, f"refers to a body that does not lie in {name} at offset {offset}")
        return capture

    def _index(self, path: Path, lines: dict[int, Capture], found: _Found) -> None:
        """Compare line by line, in order; the lines of records that are named as damaged already are left out."""
        if not path.is_file():
            return
        damaged = {number for number, line in lines.items() if any(line.offset in part for part in found.damaged)}
        rest = {number: line for number, line in lines.items() if number not in damaged}
        for number, capture in zip((n for n in count(1) if n not in damaged), found.captures, strict=False):
            line = rest.pop(number, None)
            if line is not None and line != capture:
                self.note(path, f"line {number}", f"differs from the record in {capture.warc} at {capture.offset}")
        for number in rest:
            self.note(path, f"line {number}", "names a record that the WARC file does not hold")
        held = len(found.captures) + len(damaged)
        if not rest and sum(1 for _ in path.open("rb")) < held:
            self.note(path, "", f"has fewer lines than the WARC file has captures ({held})")

    def _lines(self, path: Path, read: Callable[[dict[str, Any]], Any]) -> Iterator[tuple[int, Any]]:
        if not path.is_file():
            return
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    yield number, read(json.loads(line))
                except UNREADABLE as error:
                    self.note(path, f"line {number}", f"cannot be read: {error}")

    def _record(self, run: Manifest, path: Path) -> None:
        if not path.is_file():
            return
        try:
            record = run_of(json.loads(path.read_bytes()))
        except UNREADABLE as error:
            self.note(path, "", f"cannot be read: {error}")
            return
        if (record.run_id, record.result) != (run.run_id, run.result):
            self.note(path, "", f"is of run {record.run_id}, {record.result}; the manifest's is {run.result}")

    def strays(self, present: list[Path], chain: tuple[Manifest, ...], open_runs: tuple[str, ...]) -> None:
        """Note every file of `present` that no manifest lists and no run in progress can own."""
        owned = {entry.path for run in chain for entry in run.files}
        owned |= {layout.manifest_path(self.root, run.run_id).relative_to(self.root).as_posix() for run in chain}
        known = {problem.file for problem in self.problems}
        for run_id in open_runs:
            owned |= {path.relative_to(self.root).as_posix() for path in layout.places(self.root, run_id).values()}
        for path in present:
            name = path.relative_to(self.root).as_posix()
            if name not in owned and name not in known:
                self.note(path, "", "belongs to no sealed run")


def _digests(record: Record) -> Iterator[str]:
    """What does not fit between a record and its own digests; a revisit's payload lies elsewhere."""
    checks = [("warc-block-digest", record.block)]
    if record.type in {"response", "request"}:
        checks.append(("warc-payload-digest", record.payload))
    for name, content in checks:
        if name not in record.headers:
            yield f"has no {name}"
        elif record.headers[name] != f"sha256:{sha256(content)}":
            yield f"{name.removeprefix('warc-').replace('-', ' ')} does not fit: sha256 is {sha256(content)}"
