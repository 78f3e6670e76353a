"""Linking in a real database: what is kept, what is done again, and what a person's word is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from auditor.db.links import (
    add_decision,
    conflicts,
    decisions,
    link_counts,
    linkings,
    machine_links,
    memberships,
    stored_links,
)
from auditor.db.models import IssueRow, LinkRow, ServiceRow
from auditor.db.session import connect, transaction
from auditor.link.stage import RegisterLinking, link_register
from auditor.records import Entry, Link, LinkState, LinkType
from crawler.pages.records import Lang
from tests.auditor.link.histories import USUAL, History, write_history
from tests.auditor.link.store import NOW, store_edition, store_rows

SMALL = {**USUAL, "births": 2, "deaths": 2, "renames": 1, "rewordings": 1, "flips": 2}


@pytest.fixture
def engine(db_url: str) -> Iterator[Engine]:
    """The database under test."""
    found = connect(db_url)
    yield found
    found.dispose()


@pytest.fixture(scope="module")
def history() -> History:
    """Six editions of a small register."""
    return write_history(7, 120, [SMALL] * 5)


def put(engine: Engine, history: History, numbers: range) -> None:
    """Store these editions in both languages."""
    with transaction(engine) as session:
        for number in numbers:
            for texts in history.editions.values():
                store_edition(session, texts[number])


def run(engine: Engine) -> RegisterLinking:
    """Link once."""
    with transaction(engine) as session:
        return link_register(session, NOW)


def services(engine: Engine) -> dict[str, str]:
    """Entry key → service key."""
    with transaction(engine) as session:
        return memberships(session, "entry")


def grouping(found: dict[str, str]) -> set[frozenset[str]]:
    """The services as sets of rows, whatever they are called."""
    groups: dict[str, set[str]] = {}
    for key, service in found.items():
        groups.setdefault(service, set()).add(key)
    return {frozenset(keys) for keys in groups.values()}


def test_every_live_row_has_one_service_with_one_row_of_a_text(engine: Engine, history: History) -> None:
    put(engine, history, range(6))
    run(engine)
    found = services(engine)
    assert set(found) == {entry.key for texts in history.editions.values() for text in texts for entry in text}
    for keys in grouping(found):
        assert max(Counter(key.rpartition("/")[0] for key in keys).values()) == 1


def test_services_follow_the_script_through_editions_and_languages(engine: Engine, history: History) -> None:
    put(engine, history, range(6))
    run(engine)
    found = services(engine)
    for number, step in enumerate(history.steps):
        wrong = [
            (kind, older, newer)
            for lang in (Lang.RU, Lang.KK)
            for kind, older, newer in step.one_to_one
            if found[history.keys[lang, number, older]] != found[history.keys[lang, number + 1, newer]]
        ]
        assert not wrong
        for uid in step.births:
            key = history.keys[Lang.RU, number + 1, uid]
            assert found[key] == found[history.keys[Lang.KK, number + 1, uid]]
            assert found[key].startswith(f"S-{key[-8:]}-")


def test_a_second_run_changes_nothing(engine: Engine, history: History) -> None:
    put(engine, history, range(4))
    run(engine)
    before = services(engine)
    again = run(engine)
    assert (again.relinked, again.added, again.withdrawn, again.memberships_changed) == (0, 0, 0, 0)
    assert services(engine) == before


def test_one_further_edition_links_one_date_and_gives_what_linking_all_gives(engine: Engine, history: History) -> None:
    put(engine, history, range(5))
    run(engine)
    before = services(engine)
    put(engine, history, range(5, 6))
    assert run(engine).relinked == 1
    after = services(engine)
    assert {key: after[key] for key in before} == before
    with transaction(engine) as session:
        for row in linkings(session).values():
            row.inputs_hash = "forget"
    again = run(engine)
    assert (again.relinked, again.added, again.withdrawn) == (6, 0, 0)
    assert services(engine) == after


def test_a_new_reading_of_the_first_edition_keeps_every_row_in_its_service(engine: Engine, history: History) -> None:
    put(engine, history, range(5))
    run(engine)
    before = services(engine)
    changed = [replace(entry, payment="Платно") for entry in history.editions[Lang.RU][0]]
    with transaction(engine) as session:
        store_edition(session, changed, reading=2)
    assert run(engine).relinked == 2
    assert services(engine) == before


def test_a_conflict_of_services_stays_known_when_a_further_edition_is_read(engine: Engine) -> None:
    quiet = write_history(3, 40, [{}, {}], typos=0)
    with transaction(engine) as session:
        for number in range(2):
            store_edition(session, quiet.editions[Lang.RU][number])
            rows = list(quiet.editions[Lang.KK][number])
            if number:  # two Kazakh rows with each other's code: their names say one service, the codes another
                codes = [replace(rows[4], code=rows[5].code, key=rows[5].key),
                         replace(rows[5], code=rows[4].code, key=rows[4].key)]  # fmt: skip
                rows[4:6] = codes
            store_edition(session, rows)
    run(engine)
    known = select(IssueRow.address).where(IssueRow.code == "service_conflict", IssueRow.resolved_at.is_(None))
    with transaction(engine) as session:
        before = sorted(session.scalars(known))
    assert before
    put(engine, quiet, range(2, 3))
    assert run(engine).relinked == 1
    with transaction(engine) as session:
        assert set(before) <= set(session.scalars(known))


def test_an_edition_read_between_two_others_withdraws_their_links_and_keeps_services(
    engine: Engine, history: History
) -> None:
    put(engine, history, range(2))
    put(engine, history, range(3, 5))
    run(engine)
    before = services(engine)
    put(engine, history, range(2, 3))
    assert run(engine).withdrawn > 0
    with transaction(engine) as session:
        assert session.scalar(select(func.count()).select_from(LinkRow).where(LinkRow.withdrawn_at.is_not(None)))
        older = history.editions[Lang.RU][1][0].key.rpartition("/")[0]
        newer = history.editions[Lang.RU][3][0].key.rpartition("/")[0]
        unplanned = linkings(session)["history", older, newer]
        assert machine_links(session, [unplanned.id]) == {unplanned.id: []}
    after = services(engine)
    assert sum(after[key] == service for key, service in before.items()) >= 0.97 * len(before)


def test_a_new_reading_of_an_edition_links_its_two_neighbours_anew(engine: Engine, history: History) -> None:
    put(engine, history, range(4))
    run(engine)
    changed = [replace(entry, payment="Платно") for entry in history.editions[Lang.RU][1]]
    with transaction(engine) as session:
        store_edition(session, changed, reading=2)
    report = run(engine)
    assert (report.relinked, report.added, report.withdrawn) == (2, 0, 0)


def test_an_empty_edition_ends_everything_and_the_next_restores_it(engine: Engine, history: History) -> None:
    first = history.editions[Lang.RU][0]
    day = first[0].edition_date
    with transaction(engine) as session:
        store_edition(session, first)
        store_rows(session, (first[0].act, day + timedelta(days=1), "ru"), [])
    run(engine)
    back = [later(entry, 2) for entry in first]
    with transaction(engine) as session:
        store_edition(session, back)
    run(engine)
    found = services(engine)
    assert all(found[old.key] == found[new.key] for old, new in zip(first, back, strict=True))
    with transaction(engine) as session:
        assert link_counts(session).by_type == {(LinkType.RESTORED, LinkState.ACCEPTED): len(first)}


def test_the_next_act_goes_on_where_the_last_one_ended(engine: Engine, history: History) -> None:
    first, second = history.editions[Lang.RU][:2]
    late = [later(entry, 90) for entry in first]
    with transaction(engine) as session:
        store_edition(session, first)
        store_edition(session, [replace(e, act="Z1", key=e.key.replace(e.act, "Z1")) for e in second])
        store_edition(session, late)  # an amendment of an act that is already replaced
    assert run(engine).steps == 2
    found = services(engine)
    _, older, newer = history.steps[0].one_to_one[0]
    keys = history.keys[Lang.RU, 0, older], history.keys[Lang.RU, 1, newer]
    assert found[keys[0]] == found[keys[1].replace(first[0].act, "Z1")]
    assert late[0].key not in found


def later(entry: Entry, days: int) -> Entry:
    """The same row in an edition some days later."""
    day = entry.edition_date + timedelta(days=days)
    return replace(entry, edition_date=day, key=entry.key.replace(str(entry.edition_date), str(day)))


def doubtful(engine: Engine) -> tuple[Entry, Entry]:
    """Two editions with one row whose code went to an unlike name of the same body: a candidate."""
    texts = write_history(3, 40, [{}], typos=0).editions[Lang.RU]
    old, new = texts[0][4], replace(texts[1][4], name="Проведение конкурса пчеловодов", bylaw="Другие правила")
    with transaction(engine) as session:
        store_edition(session, texts[0])
        store_edition(session, [*texts[1][:4], new, *texts[1][5:]])
    run(engine)
    with transaction(engine) as session:
        assert [(one.link.older, one.link.newer) for one in stored_links(session, LinkState.CANDIDATE)] == [
            (old.key, new.key)
        ]
    return old, new


def decide(engine: Engine, state: LinkState, pair: tuple[Entry, Entry], kind: LinkType = LinkType.RENAMED) -> None:
    """A person's word on a pair of rows."""
    link = Link(kind, pair[0].key, pair[1].key, 1.0, "person", state, 1.0, decided_by="aigul")
    with transaction(engine) as session:
        add_decision(session, link, NOW, "seen in the amending order")


