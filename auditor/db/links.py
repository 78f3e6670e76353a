"""Links, services and memberships: rows ↔ records. Machine links are kept when a later linking withdraws them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Row, Select, Table, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from auditor.db.models import EntryRow, IssueRow, LinkingRow, LinkRow, MembershipRow, ServiceRow
from auditor.records import Link, LinkState, LinkType
from crawler.pages.records import Finding

_Value = TypeVar("_Value")
_CHUNK = 500
#: The code and the run of findings about links that services could not follow.
CONFLICT, SERVICES = "service_conflict", "link services"


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A link as a person reviews it: the database's id, when and why it was decided."""

    id: int
    link: Link
    decided_at: datetime
    reason: str = ""
    linking_id: int | None = None


_COLUMNS = (
    LinkRow.id,
    LinkRow.linking_id,
    LinkRow.type,
    LinkRow.older_key,
    LinkRow.newer_key,
    LinkRow.score,
    LinkRow.rule,
    LinkRow.state,
    LinkRow.probability,
    LinkRow.group,
    LinkRow.evidence,
    LinkRow.decided_by,
    LinkRow.decided_at,
    LinkRow.reason,
)


def linkings(session: Session) -> dict[tuple[str, str, str], LinkingRow]:
    """What was linked last, by kind, older and newer edition."""
    return {(row.kind, row.older, row.newer): row for row in session.scalars(select(LinkingRow))}


def decisions(session: Session) -> list[StoredLink]:
    """People's decisions in force, oldest first. The newest decision on a pair is the one in force."""
    return [one for one in last_words(session) if one.link.state is not LinkState.CANDIDATE]


def last_words(session: Session) -> list[StoredLink]:
    """People's last word on each pair, oldest first: a decision in force, or a candidate where one was taken back."""
    statement = select(*_COLUMNS).where(LinkRow.linking_id.is_(None), LinkRow.withdrawn_at.is_(None))
    return [_stored(row) for row in session.execute(statement.order_by(LinkRow.id))]


def machine_links(session: Session, linking_ids: Collection[int]) -> dict[int, list[Link]]:
    """The machine's links in force by linking, as the linking found them."""
    found: dict[int, list[Link]] = {linking_id: [] for linking_id in linking_ids}
    for chunk in _chunks(sorted(linking_ids)):
        statement = select(*_COLUMNS).where(LinkRow.linking_id.in_(chunk), LinkRow.withdrawn_at.is_(None))
        for row in session.execute(statement.order_by(LinkRow.id)):
            found[row.linking_id].append(_link(row))
    return found


def stored_links(session: Session, state: LinkState, limit: int | None = None) -> list[StoredLink]:
    """Machine links of one state in force, by id: what a person is asked about."""
    statement = (
        select(*_COLUMNS)
        .where(LinkRow.linking_id.is_not(None), LinkRow.state == state, LinkRow.withdrawn_at.is_(None))
        .order_by(LinkRow.id)
        .limit(limit)
    )
    return [_stored(row) for row in session.execute(statement)]


def links_of(session: Session, keys: Collection[str]) -> list[StoredLink]:
    """The links in force from or to some rows or listings: the machine's, and people's last words."""
    found: dict[int, StoredLink] = {}
    for chunk in _chunks(sorted(keys)):
        touching = or_(LinkRow.older_key.in_(chunk), LinkRow.newer_key.in_(chunk))
        statement = select(*_COLUMNS).where(touching, LinkRow.withdrawn_at.is_(None))
        found |= {row.id: _stored(row) for row in session.execute(statement)}
    return [found[link_id] for link_id in sorted(found)]


def link_by_id(session: Session, link_id: int) -> tuple[StoredLink, bool] | None:
    """A link, and whether it is still in force; None when there never was one."""
    row = session.execute(select(*_COLUMNS, LinkRow.withdrawn_at).where(LinkRow.id == link_id)).one_or_none()
    return None if row is None else (_stored(row), row.withdrawn_at is None)


