"""All measures over 13 years from a register of 100 editions, 1,300 rows each, in two languages, linked and coded.

Goals: at most 10 s a language; from 25 to 100 editions the time grows at most in proportion. The floor beside it is
reading the light rows of the history and nothing else. What the views need besides (changes edition by edition,
accounts year by year) is taken once and kept; its seconds are printed apart.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from auditor.coding.codebook import CODEBOOK
from auditor.db.links import make_services, store_memberships
from auditor.db.models import CodingRow, EntryRow, LinkingRow, LinkRow
from auditor.db.session import connect, transaction, upgrade
from auditor.ingest.keys import entry_keys
from auditor.measure.stage_growth import keep_growth
from auditor.measure.stage_series import Asked, read_series
from auditor.records import Entry
from crawler.pages.records import DeliveryForm, Lang
from tests.auditor.link.store import store_edition

ROWS = 1300
FIRST = date(2013, 3, 1)
LAST = date(2025, 12, 1)
NOW = datetime(2026, 1, 2, tzinfo=UTC)
ACT = "V2000019982"
_FORMS = (
    frozenset({DeliveryForm.PAPER}),
    frozenset({DeliveryForm.PAPER, DeliveryForm.PARTIALLY_AUTOMATED}),
    frozenset({DeliveryForm.FULLY_AUTOMATED}),
)
_ACTIONS = ("Выдача лицензии на", "Постановка на очередь на", "Назначение", "Выдача справки о", "Зачисление в")


def run() -> None:
    """Prints seconds for 25 and 100 editions, their ratio, the floor, and what keeping the views' tables costs."""
    seconds = {editions: _measured(editions) for editions in (25, 100)}
    print(f"100 editions against 25: time × {seconds[100] / seconds[25]:.2f}, goal at most 4")


def _measured(editions: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        engine = filled(f"sqlite:///{folder}/audit.db", editions)
        taken = {str(lang): timed(lambda lang=lang: _series(engine, lang)) for lang in (Lang.RU, Lang.KK)}
        seconds = max(median(times) for times in taken.values())
        floor = median(timed(lambda: _light_rows(engine)))
        kept, again = (timed(lambda: _keep(engine), times=1)[0] for _ in range(2))
        engine.dispose()
    spread = "; ".join(f"{lang} {min(times):.2f} to {max(times):.2f}" for lang, times in taken.items())
    print(f"{editions} editions: all measures, 13 years: {seconds:.2f} s ({spread}), goal 10")
    print(f"  reading the light rows alone {floor:.2f} s, ratio {seconds / floor:.1f}")
    print(f"  changes and accounts for the views, both languages: {kept:.1f} s once, {again:.2f} s with nothing new")
    return seconds


def timed(work: Callable[[], object], times: int = 3) -> list[float]:
    """Seconds of each of some runs."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return found


def filled(address: str, editions: int) -> Engine:
    """A database with a linked and coded register: rows flip, come and go; the truth of the links is known."""
    upgrade(address)
    engine = connect(address)
    for lang in (Lang.RU, Lang.KK):
        with transaction(engine) as session:
            before: list[Entry] = []
            for rows in _register(lang, editions):
                store_edition(session, rows)
                _link(session, lang, before, rows)
                _code(session, rows)
                before = rows
    return engine


def _register(lang: Lang, editions: int) -> Iterator[list[Entry]]:
    random = Random(7)
    services = {number: (random.randrange(len(_ACTIONS)), random.choice(_FORMS)) for number in range(1, ROWS + 1)}
    for place in range(editions):
        day = FIRST + timedelta(days=place * (LAST - FIRST).days // (editions - 1))
        if place:
            for number in random.sample(sorted(services), 12):
                services[number] = (services[number][0], random.choice(_FORMS))
            for number in random.sample(sorted(services), 4):
                del services[number]
                services[max(services) + 1] = (random.randrange(len(_ACTIONS)), _FORMS[1])
        rows = [
            Entry(
                *(0, "", ACT, day, lang, ordinal, str(ordinal)),
                code=f"{number % 28:03}{number % 5:02}{number // 10:03}",
                name=f"{_ACTIONS[action]} предмет{number % 97} область{number % 13} дело{number}",
                section_code=f"{number % 28:03}",
                subsection_code=f"{number % 28:03}{number % 5:02}",
                developer=f"Министерство {number % 20}",
                provider=f"Орган {number % 50}",
                forms=forms,
            )
            for ordinal, (number, (action, forms)) in enumerate(sorted(services.items()), 1)
        ]
        keys = entry_keys(ACT, day, lang, rows)
        yield [replace(row, key=key) for row, key in zip(rows, keys, strict=True)]


def _number(entry: Entry) -> str:
    return entry.name.rpartition("дело")[2]


def _link(session: Session, lang: Lang, before: list[Entry], rows: list[Entry]) -> None:
    edition = f"{ACT}/{rows[0].edition_date}/{lang}"
    older = f"{ACT}/{before[0].edition_date}/{lang}" if before else ""
    linking = LinkingRow(kind="history", lang=str(lang), older=older, newer=edition, inputs_hash=edition, linker="1",
                         linked_at=NOW)  # fmt: skip
    session.add(linking)
    session.flush()
    olds = {_number(entry): entry.key for entry in before}
    links = [
        {"linking_id": linking.id, "type": "same", "older_key": olds[_number(entry)], "newer_key": entry.key,
         "score": 1.0, "rule": "code_and_name", "state": "accepted", "probability": 1.0, "group": "",
         "evidence": [["code", entry.code], ["name", entry.name]], "decided_by": "machine", "decided_at": NOW,
         "reason": ""}
        for entry in rows if _number(entry) in olds
    ]  # fmt: skip
    if links:
        session.execute(insert(LinkRow.__table__), links)
    services = {entry.key: f"S-{_number(entry)}" for entry in rows}
    make_services(session, dict.fromkeys(services.values(), rows[0].edition_date), NOW)
    store_memberships(session, "entry", services, {})


def _code(session: Session, rows: list[Entry]) -> None:
    codings = []
    for entry in rows:
        nature = "transactional" if "Выдача" in entry.name else "human_social"
        completeness = "partial" if "очередь" in entry.name else "complete"
        codings.append(
            {"subject_kind": "entry", "subject_key": entry.key, "lang": str(entry.lang), "coder": "machine",
             "codebook": CODEBOOK, "evidence_hash": "x", "nature": nature, "completeness": completeness,
             "output": "unclear", "sector": "", "rules": ["N5", "C2"], "triggers": [], "confidence": 0.9,
             "nature_confidence": 0.9, "completeness_confidence": 0.9, "coded_at": NOW, "coder_version": "1"}
        )  # fmt: skip
    session.execute(insert(CodingRow.__table__), codings)


def _series(engine: Engine, lang: Lang) -> None:
    with transaction(engine) as session:
        years = read_series(session, (2013, 2025), Asked(lang, CODEBOOK, (), date(2026, 1, 2)))
    if len(years) != 13 or any(one.audit is None for one in years):
        raise AssertionError("a year was not observed")


def _light_rows(engine: Engine) -> None:
    with transaction(engine) as session:
        statement = select(EntryRow.edition_id, EntryRow.key, EntryRow.forms).where(EntryRow.dead.is_(False))
        if not session.execute(statement.order_by(EntryRow.edition_id, EntryRow.ordinal)).all():
            raise AssertionError("no rows")


def _keep(engine: Engine) -> None:
    with transaction(engine) as session:
        keep_growth(session, date(2026, 1, 2))
