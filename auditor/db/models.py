"""Tables. Rows are observations: nothing is overwritten, later readings stand beside earlier ones.

Times are UTC. Texts stay as the source has them. Sets (delivery forms…) are sorted words joined by one space, so that
the same SQL works on SQLite and PostgreSQL.
"""

from __future__ import annotations

from auditor.db.archive_rows import CaptureRow, FetchRow, IssueRow, RunRow
from auditor.db.base import Base
from auditor.db.correction_rows import CorrectionRow
from auditor.db.finding_rows import (
    CodingRow,
    HandCodingRow,
    LinkingRow,
    LinkRow,
    MeasurementRow,
    MembershipRow,
    SampleItemRow,
    SampleRow,
    ServiceRow,
    SheetRow,
)
from auditor.db.growth_rows import AccountTermRow, EditionChangeRow, GrowthRow
from auditor.db.identity import IdentityRow
from auditor.db.reading_rows import (
    ActRow,
    AmendmentRow,
    EditionKnownRow,
    EditionRow,
    EditionSeenRow,
    EntryRow,
    ListingRow,
    ListingSeenRow,
    ListReadingRow,
    PageReadingRow,
)

__all__ = [
    "AccountTermRow",
    "ActRow",
    "AmendmentRow",
    "Base",
    "CaptureRow",
    "CodingRow",
    "CorrectionRow",
    "EditionChangeRow",
    "EditionKnownRow",
    "EditionRow",
    "EditionSeenRow",
    "EntryRow",
    "FetchRow",
    "GrowthRow",
    "HandCodingRow",
    "IdentityRow",
    "IssueRow",
    "LinkRow",
    "LinkingRow",
    "ListReadingRow",
    "ListingRow",
    "ListingSeenRow",
    "MeasurementRow",
    "MembershipRow",
    "PageReadingRow",
    "RunRow",
    "SampleItemRow",
    "SampleRow",
    "ServiceRow",
    "SheetRow",
]
