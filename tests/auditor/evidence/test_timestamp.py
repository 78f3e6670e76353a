"""RFC 3161 time stamps: asked of a real authority on loopback, checked, kept, read again, proven, and refused."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.config import AuditConfig
from auditor.db.session import open_database
from auditor.evidence import stamping, timestamp
from auditor.evidence.stamping import Asked, check_stamps, stamp_root
from auditor.evidence.timestamp import StampError, read_answer, trusted
from auditor.ops.stage_backup import back_up
from auditor.ops.stage_restore import restore
from crawler.archive import seals
from crawler.archive.verify import inspect
from crawler.errors import SourceError, UsageError
from tests.auditor.cli.command import egov_audit
from tests.auditor.evidence.authority import Authority, authority, served
from tests.auditor.evidence.conftest import DEMO, StampedDemo, settings
from tests.crawler.archive.sample import page, sealed_run

AT = datetime(2026, 3, 9, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    sealed_run(tmp_path / "archive", page(1))
    return tmp_path / "archive"


def stamped(root: Path, tsa: Authority) -> seals.Seal:
    with served(tsa.answer) as (url, _):
        return stamp_root(root, Asked("--timestamp", url, tsa.root), lambda: AT)[0]


def test_the_root_is_stamped_kept_and_read_again(archive: Path, tsa: Authority) -> None:
    before = seals.head(archive)
    with served(tsa.answer) as (url, asked):
        made, remark = stamp_root(archive, Asked("--timestamp", f"{url}?key=s3cret", tsa.root), lambda: AT)
    assert (made.root, len(asked)) == (before, 1)
    assert made.facts["signer"] == "CN=signer?[31m of time", "a name out of a certificate colours no terminal"
    assert (made.facts["authority"], remark.startswith("this machine's clock")) == (url, True)
    assert b"s3cret" not in b"".join(path.read_bytes() for path in archive.rglob("*") if path.is_file())
    assert inspect(archive).problems == ()
    found = check_stamps(archive, seals.load_seals(archive), tsa.root)
    assert (found.problems, found.notes, found.held) == ([], [], 1)
    # A person without our program, with openssl and the authority's own certificate.
    (data,) = (path for path in archive.rglob("*.json") if hashlib.sha256(path.read_bytes()).hexdigest() == before)
    token = seals.beside(archive, made.sequence, seals.TOKEN)
    command = ["openssl", "ts", "-verify", "-data", str(data), "-in", str(token), "-CAfile", str(tsa.root)]
    assert "Verification: OK" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_first_stamp_over_the_newest_pages_or_what_came_after_them_covers_them(
    archive: Path, tsa: Authority
) -> None:
    assert seals.covering_stamp(archive) is None
    first = stamped(archive, tsa)
    assert seals.covering_stamp(archive) == first
    seals.add_seal(archive, seals.Draft("database", "ab" * 32, 1, {}), AT)
    assert stamped(archive, tsa).sequence == 3
    assert seals.covering_stamp(archive) == first, "the oldest says the most, and a report with it stays as it is"
    sealed_run(archive, page(2))
    assert seals.covering_stamp(archive) is None, "nobody stamped the new pages yet"
    seals.add_seal(archive, seals.Draft("database", "cd" * 32, 1, {}), AT)
    over_a_seal = stamped(archive, tsa)
    assert seals.covering_stamp(archive) == over_a_seal


def test_without_the_authoritys_certificate_the_archives_own_copy_is_named_as_such(
    archive: Path, tsa: Authority
) -> None:
    stamped(archive, tsa)
    found = check_stamps(archive, seals.load_seals(archive), None)
    assert (found.problems, found.held, len(found.notes)) == ([], 1, 1)
    assert "vouched for by the archive's own copy of its authorities alone" in found.notes[0]


def _swap(query: bytes, old: bytes, new: bytes) -> bytes:
    assert query.count(old) == 1
    return query.replace(old, new)


def _nonce(query: bytes) -> bytes:
    """The last bytes of it, before the wish for certificates, the query's end."""
    assert query.endswith(b"\x01\x01\xff")
    return query[-7:-3]


LIES: dict[str, tuple[Callable[[Authority, bytes, bytes], bytes], str]] = {
    "another number": (
        lambda tsa, query, _: tsa.answer(_swap(query, _nonce(query), b"\x01" * 4)),
        "does not repeat the number",
    ),
    "another root": (
        lambda tsa, query, digest: tsa.answer(_swap(query, digest, b"\x07" * 32)),
        f"the stamp is over {'07' * 32}, not over",
    ),
    "refused": (
        lambda tsa, query, _: tsa.answer(query, digests="sha512"),
        "the authority refused: status 2, Message digest algorithm is not supported",
    ),
    "a page": (lambda _tsa, _query, _: b"<html>Log in</html>", "the answer is no RFC 3161 time stamp"),
    "nothing": (lambda _tsa, _query, _: b"", "the answer is no RFC 3161 time stamp"),
    "half": (lambda tsa, query, _: tsa.answer(query)[:-100], "the answer is no RFC 3161 time stamp"),
    "another signature": (lambda tsa, query, _: tsa.answer(query)[:-3] + b"\x01\x02\x03", "signature does not hold"),
    "too long": (lambda _tsa, _query, _: b"x" * 1_000_001, "longer than 1,000,000 bytes"),
}


