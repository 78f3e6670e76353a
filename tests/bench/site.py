"""The site of a register of 1,300 services over 13 years in three languages: seconds, memory, size; and made again.

Goals: at most 90 s and 1.5 GB on two cores, at most 120 MB on disk; at most 10 s when nothing changed. All is done by
the command as a user types it, on pages that were ingested, coded and linked, so that every figure has its evidence.
The floor is reading the database's rows once, which an unchanged site costs at the least.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from auditor.db.session import connect, transaction
from auditor.db.state import rows_digest
from tests.auditor.ingest.pages import ACT, Run
from tests.bench.measure import timed
from tests.pages_gen import VALUES, Spec, register_page

_OLDER_ACT = "P1300000983"
_YEARS = range(2013, 2026)
_MOST_ROWS = 1300
_PEAK = """
import sys
from auditor.cli.main import main
from tests.bench._memory import peak_mb
try:
    main()
finally:
    print(f"peak {peak_mb():.0f}", file=sys.stderr)
"""


def run() -> None:
    """Prints seconds and memory of a first build, size on disk, and seconds of one with nothing changed."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _archive(root / "var/archive")
        for verb in ("ingest", "code", "link"):
            _told(root, verb)
        arguments = ("report", "--year", str(_YEARS[-1]), "--lang", "en,ru,kk", "--out", "site")
        first, peak = _told(root, *arguments)
        files = [path for path in (root / "site").rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files) / 1e6
        again = sorted(_told(root, *arguments)[0] for _ in range(3))
        engine = connect(f"sqlite:///{root}/var/audit.db")
        with transaction(engine) as session:
            floor = min(timed(lambda: rows_digest(session)))
        engine.dispose()
    print(f"site: {first:.0f} s (goal 90), {peak:.0f} MB of memory at most (goal 1500)")
    print(f"  {len(files)} files, {size:.0f} MB on disk (goal 120)")
    print(f"again with nothing changed: {again[1]:.1f} s ({again[0]:.1f} to {again[2]:.1f}; goal 10)")
    print(f"  reading every row once {floor:.1f} s, ratio {again[1] / floor:.1f}")


def _archive(root: Path) -> None:
    """One edition a year and language of two acts; every year some services are new and some change their form."""
    pages = Run(root)
    days = [date(year, 12, 1) for year in _YEARS]
    for lang in ("ru", "kk"):
        for act in (_OLDER_ACT, ACT):
            pages.history(*(day for day in days if _act(day) == act), lang=lang, act=act)
        for place, day in enumerate(days):
            spec = Spec(rows=_MOST_ROWS - 5 * (len(days) - 1 - place), lang=lang)
            older, newer = (VALUES[lang]["form"][which].encode() for which in (3, 2))
            pages.text(day, register_page(spec).replace(older, newer, 20 * place), lang=lang, act=_act(day))
    pages.seal()


def _act(day: date) -> str:
    return ACT if day >= date(2020, 1, 31) else _OLDER_ACT


def _told(root: Path, *arguments: str) -> tuple[float, float]:
    """Seconds and peak memory (MB) of one command in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EGOV_AUDIT_")}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, *arguments],
        cwd=root,
        env={**environment, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return seconds, float(done.stderr.rpartition("peak ")[2])
