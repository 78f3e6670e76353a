"""An archive to write into and a database of either kind to ingest it into."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from auditor.db.session import connect
from tests.auditor.ingest.world import World


@pytest.fixture
def engine(db_url: str) -> Iterator[Engine]:
    """A database with our tables, once on each engine."""
    opened = connect(db_url)
    yield opened
    opened.dispose()


@pytest.fixture
def world(tmp_path: Path, engine: Engine) -> World:
    """An empty archive beside an empty database."""
    return World(tmp_path / "archive", engine)
