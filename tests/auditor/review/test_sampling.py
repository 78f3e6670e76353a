"""Samples: the size a width needs, fair strata, weights that add up to the frame, a draw anyone can repeat."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.records import CodingInput
from auditor.review.records import Subject
from auditor.review.sampling import allocate, draw, draw_by_language, in_order, order_seed, size_for
from crawler.errors import UsageError
from crawler.pages.records import Lang

FRAMES = st.dictionaries(st.text("abcdef", min_size=1, max_size=4), st.integers(1, 60), min_size=1, max_size=12)


def frame(**strata: int) -> list[tuple[str, Subject]]:
    return [
        (name, Subject("entry", f"{name}/{number:04}", CodingInput(f"{name} {number}"), "hash"))
        for name, count in strata.items()
        for number in range(count)
    ]


def test_sizes_of_the_textbook() -> None:
    # Cochran (1977), chapter 4: 385 for ±5 points of an endless frame; 297 of 1,300 by the finite correction.
    assert size_for(0.05, 10**9) == 385
    assert size_for(0.05, 1300) == 297
    assert size_for(0.05, 20) == 20
    with pytest.raises(UsageError, match="such as"):
        size_for(5, 1300)


def test_a_width_is_meant_in_every_language() -> None:
    pairs = [
        (part, Subject("entry", f"{lang}/{at:04}", CodingInput(f"{lang} {at}", lang=lang), "hash"))
        for lang, count in ((Lang.RU, 185), (Lang.KK, 184))
        for at in range(count)
        for part in ["digitised" if at % 3 else "paper"]
    ]
    items, strata = draw_by_language(pairs, 0.05, seed=7)
    drawn = Counter(item.subject.given.lang for item in items)
    assert drawn == {Lang.RU: size_for(0.05, 185), Lang.KK: size_for(0.05, 184)} == {Lang.RU: 126, Lang.KK: 125}
    assert [item.position for item in items] == list(range(1, 252))
    assert sorted(one.name for one in strata) == ["digitised/kk", "digitised/ru", "paper/kk", "paper/ru"]
    assert sum(item.weight for item in items if item.subject.given.lang is Lang.KK) == pytest.approx(184)


@given(FRAMES, st.data())
def test_every_stratum_is_drawn_from_and_weights_add_up(frames: dict[str, int], data: st.DataObject) -> None:
    total = sum(frames.values())
    size = data.draw(st.integers(len(frames), total))
    drawn = allocate(frames, size)
    assert sum(drawn.values()) == size
    assert all(1 <= drawn[name] <= frames[name] for name in frames)
    items, strata = draw(frame(**frames), size, seed=7)
    assert len({item.key for item in items}) == size
    assert sum(item.weight for item in items) == pytest.approx(total)
    assert {one.name: (one.frame, one.drawn) for one in strata} == {
        name: (frames[name], drawn[name]) for name in frames
    }


def test_large_strata_get_their_share() -> None:
    assert allocate({"big": 900, "small": 100}, 100) == {"big": 90, "small": 10}


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(UsageError, match="the frame has 5"):
        allocate({"a": 2, "b": 3}, 6)
    with pytest.raises(UsageError, match="too small for 2 strata"):
        allocate({"a": 2, "b": 3}, 1)


def test_the_same_seed_draws_the_same_whatever_the_order_of_the_frame() -> None:
    subjects = frame(a=40, b=60)
    first = draw(subjects, 20, seed=3)
    random.Random(1).shuffle(subjects)
    assert draw(subjects, 20, seed=3) == first
    assert draw(subjects, 20, seed=4) != first


def test_every_item_has_the_same_chance() -> None:
    hits = [0] * 20
    for seed in range(2000):
        for item in draw(frame(a=20), 5, seed)[0]:
            hits[int(item.key.rsplit("/")[-1])] += 1
    # 500 each expected, with a standard deviation of 19.
    assert min(hits) > 420
    assert max(hits) < 580


def test_every_coder_has_an_order_of_their_own() -> None:
    items = draw(frame(a=50), 50, seed=1)[0]
    anna, boris = (in_order(items, order_seed("first", 1, coder)) for coder in ("anna", "boris"))
    assert anna != boris
    assert anna != items
    assert sorted(item.key for item in anna) == [item.key for item in items]
    assert anna == in_order(items[::-1], order_seed("first", 1, "anna"))
