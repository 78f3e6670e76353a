"""Whether a body is the page that was asked for, or something a server sends in its place with status 200.

A verdict is given on the whole page, never on a word: service texts speak of logging in and of technical works,
and real pages carry a login link or a captcha in a footer form. So a page that shows the landmarks of its kind
(SOURCES.md names them) is the page, unless they stand around nothing; only where they are missing do the signs of a
substitute count, and only on pages with little text of their own.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import islice

from crawler.pages.html import decode
from crawler.pages.records import PageKind, Verdict
from crawler.pages.text import plain

#: What only the real page of a kind has in its markup.
_ACT = (b"container_gamma", b"ethernatable", b"<article")
_CARD = (*_ACT, b"slogan")
_PORTAL = (b"info-block-horizontal", b"category-item", b"items-list")
_LANDMARKS: dict[PageKind, tuple[bytes, ...]] = {
    PageKind.ACT_TEXT: _ACT,
    PageKind.ACT_INFO: _CARD,
    PageKind.ACT_HISTORY: _ACT,
    PageKind.PORTAL_LIST: _PORTAL,
    PageKind.SERVICE_PAGE: _PORTAL,
    PageKind.ROBOTS: (),
}
#: Elements that hold what a page of a kind is asked for; an act's header is none of them.
_FRAMES: dict[PageKind, str] = {
    PageKind.ACT_TEXT: "container_gamma|ethernatable",
    PageKind.ACT_INFO: "container_gamma|ethernatable",
    PageKind.ACT_HISTORY: "container_gamma|ethernatable",
    PageKind.PORTAL_LIST: "category-item|items-list",
    PageKind.SERVICE_PAGE: "info-block-horizontal",
}
#: Markup of the guards in use: reCAPTCHA, hCaptcha, Turnstile, Yandex, Cloudflare, DDoS-Guard, Imperva.
_GUARDS = (
    b"g-recaptcha",
    b"grecaptcha",
    b"/recaptcha/",
    b"recaptcha.net",
    b"h-captcha",
    b"hcaptcha.com",
    b"smart-captcha",
    b"smartcaptcha",
    b"cf-turnstile",
    b"challenges.cloudflare.com",
    b"challenge-platform",
    b"challenge-form",
    b"cf-chl",
    b"_cf_chl",
    b"jschl",
    b"ddos-guard",
    b"_incapsula_resource",
    b"captcha",
)
_GUARD_WORDS = re.compile(
    r"не робот|робот емес|вы человек|not a robot|are (?:you )?(?:a )?human|checking your browser|just a moment\.\.\."
    r"|проверка (?:вашего )?браузера|введите (?:код|символы) с (?:картинки|изображения)|суреттегі (?:код|таңба)",
    re.IGNORECASE,
)
_SELF_RELOAD = re.compile(r"document\.cookie|location\.(?:reload|replace|href\s*=)", re.IGNORECASE)
_PASSWORD = re.compile(r"<input[^>]{0,300}\btype\s*=\s*[\"']?password", re.IGNORECASE)
_LOGIN_TITLE = re.compile(
    r"^(?:вход|авторизация|войти|войдите|кіру|жүйеге кіру|порталға кіру|log ?in|sign in|authori[sz]ation)\b",
    re.IGNORECASE,
)
_WORKS = re.compile(
    r"(?:техническ|профилактическ|регламентн|ремонтн)(?:ие|их|ые|ых) работ|ведутся работы"
    r"|временно не ?(?:доступ|работает)|техническо[ем] обслуживани"
    r"|(?:техникалық|профилактикалық|жөндеу) жұмыс|уақытша (?:қолжетімсіз|жұмыс істемейді)"
    r"|under maintenance|scheduled maintenance|maintenance mode|temporarily unavailable|back soon",
    re.IGNORECASE,
)
_HTML_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "text/xml", "application/xml", "")
_HTML_START = re.compile(rb"<(?:!doctype html|html|head|body|title|meta|div|p|table|form|script)\b", re.IGNORECASE)
_TITLES = re.compile(r"<(title|h1)\b[^>]*>(.*?)</\1\s*>", re.IGNORECASE | re.DOTALL)
_UNSEEN = re.compile(
    r"<(script|style|noscript|head|template)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_HEADING = re.compile(r"<(h[1-6]|thead|th|caption)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
#: The heading of a service's block is its first paragraph, which need not be closed.
_BLOCK_HEADING = re.compile(r"<p\b[^>]*>.*?(?=</?(?:p|div|ol|ul|dl|table|section)\b|\Z)", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(r"<([a-z][a-z0-9]*)", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
_END = re.compile(rb"<\0?/\0?h\0?t\0?m\0?l", re.IGNORECASE)  # with the zero bytes of UTF-16
#: What no text file has; text in UTF-16 has it too, and no robots.txt parser reads that.
_CONTROL = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")
#: Statuses that guards give their page under, besides 200.
_GUARD_STATUSES = frozenset({401, 403, 405, 429, 503})
#: Characters of visible text above which a page without landmarks is taken for a page of its own, not a substitute.
_MUCH_TEXT = 3000
#: Characters in the landmark's place below which a page with a guard's markup is the guard's: real pages show more.
_LITTLE_TEXT = 150
#: Bytes and elements above which nobody looks whether a page is hollow: a hostile one would be looked at for ever.
_HOLLOW_SIZE, _HOLLOW_FRAMES = 262_144, 40


def judge(status: int, content_type: str, body: bytes, kind: PageKind) -> Verdict:
    """The verdict on a body without content encoding. `content_type` is the header's value, "" when there is none.

    `ok` says that this is a whole page of its own, not that its content makes sense: that is the parser's to say.
    A robots.txt that is HTML is `not_html` (not the document asked for) unless it is a page with a better name.
    """
    if 300 <= status < 400:
        return Verdict.REDIRECT
    if status >= 400:
        guarded = status in _GUARD_STATUSES and _substitute(content_type, body, kind) is Verdict.CHALLENGE
        return Verdict.CHALLENGE if guarded else Verdict.HTTP_ERROR
    html = _HTML_START.search(body, 0, 8192) is not None or body[:2] in (b"\xff\xfe", b"\xfe\xff")
    if kind is PageKind.ROBOTS:
        return _judge_robots(content_type, body, html)
    if not body.strip():
        return Verdict.EMPTY
    if not html or not _is_text(content_type, body):
        return Verdict.NOT_HTML
    return _substitute(content_type, body, kind) or _judge_whole(status, content_type, body, kind)


def is_bare(content_type: str, body: bytes, kind: PageKind) -> bool:
    """Whether a page under verdict ok may be the site's layout alone: nothing in it marks its kind, or it names nothing
    where it should name others.

    One page cannot tell whether that is so or the site has changed, so this is no verdict; asking again can.
    """
    if not _LANDMARKS[kind] or len(body) > _HOLLOW_SIZE:
        return False
    lowered = body.lower()
    if kind is PageKind.ACT_TEXT and b"<table" not in lowered:
        return True
    marked = any(sign in lowered for sign in _LANDMARKS[kind])
    return not marked or _is_hollow(_UNSEEN.sub(" ", decode(body, content_type)), kind)


def _judge_robots(content_type: str, body: bytes, html: bool) -> Verdict:
    """An empty robots.txt is one; a page, a JSON answer or bytes that are no text in its place are not."""
    if html:
        return _substitute(content_type, body, PageKind.ROBOTS) or Verdict.NOT_HTML
    return Verdict.OK if _is_text(content_type, body) and not _CONTROL.search(body) else Verdict.NOT_HTML


def _judge_whole(status: int, content_type: str, body: bytes, kind: PageKind) -> Verdict:
    """Whether a page of its own came to its end, and has anything to read in it."""
    closed = _END.search(body, max(0, len(body) - 4096)) or _END.search(body)
    if status == 206 or not closed:
        return Verdict.TRUNCATED
    if len(body) > _HOLLOW_SIZE:
        return Verdict.OK
    page = _UNSEEN.sub(" ", decode(body, content_type))
    hollow = kind is PageKind.SERVICE_PAGE and _is_hollow(page, kind)
    return Verdict.EMPTY if hollow or not _visible(page) else Verdict.OK


def _is_hollow(page: str, kind: PageKind) -> bool:
    """Whether the elements that hold what was asked for are there, and hold headings at most.

    A site whose own services do not answer sends such pages with status 200.
    """
    names = _FRAMES.get(kind)
    frames = list(islice(re.finditer(rf"<[a-z][^<>]*[\s\"'](?:{names})\b", page, re.IGNORECASE), _HOLLOW_FRAMES + 1))
    if not names or not 0 < len(frames) <= _HOLLOW_FRAMES:
        return False
    return not any(_visible(_below_heading(_element_at(page, frame.start()), kind)) for frame in frames)


def _below_heading(frame: str, kind: PageKind) -> str:
    if kind is PageKind.SERVICE_PAGE:
        frame = _BLOCK_HEADING.sub(" ", frame, count=1)
    return _HEADING.sub(" ", frame)


def _is_text(content_type: str, body: bytes) -> bool:
    declared = content_type.partition(";")[0].strip().lower()
    return declared in _HTML_TYPES and not body.startswith((b"%PDF", b"PK\x03\x04"))


def _substitute(content_type: str, body: bytes, kind: PageKind) -> Verdict | None:
    """Challenge, login or maintenance in place of the page; None when it is the page, or nothing of the kind."""
    lowered = body.lower()
    guard = any(sign in lowered for sign in _GUARDS)
    landmark = next((sign for sign in _LANDMARKS[kind] if sign in lowered), None)
    if landmark and not guard and (kind is not PageKind.ACT_TEXT or b"<table" in lowered):
        return None
    page = decode(body, content_type)
    if landmark and landmark in _PORTAL:  # a short block, and the page goes on after it
        own = _visible(page[max(0, page.lower().find(landmark.decode())) :])
        return None if len(own) >= _LITTLE_TEXT else Verdict.CHALLENGE
    if landmark:
        return _within(page, landmark.decode(), kind, guard=guard)
    text = _visible(page)
    if len(text) >= _MUCH_TEXT:
        return None
    return _name_substitute(page, text, guard)


def _within(page: str, landmark: str, kind: PageKind, *, guard: bool) -> Verdict | None:
    """The verdict on a page with its site's own layout: on what stands in the layout's element alone.

    A footer under it says nothing of the page, and an act is a table or much text.
    """
    inside = _element(page, landmark)
    text = _visible(inside)
    whole = len(text) >= (_MUCH_TEXT if kind is PageKind.ACT_TEXT else _LITTLE_TEXT)
    if whole or "<table" in inside.lower():
        return None
    return _name_substitute(inside, text, guard)


def _element(page: str, landmark: str) -> str:
    """The markup of the first element with the landmark, to its own end tag or that of the page."""
    at = max(0, page.lower().find(landmark))
    return _element_at(page, at if page.startswith("<", at) else max(0, page.rfind("<", 0, at)))


def _element_at(page: str, start: int) -> str:
    opened = _NAME.match(page, start)
    if opened is None:
        return page[start:]
    depth = 0
    for tag in re.finditer(rf"<(/?){opened.group(1)}\b", page[start:], re.IGNORECASE):
        depth += -1 if tag.group(1) else 1
        if depth == 0:
            return page[start : start + tag.start()]
    return page[start:]


def _name_substitute(page: str, text: str, guard: bool) -> Verdict | None:
    titles = [plain(unescape(_TAG.sub(" ", match.group(2)))) for match in _TITLES.finditer(page)]
    if guard or _GUARD_WORDS.search(" ".join((*titles, text))) or (not text and _SELF_RELOAD.search(page)):
        return Verdict.CHALLENGE
    if _PASSWORD.search(page) or any(_LOGIN_TITLE.search(title) for title in titles):
        return Verdict.LOGIN
    if any(_WORKS.search(title) for title in titles) or (len(text) < 600 and _WORKS.search(text)):
        return Verdict.MAINTENANCE
    return None


def _visible(page: str) -> str:
    """The words a person sees, white space folded."""
    return plain(unescape(_TAG.sub(" ", _UNSEEN.sub(" ", page))))
