"""Sends the one message of a run by mail and webhook, and the heartbeat. What is secret never leaves in an error."""

from __future__ import annotations

import json
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote

from auditor.ops.reach import TIMEOUT, address, kind, opened, tls
from crawler.archive.layout import write_whole
from crawler.archive.lines import stamp
from crawler.errors import SourceError, UsageError

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def send_mail(smtp_url: str, sender: str, to: str, message: tuple[str, str], at: datetime) -> None:
    """Send (subject, text) by `smtp://user:password@host:port` or `smtps://…`.

    A server that offers STARTTLS is spoken to in secret; without that, a password goes to the loopback only. Raises
    SourceError where the message was not taken, UsageError for a bad address: neither holds a word of the address.
    """
    parts = address("EGOV_AUDIT_SMTP_URL", smtp_url, ("smtp", "smtps"))
    if not to:
        raise UsageError("EGOV_AUDIT_MAIL_TO: nobody to send mail to")
    mail = EmailMessage()
    host = parts.hostname or ""
    mail["Subject"], mail["From"], mail["To"] = message[0], sender or f"egov-audit@{host}", to
    mail["Date"], mail["Message-ID"] = format_datetime(at), make_msgid(domain="egov-audit.invalid")
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers by machines
    mail.set_content(message[1], cte="quoted-printable")  # every server takes it
    try:
        with _smtp(parts) as server:
            _log_in(server, parts)
            server.send_message(mail)
    except smtplib.SMTPResponseException as error:
        # The server's own words may repeat what was sent to it.
        raise SourceError(f"mail was not taken: {type(error).__name__}, code {error.smtp_code}") from None
    except (smtplib.SMTPException, ssl.SSLError, OSError) as error:
        raise SourceError(f"mail was not taken: {kind(error)}") from None


def _smtp(parts: SplitResult) -> smtplib.SMTP:
    host = parts.hostname or ""
    # The name we greet with: our own host's name is nobody's business.
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(host, parts.port or 465, "localhost", timeout=TIMEOUT, context=tls())
    return smtplib.SMTP(host, parts.port or 25, "localhost", timeout=TIMEOUT)


def _log_in(server: smtplib.SMTP, parts: SplitResult) -> None:
    server.ehlo_or_helo_if_needed()
    if parts.scheme == "smtp" and server.has_extn("starttls"):
        server.starttls(context=tls())
        server.ehlo()
    elif parts.scheme == "smtp" and parts.username and parts.hostname not in _LOOPBACK:
        raise SourceError("mail was not sent: the server offers no encryption, and the password would go in clear")
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))


def post(webhook: str, message: dict[str, Any]) -> None:
    """Send a message as JSON. Raises SourceError where it was not taken, UsageError for a bad address."""
    body = json.dumps(message, ensure_ascii=False).encode()
    _request("EGOV_AUDIT_WEBHOOK", webhook, body)


def beat(heartbeat: str, at: datetime) -> None:
    """Say that a run ended well: write the time into a file, or ask for an address.

    Raises SourceError or OSError where that failed, UsageError for a bad address.
    """
    if "://" in heartbeat:
        _request("EGOV_AUDIT_HEARTBEAT", heartbeat, None)
        return
    path = Path(heartbeat)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, f"{stamp(at)}\n".encode(), by_way_of=path.with_name(f".{path.name}.tmp"))


def _request(setting: str, url: str, body: bytes | None) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"} if body else {}
    with opened(setting, url, body, headers) as answer:
        answer.read(1024)
