"""A furnished desk: a database with a coded register, the settings pointing to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.auditor.review import desk

Sheet = Callable[..., int]


@pytest.fixture
def sheet(db_url: str, monkeypatch: pytest.MonkeyPatch) -> Sheet:
    """Runs `egov-audit sheet …` over the furnished database, once on each engine."""
    desk.furnish(db_url)
    monkeypatch.setenv("EGOV_AUDIT_DB_URL", db_url)
    return lambda *arguments: desk.run(monkeypatch, *arguments)


@pytest.fixture
def lite(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Sheet:
    """The same on SQLite alone, for tests that are about files."""
    desk.furnish(sqlite_url, copies=1)
    monkeypatch.setenv("EGOV_AUDIT_DB_URL", sqlite_url)
    return lambda *arguments: desk.run(monkeypatch, *arguments)


@pytest.fixture
def handed(lite: Sheet, tmp_path: Path) -> Path:
    """A sheet of all twelve entries, handed out to anna."""
    assert lite("sample", "--size", "12", "--strata", "lang", "--name", "first") == 0
    path = tmp_path / "anna.xlsx"
    assert lite("export", "--coder", "anna", "--out", path) == 0
    return path
