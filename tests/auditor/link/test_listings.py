"""Portal listings and the services they show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.link.listings import link_listings
from auditor.link.portal_weigh import ServiceName
from auditor.records import Link, LinkState, Listing
from crawler.pages.records import Lang


def listing(slug: str, name: str, lang: Lang = Lang.RU) -> Listing:
    """A line of a portal list."""
    return Listing(1, f"{lang}/{slug}", lang, slug, name, f"https://egov.kz/{slug}")


def named(service: str, name: str, code: str = "", lang: Lang = Lang.RU, *, current: bool = True) -> ServiceName:
    """A service's name."""
    return ServiceName(service, f"entry-{service}-{lang}-{current}", lang, name, code, current)


NAMES = [
    named("S-1", "Вызов врача на дом", "00301005"),
    named("S-1", "Дәрігерді үйге шақыру", "00301005", Lang.KK),
    named("S-2", "Запись на прием к врачу", "00301006"),
    named("S-3", "Выдача лицензии на занятие адвокатской деятельностью", "00701001"),
    named("S-4", "Выдача лицензии на занятие нотариальной деятельностью", "00701002"),
    named("S-5", "Регистрация транспортных средств", "01104003"),
    named("S-6", "Снятие с регистрации транспортных средств", "01104004"),
    named("S-7", "Выдача справки", "00801001"),
    named("S-8", "Выдача справки", "00802001"),
]


def found(*listings: Listing) -> dict[str, list[tuple[str, str, LinkState]]]:
    """Listing key → (service, rule, state) of its links."""
    service = {name.entry: name.service for name in NAMES}
    links: list[Link] = link_listings(listings, NAMES, 90.0)[0]
    result: dict[str, list[tuple[str, str, LinkState]]] = {}
    for link in links:
        result.setdefault(link.newer, []).append((service[link.older], link.rule, link.state))
    return result


def test_the_same_name_but_for_noise_links() -> None:
    assert found(listing("a", "Вызoв  вpача на дом")) == {"ru/a": [("S-1", "name", LinkState.ACCEPTED)]}


def test_many_listings_can_show_one_service() -> None:
    links = found(listing("a", "Вызов врача на дом"), listing("b", "Вызов врача на дом."))
    assert [links[key][0][0] for key in ("ru/a", "ru/b")] == ["S-1", "S-1"]


def test_a_nearly_equal_name_links_and_a_distant_one_does_not() -> None:
    assert found(listing("a", "Запись на приём ко врачу"))["ru/a"] == [("S-2", "similar_name", LinkState.ACCEPTED)]
    assert found(listing("a", "Запись в армию")) == {}


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("Выдача лицензии на занятия адвокатской деятельностью", "S-3"),
        ("Снятие с регистрации транспортного средства", "S-6"),
        ("Регистрация транспортного средства", "S-5"),
    ],
)
def test_a_near_miss_goes_to_the_right_service(name: str, service: str) -> None:
    assert [one[0] for one in found(listing("a", name))["ru/a"]] == [service]


def test_two_services_of_one_name_are_listed_and_not_linked() -> None:
    assert found(listing("a", "Выдача справки"))["ru/a"] == [
        ("S-7", "name", LinkState.CANDIDATE),
        ("S-8", "name", LinkState.CANDIDATE),
    ]


def test_the_code_in_the_slug_decides_between_them_but_proves_nothing_alone() -> None:
    assert found(listing("00802001_mz", "Выдача справки"))["ru/00802001_mz"] == [
        ("S-8", "name_and_slug_code", LinkState.ACCEPTED)
    ]
    assert found(listing("00802001_mz", "Продажа верблюдов")) == {}
    assert found(listing("2F00301005_mz", "Вызов врача домой"))["ru/2F00301005_mz"][0][:2] == ("S-1", "slug_code")


