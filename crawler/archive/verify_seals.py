"""The seals read again: their chain, what they say of the runs' chain, and the files beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from crawler.archive import layout, merkle, seals
from crawler.archive.manifest import Manifest
from crawler.archive.seals import AUTHORITIES, LINES, TIMESTAMP, TOKEN, Seal
from crawler.archive.warc import sha256
from crawler.errors import IntegrityError

Note = tuple[Path, str, str]  # file, place in it, what is wrong


def check_seals(root: Path, chain: Sequence[Manifest]) -> tuple[list[Note], tuple[Seal, ...]]:
    """What does not fit, and the seals that can be read, oldest first. Raises OSError."""
    notes: list[Note] = []
    found: list[Seal] = []
    # In this order: what lies beside a seal that is made meanwhile is then no stray.
    present = sorted((root / seals.FOLDER).glob("*"))
    begun = seals.begun(root)
    for path in seals.seal_files(root):
        try:
            found.append(seals.decode(path.read_bytes(), path.name))
        except IntegrityError as error:
            notes.append((path, "", str(error).removeprefix(f"{seals.FOLDER}/{path.name} ")))
    notes += _chain(root, found, {run.digest for run in chain})
    for seal in found:
        notes += _beside(root, seal)
    notes += _runs(root, chain, {seal.digest for seal in found})
    owned = {seals.seal_path(root, seal.sequence).stem for seal in found} | {path.stem for path, _, _ in notes}
    for path in present:
        if path.stem not in owned | begun or path.suffix not in (".json", f".{LINES}", f".{TOKEN}", f".{AUTHORITIES}"):
            notes.append((path, "", "belongs to no seal"))
    return notes, tuple(found)


def _chain(root: Path, found: Sequence[Seal], runs: set[str]) -> Iterator[Note]:
    number, before = 1, ""
    for seal in found:
        path = seals.seal_path(root, seal.sequence)
        if seal.sequence != number:
            yield path, "", f"is number {seal.sequence} of the seals where {number} should be"
        elif seal.previous != before:
            yield path, "", f"was made after a seal with sha256 {seal.previous or 'none'}, not {before}"
        if seal.archive and seal.archive not in runs:
            yield path, "", f"was made after a manifest with sha256 {seal.archive}, which no run has"
        if seal.kind == TIMESTAMP and seal.root not in runs:
            yield path, "", f"stamps {seal.root}, which no run and no seal before it has"
        number, before = seal.sequence + 1, seal.digest
        runs = {*runs, before}


def _runs(root: Path, chain: Sequence[Manifest], known: set[str]) -> Iterator[Note]:
    for run in chain:
        if run.seal and run.seal not in known:
            path = layout.manifest_path(root, run.run_id)
            yield path, "", f"was sealed after a seal with sha256 {run.seal}, which is gone"


def _beside(root: Path, seal: Seal) -> Iterator[Note]:
    lines = seals.beside(root, seal.sequence, LINES)
    if lines.exists():
        tree = merkle.Tree()
        with lines.open("rb") as file:
            for line in file:
                tree.add(line.rstrip(b"\n"))
        if (tree.root(), tree.count) != (seal.root, seal.count):
            yield lines, "", f"its Merkle root is {tree.root()} over {tree.count} lines, the seal says {seal.root}"
    for kind, fact in ((TOKEN, "token_sha256"), (AUTHORITIES, "authorities_sha256")):
        path, told = seals.beside(root, seal.sequence, kind), seal.facts.get(fact, "")
        if told and not path.exists():
            yield path, "", "is missing"
        elif path.exists() and (found := sha256(path.read_bytes())) != told:
            yield path, "", f"its sha256 is {found}, the seal says {told or 'nothing'}"
