"""What is in force, what a person reads, and where it was read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from auditor.db.read import (
    edition_at,
    editions_in_force,
    entries_of,
    evidence_of_edition,
    evidence_of_entry,
    evidence_of_listing,
    listings,
)
from auditor.db.session import connect, transaction
from crawler.errors import UsageError
from crawler.pages.records import DeliveryForm, Lang, RegisterRow
from tests.auditor.db.fill import add_edition, add_list, add_page, rows

LATER = datetime(2024, 7, 1, tzinfo=UTC)


@pytest.fixture
def session(db_url: str) -> Iterator[Session]:
    engine = connect(db_url)
    with transaction(engine) as opened:
        yield opened
    engine.dispose()


def test_a_later_act_replaces_the_earlier_from_its_first_edition(session: Session) -> None:
    for act, day in [
        ("P1300000983", date(2013, 9, 18)),
        ("P1300000983", date(2021, 1, 1)),  # amended once more although it was replaced
        ("V2000019982", date(2020, 1, 31)),
        ("V2000019982", date(2022, 5, 5)),
    ]:
        add_edition(session, act, day, rows("a"))

    def at(day: date) -> tuple[str, date] | None:
        found = edition_at(session, day, Lang.RU)
        return found and (found.act, found.edition_date)

    assert at(date(2013, 9, 17)) is None
    assert at(date(2013, 9, 18)) == ("P1300000983", date(2013, 9, 18))
    assert at(date(2020, 1, 30)) == ("P1300000983", date(2013, 9, 18))
    assert at(date(2020, 1, 31)) == ("V2000019982", date(2020, 1, 31))
    assert at(date(2021, 12, 31)) == ("V2000019982", date(2020, 1, 31))
    assert at(date(2022, 5, 5)) == ("V2000019982", date(2022, 5, 5))
    assert edition_at(session, date(2022, 5, 5), Lang.KK) is None, "languages are never mixed"


def test_the_newest_good_or_accepted_reading_counts(session: Session) -> None:
    day = date(2020, 1, 31)
    add_edition(session, "V2000019982", day, rows("a"))
    rewritten = add_edition(session, "V2000019982", day, rows("a", "b"), state="accepted", at=LATER)
    add_edition(session, "V2000019982", day, rows(), state="held", at=datetime(2024, 8, 1, tzinfo=UTC))
    add_edition(session, "V2000019982", date(2021, 1, 1), rows("a"), state="superseded")
    found = editions_in_force(session, Lang.RU)
    assert [(edition.id, edition.rows_live) for edition in found] == [(rewritten, 2)]
    assert found[0].key == "V2000019982/2020-01-31/ru"
    assert editions_in_force(session, Lang.RU, act="P1300000983") == []


def test_entries_come_in_order_with_their_sets_and_dead_rows(session: Session) -> None:
    read = [
        *rows("Выдача паспорта", "Қызмет", dead=frozenset({2})),
        RegisterRow(
            table=1,
            row=9,
            ordinal=3,
            number="3",
            code="",
            name="Без кода",
            forms=frozenset({DeliveryForm.PAPER, DeliveryForm.ELECTRONIC}),
        ),
    ]
    edition = add_edition(session, "V2000019982", date(2020, 1, 31), read)
    entries = entries_of(session, edition)
    assert [(entry.ordinal, entry.name, entry.dead) for entry in entries] == [
        (1, "Выдача паспорта", False),
        (2, "Қызмет", True),
        (3, "Без кода", False),
    ]
    assert entries[0].key == "V2000019982/2020-01-31/ru/00101001"
    assert entries[0].forms == frozenset()
    assert entries[2].forms == {DeliveryForm.PAPER, DeliveryForm.ELECTRONIC}
    evidence = evidence_of_entry(session, entries[2].key)
    assert (evidence.place, evidence.warc, evidence.offset) == ("table 1 row 9", "run-1.warc.gz", 100)
    assert evidence == evidence_of_edition(session, edition)[entries[2].key]
    with pytest.raises(UsageError, match="no such entry: V2000019982/2020-01-31/ru/77777777"):
        evidence_of_entry(session, "V2000019982/2020-01-31/ru/77777777")


def test_evidence_of_a_key_is_that_of_the_reading_in_force(session: Session) -> None:
    day = date(2020, 1, 31)
    add_edition(session, "V2000019982", day, rows("a"))
    good = add_edition(session, "V2000019982", day, rows("a", "b"), at=LATER)
    add_edition(session, "V2000019982", day, rows("a", "c"), state="held", at=datetime(2024, 8, 1, tzinfo=UTC))
    key = "V2000019982/2020-01-31/ru/00101001"
    assert evidence_of_entry(session, key) == evidence_of_edition(session, good)[key]


def test_listings_merge_lists_and_pages(session: Session) -> None:
    add_list(session, {"pass1": "Семья", "pass2": "Семья"})
    add_list(session, {"pass2": "Бизнес", "pass3": "Бизнес"}, audience="business")
    add_list(session, {"pass1": "Отбасы"}, lang=Lang.KK)
    add_page(session, "pass2", "Справка")
    by_key = {listing.key: listing for listing in listings(session)}
    assert list(by_key) == ["kk/pass1", "ru/pass1", "ru/pass2", "ru/pass3"]
    both = by_key["ru/pass2"]
    assert (both.categories, both.audiences) == (("Бизнес", "Семья"), ("business", "citizen"))
    assert (both.result, both.page_read) == ("Справка", True)
    assert both.url == "http://egov.test/cms/ru/online-services/for_citizen/pass2"
    assert not by_key["ru/pass1"].page_read
    assert [listing.slug for listing in listings(session, Lang.KK)] == ["pass1"]
    assert evidence_of_listing(session, "ru/pass3").place == "listing 2"
    with pytest.raises(UsageError, match="ru/nothing"):
        evidence_of_listing(session, "ru/nothing")
    with pytest.raises(UsageError, match="no listing key"):
        evidence_of_listing(session, "pass3")


def test_a_broken_list_takes_nothing_away_and_a_good_one_does(session: Session) -> None:
    add_list(session, {"pass1": "A", "pass2": "A"})
    add_page(session, "pass2", "Справка")
    add_list(session, {"pass1": "A"}, at=LATER, complete=False)
    assert [listing.slug for listing in listings(session)] == ["pass1", "pass2"]
    add_list(session, {"pass1": "A"}, at=datetime(2024, 8, 1, tzinfo=UTC))
    assert [listing.slug for listing in listings(session)] == ["pass1"]
    add_page(session, "new", "Справка", at=datetime(2024, 9, 1, tzinfo=UTC))
    assert [listing.slug for listing in listings(session)] == ["new", "pass1"]
    assert evidence_of_listing(session, "ru/new").place == "page"


def test_a_service_is_taken_off_only_by_the_list_it_stood_in(session: Session) -> None:
    add_list(session, {"trade": "Бизнес"}, audience="business", complete=False)
    add_page(session, "trade", "Лицензия", audience="")
    add_list(session, {"pass1": "A"}, at=LATER)
    assert [listing.slug for listing in listings(session)] == ["pass1", "trade"], (
        "the citizens' list says nothing of it"
    )
    add_list(session, {"other": "Бизнес"}, audience="business", at=LATER)
    assert [listing.slug for listing in listings(session)] == ["other", "pass1"]


def test_a_page_that_no_list_ever_named_counts_while_it_is_the_newest(session: Session) -> None:
    add_page(session, "hidden", "Справка", audience="", at=LATER)
    add_list(session, {"pass1": "A"})
    assert [listing.slug for listing in listings(session)] == ["hidden", "pass1"]
    add_list(session, {"pass1": "A"}, at=datetime(2024, 8, 1, tzinfo=UTC))
    assert [listing.slug for listing in listings(session)] == ["pass1"]
