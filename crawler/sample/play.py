"""Plays the script: which rows each edition of the register has, and what happened between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import Any

from crawler.sample.data import Service, register, script

LANGS = ("ru", "kk")


@dataclass(frozen=True, slots=True)
class Row:
    """A service's row in one edition. `dead` is how it died ("" for a live row), `order` the order that did it."""

    service: Service
    code: str
    names: Mapping[str, str]
    developer: str
    forms: Mapping[str, str]  # by language: the Kazakh text can differ from the Russian
    section: str
    subsection: str
    dead: str = ""
    order: str = ""
    langs: tuple[str, ...] = LANGS


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the act in force. `spec` is its entry in the script, `rows` are in the order of their codes."""

    day: date
    spec: Mapping[str, Any]
    rows: tuple[Row, ...]
    events: tuple[Mapping[str, Any], ...] = field(default=())

    def of(self, lang: str) -> tuple[Row, ...]:
        """The rows that the text in one language has."""
        return tuple(row for row in self.rows if lang in row.langs)


@cache
def editions() -> tuple[Edition, ...]:
    """Every edition of the script, oldest first, the archived and the future one included.

    Raises ValueError when two rows of one edition have the same code: then the script contradicts itself.
    """
    absent = {name for group in script()["absent_at_start"] for name in group}
    state = {name: new_row(service) for name, service in register().services.items() if name not in absent}
    played = []
    for spec in script()["editions"]:
        for event in spec["events"]:
            _apply(state, event, spec["order"]["number"])
        rows = tuple(sorted(state.values(), key=lambda row: row.code))
        codes = [row.code for row in rows]
        if len(set(codes)) != len(codes):
            raise ValueError(f"edition {spec['date']}: codes {sorted({c for c in codes if codes.count(c) > 1})} twice")
        played.append(Edition(spec["date"], spec, rows, tuple(spec["events"])))
    return tuple(played)


def new_row(service: Service) -> Row:
    """A service's first row."""
    return Row(
        service=service,
        code=service.code,
        names=service.names,
        developer=service.developer,
        forms=dict.fromkeys(LANGS, service.form),
        section=service.section,
        subsection=service.subsection,
    )


def _apply(state: dict[str, Row], event: Mapping[str, Any], order: str) -> None:
    """Changes the state by one event of the script. Raises KeyError for a service that is not there."""
    services = register().services
    for name in _born(event):
        state[name] = new_row(services[name])
    for name in event.get("death", ()):
        if event["how"] == "gone":
            del state[name]
        else:
            state[name] = replace(state[name], dead=event["how"], order=order)
    for name in event.get("restore", ()):
        state[name] = replace(state[name], dead="", order="")
    for name in (*event.get("drop_dead", ()), *([event["split"]] if "split" in event else ())):
        del state[name]
    for name in event.get("merge", ()):
        state[name] = replace(state[name], dead="excluded", order=order)
    _change(state, event)


def _born(event: Mapping[str, Any]) -> Iterable[str]:
    if "merge" in event:
        return (event["into"],)
    born: Iterable[str] = event["into"] if "split" in event else event.get("birth", ())
    return born


def _change(state: dict[str, Row], event: Mapping[str, Any]) -> None:
    """The events that leave a service alive under another name, code, ministry or form."""
    if "rename" in event:
        name = event["rename"]
        state[name] = replace(state[name], names={lang: event[lang] for lang in LANGS})
    for name, code in event.get("renumber", {}).items():
        state[name] = replace(state[name], code=code)
    if "move" in event:
        name, to = event["move"], event["to"]
        state[name] = replace(state[name], code=event["code"], section=to[:3], subsection=to)
    if "flip" in event:
        for name in event["ids"]:
            state[name] = replace(state[name], forms=dict.fromkeys(LANGS, event["flip"]))
    if "takeover" in event:
        for name in event["ids"]:
            state[name] = replace(state[name], developer=event["takeover"])
    if "only" in event:
        name = event["only"]
        state[name] = replace(state[name], langs=(event["lang"],))
    if "form_differs" in event:
        name = event["form_differs"]
        state[name] = replace(state[name], forms={**state[name].forms, event["lang"]: event["form"]})
