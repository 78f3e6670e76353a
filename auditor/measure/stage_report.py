"""Reads everything the report says, each thing once, into frozen records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auditor.account.compute import account
from auditor.account.records import Account, Unit
from auditor.corrections.stage import corrections
from auditor.db.codings import codings_of
from auditor.db.links import linkings
from auditor.db.models import IssueRow
from auditor.db.permissions import permissions_used
from auditor.db.read import (
    editions_in_force,
    evidence_of_edition,
    evidence_of_listings,
    evidence_of_service_pages,
    listings,
    pick_edition,
)
from auditor.diff.compare import diff_entries
from auditor.diff.records import Change
from auditor.measure.compute import measure_portal
from auditor.measure.objections import objections
from auditor.measure.records import DatedAudit, PortalAudit, PortalSnapshot, coded_listing
from auditor.measure.report_records import Report, YearAccount
from auditor.measure.scene import Scene
from auditor.measure.scenes import Intervals, measure_scene
from auditor.measure.series import Year
from auditor.measure.stage_history import links_between_texts
from auditor.measure.stage_report_services import edition_records, read_services, standing
from auditor.measure.stage_scenes import Ground, end_of_day, read_ground, scene_on, year_end
from auditor.measure.stage_series import Asked, as_years
from auditor.measure.why import Attribution, attribute
from auditor.records import EditionRef, Evidence, Link
from crawler.errors import ContentError
from crawler.pages.records import Lang

#: The measures whose change since the year before is taken apart entry by entry.
TAKEN_APART = ("count", "digitised", "core_complete", "dead_ends", "parallel", "paper_only")


@dataclass(frozen=True, slots=True)
class _Taken:
    """The years as measured, with the scene of the last one."""

    years: tuple[Year, ...]
    last: Scene | None


def read_report(session: Session, asked: Asked, intervals: Intervals | None, coding: str) -> Report:
    """Everything a report on `asked.today` says. Reads only.

    The series starts with the first year in which an edition is known to have been in force. With no edition read the
    register's part is empty; with no portal list the portal's is. Raises ContentError when there is neither, or when
    editions were read but none is in force on the day.
    """
    as_of = asked.today
    portals = tuple(_portal(session, as_of, lang, asked.codebook) for lang in _portal_langs(session, as_of))
    days = _audit_days(session, asked)
    ground = read_ground(session, days, asked.lang, asked.missed, asked.codebook)
    known = [one for one in ground.editions if one.edition_date <= as_of]
    if not known:
        if not portals:
            raise ContentError(_nothing(ground, as_of))
        return _portal_only(session, asked, portals, coding)
    taken = _measured(session, ground, days, asked, intervals)
    used = {one.as_of: pick_edition(ground.editions, one.as_of) for one in taken.years}
    texts = [step.texts[asked.lang] for step in ground.plan if asked.lang in step.texts]
    accounts, links = _accounts(session, ground, taken.years, texts)
    records, service_of = read_services(session, ground, texts, as_of)
    cited = {edition.id for edition in used.values() if edition}
    places = {}
    for edition in sorted(cited):
        places.update(evidence_of_edition(session, edition))
    now = taken.years[-1].audit
    if now is None:
        raise ContentError(taken.years[-1].reason)
    return Report(
        as_of=as_of,
        lang=asked.lang,
        codebook=asked.codebook,
        coding=coding,
        years=taken.years,
        portals=portals,
        accounts=accounts,
        changes=_changes(ground, taken.years, links),
        why=_why(taken, now),
        objections=objections(now, accounts[-1].accounts if accounts else {}),
        services=records,
        service_of=service_of,
        editions=edition_records(session, known, cited),
        places=places | _portal_places(session, portals),
        not_read=asked.missed,
        issues=tuple(_open_issues(session)),
        permissions=permissions_used(session),
        corrections=corrections(session),
    )


def _nothing(ground: Ground, as_of: date) -> str:
    if not ground.editions:
        return "nothing to report: no edition and no portal list has been read and accepted"
    first = min(edition.edition_date for edition in ground.editions)
    return (
        f"nothing to report on {as_of}: no edition of the register in {ground.lang} that was read is in force on it; "
        f"the first one that was read is of {first}"
    )


def _portal_only(session: Session, asked: Asked, portals: tuple[PortalAudit, ...], coding: str) -> Report:
    return Report(
        *(asked.today, asked.lang, asked.codebook, coding, (), portals, (), (), {}, {}, {}, {}, ()),
        places=_portal_places(session, portals),
        not_read=asked.missed,
        issues=tuple(_open_issues(session)),
        permissions=permissions_used(session),
        corrections=corrections(session),
    )


def _audit_days(session: Session, asked: Asked) -> list[date]:
    """31 December of each year from the first one that has, or is known to have had, an edition; last the day asked."""
    years = [one.edition_date.year for one in editions_in_force(session, asked.lang)]
    years += [one.edition_date.year for one in asked.missed if one.edition_date and one.lang == asked.lang]
    first = min([*years, asked.today.year])
    return [min(year_end(year), asked.today) for year in range(first, asked.today.year + 1)]


def _measured(
    session: Session, ground: Ground, days: Sequence[date], asked: Asked, intervals: Intervals | None
) -> _Taken:
    found: dict[date, DatedAudit | ContentError] = {}
    last: Scene | None = None
    for day in days:
        try:
            last = scene_on(session, ground, day)
            found[day] = measure_scene(last, intervals)
        except ContentError as error:
            last = None
            found[day] = error
    return _Taken(tuple(as_years(session, {day.year: day for day in days}, found, asked)), last)


def _accounts(
    session: Session, ground: Ground, years: Sequence[Year], texts: Sequence[EditionRef]
) -> tuple[tuple[YearAccount, ...], tuple[Link, ...]]:
    """The accounts between observed years that follow each other, and the links between the last two."""
    known = linkings(session)
    places = {text.id: place for place, text in enumerate(texts)}
    found = []
    links: list[Link] = []
    for start, end in pairwise(years):
        links = []
        if start.audit is None or end.audit is None:
            continue
        older, newer = (pick_edition(ground.editions, one.as_of) for one in (start, end))
        if older is None or newer is None or not {older.id, newer.id} <= places.keys():
            continue
        between = texts[places[older.id] : places[newer.id] + 1]
        if any(text.edition_date in ground.timeline.unlinked for text in between[1:]) or not between:
            continue
        links = links_between_texts(session, between, known)
        found.append(YearAccount(start, end, _every_account(ground, (older, newer), links, last=end is years[-1])))
    return tuple(found), tuple(links)


def _every_account(
    ground: Ground, pair: tuple[EditionRef, EditionRef], links: Sequence[Link], *, last: bool
) -> Mapping[tuple[Unit, bool], Account]:
    """By rows for every pair of years, by the other units for the last one; digitised where both editions say forms."""
    older, newer = (ground.entries[edition.id] for edition in pair)
    found = {}
    for unit in Unit if last else (Unit.ROWS,):
        for digitised in (False, True):
            try:
                taken = account(older, newer, links, unit, digitised=digitised)
            except ContentError:
                continue
            if taken.start or taken.end:
                found[unit, digitised] = taken
    return found


def _changes(ground: Ground, years: Sequence[Year], links: Sequence[Link]) -> tuple[Change, ...]:
    if len(years) < 2 or years[-2].audit is None:
        return ()
    older, newer = (pick_edition(ground.editions, one.as_of) for one in years[-2:])
    if older is None or newer is None or older.id == newer.id:
        return ()
    return tuple(diff_entries(ground.entries[older.id], ground.entries[newer.id], links))


def _why(taken: _Taken, now: DatedAudit) -> dict[str, Attribution]:
    """The change of each headline since the year before, entry by entry, where both years were observed."""
    then = taken.years[-2].audit if len(taken.years) > 1 else None
    before = taken.last.before if taken.last else None
    if then is None or before is None:
        return {}
    found = {}
    for measure in TAKEN_APART:
        if measure in then.measured and measure in now.measured:
            old, new = then.measured[measure].head, now.measured[measure]
            snapshots = (then.snapshot, now.snapshot)
            found[measure] = attribute(old, new.head, snapshots, before.descent, dict(new.details))
    return found


def _portal_langs(session: Session, as_of: date) -> list[Lang]:
    seen = {listing.lang for listing in listings(session, until=end_of_day(as_of))}
    return [lang for lang in Lang if lang in seen]


def _portal(session: Session, as_of: date, lang: Lang, codebook: str) -> PortalAudit:
    codings = codings_of(session, "listing", str(lang))
    shown = listings(session, lang, end_of_day(as_of))
    rows = (coded_listing(one, standing(codings.get(one.key, ()), codebook)) for one in shown)
    snapshot = PortalSnapshot(as_of, lang, tuple(rows), codebook)
    return PortalAudit(snapshot, measure_portal(snapshot))


def _portal_places(session: Session, portals: Sequence[PortalAudit]) -> dict[str, Evidence]:
    found = {}
    for portal in portals:
        lang = portal.snapshot.lang
        wanted = {row.listing.key for row in portal.snapshot.listings}
        for key, place in evidence_of_listings(session, lang).items():
            if key in wanted:
                found[key] = place
        for key, place in evidence_of_service_pages(session, lang).items():
            if key in wanted:
                found[f"page:{key}"] = replace(place, place="page")
    return found


def _open_issues(session: Session) -> list[tuple[str, int]]:
    statement = (
        select(IssueRow.code, func.count())
        .where(IssueRow.resolved_at.is_(None))
        .group_by(IssueRow.code)
        .order_by(IssueRow.code)
    )
    return [(code, count) for code, count in session.execute(statement)]
