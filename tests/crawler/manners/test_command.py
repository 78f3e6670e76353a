"""`egov-audit harvest` against sites that cannot be reached or trusted: one clear line, exit 3, a record of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import trustme

from tests.crawler.faults import FaultServer, free_port, good, robots
from tests.crawler.manners.logs import read_logs
from tests.crawler.manners.probe import REPOSITORY
from tests.crawler.manners.test_certificates import UNKNOWN, serve


def harvest(archive: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The register's harvest of one act in Russian."""
    env = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    env |= {"EGOV_AUDIT_ARCHIVE": str(archive), "EGOV_AUDIT_DELAY": "0"}
    command = [sys.executable, "-c", "from auditor.cli.main import main; main()", "harvest", "register"]
    return subprocess.run(
        [*command, "--act", "V2000019982", "--lang", "ru", *options],
        capture_output=True,
        text=True,
        env=env,
        cwd=REPOSITORY,
        timeout=120,
        check=False,
    )


def assert_refused(done: subprocess.CompletedProcess[str], archive: Path, reason: str) -> None:
    """Exit 3, the reason once on stderr, the run failed and kept visible."""
    assert done.returncode == 3
    assert sum(f"robots.txt cannot be read ({reason})" in line for line in done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert done.stdout.startswith("register: failed: no page was fetched (3 failed)")
    logs = read_logs(archive)
    assert logs.run["result"] == "failed"
    assert any(reason in issue["message"] for issue in logs.issues)


@pytest.mark.parametrize(
    ("host", "reason"),
    [("127.0.0.1", "connection refused"), ("register.invalid", "the host's name cannot be resolved")],
)
def test_a_site_that_cannot_be_reached(tmp_path: Path, host: str, reason: str) -> None:
    assert_refused(harvest(tmp_path, "--adilet-url", f"http://{host}:{free_port()}"), tmp_path, reason)


def test_a_site_whose_certificate_is_not_to_be_trusted(tmp_path: Path) -> None:
    leaf = trustme.CA().issue_cert("localhost")
    with FaultServer({}, serve(tmp_path, leaf.cert_chain_pems, leaf.private_key_pem)) as server:
        done = harvest(tmp_path / "archive", "--adilet-url", server.url)
        assert server.asked == []
    assert_refused(done, tmp_path / "archive", UNKNOWN)


def test_a_site_that_forbids_everything(tmp_path: Path) -> None:
    routes = {"/rus/docs/V2000019982": good(), "/robots.txt": robots("User-agent: *\nDisallow: /\n")}
    with FaultServer(routes) as server:
        done = harvest(tmp_path, "--adilet-url", server.url)
        assert server.paths == []
    assert done.returncode == 3
    assert [issue["code"] for issue in read_logs(tmp_path).issues] == ["robots_forbidden"] * 3


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_ca_file_without_certificates_is_a_usage_error_before_anything_is_asked(
    tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "extra.pem"
    if content is not None:
        file.write_text(content)
    with FaultServer({}) as server:
        done = harvest(tmp_path / "archive", "--adilet-url", server.url, "--ca-file", str(file))
        assert server.asked == []
    assert done.returncode == 2
    what = "cannot be read" if content is None else "holds no certificate in PEM form"
    assert done.stderr.splitlines()[-1] == f"egov-audit: EGOV_AUDIT_CA_FILE: {file} {what}"
