"""Links between two editions: on generated histories they equal the script; bad editions break nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from auditor.link.editions import link_editions
from auditor.link.restored import link_restored
from auditor.records import Entry, Link, LinkState, LinkType
from crawler.pages.records import Lang
from tests.auditor.link.histories import USUAL, History, write_history


def accepted(links: list[Link]) -> dict[tuple[str, str], LinkType]:
    """The certain links by their ends."""
    return {(link.older, link.newer): link.type for link in links if link.state is LinkState.ACCEPTED}


def script(history: History, lang: Lang, number: int) -> set[tuple[str, str]]:
    """The links that one step of the script made."""
    step = history.steps[number]
    pairs = {(older, newer) for _, older, newer in step.one_to_one}
    pairs |= {(older, newer) for _, olders, newers in step.groups for older in olders for newer in newers}
    keys = history.keys
    return {(keys[lang, number, older], keys[lang, number + 1, newer]) for older, newer in pairs}


def share_right(history: History, lang: Lang) -> float:
    """Share of links found that are in the script, of all links that either has and that moved or changed a row."""
    right = total = 0
    for number in range(len(history.steps)):
        found = accepted(link_editions(history.editions[lang][number], history.editions[lang][number + 1]))
        truth = script(history, lang, number)
        right += len(set(found) & truth)
        total += len(set(found) | truth)
    return right / total


@pytest.mark.parametrize("lang", [Lang.RU, Lang.KK])
@pytest.mark.parametrize("seed", range(3))
def test_on_scripts_without_ambiguity_99_of_100_links_are_right(seed: int, lang: Lang) -> None:
    assert share_right(write_history(seed, 400, [USUAL] * 3), lang) >= 0.99


@pytest.mark.parametrize("lang", [Lang.RU, Lang.KK])
def test_with_ambiguity_95_of_100_are(lang: Lang) -> None:
    many = {kind: 3 * count for kind, count in USUAL.items()}
    assert share_right(write_history(5, 400, [many] * 3, ambiguous=True, typos=0.05), lang) >= 0.95


@pytest.mark.parametrize("kind", ["renumberings", "moves", "takeovers"])
def test_each_kind_of_change_gets_its_type(kind: str) -> None:
    history = write_history(9, 200, [{kind: 15}], typos=0)
    found = accepted(link_editions(*history.editions[Lang.RU]))
    expected = {"renumberings": LinkType.RENUMBERED, "moves": LinkType.MOVED, "takeovers": LinkType.TAKEN_OVER}[kind]
    assert Counter(found.values())[expected] == 15


def test_splits_and_mergers_are_groups_of_one_name_each() -> None:
    history = write_history(9, 300, [{"splits": 8, "mergers": 6}], typos=0)
    links = link_editions(*history.editions[Lang.RU])
    for kind in (LinkType.SPLIT, LinkType.MERGED):
        groups = Counter(link.group for link in links if link.type is kind)
        step = [group for group in history.steps[0].groups if group[0] == kind]
        assert len(groups) == len(step) > 0
        assert set(groups.values()) == {2}


def test_parts_exchanged_between_rows_are_a_regrouping() -> None:
    older = edition(1, "Регистрация судов и аттестация капитанов", "Выдача клейм и поверка весов")
    newer = edition(2, "Регистрация судов и поверка весов", "Выдача клейм и аттестация капитанов", code="001010{:02d}9")
    links = link_editions(older, newer)
    assert {link.type for link in links} == {LinkType.REGROUPED}
    assert len({link.group for link in links}) == 1


def edition(number: int, *names: str, code: str = "001010{:02d}") -> list[Entry]:
    """Rows of these names under one heading."""
    day = date(2019 + number, 1, 1)
    return [
        Entry(
            id=place, key=f"V1/{day}/ru/{place}", act="V1", edition_date=day, lang=Lang.RU, ordinal=place, number="",
            code=code.format(place), name=name, subsection="Разное", provider="Акимат", developer="Министерство",
        )
        for place, name in enumerate(names, 1)
    ]  # fmt: skip


def test_an_edition_with_all_codes_changed_keeps_its_services() -> None:
    first, second = write_history(2, 200, [{}], typos=0).editions[Lang.RU]
    recoded = [replace(entry, code=f"9{entry.code[1:5]}7{entry.code[6:]}") for entry in second]
    found = accepted(link_editions(first, recoded))
    assert found == {(old.key, new.key): LinkType.RENUMBERED for old, new in zip(first, recoded, strict=True)}


def test_rows_without_codes_are_linked_by_name() -> None:
    first, second = write_history(2, 100, [{}], typos=0).editions[Lang.RU]
    first, second = ([replace(entry, code="") for entry in text] for text in (first, second))
    found = accepted(link_editions(first, second))
    assert found == {(old.key, new.key): LinkType.SAME for old, new in zip(first, second, strict=True)}


def test_duplicate_codes_and_equal_rows_go_by_what_tells_them_apart_then_by_order() -> None:
    older = edition(1, "Выдача справки", "Выдача справки", "Выдача справки", code="00101001")
    older[1] = replace(older[1], recipient="Юридические лица")
    newer = [replace(row, key=f"new{n}", ordinal=n) for n, row in enumerate([older[1], older[0], older[2]], 1)]
    found = accepted(link_editions(older, newer))
    assert set(found) == {(older[1].key, "new1"), (older[0].key, "new2"), (older[2].key, "new3")}


def test_empty_editions_and_dead_rows_link_nothing() -> None:
    rows = edition(1, "Выдача паспорта")
    assert link_editions(rows, []) == link_editions([], rows) == link_editions([], []) == []
    assert link_editions(rows, [replace(edition(2, "Выдача паспорта")[0], dead=True)]) == []


def test_a_code_given_to_another_body_s_service_is_not_the_same_service() -> None:
    older = edition(1, "Выдача ветеринарного сертификата", "Регистрация брака")
    newer = edition(2, "Присвоение разряда судьям по спорту", "Регистрация брака")
    newer[0] = replace(newer[0], provider="Комитет спорта", developer="Министерство спорта", bylaw="Иное")
    assert set(accepted(link_editions(older, newer))) == {(older[1].key, newer[1].key)}


def test_what_two_choices_explain_equally_is_a_candidate_with_its_rival() -> None:
    older = edition(1, "Выдача справки о составе семьи заявителя")
    newer = edition(2, "Выдача справки о полном составе семьи", "Выдача справки о неполном составе семьи")
    newer = [replace(row, code=f"0010105{n}") for n, row in enumerate(newer)]
    links = link_editions(older, newer)
    assert {link.state for link in links} == {LinkState.CANDIDATE}
    assert {link.newer for link in links} == {row.key for row in newer}
    assert all(0 < link.probability < 1 for link in links)


def test_a_person_s_word_takes_rows_out_of_the_machine_s_hands() -> None:
    older, newer = edition(1, "Выдача паспорта", "Вызов врача"), edition(2, "Вызов врача", "Выдача паспорта")
    word = Link(LinkType.RENAMED, older[0].key, newer[0].key, 1, "person", LinkState.ACCEPTED, decided_by="aigul")
    assert link_editions(older, newer, [word]) == [] or all(
        older[0].key != link.older and newer[0].key != link.newer for link in link_editions(older, newer, [word])
    )
    refused = replace(word, older=older[1].key, state=LinkState.REFUSED)
    assert (older[1].key, newer[0].key) not in {
        (link.older, link.newer) for link in link_editions(older, newer, [refused])
    }


def test_a_row_comes_back_only_under_its_own_name_and_body() -> None:
    gone, back = edition(1, "Вызов врача"), edition(3, "Вызов  врача", code="00909009")
    (link,) = link_restored(gone, back)
    assert (link.type, link.state) == (LinkType.RESTORED, LinkState.ACCEPTED)
    stranger = [replace(back[0], provider="Другие", developer="Иное")]
    assert [link.state for link in link_restored(gone, stranger)] == [LinkState.CANDIDATE]
    assert link_restored(gone, edition(3, "Вызов ветеринара")) == []
