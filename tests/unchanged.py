"""Folders that many tests share: at the end each must be as it was made, or some test stood on another's traces."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: What SQLite keeps beside a file that is open, and locks: they come and go with whoever reads.
_PASSING = ("-wal", "-shm", "-journal", ".lock")


def digests(folder: Path) -> dict[str, str]:
    """Every file below a folder by what it holds."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(_PASSING)
    }


@contextmanager
def unchanged(folder: Path) -> Iterator[None]:
    """Fail at the end of the block if anything below the folder is new, gone or otherwise."""
    before = digests(folder)
    yield
    after = digests(folder)
    unlike = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    assert not unlike, f"a test changed the folder {folder.name} that all share: {', '.join(unlike[:5])}"
