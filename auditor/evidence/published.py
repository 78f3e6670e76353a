"""Published folders (reports, releases): sealed file by file, and held against their seals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from crawler.archive import merkle, seals
from crawler.archive.lines import stamp
from crawler.archive.manifest import file_entry
from crawler.archive.seals import LINES, Draft, Seal
from crawler.archive.verify import Problem
from crawler.errors import UsageError


def file_lines(folder: Path) -> Iterator[bytes]:
    """Every file below a folder, or the one file, as `sha256 bytes path`, by path. Raises OSError."""
    if folder.is_file():
        yield f"{file_entry(folder.parent, folder).sha256} {folder.stat().st_size} {folder.name}".encode()
        return
    for path in sorted(
        (one for one in folder.rglob("*") if one.is_file()), key=lambda one: one.relative_to(folder).parts
    ):
        entry = file_entry(folder, path)
        yield f"{entry.sha256} {entry.bytes} {entry.path}".encode()


def seal_folder(root: Path, kind: str, name: str, folder: Path, now: datetime) -> Seal:
    """Seal a published folder under a name (no path of this machine); the same files again make no new seal.

    The lines of the newest seal of a name are kept, of earlier ones the root. Raises OSError, IntegrityError.
    """
    lines = list(file_lines(folder))
    root_now = merkle.root_of(lines)
    former = seals.newest(seals.load_seals(root), kind, name=name)
    if former is not None and former.root == root_now:
        return former
    content = b"".join(line + b"\n" for line in lines)
    made = seals.add_seal(root, Draft(kind, root_now, len(lines), {"name": name}, {LINES: content}), now)
    if former is not None:
        seals.drop_lines(root, former.sequence)
    return made


def check_folder(root: Path, folder: Path, label: str, made: Sequence[Seal]) -> list[Problem]:
    """Hold a published folder against its seals; files that do not fit are named below `label`.

    A folder that is, as a whole, one that was sealed is fine, be it an earlier one. Raises UsageError where nothing
    like it was ever sealed.
    """
    if not folder.exists():
        raise UsageError(f"{label}: no such file or folder")
    lines = list(file_lines(folder))
    known = [seal for seal in made if seal.kind in ("report", "release")]
    if any(seal.root == merkle.root_of(lines) for seal in known):
        return []
    now = dict(_split(line) for line in lines)
    kept = [(seal, path) for seal in known if (path := seals.beside(root, seal.sequence, LINES)).exists()]
    if not kept:
        raise UsageError(f"{label}: no report or release was sealed that it could be compared with")
    # The one it has most in common with is the one it was made from.
    seal, sealed = max(
        ((seal, dict(_split(line) for line in path.read_bytes().splitlines())) for seal, path in kept),
        key=lambda pair: (len(pair[1].items() & now.items()), len(pair[1].keys() & now.keys()), pair[0].sequence),
    )
    return list(_differences(sealed, now, label, stamp(seal.sealed_at)))


def _split(line: bytes) -> tuple[str, str]:
    digest, size, path = line.decode("utf-8", "replace").split(" ", 2)
    return path, f"{digest} {size}"


def _differences(sealed: dict[str, str], now: dict[str, str], label: str, at: str) -> Iterator[Problem]:
    for path in sorted(sealed.keys() | now.keys()):
        if path not in now:
            yield Problem(f"{label}/{path}", "", f"was sealed at {at} and is gone")
        elif path not in sealed:
            yield Problem(f"{label}/{path}", "", f"is no file of what was sealed at {at}")
        elif sealed[path] != now[path]:
            was, found = sealed[path].split()[0], now[path].split()[0]
            yield Problem(f"{label}/{path}", "", f"its sha256 is {found}, it was sealed at {at} as {was}")
