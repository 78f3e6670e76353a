"""The report's CSV files: figures, what each counts, every entry with its reasons, what was not read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from auditor.measure.records import Audit
from auditor.records import Coding, Evidence
from auditor.tables import write_csv
from reports.views import figures_of

#: Measures whose figures rest on coding.
CODED_MEASURES = ("nature", "completeness", "two_by_two", "core_complete")
_ERROR = ("corrected_share", "low_95", "high_95")
_COUNTED = ("as_of", "subject", "lang", "measure", "cell", "value", "of", "share")
_FIGURE = (*_COUNTED, "act", "edition", "in_force_but_not_read", "accepted", "codebook", "coding", *_ERROR)
_ENTRY = ("as_of", "subject", "lang", "entry", "code", "name", "section", "subsection", "developer", "form", "forms")
_CODING = ("nature", "completeness", "output", "sector", "rules", "words", "confidence")
_RESULT = ("result_url", "result_captured_at_utc", "result_sha256", "result_warc", "result_offset")
_EVIDENCE = ("url", "captured_at_utc", "sha256", "provenance", "run", "warc", "offset", "place")


def write_files(audit: Audit, folder: Path) -> None:
    """Write the four CSV files below `folder`. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(
        folder / "figures.csv",
        _FIGURE,
        _figures(audit),
    )
    write_csv(
        folder / "figure_entries.csv",
        ("as_of", "subject", "lang", "measure", "cell", "entry"),
        (
            (at, subject, lang, figure.measure, figure.cell, key)
            for at, subject, lang, figure in figures_of(audit)
            for key in figure.keys
        ),
    )
    write_csv(
        folder / "entries.csv",
        (*_ENTRY, *_CODING, *_EVIDENCE, *_RESULT),
        _entries(audit),
    )
    write_csv(
        folder / "not_read.csv",
        ("what", "state", "why"),
        ((item.what, item.outcome, item.detail) for item in audit.not_read),
    )


def _figures(audit: Audit) -> Iterable[tuple[object, ...]]:
    shots = {dated.snapshot.as_of: dated.snapshot for dated in audit.dates}
    for at, subject, lang, figure in figures_of(audit):
        shot = shots.get(at) if subject == "register" else None
        yield (
            at,
            subject,
            lang,
            figure.measure,
            figure.cell,
            figure.value,
            figure.of,
            _share(figure.share),
            shot.act if shot else "",
            shot.edition_date if shot else "",
            " ".join(shot.unread) if shot else "",
            shot.accepted if shot else "",
            audit.codebook,
            audit.coding if figure.measure in CODED_MEASURES else "",
            _share(figure.corrected),
            *(_share(bound) for bound in figure.interval or (None, None)),
        )


def _entries(audit: Audit) -> Iterable[tuple[object, ...]]:
    for dated in audit.dates:
        for row in dated.snapshot.entries:
            entry = row.entry
            name = f"{entry.name} ({entry.subname})" if entry.subname else entry.name
            yield (
                dated.snapshot.as_of,
                "register",
                entry.lang,
                entry.key,
                entry.code,
                name,
                entry.section,
                entry.subsection,
                entry.developer,
                entry.form,
                " ".join(sorted(entry.forms)),
                *_coding(row.coding),
                *_evidence(audit.evidence.get(entry.key)),
                *_result(None),
            )
    for portal in audit.portals:
        for listed in portal.snapshot.listings:
            listing = listed.listing
            yield (
                portal.snapshot.as_of,
                "portal",
                listing.lang,
                listing.key,
                listing.slug,
                listing.name,
                "; ".join(listing.categories),
                "",
                "",
                "",
                "",
                *_coding(listed.coding),
                *_evidence(audit.evidence.get(listing.key)),
                *_result(audit.pages.get(listing.key)),
            )


def _coding(coding: Coding | None) -> tuple[object, ...]:
    if coding is None:
        return ("",) * len(_CODING)
    words = " | ".join(dict.fromkeys(trigger.text for trigger in coding.triggers))
    return (
        coding.nature,
        coding.completeness,
        coding.output,
        coding.sector,
        " ".join(coding.rules),
        words,
        f"{coding.confidence:.3f}",
    )


def _evidence(evidence: Evidence | None) -> tuple[object, ...]:
    if evidence is None:
        return ("",) * len(_EVIDENCE)
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
