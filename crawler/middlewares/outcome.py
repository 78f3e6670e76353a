"""Why an address was not fetched: one exception for every reason, and one line for each of Scrapy's own."""

from __future__ import annotations

from collections.abc import Iterator

from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.python.failure import Failure

from crawler.archive.records import Outcome
from crawler.errors import without_controls
from crawler.pages.records import Verdict

#: The issue code of a fault that is the program's own.
INTERNAL = "internal"
_FORBIDDEN, _MISSING = frozenset({401, 403, 451}), frozenset({404, 410})
_WORDS = {
    Verdict.CHALLENGE: "a challenge page in place of the page",
    Verdict.LOGIN: "a login page in place of the page",
    Verdict.MAINTENANCE: "a maintenance page in place of the page",
    Verdict.TRUNCATED: "the page ends too early",
    Verdict.EMPTY: "the page is empty, or a frame around nothing",
    Verdict.NOT_HTML: "not the kind of document asked for",
}
_NETWORK = (DownloadFailedError, ResponseDataLossError, ConnectError, ConnectionClosed, IgnoreRequest, OSError)
#: What certificate errors come as: a plain handshake failure, or a name that does not fit.
_VERIFY = ("certificate verify failed", "VerificationError", "CertificateError", "DNSMismatch", "IPAddressMismatch")


class NotFetched(IgnoreRequest):
    """An asked address ended without a page. Reaches the request's errback, never its callback.

    `code` is a stable word for the issue log (`timeout`, `robots_forbidden`, `challenge`), `detail` one clear line
    without the address and without control characters. `quiet`: the same was said already, so it is recorded but not
    printed again.
    """

    def __init__(self, outcome: Outcome, code: str, detail: str, *, quiet: bool = False) -> None:
        detail = without_controls(detail)
        super().__init__(detail)
        self.outcome = outcome
        self.code = code
        self.detail = detail
        self.quiet = quiet
        self.status = 0
        self.verdict: Verdict | None = None
        self.capture_id = ""


def explain(error: Exception, *, timeout: float, limit: int) -> NotFetched:
    """What a download error means. `timeout` in seconds and `limit` in bytes are the settings in force."""
    if isinstance(error, NotFetched):
        return error
    certificate = certificate_fault(error)
    if certificate:
        return NotFetched(Outcome.FAILED, "certificate", f"certificate not accepted: {certificate}")
    known: dict[type[Exception], tuple[str, str]] = {
        DownloadConnectionRefusedError: ("connection_refused", "connection refused"),
        CannotResolveHostError: ("dns", "the host's name cannot be resolved"),
        DownloadTimeoutError: ("timeout", f"no answer within {timeout:g} s"),
        DownloadCancelledError: ("too_large", f"body larger than the limit of {limit:,} bytes"),
        UnsupportedURLSchemeError: ("scheme", "not an http or https address"),
    }
    for kind, (code, detail) in known.items():
        if isinstance(error, kind):
            return NotFetched(Outcome.FAILED, code, detail)
    reason = next((text for cause in _causes(error) if (text := _first_line(cause))), type(error).__name__)
    if isinstance(error, _NETWORK):
        return NotFetched(Outcome.FAILED, "connection", f"connection failed: {reason}")
    return NotFetched(Outcome.FAILED, INTERNAL, f"internal error: {type(error).__name__}: {reason}")


def judged(status: int, verdict: Verdict | None) -> NotFetched:
    """What a verdict other than ok means for the asking."""
    if verdict in (None, Verdict.HTTP_ERROR):
        outcome = Outcome.FORBIDDEN if status in _FORBIDDEN else Outcome.FAILED
        outcome = Outcome.MISSING if status in _MISSING else outcome
        return NotFetched(outcome, "http_error", f"the server answers {status}")
    return NotFetched(Outcome.FAILED, verdict.value, _WORDS[verdict])


def certificate_fault(error: Exception) -> str:
    """What is wrong with the server's certificate, "" if the error is about something else."""
    for cause in _causes(error):
        told = f"{type(cause).__name__} {cause}"
        if isinstance(cause, SSL.Error):
            told = " ".join(str(part) for group in cause.args[0] or () for part in group) if cause.args else told
        if any(sign in told for sign in _VERIFY):
            if "certificate verify failed" in told:
                return "its chain leads to no known authority (EGOV_AUDIT_CA_FILE can name one more)"
            return "it is made out to another name"
    return ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, what it was raised from, and the reasons that Twisted packs into it, deepest last."""
    yield error
    for reason in getattr(error, "reasons", ()):
        if isinstance(reason, Failure) and reason.value is not None:
            yield from _causes(reason.value)
    if error.__cause__ is not None:
        yield from _causes(error.__cause__)


def _first_line(error: BaseException) -> str:
    text = str(error).strip()
    return "" if text.startswith("[<") else text.splitlines()[0][:200] if text else ""
