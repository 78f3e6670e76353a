"""Writes the SQLite file of a release: tables, dictionary, ready questions, search. The same rows give the same bytes.

Names in its SQL are the schema's own, never a text from a source.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from auditor.release.records import APPLICATION_ID, FORMAT, Contents
from auditor.release.schema import Kind, Table, tables
from auditor.release.search import indexed
from auditor.views.queries import queries
from crawler.pages.records import Lang

_SQL_TYPES = {Kind.INTEGER: "INTEGER", Kind.TRUTH: "INTEGER", Kind.NUMBER: "REAL"}
#: Repeats rows of `entries`; as a view it costs a release no room.
HISTORY = "service_history"
#: Numbers that a database gave its rows mean nothing outside it: a release numbers its own rows.
_NUMBERED = {("editions", "edition_id"), ("codings", "coding_id")}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said of a release besides its rows; `permissions` are those by which closed pages were asked for,
    `words` the dictionary's texts by language and English.
    """

    id: str
    newest_page: str
    versions: Mapping[str, str]
    permissions: Sequence[Mapping[str, Any]] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def write_file(path: Path, read: Callable[[Table], Iterable[tuple[object, ...]]], facts: Facts) -> Contents:
    """Write a new file at `path` from the rows that `read` gives of each table, in any order.

    Raises sqlite3.Error when the disk refuses.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for pragma in ("page_size = 4096", "journal_mode = OFF", "synchronous = OFF", "encoding = 'UTF-8'",
                       f"application_id = {APPLICATION_ID}", f"user_version = {FORMAT}"):  # fmt: skip
            database.execute(f"PRAGMA {pragma}")
        # Rows arrive unsorted and lie in a nameless file of SQLite's own until they are put in order.
        database.execute("ATTACH '' AS raw")
        database.execute("BEGIN")
        for table in tables().values():
            if table.name != HISTORY:
                _take(database, table, read(table))
        rows = {table.name: _put(database, table) for table in tables().values()}
        _describe(database, rows, facts.words)
        _ready_questions(database)
        _make_search(database)
        said = {"id": facts.id, "newest_page": facts.newest_page, "format": str(FORMAT), **_made_from(database)}
        said |= {"egov_audit": version("egov-audit"), **facts.versions}
        if facts.permissions:
            said["robots_permission"] = json.dumps(list(facts.permissions), ensure_ascii=False, sort_keys=True)
        database.execute("CREATE TABLE release (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        database.executemany("INSERT INTO release VALUES (?, ?)", sorted(said.items()))
        database.execute("COMMIT")
        database.execute("DETACH raw")
        database.execute("VACUUM")
    versions = {"egov_audit": said["egov_audit"], **facts.versions}
    return Contents(facts.id, facts.newest_page, versions, rows, facts.permissions)


def _take(database: sqlite3.Connection, table: Table, rows: Iterable[tuple[object, ...]]) -> None:
    database.execute(f"CREATE TABLE raw.{table.name} ({_columns(table)})")
    marks = ", ".join("?" * len(table.columns))
    database.executemany(f"INSERT INTO raw.{table.name} VALUES ({marks})", rows)  # noqa: S608


def _columns(table: Table) -> str:
    return ", ".join(f"{column.name} {_SQL_TYPES.get(column.kind, 'TEXT')}" for column in table.columns)


def _put(database: sqlite3.Connection, table: Table) -> int:
    """Sorted by key, then by everything else, so that nothing shows where the rows came from; gives their number."""
    names = ", ".join(table.names)
    if table.name == HISTORY:
        chosen = f"SELECT {names} FROM entries WHERE excluded = 0 AND service_key IS NOT NULL"  # noqa: S608
        database.execute(f"CREATE VIEW {HISTORY} AS {chosen}")
    else:
        counted = [name for name in table.names if (table.name, name) not in _NUMBERED and name != "edition_id"]
        order = ", ".join(dict.fromkeys((*table.key, *counted)))
        told = ", ".join(_told(table.name, name, order) for name in table.names)
        database.execute(f"CREATE TABLE {table.name} ({_columns(table)})")
        sorted_rows = f"SELECT {told} FROM raw.{table.name} t ORDER BY {order}"  # noqa: S608
        database.execute(f"INSERT INTO {table.name} {sorted_rows}")
        for place, columns in enumerate(table.indexes):
            database.execute(f"CREATE INDEX {table.name}_{place} ON {table.name} ({', '.join(columns)})")
    count: int = database.execute(f"SELECT COUNT(*) FROM {table.name}").fetchone()[0]  # noqa: S608
    return count


def _told(table: str, column: str, order: str) -> str:
    if (table, column) in _NUMBERED:
        return f"ROW_NUMBER() OVER (ORDER BY {order}) AS {column}"
    if column == "edition_id":
        return "(SELECT e.rowid FROM main.editions e WHERE e.edition_key = t.edition_key) AS edition_id"
    return column


def _describe(database: sqlite3.Connection, rows: Mapping[str, int], words: Mapping[str, Mapping[str, str]]) -> None:
    def said(about: str) -> tuple[str | None, ...]:
        return about, *(words.get(lang, {}).get(about) for lang in ("ru", "kk"))

    told = "about TEXT, about_ru TEXT, about_kk TEXT"
    database.execute(f"CREATE TABLE dictionary_tables (name TEXT PRIMARY KEY, {told}, row_count INTEGER, key TEXT)")
    database.execute(
        f"CREATE TABLE dictionary (table_name TEXT, place INTEGER, column_name TEXT, kind TEXT, {told},"
        " PRIMARY KEY (table_name, place))"
    )
    for table in tables().values():
        database.execute(
            "INSERT INTO dictionary_tables VALUES (?, ?, ?, ?, ?, ?)",
            (table.name, *said(table.about), rows[table.name], " ".join(table.key)),
        )
        database.executemany(
            "INSERT INTO dictionary VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (table.name, place, one.name, str(one.kind), *said(one.about))
                for place, one in enumerate(table.columns, 1)
            ),
        )


def _ready_questions(database: sqlite3.Connection) -> None:
    database.execute(
        "CREATE TABLE ready_questions (place INTEGER PRIMARY KEY, name TEXT, title_en TEXT, title_ru TEXT,"
        " title_kk TEXT, sql TEXT)"
    )
    database.executemany(
        "INSERT INTO ready_questions VALUES (?, ?, ?, ?, ?, ?)",
        (
            (place, one.name, one.titles[Lang.EN], one.titles[Lang.RU], one.titles[Lang.KK], one.sql)
            for place, one in enumerate(queries().values(), 1)
        ),
    )


#: A service under every name it ever had in a language, and every listing of the portal.
_DOCUMENTS = """
    INSERT INTO search_documents (kind, key, lang, name, detail, first_date, last_date, entry_key, folded, lemmas)
    SELECT kind, key, lang, name, detail, first_date, last_date, entry_key,
           folded(name || ' ' || detail, lang), lemmas(name || ' ' || detail, lang)
    FROM (
        SELECT 'service' AS kind, COALESCE(service_key, '') AS key, lang, name, COALESCE(subname, '') AS detail,
               MIN(edition_date) AS first_date, MAX(edition_date) AS last_date,
               MAX(edition_date || ' ' || entry_key) AS entry_key
        FROM entries WHERE excluded = 0 GROUP BY COALESCE(service_key, ''), lang, name, COALESCE(subname, '')
        UNION ALL
        SELECT 'listing', listing_key, lang, COALESCE(name, ''), COALESCE(result, ''), substr(first_listed, 1, 10),
               substr(last_listed, 1, 10), NULL
        FROM listings
    )
    ORDER BY kind DESC, key, lang, name, detail
