"""Reads the database's rows in one order on both engines, seals them, and holds them against the newest seal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, String, Table, collate, select

from auditor.db.identity import ensure_identity, identity
from auditor.db.models import Base
from auditor.evidence.rows import (
    DERIVED,
    GONE,
    HEAD,
    MOVING,
    REWRITTEN,
    Compared,
    Row,
    compare,
    read_sealed,
    remark,
)
from auditor.ops.stage_backup import snapshot
from crawler.archive import layout, merkle, seals
from crawler.archive.lines import dump, stamp
from crawler.archive.seals import LINES, Draft, Seal
from crawler.archive.verify import Problem
from crawler.archive.warc import sha256
from crawler.errors import IntegrityError

KIND = "database"
_ROWS = 1000
#: A run seals while it is at work: its own row is then as it began.
_RUNNING: dict[str, Any] = {"finished_at": None, "result": "running", "detail": "", "counts": {}}


def _tables() -> dict[str, Table]:
    return {table.name: table for table in sorted(Base.metadata.tables.values(), key=lambda one: one.name)}


def rows_of(connection: Connection, columns: Mapping[str, Sequence[str]], since: datetime | None) -> Iterator[Row]:
    """Every row of those tables with those columns, by table and key; `moved` is judged against `since`."""
    for name, table in _tables().items():
        if name not in columns:
            continue
        wanted = [table.columns[column] for column in columns[name]]
        key = list(table.primary_key.columns)
        order = [_ordered(column, connection.dialect.name) for column in key]
        statement = select(*wanted, *(column.label(f"key_{number}") for number, column in enumerate(key)))
        names = tuple(columns[name])
        for values in connection.execution_options(yield_per=_ROWS).execute(statement.order_by(*order)):
            yield _row(name, dict(zip(names, values[: len(names)], strict=True)), tuple(values[len(names) :]), since)


def _ordered(column: Column[Any], dialect: str) -> Any:  # noqa: ANN401 - whatever can be ordered by
    # A database's own language would order texts its own way.
    return collate(column, "C") if dialect == "postgresql" and isinstance(column.type, String) else column


def _row(table: str, values: dict[str, Any], key: tuple[Any, ...], since: datetime | None) -> Row:
    moving = values.keys() if table in DERIVED else set(MOVING.get(table, ())) & values.keys()
    fixed = _digest({name: value for name, value in values.items() if name not in moving})
    dates = [values[name] for name in moving if isinstance(values[name], datetime)] if table != "run" else []
    moved = since is not None and any(at > since for at in dates)
    return Row(table, key, fixed, _digest({name: values[name] for name in values if name in moving}), moved)


def _digest(values: Mapping[str, Any]) -> str:
    return sha256(dump({name: _plain(value) for name, value in values.items()})) if values else "-"


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if isinstance(value, datetime):
        return stamp(value)
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True, slots=True)
class SealedNow:
    """What sealing did: the seal in force, whether it is a new one, and rows found rewritten or gone."""

    seal: Seal
    new: bool
    faults: tuple[str, ...] = ()


def seal_database(engine: Engine, root: Path, now: datetime) -> SealedNow:
    """Seal every row as it is. The same rows again make no new seal.

    Rows that were sealed before and are now rewritten or gone are written down in the seal for good. Raises
    IntegrityError where the former seal's lines are not as they were sealed, OSError.
    """
    layout.prepare(root)
    aside = root / "open" / "database.lines.tmp"
    columns = {name: tuple(column.name for column in table.columns) for name, table in _tables().items()}
    own = ensure_identity(engine, now)
    found, remarks = Compared(), list[str]()
    with snapshot(engine) as connection:
        former = seals.newest(seals.load_seals(root), KIND, database=own)
        rows: Iterator[Row] = rows_of(connection, columns, former.sealed_at if former else None)
        with aside.open("wb") as file:
            if former is None:
                tree = _write(file, columns, [], rows)
            else:
                # What is rewritten is known at the end only, and stands at the file's head.
                remarks, found = _since(connection, root, former)
                tree = _write(file, columns, remarks, rows)
    if former is not None and former.root == tree.root():
        aside.unlink()
        return SealedNow(former, new=False)
    facts = {"database": own, "rewritten": str(len(remarks))}
    seal = seals.add_seal(root, Draft(KIND, tree.root(), tree.count, facts, {LINES: aside}), now)
    for earlier in seals.load_seals(root):
        if earlier.kind == KIND and earlier.sequence != seal.sequence:
            seals.drop_lines(root, earlier.sequence)
    faults = [f"{old.place} was rewritten" for old, _ in found.rewritten] + [
        f"{one.place} is gone" for one in found.gone
    ]
    return SealedNow(seal, new=True, faults=tuple(faults))


def sealed_root(engine: Engine, root: Path) -> str:
    """The root of the newest seal of this very database; "" where it was never sealed. Raises IntegrityError."""
    with engine.connect() as connection:
        own = identity(connection)
    former = seals.newest(seals.load_seals(root), KIND, database=own) if own else None
    return former.root if former else ""


def _since(connection: Connection, root: Path, former: Seal) -> tuple[list[str], Compared]:
    """The remarks that the next seal makes on the rows of the former one, earlier remarks first."""
    path = seals.beside(root, former.sequence, LINES)
    if not path.exists():
        return [], Compared()
    found = Compared()
    with path.open("rb") as file:
        if merkle.root_of(line.rstrip(b"\n") for line in file) != former.root:
            raise IntegrityError(f"{seals.FOLDER}/{path.name} is not as it was sealed: take it from a backup")
        file.seek(0)
        sealed = read_sealed(file, path.name)
        columns = _known(sealed.columns)
        rows = (row for row in sealed.rows if row.table in columns)
        for _ in compare(rows, rows_of(connection, columns, former.sealed_at), found):
            pass
        remarks = list(sealed.remarks)
    remarks += [remark(REWRITTEN, old, row.fixed) for old, row in found.rewritten]
    remarks += [remark(GONE, row) for row in found.gone]
    return list(dict.fromkeys(remarks)), found


def _known(columns: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """The tables of which every sealed column is still there."""
    tables = _tables()
    return {
        name: names
        for name, names in columns.items()
        if name in tables and all(column in tables[name].columns for column in names)
    }


def _write(file: Any, columns: Mapping[str, Sequence[str]], remarks: Sequence[str], rows: Iterator[Row]) -> merkle.Tree:  # noqa: ANN401
    tree = merkle.Tree()
    heads = [f"{HEAD} {name} {','.join(names)}".encode() for name, names in columns.items()]
    for line in (*heads, *(one.encode() for one in remarks)):
        tree.add(line)
        file.write(line + b"\n")
    for row in rows:
        line = row.line()
        tree.add(line)
        file.write(line + b"\n")
    return tree


@dataclass(slots=True)
class DatabaseCheck:
    """What holding the database against its newest seal gave: problems, and remarks that are none."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rows: int = 0

    def bad(self, place: str, message: str) -> None:
        """Note a problem of a row."""
        self.problems.append(Problem(KIND, place, message))


