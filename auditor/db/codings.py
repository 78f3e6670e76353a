"""Codings as records. Which of several counts is decided in `auditor.coding.in_force`, not here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from auditor.db.models import CodingRow, HandCodingRow
from auditor.records import Coding, Completeness, Nature, Output, StoredCoding, Trigger

#: Keys, or texts, that are asked for by name; of more all are read.
_AT_ONCE = 500


def codings_of(
    session: Session, kind: str, lang: str | None = None, keys: Collection[str] | None = None
) -> dict[str, list[StoredCoding]]:
    """Every coding of entries or listings (`kind`) by subject key, oldest first; of one language or some keys only.

    What people said of a text stands with every subject that has this very text (see `carried`).
    """
    table = CodingRow.__table__
    statement = select(table).where(CodingRow.subject_kind == kind).order_by(CodingRow.coded_at, CodingRow.id)
    if lang is not None:
        statement = statement.where(CodingRow.lang == lang)
    if keys is not None and len(keys) <= _AT_ONCE:
        statement = statement.where(CodingRow.subject_key.in_(sorted(keys)))
    found: dict[str, list[StoredCoding]] = {}
    for row in session.execute(statement):
        if keys is None or row.subject_key in keys:
            found.setdefault(row.subject_key, []).append(_stored(row))
    texts = {one.evidence_hash for codings in found.values() for one in codings}
    return carried(found, said_of(session, kind, texts))


def said_of(session: Session, kind: str, texts: Collection[str]) -> dict[str, list[StoredCoding]]:
    """Every coding by a person of entries or listings with one of these texts (hashes) by text, oldest first."""
    table = CodingRow.__table__
    # With the kind among the conditions SQLite reads every coding of the kind instead of those few by hand.
    by_hand = CodingRow.id.in_(select(HandCodingRow.coding_id))
    statement = select(table).where(by_hand).order_by(CodingRow.coded_at, CodingRow.id)
    if len(texts) <= _AT_ONCE:
        statement = statement.where(CodingRow.evidence_hash.in_(sorted(texts)))
    found: dict[str, list[StoredCoding]] = defaultdict(list)
    for row in session.execute(statement):
        if row.subject_kind == kind and row.evidence_hash in texts:
            found[row.evidence_hash].append(_stored(row))
    return found


def carried(
    codings: Mapping[str, list[StoredCoding]], said: Mapping[str, Iterable[StoredCoding]]
) -> dict[str, list[StoredCoding]]:
    """Codings by subject, with what people `said` of the same texts of other subjects put among them, oldest first.

    A text is what was coded: its hash is over all that a coder is shown, language included. So a code holds for the
    same row of every edition until the text changes. A coding's `subject` still is the one it was given to.
    """
    if not said:
        return dict(codings)
    return {key: _with_carried(key, own, said) for key, own in codings.items()}


def _with_carried(key: str, own: list[StoredCoding], said: Mapping[str, Iterable[StoredCoding]]) -> list[StoredCoding]:
    texts = {one.evidence_hash for one in own}
    others = [one for text in texts for one in said.get(text, ()) if one.subject != key]
    return sorted((*own, *others), key=lambda one: (one.coded_at, one.id)) if others else own


def coder_versions(session: Session, coder: str, codebook: str) -> dict[str, datetime]:
    """When each version of a coder last gave an answer that was new, the oldest first."""
    last = func.max(CodingRow.coded_at)
    rows = session.execute(
        select(CodingRow.coder_version, last)
        .where(CodingRow.coder == coder, CodingRow.codebook == codebook, CodingRow.coder_version != "")
        .group_by(CodingRow.coder_version)
        .order_by(last, CodingRow.coder_version)
    )
    return {row[0]: row[1] for row in rows}


def _stored(row: Row[*tuple[Any, ...]]) -> StoredCoding:
    return StoredCoding(
        id=row.id,
        subject=row.subject_key,
        coder=row.coder,
        codebook=row.codebook,
        evidence_hash=row.evidence_hash,
        coded_at=row.coded_at,
        coder_version=row.coder_version,
        coding=Coding(
            nature=Nature(row.nature),
            completeness=Completeness(row.completeness),
            output=Output(row.output),
            sector=row.sector,
            rules=tuple(row.rules),
            triggers=tuple(Trigger(**trigger) for trigger in row.triggers),
            confidence=row.confidence,
            nature_confidence=row.nature_confidence,
            completeness_confidence=row.completeness_confidence,
        ),
    )
