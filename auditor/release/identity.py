"""A release's id: the same for the same content, on either engine and in whatever order it was stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from auditor.release.meaning import parts
from auditor.release.stage_content import method, newest_evidence, rows, use_utc

#: Raised by one when the same content would give another id.
_SCHEME = "3"
#: Hexadecimal digits shown: 48 bits, so that among a million releases two alike are unlikely.
_DIGITS = 12


def release_id(session: Session) -> str:
    """The content's id, `YYYYMMDD-HHHHHHHHHHHH`: the day (UTC) of the newest page it rests on, and a hash.

    The hash covers what the views say (`meaning.parts`) and the versions of the method; it does not change when
    nothing changed but the moment of computing, the database's own numbers or the place of the archive. Raises
    ContentError when nothing was read yet.
    """
    use_utc(session)
    newest = newest_evidence(session)
    digests = {
        f"{place} {part.view} {' '.join(part.columns)}": digest_of(rows(session, part))
        for place, part in enumerate(parts())
    }
    return f"{newest[:10].replace('-', '')}-{combined(digests, method(session))}"


def digest_of(found: Iterable[Sequence[object]]) -> str:
    """A hash over rows as a bag: their order does not count, their number does."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_number).encode
    blake = hashlib.blake2b
    # Sorted hashes of rows, not sorted rows: one row of a register takes a kilobyte, and engines sort texts otherwise.
    hashes = sorted(blake(encode(row).encode(), digest_size=16).digest() for row in found)
    return hashlib.sha256(b"".join(hashes)).hexdigest()


def combined(digests: Mapping[str, str], versions: Mapping[str, Sequence[str]]) -> str:
    """The id's hash part out of the hashes of the parts and the versions of the method."""
    told = json.dumps([_SCHEME, dict(digests), {name: list(found) for name, found in versions.items()}], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:_DIGITS]


def _number(value: object) -> object:
    """PostgreSQL's decimals as the numbers that SQLite gives. Raises TypeError for what a view cannot hold."""
    if isinstance(value, Decimal):
        return int(value) if value.as_tuple().exponent == 0 else float(value)
    raise TypeError(f"{type(value).__name__} in a view")
