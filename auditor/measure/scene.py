"""What measures over time and across sources stand on: the register's history, the portal's lists, the other text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from auditor.measure.records import Snapshot
from crawler.pages.records import DeliveryForm


@dataclass(frozen=True, slots=True)
class Trace:
    """One live row of one edition, as durations and events need it. `service` is "" for a row not linked yet."""

    key: str
    service: str
    digitised: bool
    paper: bool


@dataclass(frozen=True, slots=True)
class Text:
    """One edition of the register's history in one language."""

    act: str
    day: date
    rows: tuple[Trace, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The register's editions in one language in the order of force, and which row continues which.

    `parents` maps a row to the rows of earlier editions that certain links say it continues; `maybe` to those that
    undecided links would add; `restored` are rows that came back after having been gone. `unlinked` are the days of
    editions whose rows were not linked to those before.
    """

    texts: tuple[Text, ...]
    parents: Mapping[str, tuple[str, ...]]
    maybe: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    restored: frozenset[str] = frozenset()
    unlinked: frozenset[date] = frozenset()

    def place(self, act: str, day: date) -> int | None:
        """Where an edition stands in the history; None when it is no part of it."""
        return next((n for n, text in enumerate(self.texts) if (text.act, text.day) == (act, day)), None)


@dataclass(frozen=True, slots=True)
class Descent:
    """What the rows of one edition continue in an earlier one.

    `parents` has every row of the later edition that certain links lead back; `came_back` are rows that were gone on
    the way; `doubts` maps a row to the earlier rows that undecided links would tie it to.
    """

    parents: Mapping[str, tuple[str, ...]]
    came_back: frozenset[str]
    doubts: Mapping[str, tuple[str, ...]]


def descent(timeline: Timeline, older: int, newer: int) -> Descent:
    """What the rows of the text at `newer` continue in the text at `older` (places in the timeline, older < newer)."""
    start = {row.key for row in timeline.texts[older].rows}
    sure: dict[str, frozenset[str]] = {key: frozenset((key,)) for key in start}
    reach = dict(sure)
    back: set[str] = set()
    for text in timeline.texts[older + 1 : newer + 1]:
        for row in text.rows:
            before = timeline.parents.get(row.key, ())
            certain = frozenset(key for parent in before for key in sure.get(parent, ()))
            if certain:
                sure[row.key] = certain
            possible = certain.union(
                *(reach.get(parent, frozenset()) for parent in (*before, *timeline.maybe.get(row.key, ())))
            )
            if possible:
                reach[row.key] = possible
            if row.key in timeline.restored or any(parent in back for parent in before):
                back.add(row.key)
    rows = [row.key for row in timeline.texts[newer].rows]
    return Descent(
        parents={key: tuple(sorted(sure[key])) for key in rows if key in sure},
        came_back=frozenset(back.intersection(rows)),
        doubts={
            key: tuple(sorted(reach[key] - sure.get(key, frozenset())))
            for key in rows
            if key in reach and reach[key] - sure.get(key, frozenset())
        },
    )


@dataclass(frozen=True, slots=True)
class YearBefore:
    """The register a year earlier and what the rows of now continue in it."""

    snapshot: Snapshot
    descent: Descent


@dataclass(frozen=True, slots=True)
class PortalList:
    """One complete reading of one list of the portal. `frame` names the list; `listings` are keys."""

    frame: tuple[str, str, str]
    at: datetime
    listings: frozenset[str]


@dataclass(frozen=True, slots=True)
class PortalScene:
    """The portal as seen up to a day, in all languages, and which service of the register each listing shows.

    `unread` are lists (`ru/business`) of which no whole reading is among `lists`: what they show is not known.
    `shown` are the keys of the listings in the language of the register's text; `services_of` has one service a listing
    or all kinds of one; `maybe` maps listings that no certain link ties to the services that undecided ones would.
    """

    lists: tuple[PortalList, ...]
    shown: tuple[str, ...]
    services_of: Mapping[str, tuple[str, ...]]
    maybe: Mapping[str, tuple[str, ...]]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OtherText:
    """The same edition in the other language: its rows' forms by key, and which of its rows each of ours translates.

    `maybe` are rows of either text that an undecided link would pair.
    """

    lang: str
    forms: Mapping[str, frozenset[DeliveryForm]]
    twin: Mapping[str, str]
    maybe: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scene:
    """All that the measures of one audit date stand on. Parts that were not observed are None, `absent` says why.

    `until` is the place of the edition in force in the timeline; `service_of` maps our rows to services; `rewritten`
    maps the keys of editions whose text changed later to what is said of it; `readings` are the keys of all editions
    of the language read up to the date.
    """

    snapshot: Snapshot
    timeline: Timeline
    until: int | None
    service_of: Mapping[str, str]
    before: YearBefore | None = None
    portal: PortalScene | None = None
    other: OtherText | None = None
    rewritten: Mapping[str, str] = field(default_factory=dict)
    readings: Sequence[str] = ()
    absent: Mapping[str, str] = field(default_factory=dict)
