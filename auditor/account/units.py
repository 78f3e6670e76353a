"""What a row counts as under each unit of count."""

from __future__ import annotations

from collections.abc import Callable

from auditor.account.records import Unit
from auditor.link.words import field_key, name_key
from auditor.records import Entry

#: A row's unit; "" where the row has none and is not counted (a row without a code, counted by codes).
_UNIT_OF: dict[Unit, Callable[[Entry], str]] = {
    Unit.ROWS: lambda entry: entry.key,
    Unit.CODES: lambda entry: entry.code,
    Unit.RESULTS: lambda entry: "\x1f".join(
        (
            name_key(entry.name),
            " ".join(sorted(entry.recipients)) or field_key(entry.recipient),
            field_key(entry.provider),
        )
    ),
    Unit.SUBSECTIONS: lambda entry: entry.subsection_code or entry.code[:5] or field_key(entry.subsection),
}


def unit_of(entry: Entry, unit: Unit) -> str:
    """The key of what this row counts as, "" when it is not counted."""
    return _UNIT_OF[unit](entry)


#: Units that go on under their own key whatever their rows do; the others go on where their rows go.
KEEPS_ITS_KEY = frozenset({Unit.SUBSECTIONS})
