"""The file a document is written to: never over another's work, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from crawler.errors import UsageError

#: Tells from a file's bytes whether it is a document as this program wrote it.
Untouched = Callable[[bytes], bool]


def refuse_foreign(path: Path, untouched: Untouched) -> None:
    """Raise UsageError for a path that holds anything but a document as this program wrote it.

    A document that somebody has edited is somebody's work.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name a file")
    if path.exists() and not untouched(path.read_bytes()):
        raise UsageError(f"{path} is not a document of ours as it was written: choose another file, or move it away")


def write_whole(path: Path, data: bytes) -> None:
    """Write the file aside and put it in place: a file that was there stays whole if this fails. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".part")
    try:
        with partial.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except OSError as error:
        # The partial file is nobody's concern: what could not be written is the file that was asked for.
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        partial.unlink(missing_ok=True)
