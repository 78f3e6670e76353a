"""The history page of an act: which editions there are. Columns are found by their headings or by what cells hold."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import unquote, urlsplit

from bs4 import Tag

from crawler.pages.address import read_date
from crawler.pages.records import Finding, HistoryPage, HistoryRow, Level, Target
from crawler.pages.soup import attribute, cut, read_checked, text_of
from crawler.pages.text import compare_key

_DATE = re.compile(r"(?<![0-9.])[0-9]{2}\.[0-9]{2}\.[0-9]{4}(?![0-9])")
#: Words in the headings, ru and kk (SOURCES.md; the Kazakh ones are not known for sure, cells' dates then decide).
_HEADINGS = {
    "date": re.compile(r"дата|күні"),
    "status": re.compile(r"статус|мәртебе"),
    "info": re.compile(r"дополнительн|қосымша"),
}


@dataclass(frozen=True, slots=True)
class _Columns:
    date: int | None = None
    status: int | None = None
    info: int | None = None


def parse_history(body: bytes, target: Target, content_type: str = "") -> HistoryPage:
    """The editions that an act's history page names, in the table's order, one row a date.

    A row that cannot be read is an error finding, never a guess; dates in the future are read like any other.
    Never raises.
    """
    tree, deep = read_checked(body, content_type, ("table", "tr"))
    if deep is not None:
        return HistoryPage((), (deep,))
    tables = tree.select("table#ethernatable")
    findings: list[Finding] = []
    if len(tables) != 1:
        findings.append(
            Finding(
                "history_tables", Level.ERROR, "page", f"{len(tables)} tables with the id ethernatable, one is expected"
            )
        )
    rows: dict[date, HistoryRow] = {}
    for number, table in enumerate(tables, 1):
        _read_table(table, number, target, rows, findings)
    if tables and not rows:
        findings.append(Finding("no_editions", Level.ERROR, "table 1", "the table names no edition"))
    current = [row for row in rows.values() if row.current]
    if rows and len(current) != 1:
        findings.append(
            Finding("current_rows", Level.WARNING, "table 1", f"{len(current)} rows link the current text, not one")
        )
    return HistoryPage(tuple(rows.values()), tuple(findings))


def _read_table(table: Tag, number: int, target: Target, rows: dict[date, HistoryRow], findings: list[Finding]) -> None:
    columns = _Columns()
    for index, line in enumerate(table.find_all("tr"), 1):
        cells = line.find_all(["td", "th"], recursive=False)
        texts = [text_of(cell) for cell in cells]
        address = f"table {number} row {index}"
        headings = _headings(texts)
        if headings.date is not None and not any(_DATE.search(text) for text in texts):
            columns = headings
            continue
        if not any(texts) or all(text.isdecimal() for text in texts) or all(cell.name == "th" for cell in cells):
            continue
        day = _day(texts, columns, address, findings)
        if day is None:
            continue
        href, current = _link(line, target.act, day, address, findings)
        row = HistoryRow(day, href, current, _at(texts, columns.status), _at(texts, columns.info))
        _add(row, address, rows, findings)


def _headings(texts: list[str]) -> _Columns:
    found: dict[str, int] = {}
    for index, text in enumerate(texts):
        key = compare_key(text)
        for name, pattern in _HEADINGS.items():
            if name not in found and pattern.search(key):
                found[name] = index
                break
    return _Columns(**found)


def _day(texts: list[str], columns: _Columns, address: str, findings: list[Finding]) -> date | None:
    """The row's date: of the date column, else of the one cell that is nothing but a date."""
    cells = [_at(texts, columns.date)] if columns.date is not None else [t for t in texts if _DATE.fullmatch(t)]
    written = [match for text in cells for match in _DATE.findall(text)]
    day = read_date(written[0]) if len(written) == 1 else None
    if day is None:
        findings.append(
            Finding("no_date", Level.ERROR, address, "the row has not one date of change", cut(" | ".join(texts)))
        )
    return day


def _at(texts: list[str], index: int | None) -> str:
    return texts[index] if index is not None and index < len(texts) else ""


def _link(line: Tag, act: str, day: date, address: str, findings: list[Finding]) -> tuple[str, bool]:
    """The row's link to this act's text and whether it is the current one; ("", False) with a finding if none is."""
    for anchor in line.find_all("a", href=True):
        href = attribute(anchor, "href")
        parts = _path(href)
        if parts and parts[-1].lower() == act.lower():
            return href, True
        if len(parts) > 1 and parts[-2].lower() == act.lower() and (linked := read_date(parts[-1])):
            if linked != day:
                findings.append(
                    Finding(
                        "link_date", Level.WARNING, address, f"the row says {day:%d.%m.%Y}, its link not", cut(href)
                    )
                )
            return href, False
    findings.append(Finding("no_link", Level.WARNING, address, "the row links no text of the act"))
    return "", False


def _path(href: str) -> list[str]:
    try:
        return [unquote(part) for part in urlsplit(href).path.split("/") if part]
    except ValueError:  # such as an unclosed [ in the host: no address, so no link
        return []


def _add(row: HistoryRow, address: str, rows: dict[date, HistoryRow], findings: list[Finding]) -> None:
    """One edition a date: two orders that took effect on one day made one text."""
    known = rows.setdefault(row.date, row)
    if known is row:
        return
    findings.append(
        Finding("date_twice", Level.WARNING, address, f"{row.date:%d.%m.%Y} has a row already", cut(row.info))
    )
    if row.current and not known.current:
        rows[row.date] = replace(known, href=row.href, current=True)
