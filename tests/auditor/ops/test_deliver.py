"""Mail, webhook and heartbeat through real servers on the loopback; errors never repeat an address."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_string, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.ops.deliver import beat, post, send_mail
from crawler.errors import AuditError, SourceError, UsageError
from tests.auditor.ops.mailbox import Mailbox, Web, mail_server, web_server

NOW = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)
SECRET = "marker-secret"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture
def web() -> Iterator[Web]:
    with web_server() as site:
        yield site


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def test_a_mail_arrives_whole_with_its_cyrillic(mailbox: Mailbox) -> None:
    url = f"smtp://watch:p%40ss%2Fword@127.0.0.1:{mailbox.port}"
    send_mail(url, "audit@example.org", "a@example.org, b@example.org", ("Прогон упал", "список: 95 → 12\n"), NOW)
    assert mailbox.logins == [("watch", "p@ss/word")]
    assert mailbox.envelopes == [("<audit@example.org>", ["<a@example.org>", "<b@example.org>"])]
    mail = message_from_string(mailbox.messages[0], policy=policy.default)
    assert mail["Subject"] == "Прогон упал"
    assert mail["Date"] == "Sun, 01 Mar 2026 04:30:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert socket.gethostname() not in mailbox.messages[0]
    assert mail.get_content().strip() == "список: 95 → 12"  # type: ignore[attr-defined]


def test_a_refused_password_is_told_without_it(mailbox: Mailbox) -> None:
    mailbox.refuse = True
    with pytest.raises(SourceError, match="SMTPAuthenticationError, code 535") as told:
        send_mail(f"smtp://watch:{SECRET}@127.0.0.1:{mailbox.port}", "", "a@example.org", ("s", "t"), NOW)
    assert SECRET not in str(told.value)
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__
    assert not mailbox.messages


def test_a_closed_port_is_told_in_plain_words(closed_port: int) -> None:
    with pytest.raises(SourceError, match="mail was not taken: Connection refused"):
        send_mail(f"smtp://u:{SECRET}@127.0.0.1:{closed_port}", "", "a@example.org", ("s", "t"), NOW)
    with pytest.raises(SourceError, match="EGOV_AUDIT_WEBHOOK: not reached: Connection refused"):
        post(f"http://127.0.0.1:{closed_port}/{SECRET}", {})


def test_a_webhook_gets_json_and_its_no_is_told(web: Web) -> None:
    post(f"{web.address}/hook/{SECRET}", {"text": "упал"})
    ((method, path, body),) = web.asked
    assert (method, path, json.loads(body)) == ("POST", f"/hook/{SECRET}", {"text": "упал"})
    web.status = 410
    with pytest.raises(SourceError, match=r"^EGOV_AUDIT_WEBHOOK: the server answers 410$"):
        post(f"{web.address}/hook/{SECRET}", {})


def test_a_heartbeat_is_an_address_asked_for_or_a_file_with_the_time(web: Web, tmp_path: Path) -> None:
    beat(f"{web.address}/beat", NOW)
    assert web.asked == [("GET", "/beat", b"")]
    beat(str(tmp_path / "deep/heart"), NOW)
    assert (tmp_path / "deep/heart").read_text() == "2026-03-01T04:30:00Z\n"
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["heart"]


@given(st.text(max_size=30))
def test_a_senseless_address_is_refused_by_the_settings_name_alone(text: str) -> None:
    for send in (
        lambda: send_mail(f"{SECRET}{text}", "", "a@example.org", ("s", "t"), NOW),
        lambda: post(f"{SECRET}{text}", {}),
        lambda: post(f"http://127.0.0.1:{SECRET}/", {}),
        lambda: beat(f"ftp://{SECRET}", NOW),
    ):
        with pytest.raises(UsageError, match="EGOV_AUDIT_") as told:
            send()
        assert SECRET not in str(told.value)


def test_mail_to_nobody_is_a_mistake() -> None:
    with pytest.raises(AuditError, match="EGOV_AUDIT_MAIL_TO"):
        send_mail("smtp://127.0.0.1", "", "", ("s", "t"), NOW)
