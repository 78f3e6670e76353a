"""The demo's archive, database and report, made once and copied by whoever changes something."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from auditor.config import AuditConfig
from tests.auditor.cli.command import Ended, egov_audit
from tests.auditor.cli.written import named_machine
from tests.auditor.evidence.authority import Authority, authority, served
from tests.unchanged import unchanged

DEMO = {
    "EGOV_AUDIT_ARCHIVE": "var/demo/archive",
    "EGOV_AUDIT_DB_URL": "sqlite:///var/demo/audit.db",
    "EGOV_AUDIT_REPORT": "var/demo/report",
}


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
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which the demo has run, on a machine whose names stand out. Nothing may change it."""
    folder = tmp_path_factory.mktemp("demo")
    ended = egov_audit(folder, "demo", **named_machine(folder))
    assert ended.code == 0, ended.err
    with closing(sqlite3.connect(folder / "var/demo/audit.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with unchanged(folder):
        yield folder


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


@pytest.fixture(scope="session")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A time-stamping authority with its certificates."""
    return authority(tmp_path_factory.mktemp("tsa") / "own")


@dataclass(frozen=True, slots=True)
class StampedDemo:
    """A copy of the demo whose root was stamped twice in a row, and what the command said of it."""

    folder: Path
    url: str
    stamped: Ended
    again: Ended
    asked: int


@pytest.fixture(scope="session")
def stamped_demo(demo: Path, tsa: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StampedDemo]:
    """Nothing may change it."""
    folder = tmp_path_factory.mktemp("stamped")
    shutil.copytree(demo / "var", folder / "var")
    env = DEMO | {"EGOV_AUDIT_TIMESTAMP_CA_FILE": str(tsa.root)}
    with served(tsa.answer) as (url, asked):
        done, again = (egov_audit(folder, "root", "--timestamp", url, **env) for _ in range(2))
    assert done.code == 0, done.err
    with unchanged(folder):
        yield StampedDemo(folder, url, done, again, len(asked))


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for PATH that holds warcio and nothing else of this environment."""
    folder = tmp_path_factory.mktemp("tools")
    (folder / "warcio").symlink_to(Path(sys.executable).with_name("warcio"))
    return folder


@pytest.fixture(scope="session")
def proof(stamped_demo: StampedDemo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The proof of a figure of an archive whose root was stamped. Nothing may change it."""
    out = tmp_path_factory.mktemp("proof") / "core"
    made = egov_audit(stamped_demo.folder, "prove", "core_complete", "--as-of", "2024-12-31", "--out", str(out), **DEMO)
    assert made.code == 0, made.err
    return out
