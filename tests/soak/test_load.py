"""A harvest of some hundred pages holds no more at its end than at half; ten thousand in a whole run: `make soak`."""

from __future__ import annotations

from pathlib import Path

from tests.soak import load


def test_memory_does_not_grow_with_the_pages(tmp_path: Path) -> None:
    with load.site(300, days=10, rows=60).up() as sites:
        held = load.watched(tmp_path, sites, "harvest")
    assert held.code == 0, held.said
    assert len(sites.asked) > 300
    half, end = held.fetched(0.4, 0.5), held.fetched(0.9, 1)
    assert 0 < end < 700
    assert end <= half * 1.1, f"{half:.0f} MB at half, {end:.0f} MB at the end"
