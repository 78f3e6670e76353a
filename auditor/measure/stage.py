"""Reads what was stored, measures it, and keeps each figure as it was first computed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auditor.coding.in_force import coding_in_force
from auditor.db.acts import first_days, nothing_in_force
from auditor.db.codings import codings_of
from auditor.db.models import MeasurementRow
from auditor.db.read import (
    editions_in_force,
    entries_of_many,
    pick_edition,
)
from auditor.measure.compute import REGISTER_MEASURES, measure_register, unmeasured_register
from auditor.measure.records import (
    DatedAudit,
    Measured,
    Snapshot,
    coded,
)
from auditor.measure.scenes import CODED, Intervals, with_intervals
from auditor.measure.series import measured_json
from auditor.measure.unread import accepted_note, unread_later
from auditor.records import NotRead, StoredCoding
from crawler.errors import ContentError
from crawler.pages.records import Lang

Codings = Mapping[str, list[StoredCoding]]


def measure_at(
    session: Session,
    as_of: date,
    lang: Lang,
    not_read: Iterable[NotRead],
    codebook: str,
    intervals: Intervals | None = None,
) -> DatedAudit:
    """The register's measures on one date. Raises ContentError when no edition is in force on it."""
    editions = editions_in_force(session, lang)
    edition = pick_edition(editions, as_of)
    if edition is None:
        raise ContentError(nothing_in_force(first_days(session), as_of, lang))
    codings = codings_of(session, "entry", str(lang))
    rows = tuple(
        coded(entry, _coding(codings, entry.key, codebook))
        for entry in entries_of_many(session, [edition.id])[edition.id]
        if not entry.dead
    )
    unread = unread_later(not_read, edition, as_of)
    snapshot = Snapshot(as_of, lang, edition.act, edition.edition_date, rows, codebook, unread, accepted_note(edition))
    return DatedAudit(snapshot, _measured(snapshot, intervals), unmeasured_register(snapshot))


def _measured(snapshot: Snapshot, intervals: Intervals | None) -> dict[str, Measured]:
    """The register's own measures, coded shares with their error."""
    measured = measure_register(snapshot)
    if intervals is None:
        return measured
    return {name: with_intervals(one, intervals) if name in CODED else one for name, one in measured.items()}


def store(session: Session, dated: DatedAudit) -> int:
    """Keep the figures of one date; return how many are new. A figure that is still the newest of its kind stays.

    `dated` holds everything that is measured on the date, so a cell that was kept before and is missing now no longer
    holds: it is marked as withdrawn by a row of its own. Nothing kept is ever changed.
    """
    shot = dated.snapshot
    known = _newest(session, shot.as_of, shot.lang)
    inputs = _inputs_hash(shot)
    new: list[_Kept] = []
    for result in dated.measured.values():
        for measure, cell, value, numerator, denominator, rests_on in _stored(result, inputs):
            kept = _Kept(
                measure, cell, value, numerator, denominator, shot.act, shot.edition_date, shot.codebook, rests_on
            )
            if known.pop((measure, cell), None) != kept:
                new.append(kept)
    new += (replace(gone, withdrawn=True) for gone in known.values() if not gone.withdrawn)
    now = datetime.now(UTC)
    session.add_all(
        MeasurementRow(as_of=shot.as_of, lang=str(shot.lang), computed_at=now, **asdict(kept)) for kept in new
    )
    return len(new)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What makes a kept figure another one than that before it: its number and what the number rests on."""

    measure: str
    cell: str
    value: float
    numerator: int | None
    denominator: int | None
    act: str
    edition_date: date
    codebook: str
    inputs_hash: str
    withdrawn: bool = False


def _newest(session: Session, as_of: date, lang: Lang) -> dict[tuple[str, str], _Kept]:
    """The last kept row of every measure and cell of a date: figures can go back to what they were before."""
    columns = [getattr(MeasurementRow, field.name) for field in fields(_Kept)]
    statement = (
        select(*columns)
        .where(MeasurementRow.as_of == as_of, MeasurementRow.lang == str(lang))
        .order_by(MeasurementRow.id)
    )
    return {(row[0], row[1]): _Kept(*row) for row in session.execute(statement)}


def _stored(result: Measured, inputs: str) -> Iterator[tuple[str, str, float, int | None, int | None, str]]:
    """Measure, cell, value, numerator, denominator and hash of what each number rests on."""
    alone = result.measure in REGISTER_MEASURES
    digest = hashlib.sha256(inputs.encode())
    for figure in result.figures:
        # A measure of the register alone rests on its rows and codings; the others on links and lists besides, which
        # show in the entries they count.
        own = hashlib.sha256("\n".join((inputs, *figure.keys, "", *figure.base)).encode()).hexdigest()
        digest.update(own.encode())
        yield figure.measure, figure.cell, figure.value, figure.value, figure.of, inputs if alone else own
    for name, value in result.derived:
        rests_on = hashlib.sha256(f"{digest.hexdigest()}{value}".encode()).hexdigest()
        yield result.measure, name, value, None, None, rests_on


def as_json(dated: DatedAudit, coding: str = "machine-coded, unchecked") -> dict[str, object]:
    """One date's measures as `egov-audit measure --json` prints them; `coding` says how sure the coded ones are."""
    shot = dated.snapshot
    return {
        "as_of": str(shot.as_of),
        "edition": f"{shot.act}/{shot.edition_date}",
        "language": str(shot.lang),
        "codebook": shot.codebook,
        "coding": coding,
        "unread_later_editions": list(shot.unread),
        "accepted": shot.accepted,
        "measures": {
            name: _measured_json(result) if name in REGISTER_MEASURES else measured_json(result)
            for name, result in dated.measured.items()
        },
        "unmeasured": dict(dated.unmeasured),
    }


def _measured_json(result: Measured) -> dict[str, object]:
    if result.cells:
        said: dict[str, object] = {
            "value": {figure.cell: figure.value for figure in result.cells},
            "share": {figure.cell: figure.share for figure in result.cells},
            "of": result.head.value,
            "abstained": result.abstained,
        }
        sure = [figure for figure in result.cells if figure.interval is not None]
        if sure:
            said["corrected_share"] = {figure.cell: figure.corrected for figure in sure}
            said["interval"] = {figure.cell: list(figure.interval or ()) for figure in sure}
        if why := {figure.cell: figure.uncorrected for figure in result.cells if figure.uncorrected}:
            said["not_corrected"] = why
        return said
    head = result.head
    said = {"value": head.value}
    if head.of is not None:
        said |= {"of": head.of, "share": head.share}
    if head.interval is not None:
        said |= {"corrected_share": head.corrected, "interval": list(head.interval)}
    if head.uncorrected:
        said["not_corrected"] = head.uncorrected
    if result.abstained:
        said["abstained"] = result.abstained
    return said


def _coding(codings: Codings, key: str, codebook: str) -> StoredCoding | None:
    return coding_in_force([one for one in codings.get(key, []) if one.codebook == codebook])


def _inputs_hash(shot: Snapshot) -> str:
    digest = hashlib.sha256()
    for row in shot.entries:
        entry, coding = row.entry, row.coding
        coded = (coding.nature, coding.completeness) if coding else ("", "")
        digest.update("\x1f".join((entry.key, " ".join(sorted(entry.forms)), *coded)).encode() + b"\n")
    return digest.hexdigest()
