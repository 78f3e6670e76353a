"""An archive and a database, and the questions that tests ask of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, func, select

from auditor.db.models import Base, CaptureRow, EditionRow, IssueRow
from auditor.db.read import editions, editions_in_force
from auditor.db.session import transaction
from auditor.ingest.stage import ingest
from auditor.ingest.summary import IngestSummary
from crawler.pages.records import Lang
from tests.auditor.ingest.pages import Run, sources


def silent(_done: int, _total: int, _url: str) -> None:
    """No progress."""


@dataclass
class World:
    """Where the pages are and where they go."""

    root: Path
    engine: Engine

    def run(self, **values: object) -> Run:
        """A run of this archive, to be filled and sealed."""
        return Run(self.root, **values)  # type: ignore[arg-type]

    def ingest(self, *, again: bool = False) -> IngestSummary:
        """Read the archive into the database."""
        return ingest(self.engine, self.root, sources(), again=again, watch=silent)

    def rows(self) -> dict[str, int]:
        """Table → number of rows."""
        with transaction(self.engine) as session:
            return {
                name: session.scalar(select(func.count()).select_from(table)) or 0
                for name, table in Base.metadata.tables.items()
            }

    def in_force(self, lang: Lang = Lang.RU) -> list[tuple[str, int]]:
        """(key, live rows) of the readings in force."""
        with transaction(self.engine) as session:
            return [(edition.key, edition.rows_live) for edition in editions_in_force(session, lang)]

    def states(self) -> dict[str, list[str]]:
        """Edition key → states of its readings that are not superseded."""
        found: dict[str, list[str]] = {}
        with transaction(self.engine) as session:
            for edition in editions(session):
                found.setdefault(edition.key, []).append(edition.state)
        return found

    def readings(self) -> int:
        """Readings of any state."""
        with transaction(self.engine) as session:
            return session.scalar(select(func.count()).select_from(EditionRow)) or 0

    def issues(self, code: str = "", *, resolved: bool = False) -> list[IssueRow]:
        """Open (or resolved) issues, of one code."""
        statement = select(IssueRow).order_by(IssueRow.id)
        statement = statement.where(IssueRow.resolved_at.is_not(None) if resolved else IssueRow.resolved_at.is_(None))
        if code:
            statement = statement.where(IssueRow.code == code)
        with transaction(self.engine) as session:
            return list(session.scalars(statement))

    def parse_states(self) -> dict[str, str]:
        """Address → how parsing ended, of the newest capture."""
        with transaction(self.engine) as session:
            rows = session.execute(select(CaptureRow.url, CaptureRow.parse_state).order_by(CaptureRow.captured_at))
            return {row.url: row.parse_state for row in rows}
