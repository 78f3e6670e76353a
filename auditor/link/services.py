"""Services: rows joined through editions, acts and languages by links that keep identity.

Splits, mergers and regroupings connect services but start new ones. A service holds at most one row of an edition in
a language; a link that would break this is not followed and is reported, for one wrong link must not glue two
services together.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from auditor.records import Entry, Link, LinkState, LinkType

#: One-to-one links that say: the same service.
IDENTITY: frozenset[LinkType] = frozenset(
    {
        LinkType.SAME,
        LinkType.RENAMED,
        LinkType.REWORDED,
        LinkType.RENUMBERED,
        LinkType.MOVED,
        LinkType.TAKEN_OVER,
        LinkType.RESTORED,
        LinkType.TRANSLATION,
    }
)

#: The rule of links that people decided.
PERSON = "person"


def edition_of(entry_key: str) -> str:
    """The edition's key `ACT/DATE/LANG` in an entry's key."""
    return entry_key.rpartition("/")[0]


def out_of_place(link: Link, before: Mapping[str, str]) -> bool:
    """Whether a person's link joins rows of texts that follow one another no more, for one between them was read since.

    `before` gives the text before each. What was gone may come back over any number of texts.
    """
    if link.type in (LinkType.RESTORED, LinkType.TRANSLATION, LinkType.LISTED):
        return False
    older = edition_of(link.older)
    return before.get(edition_of(link.newer), older) != older


def service_key(first_entry: str) -> str:
    """A service's public key from the key of its first row: readable by its first code, unique by a short hash."""
    code = first_entry.rpartition("/")[2].partition("~")[0]
    digest = hashlib.sha256(first_entry.encode()).hexdigest()[:8]
    return f"S-{code}-{digest}" if code.isdigit() else f"S-x-{digest}"


def keeps_identity(link: Link) -> bool:
    """Whether a link counts and joins its two rows to one service.

    A person's link does whatever its type: with several of one row they are a split or a merger, and one alone is none.
    """
    return link.state is LinkState.ACCEPTED and (link.type in IDENTITY or link.rule == PERSON)


def _no_members(service: str) -> Iterable[str]:  # noqa: ARG001 - a fresh book knows no earlier members
    return ()


@dataclass(slots=True)
class Book:
    """Which row belongs to which service, written edition by edition in order of time.

    `load` gives the rows that a service held before this book was opened, so that one further edition needs no
    history; `added` are those entered here. `conflicts` are pairs of rows whose link was not followed.
    """

    service_of: dict[str, str] = field(default_factory=dict)
    load: Callable[[str], Iterable[str]] = _no_members
    added: dict[str, list[str]] = field(default_factory=dict)
    conflicts: list[tuple[str, str]] = field(default_factory=list)
    _present: dict[str, set[str]] = field(default_factory=dict)

    def step(self, rows: Mapping[str, Sequence[str]], links: Iterable[Link], translations: Iterable[Link]) -> None:
        """Enter the rows of one date: `rows` by language, links from earlier rows, links between the languages."""
        sure = [link for link in links if keeps_identity(link)]
        into, out_of = Counter(link.newer for link in sure), Counter(link.older for link in sure)
        # Who confirms several rows of one has said that it merged or fell apart, and that starts a service.
        came_from = {link.newer: link.older for link in sure if into[link.newer] == 1 == out_of[link.older]}
        for keys in rows.values():
            for key in keys:
                older = came_from.get(key)
                service = self.service_of.get(older) if older else None
                if service is not None and older:
                    self._enter(key, service, older)
        for link in translations:
            if keeps_identity(link):
                self._join(link.older, link.newer)
        for keys in rows.values():
            for key in keys:
                if key not in self.service_of:
                    self._begin(key)

    def held(self, service: str) -> list[str]:
        """All rows of a service, those from before this book first."""
        return [*self.load(service), *self.added.get(service, ())]

    def _enter(self, key: str, service: str, because: str) -> None:
        """Put a row into a service unless it has one of this text already."""
        present = self._present.setdefault(edition_of(key), set())
        if service in present:
            self.conflicts.append((because, key))
            return
        present.add(service)
        self.added.setdefault(service, []).append(key)
        self.service_of[key] = service

    def _begin(self, key: str) -> str:
        service = service_key(key)
        self._enter(key, service, key)
        return service

    def _join(self, one: str, two: str) -> None:
        mine, other = self.service_of.get(one), self.service_of.get(two)
        if mine is None and other is None:
            mine = self._begin(one)
        if mine is None and other is not None:
            self._enter(one, other, two)
        elif other is None and mine is not None:
            self._enter(two, mine, one)
        elif mine is not None and other is not None and mine != other:
            held = self.held(mine), self.held(other)
            if {edition_of(key) for key in held[0]} & {edition_of(key) for key in held[1]}:
                self.conflicts.append((one, two))
            else:
                self._merge(mine, other)

    def _merge(self, mine: str, other: str) -> None:
        """Two services that never met in one text turn out to be one: the elder's key stays."""
        elder, younger = sorted((mine, other), key=lambda service: min(map(_age, self.held(service))))
        moving = self.held(younger)
        for key in moving:
            self.service_of[key] = elder
            self._present.setdefault(edition_of(key), set()).add(elder)
        self.added[elder] = sorted([*self.added.get(elder, ()), *moving], key=_age)
        self.added.pop(younger, None)


def _age(entry_key: str) -> tuple[str, str]:
    """Sorts keys `ACT/DATE/LANG/CODE` by date, then by the key itself."""
    return entry_key.split("/")[1], entry_key


def keep_names(members: Mapping[str, Sequence[str]], known: Mapping[str, str]) -> dict[str, str]:
    """New service key → the key to use: the one most of its rows had before, so that public addresses stay.

    `known` is row → service of the linking before. Each old key goes to one service only.
    """
    claims = []
    for order, (service, keys) in enumerate(members.items()):
        for old, shared in Counter(known[key] for key in keys if key in known).items():
            claims.append((-shared, order, old, service))
    names: dict[str, str] = {}
    used: set[str] = set()
    for _, _, old, service in sorted(claims):
        if service not in names and old not in used:
            names[service] = old
            used.add(old)
    for service in members:
        if service not in names:
            name = service
            while name in used:
                name = service_key(f"{service}+{name}")
            names[service] = name
            used.add(name)
    return names


def rows_by_language(entries: Iterable[Entry]) -> dict[str, list[str]]:
    """Keys of the live rows by language, Russian first: its rows name new services."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        if not entry.dead:
            found.setdefault(str(entry.lang), []).append(entry.key)
    return dict(sorted(found.items(), key=lambda item: (item[0] != "ru", item[0])))