"""


def _make_search(database: sqlite3.Connection) -> None:
    for name in ("folded", "lemmas"):
        database.create_function(name, 2, lambda text, lang, name=name: getattr(indexed(text, Lang(lang)), name))
    database.execute(
        "CREATE TABLE search_documents (id INTEGER PRIMARY KEY, kind TEXT, key TEXT, lang TEXT, name TEXT, detail TEXT,"
        " first_date TEXT, last_date TEXT, entry_key TEXT, folded TEXT, lemmas TEXT)"
    )
    database.execute(_DOCUMENTS)
    database.execute("UPDATE search_documents SET entry_key = substr(entry_key, 12)")
    database.execute(
        'CREATE VIRTUAL TABLE search USING fts5(lang, folded, lemmas, content="search_documents", content_rowid="id",'
        " tokenize='unicode61 remove_diacritics 0')"
    )
    database.execute("INSERT INTO search (search) VALUES ('rebuild')")
    database.execute("INSERT INTO search (search) VALUES ('optimize')")


def _made_from(database: sqlite3.Connection) -> dict[str, str]:
    """From what the release was made, in a reader's words: pages, the time they were captured in, editions."""
    pages, first, last = database.execute(
        "SELECT COUNT(DISTINCT sha256), MIN(captured_at), MAX(captured_at) FROM evidence"
    ).fetchone()
    editions = database.execute("SELECT COUNT(*) FROM editions").fetchone()[0]
    said = f"{editions} editions, {pages} kept pages"
    return {"made_from": said + (f", captured {first} to {last} UTC" if first else "")}
