"""Which act approves the register from which day on: what decides whether any text that was read is in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from auditor.db.models import ActRow, EditionKnownRow, EditionRow


def first_days(session: Session) -> dict[str, date]:
    """The first day of every act that is known: what the sources' lists, history pages and readings name, the earliest.

    An act is known although no text of it was ever read, and ends the act before it all the same.
    """
    named = (
        select(ActRow.id, ActRow.first_day),
        select(EditionKnownRow.act, func.min(EditionKnownRow.edition_date))
        .where(EditionKnownRow.superseded_at.is_(None))
        .group_by(EditionKnownRow.act),
        select(EditionRow.act, func.min(EditionRow.edition_date))
        .where(EditionRow.state != "superseded")
        .group_by(EditionRow.act),
    )
    found: dict[str, date] = {}
    for statement in named:
        for act, day in session.execute(statement):
            found[act] = min(found.get(act, day), day)
    return found


def ends(acts: Mapping[str, date]) -> dict[str, date]:
    """The day from which the next act is in force, by act; the newest one has none."""
    order = sorted(acts, key=lambda act: (acts[act], act))
    return {act: acts[after] for act, after in pairwise(order)}


def nothing_in_force(acts: Mapping[str, date], day: date, lang: str) -> str:
    """Why no text that was read is in force on a day, in one line."""
    begun = [act for act, first in acts.items() if first <= day]
    said = f"no edition of the register in {lang} that was read is in force on {day}"
    if not begun:
        return said
    act = max(begun, key=lambda one: (acts[one], one))
    return f"{said}: since {acts[act]} the act is {act}, of which none up to then was read"


def keep_acts(session: Session, acts: Iterable[tuple[str, date]]) -> None:
    """Keep the acts that the sources name, with their own days; one that is no longer named stays."""
    known = {row.id: row for row in session.scalars(select(ActRow))}
    for act, day in acts:
        row = known.get(act)
        if row is None:
            session.add(ActRow(id=act, first_day=day))
        elif row.first_day != day:
            row.first_day = day
