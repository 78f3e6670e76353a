"""The part of Datasette that is ours: guarded connections, harmless CSV, the front page's questions."""

from __future__ import annotations

import codecs
import csv
import io
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from datasette import hookimpl
from datasette.handle_exception import handle_exception
from datasette.utils.asgi import BadRequest
from datasette.views.base import DatasetteError

from auditor.release.guard import SafeCsv, restrict, shown
from auditor.release.served import ROW_LIMIT
from auditor.release.ui import condition, first, languages, speak
from auditor.release.ui_words import CUT

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Any, Send], Awaitable[None]]

_THROUGH = "_through must be JSON with a table, a column and a value"


class Hooks:
    """Datasette's hooks for one release: its id and its questions' names and titles by language."""

    def __init__(self, release: str, titles: Mapping[str, Sequence[tuple[str, str]]]) -> None:
        """Nothing is opened."""
        # Datasette asks a plugin for its module's name, and looks for templates beside that.
        self.__name__ = "auditor.release"
        self._told: dict[str, object] = {"release_id": release, "questions": titles}
        names = {name for asked in titles.values() for name, _ in asked} | {"find"}
        self._questions = {f"/{release}.csv", *(f"/{release}/{name}.csv" for name in names)}

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
    def extra_template_vars(self, request: Any) -> dict[str, object]:  # noqa: ANN401 - Datasette's own
        """What the templates show besides Datasette's own: the questions, and words in the reader's language."""
        order = languages(request.headers.get("accept-language", "") if request else "")
        return {
            **self._told,
            "languages": order,
            "first": lambda title: first(title, order),
            "condition": lambda english, filters: condition(
                english, filters.selections(), {key: request.args[key] for key in request.args}, order[0]
            ),
        }

    @hookimpl(tryfirst=True)  # type: ignore[untyped-decorator]
    def handle_exception(self, datasette: Any, request: Any, exception: Exception) -> object:  # noqa: ANN401
        """A question asked wrongly is 400: Datasette calls order by an unknown column, and more, a fault of its own,
        and stumbles over a `_through` that is not as it writes it.
        """
        if isinstance(exception, DatasetteError) and exception.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            exception.status = HTTPStatus.BAD_REQUEST
        if isinstance(exception, KeyError | TypeError | ValueError) and request.args.get("_through"):
            return handle_exception(datasette, request, BadRequest(_THROUGH))
        return None

    @hookimpl  # type: ignore[untyped-decorator]
    def asgi_wrapper(self) -> Callable[[App], App]:
        """CSV answers leave whole and harmless, pages in the reader's language, none to be guessed at or framed."""
        return self._wrap

    def _wrap(self, app: App) -> App:
        async def wrapped(scope: Message, receive: Any, send: Send) -> None:  # noqa: ANN401 - ASGI's own
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            order = languages(dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1"))
            is_csv = scope["path"].endswith(".csv")
            if is_csv:
                scope = {**scope, "query_string": _whole(scope["query_string"])}
            if scope["path"] in self._questions:
                send = _Counted(send, order[0]).send
            await app(scope, receive, _Answer(send, order, is_csv=is_csv).send)

        return wrapped


def _whole(query: bytes) -> bytes:
    """A CSV's address that asks for every row and a file to keep, unless it names a number of rows or a place.

    Datasette's own links give a page of the table, and nothing in the file would say that there is more.
    """
    asked = [pair for pair in query.split(b"&") if pair and pair not in (b"_size=max", b"_stream=on", b"_dl=on")]
    if any(pair.startswith((b"_size=", b"_next=")) for pair in asked):
        return query
    return b"&".join([*asked, b"_size=max", b"_stream=on", b"_dl=on"])


class _Counted:
    """A question's CSV on its way out, held until its rows are counted: one that was cut is refused."""

    def __init__(self, send: Send, lang: str) -> None:
        self._send = send
        self._lang = lang
        self._held: list[Message] = []

    async def send(self, message: Message) -> None:
        self._held.append(message)
        if message["type"] == "http.response.start" or message.get("more_body", False):
            return
        start, *bodies = self._held
        text = b"".join(one.get("body", b"") for one in bodies).decode()
        # The heading is a record too. A cell's own line ends are no records.
        if start["status"] == 200 and sum(1 for _ in csv.reader(io.StringIO(text, newline=""))) > ROW_LIMIT:
            kind = [(b"content-type", b"text/plain; charset=utf-8")]
            said = CUT[self._lang].format(rows=ROW_LIMIT)
            await self._send({**start, "status": 400, "headers": kind})
            await self._send({"type": "http.response.body", "body": f"{said}\n".encode()})
            return
        for one in self._held:
            await self._send(one)


class _Answer:
    """One answer on its way out: a CSV made harmless as it comes, a page spoken once it is whole."""

    def __init__(self, send: Send, order: Sequence[str], *, is_csv: bool) -> None:
        self._send = send
        self._order = order
        self._is_csv = is_csv
        self._held = ""
        self._turn: Callable[..., str] | None = None
        # A letter can be cut in two by the chunks it comes in.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = dict(message.get("headers", []))
            kind = next((value for name, value in headers.items() if name.lower() == b"content-type"), b"")
            if kind.startswith(b"text/html"):
                self._turn = self._page
            elif self._is_csv and message["status"] == 200:
                self._turn = SafeCsv().feed
            kept = [
                pair for pair in message.get("headers", []) if pair[0].lower() != b"content-length" or not self._turn
            ]
            kept += [(b"x-content-type-options", b"nosniff"), (b"x-frame-options", b"DENY")]
            kept.append((b"vary", b"accept-language"))
            message = {**message, "headers": kept}
        elif self._turn is not None:
            last = not message.get("more_body", False)
            text = self._decoder.decode(message.get("body", b""), last)
            message = {**message, "body": self._turn(text, last=last).encode()}
        await self._send(message)

    def _page(self, text: str, *, last: bool) -> str:
        self._held += text
        return speak(self._held, self._order) if last else ""
