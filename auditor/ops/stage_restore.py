"""Restores a backup into an empty place, on either engine, whatever engine it was made on."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any, cast

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Date, DateTime, Engine, MetaData, Table, func, insert, inspect, select, text

from auditor.config import AuditConfig
from auditor.db.base import Base
from auditor.db.session import alembic_config, connect, open_database, upgrade
from auditor.ops.stage_backup import ARCHIVE, DATABASE, FORMAT, HEAD, STATE, SUMS, snapshot, table_lines
from crawler.archive.lines import moment
from crawler.archive.verify import inspect as inspect_archive
from crawler.errors import UNREADABLE, ContentError, IntegrityError, UsageError

_NAME = re.compile(r"(backup\.json|SHA256SUMS|(database|archive|state)(/[A-Za-z0-9][A-Za-z0-9_.-]*){1,3})")
_CHUNK = 1 << 20
_ROWS = 500
#: Bytes that a backup may unpack to: so many, and so many for each of its own. Ours pack to a twentieth at best.
_UNPACKED, _UNPACKED_EACH = 50_000_000, 200
_HEAD = 10_000_000  # of what a backup says of itself
_LINE = 100_000_000  # of one row


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup says it holds: schema revision, rows by table, SHA-256 by member, the archive's last manifest."""

    revision: str
    rows: dict[str, int]
    sums: dict[str, str]
    archive_head: str


def read_contents(backup: Path) -> Contents:
    """Read the whole backup and check every member against its sum; nothing is written.

    Raises IntegrityError for one that does not fit, ContentError for a file that is no backup of ours.
    """
    seen: dict[str, str] = {}
    kept: dict[str, bytes] = {}
    with _refusing_cut(backup):
        for name, file in _members(backup):
            if name in seen:
                raise IntegrityError(f"{backup.name}: {name} is in it twice")
            digest = hashlib.sha256()
            while piece := file.read(_CHUNK):
                digest.update(piece)
                if name in (HEAD, SUMS):
                    kept[name] = kept.get(name, b"") + piece
                    if len(kept[name]) > _HEAD:
                        raise ContentError(f"{backup.name} is no backup of egov-audit: {name} has no end")
            seen[name] = digest.hexdigest()
    try:
        told = json.loads(kept[HEAD])
        lines = [line.split("  ", 1) for line in kept[SUMS].decode().splitlines()]
        sums = {name: digest for digest, name in lines}
        if told["format"] != FORMAT:
            raise ContentError(f"{backup.name}: written by another version, in format {told['format']}")
        contents = Contents(str(told["schema"]), dict(told["rows"]), sums, str(told["archive"]["head"]))
    except UNREADABLE as error:
        raise ContentError(f"{backup.name} is no backup of egov-audit, or it was cut") from error
    del seen[SUMS]
    for name in sorted(seen.keys() | sums.keys()):
        if seen.get(name) != sums.get(name):
            raise IntegrityError(f"{backup.name}: {name} is not what was backed up")
    return contents


def restore(config: AuditConfig, backup: Path) -> Contents:
    """Put a backup's archive, run records and rows where the settings say, and bring the schema up to ours.

    The backup is read and checked whole first. Raises UsageError if anything is there already, ContentError for a
    schema that this version does not know.
    """
    contents = read_contents(backup)
    _refuse_unknown(contents.revision, config.db_url)
    _refuse_taken(config)
    aside = {ARCHIVE: _aside(config.archive), STATE: _aside(config.state)}
    try:
        for folder in aside.values():
            shutil.rmtree(folder, ignore_errors=True)
        _unpack(backup, aside)
        with _empty_database(config.db_url, contents.revision) as engine:
            _fill(engine, backup, contents)
        upgrade(config.db_url)
        for name, place in ((ARCHIVE, config.archive), (STATE, config.state)):
            if aside[name].is_dir():
                if place.is_dir():
                    place.rmdir()
                aside[name].replace(place)
    finally:
        for folder in aside.values():
            shutil.rmtree(folder, ignore_errors=True)
    return contents


def verify_restored(config: AuditConfig, contents: Contents) -> list[str]:
    """Read everything that was restored again; what does not fit, in words. Rows' sums only under the same schema."""
    faults = [str(problem) for problem in inspect_archive(config.archive).problems]
    with open_database(config.db_url) as engine, snapshot(engine) as connection:
        same = contents.revision == _head(config.db_url)
        for table in Base.metadata.sorted_tables:
            wanted = contents.rows.get(table.name, 0)
            found = connection.scalar(select(func.count()).select_from(table)) or 0
            if found != wanted:
                faults.append(f"table {table.name} has {found} rows, {wanted} were backed up")
            elif same:
                digest = hashlib.sha256()
                for line in table_lines(connection, table):
                    digest.update(line)
                if digest.hexdigest() != contents.sums.get(f"{DATABASE}/{table.name}.jsonl"):
                    faults.append(f"table {table.name} has other rows than were backed up")
    return faults


