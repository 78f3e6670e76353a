"""The amending order's own words in linking: a death, a birth, the same row; and where they contradict the rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, insert

from auditor.db.links import stored_links
from auditor.db.models import AmendmentRow
from auditor.db.session import connect, transaction
from auditor.link.editions import link_editions
from auditor.link.orders import Orders, disagreements, orders_between
from auditor.link.stage import link_register
from auditor.records import Entry, Link, LinkState, LinkType
from crawler.pages.amendments import Amendment, Change
from tests.auditor.link.store import NOW, store_edition
from tests.auditor.link.test_same_or_other import edition


def note(change: Change, row: str) -> Amendment:
    """What one order says of one row."""
    return Amendment(change, row, date(2021, 3, 14), "81/НҚ", f"строка {row}")


OLDER = edition(2020, "Выдача справки о составе семьи")
#: The same code, a name that shares most words.
NEWER = edition(2021, "Выдача справки о полном составе семьи заявителя")


def links(*notes: Amendment, newer: list[Entry] | None = None) -> list[Link]:
    """Links of the last rows under these notes."""
    after = newer or NEWER
    orders = orders_between(OLDER, after, (), notes)
    return [link for link in link_editions(OLDER, after, orders=orders) if link.older == OLDER[-1].key]


def test_a_row_in_new_words_is_the_same_row_and_its_evidence_says_by_which_order() -> None:
    newer = [*NEWER[:-1], replace(NEWER[-1], name="Сведения о домохозяйстве", bylaw="Иное", provider="ЦОН")]
    assert [link.state for link in links(newer=newer)] != [LinkState.ACCEPTED]
    told = links(note(Change.REWORDED, "5"), newer=newer)
    assert [link.newer for link in told] == [newer[-1].key]
    assert ("order", "reworded row 5: order of 2021-03-14 № 81/НҚ") in told[0].evidence


def test_an_excluded_and_an_inserted_row_are_a_death_and_a_birth_unless_the_name_is_the_same() -> None:
    newer = [*NEWER[:-1], replace(NEWER[-1], number="5-1", code="00101077", bylaw="Иное")]
    alone = links(newer=newer)
    told = links(note(Change.EXCLUDED, "5"), newer=newer)
    assert [link.probability for link in told] < [link.probability for link in alone]
    assert all(link.state is not LinkState.ACCEPTED for link in told)
    same = [*newer[:-1], replace(newer[-1], name=OLDER[-1].name)]
    assert [link.type for link in links(note(Change.EXCLUDED, "5"), note(Change.INSERTED, "5-1"), newer=same)] == [
        LinkType.RENUMBERED
    ]


def test_only_notes_that_are_new_count_and_only_numbers_that_one_row_bears() -> None:
    said = note(Change.EXCLUDED, "5")
    assert orders_between(OLDER, NEWER, [said], [said]) == Orders()
    twice = [*OLDER, replace(OLDER[-1], key="other")]
    assert orders_between(twice, NEWER, (), [said]).excluded == {}


def test_where_rows_are_numbered_anew_a_number_says_nothing_of_the_edition_before() -> None:
    anew = [replace(row, number=str(row.ordinal + 1)) for row in NEWER]
    assert orders_between(OLDER, anew, (), [note(Change.EXCLUDED, "5")]).excluded == {}


def test_an_excluded_row_that_still_stands_is_known_by_its_code() -> None:
    anew = [replace(row, number=str(row.ordinal + 1)) for row in NEWER[:-1]]
    dead = replace(NEWER[-1], number="9", dead=True, name="")
    said = orders_between(OLDER, [*anew, dead], (), [note(Change.EXCLUDED, "9")])
    assert set(said.excluded) == {OLDER[-1].key}
    before = [*OLDER[:-1], replace(OLDER[-1], dead=True)]
    assert orders_between(before, [*anew, dead], (), [note(Change.EXCLUDED, "9")]).excluded == {}


@pytest.mark.parametrize(
    ("said", "key"),
    [(note(Change.EXCLUDED, "1"), OLDER[0].key), (note(Change.INSERTED, "1"), NEWER[0].key)],
)
def test_what_the_rows_contradict_is_a_finding_at_the_row(said: Amendment, key: str) -> None:
    orders = orders_between(OLDER, NEWER, (), [said])
    (found,) = disagreements(orders, link_editions(OLDER, NEWER, orders=orders))
    assert (found.code, found.address) == ("order_disagrees", key)
    assert "row 1" in found.message


@pytest.fixture
def engine(db_url: str) -> Iterator[Engine]:
    """The database under test."""
    found = connect(db_url)
    yield found
    found.dispose()


def test_kept_notes_are_used_in_linking_and_a_new_note_links_the_date_anew(engine: Engine) -> None:
    newer = [*NEWER[:-1], replace(NEWER[-1], name="Сведения о домохозяйстве", bylaw="Иное", provider="ЦОН")]
    with transaction(engine) as session:
        store_edition(session, OLDER)
        kept = store_edition(session, newer)
        link_register(session, NOW)
    with transaction(engine) as session:
        session.execute(
            insert(AmendmentRow).values(
                edition_id=kept, position=1, change="reworded", row_number="5", order_date=date(2021, 3, 14),
                order_number="81/НҚ", text="строка 5",
            )
        )  # fmt: skip
        assert link_register(session, NOW).relinked == 1
        told = [one.link for one in stored_links(session, LinkState.ACCEPTED) if one.link.older == OLDER[-1].key]
        told += [one.link for one in stored_links(session, LinkState.CANDIDATE) if one.link.older == OLDER[-1].key]
    assert [("order", "reworded row 5: order of 2021-03-14 № 81/НҚ") in link.evidence for link in told] == [True]
