"""Whenever editions arrive, in whatever order, linking ends with what linking them all at once gives."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, select

from auditor.db.links import add_decision, memberships
from auditor.db.models import IssueRow, LinkingRow, LinkRow
from auditor.db.session import connect, transaction
from auditor.link.stage import link_register
from auditor.records import Entry, Link, LinkState, LinkType
from crawler.pages.records import Lang
from tests.auditor.link.histories import USUAL, write_history
from tests.auditor.link.store import NOW, store_edition

#: An edition in one language, and which reading of it: 1, or 2 where the first one lacked rows.
Text = tuple[int, Lang, int]


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> Callable[[str], Engine]:
    """Gives an empty database of a name."""

    def made(name: str) -> Engine:
        shutil.copy(sqlite_template, tmp_path / name)
        return connect(f"sqlite:///{tmp_path / name}")

    return made


def link(engine: Engine) -> None:
    with transaction(engine) as session:
        link_register(session, NOW)


def stands(engine: Engine) -> dict[str, set[object]]:
    """All that linking says: the machine's links, what ended, began and came back, services, open findings."""
    kept = (LinkRow.withdrawn_at.is_(None), LinkRow.linking_id.is_not(None))
    columns = (LinkRow.type, LinkRow.older_key, LinkRow.newer_key, LinkRow.state, LinkRow.rule, LinkRow.probability)
    issues = select(IssueRow.code, IssueRow.address, IssueRow.value).where(IssueRow.resolved_at.is_(None))
    services: dict[str, set[str]] = {}
    with transaction(engine) as session:
        for key, service in memberships(session, "entry").items():
            services.setdefault(service, set()).add(key)
        return {
            "links": set(map(tuple, session.execute(select(*columns, LinkRow.group).where(*kept)))),
            "dates": {
                (row.kind, row.older, row.newer, *(frozenset(keys) for keys in (row.ended, row.begun, row.restored)))
                for row in session.scalars(select(LinkingRow))
                if row.inputs_hash
            },
            "services": {frozenset(keys) for keys in services.values()},
            "findings": set(map(tuple, session.execute(issues))),
        }


def decide(engine: Engine, decisions: Iterable[Link]) -> None:
    with transaction(engine) as session:
        for one in decisions:
            add_decision(session, one, NOW, "order 12")


def doubted(engine: Engine, random: Random) -> list[Link]:
    """A person's word on some links: candidates confirmed or refused, a sure one refused."""
    said = []
    columns = select(LinkRow.type, LinkRow.older_key, LinkRow.newer_key).where(LinkRow.withdrawn_at.is_(None))
    with transaction(engine) as session:
        for state in (LinkState.CANDIDATE, LinkState.ACCEPTED):
            rows = session.execute(columns.where(LinkRow.state == state).order_by(LinkRow.newer_key, LinkRow.older_key))
            found = rows.all()
            for kind, older, newer in random.sample(found, min(2, len(found))):
                word = LinkState.REFUSED
                if state is LinkState.CANDIDATE:
                    word = random.choice([LinkState.ACCEPTED, LinkState.REFUSED])
                said.append(Link(LinkType(kind), older, newer, 1.0, "person", word, decided_by="Aigul"))
    return said


@pytest.mark.parametrize("in_order", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_the_order_in_which_editions_arrive_changes_nothing(
    database: Callable[[str], Engine], seed: int, in_order: bool
) -> None:
    random = Random(seed)
    kinds = {kind: (1, 2) if kind in ("deaths", "restorations") else (0, 0, 1, 2) for kind in USUAL}
    amendments = [{kind: random.choice(often) for kind, often in kinds.items()} for _ in range(random.randint(3, 4))]
    history = write_history(seed, random.randint(15, 30), amendments, ambiguous=bool(seed % 2), typos=0.05)
    there = [(number, lang) for number in range(len(amendments) + 1) for lang in Lang if lang in history.editions]
    texts = [text for text in there if random.random() > 0.1]  # some are known in one language only
    again = {text for text in texts if random.random() < 0.2}

    def rows(text: Text) -> list[Entry]:
        found = history.editions[text[1]][text[0]]
        return [entry for entry in found if entry.ordinal % 7] if text[:2] in again and text[2] == 1 else found

    at_once, one_by_one = database("at_once.db"), database("one_by_one.db")
    with transaction(at_once) as session:
        for text in texts:
            store_edition(session, rows((*text, 2)), reading=2)
    link(at_once)
    said = doubted(at_once, random)
    decide(at_once, said)
    link(at_once)

    arriving: list[Text] = [*((*text, 1) for text in texts), *((*text, 2) for text in texts if text in again)]
    if not in_order:
        random.shuffle(arriving)
        arriving.sort(key=lambda text: text[2])
    for place, text in enumerate(arriving):
        with transaction(one_by_one) as session:
            store_edition(session, rows(text), reading=text[2])
        if place == len(arriving) // 2:
            decide(one_by_one, said)
        if random.random() < 0.8:
            link(one_by_one)
    link(one_by_one)

    wanted, found = stands(at_once), stands(one_by_one)
    for what, there_is in wanted.items():
        assert found[what] == there_is, what
    assert said
    assert wanted["services"]
    at_once.dispose()
    one_by_one.dispose()
