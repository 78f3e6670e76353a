"""The two texts of one edition: rows paired by code and place, disagreements found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.link.agreement import settle
from auditor.link.languages import pair_languages
from auditor.records import Entry, Link, LinkState, LinkType
from crawler.pages.records import DeliveryForm, Lang, Payment, Recipient
from tests.auditor.link.histories import write_history

TEXTS = write_history(6, 40, [], typos=0).editions
RUSSIAN, KAZAKH = TEXTS[Lang.RU][0], TEXTS[Lang.KK][0]


def paired(first: list[Entry], second: list[Entry]) -> dict[str, str]:
    """Certain pairs by key."""
    links, _ = pair_languages(first, second)
    assert all(link.type is LinkType.TRANSLATION for link in links)
    return {link.older: link.newer for link in links if link.state is LinkState.ACCEPTED}


def codes_found(first: list[Entry], second: list[Entry]) -> set[tuple[str, str]]:
    """Findings as (code, address)."""
    return {(finding.code, finding.address) for finding in pair_languages(first, second)[1]}


FULL = {one.key: two.key for one, two in zip(RUSSIAN, KAZAKH, strict=True)}


def test_rows_of_one_code_are_one_row() -> None:
    assert paired(RUSSIAN, KAZAKH) == FULL
    assert paired(RUSSIAN, list(reversed(KAZAKH))) == FULL
    assert codes_found(RUSSIAN, KAZAKH) == set()


def test_without_codes_place_decides() -> None:
    first, second = ([replace(entry, code="") for entry in text] for text in (RUSSIAN, KAZAKH))
    agreeing = {one.key: two.key for one, two in zip(first, second, strict=True) if one.forms == two.forms}
    assert paired(first, second) == agreeing == FULL


def test_a_row_of_one_text_only_is_a_finding_and_its_neighbours_still_pair() -> None:
    short = [*KAZAKH[:10], *KAZAKH[11:]]
    assert paired(RUSSIAN, short) == {one: two for one, two in FULL.items() if two != KAZAKH[10].key}
    assert codes_found(RUSSIAN, short) == {("row_only_in_one_language", RUSSIAN[10].key)}


def test_a_row_excluded_in_one_text_only_says_so() -> None:
    dead = [replace(entry, dead=entry is KAZAKH[3]) for entry in KAZAKH]
    assert codes_found(RUSSIAN, dead) == {("dead_in_one_language", RUSSIAN[3].key)}


def test_a_miscoded_row_pairs_by_place_and_is_a_finding() -> None:
    wrong = [replace(entry, code="99999999") if entry is KAZAKH[5] else entry for entry in KAZAKH]
    assert paired(RUSSIAN, wrong) == FULL
    assert codes_found(RUSSIAN, wrong) == {("code_differs", RUSSIAN[5].key)}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("forms", frozenset({DeliveryForm.PROACTIVE}), "forms_differ"),
        ("payments", frozenset({Payment.PAID}), "payments_differ"),
        ("recipients", frozenset({Recipient.LEGAL_ENTITY}), "recipients_differ"),
    ],
)
def test_texts_that_contradict_each_other_are_findings(field: str, value: object, code: str) -> None:
    other = [replace(KAZAKH[0], **{field: value}), *KAZAKH[1:]]  # type: ignore[arg-type]
    assert codes_found(RUSSIAN, other) == {(code, RUSSIAN[0].key)}


def candidate(older: str, newer: str) -> Link:
    """An open question."""
    return Link(LinkType.RENAMED, older, newer, 0.7, "unsure", LinkState.CANDIDATE, 0.7)


def test_the_other_language_settles_a_candidate_and_drops_its_rival() -> None:
    twins = {"ru1": "kk1", "ru2": "kk2", "ru3": "kk3"}
    other = [Link(LinkType.SAME, "kk1", "kk2", 1.0, "code_and_name")]
    (settled,) = settle([candidate("ru1", "ru2"), candidate("ru1", "ru3")], other, twins)
    assert (settled.older, settled.newer, settled.state) == ("ru1", "ru2", LinkState.ACCEPTED)
    assert settled.rule == "other_language"


def test_a_candidate_that_the_other_language_links_elsewhere_falls_away() -> None:
    twins = {"ru1": "kk1", "ru2": "kk2"}
    other = [Link(LinkType.SAME, "kk1", "kk9", 1.0, "x"), Link(LinkType.SAME, "kk8", "kk2", 1.0, "x")]
    assert settle([candidate("ru1", "ru2")], other, twins) == []
    assert settle([candidate("ru1", "ru2")], [], twins) == [candidate("ru1", "ru2")]
