"""Codings as records. Which of several counts is decided in `auditor.coding.in_force`, not here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from auditor.db.models import CodingRow
from auditor.records import Coding, Completeness, Nature, Output, StoredCoding, Trigger


def codings_of(
    session: Session, kind: str, lang: str | None = None, keys: Collection[str] | None = None
) -> dict[str, list[StoredCoding]]:
    """Every coding of entries or listings (`kind`) by subject key, oldest first; of one language or some keys only."""
    table = CodingRow.__table__
    statement = select(table).where(CodingRow.subject_kind == kind).order_by(CodingRow.coded_at, CodingRow.id)
    if lang is not None:
        statement = statement.where(CodingRow.lang == lang)
    if keys is not None and len(keys) <= 500:
        statement = statement.where(CodingRow.subject_key.in_(sorted(keys)))
    found: dict[str, list[StoredCoding]] = {}
    for row in session.execute(statement):
        if keys is None or row.subject_key in keys:
            found.setdefault(row.subject_key, []).append(_stored(row))
    return found


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
