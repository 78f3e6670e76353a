"""What in a release carries meaning: the columns and rows that make one release another than the next."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.views.dictionary import views


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of content: a view's name, which of its columns carry meaning, which of its rows."""

    view: str
    columns: tuple[str, ...]
    condition: str = ""
    distinct: bool = False


def _without(view: str, *left_out: str) -> tuple[str, ...]:
    return tuple(name for name in views()[view].columns if name not in left_out)


def parts() -> tuple[Part, ...]:
    """What makes one release another, view by view.

    Left out: numbers that a database gives its rows, moments of computing, places in the archive's files, and what
    follows from the rest (`services` and `service_history` from `entries` and `listings`; an entry's dates and marks
    from its edition and forms; an entry's place from its page; a figure of a day other than a year's end; a figure or a
    machine's coding that a later one replaced).
    """
    of_edition = ("act", "edition_date", "year", "lang", "in_force_until", "in_force_now")
    archive = ("warc_file", "warc_offset", "run_id", "capture_id")
    return (
        Part("editions", _without("editions", "edition_id", "capture_id")),
        Part("entries", _without("entries", *of_edition, "digitised", "paper", "edition_id")),
        Part("link_candidates", _without("link_candidates")),
        Part("codings", _without("codings", "coding_id", "coded_at"), "in_force = 1 OR coder <> 'machine'"),
        Part("changes", _without("changes", "year")),
        Part("account", _without("account")),
        Part(
            "measures",
            _without("measures", "computed_at", "newest", "year", "share"),
            "newest = 1 AND as_of LIKE '%-12-31'",
        ),
        Part("corrections", _without("corrections", "year")),
        Part("listings", _without("listings")),
        Part("evidence", _without("evidence", *archive), "subject_kind <> 'entry'"),
        Part("evidence", ("url", "captured_at", "sha256", "provenance"), "subject_kind = 'entry'", distinct=True),
    )
