"""Agreement of the stored codings, and figures with their error from the sample that two people coded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

from sqlalchemy.orm import Session

from auditor.coding.codebook import MACHINE
from auditor.coding.in_force import Standing, newest_by_person, standing_coding
from auditor.db.codings import codings_of
from auditor.db.review import codings_for, items_of, samples
from auditor.records import Coding, StoredCoding
from auditor.review.agreement import Agreement, agreement
from auditor.review.differences import differences
from auditor.review.estimate import Checked, Estimate, corrected_share
from crawler.errors import ContentError
from crawler.pages.records import Lang

AXES = ("nature", "completeness", "output")
#: What a figure says that no two people checked.
UNCHECKED = "machine-coded, unchecked"
#: With fewer checked items of its own a language borrows those of the others, and says so.
ENOUGH = 50


@dataclass(frozen=True, slots=True)
class Compared:
    """Agreement of two coders on one axis in one language ("" for all): the figures, or why there are none."""

    one: str
    other: str
    axis: str
    lang: str
    items: int
    found: Agreement | None
    confusion: tuple[tuple[str, str, int], ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Why a share has no interval. `str` of it is what stands beside the figure."""

    reason: str

    def __str__(self) -> str:
        return f"{UNCHECKED}: {self.reason}" if self.reason else UNCHECKED


@dataclass(frozen=True, slots=True)
class Intervals:
    """Corrects shares in one language for the machine's errors. `pooled`: by the checked items of all languages."""

    lang: Lang
    codebook: str
    sample: str
    pooled: bool
    pairs: tuple[tuple[Coding, Coding, float], ...]  # by people, by the machine, weight
    machine: Mapping[str, Coding] = field(repr=False)
    reason: str = ""

    def share(self, cell: str, keys: Sequence[str], of: int | None = None) -> Estimate | Unchecked:
        """The share of `cell` among `keys` with its interval, or why there is none.

        `cell` is a word of the measures: `human_social`, `partial`, `human_social/complete`… The raw share is the
        machine's own over `keys`, whatever people have coded since. With `of` the share is taken of that many
        subjects, of which only `keys` can be in the cell (`core_complete`: the digitised ones).
        """
        if not self.pairs:
            return Unchecked(self.reason)
        if not keys:
            return Unchecked("nothing to take a share of")
        raw = sum(in_cell(self.machine.get(key), cell) for key in keys) / len(keys)
        sample = [Checked(in_cell(truth, cell), in_cell(said, cell), weight) for truth, said, weight in self.pairs]
        try:
            found = corrected_share(raw, sample)
        except ContentError as error:
            return Unchecked(str(error))
        part = len(keys) / (of or len(keys))
        return Estimate(
            found.value * part,
            found.low * part,
            found.high * part,
            found.items,
            found.sensitivity,
            found.specificity,
        )


def in_cell(coding: Coding | None, cell: str) -> bool:
    """Whether a coding stands in a cell: a code of either axis, or `nature/completeness`. `unclear` is no cell here."""
    if coding is None:
        return False
    nature, completeness = str(coding.nature), str(coding.completeness)
    return cell in (nature, completeness, f"{nature}/{completeness}")


def intervals_for(session: Session, lang: Lang, codebook: str, kind: str = "entry") -> Intervals:
    """The machine's errors in a language, from the newest sample that two people coded.

    Truth is what two people agree on or what was adjudicated. While people differ undecided there is no interval: the
    items they differ on are the hard ones, and without them the machine would look better than it is.
    """
    machine = _machine(session, kind, lang, codebook)
    for sample in reversed([one for one in samples(session) if one.codebook == codebook]):
        items = [item for item in items_of(session, sample.id) if item.subject.kind == kind]
        codings = codings_for(session, items, codebook)
        checked = {}
        for item in items:
            pair = _pair(codings.get(item.key, ()))
            if pair is not None:
                checked[item.key] = (item, pair)
        if not checked:
            continue
        waiting = len(differences(items, codings))
        if waiting:
            reason = f"{waiting} differences of the coders wait for `egov-audit sheet adjudicate`"
            return Intervals(lang, codebook, sample.name, False, (), machine, reason)
        own = [one for one in checked.values() if one[0].subject.given.lang is lang]
        pooled = len(own) < ENOUGH
        used = list(checked.values()) if pooled else own
        pairs = tuple((truth, said, item.weight) for item, (truth, said) in used)
        return Intervals(lang, codebook, sample.name, pooled, pairs, machine)
    return Intervals(lang, codebook, "", False, (), machine, "")


