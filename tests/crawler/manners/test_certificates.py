"""Certificates: verified always; an extra authority can be added, nothing can be switched off."""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path

import pytest
import trustme
import yaml

from auditor.ops.health import certificate_checks
from crawler.archive.lines import run_of
from crawler.sources.load import FOLDER
from tests.crawler.faults import FaultServer, free_port, good
from tests.crawler.manners.logs import Logs, read_logs
from tests.crawler.manners.probe import Crawl, crawl

PAGE = "/rus/docs/V2000019982"
UNKNOWN = "certificate not accepted: its chain leads to no known authority (EGOV_AUDIT_CA_FILE can name one more)"


@pytest.fixture(scope="module")
def root() -> trustme.CA:
    """A root that no system knows."""
    return trustme.CA()


def serve(tmp_path: Path, chain: list[trustme.Blob], key: trustme.Blob) -> ssl.SSLContext:
    """A server's TLS settings that send exactly these certificates."""
    file = tmp_path / "server.pem"
    file.write_bytes(key.bytes() + b"".join(part.bytes() for part in chain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def ask(tmp_path: Path, context: ssl.SSLContext, ca: list[trustme.Blob] | None = None) -> tuple[Crawl, str, int]:
    """A crawl of one page: what came of it, the page's address, and how many requests the server read."""
    env = {}
    if ca is not None:
        (tmp_path / "ca.pem").write_bytes(b"".join(part.bytes() for part in ca))
        env["EGOV_AUDIT_CA_FILE"] = str(tmp_path / "ca.pem")
    with FaultServer({PAGE: good()}, context) as server:
        done = crawl([server.url + PAGE], tmp_path / "archive", env)
        return done, server.url + PAGE, len(server.asked)


def assert_refused(tmp_path: Path, done: Crawl, url: str, read: int, reason: str) -> None:
    """Not one request got through, and the line says what is wrong with the certificate."""
    assert (done.got, read) == ({}, 0)
    robots = url.removesuffix(PAGE) + "/robots.txt"
    logs = read_logs(tmp_path / "archive")
    assert (logs.fetch(robots)["detail"], logs.codes(robots)) == (reason, ["certificate"])
    assert logs.run["result"] == "failed"
    assert "retry/count" not in done.stats
    assert len(done.lines) == 2
    assert reason in done.lines[0]


def test_a_self_signed_certificate_is_refused(tmp_path: Path, root: trustme.CA) -> None:
    leaf = root.issue_cert("localhost")
    done, url, read = ask(tmp_path, serve(tmp_path, leaf.cert_chain_pems, leaf.private_key_pem))
    assert_refused(tmp_path, done, url, read, UNKNOWN)


@pytest.mark.parametrize("named", ["intermediate", "root and intermediate"])
def test_a_leaf_alone_is_refused_until_its_authority_is_named(tmp_path: Path, root: trustme.CA, named: str) -> None:
    intermediate = root.create_child_ca()
    leaf = intermediate.issue_cert("localhost")
    context = serve(tmp_path, leaf.cert_chain_pems[:1], leaf.private_key_pem)
    done, url, read = ask(tmp_path, context)
    assert_refused(tmp_path, done, url, read, UNKNOWN)
    authorities = [intermediate.cert_pem] + ([root.cert_pem] if "root" in named else [])
    done, url, read = ask(tmp_path, context, authorities)
    assert done.got[url]["verdict"] == "ok"
    assert read == 2


def test_an_authority_that_is_named_does_not_vouch_for_another_name(tmp_path: Path, root: trustme.CA) -> None:
    leaf = root.issue_cert("adilet.zan.kz")
    context = serve(tmp_path, leaf.cert_chain_pems, leaf.private_key_pem)
    done, url, read = ask(tmp_path, context, [root.cert_pem])
    assert_refused(tmp_path, done, url, read, "certificate not accepted: it is made out to another name")


def test_another_authority_does_not_help(tmp_path: Path, root: trustme.CA) -> None:
    leaf = root.issue_cert("localhost")
    context = serve(tmp_path, leaf.cert_chain_pems, leaf.private_key_pem)
    done, url, read = ask(tmp_path, context, [trustme.CA().cert_pem])
    assert_refused(tmp_path, done, url, read, UNKNOWN)


def digest_of(leaf: trustme.LeafCert) -> str:
    """The SHA-256 of a server's own certificate, as a browser shows it."""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode())).hexdigest()


def visit(tmp_path: Path, ca: Path, leaf: trustme.LeafCert, port: int, **pins: str) -> tuple[Crawl, Logs]:
    """A crawl of one page at a host of one name, whatever port it has, with the pins given."""
    folder = tmp_path / "sources"
    folder.mkdir(exist_ok=True)
    file = yaml.safe_load((FOLDER / "adilet.yml").read_text(encoding="utf-8")) | {"certificates": pins}
    (folder / "adilet.yml").write_text(yaml.safe_dump(file | {"hosts": ["adilet.zan.kz", *pins]}), encoding="utf-8")
    with FaultServer({PAGE: good()}, serve(tmp_path, leaf.cert_chain_pems[:1], leaf.private_key_pem), port) as server:
        env = {"EGOV_AUDIT_CA_FILE": str(ca), "EGOV_AUDIT_SOURCES": str(folder)}
        done = crawl([server.url + PAGE], tmp_path / "archive", env)
    assert list(done.got) == [server.url + PAGE]
    return done, read_logs(tmp_path / "archive")


def test_a_changed_certificate_is_a_finding_and_the_harvest_goes_on(tmp_path: Path, root: trustme.CA) -> None:
    """Incomplete chain, met by a file of authorities: both are in the record, and so is the certificate's sum."""
    between = root.create_child_ca()
    old, new = between.issue_cert("localhost"), between.issue_cert("localhost")
    ca, port = tmp_path / "ministry.pem", free_port()
    host = f"localhost:{port}"
    ca.write_bytes(between.cert_pem.bytes())
    _, first = visit(tmp_path, ca, old, port)
    assert first.run["certificates"] == {host: digest_of(old)}
    assert first.run["authorities"] == {"ministry.pem": hashlib.sha256(ca.read_bytes()).hexdigest()}
    assert first.issues == []
    done, second = visit(tmp_path, ca, new, port)
    line = f"{host} shows a certificate with sha256 {digest_of(new)}; run {first.run['run_id']} met {digest_of(old)}"
    assert [(one["code"], one["message"]) for one in second.issues] == [("certificate_changed", line)]
    assert done.lines == [f"WARNING probe: {line}"]
    assert (second.run["certificates"], second.run["result"]) == ({host: digest_of(new)}, "good")
    (check,) = certificate_checks([run_of(first.run), run_of(second.run)], {})
    assert (check.level, digest_of(old) in check.message) == ("warn", True)
    (check,) = certificate_checks([run_of(first.run), run_of(second.run)], {host: digest_of(new)})
    assert check.level == "ok"
    (check,) = certificate_checks([run_of(first.run)], {host: digest_of(new)})
    assert check.level == "warn"
    _, third = visit(tmp_path, ca, new, port, **{host: digest_of(old)})
    assert [one["message"].rpartition("; ")[2] for one in third.issues] == [
        f"the source's file pins {digest_of(old)}"
    ], "a pin is held to whatever the run before met"
    assert visit(tmp_path, ca, new, port, **{host: digest_of(new)})[1].issues == []
