"""What an act's text says of its own amendments: notes on rows excluded, inserted or put in new words, by which order.

«Сноска. … строка 12 исключена приказом … от 14.03.2022 № 81/НҚ», «Ескерту. … 12-1-жолмен толықтырылды – … 14.03.2022
№ 81/НҚ бұйрығымен». Pure text: a note that names no row, or says nothing known of it, gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from crawler.pages.text import fold_homoglyphs, plain

#: Longest part of a note that is kept, and longest span of row numbers that is believed.
_LONGEST_NOTE, _LONGEST_SPAN = 500, 100
_NUMBER = r"\d{1,4}(?:-\d{1,3})?"
_NUMBERS = rf"{_NUMBER}(?:\s*(?:,|;|и|және|мен|[–—])\s*{_NUMBER})*"
_RU_ROWS = re.compile(rf"\bстрок\w*\s*,?\s*(?:с\s+)?(?:порядков\w+\s+номер\w*\s*:?\s*)?№?\s*({_NUMBERS})(?!\.\d)")
_KK_ROWS = re.compile(rf"(?<![\d.])({_NUMBERS})\s*-?\s*(?:ші|шы)?\s*-?\s*жол")
_KK_NUMBERED = re.compile(rf"реттік\s+нөмір\w*\s*:?\s*({_NUMBERS})")
_ORDER = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})\s*(?:г\.?|ж\.?|года|жылғы)?\s*№\s*([\w/-]*\w)", re.IGNORECASE)
_UNDATED = re.compile(
    r"(?:приказ|постановлени)\w*[^№;]{0,300}№\s*(\d[\w/-]*)|№\s*(\d[\w/-]*)\s*(?:бұйр|қаулы)", re.IGNORECASE
)
_CLAUSE = re.compile(r";|\.\s+(?=[^\W\d_a-zа-я])|\n|(?<=\))\s*,|,\s+(?=строк|\d[\d-]*\s?жол)", re.IGNORECASE)


class Change(StrEnum):
    """What an amending order did to a row, in its own words."""

    EXCLUDED = "excluded"
    INSERTED = "inserted"
    REWORDED = "reworded"


_SIGNS: tuple[tuple[Change, re.Pattern[str]], ...] = (
    (Change.INSERTED, re.compile(r"\bдополн\w+|толықтырыл\w+")),
    (Change.EXCLUDED, re.compile(r"\bисключ\w+|утрат\w+ силу|алып таста\w+|алынып таста\w+|күш\w+ жой\w+")),
    (Change.REWORDED, re.compile(r"\bв (?:новой )?редакции|\bизлож\w+|жаңа редакция\w*|редакцияда|жазылсын")),
    (Change.REWORDED, re.compile(r"\bс изменени\w+|внесен\w* изменени\w+|өзгеріс\w* енгізіл\w+|өзгертіл\w+")),
)


@dataclass(frozen=True, slots=True)
class Amendment:
    """One row as a note speaks of it: `row` is its printed number, `order` the amending order's own number ("" if the
    note gives none), `text` the note's clause.
    """

    change: Change
    row: str
    order_date: date | None
    order: str
    text: str


def amendments(notes: Iterable[str]) -> tuple[Amendment, ...]:
    """What the notes of a page say of rows, in their order, each statement once. Never raises."""
    found: dict[Amendment, None] = {}
    for note in notes:
        text = plain(note)
        folded = fold_homoglyphs(text).casefold().replace("ё", "е")
        # Folding changes no length, so that a clause is found again in the text as printed.
        same = len(folded) == len(text)
        sole = _sole_order(folded)
        for start, end in _clauses(folded):
            clause = folded[start:end]
            change = _change(clause)
            if change is None:
                continue
            day, order = _order(clause) or _order(folded[end:]) or sole or (None, "")
            said = (text if same else folded)[start:end].strip()[:_LONGEST_NOTE]
            for row in _rows(clause):
                found.setdefault(Amendment(change, row, day, order, said))
    return tuple(found)


def amended_row(number: str, text: str) -> Amendment | None:
    """What a dead row says of itself («Исключена приказом … от 14.03.2022 № 81/НҚ»), under its printed number."""
    row = number.strip(" .)№")
    folded = fold_homoglyphs(plain(text)).casefold().replace("ё", "е")
    if not row or _change(folded) is not Change.EXCLUDED:
        return None
    day, order = _order(folded) or (None, "")
    return Amendment(Change.EXCLUDED, row, day, order, plain(text)[:_LONGEST_NOTE])


def _clauses(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in _CLAUSE.finditer(text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _change(clause: str) -> Change | None:
    """The change that a clause names first."""
    places = [(match.start(), change) for change, sign in _SIGNS if (match := sign.search(clause))]
    return min(places)[1] if places else None


def _rows(clause: str) -> list[str]:
    """The row numbers that a clause names, spans spelt out."""
    rows: list[str] = []
    for pattern in (_RU_ROWS, _KK_ROWS, _KK_NUMBERED):
        for match in pattern.finditer(clause):
            rows += _listed(match[1])
    return list(dict.fromkeys(rows))


def _listed(numbers: str) -> list[str]:
    found: list[str] = []
    for part in re.split(r"\s*(?:,|;|и|және|мен)\s*", numbers):
        first, _, last = re.sub(r"\s*[–—]\s*", "–", part).partition("–")
        if first.isdigit() and last.isdigit() and 0 < int(last) - int(first) <= _LONGEST_SPAN:
            found += [str(number) for number in range(int(first), int(last) + 1)]
        else:
            found += [number for number in (first, last) if number]
    return found


def _order(text: str) -> tuple[date | None, str] | None:
    """The first order's date and number in a text; the number alone where no date goes with it."""
    for match in _ORDER.finditer(text):
        try:
            return date(int(match[3]), int(match[2]), int(match[1])), match[4].upper()
        except ValueError:  # 31.02.2020: a misprint is no date
            continue
    undated = _UNDATED.search(text)
    return (None, (undated[1] or undated[2]).upper()) if undated else None


def _sole_order(text: str) -> tuple[date | None, str] | None:
    found = {match.group() for match in _ORDER.finditer(text)}
    return _order(text) if len(found) == 1 else None