def test_a_listing_without_a_name_of_its_own_follows_its_slug_in_another_language() -> None:
    links = found(listing("a", "Вызов врача на дом"), listing("a", "Calling a doctor", Lang.EN))
    assert links["en/a"] == [("S-1", "same_slug", LinkState.ACCEPTED)]


def test_languages_of_one_slug_that_point_apart_link_nothing_and_are_a_finding() -> None:
    pair = listing("a", "Запись на прием к врачу"), listing("a", "Дәрігерді үйге шақыру", Lang.KK)
    assert {one[2] for links in found(*pair).values() for one in links} == {LinkState.CANDIDATE}
    (finding,) = link_listings(pair, NAMES, 90.0)[1]
    assert (finding.code, finding.address) == ("slug_disagrees", "a")


def test_the_threshold_is_the_caller_s() -> None:
    near = [listing("a", "Запись на прием к дантисту")]
    assert link_listings(near, NAMES, 99.0)[0] == []
    assert link_listings(near, NAMES, 70.0)[0] != []


def weighed(names: list[ServiceName], *listings: Listing) -> dict[str, list[tuple[str, LinkState]]]:
    """Listing key → (service, state) of its links among `names`."""
    service = {name.entry: name.service for name in names}
    result: dict[str, list[tuple[str, LinkState]]] = {}
    for link in link_listings(listings, names, 90.0)[0]:
        result.setdefault(link.newer, []).append((service[link.older], link.state))
    return result


def test_a_name_without_its_kinds_shows_all_kinds() -> None:
    kinds = [replace(named(f"S-{kind}", "Выдача паспортов", "00101001"), subname=kind, entry=kind)
             for kind in ("Первичная выдача", "Обмен")]  # fmt: skip
    assert weighed([*NAMES, *kinds], listing("a", "Выдача паспортов"))["ru/a"] == [
        ("S-Обмен", LinkState.ACCEPTED), ("S-Первичная выдача", LinkState.ACCEPTED)
    ]  # fmt: skip


def test_all_languages_of_an_address_are_weighed_together() -> None:
    names = [
        named("S-1", "Выдача листа о временной нетрудоспособности"),
        named("S-1", "Уақытша еңбекке жарамсыздық парағын беру", lang=Lang.KK),
        *NAMES[2:],
    ]
    trio = (
        listing("a", "Выдача больничного листа"),
        listing("a", "Еңбекке жарамсыздық парағы", Lang.KK),
        listing("a", "Sick leave", Lang.EN),
    )
    assert weighed(names, *trio) == {f"{lang}/a": [("S-1", LinkState.ACCEPTED)] for lang in ("ru", "kk", "en")}


PAY = [
    replace(named("S-10", "Назначение социальной выплаты по случаю потери работы", "00701002"), section="Занятость"),
    named("S-11", "Назначение пособия по случаю потери кормильца", "00703005"),
]


def test_the_result_text_speaks_for_a_service() -> None:
    short = listing("a", "Социальная помощь по случаю потери работы")
    alone = weighed([*NAMES, *PAY], short)
    told = "Уведомление о назначении социальной выплаты либо мотивированный ответ об отказе"
    assert ("S-10", LinkState.ACCEPTED) not in alone.get("ru/a", [])
    assert weighed([*NAMES, *PAY], replace(short, result=told))["ru/a"] == [("S-10", LinkState.ACCEPTED)]


def test_the_category_decides_between_two_services_of_one_name() -> None:
    names = [
        replace(named("S-7", "Выдача архивных справок", "00801001"), section="Образование"),
        replace(named("S-8", "Выдача архивных справок", "00902001"), section="Социальная защита"),
    ]
    school = replace(listing("a", "Выдача архивных справок"), categories=("Образование",))
    assert weighed(names, school)["ru/a"] == [("S-7", LinkState.ACCEPTED)]
    nowhere = replace(school, categories=("Разное",))
    assert {state for _, state in weighed(names, nowhere)["ru/a"]} == {LinkState.CANDIDATE}
