"""Intervals of shares from what people checked of a register: where they hold, and where too little was checked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.measure.records import Figure
from auditor.measure.splits import split
from auditor.review.estimate import Estimate
from auditor.review.intervals import CheckedText, Checks, Intervals
from crawler.pages.records import Lang


def register(rows: int, checked: int) -> Intervals:
    """Rows of which every fourth is human to the machine, the first half digitised; of the first ones people coded
    some: of ten human ones they find nine to be so, of twenty others nineteen."""
    human, paper = ("human_social", "complete"), ("transactional", "complete")
    keys = [f"k{number}" for number in range(rows)]
    machine = {key: human if number % 4 == 0 else paper for number, key in enumerate(keys)}
    found: dict[str, CheckedText] = {}
    counts = {human: 0, paper: 0}
    for key in keys[:checked]:
        said = machine[key]
        counts[said] += 1
        wrong = counts[said] % (10 if said == human else 20) == 0
        people = (paper if said == human else human) if wrong else said
        found[key] = CheckedText(people, said, rows / checked)
    checks = Checks(Lang.RU, "1", "full", found, frozenset(keys))
    return Intervals(checks, machine, {key: key for key in keys}, frozenset(keys[: rows // 2]))


def test_core_complete_is_a_share_of_all_with_only_digitised_rows_in_it() -> None:
    keys = tuple(f"k{number}" for number in range(400))
    found = register(400, 80)(Figure("core_complete", "", 50, 400, (), keys))
    # Of the 200 digitised rows the machine calls 50 human; nine in ten of them are, and one in twenty of the others.
    assert isinstance(found, tuple)
    assert found[0] == pytest.approx((50 * 0.9 + 150 * 0.05) / 400)
    assert found[1] < found[0] < found[2]


def test_what_was_checked_elsewhere_tells_nothing_of_a_part() -> None:
    intervals = register(400, 80)
    keys = [f"k{number}" for number in range(400)]
    paper = intervals(Figure("nature_newly_digitised", "human_social", 50, 200, (), tuple(keys[200:])))
    assert paper == "people checked 0 of these 200 rows, too few to tell"
    few = intervals(Figure("easy_share", "", 9, 30, (), tuple(keys[70:100])))
    assert few == "people checked 10 of these 30 rows, too few to tell"
    assert isinstance(intervals(Figure("easy_share", "", 9, 20, (), tuple(keys[70:90]))), tuple), "half of the rows"
    later = Figure("nature", "human_social", 50, 205, (), (*keys[:180], *(f"new{number}" for number in range(25))))
    assert intervals(later) == "25 of these 205 rows were not there when sample full was drawn"


def test_a_group_of_a_corrected_figure_says_that_it_is_not() -> None:
    whole = Figure("core_complete", "", 1, 2, ("a",), ("a", "b"), interval=(0.1, 0.6), corrected=0.4)
    parts = split(whole, {"a": "schools", "b": "hospitals"})
    assert parts is not None
    assert {part.uncorrected for part in parts.values()} == {"groups are not checked by themselves"}
    assert all(part.interval is None for part in parts.values())


def test_the_cells_of_a_table_add_up() -> None:
    intervals = register(400, 80)
    keys = tuple(f"k{number}" for number in range(400))
    for measure, cells in (
        ("nature", ("human_social", "transactional")),
        ("two_by_two", ("human_social/complete", "transactional/complete", "human_social/partial")),
    ):
        shares = [intervals(Figure(measure, cell, 0, 400, (), keys)) for cell in cells]
        assert sum(share[0] for share in shares if isinstance(share, tuple)) == pytest.approx(1)


def test_a_text_in_many_rows_is_one_item_however_many_rows_it_settles() -> None:
    alone = register(400, 80)
    keys = [f"k{number}" for number in range(400)]
    # Another edition: each checked text stands there three times, so that 240 rows are known by 80 codings.
    copies = [f"{key}-{copy}" for key in keys[:80] for copy in range(3)]
    texts = {key: key for key in keys} | {key: key.partition("-")[0] for key in copies}
    machine = {key: alone.machine[texts[key]] for key in texts}
    thrice = replace(alone, machine=machine, texts=texts)
    rows = [*copies, *(f"k{number}" for number in range(80, 400))]
    whole, more = alone.share("human_social", keys), thrice.share("human_social", rows)
    assert isinstance(whole, Estimate)
    assert isinstance(more, Estimate)
    assert (whole.items, more.items) == (80, 80)
    # 320 rows are open in either, and as much is known of them.
    assert (more.high - more.low) * 560 == pytest.approx((whole.high - whole.low) * 400, rel=0.1)
    few = thrice.share("human_social", [*copies[:60], *(f"k{number}" for number in range(80, 180))])
    assert str(few).endswith("people checked 60 of these 160 rows, too few to tell"), "twenty texts are no thirty items"
