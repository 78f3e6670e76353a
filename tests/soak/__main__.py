"""`make soak`: fifty kills, a flaky site and the load, at full size, with figures. Names after it run those alone."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.soak import load
from tests.soak.equal import archive_contents, database_contents, differences
from tests.soak.flaky import Trouble
from tests.soak.kill import asked_twice, chain, points, run
from tests.soak.sites import small, whole
from tests.soak.trouble import known, runs_until_equal

_CHAINS, _EACH = 10, 5
_SEEDS = 3


def kill(folder: Path) -> bool:
    """Fifty kills in ten chains of five; each chain's archive and database beside an undisturbed one's."""
    met, unlike, extra = 0, 0, 0
    with small().up() as sites:
        undisturbed = run(folder / "whole", sites)
        asked = list(sites.asked)
        wanted = _contents(folder / "whole")
        for seed in range(_CHAINS):
            before = len(sites.asked)
            courses = chain(folder / str(seed), sites, points(seed, _EACH, undisturbed))
            met += sum(course.killed for course in courses)
            extra = max(extra, *asked_twice(asked, sites.asked[before:]).values(), 0)
            for one, other in zip(wanted, _contents(folder / str(seed)), strict=True):
                lines = differences(one, other)
                unlike += len(lines)
                print(*lines[:5], sep="\n", end="\n" if lines else "")
            print(
                f"chain {seed}: killed {sum(course.killed for course in courses)}, end {courses[-1].code}", flush=True
            )
    print(f"kill: {met} kills met, {unlike} differences, at most {extra} pages of one site asked twice in a chain")
    return met > 0 and not unlike


def flaky(folder: Path) -> bool:
    """The whole sample failing three times in ten, three runs at most."""
    equal = True
    with whole().up() as sites:
        run(folder / "good", sites)
        wanted = known(folder / "good")
        for seed in range(_SEEDS):
            sites.trouble = trouble = Trouble(seed)
            told = runs_until_equal(folder / str(seed), sites, wanted, most=3)
            equal &= told.equal
            share = sum(trouble.met.values()) / trouble.asked
            print(f"flaky, seed {seed}: {share:.0%} of {trouble.asked:,} requests failed in {len(trouble.met)} ways")
            print(f"  {len(told.ends)} runs; of {len(wanted):,} facts {len(told.missing)} missing", end=", ")
            print(f"{len(told.wrong)} ever wrong", flush=True)
            print(*(told.missing + told.wrong)[:10], sep="\n", end="\n" if told.missing or told.wrong else "")
    return equal


def heavy(folder: Path) -> bool:
    """10,000 pages and 120 editions in one harvest."""
    with load.site(10_000).up() as sites:
        asked, half, end, code = load.harvest(folder / "load", sites)
    print(f"load: {asked:,} requests, exit code {code}; {half:.0f} MB at half, {end:.0f} MB at the end")
    return code == 0 and end < 700 and end <= half * 1.1


def _contents(folder: Path) -> tuple[dict, dict]:  # type: ignore[type-arg]
    return archive_contents(folder / "var/archive"), database_contents(f"sqlite:///{folder / 'var/audit.db'}")


def main(wanted: list[str]) -> int:
    """Run what is asked for, all without names; 1 if something falls short."""
    every: dict[str, Callable[[Path], bool]] = {"kill": kill, "flaky": flaky, "load": heavy}
    good = True
    for name in wanted or every:
        with tempfile.TemporaryDirectory() as folder:
            good &= every[name](Path(folder))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
