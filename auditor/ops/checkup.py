"""A check-up of everything a run leaves behind: reads the state folder, the archive, the database and the disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from auditor.config import AuditConfig
from auditor.db.session import alembic_config, connect, current_revision, transaction
from auditor.db.status import Status, read_status
from auditor.ops import health, journal
from auditor.ops.compare import comparable, drops, usual
from auditor.ops.records import Check, Found, Health, Level, PastRun, SourceHealth
from auditor.ops.sources import source_health
from auditor.ops.stage import last_changes
from crawler.archive import layout, manifest, reader
from crawler.archive.records import RunRecord
from crawler.archive.verify import inspect
from crawler.errors import AuditError
from crawler.sources.load import Sources


@dataclass(frozen=True, slots=True)
class Limits:
    """What a check-up allows: age of the newest good run and harvest, time without any change, megabytes free."""

    max_age: timedelta
    frozen: timedelta
    min_free_mb: int


def check_up(config: AuditConfig, sources: Sources, limits: Limits, now: datetime, *, full: bool) -> Health:
    """Look at everything; what cannot be looked at is a failed check, not an error. `full` reads the archive again."""
    checks: list[Check] = []
    good: Mapping[str, Any] | None = None
    try:
        good = journal.last_good(config.state)
        checks.append(health.age_check(good, now, limits.max_age))
    except AuditError as error:
        checks.append(Check("last good run", Level.FAIL, str(error)))
    runs = journal.past_runs(config.state)
    checks.append(health.run_check(runs, running=journal.is_running(config.state)))
    checks += _beside_earlier(runs)
    database, status, changes = _database(config.db_url)
    harvests, archive = _archive(config.archive, full=full)
    states = tuple(_source_states(sources, harvests, changes, now, limits))
    found: tuple[Found, ...] = ()
    if status is not None:
        numbers = (good or {}).get("counts", {})
        found = tuple(one for source in sources.all for one in health.expected(source, status, numbers))
        checks += health.expected_checks(found, status.issues)
    pins = {host: digest for source in sources.all for host, digest in source.facts.certificates.items()}
    checks += [
        *health.source_checks(states),
        *health.certificate_checks(harvests, pins),
        database,
        *archive,
        _disk(config.archive, limits.min_free_mb),
    ]
    return Health(now, tuple(checks), states, found, runs[-1] if runs else None, good)


def _beside_earlier(runs: Sequence[PastRun]) -> Iterable[Check]:
    ended = [run for run in runs if run.counts]
    if not ended:
        return []
    earlier = comparable([run for run in ended if run is not ended[-1]], ended[-1].arguments)
    fallen = [change.text for change in drops(ended[-1].counts, earlier)]
    return health.drop_checks(earlier, usual(earlier), fallen)


def _database(db_url: str) -> tuple[Check, Status | None, Mapping[str, datetime]]:
    """The database's own check, and what it says where it can be read. Nothing is made or migrated."""
    head = ScriptDirectory.from_config(alembic_config(db_url)).get_current_head()
    try:
        engine = connect(db_url)
        try:
            # SQLite makes a file for whoever looks: then there is nothing to look at.
            if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file():
                return Check("database", Level.FAIL, "there is none yet: egov-audit ingest", 4), None, {}
            revision = current_revision(engine)
            if revision != head:
                words = f"at revision {revision or 'none'}, this version needs {head}: egov-audit db upgrade"
                return Check("database", Level.FAIL, words, 4), None, {}
            with transaction(engine) as session:
                return Check("database", Level.OK, f"at revision {head}"), read_status(session), last_changes(session)
        finally:
            engine.dispose()
    except (AuditError, SQLAlchemyError) as error:
        reason = error.__cause__ or error if isinstance(error, SQLAlchemyError) else error
        return Check("database", Level.FAIL, str(reason).splitlines()[0], 4), None, {}


def _archive(root: Path, *, full: bool) -> tuple[list[RunRecord], list[Check]]:
    """The records of its runs in the order of the chain, and its own check."""
    if not (root / "manifests").is_dir():
        return [], [Check("archive", Level.FAIL, "there is none yet: egov-audit harvest")]
    try:
        records = [reader.run_record(root, run_id) for run_id in reader.run_ids(root)]
        if full:
            seen = inspect(root)
            faults = [str(problem) for problem in seen.problems]
        else:
            faults = quick_faults(root)
    except AuditError as error:
        return [], [Check("archive", Level.FAIL, str(error), 5)]
    if faults:
        rest = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        return records, [Check("archive", Level.FAIL, f"{faults[0]}{rest}: egov-audit verify", 5)]
    how = "every byte as sealed" if full else "chain and file sizes as sealed"
    unsealed = len(layout.open_ids(root))
    waits = f"; {unsealed} not sealed: still being written, or killed" if unsealed else ""
    return records, [Check("archive", Level.OK, f"{len(records)} runs, {how}{waits}")]


def quick_faults(root: Path) -> list[str]:
    """What does not fit, told without reading a WARC: the manifests' chain, each file's size. Raises IntegrityError."""
    faults, number, before = [], 1, ""
    for run in manifest.load_all(root):
        if run.sequence != number or run.previous != before:
            faults.append(f"manifests/{run.run_id}.json does not follow the one before it")
        for entry in run.files:
            path = root / entry.path
            size = path.stat().st_size if path.is_file() else None
            if size != entry.bytes:
                told = "is missing" if size is None else f"has {size} bytes, {entry.bytes} were sealed"
                faults.append(f"{entry.path} {told}")
        number, before = run.sequence + 1, run.digest
    return faults


def _source_states(
    sources: Sources,
    harvests: Sequence[RunRecord],
    changes: Mapping[str, datetime],
    now: datetime,
    limits: Limits,
) -> Iterable[SourceHealth]:
    for source in sources.all:
        own = [run for run in harvests if run.stage == source.facts.spider]
        yield source_health(source.name, own, now, limits.max_age, (changes.get(source.name), limits.frozen))


def _disk(root: Path, least_mb: int) -> Check:
    place = root.absolute()
    while not place.exists():
        place = place.parent
    read_only = bool(os.statvfs(place).f_flag & os.ST_RDONLY)
    return health.disk_check(shutil.disk_usage(place).free, least_mb, read_only=read_only)
