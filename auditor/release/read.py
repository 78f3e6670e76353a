"""Reads a release's file: what it says of itself, its tables as its own dictionary describes them, their rows."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from auditor.release.file import HISTORY
from auditor.release.records import APPLICATION_ID, FORMAT, manifest_path
from auditor.release.schema import Column, Kind, Table
from crawler.errors import UNREADABLE, ContentError, IntegrityError, UsageError

_ID = re.compile(r"[0-9A-Za-z-]{1,64}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LONGEST = 50_000_000  # bytes of one value, whatever a column of a foreign file makes up


def open_release(path: Path) -> sqlite3.Connection:
    """A read-only connection. Raises UsageError without a file, ContentError for one that is no release we can read.

    The file may come from anybody: names in it become names of files and stand in statements, so they are looked at.
    """
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    database = sqlite3.connect(f"file:{quote(str(path))}?immutable=1", uri=True)
    try:
        found = database.execute("PRAGMA application_id").fetchone()[0]
        version = database.execute("PRAGMA user_version").fetchone()[0]
        database.execute("PRAGMA trusted_schema = OFF")
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        views = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}
    except sqlite3.DatabaseError as error:
        database.close()
        raise ContentError(f"{path} is not a release: {error}") from error
    if found != APPLICATION_ID or version > FORMAT:
        database.close()
        newer = "is a release of a newer egov-audit" if found == APPLICATION_ID else "is not a release of egov-audit"
        raise ContentError(f"{path} {newer}")
    try:
        fault = f"the view {min(views - {HISTORY})}" if views - {HISTORY} else _fault(database)
    except sqlite3.DatabaseError as error:
        fault = str(error)
    if fault:
        database.close()
        raise ContentError(f"{path} is not a release as egov-audit makes it: {fault}")
    return database


def described(database: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """What the release's dictionary says in Russian and Kazakh, by language and English; nothing before format 2."""
    if database.execute("PRAGMA user_version").fetchone()[0] < 2:
        return {"ru": {}, "kk": {}}
    rows = database.execute(
        "SELECT about, about_ru, about_kk FROM dictionary_tables UNION SELECT about, about_ru, about_kk FROM dictionary"
    ).fetchall()
    return {lang: {one[0]: one[place] for one in rows if one[place]} for place, lang in enumerate(("ru", "kk"), 1)}


def _fault(database: sqlite3.Connection) -> str:
    """The first thing in a release's own words that no release of ours says; "" for none."""
    said = dict(database.execute("SELECT name, value FROM release"))
    if missing := [name for name in ("id", "made_from") if not isinstance(said.get(name), str)]:
        return f"no {missing[0]}"
    if not _ID.fullmatch(said["id"]):
        return f"the id {said['id'][:80]!r}"
    described(database)  # raises where format and columns differ
    held: dict[str, set[str]] = {}
    for name, key in database.execute("SELECT name, key FROM dictionary_tables"):
        if odd := [word for word in (name, *str(key).split()) if not _NAME.fullmatch(str(word))]:
            return f"the name {str(odd[0])[:80]!r}"
        held[name] = {column for (column,) in database.execute("SELECT name FROM pragma_table_info(?)", (name,))}
    kinds = {str(kind) for kind in Kind}
    for table, name, kind in database.execute("SELECT table_name, column_name, kind FROM dictionary"):
        if name not in held.get(table, ()) or not _NAME.fullmatch(str(name)) or kind not in kinds:
            return f"the column {str(name)[:80]!r} of {str(table)[:80]!r}, which holds {str(kind)[:20]!r}"
    return ""


def facts(path: Path) -> dict[str, str]:
    """What the release says of itself: id, made_from, versions. Raises as `open_release`."""
    with closing(open_release(path)) as database:
        return dict(database.execute("SELECT name, value FROM release ORDER BY name"))


def verify(path: Path) -> None:
    """Hold a release to the manifest beside it, where there is one.

    Raises IntegrityError when the file is another than the manifest says, or the manifest says nothing.
    """
    manifest = manifest_path(path)
    if not path.is_file() or not manifest.is_file():
        return
    try:
        told = json.loads(manifest.read_text(encoding="utf-8"))
        expected = (told["bytes"], told["sha256"])
    except UNREADABLE as error:
        raise IntegrityError(f"{manifest} is no manifest of a release") from error
    with path.open("rb") as stream:
        if expected != (path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()):
            raise IntegrityError(f"{path} is not the file that its manifest describes")


@dataclass(frozen=True, slots=True)
class Release:
    """An open release: what it says of itself, its tables, and its descriptions by language and English.

    Rows come in the file's order, always the same.
    """

    facts: dict[str, str]
    tables: tuple[Table, ...]
    words: dict[str, dict[str, str]]
    database: sqlite3.Connection

    def rows(self, table: Table) -> Iterator[tuple[object, ...]]:
        """Every row of a table, its columns in the table's order."""
        yield from self.database.execute(f"SELECT {', '.join(table.names)} FROM {table.name}")  # noqa: S608

    def unique(self, table: Table) -> bool:
        """Whether the table's key names one row and is never empty."""
        filled = " AND ".join(f"COALESCE({name}, '') <> ''" for name in table.key)
        statement = f"""
            SELECT (SELECT COUNT(*) FROM (SELECT DISTINCT {", ".join(table.key)} FROM {table.name} WHERE {filled}))
                   = (SELECT COUNT(*) FROM {table.name})
        """  # noqa: S608 - names of the release's own dictionary
        return bool(self.database.execute(statement).fetchone()[0])


def read_release(path: Path) -> Release:
    """Open a release. Close its `database` in the end. Raises as `open_release`."""
    database = open_release(path)
    said = dict(database.execute("SELECT name, value FROM release ORDER BY name"))
    columns: dict[str, list[Column]] = {}
    for table, name, kind, about in database.execute(
        "SELECT table_name, column_name, kind, about FROM dictionary ORDER BY table_name, place"
    ):
        columns.setdefault(table, []).append(Column(name, Kind(kind), about))
    tables = tuple(
        Table(name, about, tuple(columns[name]), tuple(key.split()), ())
        for name, about, key in database.execute("SELECT name, about, key FROM dictionary_tables ORDER BY rowid")
    )
    return Release(said, tables, described(database), database)
