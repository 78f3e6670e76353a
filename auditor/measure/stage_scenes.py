"""Reads what the measures of several audit dates stand on, each thing once, and measures them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from auditor.db.acts import first_days, nothing_in_force
from auditor.db.models import IssueRow
from auditor.db.portal import listings
from auditor.db.read import editions_in_force, entries_of_many, pick_edition
from auditor.link.plan import Step, steps
from auditor.link.stage import REGISTER_LANGS
from auditor.measure.records import DatedAudit, Snapshot, coded
from auditor.measure.scene import OtherText, PortalList, PortalScene, Scene, Timeline, YearBefore, descent
from auditor.measure.scenes import Intervals, measure_scene
from auditor.measure.stage_history import lean_codings, other_text, portal_candidates, portal_lists, read_timeline
from auditor.measure.unread import accepted_note, unread_later
from auditor.records import EditionRef, Entry, NotRead, StoredCoding
from crawler.errors import ContentError
from crawler.pages.records import Lang


@dataclass(frozen=True, slots=True)
class Ground:
    """What was read for all dates: editions, rows, codings, history, portal."""

    lang: Lang
    codebook: str
    missed: tuple[NotRead, ...]
    editions: list[EditionRef]
    entries: Mapping[int, list[Entry]]
    codings: Mapping[str, StoredCoding]
    plan: list[Step]
    timeline: Timeline
    services: Mapping[str, str]
    lists: tuple[PortalList, ...] = ()
    listed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    maybe_listed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    portal_linked: bool = False
    rewritten: Mapping[str, str] = field(default_factory=dict)
    acts: Mapping[str, date] = field(default_factory=dict)


def year_end(year: int) -> date:
    """31 December: the audit date of a year."""
    return date(year, 12, 31)


def end_of_day(day: date) -> datetime:
    """The moment a day ends in Almaty, in UTC: what was captured before it was seen on that day."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo("Asia/Almaty")).astimezone(UTC)


def measure_dates(
    session: Session,
    days: Sequence[date],
    lang: Lang,
    not_read: Iterable[NotRead],
    codebook: str,
    intervals: Intervals | None = None,
) -> dict[date, DatedAudit | ContentError]:
    """Every measure on each day, or why nothing was observed on it. Reads only."""
    ground = read_ground(session, days, lang, tuple(not_read), codebook)
    found: dict[date, DatedAudit | ContentError] = {}
    for day in days:
        try:
            found[day] = measure_scene(scene_on(session, ground, day), intervals)
        except ContentError as error:
            found[day] = error
    return found


def read_ground(
    session: Session, days: Sequence[date], lang: Lang, missed: tuple[NotRead, ...], codebook: str
) -> Ground:
    """Everything the measures of these days stand on, in as few queries as there are kinds of things."""
    in_force = {each: editions_in_force(session, each) for each in REGISTER_LANGS}
    editions = in_force[lang]
    wanted = {edition.id for day in days for each in (day, year_end(day.year - 1))
              if (edition := pick_edition(editions, each))}  # fmt: skip
    plan = [step for step in steps(in_force) if step.day <= max(days)]
    timeline, services = read_timeline(session, [step.texts[lang] for step in plan if lang in step.texts])
    ids = sorted(wanted)
    lists = portal_lists(session)
    listed, maybe, linked = portal_candidates(session)
    rewrites = select(IssueRow.address, IssueRow.message).where(
        IssueRow.code == "silent_rewrite", IssueRow.resolved_at.is_(None)
    )
    return Ground(
        lang=lang,
        codebook=codebook,
        missed=missed,
        editions=editions,
        entries=entries_of_many(session, ids),
        codings=lean_codings(session, ids, lang, codebook),
        plan=plan,
        timeline=timeline,
        services=services,
        lists=lists,
        listed=listed,
        maybe_listed=maybe,
        portal_linked=linked,
        rewritten={row.address: row.message for row in session.execute(rewrites.order_by(IssueRow.id))},
        acts=first_days(session),
    )


