"""Reads what people checked, so that coded figures get their error."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auditor.coding.codebook import MACHINE
from auditor.coding.in_force import Standing, axes_of, standing_coding
from auditor.db.models import CodingRow, EditionRow, EntryRow
from auditor.db.review import codings_for, items_of, samples
from auditor.records import StoredCoding
from auditor.review.differences import differences
from auditor.review.intervals import ENOUGH, CheckedText, Checks, Codes, Intervals
from auditor.review.records import Sample, SampleItem
from crawler.pages.records import ELECTRONIC_FORMS, Lang


@dataclass(frozen=True, slots=True)
class _Said:
    """One coding of the machine's: what it said of which text, and when."""

    text: str
    codes: Codes
    at: datetime


def intervals_for(session: Session, lang: Lang, codebook: str) -> Intervals:
    """The machine's errors over the register's rows in a language, from a sample that two people coded whole.

    Truth is what two people agree on or what was adjudicated. A sample serves when all its rows in the language have
    such a truth: what people leave out or differ on are the hard ones, and without them the machine would look better
    than it is. Of several the newest with enough rows serves, else the largest; an unfinished one takes nothing away.
    """
    said = _machine(session, lang, codebook)
    tried = [_checks(session, one, lang, said) for one in samples(session) if one.codebook == codebook]
    serving = [one for one in tried if one.checked]
    large = [one for one in serving if len(one.checked) >= ENOUGH]
    if serving:
        checks = large[-1] if large else max(serving, key=lambda one: len(one.checked))
    else:
        # Of the samples that do not serve the newest that anybody has begun says what is still to be done.
        begun = [one for one in tried if one.reason]
        checks = begun[-1] if begun else Checks(lang, codebook)
    machine = {key: known[-1].codes for key, known in said.items()}
    texts = {key: known[-1].text for key, known in said.items()}
    return Intervals(checks, machine, texts, _digitised(session, lang))


def _checks(session: Session, sample: Sample, lang: Lang, said: Mapping[str, Sequence[_Said]]) -> Checks:
    items = [
        item
        for item in items_of(session, sample.id)
        if item.subject.kind == "entry" and item.subject.given.lang is lang
    ]
    codings = codings_for(session, items, sample.codebook)
    pairs = {item.key: pair for item in items if (pair := _pair(codings.get(item.key, ()))) is not None}
    waiting = sum(one.item.key not in pairs for one in differences(items, codings))
    missing = len(items) - len(pairs) - waiting
    checked = {item.subject.evidence_hash: CheckedText(*pairs[item.key], item.weight) for item in items
               if item.key in pairs}  # fmt: skip
    if not waiting and not missing:
        return Checks(lang, sample.codebook, sample.name, checked, _frame(sample, items, said))
    begun = any(one.coder != MACHINE for known in codings.values() for one in known)
    return Checks(lang, sample.codebook, sample.name, reason=_to_do(sample, waiting, missing) if begun else "")


def _to_do(sample: Sample, waiting: int, missing: int) -> str:
    told = []
    if waiting:
        what = "difference of the coders waits" if waiting == 1 else "differences of the coders wait"
        told.append(f"{waiting} {what} for `egov-audit sheet adjudicate`")
    if missing:
        what = "row of sample {} is" if missing == 1 else "rows of sample {} are"
        told.append(f"{missing} {what.format(sample.name)} not coded by two people yet")
    return "; ".join(told)


def _frame(sample: Sample, items: Sequence[SampleItem], said: Mapping[str, Sequence[_Said]]) -> set[str]:
    """The texts that a sample was drawn from: the rows of the sampled edition as they stood at the time."""
    editions = {item.key.rpartition("/")[0] for item in items}
    found = {item.subject.evidence_hash for item in items}
    for key, known in said.items():
        if key.rpartition("/")[0] in editions:
            then = [one for one in known if one.at <= sample.created_at]
            found.add((then[-1] if then else known[0]).text)
    return found


def _machine(session: Session, lang: Lang, codebook: str) -> dict[str, list[_Said]]:
    """What the machine said of every row, oldest first; read lean, there are tens of thousands."""
    columns = (CodingRow.subject_key, CodingRow.evidence_hash, CodingRow.nature, CodingRow.completeness)
    statement = select(*columns, CodingRow.coded_at).where(
        CodingRow.subject_kind == "entry",
        CodingRow.lang == str(lang),
        CodingRow.coder == MACHINE,
        CodingRow.codebook == codebook,
    )
    found: dict[str, list[_Said]] = {}
    for row in session.execute(statement.order_by(CodingRow.coded_at, CodingRow.id)):
        one = _Said(row.evidence_hash, (row.nature, row.completeness), row.coded_at)
        found.setdefault(row.subject_key, []).append(one)
    return found


def _digitised(session: Session, lang: Lang) -> Collection[str]:
    """Keys of the rows with any electronic form; of several readings of a row the newest tells."""
    statement = select(EntryRow.key, EntryRow.forms).join(EditionRow, EditionRow.id == EntryRow.edition_id)
    rows = session.execute(statement.where(EditionRow.lang == str(lang)).order_by(EntryRow.id))
    forms = {row.key: row.forms for row in rows}
    return {key for key, words in forms.items() if ELECTRONIC_FORMS.intersection(words.split())}


def _pair(codings: Sequence[StoredCoding]) -> tuple[Codes, Codes] | None:
    """What people say and what the machine says of one text, None while one of them is missing."""
    standing = standing_coding(codings)
    machine = [axes_of(one) for one in codings if one.coder == MACHINE]
    if standing is None or not machine or standing[0] not in (Standing.ADJUDICATED, Standing.AGREED):
        return None
    return axes_of(standing[1]), machine[-1]
