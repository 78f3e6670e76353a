"""A release as a record: what it is, and the manifest beside its file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

#: Marks the SQLite header of a release ("EgAR").
APPLICATION_ID = 0x45674152
#: Version of the tables' shape; a reader may refuse a newer one. 2: the dictionary has Russian and Kazakh too.
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Contents:
    """What a release holds: its id, the moment (UTC) of its newest page, versions of the method, rows by table."""

    id: str
    newest_page: str
    versions: Mapping[str, str]
    rows: Mapping[str, int]
    robots_permission: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """The line beside the file that says whether it is whole: name, id, sha256, size in bytes, rows by table.

    `robots_permission` names the letters by which pages were asked for that robots.txt closes.
    """

    file: str
    id: str
    format: int
    newest_page: str
    sha256: str
    bytes: int
    versions: Mapping[str, str]
    rows: Mapping[str, int]
    robots_permission: Sequence[Mapping[str, Any]] = ()

    def text(self) -> str:
        """The manifest as the JSON file it is."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"


def manifest_of(file: Path, name: str, held: Contents) -> Manifest:
    """The manifest of a finished file that will be called `name`. Raises OSError."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    size = file.stat().st_size
    made = (name, held.id, FORMAT, held.newest_page, digest, size, held.versions, held.rows, held.robots_permission)
    return Manifest(*made)


def manifest_path(file: Path) -> Path:
    """Where the manifest of a release lies: beside it."""
    return file.with_name(file.name + ".manifest.json")
