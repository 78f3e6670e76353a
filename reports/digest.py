"""A digest of frozen records: the same for equal records, whatever the order of sets and the process."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from functools import cache


def digest_of(value: object) -> bytes:
    """sha256 over a record with everything in it. Raises TypeError for what is no record, text, number or date."""
    digest = hashlib.sha256()
    buffer: list[bytes] = []
    size = 0
    for piece in _pieces(value, {}):
        buffer.append(piece)
        size += len(piece)
        if size > 1 << 16:
            digest.update(b"".join(buffer))
            buffer.clear()
            size = 0
    digest.update(b"".join(buffer))
    return digest.digest()


def _pieces(value: object, known: dict[int, bytes]) -> Iterator[bytes]:
    if isinstance(value, str):
        yield b"s" + value.encode("utf-8", "surrogatepass") + b"\0"
    elif value is None or isinstance(value, bool | int | float | date | Enum):
        yield repr(value).encode() + b"\0"
    elif isinstance(value, tuple | list):
        yield b"("
        for one in value:
            yield from _pieces(one, known)
        yield b")"
    elif isinstance(value, Mapping):
        yield b"{"
        for key, one in value.items():
            yield from _pieces(key, known)
            yield from _pieces(one, known)
        yield b"}"
    elif isinstance(value, frozenset | set):
        yield b"<" + b"".join(sorted(b"".join(_pieces(one, known)) for one in value)) + b">"
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        # Rows stand in many places of a report: each is taken once, then by its digest.
        if id(value) not in known:
            own = hashlib.sha256(type(value).__name__.encode())
            for name in _names(type(value)):
                for piece in _pieces(getattr(value, name), known):
                    own.update(piece)
            known[id(value)] = own.digest()
        yield known[id(value)]
    else:
        raise TypeError(f"{type(value).__name__} is no part of a record")


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))
