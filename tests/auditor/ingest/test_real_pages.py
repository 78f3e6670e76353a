"""Real pages of egov.kz, where the folder of saved pages is there: none lost, none doubled, one result a service."""

from __future__ import annotations

import json

from auditor.db.read import evidence_of_listings, listings
from auditor.db.session import transaction
from crawler.archive.importer import import_path
from crawler.pages.records import Lang
from tests.auditor.ingest.pages import sources
from tests.auditor.ingest.world import World
from tests.conftest import SHARED

CAPTURES = SHARED / "captures"


if CAPTURES.exists():

    def test_saved_pages_of_the_portal(world: World) -> None:
        import_path(world.root, CAPTURES, sources().sites)
        summary = world.ingest()
        assert (summary.exit_code, summary.failed) == (0, [])
        assert (summary.lists, summary.listings, summary.service_pages) == (1, 106, 106)
        with transaction(world.engine) as session:
            found = listings(session, Lang.RU)
            evidence = evidence_of_listings(session, Lang.RU)
        assert len({one.slug for one in found}) == len(found) == 106
        assert len({category for one in found for category in one.categories}) == 12
        assert all(one.page_read and one.name for one in found)
        addresses = {one["url"] for one in json.loads((CAPTURES / "index.json").read_text(encoding="utf-8"))}
        assert {one.url for one in found} <= addresses
        assert {one.key for one in found} == set(evidence)
        assert world.ingest().new_rows == 0
