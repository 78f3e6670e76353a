"""The figures that rest on codings, on every day they were published for, as codings of one's choice give them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from auditor.coding.compare import Version
from auditor.coding.in_force import coding_in_force
from auditor.db.models import MeasurementRow
from auditor.db.portal import listings
from auditor.link.stage import REGISTER_LANGS
from auditor.measure.compute import measure_portal
from auditor.measure.records import Figure, Measured, PortalSnapshot, coded_listing
from auditor.measure.scenes import CODED, measure_coded
from auditor.measure.stage_scenes import end_of_day, read_ground, scene_on
from auditor.records import NotRead, StoredCoding
from crawler.errors import ContentError
from crawler.pages.records import Lang

#: By kind of subject and key, every coding.
Codings = Mapping[str, Mapping[str, list[StoredCoding]]]


@dataclass(frozen=True, slots=True)
class FigureMove:
    """One figure on one day, as either version gives it; None where it has none.

    `source` is the edition, or the portal.
    """

    lang: Lang
    as_of: date
    source: str
    before: Figure | None
    after: Figure | None

    @property
    def figure(self) -> Figure:
        """Whichever of the two there is."""
        found = self.before or self.after
        assert found is not None
        return found


def figures_moved(
    session: Session, codings: Codings, versions: tuple[Version, Version], as_of: date, not_read: Iterable[NotRead]
) -> Iterator[FigureMove]:
    """Each figure that differs between two versions, on `as_of` and on every day that a figure was kept for."""
    missed = tuple(not_read)
    chosen = [{key: one.of(given) for key, given in codings["entry"].items()} for one in versions]
    entries = [_in_force(each) for each in chosen]
    for lang in REGISTER_LANGS:
        yield from _register(session, lang, _days(session, lang, as_of), entries, (versions[1].codebook, missed))
    shown = [_in_force({key: one.of(given) for key, given in codings["listing"].items()}) for one in versions]
    for lang in Lang:
        listed = listings(session, lang, end_of_day(as_of))
        if listed:
            before, after = (
                measure_portal(
                    PortalSnapshot(as_of, lang, tuple(coded_listing(one, each.get(one.key)) for one in listed), "")
                )
                for each in shown
            )
            yield from _differing(lang, as_of, "portal", before, after)


def _days(session: Session, lang: Lang, as_of: date) -> list[date]:
    kept = select(MeasurementRow.as_of).where(MeasurementRow.lang == str(lang), MeasurementRow.measure.in_(CODED))
    return sorted({as_of, *session.scalars(kept.distinct())})


def _register(
    session: Session,
    lang: Lang,
    days: list[date],
    codings: list[dict[str, StoredCoding]],
    asked: tuple[str, tuple[NotRead, ...]],
) -> Iterator[FigureMove]:
    codebook, missed = asked
    ground = read_ground(session, days, lang, missed, codebook)
    for day in days:
        try:
            scenes = [scene_on(session, replace(ground, codings=each), day) for each in codings]
            before, after = (measure_coded(scene) for scene in scenes)
        except ContentError:
            continue  # no edition was read that is in force on this day, or it has no live row
        source = f"{scenes[1].snapshot.act}/{scenes[1].snapshot.edition_date}"
        yield from _differing(lang, day, source, before, after)


def _differing(
    lang: Lang, day: date, source: str, before: Mapping[str, Measured], after: Mapping[str, Measured]
) -> Iterator[FigureMove]:
    old, new = (
        {(name, one.cell): one for name, each in measured.items() if name in CODED for one in each.figures}
        for measured in (before, after)
    )
    for name in dict.fromkeys((*old, *new)):
        first, second = old.get(name), new.get(name)
        if _told(first) != _told(second):
            yield FigureMove(lang, day, source, first, second)


def _told(figure: Figure | None) -> tuple[object, ...]:
    return () if figure is None else (figure.value, figure.of)


def _in_force(codings: Mapping[str, list[StoredCoding]]) -> dict[str, StoredCoding]:
    found = {key: coding_in_force(given) for key, given in codings.items()}
    return {key: one for key, one in found.items() if one is not None}
