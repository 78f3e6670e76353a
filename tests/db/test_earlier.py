"""Databases of every earlier revision, with rows of their time, are brought up to this one: no row is lost."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from auditor.db.session import alembic_config, connect, open_database, upgrade
from crawler.errors import ContentError
from tests.db.dump import DUMPS, count, fill

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
