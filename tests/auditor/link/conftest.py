"""A register with questions that only a person can decide."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.db.session import connect, transaction
from crawler.pages.records import Lang
from tests.auditor.link.command import run
from tests.auditor.link.histories import write_history
from tests.auditor.link.reviewing import UNLIKE
from tests.auditor.link.store import store_edition


@pytest.fixture
def db(sqlite_url: str) -> str:
    """A register with three open questions."""
    texts = write_history(3, 40, [{}], typos=0).editions[Lang.RU]
    newer = list(texts[1])
    for place, name in zip((4, 14, 24), UNLIKE, strict=True):
        newer[place] = replace(newer[place], name=name, bylaw="Другие правила")
    engine = connect(sqlite_url)
    with transaction(engine) as session:
        store_edition(session, texts[0])
        store_edition(session, newer)
    engine.dispose()
    assert run(sqlite_url, "link").returncode == 0
    return sqlite_url
