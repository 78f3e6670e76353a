"""Reads the register's history as light rows and links: every edition, but only what durations and events need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from auditor.account.stage import as_decided
from auditor.coding.in_force import coding_in_force
from auditor.db.codings import carried, said_of
from auditor.db.links import (
    decided,
    decisions,
    linkings,
    machine_links,
    memberships,
    services_of_listings,
    stored_links,
)
from auditor.db.models import (
    CaptureRow,
    CodingRow,
    EntryRow,
    LinkingRow,
    LinkRow,
    ListingRow,
    ListingSeenRow,
    ListReadingRow,
    MembershipRow,
    ServiceRow,
)
from auditor.ingest.keys import listing_key
from auditor.link.plan import Step
from auditor.measure.scene import OtherText, PortalList, Text, Timeline, Trace
from auditor.records import Coding, Completeness, EditionRef, Link, LinkState, LinkType, Nature, Output, StoredCoding
from crawler.pages.records import ELECTRONIC_FORMS, DeliveryForm, Lang

_ELECTRONIC = frozenset(str(form) for form in ELECTRONIC_FORMS)


def read_timeline(session: Session, texts: Sequence[EditionRef]) -> tuple[Timeline, dict[str, str]]:
    """The history of one language as light rows with their links, and the service of every row."""
    services = _services(session, texts[0].lang) if texts else {}
    rows: dict[int, list[Trace]] = {text.id: [] for text in texts}
    statement = (
        select(EntryRow.edition_id, EntryRow.key, EntryRow.forms)
        .where(EntryRow.edition_id.in_(list(rows)), EntryRow.dead.is_(False))
        .order_by(EntryRow.edition_id, EntryRow.ordinal)
    )
    for edition, key, forms in session.execute(statement):
        said = forms.split()
        electronic = not _ELECTRONIC.isdisjoint(said)
        rows[edition].append(Trace(key, services.get(key, ""), electronic, "paper" in said))
    links, unlinked = _history_links(session, texts)
    parents: dict[str, list[str]] = defaultdict(list)
    maybe: dict[str, list[str]] = defaultdict(list)
    restored = set()
    for link in links:
        if link.state is LinkState.REFUSED:
            continue
        (parents if link.state is LinkState.ACCEPTED else maybe)[link.newer].append(link.older)
        if link.type is LinkType.RESTORED and link.state is LinkState.ACCEPTED:
            restored.add(link.newer)
    timeline = Timeline(
        texts=tuple(Text(text.act, text.edition_date, tuple(rows[text.id])) for text in texts),
        parents={key: tuple(olds) for key, olds in parents.items()},
        maybe={key: tuple(olds) for key, olds in maybe.items()},
        restored=frozenset(restored),
        unlinked=frozenset(unlinked),
    )
    return timeline, services


def _services(session: Session, lang: Lang) -> dict[str, str]:
    statement = (
        select(MembershipRow.subject_key, ServiceRow.key)
        .join(ServiceRow, ServiceRow.id == MembershipRow.service_id)
        .where(MembershipRow.subject_kind == "entry", MembershipRow.subject_key.like(f"%/{lang}/%"))
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def _history_links(session: Session, texts: Sequence[EditionRef]) -> tuple[list[Link], set[date]]:
    """All links of the history in force with people's decisions over them, and the days of texts that have none."""
    known = linkings(session)
    unlinked = set()
    for before, text in zip(("", *(one.key for one in texts)), texts, strict=False):
        row = known.get(("history", before, text.key))
        if row is None or not row.inputs_hash:
            unlinked.add(text.edition_date)
    return links_between_texts(session, texts, known), unlinked


def links_between_texts(
    session: Session, texts: Sequence[EditionRef], known: Mapping[tuple[str, str, str], LinkingRow]
) -> list[Link]:
    """The history's links between texts that follow each other, people's decisions over them; without evidence.

    `known` are the linkings by kind, older and newer edition; pairs that are not linked give none.
    """
    pairs = [("history", older.key, newer.key) for older, newer in pairwise(texts)]
    ids = [known[pair].id for pair in pairs if pair in known]
    statement = select(LinkRow.type, LinkRow.older_key, LinkRow.newer_key, LinkRow.state).where(
        LinkRow.linking_id.in_(ids), LinkRow.withdrawn_at.is_(None)
    )
    types = {str(kind): kind for kind in LinkType}
    states = {str(state): state for state in LinkState}
    found = [
        Link(types[kind], older, newer, 0.0, "", states[state])
        for kind, older, newer, state in session.execute(statement.order_by(LinkRow.id))
    ]
    return as_decided(session, found, texts)


