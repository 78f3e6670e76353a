"""Spans of time as people type them: `8d`, `36h`, `90m`, `2w`."""

from __future__ import annotations

import re
from datetime import timedelta

from crawler.errors import UsageError

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(text: str) -> timedelta:
    """The span that a number and a unit (m, h, d, w) say. Raises UsageError for anything else and for none at all."""
    found = re.fullmatch(r"([0-9]{1,5})([mhdw])", text.strip())
    if found is None or not int(found[1]):
        raise UsageError(f"{text!r} is no span of time: a number and m, h, d or w, as in 8d or 36h")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def in_words(span: timedelta) -> str:
    """A span for a person, in its largest whole unit: `3 days`, `5 hours`, `1 minute`; `moments` under a minute."""
    for name, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        number = int(span.total_seconds() // length)
        if number >= 1:
            return f"{number} {name}{'s' if number > 1 else ''}"
    return "moments"
