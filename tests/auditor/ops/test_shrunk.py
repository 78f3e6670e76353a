"""A portal list that shrank stops what a run would publish, until somebody says in writing why it may: real crawls."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from auditor.config import AuditConfig
from auditor.db.session import open_database, transaction
from auditor.db.status import read_status
from auditor.ingest.stage import ingest
from auditor.ops import journal
from auditor.ops.conduct import Plan, conduct
from auditor.ops.digest import digest
from auditor.ops.records import PastRun, RunEnd, StageEnd
from auditor.ops.shrunk import check_reason, shrunk
from crawler.archive.records import RunResult
from crawler.errors import UsageError
from crawler.pages.records import Lang
from crawler.sources.load import load_sources
from tests.crawler.site import Site, egov, listing
from tests.crawler.site import run as command

LIST = "/cms/ru/online-services/for_citizen"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
REASON = "the ministry moved family services to another portal"


def audit(config: AuditConfig, site: Site, accept: str = "") -> tuple[RunEnd, list[str]]:
    """A run that harvests the portal in Russian and ingests it, and which of its later stages came to be."""
    published: list[str] = []

    def harvest() -> StageEnd:
        told = command(
            config.archive, "-m", "crawler.harvest", "portal", "--option=lang=ru", settings={"EGOV_URL": site.url}
        )
        return StageEnd("harvest", told.code)

    def store() -> StageEnd:
        settings = config.model_copy(update={"egov_url": site.url})
        with open_database(config.db_url, create=True) as engine:
            done = ingest(engine, config.archive, load_sources(settings), watch=lambda *_: None)
        return StageEnd("ingest", 4 if done.failed else 0)

    def publish() -> StageEnd:
        published.append("report")
        return StageEnd("report", 0)

    steps = (("harvest", harvest), ("ingest", store), ("report", publish))
    with open_database(config.db_url, create=True):
        pass
    end = conduct(config, Plan(date(2026, 3, 1), Lang.RU, {"lang": "ru"}, lambda _: steps, quiet=False, accept=accept))
    assert isinstance(end, RunEnd)
    return end, published


def test_a_shorter_list_is_not_published_until_it_is_accepted_in_writing(tmp_path: Path) -> None:
    config = AuditConfig(
        archive=tmp_path / "archive", state=tmp_path / "state", db_url=f"sqlite:///{tmp_path}/audit.db"
    )
    with Site(egov()).up() as site:
        first, published = audit(config, site)
        assert (first.exit_code, first.counts["listings/ru/citizen"], published) == (0, 4, ["report"])
        pointer = journal.last_good(config.state)
        site.pages[LIST] = listing(("Семья", [f"{LIST}/a_1", f"{LIST}/b_2"]))
        second, published = audit(config, site)
        line = "the list ru/citizen has 2 listings, 4 in the last good run"
        assert (second.exit_code, second.result, published) == (4, RunResult.FAILED, [])
        assert f"lists: {line}" in digest(second)
        assert "egov-audit run --accept" in digest(second)
        assert journal.last_good(config.state) == pointer
        third, published = audit(config, site, accept=REASON)
        assert (third.exit_code, published) == (0, ["report"])
        assert f"accepted: {line} ({REASON})" in digest(third)
        with open_database(config.db_url) as engine, transaction(engine) as session:
            assert REASON in next(run.detail for run in read_status(session).runs if run.stage == "run")
        fourth, published = audit(config, site)
        assert (fourth.exit_code, published, fourth.warnings) == (0, ["report"], ()), "it is the last good run's now"
    records = [path.read_text(encoding="utf-8") for path in sorted((config.state / "runs").glob("*.jsonl"))]
    told = [json.loads(one) for one in records[2].splitlines()]
    assert [one["reason"] for one in told if one["record"] == "accepted"] == [REASON]
    assert REASON in journal.past_runs(config.state)[2].detail


@pytest.mark.parametrize(("now", "told"), [(90, False), (89, True), (120, False), (None, True)])
def test_a_tenth_may_go_and_not_more(now: int | None, told: bool) -> None:
    good = PastRun("r", NOON, NOON, RunResult.GOOD, counts={"listings/ru/citizen": 100, "pages/ru": 5})
    sizes = {} if now is None else {"listings/ru/citizen": now}
    assert bool(shrunk(sizes, good)) == told
    assert shrunk(sizes, None) == ()


def test_a_reason_that_says_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="--accept: say why"):
        check_reason(" ok ")
