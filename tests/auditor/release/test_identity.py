"""A release's id follows the content: not the engine, not the order of storing, not the moment of computing."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from auditor.db.models import CaptureRow, CodingRow, EntryRow, MeasurementRow
from auditor.db.session import connect, transaction
from auditor.records import Entry
from auditor.release.identity import release_id
from crawler.errors import ContentError
from crawler.pages.records import Lang
from tests.auditor.link.store import NOW, store_edition
from tests.conftest import Postgres

ACT = "V2000019982"
DAYS = (date(2021, 1, 1), date(2022, 1, 1), date(2023, 1, 1))


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
    for day in random.sample(DAYS, len(DAYS)):
        store_edition(session, [_entry(number, day) for number in range(1, 6)])
    keys = list(session.scalars(text("SELECT entry_key FROM entries")))
    for key in random.sample(sorted(keys), len(keys)):
        session.add(_coding(key, NOW + later))
    session.execute(update(CaptureRow).values(body_warc=f"{random.random()}.warc.gz", body_offset=random.randrange(99)))


def _entry(number: int, day: date) -> Entry:
    key, name = f"{ACT}/{day}/ru/{number:03}", f"Выдача справки {number}"
    return Entry(0, key, ACT, day, Lang.RU, number, str(number), code=f"{number:03}", name=name, section_code="001")


def _coding(key: str, at: datetime, **values: object) -> CodingRow:
    coded: dict[str, object] = {
        "subject_kind": "entry", "subject_key": key, "lang": "ru", "coder": "machine", "codebook": "1",
        "evidence_hash": "x", "nature": "transactional", "completeness": "complete", "output": "document",
        "rules": ["N3"], "confidence": 0.9, "nature_confidence": 0.9, "completeness_confidence": 0.9, "coded_at": at,
    }  # fmt: skip
    return CodingRow(**(coded | values))


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
        session.add(_coding(key, NOW, coder="anna", nature="human_social"))
        note()
        session.add(_coding(key, NOW, coder="boris", nature="human_social"))
        note()
        session.add(_figure(date(2022, 12, 31), 3.0))
        note()
        assert len(set(seen)) == len(seen)
        assert seen[0].startswith("20260102-")
        session.add(_figure(date(2022, 5, 6), 4.0))
        note()
        assert seen[-1] == seen[-2], "who asks for a figure of some day changes no release"
    engine.dispose()


def _figure(as_of: date, value: float) -> MeasurementRow:
    return MeasurementRow(as_of=as_of, lang="ru", measure="count", cell="", value=value, numerator=None,
                          denominator=None, act="V2000019982", edition_date=DAYS[0], codebook="1",
                          inputs_hash=str(value), computed_at=datetime.now(UTC))  # fmt: skip


def test_what_a_later_coding_replaced_does_not_show(sqlite_url: str) -> None:
    engine = connect(sqlite_url)
    with transaction(engine) as session:
        _register(session, Random(1), timedelta(0))
        before = release_id(session)
        key = str(session.scalar(text("SELECT MIN(entry_key) FROM entries")))
        session.add(_coding(key, NOW - timedelta(days=1), nature="human_social"))
        session.flush()
        assert release_id(session) == before
    engine.dispose()


def test_an_empty_database_has_no_release(db_url: str) -> None:
    with pytest.raises(ContentError, match="nothing to release"):
        _id(db_url)
