"""A release's id follows the content: not the engine, not the order of storing, not the moment of computing."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from auditor.db.models import CaptureRow, EntryRow
from auditor.db.session import connect, transaction
from auditor.release.identity import release_id
from crawler.errors import ContentError
from tests.auditor.link.store import NOW
from tests.auditor.release.small import coding, figure, shuffled
from tests.conftest import Postgres


def test_the_engine_does_not_show_in_the_id(sample_sqlite: str, sample_postgres: str) -> None:
    assert _id(sample_sqlite) == _id(sample_postgres)
    assert _id(sample_sqlite).startswith("20250130-")


def _id(address: str) -> str:
    engine = connect(address)
    with transaction(engine) as session:
        found = release_id(session)
    engine.dispose()
    return found


def test_neither_does_the_order_of_storing_nor_what_a_database_adds(
    postgres: Postgres, sqlite_template: Path, tmp_path: Path
) -> None:
    addresses = [f"sqlite:///{shutil.copy(sqlite_template, tmp_path / name)}" for name in ("one.db", "two.db")]
    addresses.append(postgres.database(template=postgres.template))
    for seed, address in enumerate(addresses):
        engine = connect(address)
        with transaction(engine) as session:
            _register(session, Random(seed), timedelta(days=seed))
        engine.dispose()
    assert len({_id(address) for address in addresses}) == 1


def _register(session: Session, random: Random, later: timedelta) -> None:
    shuffled(session, random, NOW + later)
    session.flush()
    session.execute(update(CaptureRow).values(body_warc=f"{random.random()}.warc.gz", body_offset=random.randrange(99)))


def test_every_change_of_meaning_shows(sqlite_url: str) -> None:
    engine = connect(sqlite_url)
    seen = []

    def note() -> None:
        session.flush()
        seen.append(release_id(session))

    with transaction(engine) as session:
        _register(session, Random(1), timedelta(0))
        note()
        session.execute(update(EntryRow).where(EntryRow.id == 1).values(name="Выдача справок"))
        note()
        session.execute(update(CaptureRow).values(sha256="1" * 64))
        note()
        key = str(session.scalar(text("SELECT MIN(entry_key) FROM entries")))
        session.add(coding(key, NOW, coder="anna", nature="human_social"))
        note()
        session.add(coding(key, NOW, coder="boris", nature="human_social"))
        note()
        session.add(figure(date(2022, 12, 31), 3.0))
        note()
        assert len(set(seen)) == len(seen)
        assert seen[0].startswith("20260102-")
        session.add(figure(date(2022, 5, 6), 4.0))
        note()
        assert seen[-1] == seen[-2], "who asks for a figure of some day changes no release"
    engine.dispose()


def test_what_a_later_coding_replaced_does_not_show(sqlite_url: str) -> None:
    engine = connect(sqlite_url)
    with transaction(engine) as session:
        _register(session, Random(1), timedelta(0))
        before = release_id(session)
        key = str(session.scalar(text("SELECT MIN(entry_key) FROM entries")))
        session.add(coding(key, NOW - timedelta(days=1), nature="human_social"))
        session.flush()
        assert release_id(session) == before
    engine.dispose()


def test_an_empty_database_has_no_release(db_url: str) -> None:
    with pytest.raises(ContentError, match="nothing to release"):
        _id(db_url)
