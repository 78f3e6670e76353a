"""Builds an export: a folder with a release's tables in the forms asked for. The same release gives the same bytes."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection
from contextlib import closing
from enum import StrEnum
from pathlib import Path

from auditor.release.file import HISTORY
from auditor.release.read import Release, read_release
from auditor.release.schema import Kind, Table
from crawler.errors import ContentError
from reports.export.cpsv import write_services
from reports.export.csvfiles import write_exact, write_for_people
from reports.export.package import write_package
from reports.export.parquet import write_parquet
from reports.export.workbook import write_workbook
from reports.folder import built_aside

_README = """Register of public services, release {id}
{made_from}

xlsx/    for people: open with a double click. Codes keep their zeros, nothing runs.
excel/   the same as CSV for spreadsheets: byte-order mark, semicolons, decimal commas, an apostrophe before what would
         run as a formula. A spreadsheet drops leading zeros of codes from CSV: xlsx/ keeps them.
csv/     for programs: exact values, UTF-8, commas. Do not double-click: a name may begin like a formula.
jsonl/   for programs: one JSON object a line.   parquet/  for programs, with types.
services.jsonld   the services in force as CPSV-AP 3.2.
datapackage.json  types and descriptions of every column; size and sha256 of every file.

ru: для чтения откройте xlsx/ двойным щелчком; csv/ предназначен для программ.
kk: оқу үшін xlsx/ бумасын екі рет шертіп ашыңыз; csv/ бағдарламаларға арналған.
"""


class Format(StrEnum):
    """A form that tables leave in. CSV is always there: the package describes it."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSONL = "jsonl"
    CPSV = "cpsv"


Writer = Callable[[Release, Table, Path], None]
_WRITERS: dict[str, tuple[Format, Writer]] = {
    "csv": (Format.CSV, write_exact),
    "excel": (Format.CSV, write_for_people),
    "xlsx": (Format.XLSX, write_workbook),
    "parquet": (Format.PARQUET, write_parquet),
}


def export(source: Path, out: Path, formats: Collection[Format]) -> list[str]:
    """Write a release to the folder `out` and return its files' names.

    `service_history` is left out: it repeats rows of `entries`. Raises UsageError for a folder that is not ours,
    ContentError for a release that cannot be read, OSError when the disk refuses; an earlier export then stays whole.
    """
    release = read_release(source)
    with closing(release.database), built_aside(out) as folder:
        tables = tuple(table for table in release.tables if table.name != HISTORY)
        try:
            _fill(release, tables, folder, {Format.CSV, *formats})
        except sqlite3.DatabaseError as error:
            raise ContentError(f"{source} is damaged: {error}") from error
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


def _fill(release: Release, tables: tuple[Table, ...], folder: Path, formats: Collection[Format]) -> None:
    for name, (form, write) in {**_WRITERS, "jsonl": (Format.JSONL, _write_lines)}.items():
        if form in formats:
            (folder / name).mkdir()
            suffix = "csv" if name == "excel" else name
            for table in tables:
                write(release, table, folder / name / f"{table.name}.{suffix}")
    if Format.CPSV in formats:
        write_services(release, folder / "services.jsonld")
    (folder / "README.txt").write_text(_README.format(**release.facts), encoding="utf-8", newline="\n")
    write_package(release, tables, folder)


def _write_lines(release: Release, table: Table, path: Path) -> None:
    """One JSON object a row, its columns in order; truths are true and false, what is not known is null."""
    truths = [column.kind is Kind.TRUTH for column in table.columns]
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for row in release.rows(table):
            values = (
                bool(value) if truth and value is not None else value for value, truth in zip(row, truths, strict=True)
            )
            stream.write(json.dumps(dict(zip(table.names, values, strict=True)), ensure_ascii=False) + "\n")
