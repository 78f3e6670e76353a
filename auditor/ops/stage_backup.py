"""Writes a backup: one `.tar.gz` of the database as JSON lines, the archive's sealed runs and the runs' records.

The form knows no engine: a table is a file of lines in the order of its primary key, so a backup of SQLite and one of
PostgreSQL with the same rows hold the same bytes, and either is restored into either. `SHA256SUMS` in it is what
`sha256sum -c` reads.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, Table, select

from auditor.config import AuditConfig
from auditor.db.base import Base
from auditor.db.session import current_revision, open_database
from auditor.ops.journal import last_good_path, record_folder
from crawler.archive import layout, manifest, seals
from crawler.archive.lines import dump, stamp
from crawler.errors import IntegrityError, UsageError

FORMAT = 1
HEAD, SUMS = "backup.json", "SHA256SUMS"
#: Folders inside a backup.
DATABASE, ARCHIVE, STATE = "database", "archive", "state"
_ROWS = 500


@dataclass(slots=True)
class Backup:
    """What a backup holds: rows by table, number and bytes of the archive's files, its schema's revision."""

    revision: str
    made_at: datetime
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    bytes: int = 0
    archive_head: str = ""
    unsealed: int = 0
    sha256: str = ""


def back_up(config: AuditConfig, target: Path, now: datetime) -> Backup:
    """Write everything into `target`, which must not exist; it appears whole or not at all.

    The database is read in one transaction, and before the archive: no row speaks of a page that the backup lacks.
    Runs that are not sealed are left out and counted. Raises UsageError for a file that is there or an archive that is
    not, IntegrityError for a sealed file whose size changed, OSError.
    """
    if target.exists():
        raise UsageError(f"{target.name} is there already: a backup never overwrites one")
    if not (config.archive / "manifests").is_dir():
        raise UsageError("there is no archive to back up")
    part = target.with_name(f".{target.name}.part")
    try:
        with open_database(config.db_url) as engine, _private(part) as raw:
            made = Backup(current_revision(engine) or "", now)
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=3, format=tarfile.PAX_FORMAT) as tar:
                _Writer(tar, made).write(engine, config)
            raw.flush()
            os.fsync(raw.fileno())
        made.sha256 = _digest(part)
        if target.exists():
            raise UsageError(f"{target.name} is there already: a backup never overwrites one")
        part.replace(target)
        layout.sync_folder(target.absolute().parent)
    finally:
        part.unlink(missing_ok=True)
    return made


def _private(path: Path) -> IO[bytes]:
    """A new file that only its owner reads: a backup holds people's decisions and whatever the logs of runs say."""
    path.unlink(missing_ok=True)  # of a backup that was killed; whatever else lies there, a link too, is not written to
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def table_lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """A table's rows as lines, in the order of the primary key; the same bytes from either engine."""
    columns = list(table.columns)
    statement = select(*columns).order_by(*table.primary_key.columns)
    for row in connection.execution_options(yield_per=_ROWS).execute(statement):
        yield dump({column.name: _plain(value) for column, value in zip(columns, row, strict=True)})


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if isinstance(value, datetime):
        return stamp(value)
    return value.isoformat() if isinstance(value, date) else value


def snapshot(engine: Engine) -> Connection:
    """A connection with one transaction in which every read sees the same moment."""
    connection = engine.connect()
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")  # the driver itself begins none for reads
    else:
        connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return connection


@dataclass(slots=True)
class _Writer:
    """Adds members and remembers their sums."""

    tar: tarfile.TarFile
    made: Backup
    sums: list[tuple[str, str]] = field(default_factory=list)

    def write(self, engine: Engine, config: AuditConfig) -> None:
        self._tables(engine)
        self._archive(config.archive)
        self._state(config.state)
        told = {
            "format": FORMAT,
            "made_at": stamp(self.made.made_at),
            "egov-audit": version("egov-audit"),
            "schema": self.made.revision,
            "rows": self.made.rows,
            "archive": {"head": self.made.archive_head, "files": self.made.files, "bytes": self.made.bytes},
        }
        self._add(HEAD, dump(told, indent=1))
        lines = "".join(f"{digest}  {name}\n" for name, digest in self.sums)
        self._add(SUMS, lines.encode())

    def _tables(self, engine: Engine) -> None:
        with snapshot(engine) as connection:
            for table in Base.metadata.sorted_tables:
                with tempfile.TemporaryFile() as file:
                    number = 0
                    for line in table_lines(connection, table):
                        file.write(line)
                        number += 1
                    self.made.rows[table.name] = number
                    size = file.tell()
                    file.seek(0)
                    self._stream(f"{DATABASE}/{table.name}.jsonl", file, size)

    def _archive(self, root: Path) -> None:
        self.made.unsealed = len(layout.open_ids(root))
        chain = manifest.load_all(root)
        for run in chain:
            own = {place.relative_to(root).as_posix() for place in layout.places(root, run.run_id).values()}
            for entry in run.files:
                if entry.path not in own:  # whoever made the archive up would have us pack a file of this machine
                    name = layout.manifest_path(root, run.run_id).name
                    raise IntegrityError(f"manifests/{name} lists a file that is not the run's: egov-audit verify")
                self._file(f"{ARCHIVE}/{entry.path}", root / entry.path, entry.bytes)
                self.made.files += 1
                self.made.bytes += entry.bytes
            path = layout.manifest_path(root, run.run_id)
            self._file(f"{ARCHIVE}/{path.relative_to(root).as_posix()}", path, path.stat().st_size)
            self.made.files += 1
        self.made.archive_head = chain[-1].digest if chain else ""
        for seal in seals.load_seals(root):
            for path in (seals.seal_path(root, seal.sequence), *seals.companions(root, seal.sequence)):
                self._file(f"{ARCHIVE}/{path.relative_to(root).as_posix()}", path, path.stat().st_size)
                self.made.files += 1

    def _state(self, state: Path) -> None:
        for path in [last_good_path(state), *sorted(record_folder(state).glob("*.jsonl"))]:
            if path.is_file():
                # Read at once: the record of a run at work grows.
                self._add(f"{STATE}/{path.relative_to(state).as_posix()}", path.read_bytes())

    def _file(self, name: str, path: Path, size: int) -> None:
        try:
            with path.open("rb") as file:
                self._stream(name, file, size)
                if file.read(1):
                    raise IntegrityError(f"{name} is longer than it was sealed: egov-audit verify")
        except FileNotFoundError as error:
            raise IntegrityError(f"{name} is missing: egov-audit verify") from error

    def _add(self, name: str, content: bytes) -> None:
        self._stream(name, io.BytesIO(content), len(content))

    def _stream(self, name: str, file: IO[bytes], size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        member.mtime = int(self.made.made_at.timestamp())
        reader = _Summed(file)
        try:
            self.tar.addfile(member, reader)
        except OSError as error:
            if error.errno is None:  # tarfile's own: the file ended early
                raise IntegrityError(f"{name} is shorter than it was sealed: egov-audit verify") from error
            raise
        self.sums.append((name, reader.digest.hexdigest()))


class _Summed:
    """A file that is read through a digest."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self.digest.update(content)
        return content
