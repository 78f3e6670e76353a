"""Secrets reach nothing that is written or said, and what is published names neither machine, person nor folder."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import sys
import traceback
import zipfile
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import make_url
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from auditor.cli.app import load_config
from auditor.config import SECRETS, AuditConfig
from auditor.db.session import open_database
from crawler.errors import UsageError
from crawler.sample.server import serve
from tests.auditor.cli.command import Ended, egov_audit
from tests.auditor.cli.written import HOME, HOST, USER, holds, named_machine, written
from tests.auditor.ops.mailbox import Mailbox, Web, mail_server, web_server
from tests.conftest import Postgres

MARKED = (
    "marked-database",
    "marked-mail",
    "marked-hook",
    "marked-beat",
    "marked-chat",
    "marked-key",
    "marked-cookie",
    "marked-tsa",
)
DATABASE, MAIL, HOOK, BEAT, CHAT, KEY, COOKIE, TSA = MARKED


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    """A mail server that takes no password, and repeats it."""
    with mail_server() as box:
        box.refuse = True
        yield box


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    """A server that takes nothing."""
    with web_server() as site:
        site.status = 500
        yield site


def secrets_file(folder: Path, mailbox: Mailbox, web: Web, database: str) -> Path:
    """The file with a marker in everything that can be secret."""
    held = {
        "DB_URL": make_url(database).set(username="postgres", password=DATABASE).render_as_string(hide_password=False),
        "SMTP_URL": f"smtp://watch:{MAIL}@127.0.0.1:{mailbox.port}",
        "MAIL_TO": "desk@example.org",
        "WEBHOOK": f"{web.address}/hook?key={HOOK}",
        "HEARTBEAT": f"{web.address}/beat/{BEAT}",
        "APPRISE_URLS": f"{web.address.replace('http', 'json')}/chat?key={CHAT}",
        "TIMESTAMP_URL": f"{web.address}/tsr?key={TSA}",
        "NOTIFY": "failure,recovery,change",
    }
    assert {name.lower() for name in held} >= set(SECRETS) - {"mail_from"}
    path = folder / "secrets"
    path.write_text("# of the watchdog\n\n" + "".join(f'EGOV_AUDIT_{name}="{value}"\n' for name, value in held.items()))
    path.chmod(0o600)
    return path


def with_a_session(path: Path) -> Path:
    """A WARC that somebody's browser wrote: credentials in the address, the request and the answer."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        address = f"https://egov.kz/cms/ru/services/pass_mu?apiKey={KEY}"
        asked = StatusAndHeaders(
            "GET / HTTP/1.1", [("Authorization", f"Bearer {KEY}"), ("Cookie", f"id={COOKIE}")], is_http_request=True
        )
        answered = StatusAndHeaders(
            "200 OK", [("Content-Type", "text/html"), ("Set-Cookie", f"id={COOKIE}")], protocol="HTTP/1.1"
        )
        body = "<html><head><title>Услуга</title></head><body><h1>Справка</h1><p>Текст</p></body></html>".encode()
        writer.write_record(writer.create_warc_record(address, "request", http_headers=asked))
        page = writer.create_warc_record(address, "response", BytesIO(body), http_headers=answered)
        writer.write_record(page)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("marked-folder")


@pytest.fixture(scope="module")
def said(
    folder: Path, sample_archive: Path, sample_postgres: str, mailbox: Mailbox, web: Web, postgres: Postgres
) -> dict[str, Ended]:
    """Everything that writes and publishes, on the sample in PostgreSQL under marked secrets; then a run that fails."""
    shutil.copytree(sample_archive, folder / "var/archive")
    database = postgres.database(template=str(make_url(sample_postgres).database))
    env = {**named_machine(folder), "EGOV_AUDIT_SECRETS_FILE": str(secrets_file(folder, mailbox, web, database))}
    foreign = with_a_session(folder / "foreign.warc.gz")
    told = {"import": egov_audit(folder, "import", str(foreign), **env)}
    for name, *words in (
        ("ingest",),
        ("report", "--year", "2024", "--lang", "en"),
        ("release",),
        ("export", "--out", "files"),
        ("prove", "count", "--as-of", "2024-12-31", "--out", "proof"),
        ("backup", "kept.tar.gz"),
        ("status", "--json"),
        ("doctor", "--json", "--status-json", "status.json", "--badge", "badge.svg"),
        ("verify",),
    ):
        told[name] = egov_audit(folder, name, *words, **env)
    with serve(frozenset({"/robots.txt"})) as (adilet, egov):
        sites = {"EGOV_AUDIT_ADILET_URL": adilet, "EGOV_AUDIT_EGOV_URL": egov, "EGOV_AUDIT_DELAY": "0"}
        nowhere = f"postgresql://audit:{DATABASE}@127.0.0.1:9/none"
        told["run"] = egov_audit(folder, "run", **env, **sites, EGOV_AUDIT_DB_URL=nowhere)
    return told


def test_all_of_it_worked_and_the_secrets_were_used(said: dict[str, Ended], mailbox: Mailbox, web: Web) -> None:
    codes = {name: ended.code for name, ended in said.items()}
    assert codes == dict.fromkeys(codes, 0) | {"doctor": codes["doctor"], "ingest": 4, "run": 4}, said
    assert mailbox.logins == [("watch", MAIL)]
    assert {path for _, path, _ in web.asked} >= {f"/hook?key={HOOK}", f"/tsr?key={TSA}"}
    assert "warning: EGOV_AUDIT_TIMESTAMP_URL: the server answers 500" in said["run"].err
    assert "pass_mu?apiKey=REDACTED: no_service_read" in said["ingest"].err
    assert "mail was not taken: SMTPAuthenticationError" in said["run"].err


