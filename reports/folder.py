"""A folder that is built aside and swapped in whole: the earlier one stays as it is if this one fails."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crawler.errors import UsageError


@dataclass(frozen=True, slots=True)
class Kind:
    """What a folder of ours is. One that holds the file `marker` may be replaced; any other is never touched."""

    marker: str
    noun: str

    @property
    def told(self) -> str:
        """What the marker says to whoever opens it."""
        return f"This folder is replaced whole by the next {self.noun}."


EXPORT = Kind(".egov-audit-export", "export")


@contextmanager
def built_aside(out: Path, kind: Kind = EXPORT) -> Iterator[Path]:
    """An empty folder to fill, which takes the place of `out` at the end. Raises UsageError for a folder not ours."""
    refuse_foreign(out, kind)
    aside, old = out.with_name(out.name + ".building"), out.with_name(out.name + ".old")
    for left in (aside, old):
        refuse_foreign(left, kind)
    if old.exists() and not out.exists():
        # A run was ended between the two moves below: what it moved away is all there is.
        os.replace(old, out)
    for left in (aside, old):
        if left.exists():
            shutil.rmtree(left)
    aside.mkdir(parents=True)
    try:
        (aside / kind.marker).write_text(f"{kind.told}\n", encoding="utf-8")
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


def refuse_foreign(folder: Path, kind: Kind = EXPORT) -> None:
    """Raise UsageError for a folder with anything but one of ours of this kind; an empty or missing one is fine."""
    named = f"{'an' if kind.noun[0] in 'aeiou' else 'a'} {kind.noun}"
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder for {named}")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / kind.marker).exists():
        raise UsageError(f"{folder} holds files that are not {named} of ours: choose another folder with --out")


def sha256(file: Path) -> str:
    """The sum of a file's bytes. Raises OSError."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
