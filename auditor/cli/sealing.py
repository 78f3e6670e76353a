"""Seals what was published and what the database says, and holds both against their seals: for report, run, verify."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.cli.app import note
from auditor.db.session import open_database
from auditor.db.state import engine_digest
from crawler.errors import ContentError

if TYPE_CHECKING:
    from auditor.config import AuditConfig
    from crawler.archive.seals import Seal
    from crawler.archive.verify import Problem

#: Name of the report that lies where the settings say; one written elsewhere is sealed under another.
REPORT, ELSEWHERE = "report", "report elsewhere"


def seal_published(config: AuditConfig, kind: str, name: str, folder: Path) -> None:
    """Seal a published folder and the database's rows; says on stderr what was rewritten since the last time.

    Raises IntegrityError for a chain or lines that cannot be read, OSError.
    """
    from auditor.evidence.published import seal_folder
    from crawler.archive import seals

    now = datetime.now(UTC)
    # The folder first: until it is sealed `verify` takes it for another one, and the rows take their time.
    seal_folder(config.archive, kind, name, folder, now)
    _seal_rows(config, now)
    note(f"sealed; chain root {seals.head(config.archive)}")


def _seal_rows(config: AuditConfig, now: datetime) -> None:
    """Seal the database, unless every row is as it was when its newest seal was made."""
    from auditor.evidence.stage_rows import seal_database, sealed_root
    from auditor.ops.memo import recall, remember

    with open_database(config.db_url) as engine:
        before = engine_digest(engine)
        if (known := recall(config.state, f"seal {before}")) and known == sealed_root(engine, config.archive):
            return
        made = seal_database(engine, config.archive, now)
        # Another program may have written meanwhile: then nobody knows which rows this digest was of.
        if engine_digest(engine) == before:
            remember(config.state, f"seal {before}", made.seal.root)
    for fault in made.faults:
        note(f"sealed, but not as it was sealed before: database {fault} (egov-audit verify says it from now on)")


def seal_report(config: AuditConfig, out: Path) -> None:
    """Seal the report written to `out`, and the database that it was written from."""
    own = out.resolve() == Path(config.report).resolve()
    seal_published(config, "report", REPORT if own else ELSEWHERE, out)


@dataclass(slots=True)
class Beside:
    """What was checked beside the archive: problems, remarks that are none, rows compared (None: no database),
    folders compared, time stamps that hold."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rows: int | None = None
    folders: int = 0
    stamps: int = 0


def check_beside(config: AuditConfig, made: Sequence[Seal], published: Sequence[Path]) -> Beside:
    """Hold database and published folders against the seals. Without a folder named: the report, if it was sealed.

    Raises UsageError for a folder that is not there or was never sealed, IntegrityError for lines that cannot be read.
    """
    from auditor.evidence.published import check_folder
    from auditor.evidence.stage_rows import KIND, check_database
    from auditor.evidence.stamping import check_stamps
    from crawler.archive import seals

    found = Beside()
    if seals.newest(made, KIND) is not None:
        try:
            with open_database(config.db_url) as engine:
                checked = check_database(engine, config.archive, made)
        except ContentError as error:
            found.notes.append(f"the database was sealed, and is not compared: {error}")
        else:
            found.problems += checked.problems
            found.notes += checked.notes
            found.rows = checked.rows
    stamps = check_stamps(config.archive, made, config.timestamp_ca_file)
    found.problems += stamps.problems
    found.notes += stamps.notes
    found.stamps = stamps.held
    own = Path(config.report)
    folders = list(published)
    if not folders and own.is_dir() and seals.newest(made, "report", name=REPORT) is not None:
        folders = [own]
    for folder in folders:
        found.problems += check_folder(config.archive, folder, folder.resolve().name, made)
        found.folders += 1
    return found
