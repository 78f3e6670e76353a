"""Pages out of a WARC file that another program wrote (WARC 0.17 to 1.1, gzip or plain)."""

from __future__ import annotations

import gzip
import math
import re
import zlib
from collections.abc import Iterator
from datetime import datetime
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataException, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from crawler.archive.saved import MAX_BODY, SavedPage, is_address, read_moment
from crawler.errors import ContentError

_GZIP = b"\x1f\x8b"
_CHUNK_LENGTH = re.compile(rb"[0-9A-Fa-f]+[ \t]*(;[^\r\n]*)?\r\n")
_NOT_A_PAGE = re.compile(r"(image|font|audio|video)/|text/css|(text|application)/(x-)?(java|ecma)script", re.IGNORECASE)
#: Bytes of headers that a record and a response may have. Lines that go on from line to line take the square of it.
_HEADERS_ROOM = 250_000
_HEADERS_END = re.compile(rb"\n\r?\n")
#: Bytes that a packed file may unpack to: so many, and so many for each of its own. Pages pack to a tenth.
_UNPACKED, _UNPACKED_EACH = 50_000_000, 100


def is_warc(path: Path) -> bool:
    """Whether a file begins as a WARC file does."""
    with path.open("rb") as file:
        start = file.read(5)
    return start == b"WARC/" or start.startswith(_GZIP)


def read_warc(path: Path, now: datetime) -> Iterator[SavedPage | str]:
    """Every response as a page, and a line for every revisit: its body is in no record of its own.

    Raises ContentError that names the record's number and what is wrong with it.
    """
    number = 0
    with path.open("rb") as raw:
        packed = raw.read(2) == _GZIP
        raw.seek(0)
        source = _Source(raw, path.name, path.stat().st_size if packed else None)
        try:
            # HTTP is read below: the iterator would take a record cut within its headers for the end of the file.
            records = ArchiveIterator(source, no_record_parse=True, check_digests=True)
            for number, record in enumerate(records, 1):
                source.headers_end()
                place = f"{path.name} record {number}"
                if not (record.rec_headers.get_header("Content-Length") or "").isdecimal():
                    raise ContentError(f"{place}: cut short in its headers")
                if record.rec_type == "response":
                    page = _page(record, place, path.name, now)
                    if page is not None:
                        yield page
                elif record.rec_type == "revisit":
                    yield f"{place}: a revisit of {record.rec_headers.get_header('WARC-Target-URI')} has no body here"
                records.read_to_end()
                if record.raw_stream.limit:
                    raise ContentError(f"{place}: cut short")
                if records.err_count:
                    raise ContentError(f"{place}: its length is not what its header says")
                source.headers_begin()
        except ArchiveLoadFailed as error:
            raise ContentError(f"{path.name} after record {number}: {' '.join(str(error).split())}") from error
        except (ValueError, TypeError) as error:  # warcio takes a digest, and what it says it is made by, as they come
            raise ContentError(f"{path.name} record {number}: a digest that is none: {error}") from error
    if number == 0:
        raise ContentError(f"{path.name}: no WARC record in it")


