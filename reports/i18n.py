"""The interface's three languages: gettext catalogues read from .po files, numbers and dates by Babel.

A message without a translation, or with one that nobody has confirmed (fuzzy), is an error: a report half in one
language and half in another would look as if nobody had read it.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.messages import mofile, pofile
from babel.messages.catalog import Catalog
from babel.numbers import format_decimal, format_percent

from crawler.errors import ContentError, UsageError

#: The interface languages, in the order in which they are offered, by their own names.
LANGUAGES = {"en": "English", "ru": "Русский", "kk": "Қазақша"}
ALMATY = ZoneInfo("Asia/Almaty")
_NAMED = re.compile(r"%\(\w+\)s")
_BEFORE_STOP = re.compile(r"%\((\w+)\)s\.(?!\.)")


def N_(message: str) -> str:  # noqa: N802 - gettext's own name
    """A message that is translated where it is shown."""
    return message


class _Missing(gettext.NullTranslations):
    """What a catalogue falls back on: nothing."""

    def __init__(self, lang: str) -> None:
        super().__init__()
        self._lang = lang

    def gettext(self, message: str) -> str:
        raise ContentError(f"no {self._lang} translation of {message!r}")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        raise ContentError(f"no {self._lang} translation of {msgid1!r} / {msgid2!r} ({n})")


@dataclass(frozen=True, slots=True)
class Words:
    """One interface language: its words, and how it writes numbers and dates."""

    lang: str
    locale: Locale
    catalogue: gettext.GNUTranslations

    def say(self, message: str, **values: object) -> str:
        """A message with its values filled in. Raises ContentError without a translation."""
        text = self.catalogue.gettext(message) if message else ""
        return _filled(text, values) if values else text

    def count(self, one: str, many: str, n: int, **values: object) -> str:
        """A message in the plural form that `n` asks for; `%(n)s` in it is the number as written in the language."""
        return _filled(self.catalogue.ngettext(one, many, n), {"n": self.number(n), **values})

    def number(self, value: float) -> str:
        """A number with the language's group and decimal marks; whole numbers without decimals, others with one."""
        pattern = "#,##0" if isinstance(value, int) or float(value).is_integer() else "#,##0.0"
        return format_decimal(value, format=pattern, locale=self.locale).replace(" ", "\u00a0")

    def signed(self, value: float) -> str:
        """A change with its sign: `+12`, `−3`, `0`."""
        sign = "+" if value > 0 else "−" if value < 0 else ""
        return sign + self.number(abs(value))

    def percent(self, share: float, digits: int = 1) -> str:
        """A share (0–1) as a percentage to a tenth."""
        pattern = "#,##0." + "0" * digits + "%"
        if self.lang in ("ru", "kk"):
            pattern = pattern.replace("%", "\u00a0%")
        return format_percent(share, format=pattern, locale=self.locale)

    def rate(self, rate: float) -> str:
        """A rate of growth with its sign."""
        sign = "+" if rate > 0.0005 else "−" if rate < -0.0005 else ""
        return sign + self.percent(abs(rate))

    def day(self, day: date) -> str:
        """A date in words, as a reader of the language writes it."""
        return format_date(day, format="long", locale=self.locale)

    def moment(self, at: datetime) -> str:
        """A capture time for people: Almaty's clock first, UTC beside it."""
        return self.moment_of(at, self.say("Almaty"))

    @staticmethod
    def moment_of(at: datetime, where: str = "Almaty · Алматы") -> str:
        """The same for what all languages share."""
        return f"{at.astimezone(ALMATY):%Y-%m-%d %H:%M} ({where}), {at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _filled(text: str, values: Mapping[str, object]) -> str:
    """A message with its values; one that ends in a full stop (`2026 г.`) at a sentence's end is the sentence's own."""

    def stop(match: re.Match[str]) -> str:
        return match[0][:-1] if str(values[match[1]]).endswith(".") else match[0]

    return _BEFORE_STOP.sub(stop, text) % values


def languages(text: str) -> tuple[str, ...]:
    """The interface languages of a list with commas, each once. Raises UsageError that lists the known ones."""
    wanted = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    for name in wanted:
        if name not in LANGUAGES:
            raise UsageError(f"no interface language {name!r}; there are {', '.join(LANGUAGES)}")
    if not wanted:
        raise UsageError(f"no interface language given; there are {', '.join(LANGUAGES)}")
    return wanted


@cache
def words(lang: str) -> Words:
    """The words of one language. Raises ContentError that names a missing or unconfirmed translation."""
    catalogue = read_catalogue(lang)
    check(catalogue, lang)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    translations = gettext.GNUTranslations(compiled)
    translations.add_fallback(_Missing(lang))
    return Words(lang, Locale.parse(lang), translations)


def read_catalogue(lang: str) -> Catalog:
    """The catalogue of one language as it is in the installation."""
    file = resources.files("reports").joinpath(f"locale/{lang}/LC_MESSAGES/messages.po")
    with file.open("rb") as source:
        return pofile.read_po(source, locale=lang, domain="messages", abort_invalid=True)


@cache
def translations(lang: str) -> dict[str, str]:
    """Every message without a plural in one language, by its English."""
    return {one.id: str(one.string) for one in read_catalogue(lang) if isinstance(one.id, str) and one.id}


def check(catalogue: Catalog, lang: str) -> None:
    """Raise ContentError for the first message that has no translation, a fuzzy one, or one with other placeholders."""
    for message in catalogue:
        if not message.id:
            continue
        texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
        shown = message.id if isinstance(message.id, str) else message.id[0]
        if message.fuzzy or not texts or not all(texts):
            raise ContentError(f"{lang}: {'fuzzy' if message.fuzzy else 'no'} translation of {shown!r}")
        named = set(_NAMED.findall(shown))
        if any(set(_NAMED.findall(text)) != named for text in texts):
            raise ContentError(f"{lang}: the translation of {shown!r} names other values than {sorted(named)}")
