"""Content encodings undone with care: a cut body is told from a whole one, and a small one cannot become huge."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

#: What the crawler says it accepts. No brotli, no zstd: what is kept as evidence should need the standard library only.
ACCEPTED = "gzip"
_GZIP_MAGIC = b"\x1f\x8b"
_STEP = 1 << 16


@dataclass(frozen=True, slots=True)
class Decoded:
    """`body` without encodings; where that could not be done, `body` is as received and `fault` says why.

    `cut`: ends too early or is broken; `too_large`: over the limit once decoded; `unknown`: an encoding not asked for.
    """

    body: bytes
    fault: str = ""


def decode_body(body: bytes, content_encoding: str, limit: int) -> Decoded:
    """Undo what a `Content-Encoding` header names, last first, never producing more than `limit` bytes."""
    result = body
    for name in reversed([part.strip().lower() for part in content_encoding.split(",") if part.strip()]):
        if name == "identity":
            continue
        if name not in ("gzip", "x-gzip", "deflate"):
            return Decoded(body, "unknown")
        if not result or (name != "deflate" and not result.startswith(_GZIP_MAGIC)):
            continue  # said to be compressed, but it is not: some servers do that with error pages
        try:
            result = _inflate(result, name == "deflate", limit)
        except zlib.error:
            return Decoded(body, "cut")
        if len(result) > limit:
            return Decoded(body, "too_large")
    return Decoded(result)


def _inflate(data: bytes, deflate: bool, limit: int) -> bytes:
    """The whole of every gzip member (or one deflate stream), or one step more than `limit`. Raises zlib.error."""
    wbits = 16 + zlib.MAX_WBITS
    if deflate:  # RFC 9110 means the zlib format; old Microsoft servers send it raw
        wbits = zlib.MAX_WBITS if data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0 else -zlib.MAX_WBITS
    out = bytearray()
    while data:
        engine = zlib.decompressobj(wbits)
        while not engine.eof:
            piece = engine.decompress(data, _STEP)
            out += piece
            data = engine.unconsumed_tail
            if len(out) > limit:
                return bytes(out)
            if not piece and not data and not engine.eof:
                raise zlib.error("the stream ends too early")
        data = engine.unused_data if engine.unused_data.startswith(_GZIP_MAGIC) else b""
    return bytes(out)
