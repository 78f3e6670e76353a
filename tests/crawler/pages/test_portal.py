"""The portal's list and service page: what is read, what becomes a finding, and the 106 real services."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.config import CrawlConfig
from crawler.pages.portal import parse_portal_list, parse_service_page
from crawler.pages.records import Lang, Level, PageKind, PortalList, ServicePage, Target
from crawler.pages.text import compare_key
from crawler.sources.load import load_sources
from tests.conftest import SHARED

SITE = load_sources(CrawlConfig())["egov"].site
LIST = Target("egov", PageKind.PORTAL_LIST, Lang.RU, audience="citizen")
PAGE = Target("egov", PageKind.SERVICE_PAGE, Lang.RU, slug="x")


def category(name: str, *links: str) -> str:
    return f'<div class="category-item"><h2>{name}</h2><ul>{"".join(f"<li>{link}</li>" for link in links)}</ul></div>'


def link(slug: str, name: str) -> str:
    return f'<a href="/cms/ru/online-services/for_citizen/{slug}">{name}</a>'


def read_list(*parts: str) -> PortalList:
    menu = '<ul><li><a href="/cms/kk">KK</a></li></ul>'
    html = f'<html><body>{menu}<div id="region-content">{"".join(parts)}</div></body></html>'
    return parse_portal_list(html.encode(), LIST, SITE)


def codes(page: PortalList | ServicePage) -> list[str]:
    return [finding.code for finding in page.findings]


def test_categories_names_positions_and_slugs() -> None:
    page = read_list(
        category("Семья", link("a_1", "Брак\u00a0 за&shy;рубежом"), link("2F3_mf", "Другая")),
        category("Дети", link("b", "Сад")),
    )
    assert [(row.position, row.category, row.slug) for row in page.listings] == [
        (1, "Семья", "a_1"),
        (2, "Семья", "2F3_mf"),
        (3, "Дети", "b"),
    ]
    assert page.listings[0].name == "Брак за\u00adрубежом"
    assert page.listings[0].href == "/cms/ru/online-services/for_citizen/a_1"
    assert page.complete
    assert page.findings == ()


def test_a_service_in_two_categories_is_two_listings_and_a_repeated_line_is_one() -> None:
    page = read_list(category("A", link("x", "X"), link("x", "X")), category("B", link("x", "X")))
    assert [(row.category, row.slug) for row in page.listings] == [("A", "x"), ("B", "x")]
    assert codes(page) == ["listed_twice"]


def test_links_that_are_no_listing_are_findings_with_their_place() -> None:
    page = read_list(
        category(
            "A",
            link("x", "X"),
            '<a href="https://elsewhere.example/cms/ru/services/y">Y</a>',
            '<a href="#">Z</a>',
            "<a>W</a>",
            '<a href="https://egov.kz/cms/ru/services/far/away">V</a>',
        )
    )
    assert [row.slug for row in page.listings] == ["x", "away"]
    assert [(f.code, f.level, f.value) for f in page.findings] == [
        ("other_host", Level.ERROR, "Y <https://elsewhere.example/cms/ru/services/y>"),
        ("no_slug", Level.ERROR, "Z <#>"),
        ("no_slug", Level.ERROR, "W <>"),
    ]
    assert page.findings[0].address == "link 3"
    assert page.complete


def test_a_list_without_categories_is_read_from_the_page_s_own_lists() -> None:
    page = read_list("<ul>", f"<li>{link('x', 'X')}</li><li>{link('y', 'Y')}</li>", "</ul>")
    assert [(row.category, row.slug) for row in page.listings] == [("", "x"), ("", "y")]
    assert codes(page) == ["no_categories"]
    assert page.complete


def test_a_service_outside_the_categories_is_not_lost() -> None:
    page = read_list(f"<ul><li>{link('x', 'X')}</li><li>{link('y', 'Y')}</li></ul>", category("A", link("x", "X")))
    assert [(row.category, row.slug) for row in page.listings] == [("", "y"), ("A", "x")]
    assert codes(page) == ["outside_category"]


@pytest.mark.parametrize("parts", [(), (category("A"),), ("<p>Нет данных</p>",), (category("A", '<a href="#">Z</a>'),)])
def test_an_empty_list_is_not_complete(parts: tuple[str, ...]) -> None:
    page = read_list(*parts)
    assert page.listings == ()
    assert not page.complete
    assert "empty_list" in codes(page)


def test_a_list_whose_links_mostly_lead_to_no_service_page_is_not_complete() -> None:
    strange = [f'<a href="/new/form/{number}">S{number}</a>' for number in range(3)]
    page = read_list(category("A", link("x", "X"), *strange))
    assert not page.complete
    assert [f.code for f in page.findings].count("no_slug") == 3
    assert "unknown_structure" in codes(page)


def test_a_listing_without_text_and_a_category_without_heading() -> None:
    page = read_list(f'<div class="category-item"><ul><li>{link("x", "")}</li></ul></div>')
    assert [(row.category, row.name, row.slug) for row in page.listings] == [("", "", "x")]
    assert codes(page) == ["no_category_name", "no_name"]


def block(*parts: str) -> str:
    return f'<div class="info-block-horizontal">{"".join(parts)}</div>'


def read_page(*parts: str, heading: str = "<h1>Услуга</h1>") -> ServicePage:
    html = f'<html><body><div id="region-content">{heading}{"".join(parts)}</div></body></html>'
    return parse_service_page(html.encode(), PAGE)


@pytest.mark.parametrize(
    "heading",
    [
        "Результат оказания услуги",
        "Результат\u00a0оказания  услуги:",
        "Рeзультaт оказания услуги",  # with Latin letters
        "Қызмет көрсету нәтижесі",
        "Қызмет көрcету нəтижесi",  # with Latin letters
        "Мемлекеттік қызметті көрсету нәтижесі",
        "Result of the service delivery",
        "Резуль\u00adтат оказания государственной услуги",
    ],
)
def test_the_result_in_three_languages(heading: str) -> None:
    page = read_page(
        block("<p>Как получить</p>", "<ol><li>Войти.</li><li>Подать.</li></ol>"),
        block(
            f"<p>{heading}</p>", "<p>Справка<br>или  <b>отв</b>ет.</p>", "<ul><li>первое</li><li>второе</li></ul> конец"
        ),
    )
    assert page.title == "Услуга"
    assert page.result == "Справка\nили ответ.\nпервое\nвторое\nконец"
    assert page.blocks[0] == ("Как получить", "Войти.\nПодать.")
    assert page.findings == ()


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ((block("<p>Результат оказания услуги</p>"),), "empty_result"),
        ((block("<p>Срок</p>", "<p>1 день</p>"),), "no_result"),
        ((), "no_blocks"),
        ((block("<p>Результат приема</p>", "<p>x</p>"),), "unknown_heading"),
        ((block("текст без абзаца"), block("<p>Результат оказания услуги</p>", "<p>x</p>")), "no_heading"),
        (
            (block("<p>Результат оказания услуги</p>", "x"), block("<p>Результат оказания услуги</p>", "y")),
            "several_results",
        ),
    ],
)
def test_what_is_odd_about_a_page_is_said(parts: tuple[str, ...], code: str) -> None:
    assert code in codes(read_page(*parts))


def test_two_results_are_both_kept_and_a_block_in_a_block_is_not_doubled() -> None:
    inner = block("<p>Результат оказания услуги</p>", "<p>внутри</p>")
    page = read_page(
        block("<p>Срок</p>", "<p>1 день</p>", inner), block("<p>Результат оказания услуги</p>", "<p>вне</p>")
    )
    assert page.result == "внутри\nвне"
    assert page.blocks[0] == ("Срок", "1 день")


def test_a_page_without_title() -> None:
    page = read_page(block("<p>Результат оказания услуги</p>", "<p>x</p>"), heading="")
    assert page.title == ""
    assert [(f.code, f.level) for f in page.findings] == [("no_title", Level.ERROR)]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<a class="btn" href="#">Заказать услугу онлайн</a>', True),
        ("<button> Заказать\u00a0услугу <b>онлайн</b></button>", True),
        ("<p>перейти по кнопке «Заказать услугу онлайн»</p>", False),
        ('<a href="/x">Как заказать услугу онлайн другому</a>', False),
    ],
)
def test_the_order_button(markup: str, expected: bool) -> None:
    assert read_page(block("<p>Результат оказания услуги</p>", "<p>x</p>"), markup).orderable is expected


PIECES = st.sampled_from(
    [
        '<div class="category-item">', "</div>", "<h2>", "</h2>", "<ul>", "<li>", "</li>", '<a href="', '">', "</a>",
        "<p>", '<div class="info-block-horizontal">', '<div id="region-content">', "<br>", "Результат оказания услуги",
        "<!--", "/cms/ru/services/", "//[", "<script>", "\x00", "<table>", "<?xml", "&#0;", "%zz",
    ]
)  # fmt: skip
MARKUP = st.lists(PIECES | st.text(max_size=5), max_size=30).map(lambda parts: "".join(parts).encode())


@given(
    MARKUP | st.binary(max_size=200), st.sampled_from(["", "text/html; charset=windows-1251", "text/html; charset=x"])
)
def test_any_bytes_are_read_or_refused_without_an_exception(body: bytes, content_type: str) -> None:
    page = parse_portal_list(body, LIST, SITE, content_type)
    assert page.complete is False or page.listings
    assert page.listings or "empty_list" in codes(page)
    assert all(row.slug for row in page.listings)
    service = parse_service_page(body, PAGE, content_type)
    assert service.blocks or "no_blocks" in codes(service)


@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.sampled_from(["a", "b", "c_1", "d"])), min_size=1, max_size=12, unique=True
    )
)
def test_as_many_listings_as_lines(lines: list[tuple[str, str]]) -> None:
    page = read_list(*(category(name, link(slug, f"{name}{slug}")) for name, slug in lines))
    assert [(row.category, row.slug) for row in page.listings] == lines
    assert page.findings == ()


BLOCK = '<div class="info-block-horizontal"><p>Результат оказания услуги</p>'


@pytest.mark.parametrize(
    "inner",
    [BLOCK * 400, BLOCK * 200 + "<p>a</p>" * 2000, BLOCK * 6, BLOCK + "<div>" * 3000, BLOCK + "<b>" * 3000],
    ids=["blocks", "blocks and paragraphs", "six", "elements", "bold"],
)
def test_a_service_page_of_elements_within_each_other_is_refused_with_one_finding(inner: str) -> None:
    page = parse_service_page(f"<html><body><h1>A</h1>{inner}".encode(), PAGE)
    assert (page.title, page.blocks, page.result) == ("", (), "")
    assert [(f.code, f.level) for f in page.findings] == [("nested_too_deep", Level.ERROR)]


def test_blocks_within_blocks_speak_for_themselves() -> None:
    inner = f"{BLOCK}<p>Справка</p><div class='info-block-horizontal'><p>Срок</p><b>День</b></div> выдана</div>"
    page = parse_service_page(f"<html><body><h1>A</h1>{inner}".encode(), PAGE)
    assert page.blocks == (("Результат оказания услуги", "Справка\nвыдана"), ("Срок", "День"))


def test_a_list_of_categories_within_each_other_is_refused_with_one_finding() -> None:
    page = read_list('<div class="category-item"><h2>c</h2>' * 3000 + link("a", "A"))
    assert (page.listings, page.complete) == ((), False)
    assert [(f.code, f.level) for f in page.findings] == [("nested_too_deep", Level.ERROR)]


CAPTURES = SHARED / "captures" / "egov.kz" / "cms" / "ru" / "online-services"
GOLD = SHARED / "gold" / "egov_ru_dev.csv"

if GOLD.exists():
    ROWS = list(csv.DictReader(GOLD.open(encoding="utf-8")))

    def test_the_real_list_has_every_service_once() -> None:
        page = parse_portal_list((CAPTURES / "for_citizen.html").read_bytes(), LIST, SITE, "text/html; charset=utf-8")
        assert page.complete
        assert page.findings == ()
        assert len(page.listings) == 106
        assert len({row.category for row in page.listings}) == 12
        assert {row.slug for row in page.listings} == {row["url"].rsplit("/", 1)[1] for row in ROWS}

    def test_the_real_pages_give_the_results_that_were_coded() -> None:
        differing = []
        for row in ROWS:
            slug = row["url"].rsplit("/", 1)[1]
            page = parse_service_page((CAPTURES / "for_citizen" / f"{slug}.html").read_bytes(), PAGE)
            expected = compare_key(row["result"].partition("\n")[2])
            if compare_key(page.result) != expected or compare_key(page.title) != compare_key(row["name"]):
                differing.append(slug)
            assert page.orderable
            assert [f.code for f in page.findings] == ([] if expected else ["empty_result"])
        assert differing == []
