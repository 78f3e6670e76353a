"""Cells of the register read as sets of values: delivery form, payment, recipient, level of the provider.

The wordings are data (`crawler/sources/fields.yml`). A reading never guesses: what is not understood is given back in
`leftover`, and an empty set means that nothing was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import Generic, TypeVar

from crawler.pages.records import DeliveryForm, Payment, ProviderLevel, Recipient
from crawler.pages.text import fold_homoglyphs, plain
from crawler.pages.wording import letters_key, lookup, pattern

Value = TypeVar("Value", bound=StrEnum)

#: Different texts of one column are few (a page has near 1,300 rows); the bound only guards against nonsense pages.
_REMEMBERED = 20_000
_AUTOMATION = (DeliveryForm.FULLY_AUTOMATED, DeliveryForm.PARTIALLY_AUTOMATED)
#: Told by words, not by the lookup key: «в стране бесплатно» has the same letters in a row.
_NOT_FREE = re.compile(r"\bне\s+бе[сз]\s?платн\w*", re.IGNORECASE)
_CAPITALS = re.compile(r"\b[А-ЯЁӘҒҚҢӨҰҮҺІ]{2,8}\b")


@dataclass(frozen=True, slots=True)
class Reading(Generic[Value]):
    """What a cell was read as. `leftover` is what was not understood, as a lookup key; "" when all was."""

    values: frozenset[Value]
    leftover: str = ""


def _joined(wordings: Iterable[str]) -> str:
    return "|".join(f"(?:{pattern(wording)})" for wording in wordings)


@cache
def _forms() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """One pattern with a group per form, in the file's order, and one of connectors alone."""
    data = lookup("fields")
    named = "|".join(f"(?P<{DeliveryForm(name)}>{_joined(wordings)})" for name, wordings in data["forms"].items())
    return re.compile(named), re.compile(f"(?:{_joined(data['connectors'])})*")


@lru_cache(maxsize=_REMEMBERED)
def read_forms(text: str) -> Reading[DeliveryForm]:
    """The delivery forms of a cell. Everything but known wordings and connectors is left over.

    "Electronic" that says its degree («электронная (частично автоматизированная)») is that degree alone; `electronic`
    stays only where the degree is not said. «Электронная (не автоматизированная)» is both `electronic` and
    `not_automated`: the source says outright that the form is electronic, so the entry counts as digitised, and that
    nothing in it is automated stays readable beside it.
    """
    forms, connectors = _forms()
    key = letters_key(text)
    found: list[DeliveryForm] = []
    leftover: list[str] = []
    end = 0
    for match in forms.finditer(key):
        leftover.append(key[end : match.start()])
        found.append(DeliveryForm(match.lastgroup or ""))
        end = match.end()
    leftover.append(key[end:])
    values = frozenset(form for place, form in enumerate(found) if not _degree_said(found, place))
    return Reading(values, " ".join(rest for rest in leftover if not connectors.fullmatch(rest)))


def _degree_said(found: list[DeliveryForm], place: int) -> bool:
    """Whether the form at `place` is a bare "electronic" whose degree of automation stands beside it."""
    if found[place] is not DeliveryForm.ELECTRONIC:
        return False
    if found[place + 1 : place + 2] and found[place + 1] in _AUTOMATION:
        return True
    before = found[max(place - 2, 0) : place]
    return bool(before) and before[-1] in _AUTOMATION and DeliveryForm.ELECTRONIC not in before


@cache
def _payments() -> tuple[re.Pattern[str], tuple[tuple[Payment, re.Pattern[str]], ...]]:
    data = lookup("fields")
    named = "|".join(f"(?P<{Payment(name)}>{_joined(wordings)})" for name, wordings in data["payments"].items())
    return re.compile(named), _searches(Payment, data["payment_hints"])


def _searches(kind: type[Value], data: Mapping[str, list[str]]) -> tuple[tuple[Value, re.Pattern[str]], ...]:
    return tuple((kind(name), re.compile(_joined(wordings))) for name, wordings in data.items())


@lru_cache(maxsize=_REMEMBERED)
def read_payments(text: str) -> Reading[Payment]:
    """Free, paid, or both with conditions. Where no plain word says it, a fee that is named counts as paid."""
    words, hints = _payments()
    key = letters_key(_NOT_FREE.sub(" платно ", plain(text)))
    values = frozenset(Payment(match.lastgroup or "") for match in words.finditer(key))
    values = values or frozenset(value for value, hint in hints if hint.search(key))
    return Reading(values, "" if values else key)


@cache
def _recipients() -> tuple[tuple[Recipient, re.Pattern[str]], ...]:
    return _searches(Recipient, lookup("fields")["recipients"])


@lru_cache(maxsize=_REMEMBERED)
def read_recipients(text: str) -> Reading[Recipient]:
    """Individuals, legal entities or both. An individual entrepreneur is a natural person by law: individual."""
    key = letters_key(text)
    values = frozenset(value for value, wording in _recipients() if wording.search(key))
    return Reading(values, "" if values else key)


@cache
def _providers() -> tuple[tuple[ProviderLevel, re.Pattern[str], frozenset[str]], ...]:
    return tuple(
        (ProviderLevel(name), re.compile(_joined(entry["words"])), frozenset(entry["initials"]))
        for name, entry in lookup("fields")["providers"].items()
    )


@lru_cache(maxsize=_REMEMBERED)
def read_provider_levels(text: str) -> Reading[ProviderLevel]:
    """The levels of the bodies a cell names: by words for kinds of bodies, and by initials such as МВД or МИО."""
    key = letters_key(text)
    initials = set(_CAPITALS.findall(fold_homoglyphs(plain(text))))
    values = frozenset(level for level, words, known in _providers() if words.search(key) or initials & known)
    return Reading(values, "" if values else key)
