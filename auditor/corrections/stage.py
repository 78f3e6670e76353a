"""Keeps corrections and reads them back. Rows are only added: nothing here changes or removes one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from auditor.corrections.records import Claim, Correction, reason_of, refuse_untrue
from auditor.db.models import CorrectionRow, MeasurementRow
from auditor.db.review import coders
from auditor.review.aliases import alias, refuse_look_alike


def corrections(session: Session) -> tuple[Correction, ...]:
    """Every correction, oldest first."""
    return tuple(_numbered(session))


def _numbered(session: Session) -> Iterator[Correction]:
    count: Counter[tuple[str, date, str]] = Counter()
    for row in session.scalars(select(CorrectionRow).order_by(CorrectionRow.noted_at, CorrectionRow.id)):
        figure = f"{row.measure}:{row.cell}" if row.cell else row.measure
        count[figure, row.as_of, row.lang] += 1
        yield Correction(
            figure=figure,
            as_of=row.as_of,
            lang=row.lang,
            number=count[figure, row.as_of, row.lang],
            noted_at=row.noted_at,
            old=row.old_value,
            new=row.new_value,
            reason=row.reason,
            noticed_by=row.noticed_by,
        )


def correct(session: Session, claim: Claim, value: int, now: datetime) -> Correction:
    """Keep a correction of a figure whose value is `value` by the data as they are, and give it with its number.

    Raises UsageError for a reason or an alias that cannot be kept, ContentError for what `refuse_untrue` refuses.
    """
    reason = reason_of(claim.reason)
    who = alias(claim.noticed_by)
    every = corrections(session)
    refuse_look_alike(who, coders(session) | {one.noticed_by for one in every})
    measure, _, cell = claim.figure.partition(":")
    made = [one for one in every if (one.figure, one.as_of, one.lang) == (claim.figure, claim.as_of, claim.lang)]
    refuse_untrue(claim, _given(session, claim, measure, cell), value, made)
    session.add(
        CorrectionRow(
            noted_at=now,
            measure=measure,
            cell=cell,
            as_of=claim.as_of,
            lang=claim.lang,
            old_value=claim.old,
            new_value=claim.new,
            reason=reason,
            noticed_by=who,
        )
    )
    session.flush()
    return next(one for one in reversed(corrections(session)) if one.figure == claim.figure and one.noted_at == now)


def _given(session: Session, claim: Claim, measure: str, cell: str) -> list[tuple[int, date]]:
    """The values that were computed for the figure so far, each with the day, one after another."""
    statement = (
        select(MeasurementRow.value, MeasurementRow.computed_at)
        .where(
            MeasurementRow.as_of == claim.as_of,
            MeasurementRow.lang == claim.lang,
            MeasurementRow.measure == measure,
            MeasurementRow.cell == cell,
            MeasurementRow.withdrawn.is_(False),
        )
        .order_by(MeasurementRow.id)
    )
    found: dict[int, date] = {}
    for value, at in session.execute(statement):
        found.setdefault(int(value), at.date())
    return list(found.items())
