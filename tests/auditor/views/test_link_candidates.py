"""The view `link_candidates` says the same of open questions and decisions as `review links`, on both engines."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from auditor.db.links import add_decision, linkings, machine_links, sync_links
from auditor.db.models import LinkingRow
from auditor.db.session import connect, transaction
from auditor.link.stage_review import open_questions
from auditor.records import Link, LinkState, LinkType
from auditor.views.queries import answer, query
from tests.auditor.link.store import NOW
from tests.auditor.link.test_stage import decide, doubtful, run


@pytest.fixture
def engine(db_url: str) -> Iterator[Engine]:
    """The database under test."""
    found = connect(db_url)
    yield found
    found.dispose()


def rows(engine: Engine) -> list[dict[str, Any]]:
    """What the view says."""
    with engine.connect() as connection:
        found = connection.execute(text("SELECT * FROM link_candidates ORDER BY newer_key, older_key"))
        return [dict(row) for row in found.mappings()]


def test_a_pair_stands_open_then_decided_then_withdrawn_with_what_the_machine_found(engine: Engine) -> None:
    old, new = doubtful(engine)
    (row,) = rows(engine)
    assert (row["older_key"], row["newer_key"], row["type"], row["decision"]) == (old.key, new.key, "renamed", "open")
    assert (row["decided_by"], row["decided_at"], row["reason"]) == (None, None, None)
    found = {name: row[name] for name in ("probability", "score", "rule")}
    assert 0 < found["probability"] < 1
    for state, word in (
        *((LinkState.ACCEPTED, "confirmed"), (LinkState.REFUSED, "refused")),
        (LinkState.CANDIDATE, "withdrawn"),
    ):
        decide(engine, state, (old, new))
        for _ in range(2):  # before linking the machine's candidate stands, after it a confirmed one is gone
            (row,) = rows(engine)
            assert row["decision"] == word
            assert {name: row[name] for name in found} == found
            told = (row["decided_by"], row["decided_at"], row["reason"])
            assert told == ("aigul", "2026-01-02 03:04:05", "seen in the amending order")
            run(engine)


def test_the_other_services_of_a_confirmed_listing_are_settled(engine: Engine) -> None:
    keys = [f"A/2020-01-01/ru/0010100{number}" for number in (1, 2)]
    links = [Link(LinkType.LISTED, key, "ru/slug", 0.5, "words", LinkState.CANDIDATE, 0.5) for key in keys]
    with transaction(engine) as session:
        linking = LinkingRow(kind="listing", older="", newer="portal", inputs_hash="", linker="2", linked_at=NOW)
        session.add(linking)
        session.flush()
        sync_links(session, linking.id, links, NOW)
        assert len(open_questions(session)) == 2
    assert [row["decision"] for row in rows(engine)] == ["open", "open"]
    with transaction(engine) as session:
        sure = Link(LinkType.LISTED, keys[0], "ru/slug", 0.5, "person", LinkState.ACCEPTED, 1.0, decided_by="aigul")
        add_decision(session, sure, NOW, "seen on the page")
        assert open_questions(session) == []
    assert [row["decision"] for row in rows(engine)] == ["confirmed", "settled"]


def test_a_listing_that_a_candidate_may_tie_to_the_register_is_marked(sample_sqlite: str, tmp_path: Path) -> None:
    shutil.copy(sample_sqlite.removeprefix("sqlite:///"), tmp_path / "audit.db")
    found = connect(f"sqlite:///{tmp_path}/audit.db")
    asked = query("listed_without_entry")
    before = answer(found, asked).rows
    assert before
    assert {row[3] for row in before} == {0}
    listing = str(before[0][0])
    with transaction(found) as session:
        linking = linkings(session)["listing", "", "portal"].id
        kept = machine_links(session, [linking])[linking]
        shown = [link for link in kept if link.newer.startswith("ru/") and link.state is LinkState.ACCEPTED]
        maybe = [replace(link, newer=listing, state=LinkState.CANDIDATE, probability=0.5) for link in shown[:2]]
        sync_links(session, linking, [*kept, *maybe], NOW)
    after = answer(found, asked).rows
    found.dispose()
    assert [row[:3] for row in after] == [row[:3] for row in before]
    assert {row[0]: row[3] for row in after if row[3]} == {listing: 2}
