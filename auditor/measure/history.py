"""Measures over the register's whole history: how long a state has lasted, and when in the year changes come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from auditor.measure.compute import is_digitised, keys_of
from auditor.measure.records import Figure, Measured
from auditor.measure.scene import Scene, Text
from crawler.errors import ContentError
from crawler.pages.records import DeliveryForm

#: Days before 31 December in which changes count as hurried to the year's end.
WINDOW = 60
#: How often the changes are dealt out anew among the amendments, and from which seed.
PERMUTATIONS = 5_000
SEED = 31_12


def years_between(start: date, end: date) -> float:
    """Years from one day to another."""
    return (end - start).days / 365.25


def texts_so_far(scene: Scene) -> tuple[Text, ...]:
    """The register's editions up to the one in force. Raises ContentError if that one is no part of the history."""
    if scene.until is None:
        raise ContentError("the edition in force is no part of the register's history")
    return scene.timeline.texts[: scene.until + 1]


def first_days(scene: Scene) -> dict[str, date]:
    """The first edition that was read and has a row of the service, by service."""
    found: dict[str, date] = {}
    for text in texts_so_far(scene):
        for row in text.rows:
            if row.service:
                found.setdefault(row.service, text.day)
    return found


def parallel(scene: Scene) -> list[Measured]:
    """Digitised entries that are also on paper, and for how many years without a break.

    Raises ContentError when no entry is digitised.
    """
    digital = [row for row in scene.snapshot.entries if is_digitised(row.entry)]
    if not digital:
        raise ContentError("no entry of this edition is digitised")
    both = [row for row in digital if DeliveryForm.PAPER in row.entry.forms]
    since = _both_since(scene)
    years, details = [], []
    for row in both:
        start = since.get(scene.service_of.get(row.entry.key, ""))
        if start:
            years.append(years_between(start, scene.snapshot.as_of))
            details.append((row.entry.key, f"both since {start}"))
    figure = Figure("parallel", "", len(both), len(digital), keys_of(both), keys_of(digital))
    return [Measured("parallel", (figure,), derived=waited(years), details=tuple(details))]


def _both_since(scene: Scene) -> dict[str, date]:
    """Since which edition each service has stood both on paper and digitised in every edition that was read."""
    since: dict[str, date] = {}
    for text in texts_so_far(scene):
        here = {row.service for row in text.rows if row.service and row.digitised and row.paper}
        since = {service: since.get(service, text.day) for service in here}
    return since


def waited(years: Sequence[float]) -> tuple[tuple[str, float], ...]:
    """Median and longest of some years, to a tenth; nothing over nothing."""
    if not years:
        return ()
    return (("median_years", round(float(np.median(years)), 1)), ("longest_years", round(max(years), 1)))


def bunching(scene: Scene) -> list[Measured]:
    """Share of additions and of flips to digital that came in the 60 days before 31 December, over all amendments.

    `expected_share` and `p_value` come from dealing the amendments' change counts out among their dates by chance
    (seeded). A first edition of an act is no amendment. Raises ContentError with fewer than three amendments.
    """
    texts = texts_so_far(scene)
    amendments = [n for n, text in enumerate(texts) if n and texts[n - 1].act == text.act]
    amendments = [n for n in amendments if texts[n].day not in scene.timeline.unlinked]
    if len(amendments) < 3:
        raise ContentError("fewer than three amendments of the register were read: no pattern of dates can be told")
    changed = [_changes(scene, texts[n - 1], texts[n]) for n in amendments]
    late = np.array([in_window(texts[n].day) for n in amendments])
    counts = np.array([len(keys) for keys in changed])
    if not counts.sum():
        raise ContentError("no amendment that was read adds or digitises anything")
    keys = tuple(key for keys, hurried in zip(changed, late, strict=True) if hurried for key in keys)
    base = tuple(key for keys in changed for key in keys)
    deals = np.random.default_rng(SEED).permuted(np.tile(late, (PERMUTATIONS, 1)), axis=1) @ counts
    at_least = int((deals >= len(keys)).sum())
    derived = (
        ("expected_share", round(float(deals.mean()) / len(base), 4)),
        ("p_value", round((1 + at_least) / (1 + PERMUTATIONS), 4)),
        ("amendments", float(len(amendments))),
    )
    return [Measured("bunching", (Figure("bunching", "", len(keys), len(base), keys, base),), derived=derived)]


def in_window(day: date) -> bool:
    """Whether a day lies in the 60 days before 31 December, that day included."""
    end = date(day.year, 12, 31)
    return end - timedelta(days=WINDOW) <= day <= end


def _changes(scene: Scene, older: Text, newer: Text) -> list[str]:
    """Rows of an amendment that continue nothing, and rows that one row became which was not digitised."""
    was = {row.key: row.digitised for row in older.rows}
    found = []
    for row in newer.rows:
        parents = scene.timeline.parents.get(row.key, ())
        flipped = row.digitised and len(parents) == 1 and was.get(parents[0]) is False
        if not parents or flipped:
            found.append(row.key)
    return found
