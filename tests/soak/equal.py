"""What an archive and a database hold, without ids and times: what two lines over the same sites must agree in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from sqlalchemy import literal, select

from auditor.db.base import Base
from auditor.db.models import RunRow
from auditor.db.session import connect
from auditor.db.types import UtcDateTime
from crawler.archive import reader
from crawler.archive.verify import verify

Contents = dict[str, Counter[tuple[str, ...]]]


def archive_contents(root: Path) -> Contents:
    """Captures, ends of askings and issues of all sealed runs. The archive has to be sound."""
    assert verify(root) == []
    found: Contents = {"captures": Counter(), "fetches": Counter(), "issues": Counter(), "runs": Counter()}
    for run_id in reader.run_ids(root):
        run = reader.run_record(root, run_id)
        found["runs"][run.stage, str(run.result), run.detail, str(sorted(run.arguments.items()))] += 1
        for kept in reader.captures(root, run_id):
            found["captures"][run.stage, kept.url, kept.sha256, str(kept.verdict), str(kept.status)] += 1
        for fetch in reader.fetches(root, run_id):
            found["fetches"][run.stage, fetch.url, str(fetch.outcome), fetch.detail, str(fetch.verdict)] += 1
        for issue in reader.issues(root, run_id):
            found["issues"][run.stage, issue.url, issue.code, issue.message] += 1
    return found


def database_contents(db_url: str) -> Contents:
    """Table → its rows without keys, references and times; of `run` the crawls alone: the others tell of processes."""
    found: Contents = {}
    engine = connect(db_url)
    try:
        with engine.connect() as connection:
            for table in Base.metadata.sorted_tables:
                plain = [
                    column
                    for column in table.columns
                    if not (column.foreign_keys or column.primary_key or isinstance(column.type, UtcDateTime))
                    and column.name not in _OWN
                ]
                rows = select(literal(1), *plain).select_from(table)  # 1: a table may have nothing but its keys
                if table.name == RunRow.__tablename__:
                    rows = rows.where(table.c.stage.in_(("register", "portal")))
                found[table.name] = Counter(tuple(map(str, row)) for row in connection.execute(rows))
    finally:
        engine.dispose()
    return found


#: Columns that name a place in one archive, or ids, or how a process went. A hash of inputs is over ids, and PostgreSQL
#: gives no number twice that a row had which a kill took back.
_OWN = frozenset(
    {"warc", "offset", "body_warc", "body_offset", "length", "counts", "line", "capture_id", "run_id", "inputs_hash"}
)


def differences(one: Contents, other: Contents) -> list[str]:
    """What one holds and the other does not, a line each."""
    lines = []
    for name in sorted(one.keys() | other.keys()):
        for sign, rest in (("-", one[name] - other[name]), ("+", other[name] - one[name])):
            lines += [f"{sign} {name} {number}x {row}" for row, number in sorted(rest.items())]
    return lines