def test_a_confirmed_candidate_joins_the_services_and_survives_linking_anew(engine: Engine) -> None:
    pair = doubtful(engine)
    apart = services(engine)
    assert apart[pair[0].key] != apart[pair[1].key]
    decide(engine, LinkState.ACCEPTED, pair)
    assert run(engine).relinked == 1
    joined = services(engine)
    assert joined[pair[0].key] == joined[pair[1].key]
    with transaction(engine) as session:
        for row in linkings(session).values():
            row.inputs_hash = "forget"
    run(engine)
    assert services(engine) == joined
    with transaction(engine) as session:
        assert [(one.link.decided_by, one.reason) for one in decisions(session)] == [
            ("aigul", "seen in the amending order")
        ]


def test_a_refused_link_stays_refused_however_sure_the_machine_is(engine: Engine) -> None:
    texts = write_history(5, 40, [{}], typos=0).editions[Lang.RU]
    pair = (texts[0][0], texts[1][0])
    with transaction(engine) as session:
        store_edition(session, texts[0])
        store_edition(session, texts[1])
    run(engine)
    decide(engine, LinkState.REFUSED, pair, LinkType.SAME)
    run(engine)
    found = services(engine)
    assert found[pair[0].key] != found[pair[1].key]
    assert found[texts[0][1].key] == found[texts[1][1].key]


