"""What is known to exist but was not read: a report says so beside its figures."""

from __future__ import annotations

from sqlalchemy.orm import Session

from auditor.db.status import Status, read_status
from auditor.records import NotRead
from crawler.sources.load import Sources


def not_read(session: Session, sources: Sources | None = None) -> list[NotRead]:
    """Editions that are not in force for whatever reason, texts without a date, lists that were never whole.

    With `sources` also the acts and lists that they name and of which nothing is stored at all.
    """
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
    return [*found, *_never_seen(status, sources)] if sources else found


def _never_seen(status: Status, sources: Sources) -> list[NotRead]:
    """What the sources name and nothing is known of: it was never asked for, or never answered."""
    acts = {(line.act, line.lang) for line in status.editions}
    lists = {(line.lang, line.audience) for line in status.lists}
    why = "nothing of it was ever harvested or imported"
    found = []
    for source in sources.all:
        langs = [str(lang) for lang in source.facts.ask]
        found += [
            NotRead(f"{act.id}/{lang}", "not asked", why, act.id, None, lang)
            for act in source.acts
            for lang in langs
            if (act.id, lang) not in acts
        ]
        found += [
            NotRead(f"portal list {lang}/{audience}", "not asked", why, lang=lang)
            for audience in source.audiences
            for lang in langs
            if (lang, audience) not in lists
        ]
    return found
