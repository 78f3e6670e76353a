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
    r"(?:исключен(?:а|о|ы)?\b|утратил(?:а|о|и)? силу|утративш\w+ силу|ал(?:ын)?ып тасталды|ал(?:ын)?ып тасталған"
    r"|күші жойылды|күші жойылған|күшін жойды|күшін жойған)"
)
_DEAD_ANYWHERE = re.compile(_DEAD_WORDS)
_DEAD_AT_START = re.compile(
    rf"[\W\d]*(?:(?:строка|строки|пункт|позиция|жол|тармақ)[\W\d]*)?(?:(?:порядковы\w+ номер\w*)[\W\d]*)?{_DEAD_WORDS}"
)
#: A cheap look at a raw text before it is folded: how the words above begin, look-alike letters let through.
_DEAD_HINT = re.compile(r"[\W\d]*(?:[иИ]с|[уУ]т|[аaАA]л|[кkКK][үҮ]|[сcСC]т|[пПжЖтT])", re.DOTALL)
_NOTE = re.compile(
    r"[\s*]*(?:Сноска\.|Ескерту\.|Примечание\s+(?:ИЗПИ|РЦПИ)|(?:ЗҚАИ|РҚАО)\S*\s+(?:ескерт)|Ескерту\s*[!:]|Примечание\s*[!:.])",
    re.IGNORECASE,
)
_APPENDIX = re.compile(r"\s*(?:приложение|қосымша|\d+\s*-?\s*қосымша)\b", re.IGNORECASE)
_SMALL_NUMBER = re.compile(r"\(?(\d{1,2})[.)]?")


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
    folded = fold_homoglyphs(plain(text)).casefold().replace("ё", "е")
    return bool(_DEAD_AT_START.match(folded) if at_start else _DEAD_ANYWHERE.search(folded))


def is_note(text: str) -> bool:
    """Whether a text is an editor's note on the act («Сноска.», «Ескерту.», «Примечание ИЗПИ…», «РҚАО-ның …»)."""
    return bool(_NOTE.match(text))


def is_appendix(text: str) -> bool:
    """Whether a text is the heading of an appendix."""
    return bool(_APPENDIX.match(text))


def is_column_numbers(texts: Sequence[str]) -> bool:
    """Whether a row's texts are the column numbers 1, 2, 3… that follow a heading."""
    numbers = [_SMALL_NUMBER.fullmatch(text.strip()) for text in texts]
    values = [int(number[1]) for number in numbers if number]
    return len(values) >= 3 and len(values) == len(texts) and values == list(range(values[0], values[0] + len(values)))


def is_bare_number(text: str) -> bool:
    """Whether a text is a small number alone, as in the row of column numbers."""
    return len(text) < 6 and bool(_SMALL_NUMBER.fullmatch(text))
