"""CSV for people and programs: one escaper and one writer for every file that leaves the product."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

#: A spreadsheet takes a cell that starts so for a formula (OWASP, "CSV injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
#: Zero-width characters and those that turn the reading direction. A soft hyphen does neither.
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def written_out(text: str) -> str:
    """Text whose unseen characters are written as `⟨U+202E⟩`, so that what is read is what is there."""
    return _UNSEEN.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text)


def safe_cell(value: object) -> str:
    """A value as CSV text that no spreadsheet executes and nobody misreads: what would start a formula gets an
    apostrophe before it, unseen characters are written out.

    None is an empty cell. Negative numbers given as numbers are left alone.
    """
    if value is None:
        return ""
    text = written_out(str(value))
    if isinstance(value, str) and text.lstrip(" \u00a0").startswith(_FORMULA_STARTS):
        return "'" + text
    return text


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], *, bom: bool = True) -> int:
    """Write a table whole or not at all and return the number of rows.

    UTF-8, with a byte-order mark for spreadsheets unless `bom` is off; LF line ends. Raises OSError.
    """
    partial = path.with_name(path.name + ".part")
    count = 0
    try:
        with partial.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(header)
            for row in rows:
                writer.writerow([safe_cell(value) for value in row])
                count += 1
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except OSError as error:
        # The partial file is nobody's concern: what could not be written is the file that was asked for.
        raise OSError(error.errno, error.strerror, str(path)) from error
    return count
