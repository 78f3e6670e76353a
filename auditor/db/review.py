"""Samples, sheets and people's codings: rows ↔ records. Rows are added, none is changed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auditor.coding.codebook import MACHINE
from auditor.db.codings import codings_of
from auditor.db.models import CodingRow, HandCodingRow, SampleItemRow, SampleRow, SheetRow
from auditor.records import CodingInput, StoredCoding
from auditor.review.records import Answer, Sample, SampleItem, Sheet, Stratum, Subject
from crawler.errors import UsageError
from crawler.pages.records import Lang

_CHUNK = 500
_SHOWN = ("name", "result", "category", "provider")


def add_sample(session: Session, sample: Sample, items: Sequence[SampleItem]) -> Sample:
    """Keep a drawn sample; gives it with its id. Raises UsageError for a name that is taken."""
    if session.scalar(select(SampleRow.id).where(SampleRow.name == sample.name)) is not None:
        raise UsageError(
            f"there is a sample {sample.name} already: a sample is never drawn over, choose another --name"
        )
    row = SampleRow(
        name=sample.name,
        seed=sample.seed,
        size=len(items),
        frame_size=sample.frame_size,
        half_width=sample.half_width,
        by=list(sample.by),
        strata=[asdict(stratum) for stratum in sample.strata],
        codebook=sample.codebook,
        as_of=sample.as_of,
        created_at=sample.created_at,
    )
    session.add(row)
    session.flush()
    session.add_all(
        SampleItemRow(
            sample_id=row.id,
            position=item.position,
            subject_kind=item.subject.kind,
            subject_key=item.key,
            lang=str(item.subject.given.lang),
            stratum=item.stratum,
            weight=item.weight,
            evidence_hash=item.subject.evidence_hash,
            shown={field: getattr(item.subject.given, field) for field in _SHOWN},
        )
        for item in items
    )
    session.flush()
    return replace(sample, id=row.id)


def samples(session: Session) -> list[Sample]:
    """Every sample, oldest first."""
    return [_sample(row) for row in session.scalars(select(SampleRow).order_by(SampleRow.id))]


def sample_named(session: Session, name: str | None) -> Sample:
    """The sample of that name, the newest for None. Raises UsageError, naming those there are."""
    known = samples(session)
    if not known:
        raise UsageError("no sample was drawn yet: `egov-audit sheet sample --size 200`")
    if name is None:
        return known[-1]
    found = next((sample for sample in known if sample.name == name), None)
    if found is None:
        raise UsageError(f"no sample {name}; there are: {', '.join(sample.name for sample in known)}")
    return found


def items_of(session: Session, sample_id: int) -> list[SampleItem]:
    """A sample's items by position."""
    statement = select(SampleItemRow).where(SampleItemRow.sample_id == sample_id).order_by(SampleItemRow.position)
    return [
        SampleItem(
            row.position,
            Subject(
                row.subject_kind,
                row.subject_key,
                CodingInput(**{field: row.shown[field] for field in _SHOWN}, lang=Lang(row.lang)),
                row.evidence_hash,
            ),
            row.stratum,
            row.weight,
        )
        for row in session.scalars(statement)
    ]


def add_sheet(session: Session, sheet: Sheet) -> Sheet:
    """Keep that a sheet was handed out; gives it with its id and token."""
    number = (session.scalar(select(func.max(SheetRow.id))) or 0) + 1
    told = f"{sheet.sample_id}/{sheet.coder}/{sheet.form}/{number}/{sheet.made_at.isoformat()}"
    token = hashlib.sha256(told.encode()).hexdigest()[:12]
    row = SheetRow(
        token=token,
        sample_id=sheet.sample_id,
        coder=sheet.coder,
        form=sheet.form,
        order_seed=sheet.order_seed,
        codebook=sheet.codebook,
        made_at=sheet.made_at,
    )
    session.add(row)
    session.flush()
    return _sheet(row)


def sheet_by_token(session: Session, token: str) -> Sheet | None:
    """The sheet that carries this token, None for one that this database never handed out."""
    row = session.scalar(select(SheetRow).where(SheetRow.token == token))
    return None if row is None else _sheet(row)


def open_sheet(session: Session, sample_id: int, coder: str, form: str) -> Sheet | None:
    """The newest sheet of that form which the coder has for a sample."""
    statement = select(SheetRow).where(SheetRow.sample_id == sample_id, SheetRow.coder == coder, SheetRow.form == form)
    row = session.scalars(statement.order_by(SheetRow.id.desc()).limit(1)).first()
    return None if row is None else _sheet(row)


