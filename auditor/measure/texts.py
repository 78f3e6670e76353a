"""The texts held against each other: Russian and Kazakh of one edition, and one edition before and after a rewrite."""

from __future__ import annotations

from auditor.measure.compute import keys_of
from auditor.measure.records import Figure, Measured
from auditor.measure.scene import Scene
from crawler.errors import ContentError


def divergence(scene: Scene) -> list[Measured]:
    """Rows that only one of the two texts of the edition has, and rows whose delivery forms differ.

    `forms`: pairs whose forms were understood in both texts and differ, named by our row. `only_here`, `only_there`:
    rows without a twin. An undecided pairing counts as none, and lowers `low`. Raises ContentError when the other
    language's text of the edition was not read.
    """
    other = scene.other
    if other is None:
        raise ContentError(scene.absent.get("other", "the edition's text in the other language was not read"))
    rows = scene.snapshot.entries
    forms, here, details = [], [], []
    for row in rows:
        twin = other.twin.get(row.entry.key)
        if twin is None or twin not in other.forms:
            here.append(row.entry.key)
            continue
        theirs = other.forms[twin]
        if row.entry.forms and theirs and row.entry.forms != theirs:
            forms.append(row.entry.key)
            said = " | ".join(", ".join(sorted(one)).replace("_", " ") for one in (row.entry.forms, theirs))
            details.append((row.entry.key, f"{scene.snapshot.lang} | {other.lang}: {said}"))
    met = set(other.twin.values())
    there = [key for key in other.forms if key not in met]
    unsure = len(other.maybe.intersection(here)) + len(other.maybe.intersection(there))
    keys = (*forms, *here, *there)
    base = (*keys_of(rows), *there)
    figures = (
        Figure("divergence", "", len(keys), len(base), keys, base, len(keys) - unsure, len(keys)),
        Figure("divergence", "forms", len(forms), len(base), tuple(forms), base),
        Figure("divergence", "only_here", len(here), len(base), tuple(here), base),
        Figure("divergence", "only_there", len(there), len(base), tuple(there), base),
    )
    return [Measured("divergence", figures, details=tuple(details))]


def silent_rewrite(scene: Scene) -> list[Measured]:
    """Editions in force up to the date whose text was later found to be another one, under the same date.

    Raises ContentError when no edition was read.
    """
    known = tuple(scene.readings)
    if not known:
        raise ContentError("no edition was read")
    changed = tuple(key for key in known if key in scene.rewritten)
    details = tuple((key, scene.rewritten[key]) for key in changed)
    return [Measured("silent_rewrite", (Figure("silent_rewrite", "", len(changed), len(known), changed, known),),
                     details=details)]  # fmt: skip
