"""A release of 200 editions of 1,300 rows: its id, its file, its export.

Goals: the id in at most ten times what reading the two large views alone takes; a release in at most 500 MB of memory.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, text

from auditor.db.session import transaction
from auditor.release.identity import release_id
from auditor.release.stage_build import build_release
from reports.export.build import Format, export
from tests.auditor.release.small import figure
from tests.bench._memory import peak_mb
from tests.bench.measure import filled, timed


def run() -> None:
    """Prints seconds of the id beside the floor, of the release and of an export, and their sizes."""
    with tempfile.TemporaryDirectory() as folder:
        engine = filled(f"sqlite:///{folder}/audit.db", 100)
        with transaction(engine) as session:
            session.add(figure())
        floor, taken = median(timed(lambda: _read(engine))), median(timed(lambda: _id(engine)))
        print(f"id of 260,000 rows: {taken:.1f} s, reading alone {floor:.1f} s, ratio {taken / floor:.1f}, goal 10")
        start, before = time.perf_counter(), peak_mb()
        path, manifest = build_release(engine, {}, Path(folder))
        print(f"release: {time.perf_counter() - start:.0f} s, {manifest.bytes / 1e6:.0f} MB on disk")
        print(f"  memory at most {peak_mb():.0f} MB, {before:.0f} MB before; goal 500")
        start = time.perf_counter()
        files = export(path, Path(folder) / "files", set(Format))
        print(f"export in {len(files)} files: {time.perf_counter() - start:.0f} s")
        engine.dispose()


def _read(engine: Engine) -> None:
    with engine.connect() as connection:
        for view in ("entries", "codings"):
            connection.execute(text(f"SELECT COUNT(*) FROM (SELECT * FROM {view}) x")).scalar()


def _id(engine: Engine) -> None:
    with transaction(engine) as session:
        release_id(session)
