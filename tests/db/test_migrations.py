"""The schema comes from migrations alone, on both engines, there and back; a newer database is refused."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import inspect, text

from auditor.db.models import Base
from auditor.db.session import alembic_config, connect, current_revision, open_database, upgrade
from crawler.errors import ContentError


def test_upgrade_gives_exactly_the_models(empty_db: str) -> None:
    upgrade(empty_db)
    command.check(alembic_config(empty_db))
    engine = connect(empty_db)
    assert set(Base.metadata.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_downgrade_leaves_nothing_behind(empty_db: str) -> None:
    upgrade(empty_db)
    command.downgrade(alembic_config(empty_db), "base")
    engine = connect(empty_db)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()


def test_a_newer_database_is_refused_and_left_alone(db_url: str) -> None:
    engine = connect(db_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ContentError, match="9999"):
        upgrade(db_url)
    with pytest.raises(ContentError, match="9999"), open_database(db_url):
        pass
    assert current_revision(engine) == "9999"
    engine.dispose()


def test_an_empty_database_gets_its_tables_on_first_use(empty_db: str) -> None:
    with open_database(empty_db) as engine:
        assert set(Base.metadata.tables) <= set(inspect(engine).get_table_names())


def test_an_earlier_database_is_left_alone_and_says_what_to_type(db_url: str) -> None:
    engine = connect(db_url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(ContentError, match="egov-audit db upgrade"), open_database(db_url):
        pass
    engine.dispose()
