"""Two kinds of CSV: exact for programs, harmless for who double-clicks.

`csv/` is UTF-8 without a mark, commas, values as they are. `excel/` has what a spreadsheet of this region expects: a
byte-order mark, semicolons, decimal commas, and an apostrophe before what would run as a formula.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from auditor.release.read import Release
from auditor.release.schema import Table
from auditor.tables import safe_cell


def write_exact(release: Release, table: Table, path: Path) -> None:
    """A table for programs. None is an empty cell. Raises OSError."""
    _write(release, table, path, _exact)


def write_for_people(release: Release, table: Table, path: Path) -> None:
    """A table for a spreadsheet: nothing in it runs. Raises OSError."""
    _write(release, table, path, _shown, people=True)


def _write(release: Release, table: Table, path: Path, form: Callable[[object], str], *, people: bool = False) -> None:
    with path.open("w", encoding="utf-8-sig" if people else "utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\r\n" if people else "\n", delimiter=";" if people else ",")
        writer.writerow(table.names)
        writer.writerows([form(value) for value in row] for row in release.rows(table))


def _exact(value: object) -> str:
    return "" if value is None else str(value)


def _shown(value: object) -> str:
    return str(value).replace(".", ",") if isinstance(value, float) else safe_cell(value)
