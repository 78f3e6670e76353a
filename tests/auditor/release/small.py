"""A small register made of given names, with a figure kept, so that a release can be made of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from random import Random

from sqlalchemy.orm import Session

from auditor.db.models import CodingRow, MeasurementRow
from auditor.db.session import connect, transaction
from auditor.records import Entry
from auditor.release.stage_build import build_release
from crawler.pages.records import Lang
from reports.i18n import translations
from tests.auditor.link.store import NOW, store_edition

#: What the dictionary says in the other languages, as the program gives it to a release.
WORDS = {lang: translations(lang) for lang in ("ru", "kk")}
ACT = "V2000019982"
DAY = date(2023, 1, 1)
DAYS = (date(2021, 1, 1), date(2022, 1, 1), DAY)


def entry(number: int, name: str = "", day: date = DAY, lang: Lang = Lang.RU) -> Entry:
    """One row of the register."""
    code = f"{number:08}"
    return Entry(0, f"{ACT}/{day}/{lang}/{code}", ACT, day, lang, number, str(number), code=code,
                 name=name or f"Выдача справки {number}", section_code="001")  # fmt: skip


def figure(as_of: date = date(2023, 12, 31), value: float = 1.0) -> MeasurementRow:
    """A kept figure."""
    return MeasurementRow(as_of=as_of, lang="ru", measure="count", cell="", value=value, numerator=None,
                          denominator=None, act=ACT, edition_date=DAY, codebook="1", inputs_hash=str(value),
                          computed_at=NOW)  # fmt: skip


def coding(key: str, at: datetime = NOW, **values: object) -> CodingRow:
    """The machine's coding of an entry, or another one by `values`."""
    coded: dict[str, object] = {
        "subject_kind": "entry", "subject_key": key, "lang": "ru", "coder": "machine", "codebook": "1",
        "evidence_hash": "x", "nature": "transactional", "completeness": "complete", "output": "document",
        "rules": ["N3"], "confidence": 0.9, "nature_confidence": 0.9, "completeness_confidence": 0.9, "coded_at": at,
    }  # fmt: skip
    return CodingRow(**(coded | values))


def shuffled(session: Session, random: Random, at: datetime = NOW) -> None:
    """Three editions of five rows with a coding each, stored in a random order."""
    for day in random.sample(DAYS, len(DAYS)):
        store_edition(session, [entry(number, day=day) for number in range(1, 6)])
    keys = [entry(number, day=day).key for day in DAYS for number in range(1, 6)]
    session.add_all(coding(key, at) for key in random.sample(keys, len(keys)))


def fill(db_url: str, russian: Sequence[str], kazakh: Sequence[str] = ()) -> None:
    """Put the names into a database as one edition a language."""
    engine = connect(db_url)
    with transaction(engine) as session:
        for lang, names in ((Lang.RU, russian), (Lang.KK, kazakh)):
            if names:
                store_edition(session, [entry(number, name, lang=lang) for number, name in enumerate(names, 1)])
        session.add(figure())
    engine.dispose()


def released(db_url: str, out: Path) -> Path:
    """A release of the database at `out`."""
    engine = connect(db_url)
    path, _ = build_release(engine, WORDS, out.parent, out)
    engine.dispose()
    return path


def ask(release: Path, sql: str, *values: object) -> list[tuple[object, ...]]:
    """Rows that the release answers, opened as a reader would."""
    with closing(sqlite3.connect(f"file:{release}?immutable=1", uri=True)) as database:
        return database.execute(sql, values).fetchall()
