"""A person with a browser: opens a ready question by its Kazakh title, searches an inflected word, takes a file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from auditor.db.session import connect
from auditor.release.stage_build import build_release
from auditor.release.ui import languages
from auditor.views.queries import query
from crawler.pages.records import Lang
from tests.auditor.release.site import Site, served


@pytest.fixture(scope="module")
def site(sample_sqlite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("browsed")
    engine = connect(sample_sqlite)
    build_release(engine, folder, folder / "register.sqlite")
    engine.dispose()
    with served(folder, "--release", "register.sqlite") as running:
        yield running


@pytest.fixture
def page(site: Site, tmp_path: Path) -> Iterator[Page]:
    errors: list[str] = []
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("no chromium here: `apt-get install chromium` (as .ci/run does) installs it", pytrace=False)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_page(accept_downloads=True)
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on("request", lambda asked: errors.append(asked.url) if not asked.url.startswith(site.url) else None)
        opened.goto(site.url)
        yield opened
        browser.close()
    assert errors == []


def test_a_question_by_its_kazakh_title(page: Page, site: Site) -> None:
    title = query("queues").titles[Lang.KK]
    page.get_by_role("link", name=title, exact=True).click()
    assert page.url == f"{site.url}{site.id}/queues"
    assert title in page.locator("h1").inner_text()
    assert page.locator("table.rows-and-columns tbody tr").count() > 3
    assert page.get_by_role("link", name="xlsx").count() == 1


def test_an_inflected_word(page: Page) -> None:
    page.get_by_role("searchbox").fill("справками")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find?words=*")
    names = page.locator("td.col-name").all_inner_texts() + page.locator("td.col-detail").all_inner_texts()
    assert any("справк" in name.lower() for name in names)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="xlsx").click()
    assert waiting.value.suggested_filename == "find.xlsx"


def test_a_reader_with_a_russian_phone(page: Page, site: Site) -> None:
    browser = page.context.browser
    assert browser
    phone = browser.new_context(locale="ru-RU", viewport={"width": 360, "height": 740}).new_page()
    phone.goto(site.url)
    assert phone.locator("h1").inner_text().startswith("Реестр государственных услуг, выпуск ")
    assert phone.locator("section[lang]").first.get_attribute("lang") == "ru"
    title = query("queues").titles
    phone.get_by_role("link", name=title[Lang.RU], exact=True).click()
    phone.wait_for_url("**/queues")
    told = phone.locator("h1 span").all_inner_texts()
    assert told == [title[Lang.RU], title[Lang.EN], title[Lang.KK]]
    box = phone.locator("h1").bounding_box()
    assert box
    assert box["height"] < 260, "three questions leave room for the answer"
    assert phone.get_by_role("button", name="Выполнить").count() == 1
    for path in ("", "/find?words=справками", "/queues", "/entries"):
        phone.goto(f"{site.url}{site.id}{path}")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360
        assert not phone.get_by_text("Run SQL").count()
    assert phone.locator("h3", has_text="Строк: ").count() == 1
    phone.goto(f"{site.url}{site.id}?sql=select+'Run+SQL'+as+said,'0+results'+as+told")
    assert phone.locator("td.col-said").inner_text() == "Run SQL", "what is data stays as it is"
    phone.goto(f"{site.url}{site.id}/no-such-table")
    assert "404" in phone.locator("h1").inner_text()
    phone.context.close()


@pytest.mark.parametrize(
    ("accepted", "first"),
    [("", "en"), ("de", "en"), ("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("en;q=0.5, kk-KZ;q=0.7", "kk"), ("ru;q=x,*", "en")],
)
def test_the_browser_says_which_language_its_reader_wants(accepted: str, first: str) -> None:
    found = languages(accepted)
    assert found[0] == first
    assert sorted(found) == ["en", "kk", "ru"]
