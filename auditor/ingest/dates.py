"""Which edition a current text is: its page says no date, the act's history does. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

#: Editions come into force by the calendar of the country; Astana and Almaty have had one time since 2024-03-01.
KAZAKHSTAN = ZoneInfo("Asia/Almaty")

#: (act, language) → the dates of its history table.
KnownDates = Mapping[tuple[str, str], Iterable[date]]


def local_day(at: datetime) -> date:
    """The day in Kazakhstan of a UTC moment."""
    return at.astimezone(KAZAKHSTAN).date()


def current_edition(act: str, lang: str, captured_at: datetime, known: KnownDates) -> date | None:
    """The date of the edition that the act's page showed at a moment: the newest in force on that day.

    Taken from the history in the page's own language, else from another language's; None when no history says it.
    Editions of the future, which a history can name, are left out.
    """
    day = local_day(captured_at)
    others = sorted(other for of, other in known if of == act and other != lang)
    for tongue in (lang, *others):
        past = [edition for edition in known.get((act, tongue), ()) if edition <= day]
        if past:
            return max(past)
    return None
