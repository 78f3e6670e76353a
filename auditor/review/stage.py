"""Agreement of the stored codings, and figures with their error from the sample that two people coded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from auditor.coding.codebook import MACHINE
from auditor.coding.in_force import Standing, axes_of, newest_by_person, standing_coding
from auditor.db.models import CodingRow, EditionRow, EntryRow
from auditor.db.review import coded_by_people, codings_for, codings_under, items_of, samples
from auditor.measure.records import Figure
from auditor.records import Coding, Completeness, Nature, StoredCoding
from auditor.review.compared import AXES, Compared, compare_codes
from auditor.review.differences import differences
from auditor.review.estimate import Checked, ErrorRates, Estimate, error_rates
from crawler.errors import ContentError
from crawler.pages.records import ELECTRONIC_FORMS, Lang

#: Measures whose cells are codes; the same among digitised and newly digitised ones begin with these words too.
_TABLES = ("nature", "completeness", "two_by_two")
#: Codes on the two axes.
Codes: TypeAlias = tuple[str, str]
#: What a figure says that no two people checked.
UNCHECKED = "machine-coded, unchecked"
#: Transactional or partial: what `easy_share` counts.
EASY = "easy"
#: With fewer checked items of its own a language borrows those of the others, and says so.
ENOUGH = 50


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Why a share has no interval. `str` of it is what stands beside the figure."""

    reason: str

    def __str__(self) -> str:
        return f"{UNCHECKED}: {self.reason}" if self.reason else UNCHECKED


@dataclass(slots=True)
class Intervals:
    """Corrects shares in one language for the machine's errors. `pooled`: by the checked items of all languages.

    `pairs` are (by people, by the machine, weight); `machine` and `digitised` tell of every subject, by key, what the
    machine says and whether any electronic form is named. `reason` is why there are no pairs.
    """

    lang: Lang
    codebook: str
    sample: str
    pooled: bool
    pairs: Sequence[tuple[Codes, Codes, float]]
    machine: Mapping[str, Codes] = field(repr=False)
    digitised: Collection[str] = field(default=(), repr=False)
    reason: str = ""
    _rates: dict[str, ErrorRates | Unchecked] = field(default_factory=dict, init=False, repr=False)

    def __call__(self, figure: Figure) -> tuple[float, float, float] | None:
        """Corrected share, low and high of a coded figure over its `base`; None where there is none to give."""
        table = next((name for name in _TABLES if figure.measure.startswith(name)), None)
        if figure.measure == "core_complete":
            within = [key for key in figure.base if key in self.digitised]
            found = self.share("human_social/complete", within, of=len(figure.base))
        elif figure.measure == "easy_share":
            found = self.share(EASY, figure.base)
        elif table is not None and figure.cell not in ("", "unclear"):
            found = self.share(figure.cell, figure.base)
        else:
            return None
        return (found.value, found.low, found.high) if isinstance(found, Estimate) else None

    def share(self, cell: str, keys: Sequence[str], of: int | None = None) -> Estimate | Unchecked:
        """The share of `cell` among `keys` with its interval, or why there is none.

        `cell` is a word of the measures: `human_social`, `partial`, `human_social/complete`… The raw share is the
        machine's own over `keys`, whatever people have coded since. With `of` the share is taken of that many
        subjects, of which only `keys` can be in the cell (`core_complete`: the digitised ones).
        """
        if not keys:
            return Unchecked("nothing to take a share of")
        rates = self._rates_of(cell)
        if isinstance(rates, Unchecked):
            return rates
        raw = sum(in_cell(self.machine.get(key), cell) for key in keys) / len(keys)
        found = rates.correct(raw)
        part = len(keys) / (of or len(keys))
        return replace(found, value=found.value * part, low=found.low * part, high=found.high * part)

    def _rates_of(self, cell: str) -> ErrorRates | Unchecked:
        if not self.pairs:
            return Unchecked(self.reason)
        if cell not in self._rates:
            sample = [Checked(in_cell(truth, cell), in_cell(said, cell), weight) for truth, said, weight in self.pairs]
            try:
                self._rates[cell] = error_rates(sample)
            except ContentError as error:
                self._rates[cell] = Unchecked(str(error))
        return self._rates[cell]