def decided(links: Iterable[Link], by_people: Iterable[StoredLink]) -> list[Link]:
    """`links` with people's decisions over them: a decided pair is as decided, and a confirmed row has no other claims
    between the two editions it was confirmed in. What it was before and became after is not decided with it.
    """
    answers = {(one.link.older, one.link.newer): one.link for one in by_people}
    confirmed = [link for link in answers.values() if link.state is LinkState.ACCEPTED]
    came, went = {link.newer for link in confirmed}, {_step(link) for link in confirmed}
    kept = (link for link in links if (link.older, link.newer) not in answers)
    return [*(link for link in kept if link.newer not in came and _step(link) not in went), *confirmed]


def _step(link: Link) -> tuple[str, str]:
    """The older row, and the edition (of a listing, the language) that the link takes it to."""
    return link.older, link.newer.rpartition("/")[0]


def sync_links(session: Session, linking_id: int, links: Sequence[Link], now: datetime) -> tuple[int, int]:
    """Make the machine's links of one linking those given: how many are new, how many were withdrawn."""
    table = LinkRow.__table__
    statement = select(table.c.id, table.c.type, table.c.older_key, table.c.newer_key, table.c.state, table.c.rule,
                       table.c.probability, table.c["group"])  # fmt: skip
    old = {
        tuple(row[1:]): row.id
        for row in session.execute(statement.where(table.c.linking_id == linking_id, table.c.withdrawn_at.is_(None)))
    }
    wanted = {_identity(link): link for link in links}
    gone = [row_id for identity, row_id in old.items() if identity not in wanted]
    for chunk in _chunks(gone):
        session.execute(update(LinkRow).where(LinkRow.id.in_(chunk)).values(withdrawn_at=now))
    new = [_values(link, linking_id, now) for identity, link in wanted.items() if identity not in old]
    _insert(session, LinkRow, new)
    return len(new), len(gone)


