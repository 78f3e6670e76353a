"""Expectations: what holds a page by itself, what beside its neighbours, in whatever order readings arrive."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.ingest.dates import KnownHistory, current_edition
from auditor.ingest.expect import Fault, Judgement, Reading, beyond, edition_faults, judge, list_faults, parse_faults
from crawler.pages.records import Finding, Lang, Level, PortalList, PortalListing, RegisterPage, RegisterRow
from crawler.sources.load import Expectations

AT = datetime(2024, 6, 1, tzinfo=UTC)
FIRST = date(2020, 1, 31)
UNFIT = (Fault("incomplete", "x"),)


def reading(number: int, live: int, *, day: int = 0, accepted: bool = False, unfit: bool = False) -> Reading:
    return Reading(
        number, FIRST + timedelta(days=day), AT + timedelta(days=number), live, UNFIT if unfit else (), accepted
    )


def states(readings: list[Reading]) -> dict[int, str]:
    return {judgement.reading: judgement.state for judgement in judge(readings)}


READINGS = st.lists(
    st.builds(
        lambda day, live, kind: (day, live, kind),
        st.integers(0, 4),
        st.integers(0, 40),
        st.sampled_from(["plain", "plain", "accepted", "unfit"]),
    ),
    max_size=8,
).map(
    lambda drawn: [
        reading(number, live, day=day, accepted=kind == "accepted", unfit=kind == "unfit")
        for number, (day, live, kind) in enumerate(drawn, 1)
    ]
)


@given(READINGS, st.randoms())
def test_the_order_of_storing_plays_no_part(readings: list[Reading], random: st.DrawFn) -> None:
    shuffled = list(readings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert judge(shuffled) == judge(readings)


@given(READINGS)
def test_what_a_person_accepted_counts_and_what_is_unfit_never_does(readings: list[Reading]) -> None:
    judged = states(readings)
    assert set(judged) == {one.id for one in readings}
    for one in readings:
        assert (judged[one.id] == "accepted") == one.accepted
        if one.unfit and not one.accepted:
            assert judged[one.id] == "held"
    for judgement in judge(readings):
        assert bool(judgement.faults) == (judgement.state == "held"), "a held reading says why, no other has a fault"


@given(READINGS)
def test_no_reading_counts_that_lost_a_tenth_of_the_one_it_follows(readings: list[Reading]) -> None:
    judged = states(readings)
    counting = [one for one in readings if judged[one.id] != "held"]
    newest: dict[date, Reading] = {}
    for one in sorted(counting, key=lambda one: one.captured_at):
        newest[one.edition_date] = one
    chain = [newest[day] for day in sorted(newest)]
    for before, after in pairwise(chain):
        assert after.accepted or after.rows_live > before.rows_live * 0.9 or not before.rows_live


@pytest.mark.parametrize(("live", "state"), [(100, "good"), (91, "good"), (90, "held"), (0, "held")])
def test_ten_per_cent_fewer(live: int, state: str) -> None:
    assert states([reading(1, 100), reading(2, live, day=1)])[2] == state


def test_accepting_one_frees_those_that_followed_it() -> None:
    chain = [reading(1, 100), reading(2, 80, day=1), reading(3, 81, day=2), reading(4, 60, day=3)]
    assert states(chain) == {1: "good", 2: "held", 3: "held", 4: "held"}
    chain[1] = replace(chain[1], accepted=True)
    assert states(chain) == {1: "good", 2: "accepted", 3: "good", 4: "held"}


def test_a_held_edition_is_no_measure_for_the_next() -> None:
    assert states([reading(1, 100), reading(2, 50, day=1), reading(3, 100, day=2)]) == {1: "good", 2: "held", 3: "good"}


def test_a_rewrite_is_compared_with_what_it_would_replace() -> None:
    judged = judge([reading(1, 100), reading(2, 80)])
    assert judged[1] == Judgement(
        2, "held", (Fault("fewer_than_before", "80 services, 100 in the edition of 2020-01-31"),)
    )


def row(number: int, *, form: str = "Бумажная", dead: bool = False) -> RegisterRow:
    return RegisterRow(1, number, number, str(number), "00101001", "Услуга", form=form, dead=dead)


def page(*rows: RegisterRow, **values: object) -> RegisterPage:
    whole = RegisterPage("", "", "", Lang.RU, rows, last_number=len(rows), complete=True)
    return replace(whole, **values)  # type: ignore[arg-type]


def codes(read: RegisterPage, lang: Lang = Lang.RU, **bounds: object) -> list[str]:
    return [fault.code for fault in edition_faults(read, lang, Expectations.model_validate(bounds), ["form"])]


def test_a_page_by_itself() -> None:
    rows = [row(number) for number in range(1, 11)]
    assert codes(page(*rows)) == []
    assert codes(page(*rows, last_number=11)) == ["fewer_than_numbered"]
    assert codes(page(*rows, last_number=0)) == [], "a source that numbers nothing promises nothing"
    assert codes(page(*rows), min_rows=11) == ["too_few_rows"]
    assert codes(page(*rows), Lang.KK) == ["wrong_language"]
    assert codes(page(*rows, lang=None), Lang.KK) == [], "letters that do not decide hold nothing"
    assert codes(page(*rows), fill={"form": 1.0}) == []


def test_a_column_emptier_than_expected_is_told_of_and_one_that_was_lost_holds() -> None:
    whole, empty = [row(number) for number in range(1, 11)], [row(number, form="") for number in range(1, 11)]
    for filled, told, held in ((10, 0, 0), (9, 1, 0), (5, 1, 0), (4, 0, 1), (0, 0, 1)):
        read = page(*whole[:filled], *empty[filled:])
        bounds = Expectations(fill={"form": 1.0})
        expected = ("low_fill", f"form is filled in {filled} of 10 rows, 100% are expected")
        assert [(one.code, one.message) for one in beyond(read, bounds, ["form"])] == [expected] * told
        assert [(one.code, one.message) for one in edition_faults(read, Lang.RU, bounds, ["form"])] == [expected] * held
    dead = page(*whole[:9], row(10, form="", dead=True))
    assert codes(dead, fill={"form": 1.0}) == [], "dead rows are empty"
    assert beyond(dead, Expectations(fill={"form": 1.0}), ["form"]) == ()


def test_a_column_that_the_act_need_not_have_may_be_missing_but_not_half_empty() -> None:
    rows = [row(number, form="") for number in range(1, 11)]
    assert codes(page(*rows), fill={"form": 0.9}) == ["low_fill"]
    assert codes(page(*rows), fill={"provider": 0.9}) == []
    assert codes(page(*rows[:9], replace(rows[9], provider="МЮ")), fill={"provider": 0.9}) == ["low_fill"]


def test_what_was_not_understood_is_named() -> None:
    finding = Finding("unknown_column", Level.ERROR, "table 1 row 1 column 4", "the heading means no known field")
    faults = edition_faults(page(row(1), complete=False, findings=(finding,)), Lang.RU, Expectations(), [])
    assert str(faults[0]) == (
        "incomplete: the register was not understood (table 1 row 1 column 4: the heading means no known field)"
    )
    assert parse_faults("\n".join(str(fault) for fault in faults)) == faults
    assert parse_faults("") == ()


def test_more_than_expected_is_told_and_holds_nothing() -> None:
    bounds = Expectations(max_rows=2, max_listings=1)
    rows = [row(number) for number in (1, 2, 3)]
    assert [one.code for one in beyond(page(*rows), bounds)] == ["more_than_expected"]
    assert beyond(page(*rows[:2]), bounds) == ()
    listing = PortalListing(1, "Семья", "Услуга", "/a", "a")
    assert [one.code for one in beyond(PortalList((listing, listing), complete=True), bounds)] == ["more_than_expected"]


def test_lists() -> None:
    listing = PortalListing(1, "Семья", "Услуга", "/a", "a")
    bounds = Expectations(min_listings=1, fill={"category": 1.0})
    assert list_faults(PortalList((listing,), complete=True), bounds) == ()
    assert [one.code for one in list_faults(PortalList((), complete=False), bounds)] == [
        "incomplete_list",
        "too_few_listings",
    ]
    nameless = replace(listing, category="")
    few, half = (PortalList((nameless, *[listing] * times), complete=True) for times in (2, 0))
    assert list_faults(few, bounds) == (), "one line without a word hides no list"
    assert [(one.code, one.message) for one in beyond(few, bounds)] == [
        ("low_fill", "category is filled in 2 of 3 rows, 100% are expected")
    ]
    assert [one.code for one in list_faults(half, bounds)] == ["low_fill"]
    assert beyond(half, bounds) == (), "told once"


DAYS = st.lists(st.dates(date(2019, 1, 1), date(2022, 1, 1)), max_size=5)
MOMENTS = st.datetimes(datetime(2019, 1, 1), datetime(2022, 1, 1), timezones=st.just(UTC))


@given(DAYS, DAYS, MOMENTS, MOMENTS)
def test_without_a_linked_row_a_current_text_is_the_newest_edition_in_force_on_its_day(
    own: list[date], other: list[date], at: datetime, read: datetime
) -> None:
    known = {
        ("A", "ru"): [KnownHistory(read, tuple(own))],
        ("A", "kk"): [KnownHistory(read, tuple(other))],
        ("B", "ru"): [KnownHistory(read, (date(2018, 1, 1),), date(2018, 1, 1))],
    }
    found = current_edition("A", "ru", at, known)
    day = (at + timedelta(hours=6)).date()  # Almaty was six hours ahead in these years
    past = [one for one in own if one <= day] or [one for one in other if one <= day]
    assert found == (max(past) if past else None)


NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
OLD, IN_FORCE, AHEAD = date(2020, 1, 31), date(2026, 5, 1), date(2027, 1, 1)


@given(st.sampled_from([OLD, IN_FORCE, AHEAD]), st.timedeltas(timedelta(hours=-6), timedelta(hours=6)))
def test_the_row_that_links_the_current_text_dates_it_even_ahead_of_its_day(shown: date, apart: timedelta) -> None:
    """Whichever of the two pages a harvest took first; what another harvest's history says plays no part."""
    known = {
        ("A", "ru"): [
            KnownHistory(NOW - timedelta(days=90), (OLD,), OLD),
            KnownHistory(NOW + apart, (OLD, IN_FORCE, AHEAD), shown),
            KnownHistory(NOW + timedelta(days=90), (OLD, date(2026, 5, 20)), date(2026, 5, 20)),
        ]
    }
    assert current_edition("A", "ru", NOW, known) == shown


def test_an_old_history_dates_a_text_unless_a_newer_one_knows_an_edition_that_it_could_not() -> None:
    old = KnownHistory(NOW - timedelta(days=90), (OLD, date(2026, 4, 1), AHEAD), OLD)
    assert current_edition("A", "ru", NOW, {("A", "ru"): [old]}) == date(2026, 4, 1), "not yet in force then"
    new = KnownHistory(NOW + timedelta(days=1), (OLD, IN_FORCE), IN_FORCE)
    assert current_edition("A", "ru", NOW, {("A", "ru"): [old, new]}) == IN_FORCE
    early = KnownHistory(NOW - timedelta(days=30), (OLD, AHEAD), AHEAD)
    assert current_edition("A", "ru", NOW, {("A", "ru"): [early]}) == AHEAD
    assert current_edition("A", "ru", NOW, {("A", "kk"): [early]}) == AHEAD, "another language's history says it too"
