"""A server on loopback that answers as it is told, byte for byte, wrong answers included."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

REASONS = {200: "OK", 304: "Not Modified", 302: "Found", 404: "Not Found"}


@dataclass(frozen=True)
class Answer:
    """What goes over the wire. `length` is the Content-Length said (None: the true one, -1: none said).

    `silent`: the server never answers. `dropped`: it closes the connection without a word. `stuck`: it sends what it
    has and leaves the connection open.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    silent: bool = False
    dropped: bool = False
    stuck: bool = False

    def wire(self) -> bytes:
        """The bytes sent."""
        said = {"Content-Type": "text/html; charset=utf-8", **self.headers}
        length = len(self.body) if self.length is None else self.length
        if length >= 0:
            said["Content-Length"] = str(length)
        head = f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Said So')}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in said.items()) + "\r\n"
        return head.encode("latin-1") + (b"" if self.status == 304 else self.body)


@dataclass(frozen=True)
class Asked:
    """One request as the server read it; header names in lower case."""

    path: str
    headers: Mapping[str, str]


class FaultServer:
    """Serves `routes`: path → answer, or answers in turn (the last one stays). Unknown paths are 404.

    robots.txt allows everything unless a route says otherwise. A context manager; `asked` is the log of requests.
    """

    def __init__(
        self, routes: Mapping[str, Answer | Sequence[Answer]], tls: ssl.SSLContext | None = None, port: int = 0
    ) -> None:
        self._routes = {path: list(said) if isinstance(said, Sequence) else [said] for path, said in routes.items()}
        self._routes.setdefault("/robots.txt", [Answer(body=b"User-agent: *\nAllow: /\n", headers=PLAIN)])
        self._tls = tls
        self._wanted = port
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self.asked: list[Asked] = []
        self.connections = 0

    @property
    def url(self) -> str:
        """The server's base address."""
        return f"{'https' if self._tls else 'http'}://localhost:{self._port}"

    @property
    def paths(self) -> list[str]:
        """The paths asked for, in order, robots.txt left out."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def __enter__(self) -> Self:
        """Listen on a free port."""
        self._socket = socket.create_server(("127.0.0.1", self._wanted), backlog=64)
        self._port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening and cut every connection."""
        self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread in accept; closing alone would serve one more
        self._socket.close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # A client that goes away, or refuses the certificate, is one of the things tested.
        with suppress(OSError):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with self._lock:
                self._open.append(connection)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            stream = connection.makefile("rb")
            while (asked := _read(stream)) is not None:
                with self._lock:
                    self.asked.append(asked)
                    answer = self._answer(asked)
                if answer.silent:
                    stream.read()  # until the client gives up
                if not (answer.silent or answer.dropped):
                    connection.sendall(answer.wire())
                if answer.stuck:
                    stream.read()
                if answer.silent or answer.dropped or (answer.length is not None and answer.length != len(answer.body)):
                    break
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()

    def _answer(self, asked: Asked) -> Answer:
        turns = self._routes.get(asked.path)
        if not turns:
            return Answer(404, b"<html>no</html>")
        said = turns.pop(0) if len(turns) > 1 else turns[0]
        known = [said.headers.get(name) for name in ("ETag", "Last-Modified") if name in said.headers]
        if known and {asked.headers.get("if-none-match"), asked.headers.get("if-modified-since")} & set(known):
            return Answer(304, headers={name: said.headers[name] for name in ("ETag",) if name in said.headers})
        return said


PLAIN = {"Content-Type": "text/plain"}


def page(text: str = "Выдача справки", head: str = "", extra: str = "") -> bytes:
    """A whole page of either source, as far as a verdict can tell."""
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{text}</title>{head}</head><body>"
        f"<div class='container_gamma text'><article><p>{text}</p><table></table></article></div>{extra}</body></html>"
    ).encode()


def good(text: str = "Выдача справки", **headers: str) -> Answer:
    """A page as it should be."""
    return Answer(body=page(text), headers=headers)


def packed(body: bytes, keep: float = 1.0) -> Answer:
    """A gzip body, of which only the first part is sent when `keep` is below 1."""
    content = gzip.compress(body, mtime=0)
    return Answer(body=content[: int(len(content) * keep)], headers={"Content-Encoding": "gzip"})


def robots(text: str) -> Answer:
    """A robots.txt."""
    return Answer(body=text.encode(), headers=PLAIN)


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _read(stream: object) -> Asked | None:
    """The next request of a connection, None at its end."""
    line = stream.readline()  # type: ignore[attr-defined]
    if not line:
        return None
    headers = {}
    while (header := stream.readline().strip()) != b"":  # type: ignore[attr-defined]
        name, _, value = header.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return Asked(line.split()[1].decode("latin-1"), headers)
