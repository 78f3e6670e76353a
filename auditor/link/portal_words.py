"""How a portal says what the register says officially: everyday words, shortened words, initials, result texts."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz import fuzz

from auditor.link.words import GENERIC, folded, stem, words
from crawler.pages.records import Lang
from crawler.pages.text import looks_kazakh

#: Fewer common letters than these make no common word.
LEAST_LETTERS = 4

_WORD = re.compile(r"\w+")

#: Everyday words of portal names and the official ones that the register has for them, as folded text.
_EVERYDAY: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), official)
    for pattern, official in (
        (r"\bвыписк\w+ с прописки|\bвыписать\w*", "снятие с регистрации по месту жительства"),
        (r"\bпрописк\w+( по месту жительства)?", "регистрация по месту жительства"),
        (r"\bводительск\w+ прав\w*", "водительское удостоверение"),
        (r"\bбольничн\w+ лист\w*|\bбольничн(ый|ого)\b", "лист временной нетрудоспособности"),
        (r"\b(авто|автомобил\w+|автотранспорт\w*|автомашин\w+)\b", "транспортное средство"),
        (r"\bдекретн\w+", "беременность роды"),
        (r"\bзагранпаспорт\w*", "паспорт"),
        (r"\bземл[юи]\b", "земельный участок"),
        (r"\bавтокөлік\w*|\bкөлікті\b", "көлік құралы"),
        (r"\bжер актіс\w+", "жер учаскесі актісі"),
        (r"\bрк\b", "республика казахстан"),
        (r"\bқр\b", "қазақстан республикасы"),
    )
)
#: Words in which a portal says how one asks, and a result text what one holds in hand: not what about.
_HOW = frozenset(
    stem(word)
    for word in _WORD.findall(
        "назначение подача заявка заявки заявление заявления просмотр сервис онлайн получить уведомление решение приказ"
        " отметка запись номер установленной форме электронной копия форма дубликат"
        " тағайындау өтінім өтініш хабарлама шешім бұйрық белгі жазба жүргізу"
    )
)
LIGHT = GENERIC | _HOW
#: Words for giving and getting: whoever gives in the register lets get on the portal.
_GIVING = frozenset(
    _WORD.findall(
        "выдача выдать получение получения получить предоставление оформление назначение подача оказание"
        " беру алу ұсыну рәсімдеу тағайындау көрсету"
    )
)
_OR = frozenset(("немесе", "және", "мен", "не"))
#: Where a result text turns to what is no result.
_REFUSAL = re.compile(
    r"(?i)[,;]?\s*(либо|или|не|немесе|or)?\s*(мотивированн\w+ (ответ|отказ)"
    r"|мемлекеттік (қызмет|көрсетілетін)[^,;.]*бас тарт"
    r"|(уәжді|дәлелді) (бас тарту|жауап)|(a )?reasoned refusal|refusal).*",
    re.DOTALL,
)
_INITIALS = re.compile(r"\b[А-ЯЁӘҒҚҢӨҰҮҺІ]{3,8}\b")
#: A name goes on behind these about what else the service does.
_TAIL = re.compile(r"\b(в том числе|а также|оның ішінде|сондай ақ|сондай-ақ)\b.*")

#: Kinds of thing that a name promises: a listing of one kind is no service of another.
_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("licence", ("лицензи",)),
    ("permit", ("разрешени", "рұқсат")),
    ("certificate", ("справк", "анықтама", "выписк", "сведени", "информаци", "мәлімет", "ақпарат")),
    ("conclusion", ("заключени", "қорытынды")),
    ("identity", ("удостоверени", "свидетельств", "паспорт", "куәлік", "куәлігі")),
    ("money", ("пособи", "выплат", "пенси", "компенсаци", "жәрдемақы", "төлем", "зейнетақы", "өтемақы")),
    ("subsidy", ("субсиди",)),
    ("refund", ("возврат", "қайтару")),
    ("accreditation", ("аккредитац", "аккредиттеу", "аттестац", "аттестаттау")),
    ("apostille", ("апостил",)),
    ("registration", ("регистрац", "постановк", "учет", "тіркеу", "есепке")),
)


@lru_cache(maxsize=8192)
def official(name: str) -> str:
    """A portal's name, folded, with everyday words as the register says them."""
    text = folded(name)
    for pattern, said in _EVERYDAY:
        text = pattern.sub(said, text)
    return text


