"""Gathers from the database what a proof of one figure needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from auditor.coding.in_force import coding_in_force
from auditor.db.codings import codings_of
from auditor.db.evidence import evidence_of_entry, evidence_of_listing
from auditor.db.models import CaptureRow, EntryRow, ListingRow, ListingSeenRow
from auditor.evidence.records import Behind, Proven
from auditor.measure.cards import card
from auditor.measure.records import DatedAudit, Figure, Measured
from auditor.measure.report_records import Report
from auditor.records import Evidence, StoredCoding
from crawler.errors import UsageError

_CHUNK = 500
Named = tuple[str, str, str]  # code, name, form


def pick(measure: str, cell: str, report: Report) -> tuple[Figure, dict[str, str]]:
    """The figure of a measure and cell, and what it was measured on. UsageError lists the cells, or says why not."""
    sources: list[tuple[dict[str, Measured], dict[str, str]]] = []
    dated = report.now
    if dated is not None:
        shot = dated.snapshot
        about = {"as_of": str(shot.as_of), "subject": f"register, {shot.act}, edition of {shot.edition_date}"}
        sources.append((dated.measured, about | {"language": str(shot.lang), "accepted": shot.accepted}))
        if measure in dated.unmeasured:
            raise UsageError(f"{measure} is not observed on {shot.as_of}: {dated.unmeasured[measure]}")
    for portal in report.portals:
        told = {"as_of": str(portal.snapshot.as_of), "subject": "portal", "language": str(portal.snapshot.lang)}
        if portal.snapshot.lang == report.lang:
            sources.append((portal.measured, told))
    for measured, about in sources:
        if measure in measured:
            figures = {figure.cell: figure for figure in measured[measure].figures}
            if cell not in figures:
                raise UsageError(f"{measure} has no cell {cell!r}; there are: {', '.join(c for c in figures if c)}")
            return figures[cell], {name: value for name, value in about.items() if value}
    raise UsageError(f"{measure} was not measured on {report.as_of}")


def gather(session: Session, figure: Figure, about: Mapping[str, str], codebook: str, base: Iterable[str]) -> Proven:
    """Everything behind a figure: its entries and those of its denominator, their codings, where they were read."""
    counted = set(figure.keys)
    keys = list(dict.fromkeys((*figure.keys, *base)))
    entries = {key for key in keys if is_entry(key)}
    codings = {
        key: [one for one in found if one.codebook == codebook]
        for kind, wanted in (("entry", entries), ("listing", set(keys) - entries))
        for key, found in codings_of(session, kind, keys=wanted).items()
    }
    names = _names(session, keys)
    behind = tuple(
        _behind(session, key, names.get(key, ("", key, "")), coding_in_force(codings.get(key, [])), key in counted)
        for key in keys
    )
    return Proven(figure, card(figure.measure), {**about, "codebook": codebook}, behind)


def is_entry(key: str) -> bool:
    """Whether a key is an entry's (`ACT/DATE/LANG/CODE`), not a listing's (`LANG/SLUG`)."""
    return key.count("/") >= 3


def _behind(session: Session, key: str, named: Named, coding: StoredCoding | None, counted: bool) -> Behind:
    evidence = evidence_of_entry(session, key) if is_entry(key) else evidence_of_listing(session, key)
    code, name, form = named
    return Behind(key, code, name, form, counted, coding, evidence, _seen(session, evidence))


def _seen(session: Session, evidence: Evidence) -> tuple[str, int] | None:
    row = session.get(CaptureRow, evidence.capture_id)
    if row is None or (row.warc, row.offset) == (evidence.warc, evidence.offset):
        return None
    return row.warc, row.offset


def _names(session: Session, keys: list[str]) -> dict[str, Named]:
    found: dict[str, Named] = {}
    entries = [key for key in keys if is_entry(key)]
    for start in range(0, len(entries), _CHUNK):
        part = entries[start : start + _CHUNK]
        statement = select(EntryRow.key, EntryRow.code, EntryRow.name, EntryRow.form).where(EntryRow.key.in_(part))
        found |= {row.key: (row.code, row.name, row.form) for row in session.execute(statement.order_by(EntryRow.id))}
    slugs = [key.partition("/")[2] for key in keys if not is_entry(key)]
    for start in range(0, len(slugs), _CHUNK):
        lines = (
            select(ListingRow.lang, ListingRow.slug, ListingSeenRow.name)
            .join(ListingSeenRow, ListingSeenRow.listing_id == ListingRow.id)
            .where(ListingRow.slug.in_(slugs[start : start + _CHUNK]))
            .order_by(ListingSeenRow.id)
        )
        found |= {f"{row.lang}/{row.slug}": (row.slug, row.name, "") for row in session.execute(lines)}
    return found


def denominator(figure: Figure, dated: DatedAudit | None) -> tuple[str, ...]:
    """The entries that could have been counted, where the figure's denominator is made of entries."""
    if figure.base or figure.of is None or dated is None:
        return figure.base
    own = tuple(row.entry.key for row in dated.snapshot.entries)
    return own if len(own) == figure.of else ()
