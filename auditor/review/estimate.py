"""A share with its error: the machine's share corrected by its errors in a sample that people coded. Pure.

Every row is coded by the machine, some of them by people too: Tenenbein's double sampling (1970). The rows fall into
groups by the machine's code. In each group the rows that nobody checked are taken to be as the checked ones of the
same group, each of which counts by its sampling weight. That is Rogan and Gladen (1978),
true share = (raw share + specificity - 1) / (sensitivity + specificity - 1), with both rates taken from the sample
whose weights are calibrated to what is known of all rows: what the machine says of them.

The interval is a Bayesian bootstrap over the sample (Rubin 1981) for a finite population (the Pólya posterior, Ghosh
and Meeden 1997): items get exponential random weights on top of their own within their group, unchecked rows are drawn
accordingly, checked ones stay what they are; with everything checked nothing is uncertain. Either answer has a third of
an item of prior mass in each group (Kerman 2011, "Neutral noninformative and informative conjugate beta and gamma prior
distributions"), since a good machine makes three errors in 150 items or none at all, and redrawing items never shows
more than was seen. A group that nobody checked is left as the machine has it, and its interval leaves it open.

The interval does not cover what is wrong with the truth itself: people who agree on a wrong code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

_PRIOR = 1 / 3


@dataclass(frozen=True, slots=True)
class Group:
    """The `rows` that the machine codes alike. `inside`: it puts them into the cell that is asked for.

    `checked` says of every text that people coded whether it belongs to the cell, and how many rows it stands for;
    `again` says the same of further rows with these texts: they are known, and tell nothing more of the unchecked ones.
    `alike` is how many rows each text has that nobody checked, one unless given: they are all inside or all outside.
    """

    rows: int
    inside: bool
    checked: Sequence[tuple[bool, float]]
    again: Sequence[bool] = ()
    alike: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share (0–1) corrected for the machine's errors with its 95% interval, from `items` that people coded.

    `sensitivity` and `specificity` are the machine's, None where no row is inside the cell, or none outside.
    """

    value: float
    low: float
    high: float
    items: int
    sensitivity: float | None
    specificity: float | None


def corrected_share(groups: Sequence[Group], *, seed: int = 1, draws: int = 4000) -> Estimate:
    """The share of a cell among the rows of all groups, which must be at least one; the same seed gives the same."""
    random = np.random.default_rng(seed)
    rows = sum(group.rows for group in groups)
    drawn = np.zeros(draws)
    masses = {True: [0.0, 0.0], False: [0.0, 0.0]}
    for group in groups:
        truth = np.array([inside for inside, _ in group.checked], dtype=bool)
        spare = _spare(group)
        sure = float(truth.sum()) + sum(group.again)
        open_rows = group.rows - len(group.checked) - len(group.again)
        share = float(spare @ truth / spare.sum()) if truth.size else float(group.inside)
        in_cell = sure + open_rows * share
        masses[group.inside][0] += in_cell
        masses[group.inside][1] += group.rows - in_cell
        shares = _drawn_shares(random, truth, spare, draws)
        drawn += sure
        for size, texts in sorted(Counter(group.alike or (1,) * open_rows).items()):
            drawn += size * random.binomial(texts, shares)
    (hits, alarms), (misses, refusals) = masses[True], masses[False]
    value = (hits + misses) / rows
    low, high = (float(bound) for bound in np.quantile(drawn / rows, (0.025, 0.975)))
    return Estimate(
        value=value,
        low=min(low, value),
        high=max(high, value),
        items=sum(len(group.checked) for group in groups),
        sensitivity=hits / (hits + misses) if hits + misses else None,
        specificity=refusals / (refusals + alarms) if refusals + alarms else None,
    )


def _spare(group: Group) -> Floats:
    """How many unchecked rows each checked one stands for: its weight but for itself."""
    spare: Floats = np.array([weight - 1 for _, weight in group.checked], dtype=np.float64)
    # Every checked row was sure to be drawn, and yet some row of the group is unchecked: all tell alike of it.
    return spare if spare.sum() > 0 else np.ones_like(spare)


def _drawn_shares(random: np.random.Generator, truth: npt.NDArray[np.bool_], spare: Floats, draws: int) -> Floats:
    """The share inside the cell among a group's unchecked rows, once a draw."""
    typical = float(spare.mean()) if spare.size else 1.0
    inside, outside = (
        random.gamma(_PRIOR, size=draws) * typical + _masses(random, spare[which], draws) for which in (truth, ~truth)
    )
    shares: Floats = inside / (inside + outside)
    return shares


def _masses(random: np.random.Generator, spare: Floats, draws: int) -> Floats:
    """The sum of exponential random weights times the items' own; items of one weight together are a gamma."""
    weights, counts = np.unique(spare, return_counts=True)
    summed: Floats = random.gamma(counts, size=(draws, counts.size)) @ weights
    return summed
