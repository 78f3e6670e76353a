"""Which error belongs to which coded figure: what people checked among the very rows that the figure is about. Pure.

Error rates are never carried over: not from one language to the other, not from the register to a part of it in which
the machine may err otherwise (the digitised rows, the newly digitised ones), not to an edition of other rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TypeAlias

from auditor.measure.records import Figure
from auditor.records import Completeness, Nature
from auditor.review.estimate import Estimate, Group, corrected_share
from crawler.pages.records import Lang

#: Measures whose cells are codes; the same among digitised and newly digitised ones begin with these words too.
_TABLES = ("nature", "completeness", "two_by_two")
#: Codes on the two axes.
Codes: TypeAlias = tuple[str, str]
#: What a figure says that no two people checked.
UNCHECKED = "machine-coded, unchecked"
#: Transactional or partial: what `easy_share` counts.
EASY = "easy"
#: With fewer checked rows a figure stays uncorrected, unless they are half of its rows.
ENOUGH = 30
#: The part of a figure's rows that may be new since the sample was drawn: they are taken to be as the others.
_NEW = 0.1


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Why a share has no interval. `str` of it is what stands beside the figure."""

    reason: str

    def __str__(self) -> str:
        return f"{UNCHECKED}: {self.reason}" if self.reason else UNCHECKED


@dataclass(frozen=True, slots=True)
class CheckedText:
    """A text that was drawn and coded: by people, by the machine; `weight` is how many rows it stands for."""

    people: Codes
    machine: Codes
    weight: float


@dataclass(frozen=True, slots=True)
class Checks:
    """A sample that people coded, in one language. `checked` is by the hash of the text, `frame` the texts drawn from.

    Without checked texts `reason` says why there are none.
    """

    lang: Lang
    codebook: str
    sample: str = ""
    checked: Mapping[str, CheckedText] = field(default_factory=dict, repr=False)
    frame: Collection[str] = field(default=(), repr=False)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Intervals:
    """Corrects shares in one language for the machine's errors.

    `machine` tells of every row, by key, what the machine says now, `texts` the hash of the text it said it of;
    `digitised` are the keys of the rows with any electronic form; `draws` is how often the bootstrap draws.
    """

    checks: Checks
    machine: Mapping[str, Codes] = field(repr=False)
    texts: Mapping[str, str] = field(repr=False)
    digitised: Collection[str] = field(default=(), repr=False)
    draws: int = 4000

    def __call__(self, figure: Figure) -> tuple[float, float, float] | str | None:
        """Corrected share, low and high of a coded figure over its `base`, or why there are none.

        None for a figure that is no share of codes, and for all where nothing was checked.
        """
        if not self.checks.checked:
            return None
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
        return (found.value, found.low, found.high) if isinstance(found, Estimate) else found.reason

    def share(self, cell: str, keys: Sequence[str], of: int | None = None) -> Estimate | Unchecked:
        """The share of `cell` among `keys` with its interval, or why there is none.

        `cell` is a word of the measures: `human_social`, `partial`, `human_social/complete`… With `of` the share is
        taken of that many rows, of which only `keys` can be in the cell (`core_complete`: the digitised ones).
        """
        unfit = self._unfit(keys)
        if unfit is not None:
            return unfit
        rows: dict[str, int] = {}
        checked: dict[str, list[tuple[bool, float]]] = {}
        again: dict[str, list[bool]] = {}
        inside: dict[str, bool] = {}
        alike: dict[str, list[int]] = {}
        texts = Counter(self.texts.get(key, key) for key in keys)
        told: set[str] = set()
        for key in keys:
            text = self.texts.get(key, key)
            known = self.checks.checked.get(text)
            codes = known.machine if known else self.machine.get(key)
            group = _group(codes, cell)
            inside[group] = in_cell(codes, cell)
            rows[group] = rows.get(group, 0) + 1
            if known and text in told:
                again.setdefault(group, []).append(in_cell(known.people, cell))
            elif known:
                weight = _weight(known.weight, texts[text])
                checked.setdefault(group, []).append((in_cell(known.people, cell), weight))
            elif text not in told:
                alike.setdefault(group, []).append(texts[text])
            told.add(text)
        groups = [
            Group(rows[one], inside[one], checked.get(one, ()), again.get(one, ()), alike.get(one, ()))
            for one in sorted(rows)
        ]
        found = corrected_share(groups, draws=self.draws)
        part = len(keys) / (of or len(keys))
        return replace(found, value=found.value * part, low=found.low * part, high=found.high * part)

    def _unfit(self, keys: Sequence[str]) -> Unchecked | None:
        """Why the sample tells nothing of these rows, None where it does."""
        if not keys:
            return Unchecked("nothing to take a share of")
        if not self.checks.checked:
            return Unchecked(self.checks.reason)
        texts = [self.texts.get(key, "") for key in keys]
        new = sum(text not in self.checks.frame for text in texts)
        if new > _NEW * len(keys):
            return Unchecked(
                f"{new} of these {len(keys)} rows were not there when sample {self.checks.sample} was drawn"
            )
        known = [text for text in texts if text in self.checks.checked]
        checked = len(known)
        if len(set(known)) < ENOUGH and checked < len(keys) / 2:
            return Unchecked(f"people checked {checked} of these {len(keys)} rows, too few to tell")
        return None


def _weight(weight: float, rows: int) -> float:
    """How many rows a checked text stands for, itself once and else those of texts that were not drawn.

    A text of many rows is drawn more likely than one of a single row: it stands for fewer rows that nobody checked.
    """
    missed: float = (1 - 1 / weight) ** rows
    return 1 + rows * missed / (1 - missed)


@cache
def in_cell(codes: Codes | None, cell: str) -> bool:
    """Whether codes stand in a cell: a code of either axis, `nature/completeness`, or `EASY`."""
    if codes is None:
        return False
    nature, completeness = codes
    if cell == EASY:
        return nature == Nature.TRANSACTIONAL or completeness == Completeness.PARTIAL
    return cell in (nature, completeness, f"{nature}/{completeness}")


@cache
def _group(codes: Codes | None, cell: str) -> str:
    """What the machine says on the axes that a cell is of: the cells of a table share their groups and add up."""
    if codes is None:
        return "uncoded"
    if cell == EASY:
        return str(in_cell(codes, cell))
    if cell in set(Nature):
        return codes[0]
    return codes[1] if cell in set(Completeness) else "/".join(codes)
