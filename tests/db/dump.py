"""A small database as SQL text that both engines read: a few rows of every table with all that they refer to.

`python -m tests.db.dump FILE REVISION OUT` takes them from a SQLite database at that revision; `fill` puts them back.
A file for each earlier revision is kept in `dumps/`, so that every later migration is rehearsed on rows of its time.
"""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine, MetaData, Table, create_engine, inspect, select, text

from auditor.db.session import connect, upgrade

DUMPS = Path(__file__).parent / "dumps"
_ROWS = 3


def write(engine: Engine, path: Path) -> None:
    """Write INSERT statements, parents before children."""
    metadata = MetaData()
    metadata.reflect(engine)
    wanted: dict[str, set[tuple[object, ...]]] = {}
    statements: list[str] = []
    with engine.connect() as connection:
        for table in reversed(metadata.sorted_tables):
            if table.name == "alembic_version":
                continue
            keys = list(table.primary_key.columns)
            every = {
                tuple(row._mapping[key] for key in keys): row._mapping for row in connection.execute(select(table))
            }
            kept = list(every)[:_ROWS] + [key for key in every if key in wanted.get(table.name, set())]
            for key in dict.fromkeys(kept):
                for link in table.foreign_keys:
                    value = every[key][link.parent]
                    if value is not None:
                        wanted.setdefault(link.column.table.name, set()).add((value,))
            statements[:0] = [_insert(table, dict(every[key])) for key in dict.fromkeys(kept)]
    path.write_text("".join(f"{line}\n" for line in statements), encoding="utf-8")


def fill(db_url: str, revision: str) -> dict[str, int]:
    """Make an empty database one of that revision with the rows of its dump; gives the number of rows by table."""
    upgrade(db_url, revision)
    engine = connect(db_url)
    try:
        with engine.begin() as connection:
            for line in (DUMPS / f"{revision}.sql").read_text(encoding="utf-8").split(";\n")[:-1]:
                connection.exec_driver_sql(line)
        return count(engine)
    finally:
        engine.dispose()


def count(engine: Engine) -> dict[str, int]:
    """Rows by table."""
    with engine.connect() as connection:
        names = [name for name in inspect(engine).get_table_names() if name != "alembic_version"]
        return {name: int(connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0) for name in names}


def _insert(table: Table, row: dict[object, object]) -> str:
    values = {str(name): value for name, value in row.items() if value is not None}
    names = ", ".join(f'"{name}"' for name in values)
    booleans = {column.name for column in table.columns if str(column.type) == "BOOLEAN"}
    told = ", ".join(_text(value, name in booleans) for name, value in values.items())
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({told});'


def _text(value: object, boolean: bool) -> str:
    if boolean:
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime | date):
        value = value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    return "'" + str(value).replace("'", "''") + "'"


if __name__ == "__main__":
    file, revision, out = sys.argv[1:]
    write(create_engine(f"sqlite:///{file}"), Path(out))
