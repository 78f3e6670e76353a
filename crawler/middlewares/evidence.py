"""Every answer kept as it came, judged, and asked for only if it changed. The middleware next to the network.

It never raises for an answer: what was wrong with one travels in the request's meta to the ledger, the one place that
records how an asking ended.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Self

from scrapy.http import Headers, Response

from crawler.archive.records import Capture, Exchange, Outcome
from crawler.errors import AuditError, in_words
from crawler.extensions.run_record import record_of
from crawler.middlewares.encoding import decode_body
from crawler.middlewares.outcome import NotFetched, explain
from crawler.middlewares.robots import PERMITTED
from crawler.pages.records import PageKind, Target, Verdict
from crawler.pages.verdict import is_bare, judge

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

#: Keys of request.meta. `verdict` and `capture_id` are for callbacks, the others for the middlewares here.
VERDICT, CAPTURE = "verdict", "capture_id"
CUT = "egov_cut"  # the body ended too early on the wire: worth a second try
FAULT = "egov_fault"  # a NotFetched that the ledger raises
BASE = "egov_base"  # the capture that a conditional request rests on
ASKED = "egov_asked"  # the address first asked for, before any redirect
FRESH = "egov_fresh"  # ask without conditions
SETTLED = "egov_settled"  # one of many pages in a row without content: not worth another try
_DOUBTED = "egov_bare_times"  # how often that was so
_KEPT = "egov_kept"  # the answer comes from the archive: a run gone on with after a kill
#: Bare pages at one address that are not believed: two accidents in a row are rare, three are none.
_DOUBTS = 2
_OWN = (VERDICT, CAPTURE, CUT, FAULT, BASE, SETTLED, _KEPT)


def target_of(request: Request, source: str) -> Target:
    """What a request is about; robots.txt is asked by Scrapy, which knows nothing of targets."""
    target = request.meta.get("target")
    return target if isinstance(target, Target) else Target(source, PageKind.ROBOTS)


class Evidence:
    """Conditional request out; decode, judge and archive in."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._limit = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._record = record_of(crawler)
        self._most = crawler.settings.getint("EGOV_FAILURES_IN_A_ROW")
        self._bare = 0  # pages without a mark of their kind, one after another

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way of making a middleware."""
        return cls(crawler)

    def process_request(self, request: Request) -> Response | None:
        """Say what is known already, so that an unchanged page costs no body.

        An answer that came before this run's process was killed, and of which nothing was made yet, is given again.
        """
        for key in _OWN:
            request.meta.pop(key, None)
        if (kept := self._record.run.earlier.claim(request.url)) is not None:
            return self._again(request, kept)
        target = target_of(request, "")
        if target.lang is not None:
            request.headers.setdefault("Accept-Language", target.lang.value)
        if target.kind is PageKind.ROBOTS or request.meta.get(FRESH):
            return None
        known = self._record.run.latest(request.url)
        if known is not None and (known.etag or known.last_modified):
            request.meta[BASE] = known
            if known.etag:
                request.headers["If-None-Match"] = known.etag
            if known.last_modified:
                request.headers["If-Modified-Since"] = known.last_modified
        return None

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """The response with a decoded body, its verdict and capture in the request's meta."""
        if request.meta.get(_KEPT):
            return response
        try:
            if response.certificate is not None:
                self._record.met(request.url, response.certificate.dump())
            if response.status == HTTPStatus.NOT_MODIFIED:
                return self._unchanged(request, response)
            return self._changed(request, response)
        except (AuditError, OSError) as error:
            line = f"the archive cannot be written: {in_words(error) if isinstance(error, OSError) else error}"
            self._record.stop("archive", line)
            request.meta[FAULT] = NotFetched(Outcome.FAILED, "archive", line)
        except Exception as error:  # noqa: BLE001 - raised from here it would pass the ledger by and leave no record
            request.meta[FAULT] = explain(error, timeout=0, limit=self._limit)
            request.meta[FAULT].__cause__ = error
        return response

    def _again(self, request: Request, kept: Capture) -> Response | None:
        try:
            headers, body = self._record.run.answer(kept)
        except (AuditError, OSError) as error:
            self._record.run.issue("error", "evidence_unreadable", str(error), url=request.url)
            return None
        request.meta[_KEPT] = True
        request.meta[VERDICT], request.meta[CAPTURE] = kept.verdict, kept.capture_id
        request.meta[CUT] = kept.verdict is Verdict.TRUNCATED
        status = 200 if kept.status == HTTPStatus.NOT_MODIFIED and kept.verdict is Verdict.OK else kept.status
        told = Headers([*headers, ("Content-Type", kept.content_type)])
        return Response(request.url, status=status, headers=told, body=body, request=request)

    def _changed(self, request: Request, response: Response) -> Response:
        encoding = _joined(response.headers, "Content-Encoding")
        decoded = decode_body(response.body, encoding, self._limit)
        if decoded.fault == "too_large":
            detail = f"body larger than the limit of {self._limit:,} bytes once unpacked"
            request.meta[FAULT] = NotFetched(Outcome.FAILED, "too_large", detail)
            return response
        target = self._target(request)
        content_type = _joined(response.headers, "Content-Type")
        verdict = judge(response.status, content_type, decoded.body, target.kind)
        note = ""
        if decoded.fault:
            verdict = Verdict.TRUNCATED if decoded.fault == "cut" else Verdict.NOT_HTML
            note = f"body as received: {encoding} could not be undone ({decoded.fault})"
        elif "dataloss" in response.flags and response.status < 300:
            verdict = Verdict.TRUNCATED
        request.meta[CUT] = decoded.fault == "cut" or "dataloss" in response.flags
        verdict = self._believed(request, content_type, decoded.body, verdict)
        capture = self._keep(request, response, decoded.body, verdict, note)
        request.meta[VERDICT], request.meta[CAPTURE] = verdict, capture.capture_id
        return response if decoded.body is response.body else response.replace(body=decoded.body)

    def _unchanged(self, request: Request, response: Response) -> Response | Request:
        """A 304 as the page that it says is still the same; asked anew if that page cannot be read or says nothing."""
        base: Capture | None = request.meta.get(BASE)
        if base is None:
            capture = self._keep(request, response, b"", Verdict.EMPTY, "")
            request.meta[VERDICT], request.meta[CAPTURE] = Verdict.EMPTY, capture.capture_id
            return response
        try:
            body = self._record.run.body(base)
        except (AuditError, OSError) as error:
            self._record.run.issue("error", "evidence_unreadable", str(error), url=request.url)
            return _asked_in_full(request)
        told = (base.content_type, body, self._target(request).kind)
        if judge(200, *told) is not Verdict.OK or (self._doubts and is_bare(*told)):
            return _asked_in_full(request)  # what had nothing in it may carry the tag of the page that it stood for
        capture = self._keep(request, response, b"", Verdict.OK, "")
        request.meta[VERDICT], request.meta[CAPTURE] = base.verdict, capture.capture_id
        self._crawler.stats.inc_value("egov/unchanged")
        headers = Headers(response.headers)
        headers["Content-Type"] = base.content_type
        return response.replace(status=200, headers=headers, body=body)

    @property
    def _doubts(self) -> bool:
        """Whether a page without content may be an accident. So many in a row are what the site says now."""
        return self._bare < self._most or not self._most

    def _believed(self, request: Request, content_type: str, body: bytes, verdict: Verdict) -> Verdict:
        """The verdict on a page that may be the site's layout alone: `empty` while it is doubted.

        One that comes so again and again is what the site says, and the parser's to judge; so are many in a row, the
        site's new face. An empty page stays one, but of many nobody asks for each five times.
        """
        bare = verdict is Verdict.OK and is_bare(content_type, body, self._target(request).kind)
        if verdict is Verdict.OK and not bare:
            self._bare = 0
        if not (bare or verdict is Verdict.EMPTY):
            return verdict
        times = request.meta.get(_DOUBTED, 0)
        request.meta[_DOUBTED] = times + 1
        self._bare += not times
        request.meta[SETTLED] = not self._doubts
        return Verdict.EMPTY if bare and self._doubts and times < _DOUBTS else verdict

    def _keep(self, request: Request, response: Response, body: bytes, verdict: Verdict, note: str) -> Capture:
        return self._record.run.write(
            Exchange(
                target=self._target(request),
                method=request.method,
                url=request.url,
                at=datetime.now(UTC),
                status=response.status,
                reason=_reason(response.status),
                request_headers=_pairs(request.headers),
                response_headers=_pairs(response.headers),
                body=body,
                verdict=verdict,
                ip=str(response.ip_address or ""),
                note="; ".join(filter(None, (request.meta.get(PERMITTED, ""), note))),
            )
        )

    def _target(self, request: Request) -> Target:
        return target_of(request, self._record.source)


def _pairs(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values
    )


def _asked_in_full(request: Request) -> Request:
    again: Request = request.replace(dont_filter=True, headers=_without_conditions(request.headers))
    again.meta[FRESH] = True
    return again


def _joined(headers: Headers, name: str) -> str:
    return ", ".join(value.decode("latin-1") for value in headers.getlist(name))


def _without_conditions(headers: Headers) -> Headers:
    kept = Headers(headers)
    for name in ("If-None-Match", "If-Modified-Since"):
        kept.pop(name, None)
    return kept


def _reason(status: int) -> str:
    """The standard's own phrase: Scrapy does not hand on the server's."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
