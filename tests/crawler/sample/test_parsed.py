"""The sample's portal, history pages and cards read by the product's parsers: what they give is what the data say."""

from __future__ import annotations

from itertools import chain

import pytest

from crawler.config import CrawlConfig
from crawler.pages.address import identify
from crawler.pages.history import parse_history
from crawler.pages.info import parse_info
from crawler.pages.portal import parse_portal_list, parse_service_page
from crawler.pages.records import PageKind, Target
from crawler.pages.text import plain
from crawler.sample.adilet import ACT, PATH_WORDS
from crawler.sample.data import script, words
from crawler.sample.egov import AUDIENCES, PORTAL_LANGS, listed, listings, portal, result_text
from crawler.sample.play import LANGS, editions
from crawler.sample.site import pages
from crawler.sources.load import load_sources

SOURCES = load_sources(CrawlConfig())


def target(site: str, path: str) -> Target:
    base = {"adilet": "https://adilet.zan.kz", "egov": "https://egov.kz"}[site]
    found = identify(base + path, SOURCES.sites)
    assert found is not None, path
    return found


def test_history_and_card_of_every_act_read_without_a_finding() -> None:
    seen = 0
    for path, page in pages("adilet").items():
        if path.endswith(("/history", "/info")):
            about = target("adilet", path)
            if about.kind is PageKind.ACT_HISTORY:
                history = parse_history(page.body, about)
                assert (history.findings, sum(row.current for row in history.rows)) == ((), 1)
            else:
                card = parse_info(page.body, about)
                assert (card.findings, len(card.fields)) == ((), 5)
            seen += 1
    assert seen == 2 * 2 * 4


@pytest.mark.parametrize("lang", LANGS)
def test_history_of_the_act_in_force_names_what_the_script_has(lang: str) -> None:
    path = f"/{PATH_WORDS[lang]}/docs/{ACT}/history"
    rows = parse_history(pages("adilet")[path].body, target("adilet", path)).rows
    assert [row.date for row in rows] == sorted([*script()["missing"], *(edition.day for edition in editions())])
    assert [row.date for row in rows if row.current] == [e.day for e in editions() if e.spec.get("current")]


@pytest.mark.parametrize("lang", PORTAL_LANGS)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_portal_list_reads_as_the_data_say(lang: str, audience: str) -> None:
    path = f"/cms/{lang}/online-services/for_{audience}"
    found = parse_portal_list(pages("egov")[path].body, target("egov", path), SOURCES["egov"].site)
    expected = chain.from_iterable(
        ((words()["categories"][category][lang], x.slug, x.names[lang]) for x in members)
        for category, members in listed(lang, audience)
    )
    assert [(each.category, each.slug, each.name) for each in found.listings] == list(expected)
    assert (found.complete, found.findings) == (True, ())


@pytest.mark.parametrize("lang", PORTAL_LANGS)
def test_service_pages_read_as_the_data_say(lang: str) -> None:
    for listing in listings():
        if lang not in listing.results or listing.dead:
            continue
        path = f"/cms/{lang}/online-services/for_citizen/{listing.slug}"
        found = parse_service_page(pages("egov")[path].body, target("egov", path))
        empty = {"slug": listing.slug, "lang": lang} in portal()["empty_result"]
        assert plain(found.title) == listing.names[lang]
        assert plain(found.result) == plain(result_text(listing, lang))
        assert found.orderable is (listing.slug not in portal()["not_orderable"])
        assert [finding.code for finding in found.findings] == (["empty_result"] if empty else [])
