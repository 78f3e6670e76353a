"""Pages that a good harvest could not read, as one warning: the figures rest on what was read before. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from auditor.ops.records import UNREAD, Change
from crawler.archive.records import Fetch, Outcome

#: How many addresses are named before the rest is only counted.
_NAMED = 3


def not_read(stage: str, fetches: Sequence[Fetch]) -> Change:
    """The warning about the pages of one harvest that failed; its codes are the verdicts (login, maintenance, …)."""
    kinds = Counter(str(fetch.verdict or "no answer") for fetch in fetches)
    told = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items()))
    places = ", ".join(f"{fetch.url} ({fetch.detail})" for fetch in fetches[:_NAMED])
    rest = f" and {len(fetches) - _NAMED} more" if len(fetches) > _NAMED else ""
    number = f"{len(fetches)} page{'s' if len(fetches) > 1 else ''}"
    text = f"{stage}: {number} could not be read, what was read before counts: {told}: {places}{rest}"
    return Change(UNREAD, text, tuple(sorted(kinds.keys() - {"no answer"})))


def reason(fetches: Sequence[Fetch]) -> str:
    """What most pages of a harvest ended with that fetched none, to be put behind its own line; "" of any other."""
    if any(fetch.outcome in (Outcome.FETCHED, Outcome.IMPORTED) for fetch in fetches):
        return ""
    details = Counter(fetch.detail for fetch in fetches if fetch.detail)
    return f": {details.most_common(1)[0][0]}" if details else ""
