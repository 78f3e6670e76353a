"""`egov-audit code --compare V1 V2`: which codings moved between two versions, and which figures with them.

A version is a codebook's (1), or the coder's (5.8a1c…): method, lexicon and rules under the codebook of this program.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from auditor.cli.app import say, say_json
from auditor.coding.codebook import CODEBOOK, MACHINE
from auditor.coding.compare import Comparison, Move, Version, compare
from auditor.coding.in_force import axes_of
from auditor.db.codings import coder_versions, codings_of
from auditor.db.models import CodingRow, EntryRow
from auditor.db.read import editions_in_force, listings, pick_edition
from auditor.ingest.status import not_read
from auditor.measure.records import Figure
from auditor.measure.stage import Given, measure_given
from auditor.records import StoredCoding
from crawler.errors import UsageError
from crawler.pages.records import Lang

#: The published figures that rest on codings.
MEASURES = ("nature", "completeness", "two_by_two", "core_complete")
_KINDS = ("entry", "listing")


@dataclass(frozen=True, slots=True)
class FigureMove:
    """One figure of the register in one language on the newest date, as either version gives it."""

    lang: Lang
    edition: str
    before: Figure
    after: Figure


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
    first, second = chosen = _chosen(session, versions)
    codings = {kind: codings_of(session, kind) for kind in _KINDS}
    subjects = {kind: compare(codings[kind], first, second) for kind in _KINDS}
    moved = {move.key for found in subjects.values() for move in found.moved}
    names = {listing.key: listing.name for listing in listings(session) if listing.key in moved}
    for key, name in session.execute(select(EntryRow.key, EntryRow.name).order_by(EntryRow.id)):
        if key in moved:
            names[key] = name
    return VersionChange(chosen, as_of, subjects, names, list(_figures(session, codings["entry"], chosen, as_of)))


def print_change(change: VersionChange, *, as_json: bool) -> None:
    """The change on stdout, as text or JSON."""
    if as_json:
        say_json(_as_json(change))
        return
    first, second = (version.name for version in change.versions)
    say(f"{_word(change)} {first} → {second}")
    for kind, found in change.subjects.items():
        say(
            f"{kind}: {found.compared} coded under both, {len(found.moved)} moved, {found.beside} more by output or "
            f"sector alone, {len(found.only_first)} only under {first}, {len(found.only_second)} only under {second}"
        )
        for move in found.moved:
            text = " (the text changed too)" if move.other_text else ""
            say(f"  {move.key}  {_codes(move, '/')}{text}  {change.names.get(move.key, '')}")
    if not change.figures:
        say(f"no figure of {', '.join(MEASURES)} moves on {change.as_of}")
    for one in change.figures:
        label = f"{one.before.measure} {one.before.cell}".strip()
        say(f"{one.lang} {one.edition} on {change.as_of}: {label} {_shown(one.before)} → {_shown(one.after)}")


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


def _figures(
    session: Session, codings: Mapping[str, list[StoredCoding]], versions: tuple[Version, Version], as_of: date
) -> Iterator[FigureMove]:
    missed = not_read(session)
    for lang in Lang:
        edition = pick_edition(editions_in_force(session, lang), as_of)
        if edition is None:
            continue
        under = [Given(one.codebook, {key: one.of(given) for key, given in codings.items()}) for one in versions]
        before, after = (measure_given(session, as_of, lang, missed, given).measured for given in under)
        for measure in MEASURES:
            for old, new in zip(before[measure].figures, after[measure].figures, strict=True):
                if (old.value, old.of) != (new.value, new.of):
                    yield FigureMove(lang, f"{edition.act}/{edition.edition_date}", old, new)


def _codes(move: Move, sign: str) -> str:
    before, after = (sign.join(axes_of(one)) for one in (move.before, move.after))
    people = "".join(f" (by {one.coder})" for one in (move.before, move.after) if one.coder != move.before.coder)
    return f"{before} → {after}{people}"


def _shown(figure: Figure) -> str:
    return f"{figure.value}" if figure.share is None else f"{figure.value} ({figure.share * 100:.1f}%)"


def _as_json(change: VersionChange) -> dict[str, object]:
    return {
        f"{_word(change)}s": [version.name for version in change.versions],
        "as_of": str(change.as_of),
        "subjects": {
            kind: {
                "compared": found.compared,
                "output_or_sector_only": found.beside,
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
                "edition": one.edition,
                "measure": one.before.measure,
                "cell": one.before.cell,
                "before": {"value": one.before.value, "of": one.before.of, "share": one.before.share},
                "after": {"value": one.after.value, "of": one.after.of, "share": one.after.share},
            }
            for one in change.figures
        ],
    }
