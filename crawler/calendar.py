"""The calendar by which editions come into force: that of the country."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

#: Astana and Almaty have had one time since 2024-03-01.
KAZAKHSTAN = ZoneInfo("Asia/Almaty")


def local_day(at: datetime) -> date:
    """The day in Kazakhstan of a UTC moment."""
    return at.astimezone(KAZAKHSTAN).date()
