"""Keeps what is derived from links for those who query: changes edition by edition, accounts year by year.

Each pair is taken once for the same inputs; when its links or readings change it is taken anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from auditor.account.compute import account
from auditor.account.records import Unit
from auditor.db.links import linkings
from auditor.db.models import AccountTermRow, EditionChangeRow, GrowthRow, LinkingRow
from auditor.db.read import editions_in_force, entries_of, pick_edition
from auditor.diff.compare import diff_entries
from auditor.diff.records import ChangeType
from auditor.link.plan import steps
from auditor.link.stage import REGISTER_LANGS
from auditor.measure.stage_history import links_between_texts
from auditor.records import EditionRef, Entry
from crawler.errors import ContentError
from crawler.pages.records import Lang

#: Version of what is derived; a change of the rules changes it, and everything is taken anew.
RULES = "3"
#: Editions whose rows are kept in memory: a year's pairs ask for the same ones.
AT_HAND = 16


@dataclass(slots=True)
class _Run:
    """One language while its pairs are gone through; the rows of the editions asked for last are at hand."""

    session: Session
    lang: Lang
    texts: list[EditionRef]
    linked: dict[tuple[str, str, str], LinkingRow]
    known: dict[tuple[str, str, str], GrowthRow]
    rows: dict[int, list[Entry]] = field(default_factory=dict)

    def entries(self, text: EditionRef) -> list[Entry]:
        """The rows of an edition."""
        if text.id not in self.rows:
            while len(self.rows) >= AT_HAND:
                del self.rows[next(iter(self.rows))]
            self.rows[text.id] = entries_of(self.session, text.id)
        return self.rows[text.id]


def keep_growth(session: Session, today: date) -> tuple[int, int]:
    """Bring the stored changes and accounts up to the links; how many pairs of editions and of years were taken anew.

    A pair whose rows are not linked yet is left out.
    """
    in_force = {lang: editions_in_force(session, lang) for lang in REGISTER_LANGS}
    plan = steps(in_force)
    linked = linkings(session)
    changes = accounts = 0
    for lang in REGISTER_LANGS:
        rows = session.scalars(select(GrowthRow).where(GrowthRow.lang == str(lang)))
        known = {(row.kind, row.older, row.newer): row for row in rows}
        run = _Run(session, lang, [step.texts[lang] for step in plan if lang in step.texts], linked, known)
        wanted = set()
        for older, newer in pairwise(run.texts):
            pair = ("changes", older.key, newer.key)
            wanted.add(pair)
            changes += _renew(run, pair, [older, newer])
        ends = _year_ends(in_force[lang], today)
        for (year, start), (after, end) in pairwise(ends):
            pair = ("account", str(year), str(after))
            wanted.add(pair)
            accounts += _renew(run, pair, _stretch(run.texts, start, end))
        for pair in set(known) - wanted:
            _forget(session, known[pair])
            session.delete(known[pair])
    session.flush()
    return changes, accounts


def _year_ends(editions: Sequence[EditionRef], today: date) -> list[tuple[int, EditionRef]]:
    """The edition in force at the end of each year from the first one on; a year that is not over ends today."""
    if not editions:
        return []
    years = range(min(edition.edition_date.year for edition in editions), today.year + 1)
    chosen = ((year, pick_edition(editions, min(date(year, 12, 31), today))) for year in years)
    return [(year, edition) for year, edition in chosen if edition is not None]


def _stretch(texts: Sequence[EditionRef], start: EditionRef, end: EditionRef) -> list[EditionRef]:
    """The texts from one edition to another; empty if either is no part of the history."""
    places = {text.id: place for place, text in enumerate(texts)}
    if start.id not in places or end.id not in places:
        return []
    return list(texts[places[start.id] : places[end.id] + 1])


def _renew(run: _Run, pair: tuple[str, str, str], texts: Sequence[EditionRef]) -> bool:
    """Take one pair anew if its inputs changed; whether it was."""
    rows = [run.linked.get(("history", older.key, newer.key)) for older, newer in pairwise(texts)]
    if not texts or any(row is None or not row.inputs_hash for row in rows):
        return False
    said = [RULES, *(str(text.id) for text in texts), *(row.inputs_hash for row in rows if row)]
    inputs = hashlib.sha256("\n".join(said).encode()).hexdigest()
    row = run.known.get(pair)
    if row is not None and row.inputs_hash == inputs:
        return False
    if row is None:
        row = GrowthRow(kind=pair[0], lang=str(run.lang), older=pair[1], newer=pair[2], inputs_hash=inputs)
        run.session.add(row)
    else:
        _forget(run.session, row)
        row.inputs_hash = inputs
    run.session.flush()
    (_store_changes if pair[0] == "changes" else _store_account)(run, row.id, texts)
    return True


def _forget(session: Session, row: GrowthRow) -> None:
    for table in (EditionChangeRow, AccountTermRow):
        session.execute(delete(table).where(table.growth_id == row.id))


def _store_changes(run: _Run, growth_id: int, texts: Sequence[EditionRef]) -> None:
    links = links_between_texts(run.session, texts, run.linked)
    older, newer = (run.entries(text) for text in texts)
    rows = []
    for change in diff_entries(older, newer, links):
        if change.type is ChangeType.COSMETIC:
            continue
        shown = (change.newer or change.older)[0]
        head = {
            "growth_id": growth_id,
            "edition_date": texts[-1].edition_date,
            "type": str(change.type),
            "code": shown.code,
            "name": f"{shown.name} ({shown.subname})" if shown.subname else shown.name,
            "older_keys": " ".join(entry.key for entry in change.older),
            "newer_keys": " ".join(entry.key for entry in change.newer),
        }
        fields = [(one.field, one.before, one.after) for one in change.fields] or [("", "", "")]
        rows += [{**head, "field": field, "before": before, "after": after} for field, before, after in fields]
    if rows:
        run.session.execute(insert(EditionChangeRow), rows)


def _store_account(run: _Run, growth_id: int, texts: Sequence[EditionRef]) -> None:
    links = links_between_texts(run.session, texts, run.linked)
    older, newer = (run.entries(text) for text in (texts[0], texts[-1]))
    rows = []
    for unit in Unit:
        for digitised in (False, True):
            try:
                found = account(older, newer, links, unit, digitised=digitised)
            except ContentError:
                continue  # an account over nothing is none; what the other years say stands
            head = {
                "growth_id": growth_id,
                "unit": str(unit),
                "digitised": digitised,
                "count_before": found.start,
                "count_after": found.end,
            }
            rows += [
                {**head, "term": str(name), "value": term.value, "low": term.low, "high": term.high}
                for name, term in found.terms.items()
            ]
    if rows:
        run.session.execute(insert(AccountTermRow), rows)
