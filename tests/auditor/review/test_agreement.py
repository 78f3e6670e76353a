"""Agreement against worked examples, an independent library, and the traps that make figures lie."""

from __future__ import annotations

import krippendorff
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.review.agreement import agreement
from crawler.errors import ContentError


def codes(*cells: tuple[str, str, int]) -> tuple[list[str], list[str]]:
    one = [left for left, _, count in cells for _ in range(count)]
    other = [right for _, right, count in cells for _ in range(count)]
    return one, other


def test_a_worked_example() -> None:
    # Two readers, 50 proposals: 20 both yes, 15 both no, 5 and 10 apart. By hand: 0.70 observed, 0.50 by chance.
    found = agreement(*codes(("yes", "yes", 20), ("yes", "no", 5), ("no", "yes", 10), ("no", "no", 15)))
    assert found.items == 50
    assert found.percent.value == pytest.approx(0.7)
    assert found.kappa.value == pytest.approx(0.4)
    assert found.kappa.low < 0.4 < found.kappa.high
    assert dict(found.prevalence) == pytest.approx({"no": 0.45, "yes": 0.55})


def test_rare_categories_show_why_one_figure_is_not_enough() -> None:
    found = agreement(*codes(("no", "no", 98), ("yes", "no", 1), ("no", "yes", 1)))
    assert found.percent.value == pytest.approx(0.98)
    assert found.alpha.value == pytest.approx(-0.005, abs=0.001)
    assert found.ac1.value == pytest.approx(0.98, abs=0.001)


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
