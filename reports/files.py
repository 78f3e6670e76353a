"""The report's CSV files: figures, what each counts, every entry with its reasons, histories, accounts, sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from auditor.measure.records import DatedAudit, Figure, Measured
from auditor.measure.report_records import Report
from auditor.measure.scenes import CODED
from auditor.records import Coding, Evidence
from auditor.tables import write_csv

_ERROR = ("corrected_share", "low_95", "high_95")
_COUNTED = ("as_of", "subject", "lang", "measure", "cell", "value", "of", "share", "least", "most")
_FIGURE = (*_COUNTED, "act", "edition", "in_force_but_not_read", "accepted", "codebook", "coding", *_ERROR)
_ENTRY = ("as_of", "subject", "lang", "entry", "service", "code", "name", "section", "subsection", "regulator",
          "provider", "form", "forms")  # fmt: skip
CODING_COLUMNS = ("nature", "completeness", "output", "sector", "confidence", "coded_by")
REASON_COLUMNS = ("rules", "words")
EVIDENCE_COLUMNS = ("url", "captured_at_utc", "sha256", "provenance", "run", "warc", "offset", "place")
_EDITION = ("edition", "act", "in_force_from", "lang", "entries", "excluded_rows", "state", "reason", "by",
            *EVIDENCE_COLUMNS[:-1])  # fmt: skip
_RESULT = ("result_url", "result_captured_at_utc", "result_sha256", "result_warc", "result_offset")


def write_files(report: Report, folder: Path) -> None:
    """Write the CSV files below `folder`. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "figures.csv", _FIGURE, _figures(report))
    write_csv(
        folder / "figure_entries.csv",
        ("as_of", "subject", "lang", "measure", "cell", "entry"),
        (
            (at, subject, lang, figure.measure, figure.cell, key)
            for at, subject, lang, figure in figures_of(report)
            if at == report.as_of
            for key in figure.keys
        ),
    )
    write_csv(
        folder / "entries.csv",
        (*_ENTRY, *CODING_COLUMNS, *REASON_COLUMNS, *EVIDENCE_COLUMNS, *_RESULT),
        _entries(report),
    )
    write_csv(
        folder / "services.csv",
        ("service", "first_edition", "last_edition", "editions", "until", "act", "entry", "code", "name", "section",
         "subsection", "regulator", "provider", "form", "forms", *CODING_COLUMNS),
        _stays(report),
    )  # fmt: skip
    write_csv(
        folder / "account.csv",
        ("from_year", "to_year", "unit", "digitised", "count_before", "count_after", "term", "value", "least", "most"),
        _accounts(report),
    )
    write_csv(
        folder / "changes.csv",
        ("type", "older_entries", "newer_entries", "code", "name", "field", "before", "after"),
        _changes(report),
    )
    write_csv(
        folder / "editions.csv",
        (
            "edition",
            "act",
            "in_force_from",
            "lang",
            "entries",
            "excluded_rows",
            "state",
            "reason",
            "by",
            *EVIDENCE_COLUMNS[:-1],
        ),
        _editions(report),
    )
    write_csv(
        folder / "not_read.csv",
        ("what", "state", "why"),
        ((item.what, item.outcome, item.detail) for item in report.not_read),
    )


def figures_of(report: Report) -> Iterable[tuple[date, str, str, Figure]]:
    """Every figure of a report as (date, subject, language, figure), in reading order."""
    audits = [one.audit for one in report.years if one.audit is not None]
    parts: list[tuple[date, str, str, dict[str, Measured]]] = [
        *((d.snapshot.as_of, "register", str(d.snapshot.lang), d.measured) for d in audits),
        *((p.snapshot.as_of, "portal", str(p.snapshot.lang), p.measured) for p in report.portals),
    ]
    for at, subject, lang, measured in parts:
        for result in measured.values():
            for figure in result.figures:
                yield at, subject, lang, figure


def _figures(report: Report) -> Iterator[tuple[object, ...]]:
    shots = {one.audit.snapshot.as_of: one.audit.snapshot for one in report.years if one.audit is not None}
    for at, subject, lang, figure in figures_of(report):
        shot = shots.get(at) if subject == "register" else None
        yield (
            *(at, subject, lang, figure.measure, figure.cell, figure.value, figure.of, _share(figure.share)),
            *(figure.low, figure.high),
            shot.act if shot else "",
            shot.edition_date if shot else "",
            " ".join(shot.unread) if shot else "",
            shot.accepted if shot else "",
            report.codebook,
            report.coding if figure.measure in CODED else "",
            _share(figure.corrected),
            *(_share(bound) for bound in figure.interval or (None, None)),
        )


