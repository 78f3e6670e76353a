"""Asking an address that the operator named: certificates verified, and errors that repeat no word of the address."""

from __future__ import annotations

import os
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException, HTTPMessage, HTTPResponse
from typing import IO
from urllib.parse import SplitResult, urlsplit

import certifi

from crawler.errors import SourceError, UsageError

TIMEOUT = 20.0


def address(setting: str, url: str, schemes: tuple[str, ...]) -> SplitResult:
    """The parts of an address, checked. Raises UsageError that does not repeat it."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        known = False
    if not known:
        raise UsageError(f"{setting} is no address of the kind {'://… or '.join(schemes)}://…")
    return parts


def tls() -> ssl.SSLContext:
    """Certificates are verified, by the system's list and Mozilla's."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def kind(error: BaseException) -> str:
    """An error without its text, which may repeat an address: its kind, and the system's words for its number."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "the server's certificate is not accepted"
    if isinstance(error, socket.gaierror):
        return "the host's name cannot be resolved"
    if isinstance(error, TimeoutError):
        return f"no answer within {TIMEOUT:g} s"
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number) if number else type(error).__name__


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The operator named one address; where its server points to is not asked."""

    def redirect_request(
        self, _request: urllib.request.Request, _file: IO[bytes], _code: int, _told: str, _head: HTTPMessage, _to: str
    ) -> None:
        return None


def ask(setting: str, url: str, body: bytes, headers: dict[str, str], limit: int) -> bytes:
    """Post `body` and give the answer. Raises SourceError (also for more than `limit` bytes), UsageError."""
    until = time.monotonic() + TIMEOUT
    found = bytearray()
    with opened(setting, url, body, headers, _NoRedirect()) as answer:
        while part := answer.read1(65536):
            found += part
            if len(found) > limit:
                raise SourceError(f"{setting}: the answer is longer than {limit:,} bytes")
            if time.monotonic() > until:
                raise TimeoutError
    return bytes(found)


@contextmanager
def opened(
    setting: str, url: str, body: bytes | None, headers: dict[str, str], *handlers: urllib.request.BaseHandler
) -> Iterator[HTTPResponse]:
    """The answer of an address, to be read inside. Raises SourceError where it was not given, UsageError."""
    address(setting, url, ("http", "https"))
    opener = urllib.request.build_opener(*handlers, urllib.request.HTTPSHandler(context=tls()))
    try:
        request = urllib.request.Request(url, data=body, headers={"User-Agent": "egov-audit", **headers})  # noqa: S310
        with opener.open(request, timeout=TIMEOUT) as answer:
            yield answer
    except urllib.error.HTTPError as error:
        error.close()
        raise SourceError(f"{setting}: the server answers {error.code}") from None
    except urllib.error.URLError as error:
        reason = error.reason if isinstance(error.reason, Exception) else error
        raise SourceError(f"{setting}: not reached: {kind(reason)}") from None
    except (HTTPException, OSError, ValueError) as error:
        raise SourceError(f"{setting}: not reached: {kind(error)}") from None
