"""The door to the database: engine, schema version, and the only place that commits."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Engine, create_engine, event, func, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from auditor.db.explain import explain, is_damage
from crawler.errors import ContentError, IntegrityError, SourceError, UsageError

#: Seconds that a statement waits for another program to let go of a SQLite database.
_PATIENCE = 30
_ESCAPED = "in a password, @ is written %40, : %3A, / %2F and % %25"
_KINDS = "EGOV_AUDIT_DB_URL begins with sqlite:/// or postgresql://"


def connect(db_url: str) -> Engine:
    """An engine for SQLite (WAL, foreign keys on, 30 s of patience for a lock unless `?timeout=` says) or PostgreSQL.

    Nothing is opened or made yet. Raises UsageError for an address that is none, or of another kind of database.
    """
    url = _address(db_url)
    kind = url.drivername
    if kind in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    try:
        patience = {} if url.drivername != "sqlite" or "timeout" in url.query else {"timeout": _PATIENCE}
        still = {"creator": _opener_of_a_still_file(url.database)} if _is_still(url) else {}
        engine = create_engine(url, json_serializer=_dump_json, connect_args=patience, **still)
    except (NoSuchModuleError, ArgumentError, ImportError) as error:
        raise UsageError(f"no such kind of database: {kind}; {_KINDS}") from error
    if engine.dialect.name not in ("sqlite", "postgresql"):
        raise UsageError(f"no such kind of database: {kind}; {_KINDS}")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _address(db_url: str) -> URL:
    """The parts of an address. Raises UsageError that repeats nothing of it, and has no cause that would."""
    try:
        url = make_url(db_url)
        if url.drivername == "sqlite" and "timeout" in url.query:
            float(str(url.query["timeout"]))
    except ArgumentError:
        raise UsageError("EGOV_AUDIT_DB_URL is not a database address") from None
    except ValueError:
        raise UsageError(f"EGOV_AUDIT_DB_URL: the port or the timeout is no number; {_ESCAPED}") from None
    if url.host and "@" in url.host:  # else the rest of a password is told as the name of a host
        raise UsageError(f"EGOV_AUDIT_DB_URL: no host can be read; {_ESCAPED}")
    return url


def _is_still(url: URL) -> bool:
    """Whether a SQLite file can only be read: on a read-only disk, or somebody else's, with nobody at work on it.

    SQLite would make files beside it to look at a database in WAL, and refuses it where it may not.
    """
    file = Path(url.database or "")
    if url.drivername != "sqlite" or not file.is_file() or os.access(file.parent, os.W_OK):
        return False
    return not (Path(f"{file}-wal").exists() and Path(f"{file}-shm").exists())


def _opener_of_a_still_file(database: str | None) -> Callable[[], sqlite3.Connection]:
    """Opens the file as what nobody changes. What a killed program left in the `-wal` counts: it is read without locks,
    and its index made in memory, for the `-shm` cannot be made.
    """
    left = Path(f"{database}-wal").exists()
    address = f"file:{quote(str(database))}?mode=ro&{'vfs=unix-none' if left else 'immutable=1'}"

    def opened() -> sqlite3.Connection:
        connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        if left:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        return connection

    return opened


def _dump_json(value: object) -> str:
    # Cyrillic as it is: escaped, a register page would take three times its room.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _prepare_sqlite(connection: object, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Switch to WAL. Where two make a new file at once, SQLite refuses one of them instead of letting it wait."""
    until = monotonic() + cursor.execute("PRAGMA busy_timeout").fetchone()[0] / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > until:
                raise
            sleep(0.02)
        else:
            return


def alembic_config(db_url: str) -> Config:
    """Alembic's configuration for the migrations that this installation carries."""
    config = Config()
    config.set_main_option("script_location", str(resources.files("migrations")))
    config.attributes["db_url"] = db_url
    return config


def upgrade(db_url: str, revision: str = "head") -> str:
    """Bring the database to `revision` and return the revision it is at. Raises ContentError if it is newer than we."""
    engine = connect(db_url)
    try:
        _make_folder(engine)
        _refuse_newer(engine, db_url)
        command.upgrade(alembic_config(db_url), revision)
        return current_revision(engine) or ""
    finally:
        engine.dispose()


