"""Has the archive's root stamped by an authority, keeps its answer beside a seal, and holds it against that seal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from auditor.evidence.timestamp import (
    MOST,
    SETTING,
    UNSOUND,
    StampError,
    installed,
    need_extra,
    query_for,
    read_answer,
    trusted,
)
from auditor.ops.reach import address, ask
from crawler.archive import seals
from crawler.archive.lines import stamp
from crawler.archive.seals import AUTHORITIES, TIMESTAMP, TOKEN, Draft, Seal
from crawler.archive.verify import Problem
from crawler.archive.warc import sha256
from crawler.errors import ContentError, UsageError

_APART = timedelta(minutes=10)


def without_secrets(url: str) -> str:
    """An authority's address as it is kept and shown: without what may hold a password or a key."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom to ask for a stamp: the authority's address, what a person named it by, and the file of authorities."""

    name: str
    url: str
    ca_file: Path | None = None


def check_asked(asked: Asked) -> tuple[x509.Certificate, ...]:
    """Who is trusted to vouch for a stamp. Raises UsageError without the extra or for a bad address or CA file."""
    need_extra()
    if address(asked.name, asked.url, ("http", "https")).username:
        raise UsageError(f"{asked.name}: an address with a user's name in it is not asked")
    return trusted(asked.ca_file)


def stamp_root(root: Path, asked: Asked, now: Callable[[], datetime]) -> tuple[Seal, str]:
    """Ask an authority for a stamp over the archive's root; give the seal that keeps it, and a remark or "".

    Nobody is asked where nothing was sealed since that authority's last stamp. Raises SourceError where the authority
    gave no stamp that holds (nothing is kept then), ContentError for an archive without a root, UsageError as
    `check_asked` does, IntegrityError, OSError.
    """
    vouching = check_asked(asked)
    newest = seals.newest(seals.load_seals(root), TIMESTAMP)
    stamped = seals.head(root)
    if not stamped:
        raise ContentError("nothing is sealed yet, so there is no root")
    if newest and newest.digest == stamped and newest.facts.get("authority") == without_secrets(asked.url):
        return newest, "nothing was sealed since that authority stamped: not asked again"
    query = query_for(seals.files_by_digest(root)[stamped].read_bytes())
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    answer = ask(asked.name, asked.url, query.content, headers, MOST)
    try:
        found = read_answer(answer, stamped, query.nonce, vouching)
    except StampError as error:
        raise StampError(f"{asked.name}: {error}") from error
    facts = {
        "authority": without_secrets(asked.url),
        "time": stamp(found.at),
        "signer": found.signer,
        "serial": found.serial,
        "nonce": f"{query.nonce:x}",
        "token_sha256": sha256(answer),
        "authorities_sha256": sha256(found.authorities),
    }
    files = {TOKEN: answer, AUTHORITIES: found.authorities}
    sealed = seals.add_seal(root, Draft(TIMESTAMP, stamped, 0, facts, files), now())
    apart = abs(sealed.sealed_at - found.at)
    remark = f"this machine's clock and the authority's are {apart} apart" if apart > _APART else ""
    return sealed, remark


@dataclass(slots=True)
class Stamps:
    """What holding the time stamps against their seals gave: problems, remarks, how many hold."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    held: int = 0


def check_stamps(root: Path, made: Sequence[Seal], ca_file: Path | None) -> Stamps:
    """Read every time stamp again, without a network: over its root, with its number, signed by whom it says.

    Whether the files beside a seal are the sealed ones is not asked here: `check_seals` does. Raises UsageError for a
    CA file that cannot be used.
    """
    found = Stamps()
    own = [seal for seal in made if seal.kind == TIMESTAMP]
    if own and not installed():
        found.notes.append(f"{len(own)} time stamps are not read: pip install 'egov-audit[timestamp]'")
        return found
    vouching = trusted(ca_file) if own else ()
    for seal in own:
        token = seals.beside(root, seal.sequence, TOKEN)
        if token.exists():
            with token.open("rb") as file:
                _hold(root, seal, file.read(MOST + 1), vouching, found)
    return found


def _hold(root: Path, seal: Seal, token: bytes, vouching: Sequence[x509.Certificate], found: Stamps) -> None:
    name = f"{seals.FOLDER}/{seal.sequence:06}.{TOKEN}"
    try:
        nonce = int(seal.facts.get("nonce", ""), 16)
        try:
            read = read_answer(token, seal.root, nonce, vouching)
        except StampError:
            # The list of authorities changes with the years; the archive's own copy still tells whether all fits.
            read = read_answer(token, seal.root, nonce, _kept(root, seal))
            found.notes.append(
                f"{name}: signed by {read.signer}, vouched for by the archive's own copy of its authorities alone: "
                f"name theirs in {SETTING}"
            )
    except (StampError, ValueError) as error:
        found.problems.append(Problem(name, "", str(error)))
        return
    told = {"time": stamp(read.at), "signer": read.signer, "serial": read.serial}
    wrong = [fact for fact, value in told.items() if seal.facts.get(fact) != value]
    if wrong:
        found.problems.append(Problem(name, "", f"its {wrong[0]} is {told[wrong[0]]}, not as the seal says"))
    else:
        found.held += 1


def _kept(root: Path, seal: Seal) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(seals.beside(root, seal.sequence, AUTHORITIES).read_bytes()))
    except (OSError, *UNSOUND):
        return ()
