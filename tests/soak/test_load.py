"""A harvest of some hundred pages holds no more at its end than at half; ten thousand of them: `make soak`."""

from __future__ import annotations

from pathlib import Path

from tests.soak import load


def test_memory_does_not_grow_with_the_pages(tmp_path: Path) -> None:
    with load.site(300).up() as sites:
        asked, half, end, code = load.harvest(tmp_path, sites)
    assert code == 0
    assert asked > 500
    assert 0 < end < 700
    assert end <= half * 1.1, f"{half:.0f} MB at half, {end:.0f} MB at the end"