@pytest.mark.parametrize("kind", LIES)
def test_an_answer_that_does_not_hold_is_refused_and_nothing_kept(archive: Path, tsa: Authority, kind: str) -> None:
    lie, words = LIES[kind]
    before = sorted(path for path in archive.rglob("*"))
    digest = bytes.fromhex(seals.head(archive))
    with served(lambda query: lie(tsa, query, digest)) as (url, _), pytest.raises(SourceError) as told:
        stamp_root(archive, Asked("--timestamp", url, tsa.root), lambda: AT)
    assert words in str(told.value)
    assert sorted(path for path in archive.rglob("*")) == before


def test_a_signer_for_whom_nobody_vouches_is_refused(archive: Path, tsa: Authority, tmp_path: Path) -> None:
    """The token brings its own certificates along: they are believed only below one that the person trusts."""
    other = authority(tmp_path / "other")  # same names, other keys
    for ca_file, words in ((None, "nobody here vouches for CN=between"), (other.root, "signature does not hold")):
        with served(tsa.answer) as (url, _), pytest.raises(StampError, match=words):
            stamp_root(archive, Asked("--timestamp", url, ca_file), lambda: AT)
    assert seals.load_seals(archive) == ()


def test_where_an_authority_points_to_is_not_asked(archive: Path, tsa: Authority) -> None:
    with served(tsa.answer) as (elsewhere, asked):
        for status in (302, 307):
            with (
                served(lambda _: b"", status=status, Location=elsewhere) as (url, _),
                pytest.raises(SourceError) as told,
            ):
                stamp_root(archive, Asked("--timestamp", url, tsa.root), lambda: AT)
            assert str(told.value) == f"--timestamp: the server answers {status}"
    assert asked == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://h/x", "h/x", "http://", "http://me:s3cret@127.0.0.1/"])
def test_what_is_no_address_of_an_authority_is_a_matter_of_usage(archive: Path, tsa: Authority, url: str) -> None:
    with pytest.raises(UsageError) as told:
        stamp_root(archive, Asked("--timestamp", url, tsa.root), lambda: AT)
    assert "s3cret" not in str(told.value)


def test_a_token_of_another_root_is_named(archive: Path, tsa: Authority) -> None:
    """Put beside the seal with all sums made to fit: the owner can write any seal, but not the authority's answer."""
    first = stamped(archive, tsa)
    sealed_run(archive, page(2))
    seals.beside(archive, 1, seals.TOKEN).replace(archive / "old.tsr")
    second = stamped(archive, tsa)
    (archive / "old.tsr").replace(seals.beside(archive, 1, seals.TOKEN))
    token = seals.beside(archive, 1, seals.TOKEN).read_bytes()
    seals.beside(archive, 2, seals.TOKEN).write_bytes(token)
    facts = {**first.facts, "token_sha256": hashlib.sha256(token).hexdigest()}
    seals.seal_path(archive, 2).write_bytes(seals.encode(replace(second, facts=facts)))
    assert inspect(archive).problems == ()
    found = check_stamps(archive, seals.load_seals(archive), tsa.root)
    assert [(one.file, one.message) for one in found.problems] == [
        ("seals/000002.tsr", f"the stamp is over {first.root}, not over {second.root}")
    ]
    assert found.held == 1


def test_a_stamp_comes_along_with_a_backup(archive: Path, tsa: Authority, tmp_path: Path) -> None:
    stamped(archive, tsa)
    here = AuditConfig(archive=archive, state=tmp_path / "state", db_url=f"sqlite:///{tmp_path}/a.db")
    with open_database(here.db_url, create=True):
        back_up(here, tmp_path / "copy.tar.gz", AT)
    there = AuditConfig(archive=tmp_path / "b", state=tmp_path / "b-state", db_url=f"sqlite:///{tmp_path}/b.db")
    restore(there, tmp_path / "copy.tar.gz")
    assert inspect(there.archive).problems == ()
    assert check_stamps(there.archive, seals.load_seals(there.archive), tsa.root).held == 1


def test_a_stamp_dated_otherwise_by_the_seal_is_named(archive: Path, tsa: Authority) -> None:
    made = stamped(archive, tsa)
    facts = {**made.facts, "time": "2020-01-01T00:00:00Z"}
    seals.seal_path(archive, 1).write_bytes(seals.encode(replace(made, facts=facts)))
    (problem,) = check_stamps(archive, seals.load_seals(archive), tsa.root).problems
    assert (problem.file, problem.message.startswith("its time is 20")) == ("seals/000001.tsr", True)


