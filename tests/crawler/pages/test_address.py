"""What an address is about, for every form that the sources have been seen with."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.config import CrawlConfig
from crawler.pages.address import Site, host_of, identify, urls_for
from crawler.pages.records import Lang, PageKind, Target
from crawler.sources.load import load_sources

ACT = "P100000745_"
MIRROR = "https://zakon.uchet.kz"


def sites(**settings: str) -> tuple[Site, ...]:
    return load_sources(CrawlConfig(**settings)).sites  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://adilet.zan.kz/rus/docs/P100000745_", Target("adilet", PageKind.ACT_TEXT, Lang.RU, ACT)),
        ("http://www.adilet.zan.kz/kaz/docs/P100000745_", Target("adilet", PageKind.ACT_TEXT, Lang.KK, ACT)),
        ("https://insecure.zan.kz/eng/docs/p100000745_/", Target("adilet", PageKind.ACT_TEXT, Lang.EN, ACT)),
        ("HTTPS://ADILET.ZAN.KZ:443/RUS/DOCS/P100000745%5F", Target("adilet", PageKind.ACT_TEXT, Lang.RU, ACT)),
        ("https://adilet.zan.kz/rus/docs/P100000745_/info", Target("adilet", PageKind.ACT_INFO, Lang.RU, ACT)),
        ("https://adilet.zan.kz/rus/docs/P100000745_/history#z1", Target("adilet", PageKind.ACT_HISTORY, Lang.RU, ACT)),
        (
            "https://adilet.zan.kz/rus/docs/P100000745_/01.02.2013",
            Target("adilet", PageKind.ACT_TEXT, Lang.RU, ACT, date(2013, 2, 1)),
        ),
        (
            "https://adilet.zan.kz/kaz/archive/docs/P100000745_/01.02.2013?print=1",
            Target("adilet", PageKind.ACT_TEXT, Lang.KK, ACT, date(2013, 2, 1)),
        ),
        (
            "https://zakon.uchet.kz/kaz/history/P100000745_/01.02.2013",
            Target("adilet", PageKind.ACT_TEXT, Lang.KK, ACT, date(2013, 2, 1)),
        ),
        ("https://adilet.zan.kz/robots.txt", Target("adilet", PageKind.ROBOTS)),
        (
            "https://egov.kz/cms/kk/online-services/for_citizen",
            Target("egov", PageKind.PORTAL_LIST, Lang.KK, audience="citizen"),
        ),
        (
            "https://www.egov.kz//cms/en/online-services/for_business/",
            Target("egov", PageKind.PORTAL_LIST, Lang.EN, audience="business"),
        ),
        (
            "https://egov.kz/cms/ru/online-services/for_citizen/2F129_mzsr",
            Target("egov", PageKind.SERVICE_PAGE, Lang.RU, slug="2F129_mzsr"),
        ),
        (
            "https://egov.kz/cms/ru/services/public_health/2F129_mzsr?utm=1#top",
            Target("egov", PageKind.SERVICE_PAGE, Lang.RU, slug="2F129_mzsr"),
        ),
        ("https://egov.kz/cms/kk/services/e_027", Target("egov", PageKind.SERVICE_PAGE, Lang.KK, slug="e_027")),
        (
            "https://egov.kz/cms/ru/services/%D0%BF%D0%B0%D1%81",
            Target("egov", PageKind.SERVICE_PAGE, Lang.RU, slug="пас"),
        ),
    ],
)
def test_every_form_that_was_seen(url: str, expected: Target) -> None:
    assert identify(url, sites()) == expected


@pytest.mark.parametrize(
    "url",
    [
        "",
        "rus/docs/P100000745_",
        "ftp://adilet.zan.kz/rus/docs/P100000745_",
        "https://adilet.zan.kz.example.org/rus/docs/P100000745_",
        "https://adilet.zan.kz@example.org/rus/docs/P100000745_",
        "https://egov.kz@adilet.zan.kz/rus/docs/P100000745_",
        "https://adilet.zan.kz:8443/rus/docs/P100000745_",
        "https://adilet.zan.kz/deu/docs/P100000745_",
        "https://adilet.zan.kz/rus/docs/Z1300000088",
        "https://adilet.zan.kz/rus/docs/P100000745_/31.02.2013",
        "https://adilet.zan.kz/rus/docs/P100000745_/download",
        "https://egov.kz/cms/ru/services/a%2Fb",
        "https://egov.kz/cms/ru/services/..",
        "https://egov.kz/cms/ru/services/a/b/c",
        "https://egov.kz:x/cms/ru/services/a",
        "https://[egov.kz/cms/ru/services/a",
    ],
)
def test_what_is_none_of_our_pages(url: str) -> None:
    assert identify(url, sites()) is None


def test_a_base_address_of_our_own_is_known_beside_the_real_one() -> None:
    ours = sites(adilet_url="http://127.0.0.1:8001/adilet/", egov_url="http://127.0.0.1:8002")
    expected = Target("adilet", PageKind.ACT_TEXT, Lang.RU, ACT)
    assert identify("http://127.0.0.1:8001/adilet/rus/docs/P100000745_", ours) == expected
    assert identify("https://adilet.zan.kz/rus/docs/P100000745_", ours) == expected
    assert identify("http://127.0.0.1:8001/elsewhere/rus/docs/P100000745_", ours) is None
    assert identify("http://127.0.0.1:8002/cms/ru/services/e_027", ours) is not None
    assert identify("http://127.0.0.1:8003/cms/ru/services/e_027", ours) is None


def test_an_edition_is_asked_by_the_configured_forms_in_order() -> None:
    edition = Target("adilet", PageKind.ACT_TEXT, Lang.KK, ACT, date(2013, 2, 1))
    plain, with_mirror = sites()[0], sites(edition_mirror_url=MIRROR)[0]
    two = (
        "https://adilet.zan.kz/kaz/docs/P100000745_/01.02.2013",
        "https://adilet.zan.kz/kaz/archive/docs/P100000745_/01.02.2013",
    )
    assert urls_for(edition, plain) == two
    assert urls_for(edition, with_mirror) == (*two, f"{MIRROR}/kaz/history/P100000745_/01.02.2013")


def test_no_address_for_what_a_site_does_not_have() -> None:
    adilet, egov = sites()
    assert urls_for(Target("egov", PageKind.SERVICE_PAGE, slug="x"), egov) == ()
    assert urls_for(Target("adilet", PageKind.SERVICE_PAGE, Lang.RU, slug="x"), adilet) == ()


targets = st.one_of(
    st.builds(
        Target,
        st.just("adilet"),
        st.sampled_from([PageKind.ACT_INFO, PageKind.ACT_HISTORY]),
        st.sampled_from(Lang),
        st.sampled_from(["P070000561_", ACT, "P1300000983", "V2000019982"]),
    ),
    st.builds(
        Target,
        st.just("adilet"),
        st.just(PageKind.ACT_TEXT),
        st.sampled_from(Lang),
        st.just(ACT),
        st.none() | st.dates(date(1991, 12, 16), date(2099, 1, 1)),
    ),
    st.builds(
        Target,
        st.just("egov"),
        st.just(PageKind.SERVICE_PAGE),
        st.sampled_from(Lang),
        slug=st.text(
            st.characters(categories=["L", "N"], include_characters="_-%.~ə"), min_size=1, max_size=200
        ).filter(lambda slug: slug not in (".", "..")),
    ),
    st.builds(
        Target,
        st.just("egov"),
        st.just(PageKind.PORTAL_LIST),
        st.sampled_from(Lang),
        audience=st.sampled_from(["citizen", "business"]),
    ),
    st.builds(Target, st.just("adilet"), st.just(PageKind.ROBOTS)),
)


@given(targets)
@example(Target("egov", PageKind.SERVICE_PAGE, Lang.RU, slug="%2F"))
def test_a_target_comes_back_from_each_of_its_addresses(target: Target) -> None:
    ours = sites(edition_mirror_url=MIRROR)
    urls = urls_for(target, next(site for site in ours if site.source == target.source))
    assert urls
    assert [identify(url, ours) for url in urls] == [target] * len(urls)


@given(st.text() | st.text().map(lambda tail: f"https://egov.kz/cms/ru/{tail}"))
@example("https://egov.kz]/")
@example("https://adilet.zan.kz/%ff/%00")
def test_any_text_is_an_address_or_none(url: str) -> None:
    found = identify(url, sites())
    assert found is None or host_of(url) == "egov.kz"
