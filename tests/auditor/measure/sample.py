"""The sample as a database: its pages into an archive, ingested, linked and coded by the product's own stages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from auditor.coding.coder import Coder
from auditor.coding.stage import code_all
from auditor.config import AuditConfig
from auditor.db.session import connect, transaction, upgrade
from auditor.ingest.stage import ingest
from auditor.link.stage import link_register
from auditor.link.stage_listings import link_portal
from crawler.pages.address import identify
from crawler.sample.site import pages
from tests.auditor.ingest.pages import ADILET, EGOV, Run, sources

FIRST = datetime(2025, 1, 10, 8, tzinfo=UTC)
SECOND = FIRST + timedelta(days=20)


def harvested(archive: Path, at: datetime = FIRST) -> None:
    """Every page of the sample that a polite crawler gets, as one run."""
    run = Run(archive, at=at)
    for host, site in ((ADILET, "adilet"), (EGOV, "egov")):
        for path, page in pages(site).items():  # type: ignore[arg-type]
            address = identify(host + path, sources().sites)
            if page.status == 200 and address is not None and "/rus/archive/" not in path:
                run.page(host + path, page.body)
    run.seal()


def relist(archive: Path, at: datetime) -> None:
    """The portal's lists once more, as another run."""
    run = Run(archive, at=at, stage="portal")
    for path, page in pages("egov").items():
        if "/for_" in path and path.rsplit("/", 1)[1].startswith("for_"):
            run.page(EGOV + path, page.body)
    run.seal()


def fill(db_url: str, archive: Path) -> None:
    """Tables, readings, links, services and codings of everything in the archive."""
    upgrade(db_url)
    engine = connect(db_url)
    ingest(engine, archive, sources(), watch=lambda _done, _total, _url: None)
    with transaction(engine) as session:
        link_register(session, FIRST)
        link_portal(session, AuditConfig().link_threshold, FIRST)
    code_all(engine, Coder.load(), FIRST)
    engine.dispose()