def _members(backup: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """The files in a backup, one after another. Raises ContentError for a member that has no business in it."""
    with gzip.open(backup) as unpacked:
        raw = _Measured(unpacked, backup)
        with tarfile.open(fileobj=cast("IO[bytes]", raw), mode="r|") as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isreg() else None
                if file is None or not _NAME.fullmatch(member.name):
                    raise ContentError(f"{backup.name}: {member.name!r} does not belong into a backup")
                yield member.name, file
        while raw.read(_CHUNK):  # tarfile stops at its own end; a file cut behind that has no checksum
            pass


class _Measured:
    """A packed file as it unpacks, up to far more than a backup does."""

    def __init__(self, unpacked: gzip.GzipFile, backup: Path) -> None:
        self._unpacked, self._name = unpacked, backup.name
        self._left = _UNPACKED + _UNPACKED_EACH * backup.stat().st_size

    def read(self, size: int) -> bytes:
        """The next bytes. Raises ContentError."""
        found = self._unpacked.read(size)
        self._left -= len(found)
        if self._left < 0:
            raise ContentError(f"{self._name} unpacks to more than {_UNPACKED_EACH} times its size: no backup does")
        return found


@contextmanager
def _refusing_cut(backup: Path) -> Iterator[None]:
    """Turns what tarfile says of a broken file, here or in a member's own read, into ContentError."""
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise ContentError(f"{backup.name} is no backup of egov-audit, or it was cut: {error}") from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise ContentError(f"{backup.name} is no backup of egov-audit, or it was cut: {error}") from error


def _refuse_unknown(revision: str, db_url: str) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config(db_url)).walk_revisions()}
    if revision not in known:
        raise ContentError(f"the backup's schema is {revision}, which this version does not know: use a newer one")


def _head(db_url: str) -> str | None:
    return ScriptDirectory.from_config(alembic_config(db_url)).get_current_head()


def _refuse_taken(config: AuditConfig) -> None:
    """Raises UsageError if there is an archive, a run's record or a row where the backup is to go."""
    for what, place in (("archive", config.archive), ("state", config.state)):
        if place.exists() and (not place.is_dir() or any(place.iterdir())):
            raise UsageError(f"the {what} folder is not empty: a restore overwrites nothing")
    engine = connect(config.db_url)
    try:
        if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists():
            return
        with engine.connect() as connection:
            for name in inspect(engine).get_table_names():
                full = connection.scalar(text(f'SELECT 1 FROM "{name}" LIMIT 1'))  # noqa: S608 - its own table's name
                if full and name != "alembic_version":
                    raise UsageError("the database is not empty: a restore overwrites nothing")
    finally:
        engine.dispose()


def _aside(place: Path) -> Path:
    return place.with_name(f".{place.name}.restoring")


def _unpack(backup: Path, folders: dict[str, Path]) -> None:
    for name, file in _members(backup):
        top, _, rest = name.partition("/")
        if top not in folders:
            continue
        path = folders[top] / rest
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as target:
            shutil.copyfileobj(file, target, _CHUNK)


@contextmanager
def _empty_database(db_url: str, revision: str) -> Iterator[Engine]:
    """A database with the tables of `revision` and no row. A SQLite file made here is taken away if filling fails."""
    engine = connect(db_url)
    path = Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None
    made = path is not None and not path.exists()
    try:
        upgrade(db_url, revision)
        yield engine
    except BaseException:
        engine.dispose()
        if made and path is not None:
            for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
                name.unlink(missing_ok=True)
        raise
    finally:
        engine.dispose()


def _fill(engine: Engine, backup: Path, contents: Contents) -> None:
    """Every row in one transaction. The tables are read from the database, for they may be of an earlier revision."""
    metadata = MetaData()
    metadata.reflect(engine, only=lambda name, _: name != "alembic_version")  # written by the schema's own steps
    with engine.begin() as connection:
        for name, file in _members(backup):
            top, _, rest = name.partition("/")
            if top != DATABASE:
                continue
            table = metadata.tables.get(rest.removesuffix(".jsonl"))
            if table is None:
                raise ContentError(f"{backup.name}: there is no table for {name}")
            try:
                number = _insert(connection, table, file)
            except UNREADABLE as error:
                raise ContentError(f"{backup.name}: {name} holds what is no row of ours: {_in_short(error)}") from error
            if number != contents.rows.get(table.name):
                raise IntegrityError(f"{backup.name}: {name} has {number} rows, {contents.rows.get(table.name)} told")
            if engine.dialect.name == "postgresql":
                _advance(connection, table)


def _in_short(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:200]}"


def _insert(connection: Connection, table: Table, file: IO[bytes]) -> int:
    readers = {column.name: _reader(column.type) for column in table.columns}
    number, rows = 0, []
    while line := file.readline(_LINE):
        if len(line) == _LINE:
            raise ValueError(f"a row of {_LINE:,} bytes")
        raw = json.loads(line)
        rows.append({name: None if value is None else readers[name](value) for name, value in raw.items()})
        number += 1
        if len(rows) == _ROWS:
            connection.execute(insert(table), rows)
            rows = []
    if rows:
        connection.execute(insert(table), rows)
    return number


def _reader(kind: object) -> Callable[[Any], Any]:
    if isinstance(kind, DateTime):
        return moment
    return date.fromisoformat if isinstance(kind, Date) else lambda value: value


def _advance(connection: Connection, table: Table) -> None:
    """Let PostgreSQL go on numbering after the rows that brought their own numbers."""
    for column in table.primary_key.columns:
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        if sequence is not None:
            highest = connection.scalar(select(func.max(column)))
            if highest is not None:
                connection.execute(select(func.setval(sequence, highest)))
