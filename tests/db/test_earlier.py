"""Databases of every earlier revision, with rows of their time, are brought up to this one: no row is lost."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from auditor.db.session import alembic_config, connect, open_database, upgrade
from crawler.errors import ContentError
from tests.auditor.cli.command import EGOV_AUDIT
from tests.db.dump import DUMPS, count, fill
from tests.soak.state import NO_BYTECODE, no_file_over

#: The newest revision's own dump waits for the next migration.
*EARLIER, NEWEST = sorted(
    one.revision for one in ScriptDirectory.from_config(alembic_config("sqlite://")).walk_revisions()
)
REVISIONS = sorted(path.stem for path in DUMPS.glob("*.sql") if path.stem != NEWEST)


def test_every_revision_before_the_newest_has_its_dump() -> None:
    assert REVISIONS == EARLIER


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_of_an_earlier_release_keeps_every_row(empty_db: str, revision: str) -> None:
    before = fill(empty_db, revision)
    assert sum(before.values()) >= 60
    with pytest.raises(ContentError, match="egov-audit db upgrade"), open_database(empty_db):
        pass
    upgrade(empty_db)
    with open_database(empty_db) as engine:
        after = count(engine)
        assert {name: after[name] for name in before} == before
    command.check(alembic_config(empty_db))


def test_one_step_up_and_down_again_keeps_what_was_there(empty_db: str) -> None:
    before = fill(empty_db, REVISIONS[-1])
    upgrade(empty_db)
    command.downgrade(alembic_config(empty_db), REVISIONS[-1])
    engine = connect(empty_db)
    assert {name: number for name, number in count(engine).items() if name in before} == before
    assert set(inspect(engine).get_table_names()) - {"alembic_version"} == set(before)
    engine.dispose()


@pytest.mark.parametrize("revision", ["", REVISIONS[0]])
def test_an_upgrade_that_finds_the_disk_full_has_done_nothing(tmp_path: Path, revision: str) -> None:
    url = f"sqlite:///{tmp_path}/audit.db"
    before = fill(url, revision) if revision else {}
    command_line = [str(EGOV_AUDIT), "db", "upgrade"]
    full, room = (
        subprocess.run(
            command_line,
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "EGOV_AUDIT_DB_URL": url, **NO_BYTECODE},
            preexec_fn=limit,
            capture_output=True,
            text=True,
            check=False,
        )
        for limit in (no_file_over(200_000), None)
    )
    assert full.returncode == 4, full.stderr
    assert "make room on the disk and start again" in full.stderr
    assert room.returncode == 0, room.stderr
    with open_database(url) as engine:
        after = count(engine)
        assert {name: after[name] for name in before} == before
