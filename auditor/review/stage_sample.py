"""Draws a sample from what is in force and keeps it; hands out sheets of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from auditor.coding.codebook import CODEBOOK, MACHINE
from auditor.db.codings import codings_of
from auditor.db.read import edition_at
from auditor.db.review import add_sample, add_sheet, items_of, open_sheet
from auditor.records import Coding
from auditor.review.records import Sample, SampleItem, Sheet, Subject
from auditor.review.sampling import draw, in_order, order_seed, size_for
from auditor.review.stage_subjects import entry_subjects, listing_subjects
from crawler.errors import ContentError, UsageError
from crawler.pages.records import Lang

#: What strata can be made of.
DIMENSIONS = ("nature", "completeness", "sector", "digitised", "lang", "kind")
#: Languages the register is published in.
_REGISTER = (Lang.RU, Lang.KK)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What sample is asked for: a `size`, or the half-width (0–1) that a share's interval shall have."""

    seed: int
    as_of: date
    size: int | None = None
    half_width: float | None = None
    by: tuple[str, ...] = ("nature", "sector", "digitised", "lang")
    kinds: tuple[str, ...] = ("entry",)
    name: str | None = None


def make_sample(session: Session, wanted: Wanted, now: datetime) -> tuple[Sample, list[SampleItem]]:
    """Draw and keep a sample. Raises UsageError for what cannot be drawn, ContentError where there is nothing yet."""
    if (wanted.size is None) == (wanted.half_width is None):
        raise UsageError("say how large the sample shall be: --size N or --ci 0.05")
    for word in wanted.by:
        if word not in DIMENSIONS:
            raise UsageError(f"strata by {word!r}: choose from {', '.join(DIMENSIONS)}")
    frame = _frame(session, wanted)
    if not frame:
        raise ContentError(
            f"nothing to draw from: no edition of the register was read that is in force on {wanted.as_of}"
        )
    size = wanted.size if wanted.size is not None else size_for(wanted.half_width or 0, len(frame))
    if size < 1:
        raise UsageError("a sample has at least one item")
    pairs = _stratified(session, frame, wanted.by)
    size = size if wanted.size is not None else max(size, len({stratum for stratum, _ in pairs}))
    items, strata = draw(pairs, size, wanted.seed)
    sample = Sample(
        id=0,
        name=wanted.name or f"n{size}-s{wanted.seed}-{wanted.as_of.isoformat()}",
        seed=wanted.seed,
        frame_size=len(frame),
        half_width=wanted.half_width,
        by=wanted.by,
        strata=tuple(strata),
        codebook=CODEBOOK,
        as_of=wanted.as_of,
        created_at=now,
    )
    return add_sample(session, sample, items), items


def hand_out(session: Session, sample: Sample, coder: str, form: str, now: datetime) -> tuple[Sheet, list[SampleItem]]:
    """A new sheet of a sample for one coder, and its items in that coder's own order.

    Raises ContentError for a sample of another codebook version: its codings would not count.
    """
    if sample.codebook != CODEBOOK:
        raise ContentError(
            f"sample {sample.name} is of codebook version {sample.codebook}, this one is {CODEBOOK}: draw a new one"
        )
    seed = order_seed(sample.name, sample.seed, coder)
    sheet = Sheet(0, "", sample.id, coder, form, seed, sample.codebook, now)
    return add_sheet(session, sheet), in_order(items_of(session, sample.id), seed)


def terminal_sheet(session: Session, sample: Sample, coder: str, now: datetime) -> tuple[Sheet, list[SampleItem]]:
    """The coder's one sheet at the terminal, made at the first time, and its items in the coder's own order."""
    sheet = open_sheet(session, sample.id, coder, "terminal")
    if sheet is None or sample.codebook != CODEBOOK:
        return hand_out(session, sample, coder, "terminal", now)
    return sheet, in_order(items_of(session, sample.id), sheet.order_seed)


def _frame(session: Session, wanted: Wanted) -> list[Subject]:
    found: list[Subject] = []
    if "entry" in wanted.kinds:
        editions = [edition_at(session, wanted.as_of, lang) for lang in _REGISTER]
        found += entry_subjects(session, [edition for edition in editions if edition is not None])
    if "listing" in wanted.kinds:
        found += listing_subjects(session)
    return found


def _stratified(session: Session, frame: Sequence[Subject], by: Sequence[str]) -> list[tuple[str, Subject]]:
    codes = _machine_codes(session, frame)
    return [("/".join(_value(word, subject, codes.get(subject.key)) for word in by), subject) for subject in frame]


def _machine_codes(session: Session, frame: Sequence[Subject]) -> dict[str, Coding]:
    """The machine's newest coding of each subject's present text: strata are made of nothing a person said."""
    found = {}
    for kind in sorted({subject.kind for subject in frame}):
        hashes = {subject.key: subject.evidence_hash for subject in frame if subject.kind == kind}
        for key, codings in codings_of(session, kind, keys=set(hashes)).items():
            for one in codings:
                if (one.coder, one.codebook, one.evidence_hash) == (MACHINE, CODEBOOK, hashes[key]):
                    found[key] = one.coding
    return found


def _value(word: str, subject: Subject, coding: Coding | None) -> str:
    if word == "lang":
        return str(subject.given.lang)
    if word == "kind":
        return subject.kind
    if word == "digitised":
        return "digitised" if subject.digitised else "paper"
    if coding is None:
        return "uncoded"
    return str(getattr(coding, word)) or "none"
