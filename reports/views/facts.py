"""What all pages of all languages share: addresses of services, kept pages and groups, names, filters of a year."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from auditor.link.words import field_key
from auditor.measure.records import DatedAudit, Figure, Measured
from auditor.measure.report_records import Report, ServiceRecord
from auditor.measure.series import Year
from auditor.measure.splits import UNSAID, groups, split
from auditor.records import Entry, Evidence
from crawler.pages.text import plain

_SAFE = re.compile(r"[^A-Za-z0-9_-]")
_PLACE = re.compile(r"table (\d+) row (\d+)")
#: How a register is taken apart for pages: dimension → folder.
DIMENSIONS = {"regulator": "ministries", "section": "sections"}
#: The figures told of a ministry or section in each year.
BY_YEAR = ("count", "digitised", "core_complete")


@dataclass(frozen=True, slots=True)
class Filter:
    """A figure as a filter of the register's table of a year."""

    id: str
    mark: str
    measured: Measured
    figure: Figure


@dataclass(frozen=True, slots=True)
class Group:
    """One ministry or section on the audit date: its page, its rows, its part of each figure; of some in each year."""

    dimension: str
    file: str
    name: str
    keys: tuple[str, ...]
    parts: Mapping[tuple[str, str], Figure]
    years: tuple[tuple[int, Mapping[str, Figure]], ...]

    def anchor(self, measure: str) -> str:
        """Id of its part of a figure on the page of a year's register."""
        return f"{DIMENSIONS[self.dimension]}-{self.file.removesuffix('.html')}-{measure}"


@dataclass(frozen=True, slots=True)
class Facts:
    """The report with what is derived from it once for all languages.

    `group_marks`: year → row's key → the classes of its ministry and its section on the page of that year's register.
    """

    report: Report
    files: Mapping[str, str]
    names: Mapping[str, str]
    year_of: Mapping[str, int]
    marks: Mapping[int, tuple[tuple[Filter, ...], Mapping[str, str]]]
    groups: Mapping[str, tuple[Group, ...]]
    group_marks: Mapping[int, Mapping[str, str]]
    served_by: str

    def service(self, key: str) -> ServiceRecord | None:
        """The service of a row or a listing."""
        return self.report.services.get(self.report.service_of.get(key, ""))


def facts_of(report: Report) -> Facts:
    """Everything derived from a report that does not depend on the interface language."""
    names = {stay.entry.key: full_name(stay.entry) for one in report.services.values() for stay in one.stays}
    year_of: dict[str, int] = {}
    marks = {}
    for year in report.years:
        if year.audit is None:
            continue
        for row in year.audit.snapshot.entries:
            names[row.entry.key] = full_name(row.entry)
            year_of[row.entry.key] = year.year
        marks[year.year] = _marks(filters(year.audit.measured))
    for portal in report.portals:
        names |= {row.listing.key: plain(row.listing.name) for row in portal.snapshot.listings}
    by_dimension = {dimension: _groups(report, dimension) for dimension in DIMENSIONS} if report.now else {}
    files = {key: file_of(key) for key in report.services}
    return Facts(
        report, files, names, year_of, marks, by_dimension, _group_marks(by_dimension.values()), _served_by(report)
    )


def _served_by(report: Report) -> str:
    """The loopback servers that pages came from: such pages are a sample or a test, whatever they say."""
    urls = {record.evidence.url for record in report.editions} | {kept.url for kept in report.places.values()}
    hosts = {urlsplit(url).hostname or "" for url in urls}
    return ", ".join(sorted(host for host in hosts if host == "localhost" or host.startswith("127.")))


def full_name(entry: Entry) -> str:
    """A row's name with its kind, without anything that cannot be seen."""
    return plain(f"{entry.name} ({entry.subname})" if entry.subname else entry.name)


def file_of(key: str) -> str:
    """A file name that any disk takes, told from any other key's: a key of other letters bears its digest."""
    safe = _SAFE.sub("-", key)[:80]
    return safe if safe == key else f"{safe[:40]}-{hashlib.sha256(key.encode()).hexdigest()[:10]}"


