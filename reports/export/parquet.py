"""A table as Parquet, with an explicit schema; needs the extra `[parquet]`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from auditor.release.read import Release
from auditor.release.schema import Column, Kind, Table

#: Rows of one group: large enough to compress well, small enough for any machine.
_GROUP = 50_000


def available() -> bool:
    """Whether the extra is installed."""
    return find_spec("pyarrow") is not None


def write_parquet(release: Release, table: Table, path: Path) -> None:
    """Dates are dates, times UTC, truths true and false; each column carries its description. Raises OSError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        Kind.TEXT: pa.string(),
        Kind.INTEGER: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.TRUTH: pa.bool_(),
        Kind.DATE: pa.date32(),
        Kind.TIME: pa.timestamp("ms", tz="UTC"),
    }
    fields = [pa.field(one.name, types[one.kind], metadata={"description": one.about}) for one in table.columns]
    schema = pa.schema(fields, metadata={"description": table.about, "release": release.facts["id"]})
    rows = release.rows(table)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while True:
            group = list(islice(rows, _GROUP))
            columns = zip(*group, strict=True) if group else ((),) * len(fields)
            arrays = [
                pa.array([typed(value, column) for value in values], type=types[column.kind])
                for values, column in zip(columns, table.columns, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            if len(group) < _GROUP:
                break


def typed(value: Any, column: Column) -> object:  # noqa: ANN401 - what SQLite holds
    """A value of the file as what its column says it is. Raises ValueError for a date that is none."""
    if value is None or (value == "" and column.kind is not Kind.TEXT):
        return None
    if column.kind is Kind.TRUTH:
        return bool(value)
    if column.kind is Kind.DATE:
        return date.fromisoformat(value)
    if column.kind is Kind.TIME:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return float(value) if column.kind is Kind.NUMBER else value