def current_revision(engine: Engine) -> str | None:
    """The schema revision the database is at, None for an empty one.

    Raises SourceError if the server cannot be reached, IntegrityError for a damaged file, UsageError for one that is no
    database or may not be opened.
    """
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        said = f"the database cannot be opened: {explain(error)}"
        if engine.dialect.name == "postgresql":
            raise SourceError(said) from error
        if is_damage(error):
            raise IntegrityError(said) from error
        raise UsageError(said) from error


def _refuse_newer(engine: Engine, db_url: str) -> None:
    revision = current_revision(engine)
    known = {script.revision for script in ScriptDirectory.from_config(alembic_config(db_url)).walk_revisions()}
    if revision is not None and revision not in known:
        raise ContentError(
            f"the database is at revision {revision}, which this version of egov-audit does not know: "
            "use the version that wrote it, or a newer one"
        )


@contextmanager
def open_database(db_url: str, *, create: bool = False) -> Iterator[Engine]:
    """A ready database of our own revision. With `create` a missing or empty one gets its tables first.

    Without it ContentError says that there is none, and nothing is made: who only reads may be in the wrong folder. One
    of an earlier revision is not touched unasked (its owner may want a copy first): ContentError says what to type.
    """
    engine = connect(db_url)
    try:
        if create:
            _make_folder(engine)
        elif not _file_is_there(engine):
            raise _no_database(engine)
        _refuse_newer(engine, db_url)
        head = ScriptDirectory.from_config(alembic_config(db_url)).get_current_head()
        if current_revision(engine) != head:
            if create:
                # Another process may be making the tables: what there is can be judged when it is done.
                with _alone(engine, "upgrade"):
                    if _is_empty(engine):
                        command.upgrade(alembic_config(db_url), "head")
            elif _is_empty(engine):
                raise _no_database(engine)
            if current_revision(engine) != head:
                raise ContentError("the database is of an earlier version: run `egov-audit db upgrade`")
        yield engine
    finally:
        engine.dispose()


def _is_empty(engine: Engine) -> bool:
    return current_revision(engine) is None and not inspect(engine).get_table_names()


def _sqlite_file(engine: Engine) -> Path | None:
    """The file of a SQLite database, None for one in memory and for PostgreSQL."""
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    return None if name in (None, "", ":memory:") else Path(str(name))


def _file_is_there(engine: Engine) -> bool:
    # SQLite makes a file for whoever looks, so it has to be looked for without SQLite.
    file = _sqlite_file(engine)
    return file is None or file.is_file() or file.name.startswith("file:")


def _make_folder(engine: Engine) -> None:
    file = _sqlite_file(engine)
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the database folder {file.parent} cannot be made: {error.strerror}") from error


def _no_database(engine: Engine) -> ContentError:
    # A password may stand in the address itself or among the words after its question mark.
    address = engine.url.set(query={}).render_as_string(hide_password=True)
    return ContentError(
        f"there is no database here ({address}): `egov-audit ingest` makes one from the archive, "
        "`egov-audit demo` shows a sample"
    )


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One session that is committed whole at the end, or not at all."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def _alone(engine: Engine, work: str) -> Iterator[None]:
    """Wait for the only right to do `work` on this database and hold it until the end."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(zlib.crc32(f"egov-audit {work}".encode()))))
            yield
    elif engine.url.database in (None, "", ":memory:"):
        yield
    else:
        with Path(f"{engine.url.database}.{work}.lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


@contextmanager
def exclusive(engine: Engine, work: str) -> Iterator[None]:
    """Hold the only right to do `work` (a word) on this database until the end, or raise UsageError at once.

    The lock is the server's or the operating system's: a killed process leaves none behind.
    """
    busy = UsageError(f"another process is at work on this database: {work}")
    if engine.dialect.name == "postgresql":
        key = zlib.crc32(f"egov-audit {work}".encode())
        with engine.connect() as connection:
            if not connection.scalar(select(func.pg_try_advisory_xact_lock(key))):
                raise busy
            yield
    elif engine.url.database in (None, "", ":memory:"):
        yield
    else:
        with Path(f"{engine.url.database}.{work}.lock").open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise busy from error
            yield
