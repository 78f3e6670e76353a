"""What the views say of changes and accounts follows the links, without a report in between."""

from __future__ import annotations

from auditor.db.links import stored_links
from auditor.db.session import connect, transaction
from auditor.records import LinkState, LinkType
from crawler.pages.records import Lang
from tests.auditor.link.command import run
from tests.auditor.link.histories import write_history
from tests.auditor.link.store import store_edition


def asked(db_url: str, name: str) -> str:
    """What a ready question answers."""
    done = run(db_url, "query", name, "--csv")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_query_after_link_is_right(db_url: str) -> None:
    history = write_history(5, 60, [{"births": 3, "renames": 2}], typos=0)
    engine = connect(db_url)
    with transaction(engine) as session:
        for texts in history.editions[Lang.RU]:
            store_edition(session, texts)
    assert run(db_url, "query", "born").returncode == 4
    assert run(db_url, "link").returncode == 0
    before = asked(db_url, "born")
    with transaction(engine) as session:
        renamed = next(
            one for one in stored_links(session, LinkState.ACCEPTED)
            if one.link.type in (LinkType.RENAMED, LinkType.REWORDED)
        )  # fmt: skip
    refused = run(
        db_url, "review", "links", "--refuse", str(renamed.id), "--by", "aigul", "--reason", "another service"
    )
    assert refused.returncode == 0, refused.stderr
    assert run(db_url, "link").returncode == 0
    assert len(asked(db_url, "born").splitlines()) == len(before.splitlines()) + 1
    engine.dispose()