def compare_coders(session: Session, codebook: str, *, machine: bool = False) -> list[Compared]:
    """Agreement of every two coders who share an item, by axis and language; with `machine` of people and the machine.

    Codings are compared on the same text only; each coder's newest counts. Against the machine stands what is in force
    among people. An output left open is no code.
    """
    told: dict[tuple[str, str], list[tuple[str, Coding, Coding]]] = {}
    for kind, lang in product(("entry", "listing"), Lang):
        for codings in codings_of(session, kind, str(lang)).values():
            for group in _by_text(one for one in codings if one.codebook == codebook):
                for (one, left), (other, right) in _couples(group, machine=machine):
                    told.setdefault((one, other), []).append((str(lang), left, right))
    found = []
    for (one, other), shared in sorted(told.items()):
        langs = sorted({lang for lang, _, _ in shared})
        for axis, spoken in product(AXES, ("", *langs) if len(langs) > 1 else langs):
            pairs = [(left, right) for where, left, right in shared if spoken in ("", where)]
            found.append(_compared(one, other, axis, spoken, pairs))
    return found


def _machine(session: Session, kind: str, lang: Lang, codebook: str) -> dict[str, Coding]:
    found = {}
    for key, codings in codings_of(session, kind, str(lang)).items():
        for one in codings:
            if one.coder == MACHINE and one.codebook == codebook:
                found[key] = one.coding
    return found


def _pair(codings: Sequence[StoredCoding]) -> tuple[Coding, Coding] | None:
    """What people say and what the machine says of one text, None while one of them is missing."""
    standing = standing_coding(codings)
    machine = [one.coding for one in codings if one.coder == MACHINE]
    if standing is None or not machine or standing[0] not in (Standing.ADJUDICATED, Standing.AGREED):
        return None
    return standing[1].coding, machine[-1]


def _by_text(codings: Iterable[StoredCoding]) -> list[list[StoredCoding]]:
    groups: dict[str, list[StoredCoding]] = {}
    for one in codings:
        groups.setdefault(one.evidence_hash, []).append(one)
    return list(groups.values())


def _couples(codings: Sequence[StoredCoding], *, machine: bool) -> list[tuple[tuple[str, Coding], tuple[str, Coding]]]:
    if not machine:
        people = sorted(newest_by_person(codings), key=lambda one: one.coder)
        return [((a.coder, a.coding), (b.coder, b.coding)) for a, b in combinations(people, 2)]
    standing = standing_coding(codings)
    said = [one.coding for one in codings if one.coder == MACHINE]
    if standing is None or standing[0] is Standing.MACHINE or not said:
        return []
    return [(("people", standing[1].coding), (MACHINE, said[-1]))]


def _compared(one: str, other: str, axis: str, lang: str, pairs: Sequence[tuple[Coding, Coding]]) -> Compared:
    codes = [(str(getattr(a, axis)), str(getattr(b, axis))) for a, b in pairs]
    if axis == "output":
        codes = [pair for pair in codes if "unclear" not in pair]
    left, right = [a for a, _ in codes], [b for _, b in codes]
    counts = {pair: codes.count(pair) for pair in sorted(set(codes))}
    table = tuple((a, b, count) for (a, b), count in counts.items())
    try:
        return Compared(one, other, axis, lang, len(codes), agreement(left, right), table)
    except ContentError as error:
        return Compared(one, other, axis, lang, len(codes), None, table, str(error))
