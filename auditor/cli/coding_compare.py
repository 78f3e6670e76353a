"""`egov-audit code --compare V1 V2`: which codings moved between two versions, and which figures with them.

A version is a codebook's (1), or the coder's (5.8a1c…): method, lexicon and rules under the codebook of this program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from auditor.cli.app import say, say_json
from auditor.coding.codebook import CODEBOOK, MACHINE
from auditor.coding.compare import Comparison, Move, Version, compare, rest_of
from auditor.coding.in_force import axes_of
from auditor.db.codings import coder_versions, codings_of
from auditor.db.models import CodingRow, EntryRow
from auditor.db.read import listings
from auditor.ingest.status import not_read
from auditor.measure.records import Figure
from auditor.measure.scenes import CODED
from auditor.measure.stage_compare import FigureMove, figures_moved
from auditor.records import StoredCoding
from crawler.errors import UsageError

_KINDS = ("entry", "listing")


@dataclass(frozen=True, slots=True)
class VersionChange:
    """Two versions side by side: subjects by kind, their names, figures on `as_of` (moved ones only)."""

    versions: tuple[Version, Version]
    as_of: date
    subjects: dict[str, Comparison]
    names: dict[str, str]
    figures: list[FigureMove]


def compare_versions(session: Session, versions: tuple[str, str], as_of: date) -> VersionChange:
    """Everything that moved from the first version to the second. Reads only.

    Raises UsageError for twice the same version, for one under which nothing is coded, and for one of either kind.
    """
    first, second = _chosen(session, versions)
    codings = {kind: codings_of(session, kind) for kind in _KINDS}
    subjects = {kind: compare(codings[kind], first, second) for kind in _KINDS}
    moved = {move.key for found in subjects.values() for move in (*found.moved, *found.beside)}
    names = {listing.key: listing.name for listing in listings(session) if listing.key in moved}
    for key, name in session.execute(select(EntryRow.key, EntryRow.name).order_by(EntryRow.id)):
        if key in moved:
            names[key] = name
    figures = list(figures_moved(session, codings, (first, second), as_of, not_read(session)))
    return VersionChange((first, second), as_of, subjects, names, figures)


def print_change(change: VersionChange, *, as_json: bool) -> None:
    """The change on stdout, as text or JSON."""
    if as_json:
        say_json(_as_json(change))
        return
    first, second = (version.name for version in change.versions)
    say(f"{_word(change)} {first} → {second}")
    for kind, found in change.subjects.items():
        say(
            f"{kind}: {found.compared} coded under both, {len(found.moved)} moved, {len(found.beside)} more by "
            f"output or sector alone, {len(found.only_first)} only under {first}, "
            f"{len(found.only_second)} only under {second}"
        )
        for move in found.moved:
            say(f"  {move.key}  {_codes(move, axes_of)}{_text(move)}  {change.names.get(move.key, '')}")
        for move in found.beside:
            say(f"  {move.key}  {_codes(move, rest_of)}{_text(move)}  {change.names.get(move.key, '')}")
    if not change.figures:
        say(f"no figure moves that rests on codings: {', '.join(sorted(CODED))}")
    for one in change.figures:
        label = f"{one.figure.measure} {one.figure.cell}".strip()
        say(f"{one.lang} {one.source} on {one.as_of}: {label} {_shown(one.before)} → {_shown(one.after)}")


def _chosen(session: Session, versions: tuple[str, str]) -> tuple[Version, Version]:
    books = sorted(session.scalars(select(CodingRow.codebook).distinct()))
    coders = coder_versions(session, MACHINE, CODEBOOK)
    if versions[0] == versions[1]:
        raise UsageError(f"--compare needs two versions, not {versions[0]} twice")
    known = {name: Version(name, CODEBOOK, until) for name, until in coders.items()}
    known |= {name: Version(name, name) for name in books}
    for name in versions:
        if name not in known:
            told = f"; by coder {', '.join(coders)}" if coders else ""
            raise UsageError(
                f"nothing is coded under {name!r}; there are codings under codebook {', '.join(books) or 'none'}{told}"
            )
    first, second = (known[name] for name in versions)
    if (first.until is None) != (second.until is None):
        raise UsageError("--compare takes two codebook versions or two versions of the coder, not one of each")
    return first, second


def _word(change: VersionChange) -> str:
    return "codebook" if change.versions[0].until is None else "coder"


def _text(move: Move) -> str:
    return " (the text changed too)" if move.other_text else ""


def _codes(move: Move, told: Callable[[StoredCoding], tuple[str, str]]) -> str:
    before, after = ("/".join(told(one)) for one in (move.before, move.after))
    people = "".join(f" (by {one.coder})" for one in (move.before, move.after) if one.coder != move.before.coder)
    return f"{before} → {after}{people}"


def _shown(figure: Figure | None) -> str:
    if figure is None:
        return "not measured"
    return f"{figure.value}" if figure.share is None else f"{figure.value} ({figure.share * 100:.1f}%)"


def _as_json(change: VersionChange) -> dict[str, object]:
    return {
        f"{_word(change)}s": [version.name for version in change.versions],
        "as_of": str(change.as_of),
        "subjects": {
            kind: {
                "compared": found.compared,
                "output_or_sector_only": [
                    {
                        "key": move.key,
                        "name": change.names.get(move.key, ""),
                        "other_text": move.other_text,
                        "before": [*rest_of(move.before), move.before.coder],
                        "after": [*rest_of(move.after), move.after.coder],
                    }
                    for move in found.beside
                ],
                "only_first": list(found.only_first),
                "only_second": list(found.only_second),
                "moved": [
                    {
                        "key": move.key,
                        "name": change.names.get(move.key, ""),
                        "axes": list(move.axes),
                        "other_text": move.other_text,
                        "before": [*axes_of(move.before), move.before.coder],
                        "after": [*axes_of(move.after), move.after.coder],
                    }
                    for move in found.moved
                ],
            }
            for kind, found in change.subjects.items()
        },
        "figures": [
            {
                "lang": str(one.lang),
                "as_of": str(one.as_of),
                "edition": one.source,
                "measure": one.figure.measure,
                "cell": one.figure.cell,
                "before": _figure_json(one.before),
                "after": _figure_json(one.after),
            }
            for one in change.figures
        ],
    }


def _figure_json(figure: Figure | None) -> dict[str, object] | None:
    return None if figure is None else {"value": figure.value, "of": figure.of, "share": figure.share}
