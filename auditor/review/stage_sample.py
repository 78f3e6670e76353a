"""Draws a sample from what is in force and keeps it; hands out sheets of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from auditor.coding.codebook import CODEBOOK, MACHINE
from auditor.db.codings import codings_of
from auditor.db.read import edition_at
from auditor.db.review import add_sample, add_sheet, coders, codings_for, hand_notes, items_of, open_sheet
from auditor.records import Coding
from auditor.review.aliases import refuse_look_alike
from auditor.review.records import Sample, SampleItem, Sheet, Subject
from auditor.review.sampling import draw, draw_by_language, in_order, order_seed
from auditor.review.stage_subjects import entry_subjects, listing_subjects
from auditor.review.words import in_codes
from crawler.errors import ContentError, UsageError
from crawler.pages.records import Lang

#: What strata can be made of.
DIMENSIONS = ("nature", "completeness", "sector", "digitised", "lang", "kind")
#: A sample's name stands in messages, lists and file names: one line, no more than its column holds.
_NAME = re.compile(r"\w[\w .()+-]{0,79}")
#: What both engines keep as a seed.
_LARGEST_SEED = 2**63 - 1
#: Languages the register is published in.
_REGISTER = (Lang.RU, Lang.KK)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What sample is asked for: a `size`, or the half-width (0–1) that no share in a language shall exceed."""

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
    _check(wanted)
    frame = _frame(session, wanted)
    for kind in wanted.kinds:
        # A sample of "both" that holds one kind alone would pass for the other too.
        if not any(subject.kind == kind for subject in frame):
            raise ContentError(_nothing(kind, frame or listing_subjects(session), wanted.as_of))
    pairs = _stratified(session, frame, wanted.by)
    if wanted.size is not None:
        items, strata = draw(pairs, wanted.size, wanted.seed)
    else:
        items, strata = draw_by_language(pairs, wanted.half_width or 0, wanted.seed)
    sample = Sample(
        id=0,
        name=wanted.name or f"n{len(items)}-s{wanted.seed}-{wanted.as_of.isoformat()}",
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


def _check(wanted: Wanted) -> None:
    for word in wanted.by:
        if word not in DIMENSIONS:
            raise UsageError(f"strata by {word!r}: choose from {', '.join(DIMENSIONS)}")
    if wanted.size is not None and wanted.size < 1:
        raise UsageError("a sample has at least one item")
    if not 0 <= wanted.seed <= _LARGEST_SEED:
        raise UsageError(f"--seed {wanted.seed}: give a whole number from 0 to {_LARGEST_SEED:,}")
    if wanted.name is not None and not _NAME.fullmatch(wanted.name):
        raise UsageError(
            f"--name {wanted.name[:100]!r}: up to 80 letters, digits, spaces and . ( ) + - _, a letter or digit first"
        )


def _nothing(kind: str, others: Sequence[Subject], as_of: date) -> str:
    """Why nothing of a kind can be drawn, and what there is instead."""
    if kind == "listing":
        return "nothing to draw from: no listing of the portal was read" + (
            "; there are entries: --of entries" if others else ""
        )
    reason = f"nothing to draw from: no edition of the register was read that is in force on {as_of}"
    return f"{reason}; there are listings: --of listings" if others else reason


def hand_out(session: Session, sample: Sample, coder: str, form: str, now: datetime) -> tuple[Sheet, list[SampleItem]]:
    """A new sheet of a sample for one coder, and its items in that coder's own order.

    Raises ContentError for a sample of another codebook version: its codings would not count; UsageError for an alias
    that a person would take for another coder's.
    """
    if sample.codebook != CODEBOOK:
        raise ContentError(
            f"sample {sample.name} is of codebook version {sample.codebook}, this one is {CODEBOOK}: draw a new one"
        )
    refuse_look_alike(coder, coders(session))
    seed = order_seed(sample.name, sample.seed, coder)
    sheet = Sheet(0, "", sample.id, coder, form, seed, sample.codebook, now)
    return add_sheet(session, sheet), in_order(items_of(session, sample.id), seed)


def terminal_sheet(session: Session, sample: Sample, coder: str, now: datetime) -> tuple[Sheet, list[SampleItem]]:
    """The coder's one sheet at the terminal, made at the first time, and its items in the coder's own order."""
    sheet = open_sheet(session, sample.id, coder, "terminal")
    if sheet is None or sample.codebook != CODEBOOK:
        return hand_out(session, sample, coder, "terminal", now)
    return sheet, in_order(items_of(session, sample.id), sheet.order_seed)


def said_at_terminal(session: Session, sheet: Sheet, items: Sequence[SampleItem]) -> tuple[set[str], dict[str, str]]:
    """The keys of the items whose text a sheet's coder has coded, and the codes of those whose newest is of this sheet.

    Those coded last on a file are not for the terminal to change: the file would be refused as another mind.
    """
    newest = {
        key: one
        for key, codings in codings_for(session, items, sheet.codebook).items()
        for one in codings
        if one.coder == sheet.coder
    }
    places = hand_notes(session, [one.id for one in newest.values()])
    own = {
        key: in_codes(one.coding) for key, one in newest.items() if one.subject == key and places[one.id][0] == sheet.id
    }
    return set(newest), own


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
