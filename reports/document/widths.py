"""How wide a table's columns are: room for the longest word first, what is left by share."""

from __future__ import annotations

from reports.contexts.document import Table

#: Words longer than this break anyhow: sums, addresses, names of files. Shorter ones than the second never do: years,
#: codes, counts.
_LONGEST, _SHORT = 18, 10
#: A letter and the room between two columns, in millimetres, in the widest font that tables are printed in.
_LETTER, _GAP = 1.75, 2.8


def widths(table: Table, total: float) -> list[float]:
    """The widths of the columns in millimetres; they add up to `total`."""
    longest = [_longest(column.text) for column in table.columns]
    for row in table.rows:
        if len(row.cells) == len(longest):
            for place, cell in enumerate(row.cells):
                longest[place] = max(longest[place], _longest(cell.text))
    least = [_GAP + _LETTER * length for length in longest]
    left = total - sum(least)
    if left >= 0:
        shares = sum(column.share for column in table.columns)
        return [width + left * column.share / shares for width, column in zip(least, table.columns, strict=True)]
    # Too narrow for every word: columns of long ones give way, those of years and counts only if nothing else helps.
    givers = [length > _SHORT for length in longest]
    room = sum(width for width, gives in zip(least, givers, strict=True) if gives)
    if room + left <= room / 2:
        return [width * total / sum(least) for width in least]
    return [width * (1 + left / room) if gives else width for width, gives in zip(least, givers, strict=True)]


def _longest(text: str) -> int:
    return min(_LONGEST, max((len(word) for word in text.split()), default=0))
