"""What differs between two releases: rows that came, went or changed, by their stable keys, in what carries meaning."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from auditor.release.meaning import Part, parts
from auditor.release.read import facts, open_release
from auditor.release.schema import tables
from crawler.errors import ContentError

Row = tuple[object, ...]


def delta(old: Path, new: Path) -> dict[str, Any]:
    """The difference as JSON holds it: per table `added`, `removed` and `changed` with both texts of each field.

    A column that only one of them has, as releases of different versions do, is named in `only_in_one` and not
    compared. Raises UsageError without a file, ContentError for one that is no release, is damaged, or lacks a key.
    """
    told: dict[str, Any] = {"from": facts(old)["id"], "to": facts(new)["id"], "only_in_one": {}, "tables": {}}
    with closing(open_release(new)) as database:
        database.execute("ATTACH ? AS old", (f"file:{quote(str(old.absolute()))}?immutable=1",))
        try:
            for part in parts():
                if not part.distinct:
                    common, single = _common(database, part)
                    if single:
                        told["only_in_one"][part.view] = list(single)
                    told["tables"][part.view] = _part(database, common)
        except sqlite3.DatabaseError as error:
            raise ContentError(f"{old} and {new} cannot be compared: {error}") from error
    return told


def _common(database: sqlite3.Connection, part: Part) -> tuple[Part, tuple[str, ...]]:
    """The part with the columns that both releases have, and those that one alone has."""
    here, there = (
        {str(row[1]) for row in database.execute(f"PRAGMA {place}.table_info({part.view})")}
        for place in ("main", "old")
    )
    # A table that one of them lacks altogether has no rows there.
    held = here & there if here and there else here | there
    lost = [name for name in tables()[part.view].key if name not in held]
    if lost:
        raise ContentError(f"{part.view} has no {', '.join(lost)} in both releases: their rows cannot be told apart")
    single = tuple(name for name in part.columns if name not in held)
    return replace(part, columns=tuple(name for name in part.columns if name not in single)), single


def delta_text(old: Path, new: Path) -> str:
    """The same as the text of a file."""
    return json.dumps(delta(old, new), ensure_ascii=False, indent=1) + "\n"


def _part(database: sqlite3.Connection, part: Part) -> dict[str, Any]:
    key = [part.columns.index(name) for name in tables()[part.view].key]
    gone, come = (
        _by_key(_only(database, part, here, there), key) for here, there in (("old", "main"), ("main", "old"))
    )
    found: dict[str, Any] = {"added": [], "removed": [], "changed": []}
    for name in sorted(gone.keys() | come.keys(), key=repr):
        before, after = gone.get(name, []), come.get(name, [])
        if len(before) == len(after) == 1:
            fields = zip(part.columns, before[0], after[0], strict=True)
            changes = {column: [was, now] for column, was, now in fields if was != now}
            found["changed"].append({"key": _named(part, key, before[0]), "fields": changes})
            continue
        found["removed"] += [dict(zip(part.columns, row, strict=True)) for row in before]
        found["added"] += [dict(zip(part.columns, row, strict=True)) for row in after]
    return found


def _only(database: sqlite3.Connection, part: Part, here: str, there: str) -> Iterable[Row]:
    columns, where = ", ".join(part.columns), f"WHERE {part.condition}" if part.condition else ""
    one, other = (f"SELECT {columns} FROM {place}.{part.view} {where}" for place in (here, there))  # noqa: S608
    if not _holds(database, here, part.view):
        return ()
    less = f"EXCEPT {other}" if _holds(database, there, part.view) else ""
    found: Iterable[Row] = database.execute(f"{one} {less} ORDER BY {', '.join(part.columns)}")
    return found


def _holds(database: sqlite3.Connection, place: str, table: str) -> bool:
    statement = f"SELECT 1 FROM {place}.sqlite_master WHERE name = ?"  # noqa: S608 - main or old
    return database.execute(statement, (table,)).fetchone() is not None


def _by_key(rows: Iterable[Row], key: Sequence[int]) -> dict[Row, list[Row]]:
    found: dict[Row, list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[place] for place in key), []).append(row)
    return found


def _named(part: Part, key: Sequence[int], row: Row) -> dict[str, object]:
    return {part.columns[place]: row[place] for place in key}
