"""The site in a real browser: no error, no request off the disk, keyboard, accessibility, a phone, print."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from auditor.corrections.records import Correction
from auditor.measure.report_records import Report
from reports.build import Wanted, build
from reports.i18n import LANGUAGES
from reports.pages import environment
from reports.views.facts import file_of
from tests.axe import grave
from tests.chromium import chromium, new_page
from tests.reports.records import HOSTILE, body_of, small_report

#: Words that stand on more than one line without a hyphen: too narrow a place broke them where it ended.
_BROKEN = """all => all.flatMap(one => {
  const broken = [], walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) for (const found of walker.currentNode.data.matchAll(/\\p{L}+/gu)) {
    const range = document.createRange();
    range.setStart(walker.currentNode, found.index);
    range.setEnd(walker.currentNode, found.index + found[0].length);
    if (new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1) broken.push(found[0]);
  }
  return broken;
})"""
#: Where pictures of each page kind are left, if this names a folder; settings of the product are taken from tests.
PICTURES = "PAGE_PICTURES"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def kinds(sample_report: Report) -> tuple[str, ...]:
    """One page of each kind."""
    record = max(
        (one for one in sample_report.services.values() if one.row and one.listings), key=lambda one: len(one.stays)
    )
    return (
        *("index.html", "figures.html", "growth.html", "growth/2020.html", "series.html", "register/2024.html"),
        *(
            "ministries/index.html",
            "sections/index.html",
            "services/index.html",
            f"services/{file_of(record.key)}.html",
            "dead-ends.html",
        ),
        *("label-flips.html", "changes.html", "portal.html", "method.html", "codebook.html", "cards.html"),
        *("dictionary.html", "limits.html", "corrections.html", "editions.html", "files.html"),
    )


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test for anything said on the console and for any request that leaves the disk."""
    opened = new_page(browser, viewport={"width": 1280, "height": 900})
    trouble: list[str] = []
    opened.on("console", lambda message: trouble.append(f"console: {message.text}"))
    opened.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    opened.on("request", lambda asked: None if asked.url.startswith("file:") else trouble.append(f"asked {asked.url}"))
    opened.on("requestfailed", lambda asked: trouble.append(f"not there: {asked.url}"))
    yield opened
    opened.context.close()
    assert not trouble


def show(page: Page, site: Path, path: str) -> None:
    page.goto(f"file://{site}/{path}")


def group_of(site: Path, folder: str) -> str:
    return next(one.name for one in sorted((site / "ru" / folder).glob("*.html")) if one.name != "index.html")


