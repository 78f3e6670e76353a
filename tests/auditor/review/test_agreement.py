"""Agreement against published worked examples, an independent library, and the traps that make figures lie."""

from __future__ import annotations

from collections.abc import Sequence

import krippendorff
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.review.agreement import agreement
from crawler.errors import ContentError


def codes(*rows: Sequence[int]) -> tuple[list[str], list[str]]:
    """The codes behind a confusion matrix."""
    cells = [(str(at), str(across), count) for at, row in enumerate(rows) for across, count in enumerate(row)]
    one = [left for left, _, count in cells for _ in range(count)]
    other = [right for _, right, count in cells for _ in range(count)]
    return one, other


def test_cohen_1960() -> None:
    """Cohen (1960), "A coefficient of agreement for nominal scales", table 1: 200 cases, three categories."""
    found = agreement(*codes((88, 14, 18), (10, 40, 10), (2, 6, 12)))
    assert found.items == 200
    assert found.percent.value == pytest.approx(0.70)
    assert found.kappa.value == pytest.approx(0.492, abs=0.0005)
    assert found.kappa.low < 0.492 < found.kappa.high


def test_fleiss_1981() -> None:
    """Fleiss (1981), "Statistical Methods for Rates and Proportions", table 13.1: diagnoses of 100 patients."""
    found = agreement(*codes((75, 1, 4), (5, 4, 1), (0, 0, 10)))
    assert found.percent.value == pytest.approx(0.89)
    assert found.kappa.value == pytest.approx(0.676, abs=0.0005)


def test_gwet_2008() -> None:
    """Gwet (2008), "Computing inter-rater reliability … in the presence of high agreement": 125 cases."""
    found = agreement(*codes((118, 5), (2, 0)))
    assert found.percent.value == pytest.approx(0.944)
    assert found.kappa.value == pytest.approx(-0.0234, abs=0.00005)
    assert found.ac1.value == pytest.approx(0.9408, abs=0.00005)
    assert dict(found.prevalence) == pytest.approx({"0": 0.972, "1": 0.028})


@pytest.mark.parametrize(
    ("one", "other", "alpha"),
    [("0100000010", "1110010000", 0.095), ("aabbdcccedda", "babbbccceddd", 0.692)],
    ids=["A: binary data", "B: nominal data"],
)
def test_krippendorff_2011(one: str, other: str, alpha: float) -> None:
    """Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", two observers without missing data."""
    assert agreement(list(one), list(other)).alpha.value == pytest.approx(alpha, abs=0.0005)


@pytest.mark.parametrize("total", [10, 20])
def test_the_interval_reaches_above_the_figure_when_one_code_is_frequent(total: int) -> None:
    found = agreement(*codes((total - 1, 1), (0, 0)))
    assert found.percent.value == pytest.approx(1 - 1 / total)
    # The one odd item is missing from a third of the draws, (1 - 1/n)^n of them: there the coders agree on all.
    assert found.percent.high == found.ac1.high == 1
    assert found.percent.low == pytest.approx(1 - 3 / total, abs=0.06)
    assert found.one_sided / found.draws == pytest.approx((1 - 1 / total) ** total, abs=0.04)


def test_the_interval_is_the_one_of_the_binomial() -> None:
    found = agreement(*codes((60, 5), (5, 30)))
    spread = 1.96 * (0.9 * 0.1 / 100) ** 0.5
    assert found.percent.low == pytest.approx(0.9 - spread, abs=0.011)
    assert found.percent.high == pytest.approx(0.9 + spread, abs=0.011)
    assert found.one_sided == 0


def test_where_nothing_differs_or_agrees_the_bound_for_none_in_n_is_told() -> None:
    assert agreement(*codes((60, 0), (0, 40))).unseen == ("differs", pytest.approx(0.0295, abs=0.0001))
    assert agreement(*codes((0, 60), (40, 0))).unseen == ("agrees", pytest.approx(0.0295, abs=0.0001))
    assert agreement(*codes((60, 0), (1, 40))).unseen is None


def test_no_figure_without_shared_items_or_with_one_category() -> None:
    with pytest.raises(ContentError, match="share no item"):
        agreement([], [])
    with pytest.raises(ContentError, match="only 'partial'"):
        agreement(["partial"] * 9, ["partial"] * 9)


PAIRS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2, max_size=40).filter(
    lambda pairs: len({code for pair in pairs for code in pair}) > 1
)


@given(PAIRS)
def test_alpha_equals_the_library_and_figures_keep_their_bounds(pairs: list[tuple[str, str]]) -> None:
    one, other = [left for left, _ in pairs], [right for _, right in pairs]
    found = agreement(one, other, draws=50)
    numbers = [["abc".index(code) for code in coder] for coder in (one, other)]
    expected = krippendorff.alpha(reliability_data=numbers, level_of_measurement="nominal")
    assert found.alpha.value == pytest.approx(expected)
    for figure in (found.percent, found.kappa, found.alpha, found.ac1):
        assert -1 - 1e-9 <= figure.low <= figure.high <= 1 + 1e-9
    assert found == agreement(one, other, draws=50), "the same seed gives the same interval"
    swapped = agreement(other, one, draws=50)
    assert swapped.kappa.value == pytest.approx(found.kappa.value)
