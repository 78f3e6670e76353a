"""The schema comes from migrations alone, on both engines, there and back; a newer database is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import inspect, make_url, text

from auditor.db.models import Base
from auditor.db.session import alembic_config, connect, current_revision, open_database, upgrade
from crawler.errors import ContentError, UsageError


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
    with open_database(empty_db, create=True) as engine:
        assert set(Base.metadata.tables) <= set(inspect(engine).get_table_names())


def test_an_earlier_database_is_left_alone_and_says_what_to_type(db_url: str) -> None:
    engine = connect(db_url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(ContentError, match="egov-audit db upgrade"), open_database(db_url):
        pass
    engine.dispose()


def test_who_only_reads_makes_no_database(empty_db: str) -> None:
    with pytest.raises(ContentError, match="egov-audit ingest"), open_database(empty_db):
        pass
    engine = connect(empty_db)
    file = Path(str(engine.url.database)) if engine.dialect.name == "sqlite" else None
    assert file is None or not file.exists()
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_missing_database_is_named_without_its_password(empty_db: str) -> None:
    address = make_url(empty_db)
    if address.get_backend_name() == "postgresql":
        address = address.set(password="geheim").update_query_dict({"application_name": "geheim"})
    with (
        pytest.raises(ContentError) as told,
        open_database(address.render_as_string(hide_password=False)),
    ):
        pass
    assert str(address.database) in str(told.value)
    assert "geheim" not in str(told.value)


def test_a_missing_folder_is_not_made_to_look_into(tmp_path: Path) -> None:
    with pytest.raises(ContentError), open_database(f"sqlite:///{tmp_path}/none/audit.db"):
        pass
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("address", ["mysql://x", "postgresql+nonesuch://x", "oracle://x", "sqlite+nonesuch:///x"])
def test_another_kind_of_database_is_refused_in_a_line(address: str) -> None:
    with pytest.raises(UsageError, match="no such kind of database"):
        connect(address)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(UsageError, match=f"{tmp_path}/file/var"),
        open_database(f"sqlite:///{tmp_path}/file/var/a.db", create=True),
    ):
        pass