def pictured(page: Page, name: str) -> None:
    if os.environ.get(PICTURES):
        page.screenshot(path=Path(os.environ[PICTURES]) / f"{name}.png")


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_each_kind_of_page_is_sound_and_fits_a_phone(page: Page, site: Path, kinds: tuple[str, ...], lang: str) -> None:
    for path in (f"{lang}/{kind}" for kind in (*kinds, f"ministries/{group_of(site, 'ministries')}")):
        show(page, site, path)
        assert page.evaluate("document.documentElement.lang") == lang
        name = path.replace("/", "_").removesuffix(".html")
        pictured(page, name)
        page.set_viewport_size({"width": 360, "height": 740})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, f"{path} is {wide} pixels wide on a phone"
        pictured(page, f"{name}-phone")
        page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_the_numbers_game_is_told_in_one_screen(page: Page, site: Path, lang: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    show(page, site, f"{lang}/index.html")
    for part in ("announced", "table", "behind", "moved", "sure"):
        end = page.eval_on_selector(f".{part}", "one => one.getBoundingClientRect().bottom")
        assert end <= 800, f"{part} ends at {end}"
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert not page.eval_on_selector_all(".matrix th", _BROKEN), f"at {width}"


def test_no_kind_of_page_stops_a_keyboard_or_a_screen_reader(page: Page, site: Path, kinds: tuple[str, ...]) -> None:
    for at, kind in enumerate(kinds):
        # The templates are the same in each language: the languages take turns.
        lang = list(LANGUAGES)[at % len(LANGUAGES)]
        show(page, site, f"{lang}/{kind}")
        assert not grave(page), f"{lang}/{kind}"


def test_a_phone_names_each_cell_by_its_column(page: Page, site: Path) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    show(page, site, "kk/services/index.html")
    heads = page.locator("#services thead th").all_text_contents()
    row = "#services tbody tr:first-child td"
    shown = page.eval_on_selector_all(row, "all => all.map(one => getComputedStyle(one, '::before').content)")
    assert [one.strip('"') for one in shown] == heads


@pytest.mark.parametrize("text", ["\"x\" 'y'", "a\\", "</style><b>", "жол\nжол", "Есім, «атау»", "A1"])
def test_a_label_in_a_style_sheet_is_shown_as_it_is_written(page: Page, text: str) -> None:
    env = environment()
    sheet = env.from_string("<style>p::before{content:{{ text|css_string|safe }}}</style><p>").render(text=text)
    page.set_content(sheet)
    got = page.eval_on_selector("p", "one => getComputedStyle(one, '::before').content")
    back = got[1:-1].replace("\\a ", "\n").replace('\\"', '"').replace("\\\\", "\\")
    assert back == text
    assert page.locator("b").count() == 0


def test_a_kept_page_opens_at_its_row_and_loads_nothing(page: Page, site: Path) -> None:
    show(page, site, "en/register/2024.html")
    page.locator("#register-entries tbody tr a[href*='evidence']").first.click()
    assert "evidence/" in page.url
    row = page.locator("tr:target")
    assert row.count() == 1
    assert row.is_visible()
    assert not grave(page)


def test_the_first_page_leads_into_each_language(page: Page, site: Path) -> None:
    for lang, name in LANGUAGES.items():
        show(page, site, "index.html")
        page.get_by_role("link", name=name).click()
        assert page.evaluate("document.documentElement.lang") == lang
    page.get_by_role("link", name="Русский").click()
    assert page.url.endswith("/ru/index.html"), "the same page in the other language"


def test_a_figure_shows_exactly_the_entries_it_counts_without_a_script(browser: Browser, site: Path) -> None:
    plain = new_page(browser, java_script_enabled=False)
    plain.goto(f"file://{site}/en/index.html")
    line = plain.locator("#dead_ends")
    count = int(line.locator(".value").inner_text())
    line.locator(".value a").click()
    rows = plain.locator("#register-entries tbody tr:visible")
    assert rows.count() == count
    assert plain.locator("#dead_ends").inner_text().startswith("Dead ends")
    plain.get_by_role("link", name="Show every entry").locator("visible=true").click()
    assert plain.locator("#register-entries tbody tr:visible").count() == 185
    plain.context.close()


def test_tables_are_filtered_and_sorted_by_keyboard(page: Page, site: Path) -> None:
    show(page, site, "ru/services/index.html")
    rows = page.locator("#services tbody tr:visible")
    everything = rows.count()
    field = page.get_by_role("searchbox")
    field.focus()
    page.keyboard.type("очередь жилищ")
    shown = rows.count()
    assert 0 < shown < everything
    assert f"строк: {shown} из {everything}" in page.locator("label.filter output").inner_text()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    assert rows.count() == everything
    header = page.locator("#services th").nth(2)
    header.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert header.get_attribute("aria-sort") == "ascending"
    dates = page.locator("#services tbody td:nth-child(3)").all_inner_texts()
    assert dates == sorted(dates)
    page.keyboard.press("Space")
    assert header.get_attribute("aria-sort") == "descending"
    dates = page.locator("#services tbody td:nth-child(3)").all_inner_texts()
    assert dates == sorted(dates, reverse=True)


def test_numbers_are_sorted_as_numbers(page: Page, site: Path) -> None:
    show(page, site, "en/ministries/index.html")
    header = page.locator("table.sortable th").nth(1)
    header.get_by_role("button").press("Enter")
    counts = [int(text) for text in page.locator("table.sortable tbody td:nth-child(2)").all_inner_texts()]
    assert counts == sorted(counts)
    assert len(counts) > 10


def test_a_printed_page_cuts_no_row(page: Page, site: Path, tmp_path: Path) -> None:
    show(page, site, "kk/register/2024.html")
    page.emulate_media(media="print")
    for part in ("tr", "li", "figure"):
        styles = page.eval_on_selector_all(
            part, "all => [...new Set(all.map(one => getComputedStyle(one).breakInside))]"
        )
        assert styles in (["avoid"], []), part
    assert page.locator("label.filter").is_hidden()
    assert page.eval_on_selector("thead", "one => getComputedStyle(one).display") == "table-header-group"
    # A page of A4 at 96 dots an inch is 1,123 high: a row that is higher would have to be cut.
    page.set_viewport_size({"width": 720, "height": 1000})
    assert page.eval_on_selector_all("tr", "all => Math.max(...all.map(one => one.offsetHeight))") < 900
    printed = page.pdf(path=tmp_path / "print.pdf", format="A4")
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page") > 5


def test_paper_shows_every_number_and_what_a_screen_opens(page: Page, site: Path) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})
    for name in ("growth", "figures", "series", "ministries/index", "index"):
        show(page, site, f"ru/{name}.html")
        wide = "all => all.filter(one => one.getBoundingClientRect().right > innerWidth + 1).length"
        assert page.eval_on_selector_all("table, img", wide) == 0, name
        if name == "growth":
            assert page.locator("#rows-births li").first.is_visible()
    ink = page.evaluate("getComputedStyle(document.body).color")
    # Backgrounds are not printed, so white letters on a dark field would be white on white.
    assert page.eval_on_selector_all(
        ".matrix a", "all => [...new Set(all.map(one => getComputedStyle(one).color))]"
    ) == [ink]


