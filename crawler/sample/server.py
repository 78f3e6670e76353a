"""Serves the sample's two sites on loopback ports, with validators and 304, so that the real spiders crawl them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from crawler.sample.answers import Page, challenge_page, missing_page
from crawler.sample.site import pages


class Addresses(NamedTuple):
    """Base addresses of the running sample, without a final slash."""

    adilet: str
    egov: str


@contextmanager
def serve(challenge: frozenset[str] = frozenset()) -> Iterator[Addresses]:
    """Runs both sites on free ports of 127.0.0.1 for as long as the context lasts.

    `challenge` names paths that answer with a challenge page (status 200) instead of their own. Raises OSError when no
    loopback port can be had.
    """
    with ExitStack() as stack:
        adilet = stack.enter_context(_running(pages("adilet"), challenge))
        egov = stack.enter_context(_running(pages("egov"), challenge))
        yield Addresses(adilet, egov)


@contextmanager
def _running(answers: Mapping[str, Page], challenge: frozenset[str]) -> Iterator[str]:
    class Handler(_Handler):
        known = answers
        guarded = challenge

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from a mapping of pages."""

    protocol_version = "HTTP/1.1"
    server_version = "sample"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave in one write
    known: Mapping[str, Page]
    guarded: frozenset[str]

    def do_GET(self) -> None:
        """The page at the path, 304 where the client's copy is good, 404 for a path that is not there."""
        path = unquote(urlsplit(self.path).path).rstrip("/") or "/"
        answer = challenge_page(path) if path in self.guarded else self.known.get(path) or missing_page(path)
        unchanged = answer.status == 200 and self._has(answer)
        self.send_response(304 if unchanged else answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if not unchanged:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if not unchanged and self.command == "GET":
            self.wfile.write(answer.body)

    def do_HEAD(self) -> None:
        """As GET, without the body."""
        self.do_GET()

    def _has(self, answer: Page) -> bool:
        """Whether the client's validators fit; If-None-Match decides alone where it is sent (RFC 9110, 13.2.2)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            sent = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
            return answer.headers["ETag"] in sent or "*" in sent
        since = self.headers.get("If-Modified-Since")
        if since is None:
            return False
        try:
            return parsedate_to_datetime(answer.headers["Last-Modified"]) <= parsedate_to_datetime(since)
        except (ValueError, TypeError):  # a date that is none counts as not sent (RFC 9110, 13.1.3)
            return False

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the crawl keeps its own record."""