@lru_cache(maxsize=8192)
def result_said(result: str) -> str:
    """A result text, folded, without the refusal that nearly every one ends in."""
    return official(_REFUSAL.sub("", result))


@lru_cache(maxsize=8192)
def head(text: str) -> str:
    """The part of a folded name before it says what else is included; all of it when nothing stands before."""
    return _TAIL.sub("", text).strip() or text


@lru_cache(maxsize=8192)
def action(text: str) -> str:
    """The word of a folded name that says what is done: Russian names begin with it, Kazakh ones end with it."""
    said = head(text).split()
    if not looks_kazakh(text):
        return said[0]
    # "… or prolonging": one of two acts, and not the first of them.
    return "" if len(said) > 2 and said[-2] in _OR else " ".join(said[-2:])


@lru_cache(maxsize=8192)
def kinds(text: str) -> frozenset[str]:
    """Which kinds of thing a folded name promises."""
    return frozenset(kind for kind, signs in _KINDS if any(sign in text for sign in signs))


@lru_cache(maxsize=8192)
def initials(name: str) -> tuple[str, ...]:
    """The abbreviations in capitals of an unfolded name, in small letters."""
    return tuple(found.casefold() for found in _INITIALS.findall(name))


def spelt_out(short: str, said: tuple[str, ...]) -> frozenset[str]:
    """The stems of the words in `said`, in a row, that begin with the letters of `short`; none when there is no row."""
    letters = [word[0] for word in said]
    for start in range(len(said) - len(short) + 1):
        if "".join(letters[start : start + len(short)]) == short:
            return frozenset(stem(word) for word in said[start : start + len(short)])
    return frozenset()


def unfolded_compound(word: str, said: tuple[str, ...]) -> frozenset[str]:
    """The stems of the two words of `said` that `word` draws together («жилпомощь»: жилищная помощь), or none."""
    for cut in range(3, len(word) - 3):
        front, back = word[:cut], word[cut:]
        first = next((other for other in said if other.startswith(front) and other != word), None)
        if first is None:
            continue
        second = next((other for other in said if other != first and stem(other) == stem(back)), None)
        if second is not None:
            return frozenset((stem(first), stem(second)))
    return frozenset()


def said_words(text: str) -> tuple[str, ...]:
    """The words of a folded text that carry meaning, without giving and getting unless it says nothing else."""
    said = words(text)
    return tuple(word for word in said if word not in _GIVING) or said


def wordings(name: str) -> tuple[str, ...]:
    """A portal's name as official words; where a slash parts two wordings of it, each of them as well."""
    parts = [part for part in name.split("/") if len(part.split()) > 1]
    return tuple(dict.fromkeys(map(official, (name, *(parts if len(parts) > 1 else ())))))


@lru_cache(maxsize=65536)
def same_word(one: str, other: str, lang: Lang) -> bool:
    """Whether two words are forms of one, or one is the other misspelt. Kazakh puts more behind a word's beginning."""
    if min(len(one), len(other)) < LEAST_LETTERS:
        return False
    first, second = stem(one), stem(other)
    if min(len(first), len(second)) >= LEAST_LETTERS and (first.startswith(second) or second.startswith(first)):
        return True
    alike = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    if alike >= max(LEAST_LETTERS, (0.55 if lang is Lang.KK else 0.66) * max(len(one), len(other))):
        return True
    return min(len(one), len(other)) > 6 and fuzz.ratio(one, other) >= 86