def coders(session: Session) -> set[str]:
    """The aliases of everyone who was ever handed a sheet."""
    return set(session.scalars(select(SheetRow.coder).distinct()))


def coded_by_people(session: Session, kind: str, codebook: str) -> dict[str, str]:
    """Language by key of the entries or listings that any person coded or decided under one codebook."""
    statement = select(CodingRow.subject_key, CodingRow.lang).where(
        CodingRow.subject_kind == kind, CodingRow.coder != MACHINE, CodingRow.codebook == codebook
    )
    return {row.subject_key: row.lang for row in session.execute(statement)}


def codings_under(
    session: Session, kind: str, keys: Collection[str], codebook: str
) -> Iterator[tuple[str, list[StoredCoding]]]:
    """Every coding of some subjects under one codebook, oldest first, by key."""
    wanted = sorted(keys)
    for start in range(0, len(wanted), _CHUNK):
        found = codings_of(session, kind, keys=wanted[start : start + _CHUNK])
        for key in sorted(found):
            codings = [one for one in found[key] if one.codebook == codebook]
            if codings:
                yield key, codings


def codings_for(session: Session, items: Sequence[SampleItem], codebook: str) -> dict[str, list[StoredCoding]]:
    """Every coding of the items' texts under one codebook by key, oldest first; stale ones are left out.

    What people said of the same text of another item, or on another sample, is among them.
    """
    wanted = {(item.subject.kind, item.key): item.subject.evidence_hash for item in items}
    found: dict[str, list[StoredCoding]] = {}
    for kind in sorted({kind for kind, _ in wanted}):
        texts = {key: text for (one, key), text in wanted.items() if one == kind}
        own = {key: [one for one in codings if one.evidence_hash == texts[key]]
               for key, codings in codings_under(session, kind, texts, codebook)}  # fmt: skip
        found |= {key: codings for key, codings in own.items() if codings}
    return found


def hand_notes(session: Session, coding_ids: Collection[int]) -> dict[int, tuple[int, str, str]]:
    """Sheet id, note and reason of people's codings by coding id."""
    table = HandCodingRow.__table__
    columns = select(table.c.coding_id, table.c.sheet_id, table.c.note, table.c.reason)
    ids = sorted(coding_ids)
    found: dict[int, tuple[int, str, str]] = {}
    for start in range(0, len(ids), _CHUNK):
        for row in session.execute(columns.where(table.c.coding_id.in_(ids[start : start + _CHUNK]))):
            found[row.coding_id] = (row.sheet_id, row.note, row.reason)
    return found


def add_answers(
    session: Session,
    sheet: Sheet,
    coder: str,
    answers: Sequence[tuple[SampleItem, Answer]],
    now: datetime,
    between: Mapping[str, Sequence[int]] | None = None,
) -> int:
    """Keep people's answers as codings of the texts they were shown; gives how many rows were added.

    `coder` is the alias, or for decisions between coders the adjudicator's (see auditor.coding.in_force); `between`
    holds by key the ids of the codings decided between.
    """
    for item, answer in answers:
        row = CodingRow(
            subject_kind=item.subject.kind,
            subject_key=item.key,
            lang=str(item.subject.given.lang),
            coder=coder,
            codebook=sheet.codebook,
            evidence_hash=item.subject.evidence_hash,
            nature=str(answer.nature),
            completeness=str(answer.completeness),
            output=str(answer.output),
            sector=answer.sector,
            # A person's confidence is not measured: how far people can be trusted is what agreement says.
            confidence=1.0,
            nature_confidence=1.0,
            completeness_confidence=1.0,
            coded_at=now,
        )
        session.add(row)
        session.flush()
        decided = list((between or {}).get(item.key, ()))
        session.add(
            HandCodingRow(coding_id=row.id, sheet_id=sheet.id, note=answer.note, reason=answer.reason, between=decided)
        )
    session.flush()
    return len(answers)


def _sample(row: SampleRow) -> Sample:
    return Sample(
        id=row.id,
        name=row.name,
        seed=row.seed,
        frame_size=row.frame_size,
        half_width=row.half_width,
        by=tuple(row.by),
        strata=tuple(Stratum(**stratum) for stratum in row.strata),
        codebook=row.codebook,
        as_of=row.as_of,
        created_at=row.created_at,
    )


def _sheet(row: SheetRow) -> Sheet:
    return Sheet(
        id=row.id,
        token=row.token,
        sample_id=row.sample_id,
        coder=row.coder,
        form=row.form,
        order_seed=row.order_seed,
        codebook=row.codebook,
        made_at=row.made_at,
    )
