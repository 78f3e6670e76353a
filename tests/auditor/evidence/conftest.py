"""The demo's archive, database and report, made once and copied by whoever changes something."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from auditor.config import AuditConfig
from tests.auditor.cli.command import egov_audit
from tests.auditor.cli.written import named_machine


def settings(folder: Path) -> AuditConfig:
    """Where the demo below a folder has its things."""
    demo = folder / "var/demo"
    return AuditConfig(
        archive=demo / "archive",
        state=demo / "state",
        report=str(demo / "report"),
        db_url=f"sqlite:///{demo}/audit.db",
    )


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the demo has run, on a machine whose names stand out. Nothing may change it."""
    folder = tmp_path_factory.mktemp("demo")
    ended = egov_audit(folder, "demo", **named_machine(folder))
    assert ended.code == 0, ended.err
    with closing(sqlite3.connect(folder / "var/demo/audit.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


@pytest.fixture
def copy(demo: Path, tmp_path: Path) -> Callable[[str], AuditConfig]:
    """`copy("db")`, `copy("report")`: the demo with a copy of that part (`all` for everything) to be changed."""

    def make(part: str) -> AuditConfig:
        config = settings(demo)
        if part in ("db", "all"):
            shutil.copy(demo / "var/demo/audit.db", tmp_path / "audit.db")
            config = config.model_copy(update={"db_url": f"sqlite:///{tmp_path}/audit.db"})
        if part in ("report", "all"):
            shutil.copytree(demo / "var/demo/report", tmp_path / "report")
            config = config.model_copy(update={"report": str(tmp_path / "report")})
        if part in ("archive", "all"):
            shutil.copytree(demo / "var/demo/archive", tmp_path / "archive")
            config = config.model_copy(update={"archive": tmp_path / "archive"})
        return config

    return make
