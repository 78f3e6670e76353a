"""Certificates: verified always; an extra authority can be added, nothing can be switched off."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import trustme

from tests.crawler.faults import FaultServer, good
from tests.crawler.manners.logs import read_logs
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
