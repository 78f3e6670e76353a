"""Two coders compared on one axis: from stored codings, or from two files without a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.coding.csvfile import Table
from auditor.records import Completeness, Nature, Output
from auditor.review.agreement import Agreement, agreement
from crawler.errors import ContentError
from crawler.pages.records import Lang

#: The axes that are compared, with the codes each has. `unclear` on `output` is no answer, and is left out there.
AXES: Mapping[str, frozenset[str]] = {
    "nature": frozenset(Nature),
    "completeness": frozenset(Completeness),
    "output": frozenset(Output),
}

#: What people are called together, beside the machine. No coder can have this alias.
PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Compared:
    """Agreement of two coders on one axis in one language ("" for all): the figures, or why there are none.

    `confusion` holds (code of the one, code of the other, items). `left_out` items have no code of the one yet: people
    differ on them. They are the hard ones, so that the figures flatter.
    """

    one: str
    other: str
    axis: str
    lang: str
    items: int
    found: Agreement | None
    confusion: tuple[tuple[str, str, int], ...] = ()
    reason: str = ""
    left_out: int = 0


def compare_codes(coders: tuple[str, str], axis: str, lang: str, codes: Sequence[tuple[str, str]]) -> Compared:
    """Compare pairs of codes of the same items; without a meaningful figure the reason stands in its place."""
    kept = [pair for pair in codes if axis != "output" or "unclear" not in pair]
    table = tuple((left, right, count) for (left, right), count in sorted(Counter(kept).items()))
    try:
        found, reason = agreement([left for left, _ in kept], [right for _, right in kept]), ""
    except ContentError as error:
        found, reason = None, str(error)
        if codes and not kept:
            reason = f"no agreement can be given: of {len(codes)} shared items none has an output code of both"
    return Compared(*coders, axis, lang, len(kept), found, table, reason)


@dataclass(frozen=True, slots=True)
class CodedFile:
    """A coder's file: id → column → text. `name` is what the coder is called in the comparison."""

    name: str
    rows: Mapping[str, Mapping[str, str]]


def read_codes(name: str, path: Path, table: Table) -> CodedFile:
    """A coder's codes by item, as the table read from `path` has them.

    Raises ContentError that names every bad row: no id, an id twice, an unknown code or language.
    """
    axes = [axis for axis in AXES if axis in table.header]
    if not axes:
        raise ContentError(f"{path} has none of the columns {', '.join(AXES)}")
    found: dict[str, dict[str, str]] = {}
    faults = []
    for number, cells in zip(table.numbers, table.rows, strict=True):
        row = dict(zip(table.header, (cell.strip() for cell in cells), strict=True))
        row |= {column: row.get(column, "").casefold() for column in ("lang", *axes)}
        key = row["id"]
        if not key or key in found:
            faults.append(f"row {number}: " + (f"id {key!r} stands twice" if key else "no id"))
        faults += [
            f"row {number} column {axis}: unknown code {row[axis]!r}"
            for axis in axes
            if row[axis] and row[axis] not in AXES[axis]
        ]
        if row["lang"] and row["lang"] not in set(Lang):
            faults.append(f"row {number} column lang: {row['lang']!r} is none of {', '.join(Lang)}")
        found[key] = row
    if faults:
        raise ContentError(f"{path}: " + "; ".join(faults))
    return CodedFile(name, found)


def compare_files(one: CodedFile, other: CodedFile) -> list[Compared]:
    """Two coders' files on every axis that both have, over all languages and by each where there are several.

    Where they have no coded item in common, the reason alone, on the first axis.
    """
    shared = [key for key in one.rows if key in other.rows]
    langs = sorted({one.rows[key]["lang"] for key in shared} - {""})
    found = []
    for axis in AXES:
        for lang in ["", *langs] if len(langs) > 1 else langs or [""]:
            codes = [
                (one.rows[key].get(axis, ""), other.rows[key].get(axis, ""))
                for key in shared
                if not lang or one.rows[key]["lang"] == lang
            ]
            both = [pair for pair in codes if all(pair)]
            if both:
                found.append(compare_codes((one.name, other.name), axis, lang, both))
    return found or [compare_codes((one.name, other.name), "nature", "", [])]