def lean_codings(session: Session, editions: Collection[int], lang: Lang, codebook: str) -> dict[str, StoredCoding]:
    """The coding in force of each row of some editions: the codes, the machine's without the words that decided."""
    keys = select(EntryRow.key).where(EntryRow.edition_id.in_(editions))
    statement = (
        select(
            CodingRow.id,
            CodingRow.subject_key,
            CodingRow.coder,
            CodingRow.coder_version,
            CodingRow.evidence_hash,
            CodingRow.coded_at,
            CodingRow.nature,
            CodingRow.completeness,
            CodingRow.output,
            CodingRow.sector,
            CodingRow.confidence,
        )
        .where(
            CodingRow.subject_kind == "entry",
            CodingRow.lang == str(lang),
            CodingRow.codebook == codebook,
            CodingRow.subject_key.in_(keys),
        )
        .order_by(CodingRow.coded_at, CodingRow.id)
    )
    found: dict[str, list[StoredCoding]] = defaultdict(list)
    for row in session.execute(statement):
        coding = Coding(
            *(Nature(row.nature), Completeness(row.completeness), Output(row.output)),
            row.sector,
            (),
            (),
            row.confidence,
        )
        made = (row.coder, codebook, row.evidence_hash, row.coded_at, coding, row.coder_version)
        found[row.subject_key].append(StoredCoding(row.id, row.subject_key, *made))
    texts = {one.evidence_hash for codings in found.values() for one in codings}
    every = carried(found, said_of(session, "entry", texts))
    chosen = {
        key: coding_in_force([one for one in codings if one.codebook == codebook]) for key, codings in every.items()
    }
    return {key: one for key, one in chosen.items() if one is not None}


def portal_lists(session: Session) -> tuple[PortalList, ...]:
    """Every complete reading of every list of the portal, oldest first."""
    statement = (
        select(
            ListReadingRow.id,
            ListReadingRow.lang,
            ListReadingRow.audience,
            ListReadingRow.slug,
            CaptureRow.captured_at,
            ListingRow.lang.label("listing_lang"),
            ListingRow.slug.label("listing_slug"),
        )
        .join(CaptureRow, CaptureRow.id == ListReadingRow.capture_id)
        .join(ListingSeenRow, ListingSeenRow.list_reading_id == ListReadingRow.id)
        .join(ListingRow, ListingRow.id == ListingSeenRow.listing_id)
        .where(ListReadingRow.complete.is_(True), ListReadingRow.superseded_at.is_(None))
        .order_by(CaptureRow.captured_at, ListReadingRow.id)
    )
    frames = {}
    held: dict[int, set[str]] = defaultdict(set)
    for row in session.execute(statement):
        frames[row.id] = ((row.lang, row.audience, row.slug), row.captured_at)
        held[row.id].add(listing_key(Lang(row.listing_lang), row.listing_slug))
    return tuple(PortalList(frame, at, frozenset(held[reading])) for reading, (frame, at) in frames.items())


def portal_candidates(session: Session) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]], bool]:
    """The services of each linked listing, the services that undecided links would give others, and whether the portal
    was linked at all.
    """
    listed = services_of_listings(session)
    open_links = [
        one.link
        for one in stored_links(session, LinkState.CANDIDATE)
        if one.link.type is LinkType.LISTED and one.link.newer not in listed
    ]
    refused = {(one.link.older, one.link.newer) for one in decisions(session) if one.link.state is LinkState.REFUSED}
    service_of = memberships(session, "entry", {link.older for link in open_links})
    maybe: dict[str, set[str]] = defaultdict(set)
    for link in open_links:
        if (link.older, link.newer) not in refused and link.older in service_of:
            maybe[link.newer].add(service_of[link.older])
    linked = ("listing", "", "portal") in linkings(session)
    return listed, {key: tuple(sorted(found)) for key, found in maybe.items()}, linked


def other_text(session: Session, step: Step, lang: Lang, other: Lang) -> OtherText | None:
    """The same edition in the other language; None when the two are not linked."""
    first, second = step.texts[Lang.RU], step.texts[Lang.KK]
    row = linkings(session).get(("translation", first.key, second.key))
    if row is None or not row.inputs_hash:
        return None
    people = [one for one in decisions(session) if one.link.type is LinkType.TRANSLATION]
    links = decided(machine_links(session, [row.id])[row.id], people)
    twin: dict[str, str] = {}
    maybe = set()
    for link in links:
        ours, theirs = (link.older, link.newer) if lang is Lang.RU else (link.newer, link.older)
        if link.state is LinkState.ACCEPTED:
            twin[ours] = theirs
        elif link.state is LinkState.CANDIDATE:
            maybe |= {ours, theirs}
    statement = select(EntryRow.key, EntryRow.forms).where(
        EntryRow.edition_id == step.texts[other].id, EntryRow.dead.is_(False)
    )
    forms = {
        key: frozenset(DeliveryForm(word) for word in said.split())
        for key, said in session.execute(statement.order_by(EntryRow.ordinal))
    }
    return OtherText(str(other), forms, twin, frozenset(maybe))
