"""Archives for ingest: real runs written by the real writer, with small pages in the sources' structure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from auditor.config import AuditConfig
from crawler.archive.records import Capture, Exchange, Outcome, Provenance
from crawler.archive.writer import open_run
from crawler.pages.address import identify
from crawler.pages.records import Verdict
from crawler.sources.load import Sources, load_sources
from tests.pages_gen import Spec, register_page

ADILET = "https://adilet.zan.kz"
EGOV = "https://egov.kz"
ACT = "V2000019982"
START = datetime(2024, 6, 1, 8, tzinfo=UTC)
WORDS = {"ru": "rus", "kk": "kaz"}


def sources() -> Sources:
    """The sources as a fresh installation has them."""
    return load_sources(AuditConfig())


@dataclass
class Run:
    """Pages of one run to be, one minute apart from `at` on."""

    root: Path
    at: datetime = START
    provenance: Provenance = Provenance.HARVESTED
    stage: str = "register"
    pages: list[tuple[str, bytes, Verdict]] = field(default_factory=list)
    refused: list[tuple[str, Outcome]] = field(default_factory=list)

    def page(self, url: str, body: bytes, verdict: Verdict = Verdict.OK) -> Run:
        """A page as the site served it."""
        self.pages.append((url, body, verdict))
        return self

    def history(self, *days: date, lang: str = "ru", act: str = ACT) -> Run:
        """An act's history with these editions; the newest is the current text."""
        return self.page(f"{ADILET}/{WORDS[lang]}/docs/{act}/history", history_page(act, lang, days))

    def edition(self, day: date | None, spec: Spec, act: str = ACT) -> Run:
        """An edition as generated; None: the act's current text."""
        return self.text(day, register_page(spec), lang=spec.lang, act=act)

    def text(self, day: date | None, body: bytes, lang: str = "ru", act: str = ACT) -> Run:
        """An edition with a body of its own."""
        tail = f"/{day:%d.%m.%Y}" if day else ""
        return self.page(f"{ADILET}/{WORDS[lang]}/docs/{act}{tail}", body)

    def seal(self) -> list[Capture]:
        """Write the run and close it."""
        writer = open_run(self.root, self.stage, {})
        sites = sources().sites
        captures = []
        for number, (url, body, verdict) in enumerate(self.pages):
            at = self.at + timedelta(minutes=number)
            target = identify(url, sites)
            assert target is not None, url
            capture = writer.write(
                Exchange(
                    target=target,
                    method="GET",
                    url=url,
                    at=at,
                    status=200,
                    reason="OK",
                    request_headers=(("User-Agent", "test"),),
                    response_headers=(("Content-Type", "text/html; charset=utf-8"),),
                    body=body,
                    verdict=verdict,
                    provenance=self.provenance,
                )
            )
            imported = self.provenance is Provenance.IMPORTED
            good = Outcome.IMPORTED if imported else Outcome.FETCHED
            outcome = good if verdict is Verdict.OK else Outcome.FAILED
            writer.fetch(target, url, outcome, status=200, verdict=verdict, capture_id=capture.capture_id, at=at)
            captures.append(capture)
        for url, outcome in self.refused:
            target = identify(url, sites)
            assert target is not None, url
            writer.fetch(target, url, outcome, detail="refused by robots.txt", at=self.at)
        writer.issue("warning", "slow_site", "the site answered slowly", url=ADILET)
        writer.close("good")
        return captures


def history_page(act: str, lang: str, days: tuple[date, ...]) -> bytes:
    """A history page as the source contract has it."""
    rows = []
    for number, day in enumerate(days, 1):
        tail = "" if day == max(days) else f"/{day:%d.%m.%Y}"
        path = f"/{WORDS[lang]}/docs/{act}" if not tail else f"/{WORDS[lang]}/archive/docs/{act}{tail}"
        rows.append(
            f'<tr><td>{number}</td><td><a href="{path}">Реестр</a></td><td>Приказ</td><td>правка {number}</td>'
            f"<td>{day:%d.%m.%Y}</td><td>Обновленный</td></tr>"
        )
    head = "".join(
        f"<td>{name}</td>"
        for name in (
            "№",
            "Заголовок",
            "Форма НПА и орган, принявший акт",
            "Дополнительная информация",
            "Дата изменения",
            "Статус НПА",
        )
    )
    table = f'<table id="ethernatable"><tr>{head}</tr>{"".join(rows)}</table>'
    return f"<html><body>{table}</body></html>".encode()


def list_page(slugs: dict[str, str], lang: str = "ru") -> bytes:
    """A portal list, slug → category."""
    categories: dict[str, list[str]] = {}
    for slug, category in slugs.items():
        categories.setdefault(category, []).append(slug)
    blocks = [
        f'<div class="category-item"><h2>{category}</h2><ul>'
        + "".join(
            f'<li><a href="/cms/{lang}/online-services/for_citizen/{slug}">Услуга {slug}</a></li>' for slug in members
        )
        + "</ul></div>"
        for category, members in categories.items()
    ]
    return f'<html><body><div id="region-content">{"".join(blocks)}</div></body></html>'.encode()


def service_page(title: str, result: str) -> bytes:
    """A service's page with one block."""
    return (
        f"<html><body><h1>{title}</h1>"
        f'<div class="info-block-horizontal"><p>Результат оказания услуги</p><p>{result}</p></div>'
        "</body></html>"
    ).encode()
