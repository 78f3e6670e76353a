"""The sample's sites in trouble: three requests in ten fail, in every way that a real server has been seen to fail.

What has no way here: a name that does not resolve and a certificate that is not accepted. Both end as a dropped
connection does, before any answer; the crawl's own tests have them.
"""

from __future__ import annotations

import gzip
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler

#: A way to fail: it is given the request's handler and the good body, and answers for it or cuts the connection.
Way = Callable[[BaseHTTPRequestHandler, bytes], None]


class Trouble:
    """Decides which request fails and how, by a seed. `met` counts the ways taken.

    `rare` are ways met so many times at most. A challenge ends a crawl, as it should: one, in the first run.
    """

    def __init__(self, seed: int, share: float = 0.3, rare: Mapping[str, int] | None = None) -> None:
        self._seed, self._share = seed, share
        self._lock = threading.Lock()
        self._times: Counter[str] = Counter()
        self._rare = {"challenge": 1, **(rare or {})}
        self.met: Counter[str] = Counter()
        self.asked = 0

    def takes(self, handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        """Whether it answered in the site's place."""
        with self._lock:
            self.asked += 1
            self._times[handler.path] += 1
            # By address and time of asking, so that the order in which two crawls ask plays no part.
            draw = random.Random(f"{self._seed} {handler.path} {self._times[handler.path]}")
            if draw.random() >= self._share:
                return False
            name = draw.choice(sorted(WAYS))
            if self.met[name] == self._rare.get(name) or (name, handler.path) == ("challenge", "/robots.txt"):
                name = "error 500"
            self.met[name] += 1
        WAYS[name](handler, body)
        return True


def _send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    if "Content_Length" not in headers:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _dropped(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    handler.close_connection = True


def _busy(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    _send(handler, 429, b"slow down", Retry_After="0")


def _unavailable(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    _send(handler, 503, b"back soon", Retry_After="0")


def _broken(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    _send(handler, 500, b"<html><body>error</body></html>", Content_Type="text/html")


def _cut_gzip(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    packed = gzip.compress(body)[:-20]
    _send(handler, 200, packed, Content_Type="text/html; charset=utf-8", Content_Encoding="gzip")


def _cut(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    length = str(len(body) + 100)
    _send(handler, 200, body, Content_Type="text/html; charset=utf-8", Content_Length=length)
    handler.close_connection = True


def _empty(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    _send(handler, 200, b"", Content_Type="text/html; charset=utf-8")


def _maintenance(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    page = "<html><head><title>Технические работы</title></head><body><h1>Ведутся технические работы</h1></body></html>"
    _send(handler, 200, page.encode(), Content_Type="text/html; charset=utf-8")


def _elsewhere(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    _send(handler, 302, b"", Location="https://example.org/login")


def _forbidden(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    _send(handler, 403, b"<html><body>forbidden</body></html>", Content_Type="text/html")


def _missing(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    _send(handler, 404, b"<html><body>not found</body></html>", Content_Type="text/html")


def _slow(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """Half of the page, and then nothing until whoever asked has given up."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html; charset=utf-8")
    handler.send_header("Content-Length", str(len(body) + 1))
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    handler.connection.recv(1)
    handler.close_connection = True


def _garbage(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    noise = random.Random(len(body)).randbytes(3000)
    _send(handler, 200, noise, Content_Type="text/html; charset=utf-8")


def _login(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    form = "<form><input name=u><input type=password name=p></form>"
    page = f"<html><head><title>Вход</title></head><body>{form}</body></html>"
    _send(handler, 200, page.encode(), Content_Type="text/html; charset=utf-8")


def _charset(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """The page itself under a charset that it is not in."""
    _send(handler, 200 if body else 500, body, Content_Type="text/html; charset=koi8-r")


def _hollow(handler: BaseHTTPRequestHandler, body: bytes) -> None:
    """The site's layout around nothing: no table, no list, no block of a service."""
    empty = _CONTENT.sub(b"", body)
    if empty == body:
        _broken(handler, body)
    else:
        _send(handler, 200, empty, Content_Type="text/html; charset=utf-8")


def _challenge(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    page = b"<html><head><title>x</title></head><body><div class='g-recaptcha'></div></body></html>"
    _send(handler, 200, page, Content_Type="text/html; charset=utf-8")


def _pdf(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    _send(handler, 200, b"%PDF-1.4 no page", Content_Type="application/pdf")


_CONTENT = re.compile(rb"<table.*</table>|<li>.*</li>|<p>.*</p>", re.DOTALL)

WAYS: dict[str, Way] = {
    "connection dropped": _dropped,
    "error 429": _busy,
    "error 503": _unavailable,
    "error 500": _broken,
    "gzip cut": _cut_gzip,
    "body cut": _cut,
    "empty page": _empty,
    "maintenance page": _maintenance,
    "redirect to another host": _elsewhere,
    "challenge": _challenge,
    "another kind of document": _pdf,
    "error 403": _forbidden,
    "error 404": _missing,
    "slow answer": _slow,
    "garbage": _garbage,
    "login page": _login,
    "wrong charset": _charset,
    "hollow page": _hollow,
}