def add_decision(session: Session, link: Link, now: datetime, reason: str) -> int:
    """A person's word on a pair as a row of its own; an earlier one on the same pair is withdrawn. Gives its id."""
    session.execute(
        update(LinkRow)
        .where(
            LinkRow.linking_id.is_(None),
            LinkRow.older_key == link.older,
            LinkRow.newer_key == link.newer,
            LinkRow.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    row = LinkRow(**{**_values(link, None, now), "reason": reason})
    session.add(row)
    session.flush()
    return row.id


def memberships(session: Session, kind: str, keys: Collection[str] | None = None) -> dict[str, str]:
    """Service key by entry or listing key, of all or of some."""
    statement = (
        select(MembershipRow.subject_key, ServiceRow.key)
        .join(ServiceRow, ServiceRow.id == MembershipRow.service_id)
        .where(MembershipRow.subject_kind == kind)
    )
    if keys is None:
        return _pairs(session, statement)
    found: dict[str, str] = {}
    for chunk in _chunks(sorted(keys)):
        found |= _pairs(session, statement.where(MembershipRow.subject_key.in_(chunk)))
    return found


def services_of_listings(session: Session) -> dict[str, tuple[str, ...]]:
    """The services that each linked listing shows, oldest first: one, or all kinds of one."""
    statement = (
        select(MembershipRow.subject_key, ServiceRow.key)
        .join(ServiceRow, ServiceRow.id == MembershipRow.service_id)
        .where(MembershipRow.subject_kind == "listing")
        .order_by(MembershipRow.subject_key, ServiceRow.id)
    )
    found: dict[str, tuple[str, ...]] = {}
    for listing, service in session.execute(statement):
        found[listing] = (*found.get(listing, ()), service)
    return found


def store_listed(session: Session, wanted: Mapping[str, Collection[str]]) -> int:
    """Make the services that listings show those of `wanted` (listing → services); gives how many listings changed."""
    old = services_of_listings(session)
    changed = [key for key in {**old, **wanted} if set(old.get(key, ())) != set(wanted.get(key, ()))]
    for chunk in _chunks(changed):
        session.execute(
            delete(MembershipRow).where(MembershipRow.subject_kind == "listing", MembershipRow.subject_key.in_(chunk))
        )
    ids = _service_ids(session, {service for key in changed for service in wanted.get(key, ())})
    rows = [
        {"service_id": ids[service], "subject_kind": "listing", "subject_key": key}
        for key in changed
        for service in sorted(wanted.get(key, ()))
    ]
    _insert(session, MembershipRow, rows)
    return len(changed)


def members_of(session: Session, service: str) -> list[str]:
    """The rows of one service, oldest edition first."""
    statement = (
        select(MembershipRow.subject_key)
        .join(ServiceRow, ServiceRow.id == MembershipRow.service_id)
        .where(ServiceRow.key == service, MembershipRow.subject_kind == "entry")
    )
    return sorted(session.scalars(statement), key=lambda key: (key.split("/")[1], key))


def store_memberships(session: Session, kind: str, wanted: Mapping[str, str], old: Mapping[str, str]) -> int:
    """Make the memberships of the subjects in `wanted` and `old` those of `wanted`; gives how many changed.

    Services that are new are made; one that lost its rows stays, for its key may stand in a published report.
    """
    changed = {key: service for key, service in wanted.items() if old.get(key) != service}
    stale = [key for key in old if key not in wanted or key in changed]
    for chunk in _chunks(stale):
        session.execute(
            delete(MembershipRow).where(MembershipRow.subject_kind == kind, MembershipRow.subject_key.in_(chunk))
        )
    ids = _service_ids(session, set(changed.values()))
    rows = [{"service_id": ids[service], "subject_kind": kind, "subject_key": key} for key, service in changed.items()]
    _insert(session, MembershipRow, rows)
    return len(changed) + len(stale)


def make_services(session: Session, services: Mapping[str, date], now: datetime) -> int:
    """Make those services (key → date of the first edition) that are not there; gives how many were new."""
    known = _service_ids(session, set(services))
    new = [{"key": key, "first_date": first, "created_at": now} for key, first in services.items() if key not in known]
    _insert(session, ServiceRow, new)
    return len(new)


def sync_findings(session: Session, run: str, capture_id: str | None, found: Sequence[Finding], now: datetime) -> int:
    """Make the open issues of one linking (`run` names it) those found; gives how many are open."""
    wanted = {(finding.code, finding.address, finding.value): finding for finding in found}
    old = session.execute(
        select(IssueRow.id, IssueRow.code, IssueRow.address, IssueRow.value).where(
            IssueRow.run_id == run, IssueRow.stage == "link", IssueRow.resolved_at.is_(None)
        )
    ).all()
    still = {(row.code, row.address, row.value) for row in old}
    for chunk in _chunks([row.id for row in old if (row.code, row.address, row.value) not in wanted]):
        session.execute(update(IssueRow).where(IssueRow.id.in_(chunk)).values(resolved_at=now))
    rows = [
        {
            "run_id": run,
            "capture_id": capture_id,
            "stage": "link",
            "level": str(finding.level),
            "code": finding.code,
            "address": finding.address,
            "message": finding.message,
            "value": finding.value,
            "found_at": now,
        }
        for key, finding in wanted.items()
        if key not in still
    ]
    _insert(session, IssueRow, rows)
    return len(wanted)


def conflicts(session: Session) -> list[tuple[str, str]]:
    """The older and newer row of each link that is known to be not followed, for it would glue two services."""
    statement = select(IssueRow.value, IssueRow.address).where(
        IssueRow.run_id == SERVICES, IssueRow.code == CONFLICT, IssueRow.resolved_at.is_(None)
    )
    return [(older, newer) for older, newer in session.execute(statement.order_by(IssueRow.id))]


def _insert(session: Session, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    table: Table = model.__table__
    if rows:
        session.execute(insert(table), rows)


def names_of(session: Session, keys: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Name and subname of rows by key, those of the newest reading."""
    found: dict[str, tuple[str, str]] = {}
    for chunk in _chunks(keys):
        statement = select(EntryRow.key, EntryRow.name, EntryRow.subname).where(EntryRow.key.in_(chunk))
        found |= {row.key: (row.name, row.subname) for row in session.execute(statement.order_by(EntryRow.id))}
    return found


def _service_ids(session: Session, services: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in _chunks(sorted(services)):
        found |= _pairs(session, select(ServiceRow.key, ServiceRow.id).where(ServiceRow.key.in_(chunk)))
    return found


def _pairs(session: Session, statement: Select[str, _Value]) -> dict[str, _Value]:
    return {key: value for key, value in session.execute(statement)}  # noqa: C416 - dict() would take the result for a mapping


def _identity(link: Link) -> tuple[object, ...]:
    return (str(link.type), link.older, link.newer, str(link.state), link.rule, link.probability, link.group)


@lru_cache(maxsize=4096)
def _evidence(evidence: tuple[tuple[str, str], ...]) -> list[list[str]]:
    """Evidence as JSON holds it; most links share one."""
    return [list(pair) for pair in evidence]


def _values(link: Link, linking_id: int | None, now: datetime) -> dict[str, Any]:
    return {
        "linking_id": linking_id,
        "type": str(link.type),
        "older_key": link.older,
        "newer_key": link.newer,
        "score": link.score,
        "rule": link.rule,
        "state": str(link.state),
        "probability": link.probability,
        "group": link.group,
        "evidence": _evidence(link.evidence),
        "decided_by": link.decided_by,
        "decided_at": now,
        "reason": "",
        "withdrawn_at": None,
    }


def _link(row: Row[*tuple[Any, ...]]) -> Link:
    return Link(
        type=LinkType(row.type),
        older=row.older_key,
        newer=row.newer_key,
        score=row.score,
        rule=row.rule,
        state=LinkState(row.state),
        probability=row.probability,
        group=row.group,
        evidence=tuple((what, value) for what, value in row.evidence),
        decided_by=row.decided_by,
    )


def _stored(row: Row[*tuple[Any, ...]]) -> StoredLink:
    return StoredLink(row.id, _link(row), row.decided_at, row.reason, row.linking_id)


def _chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]


@dataclass(frozen=True, slots=True)
class LinkCounts:
    """What stands linked: links by type and state, rows that ended and began, services, open findings."""

    by_type: Mapping[tuple[LinkType, LinkState], int]
    ended: int
    begun: int
    services: int
    findings: int


def link_counts(session: Session) -> LinkCounts:
    """The state of linking in numbers. A first edition's rows begin nothing: nobody knows what was before it.

    Where a person decided, the decision counts and not what the machine found of the same two rows.
    """
    statement = (
        select(LinkRow.type, LinkRow.state, func.count())
        .where(LinkRow.withdrawn_at.is_(None), LinkRow.linking_id.is_not(None))
        .group_by(LinkRow.type, LinkRow.state)
    )
    by_type = Counter({(LinkType(kind), LinkState(state)): count for kind, state, count in session.execute(statement)})
    said = [one.link for one in decisions(session)]
    by_type.update((link.type, link.state) for link in said)
    pairs = {(link.older, link.newer) for link in said}
    shown = {link.newer for link in said if link.type is LinkType.LISTED and link.state is LinkState.ACCEPTED}
    for chunk in _chunks(sorted({newer for _, newer in pairs})):
        of_machine = select(LinkRow.older_key, LinkRow.newer_key, LinkRow.type, LinkRow.state).where(
            LinkRow.newer_key.in_(chunk), LinkRow.withdrawn_at.is_(None), LinkRow.linking_id.is_not(None)
        )
        for older, newer, kind, state in session.execute(of_machine):
            if (older, newer) in pairs or (kind == LinkType.LISTED and newer in shown):
                by_type[LinkType(kind), LinkState(state)] -= 1
    rows = linkings(session).values()
    issues = select(func.count()).select_from(IssueRow).where(IssueRow.stage == "link", IssueRow.resolved_at.is_(None))
    return LinkCounts(
        by_type=+by_type,
        ended=sum(len(row.ended) for row in rows),
        begun=sum(len(row.begun) for row in rows if row.older),
        services=session.scalar(select(func.count(MembershipRow.service_id.distinct()))) or 0,
        findings=session.scalar(issues) or 0,
    )
