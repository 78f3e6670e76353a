"""Everything that a folder holds, unpacked, to be searched; and a machine whose names stand out."""

from __future__ import annotations

import gzip
import os
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq

USER, HOST, HOME = "marked-user", "marked-host", "marked-home"
#: Whoever asks the machine for a name gets one that stands out, in every process that Python starts.
_NAMES = f"""
import getpass, os, platform, socket
real = os.uname()
os.uname = lambda: os.uname_result((real.sysname, {HOST!r}, real.release, real.version, real.machine))
socket.gethostname = lambda: {HOST!r}
socket.getfqdn = lambda name="": {HOST!r}
platform.node = lambda: {HOST!r}
getpass.getuser = lambda: {USER!r}
os.getlogin = lambda: {USER!r}
"""


def named_machine(folder: Path) -> dict[str, str]:
    """The environment of a machine below `folder` with such names."""
    (folder / HOME).mkdir(exist_ok=True)
    (folder / HOME / "sitecustomize.py").write_text(_NAMES)
    home = str(folder / HOME)
    return {"HOME": home, "PYTHONPATH": home, "USER": USER, "LOGNAME": USER, "HOSTNAME": HOST}


def written(*places: Path) -> Iterator[tuple[str, bytes]]:
    """(name, content) of every file, and of what is packed in it."""
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file():
                yield path.name, os.fsencode(path.name) + b"\n" + path.read_bytes()
                yield from _within(path)


def _within(path: Path) -> Iterator[tuple[str, bytes]]:
    start = path.open("rb").read(16)
    if start.startswith(b"\x1f\x8b"):
        yield f"{path.name} unpacked", gzip.decompress(path.read_bytes())
    elif start.startswith(b"PK"):
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                yield f"{path.name}/{name}", packed.read(name)
    elif start.startswith(b"SQLite format 3"):
        # Page by page a text may be cut in two.
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            database.text_factory = bytes
            for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                rows = database.execute(f'SELECT * FROM "{table.decode()}"')
                yield f"{path.name}: {table.decode()}", b"\n".join(b"|".join(map(_plain, row)) for row in rows)
    elif start.startswith(b"PAR1"):
        table = pq.read_table(path)
        yield f"{path.name} read", f"{table.schema} {table.schema.metadata} {table.to_pylist()}".encode()


def _plain(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def holds(words: tuple[str, ...], *places: Path) -> list[str]:
    """Where one of the words stands, in capital or small letters: `name: word`."""
    return [
        f"{name}: {word}"
        for name, content in written(*places)
        for word in words
        if word.encode().lower() in content.lower()
    ]
