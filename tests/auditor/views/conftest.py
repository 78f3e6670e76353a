"""The sample with the portal's lists read twice, as a database of either kind, measured in every year."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from auditor.cli.series import keep_everything
from auditor.db.session import connect, transaction
from tests.auditor.measure.sample import SECOND, fill, harvested, relist
from tests.conftest import Postgres


@pytest.fixture(scope="session")
def sample_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = tmp_path_factory.mktemp("sample") / "archive"
    harvested(archive)
    relist(archive, SECOND)
    return archive


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def sample_url(request: pytest.FixtureRequest, sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the sample's database; tests read it only."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path_factory.mktemp('db')}/audit.db"
    else:
        postgres: Postgres = request.getfixturevalue("postgres")
        address = postgres.database()
    fill(address, sample_archive)
    engine = connect(address)
    with transaction(engine) as session:
        keep_everything(session)
    engine.dispose()
    return address


@pytest.fixture
def sample(sample_url: str) -> Iterator[Engine]:
    engine = connect(sample_url)
    yield engine
    engine.dispose()
