"""Links the portal's listings to services, after the register is linked. People's decisions win and stay."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from auditor.db.links import (
    StoredLink,
    decisions,
    linkings,
    machine_links,
    memberships,
    store_listed,
    sync_findings,
    sync_links,
)
from auditor.db.models import EntryRow, LinkingRow, LinkRow
from auditor.db.portal import gone_listings
from auditor.db.read import editions_in_force, entries_of, listings, pick_edition
from auditor.link.listings import link_listings
from auditor.link.plan import LINKER
from auditor.link.portal_weigh import ServiceName
from auditor.link.stage import REGISTER_LANGS
from auditor.records import Link, LinkState, LinkType, Listing
from crawler.pages.records import Lang

_PAIR = ("listing", "", "portal")
#: Types whose older row bore a name that the portal may still show.
_OLD_NAMES = (LinkType.RENAMED, LinkType.REWORDED)


@dataclass(frozen=True, slots=True)
class ListingLinking:
    """How many listings show a known service, fit several, fit none."""

    linked: int
    ambiguous: int
    unlinked: int
    added: int = 0
    withdrawn: int = 0


def link_portal(session: Session, threshold: float, now: datetime) -> ListingLinking:
    """Link every listing of the portal that shows one service; `threshold` is the least name similarity, 0–100.

    One that is gone keeps what it showed: else a single list without it would prove that its service is not listed,
    and the figures of days on which it stood there would change.
    """
    shown = listings(session)
    gone = gone_listings(session, {listing.key for listing in shown})
    people = [one for one in decisions(session) if one.link.type is LinkType.LISTED]
    names = _names(session, now.astimezone(ZoneInfo("Asia/Almaty")).date())
    row = _linking(session, now)
    inputs = _inputs([*shown, *gone], names, people, threshold)
    if row.inputs_hash == inputs:
        return _counts(shown, machine_links(session, [row.id])[row.id], people, (0, 0))
    links, findings = link_listings(shown, names, threshold)
    links = _steady(session, row, [*links, *link_listings(gone, names, threshold)[0]])
    row.inputs_hash, row.linker, row.linked_at = inputs, LINKER, now
    changed = sync_links(session, row.id, links, now)
    sync_findings(session, "link portal", None, findings, now)
    accepted = [link for link in _decided(links, people) if link.state is LinkState.ACCEPTED]
    service_of = memberships(session, "entry", {link.older for link in accepted})
    wanted: dict[str, set[str]] = {}
    for link in accepted:
        if link.older in service_of:
            wanted.setdefault(link.newer, set()).add(service_of[link.older])
    store_listed(session, wanted)
    return _counts(shown, links, people, changed)


def _names(session: Session, today: date) -> list[ServiceName]:
    """Names that services have on `today`, had last before they ended, or had before they were renamed."""
    found: dict[str, ServiceName] = {}
    for lang in REGISTER_LANGS:
        edition = pick_edition(editions_in_force(session, lang), today)
        for entry in entries_of(session, edition.id) if edition else ():
            if not entry.dead:
                found[entry.key] = ServiceName("", entry.key, lang, entry.name, entry.code, True, entry.subname,
                                               entry.section, entry.subsection, entry.developer)  # fmt: skip
    ended = {key for row in linkings(session).values() for key in row.ended}
    renamed = select(LinkRow.older_key).where(
        LinkRow.type.in_([str(kind) for kind in _OLD_NAMES]),
        LinkRow.state == str(LinkState.ACCEPTED),
        LinkRow.withdrawn_at.is_(None),
    )
    older = sorted((ended | set(session.scalars(renamed))) - set(found))
    for start in range(0, len(older), 500):
        chunk = older[start : start + 500]
        rows = session.execute(
            select(EntryRow.key, EntryRow.name, EntryRow.code).where(EntryRow.key.in_(chunk)).order_by(EntryRow.id)
        )
        for row in rows:
            found[row.key] = ServiceName("", row.key, Lang(row.key.split("/")[2]), row.name, row.code, False)
    services = memberships(session, "entry", set(found))
    return [replace(found[key], service=services[key]) for key in sorted(found) if key in services]


def _linking(session: Session, now: datetime) -> LinkingRow:
    row = linkings(session).get(_PAIR)
    if row is None:
        row = LinkingRow(kind=_PAIR[0], older=_PAIR[1], newer=_PAIR[2], inputs_hash="", linker=LINKER, linked_at=now)
        session.add(row)
        session.flush()
    return row


def _inputs(
    shown: Sequence[Listing], names: Sequence[ServiceName], people: Sequence[StoredLink], threshold: float
) -> str:
    digest = hashlib.sha256(f"{LINKER} {threshold}".encode())
    for listing in shown:
        digest.update("\x1f".join((listing.key, listing.name, listing.result, *listing.categories, "\n")).encode())
    for name in names:
        told = (name.service, name.entry, name.name, name.subname, name.section, name.subsection, name.developer)
        digest.update("\x1f".join((*told, str(name.current), "\n")).encode())
    for one in people:
        digest.update(f"{one.link.older}\x1f{one.link.newer}\x1f{one.link.state}\n".encode())
    return digest.hexdigest()


def _steady(session: Session, row: LinkingRow, links: Sequence[Link]) -> list[Link]:
    """The links, each at the row it hung on before if that is the same service's: a further edition changes nothing."""
    before = machine_links(session, [row.id])[row.id]
    service_of = memberships(session, "entry", {link.older for link in (*before, *links)})
    hung = {(link.newer, service_of.get(link.older, ""), link.state, link.rule): link for link in before}
    steady = []
    for link in links:
        same = hung.get((link.newer, service_of.get(link.older, ""), link.state, link.rule))
        steady.append(replace(link, older=same.older, probability=same.probability) if same else link)
    return steady


def _decided(links: Iterable[Link], people: Sequence[StoredLink]) -> list[Link]:
    """A confirmed listing shows what people confirmed, one service or several, and no other; a refused pair is gone."""
    said = [one.link for one in people if one.link.state is LinkState.ACCEPTED]
    confirmed = {link.newer for link in said}
    refused = {(one.link.older, one.link.newer) for one in people if one.link.state is LinkState.REFUSED}
    kept = [link for link in links if link.newer not in confirmed and (link.older, link.newer) not in refused]
    return [*kept, *said]


def _counts(
    shown: Sequence[Listing], links: Sequence[Link], people: Sequence[StoredLink], changed: tuple[int, int]
) -> ListingLinking:
    states: dict[str, set[LinkState]] = {}
    for link in _decided(links, people):
        states.setdefault(link.newer, set()).add(link.state)
    linked = sum(LinkState.ACCEPTED in states.get(listing.key, ()) for listing in shown)
    ambiguous = sum(states.get(listing.key) == {LinkState.CANDIDATE} for listing in shown)
    return ListingLinking(linked, ambiguous, len(shown) - linked - ambiguous, *changed)
