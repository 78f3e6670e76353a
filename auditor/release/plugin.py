"""The part of Datasette that is ours: guarded connections, harmless CSV, the front page's questions."""

from __future__ import annotations

import codecs
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from datasette import hookimpl

from auditor.release.guard import SafeCsv, restrict, shown

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Any, Send], Awaitable[None]]


class Hooks:
    """Datasette's hooks for one release: its id and its questions' names and titles by language."""

    def __init__(self, release: str, titles: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """Nothing is opened."""
        # Datasette asks a plugin for its module's name, and looks for templates beside that.
        self.__name__ = "auditor.release"
        self._told: dict[str, object] = {"release_id": release, "questions": titles}

    @hookimpl(trylast=True)  # type: ignore[untyped-decorator]
    def prepare_connection(self, conn: sqlite3.Connection, database: str) -> None:
        """Last, so that our `escape_fts` stands in place of Datasette's. Its own notes in memory are left to it."""
        if database != "_internal":
            restrict(conn)

    @hookimpl  # type: ignore[untyped-decorator]
    def render_cell(self, value: object) -> str | None:
        """A cell on a page: Datasette escapes it, we write out what nobody would see."""
        return shown(value)

    @hookimpl  # type: ignore[untyped-decorator]
    def extra_template_vars(self) -> dict[str, object]:
        """What the front page's template shows besides Datasette's own."""
        return self._told

    @hookimpl  # type: ignore[untyped-decorator]
    def asgi_wrapper(self) -> Callable[[App], App]:
        """CSV answers leave through `SafeCsv`; every answer says that it is not to be guessed at or framed."""
        return _wrap


def _wrap(app: App) -> App:
    async def wrapped(scope: Message, receive: Any, send: Send) -> None:  # noqa: ANN401 - ASGI's own
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        await app(scope, receive, _Answer(send, scope["path"].endswith(".csv")).send)

    return wrapped


class _Answer:
    """One answer on its way out."""

    def __init__(self, send: Send, is_csv: bool) -> None:
        self._send = send
        self._csv = SafeCsv() if is_csv else None
        # A letter can be cut in two by the chunks it comes in.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [
                pair for pair in message.get("headers", []) if pair[0].lower() != b"content-length" or not self._csv
            ]
            headers += [(b"x-content-type-options", b"nosniff"), (b"x-frame-options", b"DENY")]
            if message["status"] != 200:
                self._csv = None
            message = {**message, "headers": headers}
        elif self._csv is not None:
            last = not message.get("more_body", False)
            text = self._decoder.decode(message.get("body", b""), last)
            message = {**message, "body": self._csv.feed(text, last=last).encode()}
        await self._send(message)
