"""Whether two readings of one edition say the same: an old text that changed without a new edition. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from auditor.ingest.expect import Fault
from auditor.records import EditionRef, Entry, Problem
from crawler.pages.records import Level


def silent_rewrite(
    older: EditionRef, newer: EditionRef, before: Sequence[Entry], after: Sequence[Entry]
) -> Problem | None:
    """The issue that an edition's text changed between two captures, None if every row says the same.

    Where a row stands in the page plays no part.
    """
    changed = _changed(before, after)
    if not changed:
        return None
    return Problem(
        Level.WARNING,
        "silent_rewrite",
        f"the text captured on {newer.captured_at:%Y-%m-%d} differs from that of {older.captured_at:%Y-%m-%d} "
        f"in {len(changed)} rows, first {changed[0]}",
        newer.key,
    )


def two_texts(dated: Sequence[Entry], undated: Sequence[Entry]) -> Fault | None:
    """Why an act's current text is not the edition it was dated as: in the same run the edition's own, dated address
    gave another text. None if every row says the same."""
    changed = _changed(dated, undated)
    if not changed:
        return None
    return Fault(
        "two_texts",
        "in one harvest the act's own address gave another text than the edition's dated address, which counts: "
        f"{len(changed)} rows differ, first {changed[0]}",
    )


def _changed(before: Sequence[Entry], after: Sequence[Entry]) -> list[str]:
    """Keys of the rows that one text has and the other has not, or says otherwise."""
    then = {entry.key: _said(entry) for entry in before}
    now = {entry.key: _said(entry) for entry in after}
    return [key for key in dict.fromkeys((*then, *now)) if then.get(key) != now.get(key)]


def _said(entry: Entry) -> Entry:
    return replace(entry, id=0, ordinal=0)
