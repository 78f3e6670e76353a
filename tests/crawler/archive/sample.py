"""What the archive's tests write: one exchange, varied where a test cares."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.archive.records import Exchange, Outcome
from crawler.archive.writer import open_run, utc_now
from crawler.pages.records import Lang, PageKind, Target, Verdict

AT = datetime(2026, 3, 2, 9, 15, 30, 250_000, tzinfo=UTC)
URL = "https://egov.kz/cms/ru/services/pass_mu"
PAGE = "<html><body><h1>Выдача справки</h1><p>Анықтама беру</p></body></html>".encode()
TARGET = Target(source="egov", kind=PageKind.SERVICE_PAGE, lang=Lang.RU, slug="pass_mu")
EXCHANGE = Exchange(
    target=TARGET,
    method="GET",
    url=URL,
    at=AT,
    status=200,
    reason="OK",
    request_headers=(("User-Agent", "tester"),),
    response_headers=(("Content-Type", "text/html; charset=utf-8"), ("ETag", '"a1"')),
    body=PAGE,
    verdict=Verdict.OK,
    ip="127.0.0.1",
)


def page(number: int, body: bytes = b"", **changes: object) -> Exchange:
    """The sample exchange for the address with that number, a minute later each."""
    fresh = replace(
        EXCHANGE,
        url=f"{URL}{number}",
        target=replace(TARGET, slug=f"pass_mu{number}"),
        at=AT + timedelta(minutes=number),
        body=body or f"<p>услуга {number}</p>".encode(),
    )
    return replace(fresh, **changes)  # type: ignore[arg-type]


def sealed_run(root: Path, *exchanges: Exchange, stage: str = "portal", at: datetime | None = None) -> str:
    """A run with these exchanges, closed as good; gives its id. `at` stops its clock there."""
    run = open_run(root, stage, {"source": "egov"}, now=lambda: at or utc_now())
    for exchange in exchanges:
        capture = run.write(exchange)
        run.fetch(exchange.target, exchange.url, Outcome.FETCHED, status=200, capture_id=capture.capture_id)
    run.issue("warning", "odd_page", "странная страница", url=URL, value="x")
    run.close("good", "всё", {"pages": len(exchanges)})
    return run.run_id
