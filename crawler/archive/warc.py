"""WARC/1.1 records: an exchange as bytes, bytes as a capture and its payload. One gzip member a record.

Bodies are kept decoded, headers that spoke of an encoding are renamed `X-Archive-Orig-…`. The header
`Egov-Audit-Capture` (JSON) holds what a WARC has no field for, so that an index can be made again from the WARC alone.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from io import BytesIO
from typing import IO, Any
from urllib.parse import quote, urlsplit

from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParser, StatusAndHeadersParserException
from warcio.warcwriter import WARCWriter

from crawler.archive.lines import moment, stamp, target_json, target_of
from crawler.archive.records import Capture, Exchange, Headers, Provenance
from crawler.archive.redact import clean_headers, clean_text
from crawler.errors import UNREADABLE, IntegrityError
from crawler.pages.records import Verdict

CAPTURE_HEADER = "Egov-Audit-Capture"
_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
_ENCODED = frozenset({"content-encoding", "transfer-encoding"})
_BREAKS = re.compile(r"[\r\n\x00]+\s*")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_UNSAFE_IN_URL = re.compile(r"[\x00-\x20\x7f\"<>\\^`{|}\ud800-\udfff]")
_LEVEL = 4  # gzip: nine tenths of level 9's gain at a quarter of its time
_CHUNK = 1 << 18
#: Bytes of one record, unpacked, beyond which it is none of ours: twice the largest body that is kept.
MOST_UNPACKED = 64_000_000
_MOST_HEADERS = 200_000


@dataclass(frozen=True, slots=True)
class Made:
    """Records ready to be appended (`records` is their number), and the index line of the first."""

    content: bytes
    capture: Capture
    records: int


@dataclass(frozen=True, slots=True)
class Member:
    """One gzip member of a WARC file: where it lies (bytes as stored) and what it holds."""

    offset: int
    length: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Record:
    """One WARC record as read: its own headers (lower-case names), HTTP status line and payload, the whole block."""

    type: str
    headers: Mapping[str, str]
    status_line: str
    payload: bytes
    block: bytes


class TornError(Exception):
    """A WARC file cannot be read from `offset` on."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(reason)
        self.offset = offset


