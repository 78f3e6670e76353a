"""A small site, and a folder after one good run over it, made once and copied by whoever hurts it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak import state
from tests.soak.sites import Watched, small
from tests.soak.state import RUN, egov_audit
from tests.unchanged import unchanged


@pytest.fixture(scope="session")
def sites() -> Iterator[Watched]:
    with small().up() as sites:
        yield sites


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory, sites: Watched) -> Iterator[Path]:
    """A folder after one good run."""
    folder = tmp_path_factory.mktemp("good") / "data"
    folder.mkdir()
    ended = egov_audit(folder, sites, *RUN)
    assert ended.code == 0, ended.err
    with unchanged(folder):
        yield folder


@pytest.fixture
def hurt(good: Path, tmp_path: Path) -> Path:
    """A copy to be hurt."""
    return state.copy(good, tmp_path / "data")
