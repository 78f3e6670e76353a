"""What a name says, as words that can be weighed: stems, changed official terms, words that tell two services apart.

Stemming is a cut to the first letters: both languages put what varies at the end of a word, and a wrong cut costs
less here than a wrong lemma (a Russian analyser answers Kazakh words with confidence and is wrong).
"""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.pages.text import compare_key

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")

#: Day, year and number: with fewer numbers a by-law's cell is compared by its text.
BYLAW_NUMBERS = 3

#: Letters kept of a word; endings of either language lie behind them.
STEM_LENGTH = 5

#: Official terms that were replaced by others (SOURCES.md, "Characters"): folded to the newer one before comparing.
_TERMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), newer)
    for pattern, newer in (
        (r"\bоралман\w*", "кандас"),
        (r"\bқандас\w*", "қандас"),
        (r"\bинвалид(?!ност)\w*", "лицо инвалидность"),
        (r"\bлиц\w* с инвалидностью", "лицо инвалидность"),
        (r"\bмүгедек(?!ті[гк])\w*", "мүгедектігі адам"),
        (r"\bмүгедектігі бар \w+", "мүгедектігі адам"),
        (r"\bэлектронн\w+ правительств\w*", "цифровое правительство"),
        (r"\bэлектрондық үкімет\w*", "цифрлық үкімет"),
    )
)

_STOP = frozenset(
    _WORD.findall(
        "и в во на о об от по для с со к ко из или а также при их за до у не без под над между том числе"
        " және мен бен пен үшін туралы бойынша немесе да де та те бар"
    )
)

#: Words that turn a service into another one: "registration" and "removal from registration" are two services.
_TURNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "end",
        (
            "снятие",
            "прекращени",
            "аннулирован",
            "отзыв",
            "исключени",
            "расторжен",
            "тоқтату",
            "жою",
            "бұзу",
            "тіркеуден шығару",
            "есептен шығару",
        ),
    ),
    ("pause", ("приостановлен", "тоқтата тұру")),
    ("again", ("переоформлен", "возобновлен", "продлени", "повторн", "дубликат", "қайта", "ұзарту", "телнұсқа")),
    ("change", ("внесени", "изменени", "замен", "өзгеріс", "ауыстыру")),
    ("queue", ("постановк", "очеред", "кезек")),
)


#: Whom a service is for, where one of two services is for the one and the other for the other.
_SIDES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("person", ("физическ", "жеке тұлға")),
    ("company", ("юридическ", "заңды тұлға")),
    ("foreigner", ("иностран", "шетелдік", "нерезидент", "бейрезидент")),
)

_BESIDE = re.compile(
    r"\b(?:и|или|либо|және|немесе) (?:" + "|".join(rf"{sign}\w*" for _, signs in _TURNS for sign in signs) + ")"
)


@lru_cache(maxsize=16384)
def name_key(name: str, subname: str = "") -> str:
    """Name and subname as one key: changed terms folded, noise gone, no spaces (a space inside a word is noise too)."""
    return folded(name, subname).replace(" ", "")


@lru_cache(maxsize=16384)
def folded(name: str, subname: str = "") -> str:
    """Name and subname as comparable text with words apart."""
    text = compare_key(f"{name} {subname}" if subname else name)
    for pattern, newer in _TERMS:
        text = pattern.sub(newer, text)
    return text


@lru_cache(maxsize=16384)
def field_key(text: str) -> str:
    """Any other cell as a key: noise folded, no spaces."""
    return compare_key(text).replace(" ", "")


@lru_cache(maxsize=16384)
def bylaw_key(text: str) -> str:
    """A by-law as a key: its numbers and its date's, if it has a number, for its title names who issued it anew."""
    found = _NUMBER.findall(text) if "№" in text else []
    return " ".join(found) if len(found) >= BYLAW_NUMBERS else field_key(text)


@lru_cache(maxsize=16384)
def words(text: str) -> tuple[str, ...]:
    """The words of a folded text that carry meaning, whole, in order."""
    return tuple(word for word in _WORD.findall(text) if word not in _STOP)


def stem(word: str) -> str:
    """A word's beginning without its likely ending; numbers stay whole."""
    return word if word[0].isdigit() else word[: min(STEM_LENGTH, max(3, len(word) - 2))]


#: Stems that nearly every service's name holds: they say how the state serves, not what with.
GENERIC = frozenset(
    stem(word)
    for word in _WORD.findall(
        "выдача выдачи выдано предоставление оформление получение оказание осуществление проведение государственная"
        " государственной услуга услуги лицензия справка разрешение заключение документ документов сведений"
        " информация регистрация деятельность занятие право лиц лица прием заявлений свидетельство удостоверение"
        " подача принятие республика казахстан область сфера вид видов"
        " беру алу көрсету мемлекеттік қызмет анықтама рұқсат құжат мәлімет тіркеу жүзеге асыру құқық куәлік"
        " қабылдау өтініш қазақстан республикасы саласында айналысу айналысуға қызметпен қызметті қызметін лицензиясын"
    )
)


@lru_cache(maxsize=16384)
def stems(text: str) -> frozenset[str]:
    """The stems of a folded text."""
    return frozenset(stem(word) for word in words(text))


@lru_cache(maxsize=16384)
def numbers(text: str) -> frozenset[str]:
    """The numbers a folded text holds."""
    return frozenset(_NUMBER.findall(text))


@lru_cache(maxsize=16384)
def turns(text: str) -> frozenset[str]:
    """Which kinds of turning words a folded text holds."""
    return frozenset(kind for kind, signs in _TURNS if any(sign in text for sign in signs))


@lru_cache(maxsize=16384)
def sides(text: str) -> frozenset[str]:
    """Whom a folded text says the service is for."""
    return frozenset(side for side, signs in _SIDES if any(sign in text for sign in signs))


@lru_cache(maxsize=16384)
def own_turns(text: str) -> frozenset[str]:
    """`turns` without those that are only named beside the act itself: "issue *and reissue* of a licence"."""
    return turns(_BESIDE.sub(" ", text))
