"""What a stranger's SQL may do on a release: read its tables and nothing else; CSV that no spreadsheet runs; cells that
show what they hold.
"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import quote

from auditor.release.search import search_terms
from auditor.release.served import (
    ANSWER_LIMIT,
    ANSWER_LIMIT_ROW,
    CLOCK_STEPS,
    COLUMN_LIMIT,
    HEAP_LIMIT,
    PATTERN_LIMIT,
    SEARCH_LIMIT,
    STILL_LIMIT,
    VALUE_LIMIT,
)
from auditor.tables import safe_cell
from crawler.pages.records import Lang

#: SQLite's own names of what a statement does; everything else is refused, whatever gate it came through.
_MAY = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE})
_MAY_NOT_CALL = frozenset({"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"})
#: Datasette itself asks these of the schema; `database_list` would tell a stranger our folder.
_PRAGMAS = frozenset(
    {
        *("table_info", "table_xinfo", "foreign_key_list", "index_list", "index_info", "index_xinfo", "database_list"),
        *("page_count", "page_size", "schema_version", "data_version"),
    }
)
#: Characters that nobody sees and that turn the reading direction or hide between letters.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


class _Frugal(sqlite3.Cursor):
    """A cursor that says in the words of SQLite when SQLite has had all the memory it may take."""

    def execute(self, sql: str, parameters: Any = (), /) -> _Frugal:  # noqa: ANN401 - as sqlite3 has it
        try:
            return super().execute(sql, parameters)
        except MemoryError as error:
            raise sqlite3.OperationalError("the question is too large: it would fill the memory") from error


class Watched(sqlite3.Connection):
    """A connection whose clock is looked at often, and of which it is known whether that still happens.

    Datasette has SQLite look every thousand steps, and one step can be a comparison of 50 milliseconds.
    """

    _at_work, _looks, _looks_before, _still = False, 0, 0, 0

    def set_progress_handler(self, handler: Callable[[], int | None] | None, n: int) -> None:
        """As sqlite3 says, but every so many steps at the least. Datasette does this before and after each question."""

        def counted() -> int | None:
            self._looks += 1
            return handler() if handler else None

        self._looks += 1
        self._at_work = handler is not None
        super().set_progress_handler(counted if handler else None, min(n, CLOCK_STEPS))

    def still(self) -> int:
        """How often in a row it has been asked this while one question was at work and SQLite looked at no clock."""
        self._still = self._still + 1 if self._at_work and self._looks == self._looks_before else 0
        self._looks_before = self._looks
        return self._still

    def cursor(self, *_factory: object) -> _Frugal:  # type: ignore[override]
        """As sqlite3 says."""
        return super().cursor(_Frugal)


def open_watched(file: str) -> Watched:
    """A release opened as what nobody writes, with a limit on what SQLite takes of this process's memory.

    A question of 300 letters can have a plan of gigabytes: each name in it that stands for ten others.
    """
    address = f"file:{quote(file)}?immutable=1"
    connection = sqlite3.connect(address, uri=True, check_same_thread=False, factory=Watched)
    connection.execute(f"PRAGMA hard_heap_limit={HEAP_LIMIT}")
    return connection


def overrun(connections: Iterable[sqlite3.Connection]) -> bool:
    """Whether a question is at work that nothing will stop, asked once a second: SQLite looks at the clock where it
    jumps back in its plan, and a plan can go straight on for hours. Seconds in which all stood still do not count.
    """
    return max((one.still() for one in connections if isinstance(one, Watched)), default=0) >= STILL_LIMIT


def restrict(connection: sqlite3.Connection) -> None:
    """Let a connection only read, and give it the search functions `search_terms(words[, lang])` and `escape_fts`.

    The second is what Datasette's own search box asks: with ours it finds inflected forms.
    """
    connection.create_function("search_terms", 1, _terms, deterministic=True)
    connection.create_function("search_terms", 2, _terms, deterministic=True)
    connection.create_function("escape_fts", 1, _terms, deterministic=True)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, VALUE_LIMIT)
    connection.setlimit(sqlite3.SQLITE_LIMIT_COLUMN, COLUMN_LIMIT)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, PATTERN_LIMIT)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.row_factory = _Weighed().row
    connection.set_authorizer(_authorize)


class _Weighed:
    """Rows by name, as Datasette wants them, until an answer is larger than any question about a release needs.

    A thousand rows are few, but not of values built to be large. A connection serves one question after another.
    """

    def __init__(self) -> None:
        self._cursor: weakref.ref[sqlite3.Cursor] | None = None
        self._left = 0

    def row(self, cursor: sqlite3.Cursor, values: tuple[object, ...]) -> sqlite3.Row:
        """Raises OperationalError, which is told to whoever asked, for a row too many."""
        if self._cursor is None or self._cursor() is not cursor:
            self._cursor, self._left = weakref.ref(cursor), ANSWER_LIMIT
        self._left += ANSWER_LIMIT_ROW - sum(len(value) for value in values if isinstance(value, str | bytes))
        if self._left < 0:
            raise sqlite3.OperationalError("the answer is too large: ask for fewer columns or shorter values")
        return sqlite3.Row(cursor, values)


def _terms(words: object, lang: object = None) -> str:
    known = {str(one): one for one in Lang}
    return search_terms(str(words or "")[:SEARCH_LIMIT], [known[str(lang)]] if lang in known else list(Lang))


def _authorize(action: int, first: str | None, second: str | None, _database: str | None, _inner: str | None) -> int:
    if action == sqlite3.SQLITE_FUNCTION:
        allowed = (second or "").lower() not in _MAY_NOT_CALL
    elif action == sqlite3.SQLITE_PRAGMA:
        allowed = (first or "").lower() in _PRAGMAS
    elif action == sqlite3.SQLITE_READ:
        allowed = (first or "").lower() != "pragma_database_list"
    elif action == sqlite3.SQLITE_UPDATE:
        # SQLite asks this when it opens a virtual table, ours for search among them; the file itself takes no write.
        allowed = first == "sqlite_master"
    else:
        allowed = action in _MAY
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def shown(value: object) -> str | None:
    """A cell's text with what cannot be seen written out (⟨U+202E⟩), None where there is nothing unseen."""
    if not isinstance(value, str) or not _UNSEEN.search(value):
        return None
    return _UNSEEN.sub(lambda found: f"⟨U+{ord(found.group()):04X}⟩", value)


class SafeCsv:
    """Turns a stream of CSV text into one whose cells no spreadsheet runs; numbers stay numbers."""

    def __init__(self) -> None:
        """An empty stream."""
        self._waiting = ""

    def feed(self, text: str, *, last: bool = False) -> str:
        """The harmless form of every whole record so far; with `last` of what is left too."""
        self._waiting += text
        cut = len(self._waiting) if last else self._whole()
        ready, self._waiting = self._waiting[:cut], self._waiting[cut:]
        out = io.StringIO()
        csv.writer(out).writerows(_harmless(csv.reader(io.StringIO(ready, newline=""))))
        return out.getvalue()

    def _whole(self) -> int:
        """Where the last whole record ends: a line end outside quotes."""
        end = self._waiting.rfind("\n") + 1
        while end and self._waiting.count('"', 0, end) % 2:
            end = self._waiting.rfind("\n", 0, end - 1) + 1
        return end


def _harmless(records: Iterator[list[str]]) -> Iterator[list[str]]:
    for record in records:
        yield [cell if _NUMBER.fullmatch(cell) else safe_cell(cell) for cell in record]
