"""Links that a person adds where the machine proposed none, held against the register's history first."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from auditor.db.read import editions_in_force, entries_of
from auditor.link.editions import group_type
from auditor.link.kinds import evidence_of
from auditor.link.plan import steps
from auditor.link.services import PERSON, edition_of
from auditor.link.stage import REGISTER_LANGS
from auditor.records import EditionRef, Entry, Link, LinkType
from crawler.errors import ContentError

#: Types that say that several rows hang together.
_GROUPS = (LinkType.SPLIT, LinkType.MERGED, LinkType.REGROUPED)
#: What a person may say of two rows of one text's history.
ADDED = tuple(kind for kind in LinkType if kind not in (LinkType.TRANSLATION, LinkType.LISTED))


class History:
    """The register's texts by language in the order of force, and their rows: what an added link must fit into."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._texts: dict[str, EditionRef] = {}
        self._places: dict[str, int] = {}
        self.before: dict[str, str] = {}
        for step in steps({lang: editions_in_force(session, lang) for lang in REGISTER_LANGS}):
            for lang, text in step.texts.items():
                self._texts[text.key] = text
                before = step.before.get(lang)
                self._places[text.key] = self._places[before.key] + 1 if before else 0
                self.before |= {text.key: before.key} if before else {}
        self._rows: dict[str, dict[str, Entry]] = {}

    def link(self, kind: str, older: str, newer: str) -> Link:
        """The link as it will be kept. Raises ContentError where the two rows cannot be linked so."""
        named = kind.casefold().replace(" ", "_")
        if named not in ADDED:
            raise ContentError(f"an added link is {', '.join(ADDED)}, not {kind!r}")
        if older == newer:
            raise ContentError(f"{older} cannot be linked to itself")
        old, new = self._row(older), self._row(newer)
        if old.lang != new.lang:
            raise ContentError(f"{older} and {newer} are of two languages: each text has its own links")
        self._check_order(LinkType(named), old, new)
        return Link(LinkType(named), older, newer, 1.0, PERSON, evidence=evidence_of(old, new))

    def _row(self, key: str) -> Entry:
        text = self._texts.get(edition_of(key))
        if text is not None and text.key not in self._rows:
            self._rows[text.key] = {entry.key: entry for entry in entries_of(self._session, text.id)}
        row = self._rows[text.key].get(key) if text is not None else None
        if row is None:
            raise ContentError(f"no edition in the register's history has a row {key!r} (ACT/DATE/LANG/CODE, as "
                               "`egov-audit at DATE --json` prints it)")  # fmt: skip
        if row.dead:
            raise ContentError(f"{key} is an excluded row, which carries no service")
        return row

    def _check_order(self, kind: LinkType, old: Entry, new: Entry) -> None:
        before, after = edition_of(old.key), edition_of(new.key)
        apart = self._places[after] - self._places[before]
        if apart < 1:
            raise ContentError(f"the older row's edition, {before}, is not before the newer one's, {after}")
        if kind is LinkType.RESTORED and apart == 1:
            raise ContentError(f"{after} follows {before}: only what was gone for an edition is restored")
        if kind is not LinkType.RESTORED and apart > 1:
            raise ContentError(f"{apart - 1} editions lie between {before} and {after}: a service that was gone in "
                               "them is restored, any other is linked edition by edition")  # fmt: skip


def check_shape(link: Link, confirmed: Collection[Link]) -> None:
    """Raises ContentError unless an added link's type says how many rows hang together by what people `confirmed`."""
    olds, news = {link.older}, {link.newer}
    beside = [one for one in confirmed if edition_of(one.newer) == edition_of(link.newer)]
    grown = True
    while grown:
        tied = [one for one in beside if one.older in olds or one.newer in news]
        grown = not (olds.issuperset(one.older for one in tied) and news.issuperset(one.newer for one in tied))
        olds.update(one.older for one in tied)
        news.update(one.newer for one in tied)
    many = group_type(len(olds), len(news)) if len(olds) + len(news) > 2 else None
    if link.type in _GROUPS and many is None:
        raise ContentError(f"{link.type} says that several rows hang together: add all its links at once")
    if link.type is not many and (many or link.type in _GROUPS):
        raise ContentError(f"people's links make {len(olds)} older and {len(news)} newer rows of {link.older} and "
                           f"{link.newer} hang together, which is {many}, not {link.type}")  # fmt: skip
