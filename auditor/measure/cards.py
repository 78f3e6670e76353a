"""Indicator cards: what each measure counts and what can be said against it, from `cards.yml`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from importlib import resources

import yaml

from crawler.errors import ContentError, UsageError


@dataclass(frozen=True, slots=True)
class Card:
    """One measure's card. All texts are English; ids are stable words."""

    id: str
    title: str
    formula: str
    unit: str
    numerator: str
    denominator: str
    source: str
    caveat: str
    breaks: str


@cache
def cards() -> dict[str, Card]:
    """Every card by measure id, in the order of the file."""
    raw = yaml.safe_load(resources.files("auditor.measure").joinpath("cards.yml").read_text(encoding="utf-8"))
    wanted = {field.name for field in fields(Card)} - {"id"}
    for name, card in raw.items():
        if set(card) != wanted:
            raise ValueError(f"cards.yml: {name} has {sorted(card)}, wanted {sorted(wanted)}")
    return {name: Card(id=name, **card) for name, card in raw.items()}


#: Measures of the method that are not taken yet, and what each needs: their ids are kept for them.
AWAITED = {
    "marginal": "figures of how often each service was rendered in a year",
    "coverage": "a reference list of human services to hold the register against",
    "displacement": "a budget file by COFOG division",
    "claims": "official statements with date, speaker, figure and address",
}


def card(measure: str) -> Card:
    """The card of one measure. Raises ContentError for one that is not taken yet, UsageError that lists the known ids
    for any other word.
    """
    known = cards()
    if measure in AWAITED:
        raise ContentError(f"{measure} is not measured yet: it needs {AWAITED[measure]}")
    if measure not in known:
        raise UsageError(f"no measure {measure!r}; known are {', '.join(known)}")
    return known[measure]