def sha256(content: bytes) -> str:
    """The SHA-256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def safe_url(url: str) -> str:
    """An address fit for a header and the index: no secrets, no white space or control characters."""
    return _UNSAFE_IN_URL.sub(lambda match: quote(match.group(), errors="surrogatepass"), clean_text(url.strip()))


def header(headers: Headers, name: str) -> str:
    """The first header of that name, "" if there is none."""
    return next((value for key, value in headers if key.lower() == name), "")


def make_info(run_id: str, at: datetime) -> bytes:
    """The `warcinfo` record that opens a file: software and run, no host and no user."""
    fields = {
        "software": f"egov-audit/{version('egov-audit')} warcio/{version('warcio')}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": run_id,
    }
    block = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()
    headers = {"WARC-Date": stamp(at), "WARC-Filename": f"{run_id}.warc.gz"}
    return _record("warcinfo", headers, None, block)


def make_capture(exchange: Exchange, run_id: str, offset: int, base: Capture | None) -> Made:
    """A response with its request; with `base` (a response already kept) a revisit that points to its body.

    An import has no request of ours, so none is made up. Raises ValueError for a time without a zone.
    """
    warc, url = f"{run_id}.warc.gz", safe_url(exchange.url)
    unchanged = exchange.status == 304 and base is not None
    payload = b"" if base is not None else exchange.body
    response = clean_headers(exchange.response_headers)
    capture = Capture(
        run_id=run_id,
        capture_id=str(uuid.uuid4()),
        record="revisit" if base else "response",
        warc=warc,
        offset=offset,
        length=0,
        url=url,
        at=exchange.at,
        status=exchange.status,
        content_type=_told(response, "content-type", base.content_type if base and unchanged else ""),
        sha256=base.sha256 if base else sha256(payload),
        size=base.size if base else len(payload),
        verdict=base.verdict if base and unchanged else exchange.verdict,
        provenance=exchange.provenance,
        target=exchange.target,
        etag=_told(response, "etag", base.etag if base and unchanged else ""),
        last_modified=_told(response, "last-modified", base.last_modified if base and unchanged else ""),
        refers_to=(base.warc, base.offset) if base else None,
    )
    headers = {
        "WARC-Record-ID": f"<urn:uuid:{capture.capture_id}>",
        "WARC-Target-URI": url,
        "WARC-Date": stamp(exchange.at),
        "WARC-Payload-Digest": f"sha256:{capture.sha256}",
        CAPTURE_HEADER: _capture_header(capture, exchange.note),
    }
    if exchange.ip:
        headers["WARC-IP-Address"] = exchange.ip
    if base:
        headers |= {
            "WARC-Profile": _PROFILE + ("server-not-modified" if unchanged else "identical-payload-digest"),
            "WARC-Refers-To": f"<urn:uuid:{base.capture_id}>",
            "WARC-Refers-To-Target-URI": base.url,
            "WARC-Refers-To-Date": stamp(base.at),
        }
    reason = _BREAKS.sub(" ", exchange.reason).encode("ascii", "backslashreplace").decode()
    status_line = f"{exchange.status} {reason}".strip()
    stored = response if base else _decoded(response, len(payload))
    content = _record(capture.record, headers, _http(status_line, "HTTP/1.1", stored), payload)
    capture = replace(capture, length=len(content))
    if exchange.provenance is Provenance.HARVESTED:
        return Made(content + _request(exchange, url, capture), capture, records=2)
    return Made(content, capture, records=1)


def members(file: IO[bytes]) -> Iterator[Member]:
    """Every record's bytes, in file order. Raises TornError at the first that is not whole or unpacks to too much."""
    offset, pending = file.tell(), b""
    while True:
        engine, parts, used, room = zlib.decompressobj(zlib.MAX_WBITS | 16), [], 0, MOST_UNPACKED + 1
        while not engine.eof:
            chunk = pending or file.read(_CHUNK)
            pending = b""
            if not chunk and not used:
                return
            if not chunk:
                raise TornError(offset, "the file ends within a record")
            used += len(chunk)
            try:
                parts.append(engine.decompress(chunk, room))
            except zlib.error as error:
                raise TornError(offset, f"not readable: {error}") from error
            room -= len(parts[-1])
            if room <= 0:
                raise TornError(offset, f"it unpacks to more than {MOST_UNPACKED:,} bytes")
        pending = engine.unused_data
        length = used - len(pending)
        yield Member(offset, length, b"".join(parts))
        offset += length


def parse(data: bytes) -> Record:
    """The one record that `data` holds. Raises IntegrityError that says what is wrong with it."""
    if b"\r\n\r\n" not in data[:_MOST_HEADERS]:  # lines that go on from line to line would take the square of it
        raise IntegrityError("no WARC/1.1 record: its headers have no end")
    stream = BytesIO(data)
    try:
        parsed = StatusAndHeadersParser(["WARC/1.1"]).parse(stream)
        length = int(parsed.get_header("Content-Length"))
    except (StatusAndHeadersParserException, ArchiveLoadFailed, EOFError, TypeError, ValueError) as error:
        raise IntegrityError(f"no WARC/1.1 record: {str(error)[:200]}") from error
    block, end = stream.read(length), stream.read()
    if len(block) != length or end != b"\r\n\r\n":
        raise IntegrityError("the record's length is not what its header says")
    headers = {name.lower(): value for name, value in parsed.headers}
    kind = headers.get("warc-type", "")
    head, payload = b"", block
    if kind in {"response", "revisit", "request"}:
        head, _, payload = block.partition(b"\r\n\r\n")
    status_line = head.partition(b"\r\n")[0].decode("ascii", "replace")
    return Record(kind, headers, status_line, payload, block)


def capture_from(record: Record, run_id: str, member: Member) -> Capture:
    """The index line of a response or revisit, from the record alone. Raises IntegrityError if that lacks one."""
    try:
        told = json.loads(record.headers[CAPTURE_HEADER.lower()])
        refers_to = told["refers_to"]
        return Capture(
            run_id=run_id,
            capture_id=record.headers["warc-record-id"].removeprefix("<urn:uuid:").removesuffix(">"),
            record=record.type,
            warc=f"{run_id}.warc.gz",
            offset=member.offset,
            length=member.length,
            url=record.headers["warc-target-uri"],
            at=moment(record.headers["warc-date"]),
            status=int(record.status_line.split(" ", 2)[1]),
            content_type=told["content_type"],
            sha256=record.headers["warc-payload-digest"].removeprefix("sha256:"),
            size=int(told["size"]),
            verdict=Verdict(told["verdict"]),
            provenance=Provenance(told["provenance"]),
            target=target_of(told["target"]),
            etag=told["etag"],
            last_modified=told["last_modified"],
            refers_to=(str(refers_to[0]), int(refers_to[1])) if refers_to else None,
        )
    except UNREADABLE as error:
        raise IntegrityError(f"the record cannot be read: {type(error).__name__} {error}") from error


