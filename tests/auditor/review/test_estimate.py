"""Shares with their error: by hand, by simulation, and refused where the sample cannot tell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.review.estimate import Checked, error_rates, rogan_gladen
from crawler.errors import ContentError


def sample(hits: int, misses: int, refusals: int, alarms: int) -> list[Checked]:
    outcomes = [((True, True), hits), ((True, False), misses), ((False, False), refusals), ((False, True), alarms)]
    return [Checked(truth, machine) for (truth, machine), count in outcomes for _ in range(count)]


def test_a_worked_example() -> None:
    # Sensitivity 0.9, specificity 0.95: (0.305 + 0.95 - 1) / (0.9 + 0.95 - 1) = 0.3.
    assert float(rogan_gladen(0.305, 0.9, 0.95)) == pytest.approx(0.3)
    found = error_rates(sample(45, 5, 95, 5)).correct(0.305)
    assert found.value == pytest.approx(0.3)
    assert (found.sensitivity, found.specificity, found.items) == (pytest.approx(0.9), pytest.approx(0.95), 150)
    assert 0.2 < found.low < 0.28
    assert 0.32 < found.high < 0.4
    assert found == error_rates(sample(45, 5, 95, 5)).correct(0.305)


def test_a_machine_without_errors_is_not_taken_for_infallible() -> None:
    found = error_rates(sample(45, 0, 105, 0)).correct(0.3)
    assert found.value == pytest.approx(0.3)
    assert found.low < 0.297
    assert found.high > 0.303


def test_weights_count() -> None:
    doubled = [
        Checked(one.truth, one.machine, 2.0 if one.truth and not one.machine else 1.0) for one in sample(40, 5, 95, 5)
    ]
    assert error_rates(doubled).sensitivity == pytest.approx(40 / 50)
    scaled = [Checked(one.truth, one.machine, 9.0) for one in sample(40, 5, 95, 5)]
    assert error_rates(scaled).correct(0.3).low == pytest.approx(error_rates(sample(40, 5, 95, 5)).correct(0.3).low)


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ([], "none of the 0 items"),
        (sample(0, 0, 20, 3), "none of the 23 items that people coded is inside"),
        (sample(20, 3, 0, 0), "is outside"),
        (sample(5, 15, 5, 15), "tell nothing"),
    ],
)
def test_refused_where_the_sample_cannot_tell(items: list[Checked], message: str) -> None:
    with pytest.raises(ContentError, match=message):
        error_rates(items)


COUNT = st.integers(1, 40)


@given(COUNT, st.integers(0, 40), COUNT, st.integers(0, 40), st.floats(0, 1))
@settings(deadline=None)
def test_bounds_hold_the_value_and_stay_shares(hits: int, misses: int, refusals: int, alarms: int, raw: float) -> None:
    if hits / (hits + misses) + refusals / (refusals + alarms) <= 1:
        return
    found = error_rates(sample(hits, misses, refusals, alarms), draws=200).correct(raw)
    assert 0 <= found.low <= found.value <= found.high <= 1


def coverage(prevalence: float, sensitivity: float, specificity: float, items: int, *, weighted: bool = False) -> float:
    """Share of 1,000 registers of 1,300 entries whose true share lies inside the interval."""
    random = np.random.default_rng(11)
    held = 0
    for _ in range(1000):
        truth = random.random(1300) < prevalence
        machine = np.where(truth, random.random(1300) < sensitivity, random.random(1300) >= specificity)
        if weighted:
            # Half of the items from the fifth that the machine calls human: weights as sampling gives them.
            inside, outside = np.flatnonzero(machine), np.flatnonzero(~machine)
            half = min(items // 2, inside.size)
            chosen = np.concatenate(
                [random.choice(inside, half, replace=False), random.choice(outside, items - half, replace=False)]
            )
            weights = np.where(machine[chosen], inside.size / half, outside.size / (items - half))
        else:
            chosen, weights = random.choice(1300, items, replace=False), np.ones(items)
        drawn = [Checked(bool(truth[i]), bool(machine[i]), float(w)) for i, w in zip(chosen, weights, strict=True)]
        found = error_rates(drawn, draws=500).correct(float(machine.mean()))
        held += found.low <= truth.mean() <= found.high
    return held / 1000


@pytest.mark.parametrize(
    ("prevalence", "sensitivity", "specificity", "items"),
    [(0.3, 0.9, 0.95, 150), (0.3, 0.97, 0.98, 150), (0.2, 0.95, 0.97, 150), (0.1, 0.93, 0.98, 200)],
)
def test_the_interval_holds_the_truth_in_95_of_100_registers(
    prevalence: float, sensitivity: float, specificity: float, items: int
) -> None:
    assert coverage(prevalence, sensitivity, specificity, items) == pytest.approx(0.95, abs=0.02)


def test_strata_by_the_machines_code_and_very_few_errors_err_to_the_wide_side() -> None:
    # The bootstrap takes no credit for strata, and a third of an item of doubt outweighs two errors in 200.
    assert 0.94 <= coverage(0.3, 0.9, 0.95, 150, weighted=True) <= 0.99
    assert 0.94 <= coverage(0.25, 0.98, 0.99, 200) <= 0.99
