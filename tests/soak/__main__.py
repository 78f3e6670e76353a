"""`make soak`: kills, a flaky site and the load, at full size, with figures. Names after it run those alone."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.conftest import Postgres, postgres_server
from tests.soak import load
from tests.soak.equal import archive_contents, database_contents, differences
from tests.soak.flaky import Trouble
from tests.soak.kill import IN_FOLDER, Database, asked_twice, chain, measure, points, run
from tests.soak.sites import small, whole
from tests.soak.trouble import known, runs_until_equal

_CHAINS, _CHAINS_PG, _EACH = 10, 3, 5
_SEEDS = 3


def kill(folder: Path) -> bool:
    """Fifty kills in ten chains of five; each chain's archive and database beside an undisturbed one's."""
    return _kills(folder, "SQLite", _CHAINS, lambda: IN_FOLDER)


def kill_postgres(folder: Path) -> bool:
    """The same on PostgreSQL, in fewer chains; the server itself is not killed."""
    server = postgres_server(folder / "pg")
    try:
        fresh = Postgres(server.get_uri(), "template0")
        return _kills(
            folder, "PostgreSQL", _CHAINS_PG, lambda: Database(fresh.database(), folder / "pg/pg_wal", joined=2)
        )
    finally:
        server.cleanup()


def _kills(folder: Path, engine: str, chains: int, new: Callable[[], Database]) -> bool:
    met, unlike, extra, stages = 0, 0, 0, Counter[str]()
    with small().up() as sites:
        database = new()
        undisturbed = run(folder / "whole", sites, database=database)
        undisturbed.writes |= measure(folder / "whole", sites, database).writes
        asked = list(sites.asked)
        wanted = _contents(folder / "whole", database)
        for seed in range(chains):
            before, database = len(sites.asked), new()
            kills = points(seed, _EACH, undisturbed, database.joined)
            courses = chain(folder / str(seed), sites, kills, database)
            if not any(point.stage == "measure" for point in kills):
                measure(folder / str(seed), sites, database)
            ends = [course for course in courses if course.killed]
            stages.update(course.point.stage for course in ends if course.point)
            met += len(ends)
            extra = max(extra, *asked_twice(asked, sites.asked[before:]).values(), 0)
            for one, other in zip(wanted, _contents(folder / str(seed), database), strict=True):
                lines = differences(one, other)
                unlike += len(lines)
                print(*lines[:5], sep="\n", end="\n" if lines else "")
            print(f"{engine}, chain {seed}: killed {len(ends)}, end {courses[-1].code}", flush=True)
    told = ", ".join(f"{count} in {stage}" for stage, count in sorted(stages.items()))
    print(f"kill, {engine}: {met} kills met ({told}), {unlike} differences", end=", ")
    print(f"at most {extra} pages of one site asked twice in a chain")
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
    """10,000 pages and 120 editions in one run, and `verify` after it."""
    with load.site(10_000).up() as sites:
        held = load.watched(folder / "load", sites, "run", "--as-of", "2024-12-31")
        checked = load.watched(folder / "load", sites, "verify")
    half, end, later = held.fetched(0.4, 0.5), held.fetched(0.9, 1), held.share(0.9, 1)
    print(f"load: exit code {held.code}, {len(sites.asked):,} requests, {held.looks[-1].at:.0f} s")
    print(f"  all processes: {half:.0f} MB before half of the requests, {end:.0f} MB before the last one", end=", ")
    print(f"{held.share(0.4, 0.5):.0f} MB before half of the time, {later:.0f} MB before its end")
    for stage in dict.fromkeys(look.stage for look in held.looks):
        looks = [look for look in held.looks if look.stage == stage]
        most = (max(look.largest for look in looks), max(look.together for look in looks))
        print(f"  {stage}: {looks[-1].at - looks[0].at:.0f} s, largest {most[0]:.0f} MB, together {most[1]:.0f} MB")
    print(f"  verify: {checked.looks[-1].at:.0f} s, {checked.most():.0f} MB", flush=True)
    if held.code or checked.code:
        print(held.said[-2000:], checked.said[-2000:])
    return not (held.code or checked.code) and max(held.most(), checked.most()) < 700 and end <= half * 1.1


def _contents(folder: Path, database: Database) -> tuple[dict, dict]:  # type: ignore[type-arg]
    return archive_contents(folder / "var/archive"), database_contents(database.of(folder))


def main(wanted: list[str]) -> int:
    """Run what is asked for, all without names; 1 if something falls short."""
    every: dict[str, Callable[[Path], bool]] = {
        "kill": kill,
        "kill_postgres": kill_postgres,
        "flaky": flaky,
        "load": heavy,
    }
    good = True
    for name in wanted or every:
        with tempfile.TemporaryDirectory() as folder:
            good &= every[name](Path(folder))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
