"""The measures: tables partition, figures name their entries, nothing is measured over nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.measure.cards import AWAITED, card, cards
from auditor.measure.compute import REGISTER_MEASURES, measure_portal, measure_register, unmeasured_register
from auditor.measure.records import CodedEntry, CodedListing, PortalSnapshot, Snapshot
from auditor.measure.scenes import CODED, SCENE_MEASURES
from auditor.records import Coding, Completeness, Entry, Listing, Nature, Output
from crawler.errors import ContentError, UsageError
from crawler.pages.records import DeliveryForm, Lang

F = DeliveryForm
DAY = date(2025, 12, 31)


def coding(nature: str, completeness: str) -> Coding:
    return Coding(Nature(nature), Completeness(completeness), Output.UNCLEAR, "", (), (), 1.0)


def entry(number: int, *forms: DeliveryForm) -> Entry:
    return Entry(
        id=number,
        key=f"V/2025-01-01/ru/{number:08}",
        act="V",
        edition_date=date(2025, 1, 1),
        lang=Lang.RU,
        ordinal=number,
        number=str(number),
        code=f"{number:08}",
        name=f"Услуга {number}",
        forms=frozenset(forms),
    )


def snapshot(*rows: CodedEntry) -> Snapshot:
    return Snapshot(DAY, Lang.RU, "V", date(2025, 1, 1), rows, "1")


QUEUE = CodedEntry(entry(1, F.FULLY_AUTOMATED), coding("human_social", "partial"))
ALLOWANCE = CodedEntry(entry(2, F.ELECTRONIC, F.PAPER), coding("human_social", "complete"))
ALLOWANCE_ON_PAPER = CodedEntry(entry(3, F.PAPER), coding("human_social", "complete"))
CERTIFICATE = CodedEntry(entry(4, F.PROACTIVE), coding("transactional", "complete"))
ODD = CodedEntry(entry(5), coding("unclear", "partial"))
UNCODED = CodedEntry(entry(6, F.PARTIALLY_AUTOMATED), None)


def test_each_measure_counts_what_its_card_says() -> None:
    measured = measure_register(snapshot(QUEUE, ALLOWANCE, ALLOWANCE_ON_PAPER, CERTIFICATE, ODD, UNCODED))
    heads = {name: result.head.value for name, result in measured.items()}
    assert heads["count"] == 6
    assert heads["digitised"] == 4
    assert heads["fully_automated"] == 1
    assert heads["partially_automated"] == 1
    assert heads["proactive"] == 1
    assert heads["paper_only"] == 1
    assert heads["form_unknown"] == 1
    assert heads["core_complete"] == 1
    assert measured["core_complete"].head.keys == (ALLOWANCE.entry.key,)
    assert measured["core_complete"].abstained == 2
    table = {figure.cell: figure.value for figure in measured["two_by_two"].cells}
    assert table == {
        "transactional/complete": 1,
        "transactional/partial": 0,
        "human_social/complete": 2,
        "human_social/partial": 1,
        "unclear": 2,
    }
    assert {figure.cell: figure.value for figure in measured["nature"].cells} == {
        "transactional": 1,
        "human_social": 3,
        "unclear": 2,
    }
    assert measured["nature"].abstained == 2
    assert measured["completeness"].abstained == 1


@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from(list(DeliveryForm))),
            st.none() | st.tuples(st.sampled_from(list(Nature)), st.sampled_from(list(Completeness))),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_every_table_closes_and_every_figure_lists_its_entries(
    drawn: list[tuple[set[DeliveryForm], tuple[Nature, Completeness] | None]],
) -> None:
    rows = [CodedEntry(entry(n, *forms), coding(*code) if code else None) for n, (forms, code) in enumerate(drawn, 1)]
    measured = measure_register(snapshot(*rows))
    total = measured["count"].head.value
    for result in measured.values():
        for figure in result.figures:
            assert figure.value == len(figure.keys) == len(set(figure.keys))
            assert figure.share is None or 0 <= figure.share <= 1
            assert not figure.base or (set(figure.keys) <= set(figure.base) and len(figure.base) == figure.of)
        if result.cells:
            assert sum(figure.value for figure in result.cells) == total
    if not any(forms for forms, _ in drawn):
        assert "digitised" not in measured
        return
    forms_total = sum(measured[name].head.value for name in ("digitised", "paper_only", "form_unknown"))
    assert forms_total == total
    assert measured["core_complete"].head.value <= measured["digitised"].head.value


def test_an_act_without_the_column_says_nothing_of_digitisation_and_no_zero() -> None:
    silent = snapshot(ODD)
    assert "digitised" not in measure_register(silent)
    assert "states no delivery form" in unmeasured_register(silent)["core_complete"]
    assert not unmeasured_register(snapshot(ODD, QUEUE))
    assert measure_register(snapshot(ODD, QUEUE))["form_unknown"].head.value == 1


def test_an_act_that_says_electronic_and_no_more_counts_no_degree_as_zero() -> None:
    plain = snapshot(ALLOWANCE, ALLOWANCE_ON_PAPER)
    assert set(unmeasured_register(plain)) == {"fully_automated", "partially_automated", "proactive"}
    assert "names no degree of automation" in unmeasured_register(plain)["fully_automated"]
    measured = measure_register(plain)
    assert not {"fully_automated", "partially_automated", "proactive"} & set(measured)
    assert measured["digitised"].head.value == 1
    graded = measure_register(snapshot(ALLOWANCE, UNCODED))
    assert (graded["fully_automated"].head.value, graded["proactive"].head.value) == (0, 0), "one says how far"
    paper = measure_register(snapshot(ALLOWANCE_ON_PAPER))
    assert (paper["fully_automated"].head.value, paper["proactive"].head.value) == (0, 0), "all on paper is none"


def test_a_form_that_no_act_knew_is_not_counted_as_zero_and_one_that_a_row_has_is() -> None:
    plain = unmeasured_register(snapshot(ALLOWANCE, ALLOWANCE_ON_PAPER))
    assert "neither a degree of automation nor the proactive form" in plain["proactive"]
    said = snapshot(ALLOWANCE, CERTIFICATE)
    assert set(unmeasured_register(said)) == {"fully_automated", "partially_automated"}
    assert measure_register(said)["proactive"].head.value == 1


def test_nothing_read_is_an_error_and_no_zero() -> None:
    with pytest.raises(ContentError, match="nothing to measure"):
        measure_register(snapshot())
    with pytest.raises(ContentError, match="nothing to measure"):
        measure_portal(PortalSnapshot(DAY, Lang.RU, (), "1"))


def test_the_portal_alone_gives_counts_and_tables_but_no_forms() -> None:
    rows = tuple(
        CodedListing(Listing(n, f"ru/e_{n:03}", Lang.RU, f"e_{n:03}", "Услуга", "https://egov.kz/x"), code)
        for n, code in enumerate([coding("human_social", "partial"), None])
    )
    measured = measure_portal(PortalSnapshot(DAY, Lang.RU, rows, "1"))
    assert set(measured) == {"listings", "nature", "completeness", "two_by_two"}
    assert measured["listings"].head.keys == ("ru/e_000", "ru/e_001")


def test_every_measure_has_a_card_and_every_card_a_measure() -> None:
    register = set(measure_register(snapshot(QUEUE)))
    assert register == set(REGISTER_MEASURES)
    assert register | {name for ids, _ in SCENE_MEASURES for name in ids} == set(cards())
    assert set(cards()) >= CODED
    assert not set(cards()) & set(AWAITED)
    with pytest.raises(UsageError, match="core_complete"):
        card("core_complte")
