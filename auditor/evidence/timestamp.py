"""RFC 3161 time stamps (extra `timestamp`): the question to an authority, and its answer held against it.

What is stamped is the file whose SHA-256 is the archive's root, so that `openssl ts -verify -data FILE` checks it too.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from crawler.errors import UNREADABLE, SourceError, UsageError

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

SETTING = "EGOV_AUDIT_TIMESTAMP_CA_FILE"
_GRANTED = 0
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_CERTIFICATES = 0xA0  # SignedData's field of certificates: [0] IMPLICIT
#: Bytes of an answer that are read; one with a long chain of certificates is some 10 kB.
MOST = 1_000_000
#: … and elements of its list of certificates: reading each is slow.
_MOST_CERTIFICATES = 100
#: What the parser and the look at its records raise for bytes that are no sound answer, and for no sound certificate.
UNSOUND = (*UNREADABLE, x509.InvalidVersion, UnsupportedAlgorithm)


class StampError(SourceError):
    """An authority's answer is no time stamp, or not one of what was asked: its words say which."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is sent: the request's bytes, the SHA-256 that is to be stamped, the number the answer must repeat."""

    content: bytes
    digest: str
    nonce: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """A checked answer: when, by whom, its number, and the authorities (PEM) that vouch for who signed it."""

    at: datetime
    signer: str
    serial: str
    authorities: bytes


def installed() -> bool:
    """Whether the extra is there."""
    return find_spec("rfc3161_client") is not None


def need_extra() -> None:
    """Raises UsageError that says how to install what is missing."""
    if not installed():
        raise UsageError("a time stamp needs the extra timestamp: pip install 'egov-audit[timestamp]'")


def query_for(content: bytes) -> Query:
    """Ask for a stamp over the SHA-256 of these bytes, with a number that no earlier answer can repeat."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    made = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256).build()
    return Query(made.as_bytes(), hashlib.sha256(content).hexdigest(), made.nonce or 0)


def trusted(ca_file: Path | None) -> tuple[x509.Certificate, ...]:
    """Those of the file a person named, then Mozilla's list. Raises UsageError for a file that holds none."""
    own: list[x509.Certificate] = []
    if ca_file is not None:
        try:
            own = x509.load_pem_x509_certificates(ca_file.read_bytes())
        except (OSError, *UNSOUND):
            what = "holds no certificate in PEM form" if ca_file.is_file() else "cannot be read"
            raise UsageError(f"{SETTING}: {ca_file} {what}") from None
    return (*own, *_mozillas())


def _mozillas() -> Iterator[x509.Certificate]:
    """One by one: a root older than today's rules, which cannot be read or is warned of, takes none of the others."""
    for block in _PEM.findall(Path(certifi.where()).read_bytes()):
        with warnings.catch_warnings(), suppress(*UNSOUND):
            warnings.simplefilter("ignore")
            yield x509.load_pem_x509_certificate(block)


def read_answer(answer: bytes, digest: str, nonce: int, vouching: Sequence[x509.Certificate]) -> Stamp:
    """Check an answer: granted, over that SHA-256, with that number, signed by one for whom `vouching` stands.

    Raises StampError.
    """
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    if len(answer) > MOST:
        raise StampError(f"the answer is longer than {MOST:,} bytes")
    try:
        found = decode_timestamp_response(_in_order(answer))
        if found.status != _GRANTED:
            told = _plain("; ".join(found.status_string))[:200]
            raise StampError(f"the authority refused: status {found.status}{f', {told}' if told else ''}")
        info = found.tst_info
        if info.message_imprint.message.hex() != digest:
            raise StampError(f"the stamp is over {info.message_imprint.message.hex()}, not over {digest}")
        if info.nonce != nonce:
            raise StampError("the stamp does not repeat the number that was sent: it may be an old one")
        held = [x509.load_der_x509_certificate(one) for one in found.signed_data.certificates]
        signer = _signer(found, held)
        chain = list(_vouching(signer, held, vouching))
        if not chain:
            issuer = _plain(signer.issuer.rfc4514_string())
            raise StampError(
                f"nobody here vouches for {issuer}, who vouches for the signer: put its certificate into {SETTING}"
            )
        # The token's own certificates are a way to a trusted one, never trusted themselves.
        VerifierBuilder(roots=chain, nonce=nonce).build().verify(found, bytes.fromhex(digest))
        pem = b"".join(one.public_bytes(Encoding.PEM) for one in chain)
        return Stamp(
            info.gen_time.astimezone(UTC), _plain(signer.subject.rfc4514_string()), f"{info.serial_number:x}", pem
        )
    except VerificationError as error:
        raise StampError(f"the stamp's signature does not hold: {_in_short(error)}") from error
    except UNSOUND as error:
        raise StampError("the answer is no RFC 3161 time stamp") from error


