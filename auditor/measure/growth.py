"""What became digitised since the year before, and how: new rows, new labels, easy services, back and forth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditor.account.records import Unit
from auditor.account.units import unit_of
from auditor.diff.compare import compare_fields, lacking_columns
from auditor.measure.compute import coded_tables, is_digitised, keys_of, unmeasured_register
from auditor.measure.records import CodedEntry, Figure, Measured, Snapshot
from auditor.measure.scene import Scene, YearBefore
from auditor.records import Completeness, Entry, Nature
from crawler.errors import ContentError
from crawler.pages.records import DeliveryForm


def year_before(scene: Scene) -> YearBefore:
    """The register a year earlier. Raises ContentError with the reason when it was not observed."""
    if scene.before is None:
        raise ContentError(scene.absent.get("before", "the register of the year before was not observed"))
    return scene.before


def units(scene: Scene) -> list[Measured]:
    """The headline under four units of count; growth since the year before under each, and how far they lie apart.

    The entry named for a unit is the first one that bears it. A unit that no entry has (codes, before 2013) is left
    out. `most_to_least` is the greatest rate of growth over the least, given when the least is above zero.
    """
    now = _by_unit([row.entry for row in scene.snapshot.entries])
    head = now[Unit.ROWS]
    figures = [Figure("units", "", len(head), None, tuple(head.values()))]
    figures += [Figure("units", str(unit), len(found), None, tuple(found.values())) for unit, found in now.items()]
    derived: list[tuple[str, float]] = []
    if scene.before is not None:
        then = _by_unit([row.entry for row in scene.before.snapshot.entries])
        rates = {unit: len(now[unit]) / len(then[unit]) - 1 for unit in now if unit in then}
        derived = [(f"growth_{unit}", rate) for unit, rate in rates.items()]
        if rates and min(rates.values()) > 0:
            derived.append(("most_to_least", max(rates.values()) / min(rates.values())))
    remark = "" if Unit.CODES in now else "no entry of this edition has a code"
    return [Measured("units", tuple(figures), derived=tuple(derived), remark=remark)]


def _by_unit(entries: Sequence[Entry]) -> dict[Unit, dict[str, str]]:
    """Per unit of count: what is counted → the first entry that bears it."""
    found: dict[Unit, dict[str, str]] = {}
    for unit in Unit:
        firsts: dict[str, str] = {}
        for entry in entries:
            if key := unit_of(entry, unit):
                firsts.setdefault(key, entry.key)
        if firsts:
            found[unit] = firsts
    return found


def digitised_coded(scene: Scene) -> list[Measured]:
    """Both axes and the two-by-two among the digitised entries. Raises ContentError when there is none."""
    rows = [row for row in scene.snapshot.entries if is_digitised(row.entry)]
    if not rows:
        raise ContentError("no entry of this edition is digitised")
    return coded_tables(rows, "_digitised")


def labelled_before(scene: Scene) -> YearBefore:
    """The register a year earlier, if both editions say how services are delivered. Raises ContentError otherwise."""
    before = year_before(scene)
    for snapshot in (before.snapshot, scene.snapshot):
        if "digitised" in unmeasured_register(snapshot):
            raise ContentError(f"the edition of {snapshot.edition_date} states no delivery form for any row")
    return before


def newly_digitised(scene: Scene) -> list[Measured]:
    """Entries that are digitised and whose service was not a year before: new ones, and old ones with a new label."""
    before = labelled_before(scene)
    rows, why = _newly(scene, before)
    base = keys_of(scene.snapshot.entries)
    digital = _digitised(before.snapshot)
    doubted = sum(any(digital.get(key) for key in before.descent.doubts.get(row.entry.key, ())) for row in rows)
    head = Figure("newly_digitised", "", len(rows), len(base), keys_of(rows), base, len(rows) - doubted, len(rows))
    cells = [
        Figure("newly_digitised", cell, len(kept), len(rows), tuple(kept), keys_of(rows))
        for cell in ("new", "flipped", "regrouped")
        for kept in [[key for key, kind in why.items() if kind == cell]]
    ]
    return [Measured("newly_digitised", (head, *cells))]


def newly_coded(scene: Scene) -> list[Measured]:
    """Both axes and the two-by-two among newly digitised entries. Raises ContentError when there is none."""
    rows, _ = _newly(scene, labelled_before(scene))
    if not rows:
        raise ContentError("nothing was newly digitised in this year")
    return coded_tables(rows, "_newly_digitised")


def easy_share(scene: Scene) -> list[Measured]:
    """Of the newly digitised entries those that are transactional or partial; bounds over what the coder left open."""
    rows, _ = _newly(scene, labelled_before(scene))
    if not rows:
        raise ContentError("nothing was newly digitised in this year")
    easy = [row for row in rows if _is_easy(row) is True]
    open_ones = sum(_is_easy(row) is None for row in rows)
    figure = Figure(
        "easy_share", "", len(easy), len(rows), keys_of(easy), keys_of(rows), len(easy), len(easy) + open_ones
    )
    return [Measured("easy_share", (figure,), abstained=open_ones)]


def _is_easy(row: CodedEntry) -> bool | None:
    """None: undecided, since an axis that could make it easy is unclear."""
    coding = row.coding
    if coding is None:
        return None
    if coding.nature is Nature.TRANSACTIONAL or coding.completeness is Completeness.PARTIAL:
        return True
    unclear = coding.nature is Nature.UNCLEAR or coding.completeness is Completeness.UNCLEAR
    return None if unclear else False


def _newly(scene: Scene, before: YearBefore) -> tuple[list[CodedEntry], dict[str, str]]:
    """Newly digitised rows, and by key whether the row is `new`, `flipped` (one row then, one now) or `regrouped`."""
    digital = _digitised(before.snapshot)
    children = _children(before.descent.parents)
    rows = []
    why = {}
    for row in scene.snapshot.entries:
        parents = before.descent.parents.get(row.entry.key, ())
        if not is_digitised(row.entry) or any(digital[key] for key in parents if key in digital):
            continue
        rows.append(row)
        single = len(parents) == 1 and len(children[parents[0]]) == 1
        why[row.entry.key] = "new" if not parents else "flipped" if single else "regrouped"
    return rows, why


#: Fields whose wording changes with every ministry's and city's new name: no change of the service.
_WHO = frozenset({"form", "developer", "provider", "intake", "bylaw"})


def label_flips(scene: Scene) -> list[Measured]:
    """Entries of which nothing but the delivery form changed since the year before, and what they add to growth.

    The service must be the same in name, kind, code, section, recipients and payment; who provides it under which
    by-law may be worded anew. `share_of_newly_digitised` is the part of the newly digitised entries that are such
    flips. Flips that came with another change of the service are a cell of their own, outside the head. Where one of
    the two editions says electronic and no more, the other's finer words are no flip.
    """
    before = labelled_before(scene)
    coarse = [shot for shot in (before.snapshot, scene.snapshot) if "fully_automated" in unmeasured_register(shot)]
    mixed = len(coarse) == 1
    only: dict[str, list[str]] = {"to_digital": [], "to_paper": [], "other_degree": []}
    also: list[str] = []
    details = []
    pairs = _one_to_one(scene.snapshot, before)
    lacking = lacking_columns(*([row.entry for row in shot.entries] for shot in (before.snapshot, scene.snapshot)))
    for old, new in pairs:
        if not (old.forms and new.forms) or _same_forms(old, new, mixed=mixed):
            continue
        kind = "to_digital" if is_digitised(new) and not is_digitised(old) else "to_paper"
        if is_digitised(new) == is_digitised(old):
            kind = "other_degree"
        details.append((new.key, f"{_words(old)} → {_words(new)}"))
        (also if _changed_otherwise(old, new, lacking) else only[kind]).append(new.key)
    base = tuple(new.key for _, new in pairs)
    head = tuple(key for key in base if any(key in keys for keys in only.values()))
    figures = [Figure("label_flips", "", len(head), len(base), head, base)]
    figures += [Figure("label_flips", cell, len(keys), len(head), tuple(keys), head) for cell, keys in only.items()]
    figures.append(Figure("label_flips", "with_other_changes", len(also), None, tuple(also)))
    newly, _ = _newly(scene, before)
    derived = []
    if newly:
        derived = [("share_of_newly_digitised", len(only["to_digital"]) / len(newly))]
    remark = ""
    if mixed:
        remark = (
            f"the edition of {coarse[0].edition_date} names no degree of automation: only electronic or not, and paper "
            "or not, are compared"
        )
    return [Measured("label_flips", tuple(figures), derived=tuple(derived), details=tuple(details), remark=remark)]


def _same_forms(old: Entry, new: Entry, *, mixed: bool) -> bool:
    """Whether two rows say the same forms, as far as both could: `mixed` if one of their editions names no degree."""
    if not mixed:
        return old.forms == new.forms
    paper = DeliveryForm.PAPER in old.forms, DeliveryForm.PAPER in new.forms
    return paper[0] == paper[1] and is_digitised(old) == is_digitised(new)


def _changed_otherwise(old: Entry, new: Entry, lacking: frozenset[str]) -> bool:
    """Whether the service itself changed. Recipients and payment that are worded anew but mean the same did not."""
    fields = {change.field for change in compare_fields(old, new, lacking)[0]} - _WHO
    if old.recipients and old.recipients == new.recipients:
        fields.discard("recipient")
    if old.payments and old.payments == new.payments:
        fields.discard("payment")
    return bool(fields)


def yo_yo(scene: Scene) -> list[Measured]:
    """Entries that went back to paper since the year before, and entries that were gone and came back."""
    before = year_before(scene)
    last = scene.timeline.place(before.snapshot.act, before.snapshot.edition_date)
    if last is None or scene.until is None:
        raise ContentError("the edition in force is no part of the register's history")
    digital = {
        row.service: text.day
        for text in scene.timeline.texts[last : scene.until]
        for row in text.rows
        if row.digitised and row.service
    }
    back, restored, details = [], [], []
    for row in scene.snapshot.entries:
        key = row.entry.key
        since = digital.get(scene.service_of.get(key, ""))
        if since and row.entry.forms and not is_digitised(row.entry):
            back.append(key)
            details.append((key, f"digitised in the edition of {since}, on paper now"))
        if key in before.descent.came_back:
            restored.append(key)
            details.append((key, "was gone and came back"))
    base = keys_of(scene.snapshot.entries)
    head = tuple(key for key in base if key in back or key in restored)
    figures = (
        Figure("yo_yo", "", len(head), len(base), head, base),
        Figure("yo_yo", "back_to_paper", len(back), len(base), tuple(back), base),
        Figure("yo_yo", "restored", len(restored), len(base), tuple(restored), base),
    )
    return [Measured("yo_yo", figures, details=tuple(details))]


def _one_to_one(snapshot: Snapshot, before: YearBefore) -> list[tuple[Entry, Entry]]:
    """Rows that are one row in both editions, with what they were."""
    then = {row.entry.key: row.entry for row in before.snapshot.entries}
    children = _children(before.descent.parents)
    pairs = []
    for row in snapshot.entries:
        parents = before.descent.parents.get(row.entry.key, ())
        if len(parents) == 1 and len(children[parents[0]]) == 1 and parents[0] in then:
            pairs.append((then[parents[0]], row.entry))
    return pairs


def _children(parents: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, olds in parents.items():
        for old in olds:
            found.setdefault(old, []).append(key)
    return found


def _digitised(snapshot: Snapshot) -> dict[str, bool]:
    return {row.entry.key: is_digitised(row.entry) for row in snapshot.entries}


def _words(entry: Entry) -> str:
    return ", ".join(sorted(entry.forms)).replace("_", " ")
