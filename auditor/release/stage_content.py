"""What a release says, read from the views of either engine: the rows that carry meaning, without bookkeeping."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text
from sqlalchemy.orm import Session

from auditor.release.meaning import Part
from crawler.errors import ContentError

#: Rows fetched at once: a register of 260,000 rows is never whole in memory.
_AT_ONCE = 5000


def use_utc(session: Session) -> None:
    """Let "today" in the views mean the day in UTC on PostgreSQL too, until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL TIME ZONE 'UTC'"))


def rows(session: Session, part: Part) -> Iterator[tuple[object, ...]]:
    """The rows of one part, in no order."""
    start = "SELECT DISTINCT" if part.distinct else "SELECT"
    where = f" WHERE {part.condition}" if part.condition else ""
    # Names and conditions are this module's and the dictionary's own.
    statement = text(f"{start} {', '.join(part.columns)} FROM {part.view}{where}")
    result = session.execute(statement, execution_options={"stream_results": True})
    for found in result.partitions(_AT_ONCE):
        yield from map(tuple, found)


#: Which rules made the rows. Of the machine coder's versions the newest counts.
_METHOD = {
    "parsers": "SELECT parsed_with FROM edition_seen WHERE superseded_at IS NULL"
    " UNION SELECT parsed_with FROM list_reading WHERE superseded_at IS NULL"
    " UNION SELECT parsed_with FROM page_reading WHERE superseded_at IS NULL",
    "linker": "SELECT DISTINCT linker FROM linking",
    "codebook": "SELECT MAX(codebook) FROM coding HAVING MAX(codebook) IS NOT NULL",
    "coder": "SELECT coder_version FROM coding WHERE coder = 'machine' ORDER BY coded_at DESC, id DESC LIMIT 1",
}


def method(session: Session) -> dict[str, list[str]]:
    """The versions of parsers, linker, codebook and coder that the content was made with, each sorted."""
    return {
        name: sorted(str(found) for found in session.execute(text(statement)).scalars())
        for name, statement in _METHOD.items()
    }


def newest_evidence(session: Session) -> str:
    """The moment (UTC) of the newest page the content rests on. Raises ContentError when it rests on none."""
    statement = "SELECT MAX(at) FROM (SELECT captured_at AS at FROM editions UNION SELECT last_listed FROM listings) x"
    newest = session.execute(text(statement)).scalar()
    if newest is None:
        raise ContentError("nothing to release: no edition and no portal list has been read and accepted")
    return str(newest)
