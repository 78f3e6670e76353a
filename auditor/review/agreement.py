"""How far two coders agree beyond chance. Pure functions over a confusion matrix.

Formulas: Cohen (1960) kappa, Krippendorff's alpha for nominal data, Gwet's AC1 (2008). All four figures stand side by
side because each misleads alone: at 1% prevalence 98% agreement goes with an alpha below zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from crawler.errors import ContentError

Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95% bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of two coders on `items` they both coded. `prevalence` is each category's share over both coders.

    `one_sided` of the bootstrap's `draws` held one category only: kappa and alpha have no value there, and their
    intervals are of the other draws.
    """

    items: int
    percent: Interval
    kappa: Interval
    alpha: Interval
    ac1: Interval
    prevalence: tuple[tuple[str, float], ...]
    draws: int
    one_sided: int

    @property
    def unseen(self) -> tuple[str, float] | None:
        """Where no item differs, or none agrees: which ("differs", "agrees") and the share that may, at most (95%).

        No redrawn item can either, so that the intervals have no width and cannot say it; the bound for none in n can.
        """
        if self.percent.value not in (0, 1):
            return None
        return ("differs" if self.percent.value else "agrees"), 1 - 0.05 ** (1 / self.items)


def agreement(one: Sequence[str], other: Sequence[str], *, seed: int = 1, draws: int = 2000) -> Agreement:
    """Agreement of two coders; `one[i]` and `other[i]` are their codes of the same item.

    The interval is the percentile bootstrap over items; the same seed gives the same interval. Raises ContentError
    where no figure has a meaning: no shared item, or only one category in all codes.
    """
    if len(one) != len(other):
        raise ValueError("two coders' codes must be of the same items")
    if not one:
        raise ContentError("no agreement can be given: the two coders share no item")
    categories = sorted(set(one) | set(other))
    if len(categories) < 2:
        raise ContentError(f"no agreement can be given: both coders used only {categories[0]!r}")
    matrix = confusion(one, other, categories)
    total = int(matrix.sum())
    random = np.random.default_rng(seed)
    drawn = random.multinomial(total, (matrix / total).ravel(), size=draws).reshape(draws, *matrix.shape)
    resampled: Floats = drawn.astype(np.float64)
    varied = resampled[_categories_used(drawn) > 1]

    def interval(figure: Callable[[Floats], Floats], among: Floats) -> Interval:
        return Interval(float(figure(matrix[None])[0]), *_bounds(figure(among)))

    shares = (matrix.sum(axis=0) + matrix.sum(axis=1)) / (2 * total)
    return Agreement(
        items=total,
        percent=interval(percent_agreement, resampled),
        kappa=interval(cohen_kappa, varied),
        alpha=interval(krippendorff_alpha, varied),
        ac1=interval(gwet_ac1, resampled),
        prevalence=tuple(zip(categories, shares.tolist(), strict=True)),
        draws=draws,
        one_sided=draws - len(varied),
    )


def confusion(one: Sequence[str], other: Sequence[str], categories: Sequence[str]) -> Floats:
    """Counts, `one`'s category down and `other`'s across, in the order of `categories`."""
    place = {category: index for index, category in enumerate(categories)}
    matrix = np.zeros((len(categories), len(categories)))
    for left, right in zip(one, other, strict=True):
        matrix[place[left], place[right]] += 1
    return matrix


def percent_agreement(matrices: Floats) -> Floats:
    """Share of items coded the same, 0–1, for a stack of matrices of shape (n, k, k)."""
    same: Floats = np.trace(matrices, axis1=1, axis2=2) / matrices.sum(axis=(1, 2))
    return same


def cohen_kappa(matrices: Floats) -> Floats:
    """Kappa for a stack of matrices (n, k, k): agreement beyond what the coders' own shares give by chance."""
    totals = matrices.sum(axis=(1, 2))
    expected: Floats = (matrices.sum(axis=1) * matrices.sum(axis=2)).sum(axis=1) / totals**2
    return _beyond(percent_agreement(matrices), expected)


def krippendorff_alpha(matrices: Floats) -> Floats:
    """Nominal alpha of two coders without gaps, for a stack of matrices (n, k, k)."""
    values = 2 * matrices.sum(axis=(1, 2))
    pooled = matrices.sum(axis=1) + matrices.sum(axis=2)
    expected: Floats = (pooled * (pooled - 1)).sum(axis=1) / (values * (values - 1))
    return _beyond(percent_agreement(matrices), expected)


def gwet_ac1(matrices: Floats) -> Floats:
    """Gwet's AC1 for a stack of matrices (n, k, k): chance agreement that does not collapse at extreme prevalence."""
    count = matrices.shape[1]
    pooled = (matrices.sum(axis=1) + matrices.sum(axis=2)) / (2 * matrices.sum(axis=(1, 2)))[:, None]
    expected: Floats = (pooled * (1 - pooled)).sum(axis=1) / (count - 1)
    return _beyond(percent_agreement(matrices), expected)


def _beyond(observed: Floats, expected: Floats) -> Floats:
    return (observed - expected) / (1 - expected)


def _categories_used(matrices: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    used: npt.NDArray[np.int64] = ((matrices.sum(axis=1) + matrices.sum(axis=2)) > 0).sum(axis=1)
    return used


def _bounds(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)
