"""The register's table as rows of cells, laid out with the spans that a legal act has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from crawler.sample.data import register, words
from crawler.sample.play import Row
from crawler.sample.wording import SHARED_BYLAW, cell_text, column, dead_text

#: Columns that the two-row header puts under one heading.
_GROUP = frozenset({"recipient", "developer", "provider", "intake", "form", "payment"})
#: Columns whose text differs between the kinds of one service.
_PER_KIND = frozenset({"subname", "form", "payment"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One <td>. `strong`: a heading, printed bold."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    strong: bool = False


Line = tuple[Cell, ...]


def tables(rows: Sequence[Row], spec: Mapping[str, Any], lang: str, day: date) -> tuple[tuple[Line, ...], ...]:
    """The tables of one edition in one language: usually one, two where the script parts them by an appendix heading.

    `spec` gives layout, wording, number of header rows; row numbers run on from one table to the next.
    """
    cut = spec.get("split_tables_before", "")
    parts = [[r for r in rows if r.section < cut], [r for r in rows if r.section >= cut]] if cut else [list(rows)]
    done, start = [], 1
    for part in parts:
        done.append(tuple(_Table(spec, lang, day, start).lines(part)))
        start += len(part)
    return tuple(done)


class _Table:
    """Lays out one table; `number` is the next row's number."""

    def __init__(self, spec: Mapping[str, Any], lang: str, day: date, number: int) -> None:
        self.spec, self.lang, self.day, self.number = spec, lang, day, number
        self.layout: list[str] = spec["layout"]

    def lines(self, rows: Sequence[Row]) -> Iterator[Line]:
        yield from self.head()
        after, last = self.spec.get("repeat_header_after", 0), 0
        done, section = 0, ""
        for subsection, group in groupby(rows, key=lambda row: row.subsection):
            members = list(group)
            if after and last + after <= done:
                yield from self.head()
                last = done
            if self.spec.get("sections", True):
                if members[0].section != section:
                    section = members[0].section
                    yield self.heading(section)
                yield self.heading(subsection)
            yield from self.group(members)
            done += len(members)

    def head(self) -> Iterator[Line]:
        if self.spec.get("header_rows", 1) == 1:
            yield tuple(Cell(column(self.spec, field, self.lang), strong=True) for field in self.layout)
        else:
            inside = [field for field in self.layout if field in _GROUP]
            first = [
                Cell(column(self.spec, field, self.lang), rowspan=2, strong=True)
                for field in self.layout
                if field not in _GROUP
            ]
            place = next(index for index, field in enumerate(self.layout) if field in _GROUP)
            first.insert(place, Cell(words()["header_group"][self.lang], colspan=len(inside), strong=True))
            yield tuple(first)
            yield tuple(Cell(column(self.spec, field, self.lang), strong=True) for field in inside)
        if self.spec.get("number_row"):
            yield tuple(Cell(str(number)) for number in range(1, len(self.layout) + 1))

    def heading(self, code: str) -> Line:
        return (Cell(f"{code}. {register().headings[code][self.lang]}", colspan=len(self.layout), strong=True),)

    def group(self, members: Sequence[Row]) -> Iterator[Line]:
        """A subsection's rows; neighbours that share a by-law share its cell."""
        for shares, run in groupby(members, key=lambda row: not row.dead and row.subsection in SHARED_BYLAW):
            block = list(run)
            height = sum(max(1, len(row.service.subs)) for row in block) if shares else 0
            for index, row in enumerate(block):
                yield from self.dead(row) if row.dead else self.live(row, height if index == 0 else -1, shares)
                self.number += 1

    def dead(self, row: Row) -> Iterator[Line]:
        text, width = dead_text(row, self.lang), len(self.layout)
        if "code" in self.layout and row.dead == "excluded":
            yield (Cell(f"{self.number}"), Cell(row.code), Cell(text, colspan=width - 2))
        else:
            yield (Cell(f"{self.number}"), Cell(text, colspan=width - 1))

    def live(self, row: Row, shared_height: int, shares: bool) -> Iterator[Line]:
        """One line, or one a kind. A shared by-law's cell stands in the first line of its rows alone."""
        kinds: Sequence[str] = row.service.subs if "subname" in self.layout else ()
        for index, kind in enumerate(kinds or ("",)):
            cells = []
            for field in self.layout:
                per_kind = field in _PER_KIND or not kinds
                if (index and not per_kind) or (field == "subname" and not kinds and self.wide_name):
                    continue
                if field == "bylaw" and shares and (index or shared_height < 0):
                    continue
                height = shared_height if field == "bylaw" and shares else 1 if per_kind else len(kinds)
                wide = field == "name" and "subname" in self.layout and not kinds and self.wide_name
                cells.append(Cell(self.text(row, field, kind), height, 2 if wide else 1))
            yield tuple(cells)

    @property
    def wide_name(self) -> bool:
        """Whether a service without kinds has its name over both columns, instead of an empty cell beside it."""
        return str(self.spec["columns"]) == "standard"

    def text(self, row: Row, field: str, kind: str) -> str:
        if field == "number":
            return f"{self.number}"
        if field == "subname":
            return str(words()["subs"][kind][self.lang]) if kind else ""
        return cell_text(row, field, self.lang, self.day)
