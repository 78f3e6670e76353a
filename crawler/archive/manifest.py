"""Manifests: what a sealed run consists of, chained to the run sealed before it.

A manifest names every file of its run with SHA-256 and size, the number of the run in the chain and the SHA-256 of the
manifest before. `self` is the SHA-256 of its own other fields, so that the chain's last link can be checked as well.
Since format 2 it holds the Merkle root over the run's records and the SHA-256 of the newest seal; those of format 1
stay as they were written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from crawler.archive import layout
from crawler.archive.lines import moment, stamp
from crawler.archive.records import RunResult
from crawler.archive.warc import sha256
from crawler.errors import UNREADABLE, IntegrityError

FORMAT = 2


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of a run: path below the archive's root, SHA-256, size in bytes."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """A sealed run. `records` counts all WARC records, `captures` the index lines; `digest` is the file's SHA-256.

    `root` is the Merkle root over the run's records, `seal` the SHA-256 of the newest seal before; "" in format 1.
    """

    run_id: str
    sequence: int
    previous: str
    result: RunResult
    sealed_at: datetime
    records: int
    captures: int
    files: tuple[FileEntry, ...]
    root: str = ""
    seal: str = ""
    format: int = FORMAT
    digest: str = ""


def file_entry(root: Path, path: Path) -> FileEntry:
    """The entry of a file as it is now. Raises OSError."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileEntry(path.relative_to(root).as_posix(), digest, file.tell())


def encode(manifest: Manifest) -> bytes:
    """The manifest's file, always the same bytes for the same content."""
    raw: dict[str, Any] = {
        "format": manifest.format,
        "run_id": manifest.run_id,
        "sequence": manifest.sequence,
        "previous": manifest.previous,
        "result": manifest.result.value,
        "sealed_at": stamp(manifest.sealed_at),
        "records": manifest.records,
        "captures": manifest.captures,
        "files": [{"path": entry.path, "sha256": entry.sha256, "bytes": entry.bytes} for entry in manifest.files],
    }
    if manifest.format > 1:
        raw |= {"root": manifest.root, "seal": manifest.seal}
    raw["self"] = sha256(_plain(raw))
    return _plain(raw)


def decode(content: bytes, name: str) -> Manifest:
    """The manifest in a file named `name`. Raises IntegrityError if one byte is not what `encode` wrote."""
    try:
        raw = json.loads(content)
        manifest = Manifest(
            run_id=raw["run_id"],
            sequence=raw["sequence"],
            previous=raw["previous"],
            result=RunResult(raw["result"]),
            sealed_at=moment(raw["sealed_at"]),
            records=raw["records"],
            captures=raw["captures"],
            files=tuple(FileEntry(entry["path"], entry["sha256"], entry["bytes"]) for entry in raw["files"]),
            root=raw["root"] if raw["format"] > 1 else "",
            seal=raw["seal"] if raw["format"] > 1 else "",
            format=raw["format"],
        )
        whole = encode(manifest) == content
    except UNREADABLE as error:
        raise IntegrityError(f"manifests/{name} cannot be read: {error}") from error
    if not whole or name != f"{manifest.run_id}.json":
        raise IntegrityError(f"manifests/{name} does not fit its own digest")
    return replace(manifest, digest=sha256(content))


def load(root: Path, run_id: str) -> Manifest:
    """The manifest of a sealed run. Raises IntegrityError if there is none or it was changed."""
    path = layout.manifest_path(root, run_id)
    try:
        return decode(path.read_bytes(), path.name)
    except FileNotFoundError as error:
        raise IntegrityError(f"no sealed run {run_id} in the archive") from error


def load_all(root: Path) -> tuple[Manifest, ...]:
    """Every manifest, in the order they were sealed. Raises IntegrityError for a changed one."""
    return in_order(load(root, path.stem) for path in (root / "manifests").glob("*.json"))


def evidence_root(root: Path) -> str:
    """The SHA-256 of the newest manifest: what a report prints, for it changes with the evidence alone; "" for none.

    Raises IntegrityError for a changed manifest.
    """
    chain = load_all(root)
    return chain[-1].digest if chain else ""


def in_order(manifests: Iterable[Manifest]) -> tuple[Manifest, ...]:
    """Manifests by their number in the chain."""
    return tuple(sorted(manifests, key=lambda manifest: (manifest.sequence, manifest.run_id)))


def _plain(raw: dict[str, Any]) -> bytes:
    return (json.dumps(raw, indent=1) + "\n").encode()