def _entries(report: Report) -> Iterator[tuple[object, ...]]:
    for year in report.years:
        if year.audit is not None:
            yield from _register_entries(report, year.audit)
    for portal in report.portals:
        for listed in portal.snapshot.listings:
            listing, key = listed.listing, listed.listing.key
            yield (
                *(portal.snapshot.as_of, "portal", listing.lang, key, report.service_of.get(key, ""), listing.slug),
                *(listing.name, "; ".join(listing.categories), "", "", "", "", ""),
                *coding_cells(listed.coding, listed.by),
                *reason_cells(listed.coding),
                *evidence_cells(report.places.get(key)),
                *_result(report.places.get(f"page:{key}")),
            )


def _register_entries(report: Report, audit: DatedAudit) -> Iterator[tuple[object, ...]]:
    for row in audit.snapshot.entries:
        entry = row.entry
        service = report.service_of.get(entry.key, "")
        record = report.services.get(service)
        stored = record.codings.get(entry.key) if record else None
        name = f"{entry.name} ({entry.subname})" if entry.subname else entry.name
        yield (
            *(audit.snapshot.as_of, "register", entry.lang, entry.key, service, entry.code, name, entry.section),
            *(entry.subsection, entry.developer, entry.provider, entry.form, " ".join(sorted(entry.forms))),
            *coding_cells(row.coding, row.by),
            *reason_cells(stored.coding if stored else row.coding),
            *evidence_cells(report.places.get(entry.key)),
            *_result(None),
        )


def _stays(report: Report) -> Iterator[tuple[object, ...]]:
    for record in report.services.values():
        for stay in record.stays:
            entry = stay.entry
            stored = record.codings.get(entry.key)
            name = f"{entry.name} ({entry.subname})" if entry.subname else entry.name
            yield (
                *(record.key, stay.first, stay.last, stay.editions, stay.until, entry.act, entry.key, entry.code, name),
                *(entry.section, entry.subsection, entry.developer, entry.provider, entry.form),
                " ".join(sorted(entry.forms)),
                *(coding_cells(stored.coding, stored.by) if stored else coding_cells(None)),
            )


def _accounts(report: Report) -> Iterator[tuple[object, ...]]:
    for between in report.accounts:
        for (unit, digitised), taken in between.accounts.items():
            head = (between.start.year, between.end.year, unit, int(digitised), taken.start, taken.end)
            for name, term in taken.terms.items():
                yield (*head, name, term.value, term.low, term.high)
            yield (*head, "remainder", taken.remainder, taken.remainder, taken.remainder)


def _changes(report: Report) -> Iterator[tuple[object, ...]]:
    for change in report.changes:
        shown = (change.newer or change.older)[0]
        head = (
            *(change.type, " ".join(one.key for one in change.older), " ".join(one.key for one in change.newer)),
            *(shown.code, shown.name),
        )
        fields = change.fields or change.noise
        for field in fields:
            yield (*head, field.field, field.before, field.after)
        if not fields:
            yield (*head, "", "", "")


def _editions(report: Report) -> Iterator[tuple[object, ...]]:
    for one in report.editions:
        edition = one.edition
        dead = edition.rows_found - edition.rows_live
        yield (
            *(edition.key, edition.act, edition.edition_date, edition.lang, edition.rows_live, dead, edition.state),
            *(edition.state_reason, edition.state_by, *evidence_cells(one.evidence)[:-1]),
        )


def coding_cells(coding: Coding | None, by: str = "") -> tuple[object, ...]:
    """A coding and on whose word it is, under `CODING_COLUMNS`; empty cells without one."""
    if coding is None:
        return ("",) * len(CODING_COLUMNS)
    return (coding.nature, coding.completeness, coding.output, coding.sector, f"{coding.confidence:.3f}", by)


def reason_cells(coding: Coding | None) -> tuple[object, ...]:
    """The rules and words that decided, under `REASON_COLUMNS`."""
    if coding is None:
        return ("",) * len(REASON_COLUMNS)
    return (" ".join(coding.rules), " | ".join(dict.fromkeys(trigger.text for trigger in coding.triggers)))


def evidence_cells(evidence: Evidence | None) -> tuple[object, ...]:
    """Where something was read, under `EVIDENCE_COLUMNS`; times are UTC."""
    if evidence is None:
        return ("",) * len(EVIDENCE_COLUMNS)
    return (
        evidence.url,
        f"{evidence.captured_at:%Y-%m-%dT%H:%M:%SZ}",
        evidence.sha256,
        evidence.provenance,
        evidence.run_id,
        evidence.warc,
        evidence.offset,
        evidence.place,
    )


def _result(page: Evidence | None) -> tuple[object, ...]:
    """The service page that a listing's result text was read from."""
    if page is None:
        return ("",) * len(_RESULT)
    return (page.url, f"{page.captured_at:%Y-%m-%dT%H:%M:%SZ}", page.sha256, page.warc, page.offset)


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.6f}"
