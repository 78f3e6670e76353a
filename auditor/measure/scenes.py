"""Every measure of one audit date: those of the register alone, and those that need its history or other sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from auditor.measure.breaks import breaks_between
from auditor.measure.compute import measure_register, unmeasured_register
from auditor.measure.cosmetic import cosmetic_share, cosmetic_share_digitised
from auditor.measure.dead_ends import dead_ends
from auditor.measure.growth import digitised_coded, easy_share, label_flips, newly_coded, newly_digitised, units, yo_yo
from auditor.measure.history import bunching, parallel
from auditor.measure.portal import fan_out, listings, phantoms, unregistered
from auditor.measure.records import Break, DatedAudit, Figure, Measured
from auditor.measure.scene import Scene
from auditor.measure.texts import divergence, silent_rewrite
from crawler.errors import ContentError

#: Gives a coded figure's share (0–1) corrected for the coder's errors with its 95% interval: share, low, high; or says
#: why no double-coded sample allows one. None for a figure that is no share of codes.
Intervals = Callable[[Figure], tuple[float, float, float] | str | None]

_AXES = ("nature", "completeness", "two_by_two")

#: The measures beyond `measure_register`, with the ids that each function gives.
SCENE_MEASURES: tuple[tuple[tuple[str, ...], Callable[[Scene], list[Measured]]], ...] = (
    (("units",), units),
    (tuple(f"{axis}_digitised" for axis in _AXES), digitised_coded),
    (("newly_digitised",), newly_digitised),
    (tuple(f"{axis}_newly_digitised" for axis in _AXES), newly_coded),
    (("easy_share",), easy_share),
    (("dead_ends",), dead_ends),
    (("parallel",), parallel),
    (("listings",), listings),
    (("phantoms",), phantoms),
    (("unregistered",), unregistered),
    (("fan_out",), fan_out),
    (("label_flips",), label_flips),
    (("cosmetic_share",), cosmetic_share),
    (("cosmetic_share_digitised",), cosmetic_share_digitised),
    (("yo_yo",), yo_yo),
    (("bunching",), bunching),
    (("divergence",), divergence),
    (("silent_rewrite",), silent_rewrite),
)

#: Measures that rest on coding; only their figures can have an interval.
CODED = frozenset(
    (*_AXES, *(f"{axis}{of}" for axis in _AXES for of in ("_digitised", "_newly_digitised")), "core_complete",
     "easy_share", "dead_ends")
)  # fmt: skip


def measure_scene(scene: Scene, intervals: Intervals | None = None) -> DatedAudit:
    """Everything measured on one date; a measure whose ground was not observed stands in `unmeasured` with the reason.

    Raises ContentError over an edition without a live row.
    """
    measured = measure_register(scene.snapshot)
    unmeasured = unmeasured_register(scene.snapshot)
    for ids, function in SCENE_MEASURES:
        try:
            measured |= {result.measure: result for result in function(scene)}
        except ContentError as error:
            unmeasured |= dict.fromkeys(ids, str(error))
    if intervals is not None:
        measured = {
            name: with_intervals(result, intervals) if name in CODED else result for name, result in measured.items()
        }
    breaks: tuple[Break, ...] = ()
    if scene.before is not None:
        breaks = breaks_between(scene.before.snapshot, scene.snapshot, scene.before.descent.parents)
    return DatedAudit(scene.snapshot, measured, unmeasured, breaks)


def measure_coded(scene: Scene) -> dict[str, Measured]:
    """Only the measures that rest on coding; one whose ground was not observed is left out."""
    measured = {name: one for name, one in measure_register(scene.snapshot).items() if name in CODED}
    for ids, measure in SCENE_MEASURES:
        if CODED.issuperset(ids):
            try:
                measured |= {one.measure: one for one in measure(scene)}
            except ContentError:
                continue
    return measured


def with_intervals(measured: Measured, intervals: Intervals) -> Measured:
    """The same with the interval of every share that has one, and why the others have none."""
    figures = []
    for figure in measured.figures:
        found = intervals(figure) if figure.of else None
        if isinstance(found, str):
            figures.append(replace(figure, uncorrected=found))
        else:
            figures.append(replace(figure, corrected=found[0], interval=found[1:]) if found else figure)
    return replace(measured, figures=tuple(figures))