def anchor(figure: Figure) -> str:
    """Id of the figure on a page."""
    return figure.measure + (f"-{figure.cell.replace('/', '-')}" if figure.cell else "")


def filters(measured: Mapping[str, Measured]) -> tuple[Filter, ...]:
    """The figures of a date as filters. A table measure's own number is every entry and needs none."""
    found: list[Filter] = []
    for result in measured.values():
        for figure in result.figures:
            if figure.measure == "count" or (result.cells and not figure.cell and figure.of is None):
                continue
            found.append(Filter(anchor(figure), f"f{len(found)}", result, figure))
    return tuple(found)


def _marks(found: tuple[Filter, ...]) -> tuple[tuple[Filter, ...], dict[str, str]]:
    """The filters with the classes of each key that any of them counts."""
    classes: dict[str, list[str]] = {}
    for one in found:
        for key in dict.fromkeys(one.figure.keys):
            classes.setdefault(key, []).append(one.mark)
    return found, {key: " ".join(marks) for key, marks in classes.items()}


def group_mark(dimension: str, place: int) -> str:
    """The class of the rows of a group, by its place among those of its dimension."""
    return f"{dimension[0]}{place}"


def _group_marks(dimensions: Iterable[tuple[Group, ...]]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for one in dimensions:
        for place, group in enumerate(one):
            for year, parts in group.years:
                marks = found.setdefault(year, {})
                for key in parts["count"].keys:
                    marks[key] = f"{marks.get(key, '')} {group_mark(group.dimension, place)}"
    return found


def _groups(report: Report, dimension: str) -> tuple[Group, ...]:
    now = report.now
    if now is None:
        return ()
    group_of = groups([row.entry for row in now.snapshot.entries], dimension)
    keys: dict[str, list[str]] = {}
    for row in now.snapshot.entries:
        keys.setdefault(group_of[row.entry.key], []).append(row.entry.key)
    parts: dict[str, dict[tuple[str, str], Figure]] = {name: {} for name in keys}
    for result in now.measured.values():
        for figure in result.figures:
            for name, part in (split(figure, group_of) or {}).items():
                parts[name][figure.measure, figure.cell] = part
    former = _former(report.years, dimension)
    found = [
        Group(
            dimension=dimension,
            file=f"{hashlib.sha256(name.encode()).hexdigest()[:10]}.html",
            name=plain(name) if name != UNSAID else "",
            keys=tuple(rows),
            parts=parts[name],
            years=tuple((year, told[field_key(name)]) for year, told in former if field_key(name) in told),
        )
        for name, rows in keys.items()
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.keys), one.name)))


def _former(years: Iterable[Year], dimension: str) -> list[tuple[int, dict[str, dict[str, Figure]]]]:
    """Count, digitised and core of each group in each year, under the same wording but for noise."""
    found = []
    for year in years:
        if year.audit is None:
            continue
        group_of = groups([row.entry for row in year.audit.snapshot.entries], dimension)
        told: dict[str, dict[str, Figure]] = {}
        for measure in BY_YEAR:
            if measure not in year.audit.measured:
                continue
            for name, part in (split(year.audit.measured[measure].head, group_of) or {}).items():
                told.setdefault(field_key(name), {})[measure] = part
        found.append((year.year, told))
    return found


def copy_of(evidence: Evidence) -> str:
    """Name of the kept page's file in the report, by content; the row it is about is its anchor there."""
    match = _PLACE.fullmatch(evidence.place)
    row = f"#t{match.group(1)}r{match.group(2)}" if match else ""
    return f"evidence/{evidence.sha256[:24]}.html{row}"


def dead_end_details(now: DatedAudit | None) -> dict[str, str]:
    """What the measure says of each partial entry, by key."""
    return dict(now.measured["dead_ends"].details) if now and "dead_ends" in now.measured else {}