def check_database(engine: Engine, root: Path, made: Sequence[Seal]) -> DatabaseCheck:
    """Hold every sealed row against the database as it is. Raises IntegrityError for lines that cannot be read."""
    check = DatabaseCheck()
    with snapshot(engine) as connection:
        own = identity(connection)
        last, former = seals.newest(made, KIND), seals.newest(made, KIND, database=own)
        if last is None:
            check.notes.append("the database was never sealed; report and run do so")
        elif former is None or former is not last:
            at = stamp(last.sealed_at)
            check.bad(
                "", f"is not the one that was sealed last, at {at} (number {last.sequence}); report seals this one"
            )
        else:
            _hold(connection, root, former, check)
    return check


def _hold(connection: Connection, root: Path, former: Seal, check: DatabaseCheck) -> None:
    path = seals.beside(root, former.sequence, LINES)
    if not path.exists():
        check.bad("", f"cannot be compared: {seals.FOLDER}/{path.name} is missing")
        return
    at, found = stamp(former.sealed_at), Compared()
    with path.open("rb") as file:
        sealed = read_sealed(file, path.name)
        columns = _known(sealed.columns)
        for name in sorted(sealed.columns.keys() - columns.keys()):
            check.notes.append(f"table {name} has other columns than were sealed at {at}: not compared")
        rows = (row for row in sealed.rows if row.table in columns)
        for _ in compare(rows, rows_of(connection, columns, former.sealed_at), found):
            check.rows += 1
        for text in sealed.remarks:
            word, table, key = text.split(" ")[0], text.split(" ")[1], text.split(" ", 2)[2].rsplit(" ", 2)[0]
            check.bad(f"{table} {key.strip('[]')}", f"had been {word} when it was sealed at {at}")
    for old, _ in found.rewritten:
        check.bad(old.place, f"is not the row that was sealed at {at}")
    for old in found.gone:
        check.bad(old.place, f"was sealed at {at} and is gone")
    for old, row in found.moved:
        if old.table == "run" and old.moving == _digest(_RUNNING):
            continue  # the run that made the seal ends after it
        if found.worked:
            check.notes.append(f"{row.place} was changed since the seal of {at}")
        else:
            check.bad(row.place, f"was changed since the seal of {at}, though nothing has worked on the database since")
    if found.new:
        check.notes.append(f"{found.new} rows came since the seal of {at}")
