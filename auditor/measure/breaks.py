"""Where a series breaks: another act, another code scheme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditor.measure.records import Break, Snapshot

#: A code scheme counts as new when at least this share of the linked rows bears another code.
NEW_CODES = 0.5


def breaks_between(before: Snapshot, now: Snapshot, parents: Mapping[str, Sequence[str]]) -> tuple[Break, ...]:
    """What sets the register of now apart from the one before as a source. `parents` is the descent of its rows."""
    found = []
    if before.act != now.act:
        found.append(Break("new_act", f"{before.act} → {now.act}"))
    codes = {row.entry.key: row.entry.code for row in before.entries}
    linked = [
        (codes[old], row.entry.code) for row in now.entries for old in parents.get(row.entry.key, ()) if old in codes
    ]
    changed = sum(then != after for then, after in linked)
    if linked and changed >= NEW_CODES * len(linked):
        found.append(Break("new_code_scheme", f"{changed} of {len(linked)} rows that continue bear another code"))
    return tuple(found)