def snapshot_on(ground: Ground, day: date) -> Snapshot | None:
    """The register on a day, None when no edition that was read is in force."""
    edition = pick_edition(ground.editions, day)
    if edition is None:
        return None
    rows = tuple(coded(entry, ground.codings.get(entry.key)) for entry in ground.entries[edition.id] if not entry.dead)
    unread = unread_later(ground.missed, edition, day)
    accepted = accepted_note(edition)
    return Snapshot(day, ground.lang, edition.act, edition.edition_date, rows, ground.codebook, unread, accepted)


def scene_on(session: Session, ground: Ground, day: date) -> Scene:
    """What the measures of one day stand on. Raises ContentError when no edition that was read is in force."""
    snapshot = snapshot_on(ground, day)
    if snapshot is None:
        raise ContentError(nothing_in_force(ground.acts, day, ground.lang))
    until = ground.timeline.place(snapshot.act, snapshot.edition_date)
    absent: dict[str, str] = {}
    before = _before(ground, snapshot, until, absent)
    portal = _portal(session, ground, snapshot, absent)
    other = _other(session, ground, snapshot, absent)
    readings = [edition.key for edition in ground.editions if edition.edition_date <= day]
    return Scene(
        snapshot=snapshot,
        timeline=ground.timeline,
        until=until,
        service_of=ground.services,
        before=before,
        portal=portal,
        other=other,
        rewritten=ground.rewritten,
        readings=readings,
        absent=absent,
    )


def _before(ground: Ground, now: Snapshot, until: int | None, absent: dict[str, str]) -> YearBefore | None:
    """The register of the year before and what continues it, or the reason in `absent`."""
    day = year_end(now.as_of.year - 1)
    then = snapshot_on(ground, day)
    if then is None:
        absent["before"] = nothing_in_force(ground.acts, day, ground.lang)
        return None
    start = ground.timeline.place(then.act, then.edition_date)
    if start is None or until is None or start > until:
        absent["before"] = "the edition in force is no part of the register's history"
        return None
    unlinked = [
        text.day for text in ground.timeline.texts[start + 1 : until + 1] if text.day in ground.timeline.unlinked
    ]
    if unlinked:
        absent["before"] = f"the rows of the edition of {unlinked[0]} are not linked: run `egov-audit link`"
        return None
    return YearBefore(then, descent(ground.timeline, start, until))


def _portal(session: Session, ground: Ground, now: Snapshot, absent: dict[str, str]) -> PortalScene | None:
    until = end_of_day(now.as_of)
    lists = tuple(one for one in ground.lists if one.at < until)
    if not lists:
        absent["portal"] = f"no complete list of the portal was read up to {now.as_of}"
        return None
    if not ground.portal_linked or any(row.entry.key not in ground.services for row in now.entries):
        absent["portal"] = "listings and rows are not linked to services: run `egov-audit link`"
        return None
    shown = tuple(listing.key for listing in listings(session, ground.lang, until))
    # A list first read whole later, or known and never read whole: what it showed on the day is not known.
    later = {one.frame[:2] for one in ground.lists} - {one.frame[:2] for one in lists}
    never = {(one.lang, one.audience) for one in ground.missed if one.audience}
    unread = tuple(sorted(f"{lang}/{audience}" for lang, audience in later | never))
    return PortalScene(lists, shown, ground.listed, ground.maybe_listed, unread)


def _other(session: Session, ground: Ground, now: Snapshot, absent: dict[str, str]) -> OtherText | None:
    step = next((one for one in ground.plan if (one.act, one.day) == (now.act, now.edition_date)), None)
    others = [lang for lang in REGISTER_LANGS if lang is not ground.lang and step and lang in step.texts]
    if step is None or not others:
        absent["other"] = f"the edition of {now.edition_date} was not read in the other language"
        return None
    found = other_text(session, step, ground.lang, others[0])
    if found is None:
        absent["other"] = "the rows of the two languages are not linked: run `egov-audit link`"
    return found
