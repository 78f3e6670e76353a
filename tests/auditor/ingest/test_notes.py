"""Notes on amendments are kept with the reading they stand in."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from auditor.db.amendments import notes_of
from auditor.db.models import EditionRow
from auditor.db.session import transaction
from crawler.pages.amendments import Change
from tests.auditor.ingest.world import World
from tests.pages_gen import Spec, register_page

DAY = date(2022, 3, 14)
_NOTE = "<p>Сноска. Строка 3 в редакции приказа Министра от 14.03.2022 № 81/НҚ.</p>"


def kept(world: World) -> list[tuple[Change, str, str]]:
    """What is kept of the only reading."""
    with transaction(world.engine) as session:
        (edition,) = session.scalars(select(EditionRow.id))
        return [(one.change, one.row, one.order) for one in notes_of(session, [edition]).get(edition, [])]


def test_a_reading_keeps_what_its_notes_say_of_rows(world: World) -> None:
    body = register_page(Spec(rows=60)).replace(b"<table", _NOTE.encode() + b"<table", 1)
    world.run().history(DAY).text(DAY, body).seal()
    world.ingest()
    assert kept(world) == [(Change.REWORDED, "3", "81/НҚ")]
    world.ingest(again=True)
    assert kept(world) == [(Change.REWORDED, "3", "81/НҚ")]
