"""How much of what was added since the year before is no birth: the closing account's additions, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from auditor.account.compute import account
from auditor.account.records import SIGNS, Account, Item, TermName
from auditor.measure.compute import is_digitised
from auditor.measure.growth import labelled_before, year_before
from auditor.measure.records import Figure, Measured
from auditor.measure.scene import Scene, YearBefore
from auditor.records import Entry, Link, LinkState, LinkType
from crawler.errors import ContentError

#: What an addition that is no birth is called in words.
_WORDS: Mapping[str, str] = {
    "split": "one of several rows that one row became",
    "regrouped": "one of the rows that several rows became",
    "to_digital": "label turned digital",
}


def cosmetic_share(scene: Scene) -> list[Measured]:
    """Of the rows added since the year before those that are no births, as the account of the two years has them.

    Bounds are those of the account; `least_share` and `most_share` let births and other additions go to their ends at
    once. Raises ContentError when the year before was not observed or nothing was added.
    """
    return [_measured("cosmetic_share", scene, year_before(scene), digitised=False)]


def cosmetic_share_digitised(scene: Scene) -> list[Measured]:
    """The same of what was added to the digitised: changed labels are additions too, and no births.

    Raises ContentError as `cosmetic_share`, and where an edition states no delivery form.
    """
    return [_measured("cosmetic_share_digitised", scene, labelled_before(scene), digitised=True)]


def _measured(measure: str, scene: Scene, before: YearBefore, *, digitised: bool) -> Measured:
    older, newer = ([row.entry for row in shot.entries] for shot in (before.snapshot, scene.snapshot))
    found = account(older, newer, _links(scene, before), digitised=digitised)
    share = found.cosmetic_share
    if share is None:
        raise ContentError(f"nothing was added to the {'digitised entries' if digitised else 'register'} in this year")
    added = _added(found, older, newer)
    births = {key for item in found.terms[TermName.BIRTHS].items for key in item.newer}
    order = [entry.key for entry in newer]
    head = Figure(
        measure,
        "",
        len(added),
        found.additions,
        tuple(key for key in order if key in added),
        tuple(key for key in order if key in added or key in births),
        *found.others,
    )
    bounds = (("least_share", share[1]), ("most_share", share[2])) if share[1] != share[2] else ()
    return Measured(measure, (head,), derived=bounds, details=tuple((key, added[key]) for key in head.keys))


def _links(scene: Scene, before: YearBefore) -> Iterator[Link]:
    """The history's links of every step between the two years; only what an account asks of a link is true of them."""
    timeline = scene.timeline
    start = timeline.place(before.snapshot.act, before.snapshot.edition_date)
    if start is None or scene.until is None:
        raise ContentError("the edition in force is no part of the register's history")
    for text in timeline.texts[start + 1 : scene.until + 1]:
        for row in text.rows:
            kind = LinkType.RESTORED if row.key in timeline.restored else LinkType.SAME
            for old in timeline.parents.get(row.key, ()):
                yield Link(kind, old, row.key, 1.0, "timeline")
            for old in timeline.maybe.get(row.key, ()):
                yield Link(LinkType.SAME, old, row.key, 0.0, "timeline", LinkState.CANDIDATE)


def _added(found: Account, older: Sequence[Entry], newer: Sequence[Entry]) -> dict[str, str]:
    """The rows that additions other than births stand for, and why, in words."""
    olds, news = ({entry.key: entry for entry in side} for side in (older, newer))
    added: dict[str, str] = {}
    for term in found.terms.values():
        for item in term.items:
            if item.term is TermName.BIRTHS or SIGNS[item.term] * item.amount <= 0:
                continue
            rows = _least_alike([olds[key] for key in item.older], [news[key] for key in item.newer], item)
            added |= dict.fromkeys(rows, _WORDS[item.kind])
    return added


def _least_alike(older: Sequence[Entry], newer: Sequence[Entry], item: Item) -> list[str]:
    """As many of the newer rows as the event added. An account says how many there are more, not which: the rows most
    like the old ones, by code, then name, are taken to go on, and the others to be added.
    """
    if item.kind == "to_digital":
        newer = [entry for entry in newer if is_digitised(entry)]
    codes = {entry.code for entry in older if entry.code}
    names = {entry.name for entry in older}
    ranked = sorted(newer, key=lambda entry: (entry.code not in codes, entry.name not in names, entry.ordinal))
    return [entry.key for entry in ranked[len(ranked) - abs(item.amount) :]]
