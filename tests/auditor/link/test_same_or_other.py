"""What decides where names alone do not: kinds of a service, bodies that change, by-laws, whom a service is for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from auditor.account.compute import account
from auditor.account.records import Term, TermName, Unit
from auditor.link.editions import link_editions
from auditor.records import Entry, Link, LinkState, LinkType
from crawler.pages.records import Lang

_AROUND = ("Выдача удостоверения ветерана", "Вызов врача на дом", "Регистрация залога судна", "Аттестация оценщиков")
_BYLAW = "Об утверждении Правил оказания государственной услуги, приказ Министра от 31 января 2020 года № {}"


def edition(year: int, *names: str) -> list[Entry]:
    """Rows of these names under one heading, behind four rows that never change."""
    day = date(year, 1, 1)
    return [
        Entry(
            id=place, key=f"V1/{day}/ru/{place}", act="V1", edition_date=day, lang=Lang.RU, ordinal=place,
            number=str(place), code=f"00101{place:03d}", name=name, section="Документы", subsection="Получение",
            provider="Акимат", developer="Министерство юстиции", bylaw=_BYLAW.format(100 + place),
        )
        for place, name in enumerate((*_AROUND, *names), 1)
    ]  # fmt: skip


def changes(links: list[Link]) -> list[tuple[LinkType, LinkState]]:
    """Type and state of the links that are more than `same`, in order."""
    return [(link.type, link.state) for link in links if link.type is not LinkType.SAME]


def term(older: list[Entry], newer: list[Entry], name: TermName) -> Term:
    """One term of the account of rows between two editions."""
    return account(older, newer, link_editions(older, newer), Unit.ROWS, digitised=False).terms[name]


def kinds(rows: list[Entry], *said: str) -> list[Entry]:
    """The last row as several of one code, each of another kind."""
    last = rows[-1]
    parts = [
        replace(last, key=f"{last.key}~{n}", subname=kind, ordinal=last.ordinal + n) for n, kind in enumerate(said)
    ]
    return [*rows[:-1], *parts]


def test_a_service_that_gets_kinds_is_split_and_nothing_is_born() -> None:
    older = edition(2020, "Выдача паспортов гражданам")
    newer = kinds(edition(2021, "Выдача паспортов гражданам"), "Первичная выдача", "Обмен", "Восстановление")
    assert changes(link_editions(older, newer)) == [(LinkType.SPLIT, LinkState.ACCEPTED)] * 3
    assert (term(older, newer, TermName.SPLITS).value, term(older, newer, TermName.BIRTHS).high) == (2, 0)


def test_kinds_put_together_again_are_a_merger() -> None:
    older = kinds(edition(2020, "Выдача паспортов гражданам"), "Первичная выдача", "Обмен")
    newer = edition(2021, "Выдача паспортов гражданам")
    assert changes(link_editions(older, newer)) == [(LinkType.MERGED, LinkState.ACCEPTED)] * 2
    assert (term(older, newer, TermName.MERGERS).value, term(older, newer, TermName.DEATHS).high) == (1, 0)


def test_a_new_kind_beside_a_service_without_one_is_born() -> None:
    older = edition(2020, "Выдача паспортов гражданам")
    newer = edition(2021, "Выдача паспортов гражданам", "Выдача паспортов гражданам")
    newer[-1] = replace(newer[-1], subname="Обмен")
    assert changes(link_editions(older, newer)) == []
    assert term(older, newer, TermName.BIRTHS).low == 1


def test_who_takes_a_service_over_brings_an_own_by_law() -> None:
    older, newer = (edition(year, "Выдача разрешения на хранение гражданского оружия") for year in (2020, 2021))
    newer[-1] = replace(
        newer[-1], code="00101099", provider="Комитет", developer="Министерство внутренних дел", bylaw=_BYLAW.format(7)
    )
    assert changes(link_editions(older, newer)) == [(LinkType.TAKEN_OVER, LinkState.ACCEPTED)]


def test_a_short_name_of_another_body_elsewhere_is_no_certain_link() -> None:
    older, newer = (edition(year, "Выдача архивных справок") for year in (2020, 2021))
    newer[-1] = replace(newer[-1], code="00909001", section="Суд", subsection="Архивы", provider="Суд",
                        developer="Верховный суд", bylaw=_BYLAW.format(7))  # fmt: skip
    assert (LinkType.SAME, LinkState.ACCEPTED) not in changes(link_editions(older, newer))
    assert all(state is LinkState.CANDIDATE for _, state in changes(link_editions(older, newer)))


def test_a_wholly_other_name_is_the_same_service_if_it_alone_has_the_by_law() -> None:
    older, newer = edition(2020, "Присвоение звания профессора"), edition(2021, "Подтверждение квалификации")
    assert changes(link_editions(older, newer)) == [(LinkType.RENAMED, LinkState.ACCEPTED)]
    shared = [[replace(row, bylaw=_BYLAW.format(1)) for row in rows] for rows in (older, newer)]
    assert changes(link_editions(*shared)) == [(LinkType.RENAMED, LinkState.CANDIDATE)]
    assert (term(*shared, TermName.BIRTHS).low, term(*shared, TermName.BIRTHS).high) == (0, 1)


def test_the_row_for_persons_does_not_become_the_row_for_companies() -> None:
    older = edition(2020, "Регистрация тракторов для физических лиц", "Регистрация тракторов для юридических лиц")
    newer = edition(2021, "Регистрация тракторов для юридических лиц в электронном виде")
    found = {(link.older, link.newer) for link in link_editions(older, newer) if link.state is LinkState.ACCEPTED}
    assert (older[-2].key, newer[-1].key) not in found


def test_a_whole_that_goes_on_in_longer_names_is_split_even_if_its_words_repeat() -> None:
    older = edition(2020, "Выдача выписок для юридических лиц")
    newer = edition(2021, *(f"Выдача выписок для юридических лиц для {whom}" for whom in ("юридических лиц", "банков")))
    assert changes(link_editions(older, newer)) == [(LinkType.SPLIT, LinkState.ACCEPTED)] * 2


def test_rivals_tell_a_person_that_more_than_one_may_be_true() -> None:
    older = edition(2020, "Сведения Центра психиатрии", "Сведения Центра наркологии")
    newer = edition(2021, "Справка Центра о динамическом наблюдении")
    older, newer = ([replace(row, bylaw=_BYLAW.format(1)) for row in rows] for rows in (older, newer))
    newer[-1] = replace(newer[-1], code="00101044")
    links = [link for link in link_editions(older, newer) if link.state is LinkState.CANDIDATE]
    assert {link.older for link in links} == {row.key for row in older[-2:]}
    assert all("merged" in dict(link.evidence)["several"] for link in links)
