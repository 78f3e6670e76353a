"""Marks in the register's table: codes, section headings, dead rows, notes, the row of column numbers. Pure text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.pages.text import fold_homoglyphs, plain

_CODE_NOISE = re.compile("[\\s\u00ad\u200b-\u200f\u2060\ufeff.\\-–]+")
_EIGHT_DIGITS = re.compile(r"[0-9]{8}")
_DATES = re.compile(r"\d{1,2}\W+\d{1,2}\W+\d{4}|\d{4}\W+\d{1,2}\W+\d{1,2}|(?:19|20)\d\d\W+(?:19|20)\d\d")
#: «001. Документирование», «00101 Получение паспорта», «001 01. …», «Раздел 001 …»; digits may stand apart.
_SECTION = re.compile(
    r"(?:подраздел|раздел|кіші бөлім|бөлім)?\s*((?:\d[ .]?){5}|(?:\d ?){3})(?!\d)[\s.):–—-]*(?=\W{0,2}[^\W\d])(.+)",
    re.IGNORECASE | re.DOTALL,
)
#: A section and its first life situation in one row.
_BOTH_SECTIONS = re.compile(r"(\d{3})[\s.):–—-]+([^\W\d].*?)\s+(\1\d{2})[\s.):–—-]+([^\W\d].+)", re.DOTALL)
_LONGEST_SECTION = 1_000
_DEAD_WORDS = (
    r"(?:исключен(?:а|о|ы)?\b|исключить\b|исключа[ею]тся\b|подлеж[аи]т исключению"
    r"|утрати(?:л|ла|ло|ли|ть) силу|утрачива[ею]т силу|утративш\w+ силу"
    r"|действие прекра(?:щено|щается|тить)|прекрати(?:л|ла|ло|ли) действие"
    r"|ал(?:ын)?ып таста(?:лды|лған|лсын|лады|у)\b|шығарып таста(?:лды|лған|лсын|лады)\b"
    r"|күші(?:н)? жой(?:ылды|ылған|ылсын|ылады|ды|ған|ады)\b|қолданы(?:сы|луы) тоқтаты(?:лды|лған|лсын|лады)\b)"
)
_DEAD_ANYWHERE = re.compile(_DEAD_WORDS)
_DEAD_AT_START = re.compile(
    rf"(?:примечание)?[\W\d]*(?:(?:строка|строки|строку|подпункт|пункт|позиция|жол|тармақша|тармақ)[\W\d]*)?"
    rf"(?:(?:с )?(?:порядковы\w+ номер\w*)[\W\d]*)?{_DEAD_WORDS}"
)
#: A mark of exclusion begins a text; further in it is not looked for, so that a long text costs nothing.
_LONGEST_DEAD_START = 400
#: A cheap look at a raw text before it is folded: how the words above begin, look-alike letters let through.
_DEAD_HINT = re.compile(r"[\W\d]*(?:[иИ]с|[уУ]т|[аaАA]л|[кkКK][үҮ]|[сcСC]т|[шШ]ы|[дД]е|[қҚ]ол|[пПжЖтT])", re.DOTALL)
_NOTE = re.compile(
    r"[\s*]*(?:Сноска\.|Ескерту\.|Примечание\s+(?:ИЗПИ|РЦПИ)|(?:ЗҚАИ|РҚАО)\S*\s+(?:ескерт)|Ескерту\s*[!:]|Примечание\s*[!:.])",
    re.IGNORECASE,
)
_APPENDIX = re.compile(r"\s*(?:приложение|қосымша|\d+\s*-?\s*қосымша)\b", re.IGNORECASE)
#: Numbers of columns, in one way throughout: «1», «3.1», «(4)», «-5-»; Roman; single letters.
_COLUMN_MARKS = tuple(
    re.compile(rf"[(\[–—-]?\s*(?:{mark})\s*[.)\]–—-]*", re.IGNORECASE)
    for mark in (r"\d{1,2}(?:[.-]\d{1,2})?", "[IVXІХ]{1,5}", r"[^\W\d_]")
)
_TWO_LETTERS = re.compile(r"[^\W\d_]{2}")


def code_of(text: str) -> str:
    """The eight digits of a code, spaces, dots and invisible characters taken out; "" if it is none."""
    if len(text) == 8 and text.isascii() and text.isdigit():
        return text
    digits = _CODE_NOISE.sub("", text)
    return digits if _EIGHT_DIGITS.fullmatch(digits) else ""


def is_date(text: str) -> bool:
    """Whether a text is a date or a span of years, which have eight digits as a code has."""
    return bool(_DATES.fullmatch(text.strip()))


def section_of(text: str) -> tuple[tuple[str, str], ...]:
    """The headings a row's text holds as (code of 3 or 5 digits, words); mostly one, () if it is no heading."""
    text = plain(text)
    if len(text) > _LONGEST_SECTION:
        return ()
    both = _BOTH_SECTIONS.fullmatch(text)
    if both:
        return ((both[1], both[2]), (both[3], both[4]))
    one = _SECTION.fullmatch(text)
    return ((re.sub(r"\D", "", one[1]), one[2].strip()),) if one else ()


def says_dead(text: str, at_start: bool) -> bool:
    """Whether a text says that a row is excluded or repealed; `at_start`: only if it begins so, as names may go on."""
    if at_start and not _DEAD_HINT.match(text):
        return False
    folded = fold_homoglyphs(plain(text[:_LONGEST_DEAD_START] if at_start else text)).casefold().replace("ё", "е")
    return bool(_DEAD_AT_START.match(folded) if at_start else _DEAD_ANYWHERE.search(folded))


def is_note(text: str) -> bool:
    """Whether a text is an editor's note on the act («Сноска.», «Ескерту.», «Примечание ИЗПИ…», «РҚАО-ның …»)."""
    return bool(_NOTE.match(text))


def is_appendix(text: str) -> bool:
    """Whether a text is the heading of an appendix."""
    return bool(_APPENDIX.match(text))


def is_column_numbers(texts: Sequence[str]) -> bool:
    """Whether a row's texts are the marks that number the columns under a heading: 1 2 3…, I II III…, а б в….

    Numbers may repeat or be misprinted; a row of such marks alone names no service.
    """
    return len(texts) >= 3 and any(all(marks.fullmatch(text.strip()) for text in texts) for marks in _COLUMN_MARKS)


def has_word(text: str) -> bool:
    """Whether a text has two letters beside each other; a name without them names nothing."""
    return bool(_TWO_LETTERS.search(text))
