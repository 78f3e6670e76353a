"""Rows that were put together or fell apart between bodies, and rows that only look like parts of one."""

from __future__ import annotations

from dataclasses import replace

from auditor.account.records import TermName
from auditor.link.editions import link_editions
from auditor.records import Entry, LinkState, LinkType
from tests.auditor.link.test_same_or_other import changes, edition, term

BEES, DIVERS = "Аккредитация клубов пчеловодов", "Аккредитация школ водолазов"
BOTH = "Аккредитация клубов пчеловодов и школ водолазов"


def elsewhere(row: Entry, **fields: str) -> Entry:
    """The row in another section, of another ministry, under an own by-law."""
    other = {
        "code": "07703009",
        "section": "Наука",
        "subsection": "Обучение",
        "provider": "Комитет науки",
        "developer": "Министерство науки",
        "bylaw": "приказ Министра от 3 мая 2021 года № 777",
    }
    return replace(row, **{**other, **fields})  # type: ignore[arg-type]


def test_a_service_joined_by_another_body_s_is_a_merger_and_no_death() -> None:
    older, newer = edition(2020, BEES, DIVERS), edition(2021, BOTH)
    older[-1] = elsewhere(older[-1])
    assert changes(link_editions(older, newer)) == [(LinkType.MERGED, LinkState.ACCEPTED)] * 2
    assert (term(older, newer, TermName.MERGERS).value, term(older, newer, TermName.DEATHS).value) == (1, 0)


def test_a_part_that_another_body_takes_is_a_split_and_no_birth() -> None:
    older, newer = edition(2020, BOTH), edition(2021, BEES, DIVERS)
    newer[-1] = elsewhere(newer[-1])
    assert changes(link_editions(older, newer)) == [(LinkType.SPLIT, LinkState.ACCEPTED)] * 2
    assert (term(older, newer, TermName.SPLITS).value, term(older, newer, TermName.BIRTHS).value) == (1, 0)


def test_which_of_two_bodies_gave_its_part_is_not_guessed() -> None:
    older, newer = edition(2020, BEES, DIVERS, DIVERS), edition(2021, BOTH)
    older[-2] = elsewhere(older[-2], developer="Министерство спорта", provider="Комитет спорта")
    older[-1] = elsewhere(older[-1])
    kinds = changes(link_editions(older, newer))
    assert (LinkType.MERGED, LinkState.ACCEPTED) not in kinds
    assert term(older, newer, TermName.DEATHS).value == 2


def test_two_rows_far_from_the_whole_are_no_merger_however_their_names_add_up() -> None:
    older, newer = edition(2020, BEES, DIVERS), edition(2021, BOTH)
    older[-2:] = [elsewhere(row, code=f"0770300{n}", bylaw=f"приказ № {n}") for n, row in enumerate(older[-2:], 7)]
    assert LinkType.MERGED not in {link.type for link in link_editions(older, newer)}


def test_another_act_over_the_same_things_is_no_part_of_a_service() -> None:
    older = edition(2020, "Назначение клубов пчеловодов", "Регистрация клубов пчеловодов физическим лицам")
    far = elsewhere(older.pop(), developer=older[0].developer, provider=older[0].provider)
    older.insert(0, replace(far, ordinal=0))
    newer = edition(
        2021, "Назначение клубов пчеловодов физическим лицам", "Назначение клубов пчеловодов юридическим лицам"
    )
    found = {(link.older, link.type) for link in link_editions(older, newer) if link.newer == newer[-2].key}
    assert found == {(older[-1].key, LinkType.SPLIT)}
    assert (term(older, newer, TermName.SPLITS).value, term(older, newer, TermName.DEATHS).value) == (1, 1)


def test_a_misspelt_row_goes_on_and_did_not_fall_into_those_that_hold_its_name() -> None:
    older = edition(2020, "Выдача заключения на оружие")
    newer = edition(
        2021,
        "Выдача заключения на оружи",
        "Выдача заключения на оружие в приграничной зоне",
        "Выдача заключения на оружие на временный срок",
    )
    newer[-2:] = [
        replace(row, code=f"01202{n:03}", subsection="Охрана", bylaw=f"приказ от 3 мая 2021 года № 77{n}")
        for n, row in enumerate(newer[-2:])
    ]
    links = [link for link in link_editions(older, newer) if link.older == older[-1].key]
    assert [(link.newer, link.state) for link in links] == [(newer[-3].key, LinkState.ACCEPTED)]