def test_no_secret_is_written_or_said(said: dict[str, Ended], folder: Path) -> None:
    (folder / "secrets").unlink(missing_ok=True)
    (folder / "foreign.warc.gz").unlink(missing_ok=True)
    assert holds(MARKED, folder) == []
    for name, ended in said.items():
        assert not [word for word in MARKED if word in ended.out + ended.err], name
    names = [name for name, _ in written(folder)]
    assert len(names) > 300
    assert any(name.endswith("warc.gz unpacked") for name in names)


def test_no_database_holds_a_secret(said: dict[str, Ended], folder: Path) -> None:
    # The backup holds every row of the database.
    assert any("entry.jsonl" in name.decode("latin-1") for _, name in written(folder / "kept.tar.gz"))
    assert holds(MARKED, folder / "kept.tar.gz") == []


def test_nothing_published_names_machine_person_or_folder(said: dict[str, Ended], folder: Path, demo: Path) -> None:
    published = (
        "var/report",
        "var/release",
        "files",
        "proof",
        "var/archive",
        "status.json",
        "badge.svg",
        "kept.tar.gz",
    )
    places = [folder / name for name in published]
    assert all(place.exists() for place in places)
    local = (
        USER,
        HOST,
        HOME,
        "marked-folder",
        str(demo),
        str(Path.cwd()),
        sys.prefix,
        os.environ.get("TMPDIR", "/tmp/"),
    )
    assert holds(local, *places, demo / "var/demo/report", demo / "var/demo/archive") == []
    assert holds(("pytest-of",), *places) == []


def test_the_search_would_find_it_however_it_is_packed(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"x") + gzip.compress(KEY.upper().encode()))
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("docProps/core.xml", f"<creator>{KEY}</creator>")
    with closing(sqlite3.connect(tmp_path / "a.db")) as database:
        database.execute("CREATE TABLE t (x)")
        database.execute("INSERT INTO t VALUES (?)", (f"{'x' * 4060}{KEY}",))  # cut in two by the end of a page
        database.commit()
    pq.write_table(pa.table({"x": [KEY] * 9}), tmp_path / "a.parquet", compression="gzip")
    found = {line.split(":")[0].split("/")[0].split(" ")[0] for line in holds((KEY,), tmp_path)}
    assert found == {"a.gz", "a.xlsx", "a.db", "a.parquet"}


@pytest.mark.parametrize(
    ("mode", "lines", "words"),
    [
        (0o644, "EGOV_AUDIT_WEBHOOK=http://x/{}", "others may use"),
        (0o620, "EGOV_AUDIT_WEBHOOK=http://x/{}", "others may use"),
        (0o600, "EGOV_AUDIT_WEBHOK=http://x/{}", "EGOV_AUDIT_WEBHOK has no place there"),
        (0o600, "EGOV_AUDIT_ARCHIVE={}", "EGOV_AUDIT_ARCHIVE has no place there"),
        (0o600, "http://x/{}", "line 1 is no EGOV_AUDIT_NAME=value"),
        (0o600, "EGOV_AUDIT_WEBHOOK=a\nEGOV_AUDIT_WEBHOOK={}", "line 2: EGOV_AUDIT_WEBHOOK stands there twice"),
        (0o600, "EGOV_AUDIT_DB_URL=postgresql://u:p@{}:q@h/x", "no number; in a password, @ is written %40"),
        (0o600, "EGOV_AUDIT_DB_URL=postgresql://u:p@{}@h/x", "no host can be read; in a password"),
        (0o600, "EGOV_AUDIT_DB_URL={}", "is not a database address"),
        (0o600, "EGOV_AUDIT_DB_URL=sqlite:///x.db?timeout={}", "the port or the timeout is no number"),
    ],
)
def test_a_file_or_address_that_is_not_fit_is_one_line(
    tmp_path: Path, mode: int, lines: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secrets"
    path.write_text(lines.format(KEY))
    path.chmod(mode)
    monkeypatch.setenv("EGOV_AUDIT_SECRETS_FILE", str(path))
    with pytest.raises(UsageError) as told, open_database(load_config().db_url):
        pass
    text = "".join(traceback.format_exception(told.value))
    assert words in text
    assert KEY not in text, "its causes would say it in a traceback"
    assert "\n" not in str(told.value)


def test_somebody_elses_file_a_folder_and_a_pipe_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs, pipe = tmp_path / "theirs", tmp_path / "pipe"
    theirs.write_text("")
    theirs.chmod(0o600)
    os.mkfifo(pipe, 0o600)
    owner = os.geteuid()
    for path, who, words in (
        (theirs, owner + 1, "belongs to another user"),
        (tmp_path, owner, "is no file"),
        (pipe, owner, "is no file"),
        (tmp_path / "none", owner, "cannot be read: No such file"),
    ):
        monkeypatch.setattr(os, "geteuid", lambda who=who: who)
        monkeypatch.setenv("EGOV_AUDIT_SECRETS_FILE", str(path))
        with pytest.raises(UsageError, match=words):
            AuditConfig()


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secrets"
    path.write_text("EGOV_AUDIT_WEBHOOK=https://example.org/a=b\nEGOV_AUDIT_MAIL_TO = a@example.org\n".replace(" ", ""))
    path.chmod(0o600)
    monkeypatch.setenv("EGOV_AUDIT_SECRETS_FILE", str(path))
    monkeypatch.setenv("EGOV_AUDIT_MAIL_TO", "b@example.org")
    config = AuditConfig()
    assert config.webhook.get_secret_value() == "https://example.org/a=b"
    assert config.mail_to == "b@example.org"
    assert "example.org/a" not in json.dumps(config.model_dump(), default=str) + repr(config)
