"""Whether two readings of one edition say the same: an old text that changed without a new edition. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from auditor.records import EditionRef, Entry, Problem
from crawler.pages.records import Level


def silent_rewrite(
    older: EditionRef, newer: EditionRef, before: Sequence[Entry], after: Sequence[Entry]
) -> Problem | None:
    """The issue that an edition's text changed between two captures, None if every row says the same.

    Where a row stands in the page plays no part.
    """
    then = {entry.key: _said(entry) for entry in before}
    now = {entry.key: _said(entry) for entry in after}
    changed = [key for key in dict.fromkeys((*then, *now)) if then.get(key) != now.get(key)]
    if not changed:
        return None
    return Problem(
        Level.WARNING,
        "silent_rewrite",
        f"the text captured on {newer.captured_at:%Y-%m-%d} differs from that of {older.captured_at:%Y-%m-%d} "
        f"in {len(changed)} rows, first {changed[0]}",
        newer.key,
    )


def _said(entry: Entry) -> Entry:
    return replace(entry, id=0, ordinal=0)
