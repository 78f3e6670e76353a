"""What is known to exist but was not read: a report says so beside its figures."""

from __future__ import annotations

from sqlalchemy.orm import Session

from auditor.db.status import Status, read_status
from auditor.records import NotRead
from crawler.config import CrawlConfig
from crawler.sources.load import Sources, load_sources

_NEVER = "nothing of it was ever harvested or imported"


def not_read(session: Session, sources: Sources | None = None) -> list[NotRead]:
    """Editions that are not in force for whatever reason, texts without a date, lists that were never whole.

    And the portal's lists that `sources` (else the configuration's) name and of which nothing is stored at all; with
    `sources` their acts, too.
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
        NotRead(
            f"portal list {line.lang}/{line.audience}",
            "failed",
            "the portal's list was never read whole",
            lang=str(line.lang),
            audience=line.audience,
        )
        for line in status.lists
        if not line.complete
    ]
    if sources:
        found += _acts_never_seen(status, sources)
    return [*found, *_lists_never_seen(status, sources or load_sources(CrawlConfig()))]


def _acts_never_seen(status: Status, sources: Sources) -> list[NotRead]:
    """What the sources name and nothing is known of: it was never asked for, or never answered."""
    acts = {(line.act, line.lang) for line in status.editions}
    return [
        NotRead(f"{act.id}/{lang}", "not asked", _NEVER, act.id, None, str(lang))
        for source in sources.all
        for act in source.acts
        for lang in source.facts.ask
        if (act.id, str(lang)) not in acts
    ]


def _lists_never_seen(status: Status, sources: Sources) -> list[NotRead]:
    """The portal's lists of which nothing is known. No figure may take what they alone show for absent."""
    lists = {(line.lang, line.audience) for line in status.lists}
    return [
        NotRead(f"portal list {lang}/{audience}", "not asked", _NEVER, lang=str(lang), audience=audience)
        for source in sources.all
        for audience in source.audiences
        for lang in source.facts.ask
        if (str(lang), audience) not in lists
    ]
