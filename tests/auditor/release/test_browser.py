"""A person with a browser: opens a ready question by its Kazakh title, searches an inflected word, takes a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from auditor.db.session import connect
from auditor.release.stage_build import build_release
from auditor.release.ui import condition, languages
from auditor.views.queries import query
from crawler.pages.records import Lang
from tests.auditor.release.site import Site, served
from tests.auditor.release.small import WORDS
from tests.axe import grave
from tests.chromium import chromium, new_page


@pytest.fixture(scope="module")
def site(sample_sqlite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("browsed")
    engine = connect(sample_sqlite)
    build_release(engine, WORDS, folder, folder / "register.sqlite")
    engine.dispose()
    with served(folder, "--release", "register.sqlite") as running:
        yield running


@pytest.fixture
def page(site: Site, tmp_path: Path) -> Iterator[Page]:
    errors: list[str] = []
    with chromium() as browser:
        opened = new_page(browser, accept_downloads=True)
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on("request", lambda asked: errors.append(asked.url) if not asked.url.startswith(site.url) else None)
        opened.goto(site.url)
        yield opened
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
    phone = new_page(browser, locale="ru-RU", viewport={"width": 360, "height": 740})
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


#: Pages that speak with most of Datasette's words, below the release's address, and more kinds of them.
PAGES = ("", "/entries?name__contains=справк&_facet=year&year=2024&_sort_desc=name", "?sql=select+:a", "/gone")
MORE_PAGES = (
    *("/find?words=справками", "/services/1", "/search_documents?_search=справка", "/entries?_where=1%3D1"),
    *("?sql=select+a.entry_key+from+entries+a,entries+b", "?sql=select+*+from+gone", "?sql=drop+table+entries"),
)
BOMB = "?sql=with+recursive+c(x)+as+(select+1+union+all+select+x%2B1+from+c)+select+count(*)+from+c"


@pytest.mark.parametrize("lang", ["en", "ru", "kk"])
def test_each_kind_of_page_is_open_to_a_screen_reader(page: Page, site: Site, lang: str) -> None:
    browser = page.context.browser
    assert browser
    opened = new_page(browser, locale=lang)
    kinds = (*PAGES, *MORE_PAGES) if lang == "ru" else PAGES
    for address in (site.url, *(f"{site.url}{site.id}{path}" for path in kinds)):
        opened.goto(address)
        assert opened.evaluate("document.documentElement.lang") == lang
        assert opened.get_by_role("main").count() == 1
        assert not grave(opened), address
    opened.context.close()


#: Address → heading and reason in Russian, the same in Kazakh; a question that fails keeps the release as its heading.
REFUSALS = {
    "/gone": ("Ошибка 404", "В этом выпуске нет ни такой таблицы, ни такого вопроса.", "Қате 404", "мұндай кесте де"),
    "?sql=drop+table+entries": (
        "Такой вопрос задать нельзя",
        "только запрос SELECT",
        "сұрақ қоюға болмайды",
        "Тек SELECT",
    ),
    "?sql=select+gone+from+entries": ("", "Нет столбца gone.", "", "gone бағаны жоқ."),
    "?sql=select+readfile('x')": ("", "Нет функции readfile.", "", "readfile функциясы жоқ."),
    "?sql=attach+'x'+as+y": (
        "Такой вопрос задать нельзя",
        "только запрос SELECT",
        "сұрақ қоюға болмайды",
        "Тек SELECT",
    ),
    "?sql=select+zeroblob(99000)+from+entries": ("", "Ответ слишком велик", "", "Жауап тым үлкен"),
    "?sql=select+from+entries": ("", 'Ошибка в записи SQL возле "from"', "", '"from" маңында'),
    "?sql=select+load_extension('x')": ("", "Выпуск можно только читать", "", "тек оқуға болады"),
    "/entries?_sort=gone": ("Ошибка 400", "По столбцу gone упорядочить нельзя.", "Қате 400", "gone бағаны бойынша"),
    "/entries?_through=x": ("Ошибка 400", "_through записан неверно.", "Қате 400", "_through дұрыс жазылмаған."),
    "?sql=select+*+from+search+where+search+match+'\"'": ("", "Слова для поиска", "", "Іздеу сөздері"),
    "?sql=select+substr()": ("", "У функции substr не столько аргументов.", "", "substr функциясының"),
    "?sql=select+avg(count(*))+from+entries": ("", "Функция count здесь не применяется.", "", "count функциясы мұнда"),
    "?sql=select+1+union+select+1,2": ("", "слева и справа от UNION разное число столбцов", "", "UNION екі жағындағы"),
    "?sql=select+1+order+by+5": ("", "В ORDER BY место 1 не указывает", "", "ORDER BY ішіндегі 1-орын"),
    BOMB: ("слишком много времени", "на вопрос даётся секунд: 2", "тым көп уақыт", "2 секунд беріледі"),
}


def test_what_is_refused_is_told_in_the_readers_language(page: Page, site: Site) -> None:
    browser = page.context.browser
    assert browser
    for lang, place, told in (("ru", 0, "Ответ базы данных"), ("kk", 2, "Дерекқордың ағылшынша жауабы")):
        reader = new_page(browser, locale=lang)
        for path, said in REFUSALS.items():
            reader.goto(f"{site.url}{site.id}{path}")
            assert said[place] in reader.locator("h1").inner_text(), path
            assert said[place + 1] in reader.locator(".message-error").inner_text(), path
            assert not reader.locator(".message-error [lang=en]").count(), path
        reader.goto(f"{site.url}{site.id}?sql=select+1+from+entries+limit+'a'")
        assert reader.locator(".message-error [lang=en]").inner_text() == "datatype mismatch", "no words of ours for it"
        assert told in reader.locator(".message-error").inner_text(), "the reader is told whose words these are"
        reader.goto(f"{site.url}gone")
        reader.locator("main a, [role=main] a").click()
        assert reader.url == site.url, "a refusal leads back"
        reader.context.close()
    page.goto(f"{site.url}{site.id}{BOMB}")
    assert "stopped at its time limit of 2 seconds" in page.locator(".message-error").inner_text()
    assert "sql_time_limit_ms" not in page.content(), "a reader cannot set it"


def test_conditions_are_told_in_the_readers_language(page: Page, site: Site) -> None:
    browser = page.context.browser
    assert browser
    reader = new_page(browser, locale="ru")
    reader.goto(f"{site.url}{site.id}/entries?name__contains=справк&year__gt=2012&_sort_desc=name")
    told = "при условии: name содержит «справк», year > 2012; порядок: name по убыванию"
    assert reader.locator("h3").first.inner_text().endswith(told)
    assert reader.title().endswith(told)
    words = reader.locator("select[name=_filter_op] option").all_inner_texts()
    assert {"содержит", "начинается с", "пусто", "не указано"} <= set(words)
    assert not [one for one in words if " " in one and one.isascii() and one != "not like"]
    reader.get_by_role("combobox", name="Условие").last.select_option("содержит")
    reader.get_by_role("combobox", name="Столбец").last.select_option("code")
    reader.get_by_role("textbox", name="Значение").last.fill("001")
    reader.get_by_role("button", name="Применить").click()
    assert "code__contains=001" in reader.url
    menu = reader.get_by_role("button", name="Меню столбца: act")
    menu.focus()
    reader.keyboard.press("Enter")
    assert reader.evaluate("document.activeElement.textContent") == "По возрастанию"
    reader.keyboard.press("Enter")
    reader.wait_for_url("**_sort=act*")
    reader.context.close()
    kinds = [("name", "contains", "x"), ("year", "notnull", ""), ("code", "in", "1,2")]
    assert condition("where", kinds, {}, "kk") == "шарты: name ішінде «x» бар, year көрсетілген, code: «1,2» бірі"
    assert condition("where 1=1", [], {"_where": "1=1"}, "ru") == "where 1=1"
    searched = 'where search matches "a"'
    assert condition(searched, [], {"_search": "a"}, "ru") == "при условии: по словам «a»"
    assert condition("where x", kinds[:1], {"_search": "a"}, "ru") == "при условии: name содержит «x»", "not searched"


@pytest.mark.parametrize(
    ("accepted", "first"),
    [("", "en"), ("de", "en"), ("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("en;q=0.5, kk-KZ;q=0.7", "kk"), ("ru;q=x,*", "en")],
)
def test_the_browser_says_which_language_its_reader_wants(accepted: str, first: str) -> None:
    found = languages(accepted)
    assert found[0] == first
    assert sorted(found) == ["en", "kk", "ru"]
