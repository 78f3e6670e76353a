"""A folder that is built aside and swapped in whole: an earlier export stays as it is if this one fails."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.errors import UsageError

#: A folder holding this file is an export of ours and may be replaced; any other is never touched.
MARKER = ".egov-audit-export"


@contextmanager
def built_aside(out: Path) -> Iterator[Path]:
    """An empty folder to fill, which takes the place of `out` at the end. Raises UsageError for a folder not ours."""
    refuse_foreign(out)
    aside, old = out.with_name(out.name + ".building"), out.with_name(out.name + ".old")
    for left in (aside, old):
        refuse_foreign(left)
        if left.exists():
            shutil.rmtree(left)
    aside.mkdir(parents=True)
    try:
        (aside / MARKER).write_text("This folder is replaced whole by the next export.\n", encoding="utf-8")
        yield aside
        if out.exists():
            os.replace(out, old)
        os.replace(aside, out)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        if old.exists() and not out.exists():
            os.replace(old, out)
        raise
    if old.exists():
        shutil.rmtree(old)


def refuse_foreign(folder: Path) -> None:
    """Raise UsageError for a folder that holds anything but an export of ours; an empty or missing one is fine."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder for an export")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise UsageError(f"{folder} holds files that are not an export of ours: choose another folder with --out")


def sha256(file: Path) -> str:
    """The sum of a file's bytes. Raises OSError."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
