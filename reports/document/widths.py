"""How wide a table's columns are: room for the longest word first, what is left by share."""

from __future__ import annotations

from reports.contexts.document import Table

#: Words longer than this break anyhow: sums, addresses, names of files.
_LONGEST = 18
#: A letter and the room between two columns, in millimetres, at the size that tables are printed in.
_LETTER, _GAP = 1.65, 2.6


def widths(table: Table, total: float) -> list[float]:
    """The widths of the columns in millimetres; they add up to `total`."""
    longest = [_longest(column.text) for column in table.columns]
    for row in table.rows:
        if len(row.cells) == len(longest):
            for place, cell in enumerate(row.cells):
                longest[place] = max(longest[place], _longest(cell.text))
    least = [_GAP + _LETTER * length for length in longest]
    left = total - sum(least)
    if left < 0:
        return [width * total / sum(least) for width in least]
    shares = sum(column.share for column in table.columns)
    return [width + left * column.share / shares for width, column in zip(least, table.columns, strict=True)]


def _longest(text: str) -> int:
    return min(_LONGEST, max((len(word) for word in text.split()), default=0))
