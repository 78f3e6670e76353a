"""Makes a release from the database: read at one moment, written aside, put in place whole, with its manifest."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from auditor.db.permissions import permissions_used
from auditor.release.file import Facts, write_file
from auditor.release.identity import release_id
from auditor.release.meaning import Part
from auditor.release.read import verify
from auditor.release.records import APPLICATION_ID, FORMAT, Manifest, manifest_of, manifest_path
from auditor.release.schema import Table
from auditor.release.stage_content import method, newest_evidence, rows
from crawler.errors import ContentError, UsageError

#: A SQLite file's application id lies here in its header, four bytes.
_ID_AT = 68


def build_release(
    engine: Engine, words: Mapping[str, Mapping[str, str]], folder: Path, out: Path | None = None
) -> tuple[Path, Manifest]:
    """Make the release and give its file, `ID.sqlite` in `folder` unless `out` names it, and the manifest beside it.

    `words` has the dictionary's texts by language and English.

    A release of this id that lies in `folder` already is given as it is: it may have been cited by its sha256. An
    earlier file at `out` stays whole until the new one is. Raises IntegrityError for one that is not what its manifest
    says, UsageError for a file or folder that is not ours, ContentError when nothing was read or
    no figure of a register that was read is kept, OSError when the disk refuses.
    """
    with snapshot(engine) as session:
        facts = Facts(release_id(session), newest_evidence(session), _versions(session), _permissions(session), words)
        # Of the portal alone no figure is kept; its listings may be read and asked all the same.
        entries, measures = (
            session.execute(text(statement)).first()
            for statement in ("SELECT 1 FROM entries LIMIT 1", "SELECT 1 FROM measures LIMIT 1")
        )
        if entries and not measures:
            raise ContentError("no figure is kept yet, and a release without them would look like a finding")
        target = out or folder / f"{facts.id}.sqlite"
        refuse_foreign(target)
        if out is None and (made := _made_before(target, facts)):
            return target, made
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(target.name + ".building")
        aside.unlink(missing_ok=True)
        try:
            manifest = _written(session, aside, target, facts)
        finally:
            aside.unlink(missing_ok=True)
    return target, manifest


def _made_before(target: Path, facts: Facts) -> Manifest | None:
    """The manifest of the same release by the same version of ours, if it lies there."""
    if not target.exists() or not manifest_path(target).exists():
        return None
    verify(target)
    made = Manifest(**json.loads(manifest_path(target).read_text(encoding="utf-8")))
    versions = {"egov_audit": version("egov-audit"), **facts.versions}
    return made if (made.id, made.format, made.versions) == (facts.id, FORMAT, versions) else None


def _written(session: Session, aside: Path, target: Path, facts: Facts) -> Manifest:
    def read(table: Table) -> Iterator[tuple[object, ...]]:
        return rows(session, Part(table.name, table.names))

    try:
        held = write_file(aside, read, facts)
    except sqlite3.Error as error:
        # SQLite says "disk I/O error" or "database or disk is full"; a person needs the file's name with it.
        raise OSError(errno.EIO, f"the release cannot be written ({error})", str(target)) from error
    manifest = manifest_of(aside, target.name, held)
    aside.chmod(0o444)
    _flush(aside)
    beside = manifest_path(target)
    partial = beside.with_name(beside.name + ".part")
    try:
        partial.write_text(manifest.text(), encoding="utf-8", newline="\n")
        _flush(partial)
        aside.replace(target)
        partial.replace(beside)
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def _flush(file: Path) -> None:
    with file.open("rb") as stream:
        os.fsync(stream.fileno())


@contextmanager
def snapshot(engine: Engine) -> Iterator[Session]:
    """One session that sees the database as it is at one moment, whatever others write meanwhile; reads only."""
    postgres = engine.dialect.name == "postgresql"
    frozen = engine.execution_options(isolation_level="REPEATABLE READ") if postgres else engine
    with Session(frozen) as session:
        if postgres:
            session.execute(text("SET TRANSACTION READ ONLY"))
        else:
            # The driver begins a transaction only at the first write.
            session.connection().exec_driver_sql("BEGIN")
        yield session
        session.rollback()


def _versions(session: Session) -> dict[str, str]:
    return {name: " ".join(found) for name, found in method(session).items()}


def _permissions(session: Session) -> list[dict[str, object]]:
    return [asdict(used) | {"day": used.day.isoformat()} for used in permissions_used(session)]


def refuse_foreign(file: Path) -> None:
    """Raise UsageError for a place that holds anything but a release of ours; a missing file is fine."""
    if file.is_dir():
        raise UsageError(f"{file} is a folder: name a file with --out")
    if not file.exists():
        return
    with file.open("rb") as stream:
        head = stream.read(100)
    if not head.startswith(b"SQLite format 3\0") or head[_ID_AT : _ID_AT + 4] != APPLICATION_ID.to_bytes(4, "big"):
        raise UsageError(f"{file} is not a release of ours and is left alone: choose another file with --out")
