"""Shares with their error: by hand, against the published formula, and whatever the sample."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.review.estimate import Group, corrected_share


def group(rows: int, inside: bool, right: int, wrong: int) -> Group:
    """`rows` that the machine codes alike, of which people found so many coded right and wrong, all of one weight."""
    weight = rows / max(1, right + wrong)
    return Group(rows, inside, [(inside, weight)] * right + [(not inside, weight)] * wrong)


def rogan_gladen(raw: float, sensitivity: float, specificity: float) -> float:
    """Rogan and Gladen (1978), American Journal of Epidemiology 107, equation for the corrected prevalence."""
    return (raw + specificity - 1) / (sensitivity + specificity - 1)


def test_by_hand() -> None:
    # Of 300 rows that the machine calls human people find 9 in 10 so, of 700 others 1 in 20: 270 + 35 of 1,000.
    found = corrected_share([group(300, True, 45, 5), group(700, False, 95, 5)])
    assert found.value == pytest.approx(0.305)
    assert found.items == 150
    assert found.sensitivity == pytest.approx(270 / 305)
    assert found.specificity == pytest.approx(665 / 695)
    assert 0.24 < found.low < 0.28
    assert 0.33 < found.high < 0.38
    assert found == corrected_share([group(300, True, 45, 5), group(700, False, 95, 5)]), "the same seed"


PART = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 200))
PARTS = st.lists(PART, min_size=1, max_size=4).filter(lambda parts: any(sum(part) for part in parts))


@given(PARTS, PARTS)
@settings(deadline=None)
def test_it_is_the_published_formula_and_bounds_hold_the_value(
    inside: list[tuple[int, int, int]], outside: list[tuple[int, int, int]]
) -> None:
    groups = [
        group(right + wrong + more, side, right, wrong)
        for side, parts in ((True, inside), (False, outside))
        for right, wrong, more in parts
    ]
    found = corrected_share(groups, draws=100)
    assert -1e-9 <= found.low <= found.value <= found.high <= 1 + 1e-9
    raw = sum(one.rows for one in groups if one.inside) / sum(one.rows for one in groups)
    if found.sensitivity is not None and found.specificity is not None:
        informative = found.sensitivity + found.specificity - 1
        if abs(informative) > 0.01:
            expected = rogan_gladen(raw, found.sensitivity, found.specificity)
            assert found.value == pytest.approx(expected, abs=1e-6)


def test_a_machine_without_errors_is_not_taken_for_infallible() -> None:
    found = corrected_share([group(300, True, 45, 0), group(700, False, 105, 0)])
    assert found.value == pytest.approx(0.3)
    assert found.low < 0.297
    assert found.high > 0.303
    assert (found.sensitivity, found.specificity) == pytest.approx((1, 1))


def test_what_is_checked_is_certain() -> None:
    whole = corrected_share([group(50, True, 45, 5), group(135, False, 130, 5)])
    assert whole.low == whole.value == whole.high == 50 / 185
    but_one = corrected_share([group(50, True, 45, 5), Group(136, False, [(False, 1.0)] * 130 + [(True, 1.0)] * 5)])
    assert but_one.high - but_one.low <= 1 / 186, "one row is open, and no more than one"
    few = corrected_share([group(1500, True, 45, 5), group(4050, False, 130, 5)])
    assert few.high - few.low > 0.05


def test_weights_count_within_their_group() -> None:
    # One miss that stands for 19 rows, ten right ones that stand for 8 each.
    found = corrected_share([group(100, True, 10, 0), Group(99, False, [(False, 8.0)] * 10 + [(True, 19.0)])])
    assert found.value == pytest.approx((100 + 1 + 88 * 18 / (70 + 18)) / 199)
    even = corrected_share([group(100, True, 10, 0), Group(99, False, [(False, 9.0)] * 10 + [(True, 9.0)])])
    assert even.high < found.high


def test_rows_that_nobody_checked_stay_the_machines_and_are_left_open() -> None:
    found = corrected_share([group(90, False, 90, 0), Group(10, True, ())])
    assert found.value == pytest.approx(0.1)
    assert found.low < 0.01
    assert found.high > 0.09
    assert found.items == 90


def test_a_cell_that_neither_has_a_row_in() -> None:
    found = corrected_share([group(400, False, 60, 0)])
    assert (found.value, found.low, found.sensitivity) == (0, 0, None)
    assert 0.005 < found.high < 0.05, "60 rows without one do not prove that there is none"
