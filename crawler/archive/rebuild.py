"""An index that was lost or damaged, made again from its WARC file: every line of it stands in the records themselves.

What is made is put in place only if its SHA-256 is the one in the run's manifest: a rebuilt index is the sealed one.
"""

from __future__ import annotations

from pathlib import Path

from crawler.archive import layout, leaves, manifest
from crawler.archive.layout import INDEX, LEAVES, WARC
from crawler.archive.lines import capture_json, dump
from crawler.archive.manifest import FileEntry, Manifest
from crawler.archive.seal import CAPTURES
from crawler.archive.warc import TornError, capture_from, members, parse, sha256
from crawler.errors import IntegrityError, UsageError


def rebuild(root: Path) -> list[str]:
    """Make every index, and list of records, that is missing or not as sealed again; gives what was made, oldest first.

    Raises UsageError without an archive, IntegrityError that names the file where the WARC no longer gives what was
    sealed; nothing is changed then but what was made before it.
    """
    if not (root / "manifests").is_dir():
        raise UsageError(f"no archive in {root}")
    made = []
    with layout.chain_lock(root):
        for run in manifest.load_all(root):
            for name, content in ((INDEX, _index), (LEAVES, _leaves)):
                entry = _entry(run, layout.place(root, run.run_id, name).relative_to(root).as_posix())
                if entry is None or _as_sealed(root, entry):
                    continue
                _put(root, entry, content(root, run.run_id))
                made.append(entry.path)
    return made


def _entry(run: Manifest, path: str) -> FileEntry | None:
    return next((entry for entry in run.files if entry.path == path), None)


def _as_sealed(root: Path, entry: FileEntry) -> bool:
    path = root / entry.path
    return path.is_file() and manifest.file_entry(root, path) == entry


def _index(root: Path, run_id: str) -> bytes:
    path = layout.place(root, run_id, WARC)
    lines = []
    try:
        with path.open("rb") as file:
            for member in members(file):
                record = parse(member.data)
                if record.type in CAPTURES:
                    lines.append(dump(capture_json(capture_from(record, run_id, member))))
    except FileNotFoundError as error:
        raise IntegrityError(f"warc/{path.name} is missing: no index can be made from it") from error
    except TornError as error:
        raise IntegrityError(f"warc/{path.name} offset {error.offset}: {error}") from error
    return b"".join(lines)


def _leaves(root: Path, run_id: str) -> bytes:
    return b"".join(leaf.line() + b"\n" for leaf in leaves.leaves_of(root, run_id))


def _put(root: Path, entry: FileEntry, content: bytes) -> None:
    if (sha256(content), len(content)) != (entry.sha256, entry.bytes):
        raise IntegrityError(f"{entry.path}: what the run's files give is not what was sealed: take it from a backup")
    path = root / entry.path
    path.parent.mkdir(parents=True, exist_ok=True)
    layout.write_whole(path, content, by_way_of=root / "open" / f"{path.name}.tmp")
