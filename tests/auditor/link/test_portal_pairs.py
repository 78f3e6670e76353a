"""Real portal names beside real register names, labelled by hand: no wrong one is linked, and most right ones are."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from auditor.link.listings import link_listings
from auditor.link.portal_weigh import ServiceName
from auditor.link.portal_words import said_words, spelt_out, unfolded_compound
from auditor.records import LinkState, Listing
from crawler.pages.records import Lang

PAIRS = list(csv.DictReader((Path(__file__).parent / "portal_pairs.csv").open(encoding="utf-8")))
#: Least share of the pairs labelled `same` that is linked by names alone; the rest goes to a person.
LINKED = 0.75


def linked() -> dict[str, list[str]]:
    """Listing key → register names it is linked to, each listing against all the register names of the file."""
    names = {
        (pair["lang"], pair["register"]): ServiceName(
            f"S-{number}", f"row-{number}", Lang(pair["lang"]), pair["register"], "", current=True
        )
        for number, pair in enumerate(PAIRS)
    }
    listings = [
        Listing(1, f"{pair['lang']}/{pair['slug']}", Lang(pair["lang"]), pair["slug"], pair["listing"], "")
        for pair in PAIRS
    ]
    by_entry = {name.entry: name.name for name in names.values()}
    found: dict[str, list[str]] = {listing.key: [] for listing in listings}
    for link in link_listings(listings, list(names.values()), 90.0)[0]:
        if link.state is LinkState.ACCEPTED:
            found[link.newer].append(by_entry[link.older])
    return found


def test_no_listing_is_linked_to_another_service_than_its_own() -> None:
    found = linked()
    wrong = [
        (pair["listing"], name)
        for pair in PAIRS
        for name in found[f"{pair['lang']}/{pair['slug']}"]
        if (pair["label"], name) != ("same", pair["register"])
    ]
    assert wrong == []


def test_most_shortened_names_are_linked_by_name_alone() -> None:
    found = linked()
    same = [pair for pair in PAIRS if pair["label"] == "same"]
    right = [pair for pair in same if found[f"{pair['lang']}/{pair['slug']}"] == [pair["register"]]]
    assert len(right) >= LINKED * len(same)


def test_there_are_enough_pairs_of_both_kinds() -> None:
    counts = Counter(pair["label"] for pair in PAIRS)
    assert len(PAIRS) >= 40
    assert min(counts["same"], counts["different"]) >= 15


def test_initials_stand_for_words_in_a_row() -> None:
    fund = said_words("информация единого накопительного пенсионного фонда")
    assert len(spelt_out("енпф", fund)) == 4
    assert len(spelt_out("ндс", said_words("возврат налога на добавленную стоимость"))) == 3
    assert spelt_out("ндс", fund) == frozenset()


def test_a_word_drawn_together_stands_for_two() -> None:
    assert len(unfolded_compound("жилпомощь", ("назначение", "жилищной", "помощи"))) == 2
    assert unfolded_compound("жилпомощь", ("назначение", "жилищной", "выплаты")) == frozenset()
