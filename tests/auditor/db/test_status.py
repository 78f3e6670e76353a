"""What `status` counts: places to look at, not tellings."""

from __future__ import annotations

from datetime import UTC, datetime

from auditor.db.archive_rows import IssueRow
from auditor.db.session import connect, transaction
from auditor.db.status import read_status

AT = datetime(2026, 3, 2, tzinfo=UTC)


def test_an_address_that_several_runs_complain_of_counts_once(db_url: str) -> None:
    def issue(run_id: str, code: str, address: str, resolved: datetime | None = None) -> IssueRow:
        about = {"run_id": run_id, "stage": "portal", "level": "warning", "message": f"seen in {run_id}"}
        return IssueRow(**about, code=code, address=address, found_at=AT, resolved_at=resolved)

    engine = connect(db_url)
    with transaction(engine) as session:
        session.add_all([issue(run_id, "timeout", "https://egov.kz/a") for run_id in ("one", "two", "three")])
        session.add(issue("one", "timeout", "https://egov.kz/b"))
        session.add(issue("one", "dns", "https://egov.kz/a"))
        session.add(issue("one", "dns", "https://egov.kz/c", resolved=AT))
    with transaction(engine) as session:
        assert read_status(session).issues == {("warning", "timeout"): 2, ("warning", "dns"): 1}
    engine.dispose()
