"""The records of a run, one line each: `path offset length sha256`. The manifest's Merkle root is over these lines.

A record is what can be checked alone: a gzip member of the WARC file as it is stored, a line of the index and the logs,
the run record as a whole. `sha256sum` of those bytes is all that is needed to compare one with its line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from crawler.archive import layout, merkle
from crawler.archive.layout import FETCHES, INDEX, ISSUES, LEAVES, RUN, TORN, WARC
from crawler.archive.warc import TornError, members, sha256
from crawler.errors import IntegrityError

#: Only a run's own files: whoever makes an archive up has no file of this machine read.
_LINE = re.compile(r"((?:warc|index|runs)(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+) (\d{1,18}) (\d{1,18}) ([0-9a-f]{64})")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Leaf:
    """One record: path of its file below the archive's root, where it lies there in bytes, SHA-256 of those bytes."""

    path: str
    offset: int
    length: int
    sha256: str

    def line(self) -> bytes:
        """As it stands in the file of leaves, without the line break."""
        return f"{self.path} {self.offset} {self.length} {self.sha256}".encode()


def leaves_of(root: Path, run_id: str) -> Iterator[Leaf]:
    """Every record of a run whose files lie at their places, file by file. Raises OSError."""
    for name, path in layout.places(root, run_id).items():
        if name == LEAVES or not path.is_file():
            continue
        told = path.relative_to(root).as_posix()
        if name == WARC:
            yield from _members(path, told)
        elif name in (INDEX, FETCHES, ISSUES):
            yield from _lines(path, told)
        elif name in (RUN, TORN):
            size, digest = _rest(path, 0)
            yield Leaf(told, 0, size, digest)


def write_leaves(root: Path, run_id: str) -> str:
    """Write the file of leaves of a run, whole or not at all, and give the Merkle root over it. Raises OSError."""
    tree, lines = merkle.Tree(), []
    for one in leaves_of(root, run_id):
        tree.add(one.line())
        lines.append(one.line() + b"\n")
    path = layout.place(root, run_id, LEAVES)
    aside = layout.open_folder(root, run_id) / "leaves.tmp"
    layout.write_whole(path, b"".join(lines), by_way_of=aside)
    return tree.root()


def read_leaves(root: Path, run_id: str) -> list[Leaf]:
    """The leaves of a sealed run. Raises IntegrityError for a file that is missing or has a line that is none."""
    path = layout.place(root, run_id, LEAVES)
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise IntegrityError(f"leaves/{path.name} is missing") from error
    except UnicodeDecodeError as error:
        raise IntegrityError(f"leaves/{path.name} cannot be read") from error
    return list(parse_leaves(text.splitlines(), path.name))


def parse_leaves(lines: Iterable[str], name: str) -> Iterator[Leaf]:
    """What lines of the file `name` say. Raises IntegrityError that names file and line."""
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise IntegrityError(f"leaves/{name} line {number} is no leaf")
        yield Leaf(match[1], int(match[2]), int(match[3]), match[4])


def read_bytes(root: Path, one: Leaf) -> bytes:
    """The bytes where a leaf says that its record lies; fewer where the file ends before. Raises OSError."""
    with (root / one.path).open("rb") as file:
        file.seek(one.offset)
        return file.read(one.length)


def _members(path: Path, told: str) -> Iterator[Leaf]:
    """Each gzip member; what cannot be unpacked is one record up to the file's end."""
    with path.open("rb") as file, path.open("rb") as again:
        try:
            for member in members(file):
                again.seek(member.offset)
                yield Leaf(told, member.offset, member.length, sha256(again.read(member.length)))
        except TornError as error:
            size, digest = _rest(path, error.offset)
            yield Leaf(told, error.offset, size, digest)


def _lines(path: Path, told: str) -> Iterator[Leaf]:
    offset = 0
    with path.open("rb") as file:
        for line in file:
            yield Leaf(told, offset, len(line), sha256(line))
            offset += len(line)


def _rest(path: Path, offset: int) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        file.seek(offset)
        while piece := file.read(_CHUNK):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()
