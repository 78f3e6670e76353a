"""Ready questions over the views: titles in three languages and SQL that both engines take."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

import yaml
from sqlalchemy import Engine, text

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

        def first(sql: str) -> object:
            return connection.scalar(text(sql))

        try:
            if missing := lacking(asked, first):
                raise ContentError(missing)
            found = connection.execute(text(asked.sql))
            rows = [tuple(map(_plain, row)) for row in found]
            if not rows and (unproven := doubted(asked, first)):
                raise ContentError(unproven)
            return Answer(tuple(found.keys()), rows)
        finally:
            if sqlite:
                connection.execute(text("PRAGMA query_only = OFF"))


#: The first value that SQL gives, None without a row: of a database or of a release's file.
First = Callable[[str], object]


def lacking(asked: Query, first: First) -> str:
    """What of that which a question asks about was never read, coded, linked or kept; "" if it can be asked."""
    read = set(re.findall(r"\b(?:FROM|JOIN) (\w+)", asked.sql))
    if "in_force_now" in asked.sql and first("SELECT 1 FROM editions WHERE in_force_now = 1") is None:
        return "no edition of the register that was read is in force today: see `egov-audit status`"
    for view, todo in _KEPT.items():
        if view in read and first(f"SELECT 1 FROM {view} LIMIT 1") is None:  # noqa: S608 - our own names
            return f"nothing is kept in {view} yet: {todo}"
    return ""


def doubted(asked: Query, first: First) -> str:
    """Why an empty answer is no "none", in words; "" where it is one."""
    unknown = first(asked.doubt) if asked.doubt else 0
    return f"{asked.because}: {unknown}" if unknown else ""


def _plain(value: object) -> object:
    """PostgreSQL's decimals as the numbers that SQLite gives."""
    if isinstance(value, Decimal):
        return int(value) if value.as_tuple().exponent == 0 else float(value)
    return value
