"""What was added otherwise than by births, told row by row, is what the closing account says."""

from __future__ import annotations

import pytest

from auditor.measure.cosmetic import cosmetic_share, cosmetic_share_digitised
from crawler.errors import ContentError
from tests.auditor.measure.scenes import F, key, row, scene


def test_the_child_with_the_old_code_goes_on_and_the_others_are_added() -> None:
    then = [row(2023, 1, F.PAPER), row(2023, 2, F.PAPER)]
    now = [row(2024, n, F.PAPER, fields={"code": code}) for n, code in ((3, "00000030"), (4, "00000001"), (5, "5"))]
    parents = {key(2024, n): (key(2023, 1),) for n in (3, 4)}
    found = cosmetic_share(scene(then, now, parents))[0]
    assert (found.head.value, found.head.of) == (1, 2)
    assert found.head.keys == (key(2024, 3),)
    assert found.head.base == (key(2024, 3), key(2024, 5)), "the split's other child, and the birth"
    assert dict(found.details) == {key(2024, 3): "one of several rows that one row became"}
    assert found.derived == ()


def test_a_label_adds_to_the_digitised_and_to_the_register_nothing() -> None:
    then = [row(2023, 1, F.PAPER), row(2023, 2, F.PAPER)]
    now = [row(2024, 1, F.ELECTRONIC), row(2024, 2, F.PAPER), row(2024, 3, F.ELECTRONIC)]
    assert (cosmetic_share(scene(then, now))[0].head.value, cosmetic_share(scene(then, now))[0].head.of) == (0, 1)
    found = cosmetic_share_digitised(scene(then, now))[0]
    assert (found.head.keys, found.head.of) == ((key(2024, 1),), 2)
    assert dict(found.details) == {key(2024, 1): "label turned digital"}


def test_open_links_give_the_share_its_bounds() -> None:
    then = [row(2023, 1, F.PAPER)]
    now = [row(2024, 1, F.PAPER), row(2024, 2, F.PAPER), row(2024, 3, F.PAPER)]
    found = cosmetic_share(scene(then, now, maybe={key(2024, 3): (key(2023, 1),)}))[0]
    assert (found.head.low, found.head.value, found.head.high, found.head.of) == (0, 0, 1, 2)
    assert dict(found.derived) == {"least_share": 0, "most_share": 1 / 2}


def test_a_year_that_added_nothing_has_no_share() -> None:
    same = [row(2023, 1, F.PAPER)], [row(2024, 1, F.PAPER)]
    with pytest.raises(ContentError, match="nothing was added to the register"):
        cosmetic_share(scene(*same))
    with pytest.raises(ContentError, match="nothing was added to the digitised"):
        cosmetic_share_digitised(scene(*same))