def test_years_that_were_not_observed_can_be_sorted_with_the_others(page: Page, site: Path) -> None:
    show(page, site, "ru/series.html")
    table = page.locator("table.series").first
    table.locator("th").nth(1).get_by_role("button").press("Enter")
    years = [text[:4] for text in table.locator("tbody td:first-child").all_inner_texts()]
    counts = table.locator("tbody td:nth-child(2)").all_inner_texts()
    numbers = [int(text) for text in counts if text.isdigit()]
    assert numbers == sorted(numbers)
    assert 0 < len(numbers) < len(years)


def test_a_phone_shows_which_part_of_the_report_is_read(page: Page, site: Path) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    for name in ("limits", "index", "files"):
        show(page, site, f"kk/{name}.html")
        box = page.locator(".mast nav [aria-current]").bounding_box()
        assert box
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= 360, name
        assert page.evaluate("[scrollX, scrollY]") == [0, 0]


def test_a_chart_on_a_phone_keeps_letters_that_can_be_read(page: Page, site: Path) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    show(page, site, "kk/series.html")
    drawn = page.locator(".picture img").bounding_box()
    assert drawn
    assert drawn["width"] > 600
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_hostile_corrections_leave_the_page_sound_on_a_phone(page: Page, tmp_path: Path) -> None:
    report = small_report()
    at = datetime(2026, 2, 1, tzinfo=UTC)
    said = (HOSTILE, "Ж" * 10_000, '"><img src=x onerror=alert(1)>')
    wrong = tuple(
        Correction("digitised", report.as_of, "ru", n, at, n, n + 1, text, "a") for n, text in enumerate(said, 1)
    )
    told = dataclasses.replace(report, corrections=wrong)
    out = build(told, body_of, Wanted(("ru",), {"ru": {}}), tmp_path / "site").parent
    page.on("dialog", lambda asked: pytest.fail(asked.message))
    page.set_viewport_size({"width": 360, "height": 740})
    show(page, out, "ru/corrections.html")
    assert page.locator("tbody tr").count() == len(said)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert not grave(page)
    pictured(page, "ru_corrections-hostile")