def _in_short(error: Exception) -> str:
    text = str(error)
    for mark in ('data: "', 'reason: "'):  # OpenSSL's own words stand deep in the library's
        if mark in text:
            return text.split(mark, 1)[1].split('"', 1)[0]
    return text[:200]


def _plain(text: str) -> str:
    """A name out of a certificate for a terminal and a text file: no escapes, no lines of its own."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _signer(found: TimeStampResponse, held: Sequence[x509.Certificate]) -> x509.Certificate:
    named = {(one.issuer, one.serial_number) for one in found.signed_data.signer_infos}
    own = [one for one in held if (one.issuer, one.serial_number) in named]
    if len(named) != 1 or len(own) != 1:
        raise StampError("the stamp does not hold the one certificate of who signed it")
    return own[0]


def _vouching(
    signer: x509.Certificate, held: Sequence[x509.Certificate], vouching: Sequence[x509.Certificate]
) -> Iterator[x509.Certificate]:
    """The trusted certificates on the way up from the signer, by their names; whether they fit is checked later."""
    one, seen = signer, set[bytes]()
    by_name = {each.subject.public_bytes(): each for each in (*held, *reversed(vouching))}  # the person's own win
    known = set(vouching)
    while True:
        if one in known:
            yield one
        name = one.issuer.public_bytes()
        if name in seen or name not in by_name or one.issuer == one.subject:
            return
        seen.add(name)
        one = by_name[name]


def _in_order(answer: bytes) -> bytes:
    """The answer with its certificates in the order of DER; OpenSSL's authorities send them as their settings do.

    Only the copy that is read is put in order; what is kept is what was sent. Raises IndexError, ValueError.
    """
    parts = _children(answer, *_inside(answer, 0))
    if len(parts) < 2:
        return answer  # a refusal has no token
    content = _children(answer, *parts[1][1:])[1]
    signed = _children(answer, *content[1:])[0]
    for begin, inner, end in _children(answer, *signed[1:]):
        if answer[begin] == _CERTIFICATES:
            certificates = _children(answer, inner, end)
            if len(certificates) > _MOST_CERTIFICATES:
                raise ValueError("more certificates than any chain has")
            sorted_ones = sorted(answer[at:until] for at, _, until in certificates)
            return answer[:inner] + b"".join(sorted_ones) + answer[end:]
    return answer


def _inside(data: bytes, at: int) -> tuple[int, int]:
    """Where the content of the DER element at `at` begins and ends."""
    length, begin = data[at + 1], at + 2
    if length >= 0x80:
        size = length & 0x7F
        if not 0 < size <= 4:
            raise ValueError("a length that DER does not have")
        length, begin = int.from_bytes(data[begin : begin + size], "big"), begin + size
    if begin + length > len(data):
        raise ValueError("an element longer than the answer")
    return begin, begin + length


def _children(data: bytes, begin: int, end: int) -> list[tuple[int, int, int]]:
    found = []
    while begin < end:
        inner, until = _inside(data, begin)
        found.append((begin, inner, until))
        begin = until
    return found