def referred(record: Record, place: str) -> tuple[str, int]:
    """Where a revisit's body lies: WARC file and offset. Raises IntegrityError that names `place`."""
    try:
        name, offset = json.loads(record.headers[CAPTURE_HEADER.lower()])["refers_to"]
        return str(name), int(offset)
    except UNREADABLE as error:
        raise IntegrityError(f"{place}: the revisit does not say where its body lies") from error


def _record(kind: str, headers: Mapping[str, str], http: StatusAndHeaders | None, payload: bytes) -> bytes:
    """A record as one gzip member, with digests of payload and block."""
    block = hashlib.sha256(http.to_ascii_bytes() if http else b"")
    block.update(payload)
    out = BytesIO()
    writer = WARCWriter(out, gzip=False, warc_version="1.1")
    writer.write_record(
        writer.create_warc_record(
            headers.get("WARC-Target-URI", ""),
            kind,
            payload=BytesIO(payload),
            length=len(payload),
            warc_headers_dict={"WARC-Block-Digest": f"sha256:{block.hexdigest()}", **headers},
            http_headers=http,
        )
    )
    engine = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return engine.compress(out.getvalue()) + engine.flush()


def _request(exchange: Exchange, url: str, capture: Capture) -> bytes:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = clean_headers(exchange.request_headers)
    if not header(headers, "host"):
        headers = (("Host", parts.netloc), *headers)
    http = _http(f"{quote(path, safe='/%?=&+:;,@!$*()~-._#[]')} HTTP/1.1", exchange.method, headers)
    concurrent = {
        "WARC-Target-URI": url,
        "WARC-Date": stamp(exchange.at),
        "WARC-Concurrent-To": f"<urn:uuid:{capture.capture_id}>",
        "WARC-Payload-Digest": f"sha256:{sha256(b'')}",
    }
    return _record("request", concurrent, http, b"")


def _http(line: str, protocol: str, headers: Headers) -> StatusAndHeaders:
    clean = [
        (_BREAKS.sub(" ", name).encode("ascii", "backslashreplace").decode(), _ascii(_BREAKS.sub(" ", value)))
        for name, value in headers
    ]
    return StatusAndHeaders(line, clean, protocol=protocol)


def _ascii(value: str) -> str:
    """A header's value with each byte beyond ASCII percent-encoded: headers come as Latin-1, whatever was meant."""
    return _NOT_ASCII.sub(_percent, value)


def _percent(match: re.Match[str]) -> str:
    text = match.group()
    return quote(text.encode("latin-1") if max(text) <= "\xff" else text.encode("utf-8", "surrogatepass"))


def _decoded(headers: Headers, size: int) -> Headers:
    """Headers that fit a body without encodings: the originals stay readable under another name."""
    kept: list[tuple[str, str]] = []
    for name, value in headers:
        if name.lower() in _ENCODED:
            kept.append((f"X-Archive-Orig-{name}", value))
        elif name.lower() != "content-length":
            kept.append((name, value))
        elif value != str(size):
            kept.append((f"X-Archive-Orig-{name}", value))
    return (*kept, ("Content-Length", str(size)))


def _told(headers: Headers, name: str, otherwise: str) -> str:
    return _BREAKS.sub(" ", header(headers, name)) or otherwise


def _capture_header(capture: Capture, note: str) -> str:
    told: dict[str, Any] = {
        "target": target_json(capture.target),
        "verdict": capture.verdict.value,
        "provenance": capture.provenance.value,
        "content_type": capture.content_type,
        "etag": capture.etag,
        "last_modified": capture.last_modified,
        "size": capture.size,
        "refers_to": list(capture.refers_to) if capture.refers_to else None,
        "note": clean_text(note),
    }
    return json.dumps(told, separators=(",", ":"))
