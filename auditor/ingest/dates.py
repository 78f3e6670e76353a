"""Which edition a current text is: its page says no date, the act's history does. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crawler.calendar import local_day

#: Captures this near to each other are of one visit: what a history says then holds for the text.
_VISIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class KnownHistory:
    """What one capture of a history page names: the dates, and the one whose row links the current text.

    `shown` is None where no row links it, or several do.
    """

    at: datetime
    dates: tuple[date, ...]
    shown: date | None = None


#: (act, language) → its history pages as captured, in order of time.
KnownDates = Mapping[tuple[str, str], Sequence[KnownHistory]]


def current_edition(act: str, lang: str, captured_at: datetime, known: KnownDates) -> date | None:
    """The date of the edition that the act's page showed at a moment: what the history of that time links as it.

    The site can show a text before it comes into force, so this date can lie ahead. An older history is overruled by
    an edition that it could not know of; without a linked row it is the newest edition in force on that day. Taken
    from the history in the page's own language, else from another language's; None when no history says it.
    """
    others = sorted(other for of, other in known if of == act and other != lang)
    tongues = [known.get((act, tongue), ()) for tongue in (lang, *others)]
    for histories in tongues:
        shown = _shown(captured_at, histories)
        if shown is not None:
            return shown
    for histories in tongues:
        past = [day for history in histories for day in history.dates if day <= local_day(captured_at)]
        if past:
            return max(past)
    return None


def _shown(captured_at: datetime, histories: Sequence[KnownHistory]) -> date | None:
    near = [history for history in histories if abs(history.at - captured_at) <= _VISIT]
    if near:
        return min(near, key=lambda history: (abs(history.at - captured_at), history.at)).shown
    before = [history for history in histories if history.at <= captured_at]
    newest = max(before, key=lambda history: history.at, default=None)
    if newest is None or newest.shown is None:
        return None
    unknown_then = (
        day
        for history in histories
        for day in history.dates
        if day <= local_day(captured_at) and (day not in newest.dates or day > local_day(newest.at))
    )
    return max([newest.shown, *unknown_then])
