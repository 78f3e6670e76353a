"""What is known to exist but was not read: a report says so beside its figures."""

from __future__ import annotations

from sqlalchemy.orm import Session

from auditor.db.status import read_status
from auditor.records import NotRead


def not_read(session: Session) -> list[NotRead]:
    """Editions that are not in force for whatever reason, texts without a date, lists that were never whole."""
    status = read_status(session)
    found = [
        NotRead(
            f"{line.act}/{line.edition_date or 'date-unknown'}/{line.lang}",
            line.state,
            line.detail,
            line.act,
            line.edition_date,
            line.lang,
        )
        for line in status.editions
        if line.state not in ("fetched", "imported")
    ]
    found += [NotRead(url, "held", "no history read so far says which edition it is") for url in status.undated]
    found += [
        NotRead(f"{line.lang}/{line.audience}", "failed", "the portal's list was never read whole")
        for line in status.lists
        if not line.complete
    ]
    return found
