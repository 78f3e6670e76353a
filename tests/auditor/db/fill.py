"""Rows for tests of reading: a database filled by hand, one plain call an edition, list or page."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from auditor.db.models import (
    CaptureRow,
    EditionRow,
    EditionSeenRow,
    EntryRow,
    ListingRow,
    ListingSeenRow,
    ListReadingRow,
    PageReadingRow,
    RunRow,
)
from auditor.ingest.keys import entry_keys
from crawler.pages.records import Lang, RegisterRow
from crawler.pages.text import compare_key

AT = datetime(2024, 6, 1, tzinfo=UTC)


def add_capture(session: Session, url: str = "http://x.test/", at: datetime = AT, **values: object) -> str:
    """A kept page of the run `run-1`."""
    if session.get(RunRow, "run-1") is None:
        session.add(RunRow(id="run-1", stage="harvest", started_at=AT, finished_at=AT, result="good"))
        session.flush()
    defaults: dict[str, object] = {
        "record": "response",
        "warc": "run-1.warc.gz",
        "offset": 100,
        "length": 50,
        "body_warc": "run-1.warc.gz",
        "body_offset": 100,
        "status": 200,
        "content_type": "text/html",
        "sha256": "ab" * 32,
        "size": 10,
        "verdict": "ok",
        "provenance": "harvested",
        "source": "adilet",
        "kind": "act_text",
        "parse_state": "parsed",
    }
    capture_id = str(uuid.uuid4())
    session.add(CaptureRow(id=capture_id, run_id="run-1", url=url, captured_at=at, **{**defaults, **values}))
    session.flush()
    return capture_id


def add_edition(
    session: Session,
    act: str,
    day: date,
    rows: list[RegisterRow],
    *,
    lang: Lang = Lang.RU,
    state: str = "good",
    at: datetime = AT,
) -> int:
    """One reading of an edition with its entries; gives its id."""
    capture_id = add_capture(session, f"http://x.test/{act}/{day}/{lang}", at)
    edition = EditionRow(
        act=act,
        edition_date=day,
        lang=lang,
        capture_id=capture_id,
        content_hash=uuid.uuid4().hex,
        parsed_with="1",
        read_at=AT,
        last_number=len(rows),
        rows_found=len(rows),
        rows_live=sum(not row.dead for row in rows),
        state=state,
        state_at=AT,
    )
    session.add(edition)
    session.flush()
    session.add(EditionSeenRow(edition_id=edition.id, capture_id=capture_id, parsed_with="1", read_at=AT))
    for key, row in zip(entry_keys(act, day, lang, rows), rows, strict=True):
        session.add(
            EntryRow(
                edition_id=edition.id,
                key=key,
                table_no=row.table,
                row_no=row.row,
                ordinal=row.ordinal,
                number=row.number,
                code=row.code,
                name=row.name,
                name_norm=compare_key(row.name),
                dead=row.dead,
                forms=" ".join(sorted(row.forms)),
            )
        )
    session.flush()
    return edition.id


def rows(*names: str, dead: frozenset[int] = frozenset()) -> list[RegisterRow]:
    """Register rows with codes 00101001, 00101002…; `dead` holds ordinals."""
    return [
        RegisterRow(
            table=1,
            row=number + 3,
            ordinal=number,
            number=str(number),
            code=f"00101{number:03}",
            name=name,
            dead=number in dead,
        )
        for number, name in enumerate(names, start=1)
    ]


def add_list(
    session: Session,
    slugs: dict[str, str],
    lang: Lang = Lang.RU,
    audience: str = "citizen",
    at: datetime = AT,
    *,
    complete: bool = True,
) -> int:
    """One reading of a portal list, slug → category; gives its id."""
    url = f"http://egov.test/cms/{lang}/online-services/for_{audience}"
    capture_id = add_capture(session, url, at, source="egov", kind="portal_list", lang=lang, audience=audience)
    reading = ListReadingRow(
        capture_id=capture_id,
        content_hash=uuid.uuid4().hex,
        parsed_with="1",
        lang=lang,
        audience=audience,
        read_at=AT,
        complete=complete,
        listings=len(slugs),
    )
    session.add(reading)
    session.flush()
    for position, (slug, category) in enumerate(slugs.items(), start=1):
        session.add(
            ListingSeenRow(
                list_reading_id=reading.id,
                listing_id=listing_id(session, lang, slug),
                position=position,
                category=category,
                name=f"Service {slug}",
                href=f"/cms/{lang}/online-services/for_{audience}/{slug}",
            )
        )
    session.flush()
    return reading.id


def add_page(
    session: Session, slug: str, result: str, *, lang: Lang = Lang.RU, audience: str = "citizen", at: datetime = AT
) -> None:
    """One reading of a service page."""
    url = f"http://egov.test/cms/{lang}/online-services/for_{audience}/{slug}"
    capture_id = add_capture(
        session, url, at, source="egov", kind="service_page", lang=lang, audience=audience, slug=slug
    )
    session.add(
        PageReadingRow(
            capture_id=capture_id,
            listing_id=listing_id(session, lang, slug),
            content_hash=uuid.uuid4().hex,
            parsed_with="1",
            read_at=AT,
            title=f"Page {slug}",
            result=result,
            orderable=True,
        )
    )
    session.flush()


def listing_id(session: Session, lang: Lang, slug: str) -> int:
    """The listing's id; the row is made if it is new."""
    found = session.query(ListingRow).filter_by(lang=lang, slug=slug).one_or_none()
    if found is None:
        found = ListingRow(lang=lang, slug=slug)
        session.add(found)
        session.flush()
    return found.id
