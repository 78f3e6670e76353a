"""What measures say in words (why something was not observed, since when an entry counts), in the reader's language.

Measures state such things as English sentences of a few known shapes. A sentence of an unknown shape is shown as it
is: hiding the reason would be worse than showing it in English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from reports.i18n import N_, Words
from reports.views.problems import DETAILS
from reports.views.wording import AUDIENCES, FORMS, LANGUAGE_OF, word

_TEXTS = re.compile(r"(?P<lang>\w+) \| (?P<other>\w+): (?P<here>[^|]+) \| (?P<there>[^|]+)")
_DAY = r"(?P<day>\d{4}-\d{2}-\d{2})"
_SHAPES: tuple[tuple[str, str], ...] = (
    (rf"no edition of the register in (?P<lang>\w+) that was read is in force on {_DAY}",
     N_("no edition of the register (%(lang)s text) that was read is in force on %(day)s")),
    (rf"no edition of the register in (?P<lang>\w+) that was read is in force on {_DAY}: since (?P<since>[\d-]+) the "
     r"act is (?P<what>\S+), of which none up to then was read",
     N_("no edition of the register (%(lang)s text) that was read is in force on %(day)s: since %(since)s the act is "
        "%(what)s, of which none up to then was read")),
    (r"the edition in force is no part of the register's history",
     N_("the edition in force is no part of the register's history")),
    (rf"the rows of the edition of {_DAY} are not linked: run `egov-audit link`",
     N_("the rows of the edition of %(day)s are not linked yet")),
    (rf"no complete list of the portal was read up to {_DAY}",
     N_("no complete list of the portal was read up to %(day)s")),
    (r"listings and rows are not linked to services: run `egov-audit link`",
     N_("listings and rows are not linked to services yet")),
    (rf"the edition of {_DAY} was not read in the other language",
     N_("the edition of %(day)s was not read in the other language")),
    (r"the rows of the two languages are not linked: run `egov-audit link`",
     N_("the rows of the two languages are not linked yet")),
    (rf"the edition of {_DAY} states no delivery form for any row",
     N_("the edition of %(day)s states no delivery form for any row")),
    (rf"the edition of {_DAY} names no degree of automation for any row",
     N_("the edition of %(day)s names no degree of automation for any row")),
    (rf"the edition of {_DAY} names neither a degree of automation nor the proactive form for any row",
     N_("the edition of %(day)s names neither a degree of automation nor the proactive form for any row")),
    (rf"the edition of {_DAY} names no degree of automation: only electronic or not, and paper or not, are compared",
     N_("the edition of %(day)s names no degree of automation: only electronic or not, and paper or not, are "
        "compared")),
    (r"no entry of this edition is digitised", N_("no entry of this edition is digitised")),
    (r"no entry of this edition is coded partial", N_("no entry of this edition is coded partial")),
    (r"nothing was newly digitised in this year", N_("nothing was newly digitised in this year")),
    (r"fewer than three amendments of the register were read: no pattern of dates can be told",
     N_("fewer than three amendments of the register were read: no pattern of dates can be told")),
    (r"no amendment that was read adds or digitises anything",
     N_("no amendment that was read adds or digitises anything")),
    (r"no listing of the portal in (?P<lang>\w+) was read", N_("no listing of the portal (%(lang)s) was read")),
    (r"no absence is proven: that takes complete lists of two harvests at least 14 days apart",
     N_("no absence is proven: that takes complete lists of two harvests at least 14 days apart")),
    (r"no absence is proven: lists of the portal never read whole: (?P<lists>.+)",
     N_("no absence is proven: lists of the portal never read whole: %(lists)s")),
    (r"lists of the portal never read whole: (?P<lists>.+)", N_("lists of the portal never read whole: %(lists)s")),
    (r"no entry of this edition has a code", N_("no entry of this edition has a code")),
    (rf"both since {_DAY}", N_("in both forms since %(day)s")),
    (rf"in the register since {_DAY}", N_("in the register since %(day)s")),
    (rf"digitised in the edition of {_DAY}, on paper now", N_("digitised in the edition of %(day)s, on paper now")),
    (r"nothing was added to the register in this year", N_("nothing was added to the register in this year")),
    (r"nothing was added to the digitised entries in this year",
     N_("nothing was added to the digitised entries in this year")),
    (r"one of several rows that one row became", N_("one of several rows that one row became")),
    (r"one of the rows that several rows became", N_("one of the rows that several rows became")),
    (r"label turned digital", N_("label turned digital")),
    (r"was gone and came back", N_("was gone and came back")),
    (r"template: (?P<what>.+)", N_("template: %(what)s")),
    (r"listings: (?P<what>.+)", N_("listings: %(what)s")),
    (r"perhaps (?P<what>.+)", N_("perhaps %(what)s")),
    (r"shows (?P<what>\S+), which is not in the edition in force",
     N_("shows %(what)s, which is not in the edition in force")),
    (r"machine-coded, unchecked", N_("coded by the machine, not checked by people")),
    (r"machine-coded, unchecked: (?P<what>.+)", N_("coded by the machine, not checked by people (%(what)s)")),
    (r"machine-coded; a share with an interval is corrected by the (?P<n>\d+) rows of sample (?P<what>.+) that two "
     r"people coded, among the very rows it is a share of; one without is not corrected",
     N_("coded by the machine; a share with an interval is corrected by the %(n)s rows of the sample “%(what)s” that "
        "two people coded; one without is not corrected")),
    (r"machine-coded, not corrected: (?P<what>.+)", N_("coded by the machine, not corrected (%(what)s)")),
    (r"(?P<n>\d+) of (?P<of>\d+) rows that continue bear another code",
     N_("%(n)s of %(of)s rows that continue bear another code")),
    (r"figures kept before under (?P<what>.+); these are under (?P<now>.+)",
     N_("figures kept before under %(what)s; these are under %(now)s")),
    (r"accepted by (?P<what>[^:]+): (?P<now>.+)", N_("accepted by %(what)s: %(now)s")),
)  # fmt: skip


@lru_cache(maxsize=1)
def _compiled() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(shape, re.DOTALL), message) for shape, message in (*_SHAPES, *DETAILS))


def told(words: Words, text: str) -> str:
    """A measure's sentence in the reader's language; one of an unknown shape as it is."""
    for shape, message in _compiled():
        match = shape.fullmatch(text)
        if match:
            values: Mapping[str, str] = match.groupdict()
            for name in {"day", "since"} & set(values):
                values = {**values, name: words.day(date.fromisoformat(values[name]))}
            if "lang" in values:
                values = {**values, "lang": word(words, LANGUAGE_OF, values["lang"])}
            if "lists" in values:
                lists = "; ".join(list_name(words, one) for one in values["lists"].split(", "))
                values = {**values, "lists": lists}
            return words.say(message, **values)
    return _forms(words, text)


def list_name(words: Words, key: str) -> str:
    """A list of the portal, `kk/business`, in words: its language and whom it is for."""
    lang, _, audience = key.partition("/")
    return f"{word(words, LANGUAGE_OF, lang)}, {word(words, AUDIENCES, audience)}"


def _forms(words: Words, text: str) -> str:
    """`paper, partially automated → fully automated`: the forms before and after.

    Or in two texts: `ru | kk: paper | electronic, paper`.
    """
    beside = _TEXTS.fullmatch(text)
    if beside:
        here, there = (_forms(words, f"{side} → {side}").split(" → ")[0] for side in (beside["here"], beside["there"]))
        named = [word(words, LANGUAGE_OF, beside[which]) for which in ("lang", "other")]
        return words.say(
            "%(lang)s text: %(here)s; %(other)s text: %(there)s", lang=named[0], here=here, other=named[1], there=there
        )
    known = {form.replace("_", " "): form for form in FORMS}
    sides = [[part.strip() for part in side.split(",")] for side in text.split(" → ")]
    if len(sides) == 2 and all(part in known or part in ("–", "") for side in sides for part in side):
        shown = [
            ", ".join(word(words, FORMS, known[part]) if part in known else "–" for part in side) for side in sides
        ]
        return " → ".join(shown)
    return text
