"""A connection to PostgreSQL that is cut in the middle of a transaction, and a clock that was set back."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from auditor.db.session import connect
from crawler.archive import reader
from crawler.archive.verify import verify
from tests.auditor.cli.command import EGOV_AUDIT
from tests.conftest import Postgres
from tests.crawler.archive.sample import page, sealed_run
from tests.soak.equal import database_contents, differences
from tests.soak.kill import environment
from tests.soak.sites import Watched
from tests.soak.state import egov_audit

_WAITING = text(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' LIMIT 1"
)


def test_a_cut_connection_takes_back_what_was_begun_and_the_next_ingest_makes_it_good(
    good: Path, sites: Watched, postgres: Postgres
) -> None:
    whole, url = (postgres.database(template=postgres.template) for _ in range(2))
    assert egov_audit(good, sites, "ingest", EGOV_AUDIT_DB_URL=whole).code == 0
    engine = connect(url)
    env = {**environment(good, sites), "EGOV_AUDIT_DB_URL": url}
    with engine.connect() as holder, engine.connect().execution_options(isolation_level="AUTOCOMMIT") as looker:
        # The ingest waits here, its page half stored.
        holder.execute(text("LOCK TABLE entry IN ACCESS EXCLUSIVE MODE"))
        with subprocess.Popen(
            [str(EGOV_AUDIT), "ingest"], cwd=good, env=env, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as ingest:
            while (pid := looker.scalar(_WAITING)) is None:
                assert ingest.poll() is None
            looker.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            holder.rollback()
            out, err = ingest.communicate()
    assert ingest.returncode == 4, err
    assert "Traceback" not in err
    assert "start again" in out + err
    again = egov_audit(good, sites, "ingest", EGOV_AUDIT_DB_URL=url)
    assert again.code == 0, again.out + again.err
    assert [
        line for line in differences(database_contents(whole), database_contents(url)) if "database_error" not in line
    ] == []
    engine.dispose()


def test_a_clock_set_back_breaks_neither_the_chain_nor_the_order(tmp_path: Path) -> None:
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    first = sealed_run(tmp_path, page(1), at=now)
    second = sealed_run(tmp_path, page(1), page(2), at=now - timedelta(days=400))
    assert reader.run_ids(tmp_path) == [first, second], "the chain's order, not the clock's"
    assert verify(tmp_path) == []
