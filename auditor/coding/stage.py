"""Codes what is stored: every live entry of every reading in force and every listing. Adds rows, changes none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from auditor.coding.codebook import CODEBOOK, MACHINE
from auditor.coding.coder import Coder
from auditor.coding.evidence import entry_input, evidence_hash, listing_input
from auditor.db.codings import coder_versions
from auditor.db.links import memberships, services_of_listings
from auditor.db.models import CodingRow, EditionRow, EntryRow
from auditor.db.read import editions_in_force, entries_of, listings
from auditor.db.session import exclusive, transaction
from auditor.db.write import insert_rows
from auditor.records import Coding, CodingInput, Listing
from crawler.pages.records import Lang

Progress = Callable[[str, int, int], None]
#: A subject of one kind: its key and what the coder is shown of it.
Subject = tuple[str, CodingInput]


@dataclass(slots=True)
class CodingCounts:
    """How many entries or listings got which codes, and how many rows were new."""

    cells: Counter[tuple[str, str]] = field(default_factory=Counter)
    added: int = 0

    @property
    def coded(self) -> int:
        """All of them."""
        return self.cells.total()

    @property
    def abstained(self) -> int:
        """Those with no answer on at least one axis."""
        return sum(count for cell, count in self.cells.items() if "unclear" in cell)

    def as_json(self) -> dict[str, Any]:
        """The same for a program."""
        cells = {f"{nature}/{completeness}": count for (nature, completeness), count in sorted(self.cells.items())}
        return {"coded": self.coded, "new": self.added, "abstained": self.abstained, "cells": cells}


@dataclass(frozen=True, slots=True)
class _Run:
    """Who codes, when, and what kind of subject."""

    coder: Coder
    now: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class CodingSummary:
    """What a run of the coder found, by kind of subject; the coder's version and the one whose answers were newest."""

    entries: CodingCounts
    listings: CodingCounts
    version: str
    before: str = ""


def code_all(engine: Engine, coder: Coder, now: datetime, progress: Progress | None = None) -> CodingSummary:
    """Code everything that counts; a subject whose evidence and answer are as before gives no new row.

    One transaction an edition, one for the listings. `progress` gets what is being coded, done, total. Raises
    UsageError if another process codes in this database.
    """
    with exclusive(engine, "code"):
        return _code_all(engine, coder, now, progress)


def _code_all(engine: Engine, coder: Coder, now: datetime, progress: Progress | None) -> CodingSummary:
    with transaction(engine) as session:
        before = list(coder_versions(session, MACHINE, CODEBOOK))
        summary = CodingSummary(CodingCounts(), CodingCounts(), coder.version, before[-1] if before else "")
        shown = listings(session)
        editions = [edition for lang in Lang for edition in editions_in_force(session, lang)]
        by_service = _by_service(session, shown)
    total = len(editions) + 1
    for done, edition in enumerate(editions):
        if progress is not None:
            progress(edition.key, done, total)
        with transaction(engine) as session:
            live = [entry for entry in entries_of(session, edition.id) if not entry.dead]
            services = memberships(session, "entry", [entry.key for entry in live])
            subjects = [
                (entry.key, entry_input(entry, by_service.get(services.get(entry.key, ""), ()))) for entry in live
            ]
            keys = select(EntryRow.key).where(EntryRow.edition_id == edition.id)
            _store(session, _Run(coder, now, "entry"), subjects, keys, summary.entries)
    if progress is not None:
        progress("listings", total - 1, total)
    with transaction(engine) as session:
        subjects = [(listing.key, listing_input(listing)) for listing in shown]
        _store(session, _Run(coder, now, "listing"), subjects, None, summary.listings)
    return summary


def texts_of(session: Session) -> dict[Lang, tuple[list[str], list[str]]]:
    """Every distinct name and every distinct result text that is stored, by language."""
    found: dict[Lang, tuple[list[str], list[str]]] = {lang: ([], []) for lang in Lang}
    statement = select(EditionRow.lang, EntryRow.name).join(EditionRow, EditionRow.id == EntryRow.edition_id).distinct()
    for lang, name in session.execute(statement.order_by(EditionRow.lang, EntryRow.name)):
        found[Lang(lang)][0].append(name)
    for listing in listings(session):
        found[listing.lang][0].append(listing.name)
        if listing.result:
            found[listing.lang][1].append(listing.result)
    return found


def agreement_with(
    session: Session, labels: Mapping[str, tuple[str, str]]
) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """(people's codes, the machine's newest codes) of each labelled listing that is stored, by slug.

    The labels were given to the Russian listings; where a slug stands in Russian that one is compared.
    """
    known = _newest(session, "listing", None)
    pairs = []
    for slug, codes in sorted(labels.items()):
        answer = next((known[key] for key in (f"{lang}/{slug}" for lang in Lang) if key in known), None)
        if answer is not None:
            pairs.append((codes, (answer[1], answer[2])))
    return pairs


def _by_service(session: Session, shown: Iterable[Listing]) -> dict[str, list[Listing]]:
    services = services_of_listings(session)
    found: dict[str, list[Listing]] = {}
    for listing in shown:
        for service in services.get(listing.key, ()):
            found.setdefault(service, []).append(listing)
    return found


def _newest(session: Session, kind: str, keys: Any) -> dict[str, tuple[Any, ...]]:  # noqa: ANN401 - a subquery or None
    """The machine's newest answer by subject: evidence hash and codes."""
    table = CodingRow.__table__
    columns = [table.c[name] for name in ("subject_key", "evidence_hash", *_ANSWER)]
    statement = select(*columns).where(
        CodingRow.subject_kind == kind, CodingRow.coder == MACHINE, CodingRow.codebook == CODEBOOK
    )
    if keys is not None:
        statement = statement.where(CodingRow.subject_key.in_(keys))
    rows = session.execute(statement.order_by(CodingRow.coded_at, CodingRow.id))
    return {row.subject_key: tuple(row[1:]) for row in rows}


_ANSWER = (
    *("nature", "completeness", "output", "sector", "rules", "triggers"),
    *("confidence", "nature_confidence", "completeness_confidence"),
)


def _store(
    session: Session,
    run: _Run,
    subjects: Sequence[Subject],
    keys: Any,  # noqa: ANN401 - a subquery or None
    counts: CodingCounts,
) -> None:
    known = _newest(session, run.kind, keys)
    rows = []
    for key, given in subjects:
        coding = run.coder.code(given)
        counts.cells[str(coding.nature), str(coding.completeness)] += 1
        answer = _answer(coding)
        hashed = evidence_hash(given)
        if known.get(key) != (hashed, *answer):
            rows.append(
                {
                    "subject_kind": run.kind,
                    "subject_key": key,
                    "lang": str(given.lang),
                    "coder": MACHINE,
                    "codebook": CODEBOOK,
                    "evidence_hash": hashed,
                    **dict(zip(_ANSWER, answer, strict=True)),
                    "coded_at": run.now,
                    "coder_version": run.coder.version,
                }
            )
    counts.added += insert_rows(session, CodingRow, rows)


def _answer(coding: Coding) -> tuple[Any, ...]:
    return (
        str(coding.nature),
        str(coding.completeness),
        str(coding.output),
        coding.sector,
        list(coding.rules),
        [asdict(trigger) for trigger in coding.triggers],
        coding.confidence,
        coding.nature_confidence,
        coding.completeness_confidence,
    )