def test_a_stamp_over_what_the_archive_never_had_is_named(archive: Path) -> None:
    seals.add_seal(archive, seals.Draft(seals.TIMESTAMP, "ab" * 32, 0, {}), AT)
    assert [problem.message for problem in inspect(archive).problems] == [
        f"stamps {'ab' * 32}, which no run and no seal before it has"
    ]


@pytest.mark.parametrize("kind", [seals.TOKEN, seals.AUTHORITIES])
def test_a_flipped_byte_or_a_missing_file_of_a_stamp_is_named(archive: Path, tsa: Authority, kind: str) -> None:
    stamped(archive, tsa)
    path = seals.beside(archive, 1, kind)
    content = bytearray(path.read_bytes())
    content[random.Random(kind).randrange(len(content))] ^= 1
    path.write_bytes(content)
    assert [(one.file, one.message[:10]) for one in inspect(archive).problems] == [
        (f"seals/000001.{kind}", "its sha256")
    ]
    path.unlink()
    assert [(one.file, one.message) for one in inspect(archive).problems] == [(f"seals/000001.{kind}", "is missing")]


@given(st.binary(max_size=200), st.integers(0, 2000), st.integers(0, 255))
@example(b"\x30\x80", 0, 0)
def test_no_bytes_of_an_authority_do_more_than_be_refused(given: bytes, position: int, value: int) -> None:
    for answer in (given, _one(position, value)):
        with pytest.raises(StampError):
            read_answer(answer, "00" * 32, 1, ())


_ANSWER: list[bytes] = []


def _one(position: int, value: int) -> bytes:
    whole = bytearray(_ANSWER[0])
    whole[position % len(whole)] = value
    return bytes(whole)


@pytest.fixture(scope="module", autouse=True)
def _sound(tsa: Authority) -> None:
    _ANSWER[:] = [tsa.answer(timestamp.query_for(b"x").content)]


def test_without_the_extra_it_is_said_how_to_get_it(
    archive: Path, tsa: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamped(archive, tsa)
    monkeypatch.setattr(timestamp, "installed", lambda: False)
    monkeypatch.setattr(stamping, "installed", lambda: False)
    with pytest.raises(UsageError, match=r"pip install 'egov-audit\[timestamp\]'"):
        stamp_root(archive, Asked("--timestamp", "http://127.0.0.1:9/"), lambda: AT)
    found = check_stamps(archive, seals.load_seals(archive), None)
    assert (found.problems, found.notes) == ([], ["1 time stamps are not read: pip install 'egov-audit[timestamp]'"])


def test_a_file_without_a_certificate_is_a_matter_of_usage(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    for name, words in (("ca.pem", "holds no certificate in PEM form"), ("none.pem", "cannot be read")):
        with pytest.raises(UsageError, match=f"EGOV_AUDIT_TIMESTAMP_CA_FILE: .*{words}"):
            trusted(tmp_path / name)


def test_as_a_person_types_it(stamped_demo: StampedDemo, demo: Path, tsa: Authority, tmp_path: Path) -> None:
    before = seals.head(settings(demo).archive)
    head, remark = stamped_demo.stamped.out.splitlines()
    assert (head.split()[0], stamped_demo.stamped.err) == (before, "")
    assert remark.startswith(f"# {before} stamped 20")
    assert (stamped_demo.again.code, stamped_demo.asked) == (0, 1)
    assert stamped_demo.again.err == "nothing was sealed since that authority stamped: not asked again\n"
    # Kept as the guide says: what the command printed, held against the archive.
    (tmp_path / "roots.txt").write_text(stamped_demo.stamped.out + stamped_demo.again.out)
    env = DEMO | {"EGOV_AUDIT_TIMESTAMP_CA_FILE": str(tsa.root)}
    verified = egov_audit(stamped_demo.folder, "verify", "--roots", str(tmp_path / "roots.txt"), **env)
    assert (verified.code, verified.err) == (0, "")
    assert {"time stamps that hold: 1", "all 2 roots kept elsewhere are in the chain"} <= {*verified.out.splitlines()}


def test_an_authority_that_fails_takes_nothing_of_the_root_away(archive: Path, tmp_path: Path) -> None:
    asked = ("root", "--timestamp", "http://127.0.0.1:9/tsr", "--archive", str(archive))
    failed = egov_audit(tmp_path, *asked)
    assert (failed.code, failed.out.split()[0]) == (3, seals.head(archive))
    assert failed.err == "egov-audit: --timestamp: not reached: Connection refused\n"
    told = egov_audit(tmp_path, *asked, "--json")
    assert (told.code, json.loads(told.out)["root"], told.err) == (3, seals.head(archive), failed.err)
