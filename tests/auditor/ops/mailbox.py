"""A mail server and a web server on the loopback that keep what they are sent."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Mailbox:
    """What came in: logins as (user, password), envelopes as (sender, recipients), messages. `refuse`: answer 535."""

    port: int = 0
    logins: list[tuple[str, str]] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    refuse: bool = False

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(line.encode() + b"\r\n")
            await writer.drain()

        await say("220 mailbox")
        sender, to = "", []
        while line := (await reader.readline()).decode().strip():
            verb = line.split(" ")[0].upper()
            if verb == "EHLO":
                await say("250-mailbox")
                await say("250 AUTH PLAIN")
            elif verb == "AUTH":
                _, user, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
                self.logins.append((user, password))
                # A server may repeat what it was told; that must not come through.
                await say(f"535 no {user} {password}" if self.refuse else "235 ok")
            elif verb == "MAIL":
                sender = line.split(":", 1)[1].split(" ")[0]
                await say("250 ok")
            elif verb == "RCPT":
                to.append(line.split(":", 1)[1])
                await say("250 ok")
            elif verb == "DATA":
                await say("354 go on")
                lines = []
                while (text := (await reader.readline()).decode()) != ".\r\n":
                    lines.append(text)
                self.messages.append("".join(lines))
                self.envelopes.append((sender, to))
                await say("250 kept")
            elif verb == "QUIT":
                await say("221 bye")
                break
            else:
                await say("250 ok")
        writer.close()


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A mail server for as long as the context lasts."""
    loop = asyncio.new_event_loop()
    box = Mailbox()
    server = loop.run_until_complete(asyncio.start_server(box.talk, "127.0.0.1", 0))
    box.port = server.sockets[0].getsockname()[1]
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        # The server belongs to the loop: closed from here, a connection that ends just then closes it once more.
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@dataclass
class Web:
    """What came in: (method, path, body). `status` is what is answered."""

    address: str = ""
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    status: int = 200


@contextmanager
def web_server() -> Iterator[Web]:
    """A web server for as long as the context lasts."""
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            web.asked.append((self.command, self.path, body))
            self.send_response(web.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815 - the base class's name

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        web.address = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()
