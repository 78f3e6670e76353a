"""Ready questions over the views: titles in three languages and SQL that both engines take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

import yaml
from sqlalchemy import Connection, Engine, text

from crawler.errors import ContentError, UsageError
from crawler.pages.records import Lang

#: Views that are empty until something was done, in its order, and what that is.
_KEPT = {
    "entries": "read the register: run `egov-audit ingest`",
    "listings": "read the portal: run `egov-audit ingest`",
    "evidence": "read a page: run `egov-audit ingest`",
    "codings": "run `egov-audit code`",
    "services": "run `egov-audit link`",
    "changes": "read two editions of the register, then run `egov-audit link`",
    "account": "read the register of two years, then run `egov-audit link`",
    "measures": "read the register, then run `egov-audit report`",
}


@dataclass(frozen=True, slots=True)
class Query:
    """One ready question: its name, its titles by language, its SQL.

    An empty answer says "none", so a question whose answer takes proof has `doubt`, SQL that counts what is not known,
    and `because`, what to say then instead.
    """

    name: str
    titles: dict[Lang, str]
    sql: str
    doubt: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gave: column names and rows."""

    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]


@cache
def queries() -> dict[str, Query]:
    """Every ready question by name, in the order of the file."""
    raw = yaml.safe_load(resources.files("auditor.views").joinpath("queries.yml").read_text(encoding="utf-8"))
    return {
        name: Query(
            *(name, {lang: said[str(lang)] for lang in Lang}, said["sql"].strip()),
            *(said.get("doubt", ""), said.get("because", "")),
        )
        for name, said in raw.items()
    }


def query(name: str) -> Query:
    """The question of a name. Raises UsageError that lists the known ones."""
    known = queries()
    if name not in known:
        raise UsageError(f"no question {name!r}; there are {', '.join(known)}")
    return known[name]


def answer(engine: Engine, asked: Query) -> Answer:
    """Ask the database. Nothing can be written by a question: the connection only reads.

    Raises ContentError when the question is about what nobody kept yet: an empty answer would look like a finding.
    """
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        connection.execute(text("PRAGMA query_only = ON" if sqlite else "SET TRANSACTION READ ONLY"))
        try:
            _grounded(connection, asked)
            found = connection.execute(text(asked.sql))
            rows = [tuple(map(_plain, row)) for row in found]
            unknown = connection.scalar(text(asked.doubt)) if asked.doubt and not rows else 0
            if unknown:
                raise ContentError(f"{asked.because}: {unknown}")
            return Answer(tuple(found.keys()), rows)
        finally:
            if sqlite:
                connection.execute(text("PRAGMA query_only = OFF"))


def _grounded(connection: Connection, asked: Query) -> None:
    """Raises ContentError where what a question asks about was never read, coded, linked or kept."""
    words = _words(asked.sql)
    in_force = text("SELECT 1 FROM editions WHERE in_force_now = 1")
    if "in_force_now" in words and connection.execute(in_force).first() is None:
        raise ContentError("no edition of the register that was read is in force today: see `egov-audit status`")
    for view, first in _KEPT.items():
        if view in words and connection.execute(text(f"SELECT 1 FROM {view} LIMIT 1")).first() is None:  # noqa: S608 - our own names
            raise ContentError(f"nothing is kept in {view} yet: {first}")


def _words(sql: str) -> set[str]:
    return set(re.findall(r"\w+", sql))


def _plain(value: object) -> object:
    """PostgreSQL's decimals as the numbers that SQLite gives."""
    if isinstance(value, Decimal):
        return int(value) if value.as_tuple().exponent == 0 else float(value)
    return value