def test_a_later_decision_on_the_same_pair_replaces_the_earlier_one(engine: Engine) -> None:
    pair = doubtful(engine)
    decide(engine, LinkState.ACCEPTED, pair)
    decide(engine, LinkState.REFUSED, pair)
    run(engine)
    found = services(engine)
    assert found[pair[0].key] != found[pair[1].key]
    with transaction(engine) as session:
        assert [one.link.state for one in decisions(session)] == [LinkState.REFUSED]


@pytest.mark.parametrize("merged", [True, False])
def test_rows_that_a_person_says_merged_or_fell_apart_start_services(engine: Engine, merged: bool) -> None:
    texts = write_history(3, 40, [{}], typos=0).editions[Lang.RU]
    less, more = (texts[1], texts[0]) if merged else (texts[0], texts[1])
    with transaction(engine) as session:
        for text in sorted(([*less[:4], *less[5:]], more), key=lambda rows: rows[0].edition_date):
            store_edition(session, text)
    for row in more[4:6]:  # the fifth row's end is the fourth's beside it
        decide(engine, LinkState.ACCEPTED, (row, less[5]) if merged else (less[5], row))
    run(engine)
    found = services(engine)
    assert len({found[row.key] for row in (*more[4:6], less[5])}) == 3
    with transaction(engine) as session:
        assert conflicts(session) == []


def test_a_decision_taken_back_leaves_the_pair_a_candidate(engine: Engine) -> None:
    pair = doubtful(engine)
    decide(engine, LinkState.ACCEPTED, pair)
    run(engine)
    decide(engine, LinkState.CANDIDATE, pair)
    run(engine)
    found = services(engine)
    assert found[pair[0].key] != found[pair[1].key]
    with transaction(engine) as session:
        assert decisions(session) == []
        assert [(one.link.older, one.link.newer) for one in stored_links(session, LinkState.CANDIDATE)] == [
            (pair[0].key, pair[1].key)
        ]
        counts = link_counts(session).by_type
    assert {state: number for (kind, state), number in counts.items() if kind is LinkType.RENAMED} == {
        LinkState.CANDIDATE: 1
    }


def test_what_the_two_texts_disagree_on_becomes_an_issue_once(engine: Engine, history: History) -> None:
    russian, kazakh = (history.editions[lang][0] for lang in (Lang.RU, Lang.KK))
    with transaction(engine) as session:
        store_edition(session, russian)
        store_edition(session, [replace(kazakh[0], forms=frozenset(list(kazakh[1].forms)[:1])), *kazakh[1:-1]])
    run(engine)
    with transaction(engine) as session:
        linkings(session)["history", "", russian[0].key.rpartition("/")[0]].inputs_hash = "forget"
    run(engine)
    with transaction(engine) as session:
        found = [tuple(row) for row in session.execute(select(IssueRow.code, IssueRow.address))]
    assert ("row_only_in_one_language", russian[-1].key) in found
    assert len(found) == len(set(found))
    assert {code for code, _ in found} <= {"row_only_in_one_language", "forms_differ"}


def test_services_are_never_taken_away(engine: Engine, history: History) -> None:
    put(engine, history, range(3))
    run(engine)
    with transaction(engine) as session:
        before = set(session.scalars(select(ServiceRow.key)))
    put(engine, history, range(3, 5))
    run(engine)
    with transaction(engine) as session:
        assert before <= set(session.scalars(select(ServiceRow.key)))