def in_cell(codes: Codes | None, cell: str) -> bool:
    """Whether codes stand in a cell: a code of either axis, `nature/completeness`, or `EASY`."""
    if codes is None:
        return False
    nature, completeness = codes
    if cell == EASY:
        return nature == Nature.TRANSACTIONAL or completeness == Completeness.PARTIAL
    return cell in (nature, completeness, f"{nature}/{completeness}")


def intervals_for(session: Session, lang: Lang, codebook: str, kind: str = "entry") -> Intervals:
    """The machine's errors in a language, from the newest sample that two people coded.

    Truth is what two people agree on or what was adjudicated. While people differ undecided there is no interval: the
    items they differ on are the hard ones, and without them the machine would look better than it is.
    """
    machine = _machine(session, kind, lang, codebook)
    digitised = _digitised(session, lang) if kind == "entry" else machine.keys()
    for sample in reversed([one for one in samples(session) if one.codebook == codebook]):
        items = [item for item in items_of(session, sample.id) if item.subject.kind == kind]
        codings = codings_for(session, items, codebook)
        checked = [(item, pair) for item in items if (pair := _pair(codings.get(item.key, ()))) is not None]
        waiting = len(differences(items, codings))
        if waiting:
            reason = f"{waiting} differences of the coders wait for `egov-audit sheet adjudicate`"
            return Intervals(lang, codebook, sample.name, False, (), machine, digitised, reason)
        if checked:
            own = [one for one in checked if one[0].subject.given.lang is lang]
            pooled = len(own) < ENOUGH
            pairs = [(truth, said, item.weight) for item, (truth, said) in (checked if pooled else own)]
            return Intervals(lang, codebook, sample.name, pooled, pairs, machine, digitised)
    return Intervals(lang, codebook, "", False, (), machine, digitised)


def compare_coders(session: Session, codebook: str, *, machine: bool = False) -> list[Compared]:
    """Agreement of every two coders who share an item, by axis and language; with `machine` of people and the machine.

    Codings are compared on the same text only; each coder's newest counts. Against the machine stands what is in force
    among people. An output left open is no code.
    """
    told: dict[tuple[str, str], list[tuple[str, Coding, Coding]]] = {}
    for kind in ("entry", "listing"):
        langs = coded_by_people(session, kind, codebook)
        for key, codings in codings_under(session, kind, langs.keys(), codebook):
            for group in _by_text(codings):
                for (one, left), (other, right) in _couples(group, machine=machine):
                    told.setdefault((one, other), []).append((langs[key], left, right))
    found = []
    for (one, other), shared in sorted(told.items()):
        heard = sorted({lang for lang, _, _ in shared})
        for axis, spoken in product(AXES, ("", *heard) if len(heard) > 1 else heard):
            codes = [
                (str(getattr(left, axis)), str(getattr(right, axis)))
                for where, left, right in shared
                if spoken in ("", where)
            ]
            found.append(compare_codes((one, other), axis, spoken, codes))
    return found


def _machine(session: Session, kind: str, lang: Lang, codebook: str) -> dict[str, Codes]:
    """The machine's newest codes of every subject; read lean, there are tens of thousands."""
    statement = select(CodingRow.subject_key, CodingRow.nature, CodingRow.completeness).where(
        CodingRow.subject_kind == kind,
        CodingRow.lang == str(lang),
        CodingRow.coder == MACHINE,
        CodingRow.codebook == codebook,
    )
    rows = session.execute(statement.order_by(CodingRow.coded_at, CodingRow.id))
    return {row.subject_key: (row.nature, row.completeness) for row in rows}


def _digitised(session: Session, lang: Lang) -> set[str]:
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
