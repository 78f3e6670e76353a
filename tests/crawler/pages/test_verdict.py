"""What a body is judged to be: real pages stay `ok` whatever words they hold, substitutes get their name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.pages.html import decode
from crawler.pages.records import PageKind, Verdict
from crawler.pages.verdict import judge
from tests.conftest import SHARED

HTML = "text/html; charset=utf-8"


def page(body: str, title: str = "Услуга", tail: str = "</body></html>") -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}{tail}".encode()


def service(text: str, head: str = "", foot: str = "") -> bytes:
    block = f'<div class="info-block-horizontal"><p>Результат оказания услуги</p><p>{text}</p></div>'
    return page(f"{head}<h1>Выдача справки о составе семьи</h1>{block}{foot}")


def verdict(
    body: bytes, kind: PageKind = PageKind.SERVICE_PAGE, status: int = 200, content_type: str = HTML
) -> Verdict:
    return judge(status, content_type, body, kind)


LOGIN_IN_HEADER = '<header><a href="/login">Войти</a><form><input type="password" name="p"></form></header>'
CAPTCHA_IN_FOOTER = (
    "<p>Срок оказания услуги составляет пять рабочих дней со дня подачи заявления через портал либо центр, "
    "заявление подписывается электронной цифровой подписью заявителя.</p>"
    '<footer><form id="feedback"><div class="g-recaptcha" data-sitekey="k"></div></form></footer>'
)


@pytest.mark.parametrize(
    "body",
    [
        service("Справка о составе семьи"),
        service("Чтобы получить услугу, нужно авторизоваться на портале и ввести пароль"),
        service("Уведомление о начале: технические работы на объекте, профилактические работы"),
        service("Допуск к работе: вы не робот, captcha не требуется" + " и ещё пояснение" * 12),
        service("Справка", head=LOGIN_IN_HEADER),
        service("Справка", foot=CAPTCHA_IN_FOOTER),
        service("", head='<div class="info-block-horizontal"><p>Как получить<p>Через портал</div>'),
        page('<h1>Справка</h1><div class="info-block-horizontal"><span>Результат</span> Справка</div>'),
        page("<style>.info-block-horizontal {color: red}</style><h1>Справка</h1><p>Выдаётся на портале</p>"),
        page("<p>Согласование технических работ на сетях. " + "Порядок и сроки оказания услуги. " * 40 + "</p>"),
        page('<a href="/login">Вход</a><p>Выдача удостоверения на право управления судном</p>'),
    ],
)
def test_a_page_that_only_speaks_of_logins_works_and_robots_is_ok(body: bytes) -> None:
    assert verdict(body) is Verdict.OK


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (page('<form><div class="g-recaptcha" data-sitekey="k"></div></form>', "adilet"), Verdict.CHALLENGE),
        (page("<h1>Подтвердите, что вы не робот</h1>"), Verdict.CHALLENGE),
        (page("<h1>Сіз робот емес екеніңізді растаңыз</h1>"), Verdict.CHALLENGE),
        (page('<script src="/cdn-cgi/challenge-platform/x.js"></script>', "Just a moment..."), Verdict.CHALLENGE),
        (page("<script>document.cookie='a=1';location.reload()</script>", ""), Verdict.CHALLENGE),
        (page('<div class="container_gamma text"><div class="h-captcha"></div></div>'), Verdict.CHALLENGE),
        (page('<form><input name="u"><input type="password" name="p"></form>'), Verdict.LOGIN),
        (page("<h1>Авторизация</h1><p>Войдите с помощью ЭЦП</p>"), Verdict.LOGIN),
        (page("<p>Құрметті пайдаланушы</p>", "Кіру"), Verdict.LOGIN),
        (page("<h1>Технические работы</h1>"), Verdict.MAINTENANCE),
        (page("<p>На портале ведутся работы. Приносим извинения.</p>"), Verdict.MAINTENANCE),
        (page("<p>Порталда техникалық жұмыстар жүргізілуде.</p>"), Verdict.MAINTENANCE),
        (page("<p>The site is temporarily unavailable.</p>"), Verdict.MAINTENANCE),
        (service("Справка")[:-12], Verdict.TRUNCATED),
        (b"", Verdict.EMPTY),
        (b" \n\t", Verdict.EMPTY),
        (page("<div><!-- nothing --></div>", ""), Verdict.EMPTY),
        (service("", foot="<footer><p>АО «НИТ»</p></footer>"), Verdict.EMPTY),
        (service("", head='<div class="info-block-horizontal"></div>'), Verdict.EMPTY),
        (b"%PDF-1.7 <html>", Verdict.NOT_HTML),
        (b'{"error": "no key"}', Verdict.NOT_HTML),
        (b"not found", Verdict.NOT_HTML),
    ],
)
def test_a_substitute_with_status_200_gets_its_name(body: bytes, expected: Verdict) -> None:
    assert verdict(body) is expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (206, Verdict.TRUNCATED),
        (301, Verdict.REDIRECT),
        (403, Verdict.HTTP_ERROR),
        (404, Verdict.HTTP_ERROR),
        (500, Verdict.HTTP_ERROR),
    ],
)
def test_the_status_speaks_first(status: int, expected: Verdict) -> None:
    assert verdict(service("Справка"), status=status) is expected


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_challenge_behind_an_error_status_is_still_a_challenge(status: int) -> None:
    assert verdict(page('<div class="cf-turnstile"></div>'), status=status) is Verdict.CHALLENGE


def test_html_by_name_but_not_by_type_is_not_html() -> None:
    assert verdict(service("Справка"), content_type="application/pdf") is Verdict.NOT_HTML
    assert verdict(service("Справка"), content_type="") is Verdict.OK


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"User-agent: *\nDisallow: /rus/search/\n", "text/plain", Verdict.OK),
        (b"User-agent: *\nDisallow: /captcha/\n", "", Verdict.OK),
        (b"", "text/plain", Verdict.OK),
        (page("<h1>Главная</h1>"), HTML, Verdict.NOT_HTML),
        (page('<div class="g-recaptcha"></div>'), HTML, Verdict.CHALLENGE),
        (b'{"status": "error"}', "application/json", Verdict.NOT_HTML),
    ],
)
def test_robots_txt_is_text_and_nothing_else(body: bytes, content_type: str, expected: Verdict) -> None:
    assert verdict(body, PageKind.ROBOTS, content_type=content_type) is expected


def _captures() -> list[dict[str, str]]:
    index: Path = SHARED / "captures" / "index.json"
    return json.loads(index.read_text(encoding="utf-8")) if index.exists() else []


def test_every_real_page_is_ok_and_half_of_it_is_truncated() -> None:
    for entry in _captures():
        body = (SHARED / "captures" / entry["file"]).read_bytes()
        kind = PageKind.PORTAL_LIST if entry["url"].endswith("/for_citizen") else PageKind.SERVICE_PAGE
        assert (entry["url"], judge(200, entry["content_type"], body, kind)) == (entry["url"], Verdict.OK)
        assert judge(200, entry["content_type"], body[: len(body) // 2], kind) is Verdict.TRUNCATED


TEXT = "Мемлекеттік қызмет · Выдача справки"
RUSSIAN = "Выдача справки о наличии недвижимости"


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (TEXT.encode(), "text/html; charset=utf-8", TEXT),
        (TEXT.encode(), "text/html; charset=windows-1251", TEXT),
        (TEXT.encode(), "", TEXT),
        (b"\xef\xbb\xbf" + TEXT.encode(), "", TEXT),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "", TEXT),
        (RUSSIAN.encode("cp1251"), "text/html; charset=windows-1251", RUSSIAN),
        (RUSSIAN.encode("cp1251"), "text/html; charset=utf-8", RUSSIAN),
        (RUSSIAN.encode("cp1251"), "", RUSSIAN),
        (RUSSIAN.encode("koi8-r"), 'text/html; charset="KOI8-R"', RUSSIAN),
        ("қызмет".encode("kz1048"), "text/html; charset=kz1048", "қызмет"),
        (TEXT.encode() + b"\xff", "text/html; charset=utf-8", TEXT + "�"),
        (RUSSIAN.encode("cp1251"), "text/html; charset=nonsense", RUSSIAN),
        (RUSSIAN.encode("cp1251"), "text/html; charset=hex", RUSSIAN),
        (b"plain", "text/html; charset=windows-1251", "plain"),
    ],
)
def test_text_is_read_by_what_the_bytes_are(body: bytes, content_type: str, expected: str) -> None:
    assert decode(body, content_type) == expected


def test_the_meta_charset_is_asked_when_the_header_is_silent_and_not_believed_against_the_bytes() -> None:
    koi = f'<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>{RUSSIAN}</p>'
    assert RUSSIAN in decode(koi.encode("koi8-r"), "text/html")
    assert RUSSIAN in decode(f'<meta charset="utf-8"><p>{RUSSIAN}</p>'.encode("cp1251"), "")


FOOTER = f'<div class="footer"><p>{"Институт законодательства. Все права защищены. " * 8}</p></div>'


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ('<div class="g-recaptcha"></div><p>Подтвердите, что вы не робот</p>', Verdict.CHALLENGE),
        ("<p>На сайте ведутся технические работы, приносим извинения</p>", Verdict.MAINTENANCE),
        ("<div><div>Реестр</div></div><table><tr><td>Технические работы</td></tr></table>", Verdict.OK),
        (f"<p>{'Порядок технических работ утверждён приказом. ' * 80}</p>", Verdict.OK),
        ("<p>Приказ утратил силу</p>", Verdict.OK),
    ],
    ids=["challenge", "maintenance", "table", "text", "short"],
)
def test_an_act_is_judged_by_what_stands_in_its_own_element(inside: str, expected: Verdict) -> None:
    body = page(f'<div class="container_gamma text"><article>{inside}</article></div>{FOOTER}')
    assert verdict(body, PageKind.ACT_TEXT) is expected
