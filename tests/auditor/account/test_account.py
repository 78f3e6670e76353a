"""The closing account: it closes whatever it is given, and on generated histories it equals the script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise, product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from auditor.account.compute import account
from auditor.account.records import SIGNS, Account, TermName, Unit
from auditor.account.units import unit_of
from auditor.link.editions import link_editions, unlinked
from auditor.link.restored import link_restored
from auditor.records import Entry, Link, LinkState, LinkType
from crawler.errors import ContentError
from crawler.pages.records import DeliveryForm, Lang
from tests.auditor.link.histories import USUAL, History, write_history

T = TermName


def row(edition: int, code: str, *, digital: bool = False, subsection: str = "") -> Entry:
    """A row that counts; its key says edition and code."""
    forms = {DeliveryForm.FULLY_AUTOMATED} if digital else {DeliveryForm.PAPER}
    return Entry(
        id=0, key=f"V1/20{edition:02d}-01-01/ru/{code}", act="V1", edition_date=date(2000 + edition, 1, 1),
        lang=Lang.RU, ordinal=1, number="", code=code, name=f"Услуга {code}", forms=frozenset(forms),
        subsection_code=subsection or code[:5],
    )  # fmt: skip


def link(old: Entry, new: Entry, *, sure: bool = True, kind: LinkType = LinkType.SAME) -> Link:
    """A link between two rows."""
    state = LinkState.ACCEPTED if sure else LinkState.CANDIDATE
    return Link(kind, old.key, new.key, 1.0, "test", state, 1.0 if sure else 0.5)


def rows(edition: int, *codes: str, digital: str = "") -> list[Entry]:
    """Rows by their codes; `digital` lists the digitised ones."""
    return [row(edition, code, digital=code in digital.split()) for code in codes]


def values(found: Account) -> dict[str, int]:
    """The terms that are not zero."""
    return {str(name): term.value for name, term in found.terms.items() if term.value}


def closes(found: Account) -> bool:
    """Nothing left, every term is the sum of its events, and lies within its bounds."""
    return found.remainder == 0 and all(
        term.value == sum(item.amount for item in term.items) and term.low <= term.value <= term.high
        for term in found.terms.values()
    )


def test_each_event_counts_as_the_method_says() -> None:
    old = rows(1, "00101001", "00101002", "00101003", "00101004", "00101005", "00101006", "00101007", "00101008")
    new = rows(2, "00101001", "00101002", "00101012", "00101003", "00101005", "00101006", "00101016", "00101026",
               "00101099")  # fmt: skip
    links = [
        link(old[0], new[0], kind=LinkType.RENAMED),
        *(link(old[1], child, kind=LinkType.SPLIT) for child in new[1:3]),
        *(link(parent, new[3], kind=LinkType.MERGED) for parent in old[2:4]),
        *(link(*pair, kind=LinkType.REGROUPED) for pair in product(old[4:6], new[4:8])),
    ]
    found = account(old, new, links, digitised=False)
    assert (found.start, found.end) == (8, 9)
    assert values(found) == {"births": 1, "deaths": 2, "splits": 1, "mergers": 1, "scope": 2}
    assert closes(found)
    assert found.real_growth == -1
    assert found.additions == 4, "a birth, a split, and two rows more of a regrouping"
    assert found.cosmetic_share == (3 / 4, 3 / 4, 3 / 4)
    assert found.terms[T.BIRTHS].items[0].newer == (new[8].key,)


def test_renames_renumberings_and_moves_are_nothing() -> None:
    old, new = rows(1, "00101001", "00101002", "00101003"), rows(2, "00101009", "00202001", "00101003")
    kinds = (LinkType.RENUMBERED, LinkType.MOVED, LinkType.TAKEN_OVER)
    links = [link(*pair, kind=kind) for *pair, kind in zip(old, new, kinds, strict=True)]
    assert values(account(old, new, links, digitised=False)) == {}
    assert account(old, new, links, digitised=False).cosmetic_share is None, "a share of nothing is none"


def test_an_open_link_gives_the_cosmetic_share_its_bounds() -> None:
    old, new = rows(1, "00101001", "00101002"), rows(2, "00101001", "00101003", digital="00101001")
    links = [link(old[0], new[0]), link(old[1], new[1], sure=False)]
    digital = replace(new[1], forms=new[0].forms)
    found = account(old, [new[0], digital], links, digitised=True)
    assert found.additions == 2
    assert found.cosmetic_share == (1 / 2, 1 / 2, 1), "a label, and a row that is new or another label"


def test_what_one_label_gains_and_another_loses_hides_no_addition() -> None:
    old = rows(1, "00101001", "00101002", digital="00101002")
    new = rows(2, "00101001", "00101003", digital="00101001")
    sure, open_link = link(old[0], new[0]), link(old[1], new[1], sure=False)
    found = account(old, new, [sure, open_link], digitised=True)
    assert (found.terms[T.FLIPS].value, found.terms[T.FLIPS].low) == (1, 0), "a label lost may cancel a label won"
    assert found.cosmetic_share == (1, 1, 1), "the row that won its label is an addition all the same"


def test_the_digitised_account_tells_labels_from_services() -> None:
    old = rows(1, "00101001", "00101002", "00101003", "00101004", digital="00101002 00101004")
    new = rows(2, "00101001", "00101002", "00101003", "00101009", digital="00101001 00101003 00101009")
    links = [link(*pair) for pair in zip(old[:3], new[:3], strict=True)]
    found = account(old, new, links, digitised=True)
    assert (found.start, found.end) == (2, 3)
    assert values(found) == {"births": 1, "deaths": 1, "flips": 1}
    assert [item.kind for item in found.terms[T.FLIPS].items] == ["to_digital", "to_paper", "to_digital"]


def test_a_digitised_service_that_splits_into_one_digital_and_one_paper_row_is_a_split_and_a_flip() -> None:
    old = rows(1, "00101001", digital="00101001")
    new = rows(2, "00101001", "00101002", digital="00101001")
    found = account(old, new, [link(old[0], child, kind=LinkType.SPLIT) for child in new], digitised=True)
    assert values(found) == {"splits": 1, "flips": -1}
    assert closes(found)


def test_a_merger_of_a_digital_and_a_paper_row_keeps_the_digital_count() -> None:
    old = rows(1, "00101001", "00101002", digital="00101001")
    digital, paper = rows(2, "00101001", digital="00101001"), rows(2, "00101001")
    for new, expected in ((digital, {}), (paper, {"flips": -1})):
        found = account(old, new, [link(one, new[0], kind=LinkType.MERGED) for one in old], digitised=True)
        assert values(found) == expected


def test_where_regrouped_parents_differ_in_label_no_flip_is_claimed() -> None:
    old = rows(1, "00101001", "00101002", digital="00101001")
    for digital, expected in (("00101003 00101004", {"scope": 1}), ("00101003", {}), ("", {"scope": -1})):
        new = rows(2, "00101003", "00101004", digital=digital)
        links = [link(*pair, kind=LinkType.REGROUPED) for pair in product(old, new)]
        assert values(account(old, new, links, digitised=True)) == expected


def test_codes_count_once_and_a_row_that_gains_a_code_is_scope() -> None:
    old = [*rows(1, "00101001"), replace(row(1, "x"), code="")]
    new = rows(2, "00101001", "00101002")
    found = account(old, new, [link(old[0], new[0]), link(old[1], new[1])], Unit.CODES, digitised=False)
    assert (found.start, found.end) == (1, 2)
    assert values(found) == {"scope": 1}
    assert found.terms[T.SCOPE].items[0].kind == "entered_count"


def test_a_code_given_to_another_service_follows_the_service() -> None:
    old, new = rows(1, "00101001"), rows(2, "00101001", "00101002")
    found = account(old, new, [link(old[0], new[1], kind=LinkType.RENUMBERED)], Unit.CODES, digitised=False)
    assert values(found) == {"births": 1}
    assert found.terms[T.BIRTHS].items[0].newer == (new[0].key,)


def test_a_row_that_moves_ties_no_subsections_together_but_an_emptied_one_merges() -> None:
    old = rows(1, "00101001", "00101002", "00102001", "00103001")
    new = rows(2, "00101001", "00102002", "00102001", "00102003")
    links = [link(old[0], new[0]), link(old[1], new[1]), link(old[2], new[2]), link(old[3], new[3])]
    found = account(old, new, links, Unit.SUBSECTIONS, digitised=False)
    assert (found.start, found.end) == (3, 2)
    assert values(found) == {"mergers": 1}


def test_links_over_several_editions_are_followed_to_the_end() -> None:
    first, second, third = rows(1, "00101001"), rows(2, "00101001", "00101002"), rows(3, "00101001", "00101002")
    links = [link(first[0], child, kind=LinkType.SPLIT) for child in second]
    links += [link(*pair) for pair in zip(second, third, strict=True)]
    assert values(account(first, third, links, digitised=False)) == {"splits": 1}


def test_a_service_that_was_gone_comes_back_as_itself_or_as_a_restored_birth() -> None:
    first, empty, third = rows(1, "00101001", "00101002"), rows(2, "00101002"), rows(3, "00101001", "00101002")
    links = [link(first[1], empty[0]), link(empty[0], third[1]), link(first[0], third[0], kind=LinkType.RESTORED)]
    assert values(account(first, third, links, digitised=False)) == {}
    found = account(empty, third, links, digitised=False)
    assert values(found) == {"births": 1}
    assert found.terms[T.BIRTHS].items[0].kind == "restored"


def test_accept_all_and_reject_all_are_not_the_extremes() -> None:
    old, new = rows(1, "00101001", "00101002"), rows(2, "00101003", "00101004")
    links = [link(old[0], new[0], sure=False), link(old[1], new[0], sure=False), link(old[1], new[1], sure=False)]
    found = account(old, new, links, digitised=False)
    bounds = {str(name): (term.low, term.value, term.high) for name, term in found.terms.items()}
    assert bounds["births"] == (0, 2, 2)
    assert bounds["deaths"] == (0, 2, 2)
    assert bounds["mergers"] == (0, 0, 1)  # only when the first two links hold and the third does not
    assert bounds["splits"] == (0, 0, 1)
    assert found.exact


def test_a_knot_too_large_to_try_has_bounds_that_hold() -> None:
    old = rows(1, *(f"001010{n:02d}" for n in range(5)))
    new = rows(2, *(f"001020{n:02d}" for n in range(5)))
    links = [link(*pair, sure=False) for pair in product(old, new)]
    found = account(old, new, links, digitised=False)
    assert not found.exact
    bounds = {str(name): (term.low, term.high) for name, term in found.terms.items()}
    assert bounds["births"] == bounds["deaths"] == (0, 5)
    assert bounds["splits"] == bounds["mergers"] == (0, 4)
    assert bounds["scope"][0] <= 0 <= bounds["scope"][1]


def test_dead_rows_are_no_services_and_two_empty_editions_are_refused() -> None:
    old = rows(1, "00101001")
    new = [replace(row(2, "00101001"), dead=True)]
    assert values(account(old, new, [], digitised=False)) == {"deaths": 1}
    assert values(account([], old, [], digitised=False)) == {"births": 1}
    with pytest.raises(ContentError, match="nothing to account for"):
        account(new, new, [], digitised=False)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Entry], list[Entry], list[Link]]:
    """Two editions with an edition between them, any codes, any links, certain or not."""
    code = st.sampled_from(["", "00101001", "00101002", "00101003", "00102001", "00102002", "00201001"])
    editions = []
    for edition in (1, 2, 3):
        codes = draw(st.lists(code, min_size=1, max_size=6))
        editions.append(
            [
                replace(row(edition, text, digital=draw(st.booleans())), key=f"V1/200{edition}-01-01/ru/{n}")
                for n, text in enumerate(codes)
            ]
        )
    links = []
    for older, newer in pairwise(editions):
        pairs = draw(st.lists(st.tuples(st.sampled_from(older), st.sampled_from(newer)), max_size=6))
        links += [link(*pair, sure=draw(st.booleans())) for pair in {(a.key, b.key): (a, b) for a, b in pairs}.values()]
    return editions[0], editions[2], links


def countable(old: list[Entry], new: list[Entry], unit: Unit) -> bool:
    """Whether both editions have what is counted in some row."""
    return all(any(unit_of(entry, unit) for entry in rows) for rows in (old, new))


@settings(max_examples=150, deadline=None)
@given(worlds(), st.sampled_from(Unit), st.booleans())
def test_it_closes_for_any_links_in_every_unit(
    world: tuple[list[Entry], list[Entry], list[Link]], unit: Unit, digitised: bool
) -> None:
    old, new, links = world
    assume(countable(old, new, unit))
    found = account(old, new, links, unit, digitised=digitised)
    assert closes(found)
    assert account(old, new, links, unit, digitised=digitised) == found


@settings(max_examples=60, deadline=None)
@given(worlds(), st.sampled_from([Unit.ROWS, Unit.CODES]), st.booleans())
def test_the_bounds_are_what_trying_every_choice_gives(
    world: tuple[list[Entry], list[Entry], list[Link]], unit: Unit, digitised: bool
) -> None:
    old, new, links = world
    assume(countable(old, new, unit))
    open_links = [one for one in links if one.state is LinkState.CANDIDATE][:6]
    links = [one for one in links if one.state is LinkState.ACCEPTED] + open_links
    found = account(old, new, links, unit, digitised=digitised)
    tried = []
    for choice in product((LinkState.ACCEPTED, LinkState.REFUSED), repeat=len(open_links)):
        decided = [replace(one, state=state) for one, state in zip(open_links, choice, strict=True)]
        sure = [one for one in links if one.state is LinkState.ACCEPTED]
        tried.append(account(old, new, sure + decided, unit, digitised=digitised))
    for name in TermName:
        amounts = [one.terms[name].value for one in tried]
        assert (found.terms[name].low, found.terms[name].high) == (min(amounts), max(amounts)), name


def chain(history: History, lang: Lang) -> list[Link]:
    """All links of a history in one language, as linking finds them edition by edition."""
    texts = history.editions[lang]
    links: list[Link] = []
    gone: dict[str, Entry] = {}
    for older, newer in pairwise(texts):
        found = link_editions(older, newer)
        ended, begun = unlinked(older, newer, found)
        back = link_restored(list(gone.values()), begun)
        gone.update({entry.key: entry for entry in ended})
        for one in back:
            gone.pop(one.older, None)
        links += [*found, *back]
    return links


def expected(history: History) -> dict[str, int]:
    """What the script says of the last step against the first edition: for histories of one step."""
    step = history.steps[0]
    return {
        "births": len(step.births) + len(step.restored),
        "deaths": len(step.deaths),
        "splits": sum(len(new) - 1 for kind, _, new in step.groups if kind == "split"),
        "mergers": sum(len(old) - 1 for kind, old, _ in step.groups if kind == "merged"),
    }


@pytest.mark.parametrize("lang", [Lang.RU, Lang.KK])
@pytest.mark.parametrize("seed", range(6))
def test_the_account_equals_the_script(seed: int, lang: Lang) -> None:
    history = write_history(seed, 400, [USUAL], typos=0.01)
    texts = history.editions[lang]
    found = account(texts[0], texts[1], chain(history, lang), digitised=False)
    assert values(found) == {name: count for name, count in expected(history).items() if count}
    assert closes(found)


@pytest.mark.parametrize("lang", [Lang.RU, Lang.KK])
def test_the_digitised_account_finds_every_flip_of_the_script(lang: Lang) -> None:
    history = write_history(11, 400, [{"flips": 30, "births": 5, "deaths": 5, "renames": 5}], typos=0)
    texts = history.editions[lang]
    found = account(texts[0], texts[1], chain(history, lang), digitised=True)
    up = sum(to_digital for _, to_digital in history.steps[0].flips)
    kinds = [item.kind for item in found.terms[T.FLIPS].items]
    assert (kinds.count("to_digital"), kinds.count("to_paper")) == (up, 30 - up)
    assert closes(found)


@pytest.mark.parametrize("unit", list(Unit))
def test_it_closes_over_every_pair_of_editions_of_a_history(unit: Unit) -> None:
    history = write_history(2, 150, [{**USUAL, "births": 3}] * 5, ambiguous=True)
    for lang, texts in history.editions.items():
        links = chain(history, lang)
        for start, end in _pairs(len(texts)):
            for digitised in (False, True):
                assert closes(account(texts[start], texts[end], links, unit, digitised=digitised))


def _pairs(count: int) -> Sequence[tuple[int, int]]:
    return [(start, end) for start in range(count) for end in range(start, count)]


def test_signs_are_those_of_the_method() -> None:
    assert {str(name) for name, sign in SIGNS.items() if sign < 0} == {"deaths", "mergers"}
