"""The sample's portal: its lists lead to pages, its pages say results, its faults are where they are meant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup

from crawler.pages.text import looks_kazakh, plain
from crawler.sample.data import register, words
from crawler.sample.egov import AUDIENCES, PORTAL_LANGS, portal
from crawler.sample.site import pages
from crawler.sample.truth import truth

LEAST = {"ru": 60, "kk": 40, "en": 20}


def links(lang: str, audience: str) -> Iterator[tuple[str, str, str]]:
    """(category, name, address) of a list."""
    soup = BeautifulSoup(pages("egov")[f"/cms/{lang}/online-services/for_{audience}"].body, "lxml")
    for item in soup.select("div.category-item"):
        heading = item.find("h2")
        assert heading is not None
        for link in item.select("li > a[href]"):
            yield heading.get_text(), link.get_text(), str(link["href"])


def service_page(lang: str, slug: str) -> BeautifulSoup:
    return BeautifulSoup(pages("egov")[f"/cms/{lang}/online-services/for_citizen/{slug}"].body, "lxml")


def result_lines(lang: str, slug: str) -> list[str]:
    for block in service_page(lang, slug).select("div.info-block-horizontal"):
        heading, *rest = [line.get_text() for line in block.find_all("p")]
        if heading == words()["portal"]["result"][lang]:
            return rest
    raise AssertionError(f"{slug} has no result block")


@pytest.mark.parametrize("lang", PORTAL_LANGS)
def test_every_link_answers_but_the_named_dead_one(lang: str) -> None:
    addresses = {address for audience in AUDIENCES for _, _, address in links(lang, audience)}
    dead = {address.rsplit("/", 1)[-1] for address in addresses if address not in pages("egov")}
    assert dead == ({"e_016"} if lang != "en" else set())
    answering = {address.rsplit("/", 1)[-1] for address in addresses} - dead
    assert len(answering) >= LEAST[lang]
    assert len(answering) == truth()["portal"]["pages"][lang]


@pytest.mark.parametrize("lang", PORTAL_LANGS)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_lists_are_as_long_as_truth_says(lang: str, audience: str) -> None:
    listed = list(links(lang, audience))
    assert len(listed) == truth()["portal"]["listings"][lang][audience] > 0
    categories = {texts[lang] for texts in words()["categories"].values()}
    assert {category for category, _, _ in listed} <= categories


def test_pages_are_in_the_language_of_their_address() -> None:
    for path, page in pages("egov").items():
        if path.endswith("robots.txt"):
            continue
        text = BeautifulSoup(page.body, "lxml").select_one("#region-content")
        assert text is not None
        assert looks_kazakh(text.get_text()) is path.startswith("/cms/kk/"), path
        assert path.startswith("/cms/en/") is not any("\u0400" <= char <= "\u04ff" for char in text.get_text()), path


def test_one_service_in_two_categories_and_one_for_both_audiences() -> None:
    citizens = [address for _, _, address in links("ru", "citizen")]
    assert {address for address in citizens if citizens.count(address) > 1} == {
        "/cms/ru/online-services/for_citizen/pass151_mz"
    }
    assert {a for _, _, a in links("ru", "business")} & set(citizens) == {"/cms/ru/online-services/for_citizen/e_048"}


def test_result_is_under_its_heading_or_empty_where_it_is_meant_to_be() -> None:
    empty = {(fault["lang"], fault["slug"]) for fault in portal()["empty_result"]}
    for lang in PORTAL_LANGS:
        for service in register().services.values():
            if lang in service.langs():
                found = result_lines(lang, service.slug)
                assert (not found) is ((lang, service.slug) in empty), service.slug


def test_pasted_results_are_the_siblings_own() -> None:
    for fault in portal()["pasted_result"]:
        assert result_lines(fault["lang"], fault["slug"]) == result_lines(fault["lang"], fault["from"])


@pytest.mark.parametrize(("fault", "char"), [("soft_hyphens", "\u00ad"), ("no_break_spaces", "\u00a0")])
def test_characters_that_no_reader_sees(fault: str, char: str) -> None:
    for each in portal()[fault]:
        title = service_page(each["lang"], each["slug"]).find("h1")
        assert title is not None
        assert char in title.get_text()
        assert char not in plain(title.get_text())


def test_order_button_stands_where_a_service_can_be_ordered() -> None:
    order = words()["portal"]["order"]
    for slug in portal()["not_orderable"]:
        assert order["ru"] not in service_page("ru", slug).get_text()
    for lang in PORTAL_LANGS:
        assert order[lang] in service_page(lang, "037pass_mon").get_text()


def test_register_and_portal_do_not_cover_each_other() -> None:
    facts = truth()["portal"]
    assert len(facts["phantoms"]) >= 10
    assert len(facts["unregistered"]) >= 5
    renamed = [
        s for s in register().services.values() if s.slug and s.listing.get("ru", s.names["ru"]) != s.names["ru"]
    ]
    assert len(renamed) >= 1
    coded = [slug for slug, code in facts["links"].items() if code and code in slug]
    assert len(coded) >= 3, "slugs that carry the register's code"


def test_robots_allows_everything() -> None:
    assert pages("egov")["/robots.txt"].body == b"User-agent: *\nDisallow:\n"