class _Source:
    """A WARC file, unpacked if it is gzip, read with care.

    It says when it is cut short: the iterator takes Python's own EOFError for a proper end. And it ends headers without
    an end, which the iterator would gather line by line, and a file that unpacks to far more than pages do.
    """

    def __init__(self, raw: BufferedReader, name: str, packed_size: int | None) -> None:
        """`packed_size` is the file's size if it is gzip."""
        self._file = raw if packed_size is None else gzip.GzipFile(fileobj=raw)
        self._name = name
        self._left = math.inf if packed_size is None else _UNPACKED + _UNPACKED_EACH * packed_size
        self._headers: float = _HEADERS_ROOM

    def headers_begin(self) -> None:
        """What is read from now on is a record's headers."""
        self._headers = _HEADERS_ROOM

    def headers_end(self) -> None:
        """What is read from now on is a record's content."""
        self._headers = math.inf

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises ContentError."""
        try:
            found = self._file.read(size)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ContentError(f"{self._name}: cut short or damaged: {error}") from error
        self._left -= len(found)
        self._headers -= len(found)
        if self._left < 0:
            raise ContentError(f"{self._name}: unpacks to more than {_UNPACKED_EACH} times its size; pages do not")
        if self._headers < 0:
            raise ContentError(f"{self._name}: a record of more than {_HEADERS_ROOM:,} bytes of headers")
        return found

    def tell(self) -> int:
        """Bytes read so far, unpacked."""
        return self._file.tell()


def _page(record: Any, place: str, name: str, now: datetime) -> SavedPage | None:  # noqa: ANN401 - warcio has no types
    told = record.rec_headers
    url = told.get_header("WARC-Target-URI") or ""
    if not is_address(url):
        return None  # dns:, whois: and the like
    if record.length > MAX_BODY + _HEADERS_ROOM:
        raise ContentError(f"{place}: larger than {MAX_BODY:,} bytes")
    content = record.raw_stream.read()
    if record.raw_stream.limit:
        raise ContentError(f"{place}: cut short")
    for problem in record.digest_checker.problems:
        if problem.startswith("block"):  # payload digests are counted with or without chunks: warcio issue 74
            raise ContentError(f"{place}: {problem}")
    if len(content) > _HEADERS_ROOM and not _HEADERS_END.search(content, 0, _HEADERS_ROOM):
        raise ContentError(f"{place}: more than {_HEADERS_ROOM:,} bytes of headers")
    block = BytesIO(content)
    try:
        at = read_moment(told.get_header("WARC-Date") or "", now)
        http = StatusAndHeadersParser(["HTTP/"]).parse(block)
        status = int(http.statusline.split()[1])
    except (ValueError, IndexError, EOFError, StatusAndHeadersParserException) as error:
        raise ContentError(f"{place}: {str(error).strip() or 'no HTTP answer in it'}") from error
    body = _decoded(block.read(), http, place)
    if len(body) > MAX_BODY:
        raise ContentError(f"{place}: larger than {MAX_BODY:,} bytes")
    return SavedPage(
        place=place,
        url=url,
        at=at,
        status=status,
        headers=tuple((key, value) for key, value in http.headers),
        note=f"a WARC file: {name} record {told.get_header('WARC-Record-ID') or ''}",
        body=lambda: body,
        reason=http.statusline.partition(" ")[2].partition(" ")[2],
        cut=told.get_header("WARC-Truncated") is not None,
        asset=_NOT_A_PAGE.match(http.get_header("Content-Type") or "") is not None,
    )


def _decoded(stored: bytes, headers: Any, place: str) -> bytes:  # noqa: ANN401 - warcio has no types
    """The body without its encodings. Some programs leave the headers on a body that is decoded already."""
    chunked = "chunked" in (headers.get_header("Transfer-Encoding") or "").lower()
    if chunked and _CHUNK_LENGTH.match(stored):
        try:
            stored = ChunkedDataReader(BytesIO(stored), raise_exceptions=True).read()
        except ChunkedDataException as error:
            raise ContentError(f"{place}: the chunks of its body do not fit together") from error
    encoding = (headers.get_header("Content-Encoding") or "identity").strip().lower()
    if encoding in {"gzip", "x-gzip"} and stored.startswith(_GZIP):
        try:
            return _inflated(stored, zlib.MAX_WBITS | 16, place)
        except zlib.error as error:
            raise ContentError(f"{place}: its gzip body is damaged: {error}") from error
    if encoding == "deflate":
        for bits in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
            try:
                return _inflated(stored, bits, place)
            except zlib.error:
                continue  # the two readings of the standard; a body decoded already is neither
    if encoding not in {"identity", "gzip", "x-gzip", "deflate", ""}:
        raise ContentError(f"{place}: content encoding {encoding} cannot be undone")
    return stored


def _inflated(stored: bytes, bits: int, place: str) -> bytes:
    engine = zlib.decompressobj(bits)
    body = engine.decompress(stored, MAX_BODY + 1)
    if len(body) > MAX_BODY:
        raise ContentError(f"{place}: larger than {MAX_BODY:,} bytes once unpacked")
    if not engine.eof:
        raise ContentError(f"{place}: the compressed body is cut short")
    return body
