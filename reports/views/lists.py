"""Dead ends, label flips, changes since the report of the year before."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.diff.records import Change, ChangeType
from auditor.measure.records import CodedEntry, DatedAudit, Measured
from crawler.pages.text import plain
from reports.contexts.base import Linked
from reports.contexts.pages import EventRow, FieldRow
from reports.contexts.services import ChangesPage, DeadEndRow, DeadEndsPage, FlipRow, FlipsPage
from reports.i18n import N_
from reports.views.figures import entry_row, objections_to, share_of
from reports.views.growth import last_change
from reports.views.here import Here, token
from reports.views.told import told
from reports.views.wording import EVENTS, FIELDS, OUTPUTS, cell, derived, word

#: What a step lacks, by what the recipient gets in hand.
_LACKING = {
    "queue": N_("the thing queued for"),
    "appointment": N_("what the appointment is for"),
    "referral": N_("what the referral leads to"),
    "attachment": N_("the care that the attachment is for"),
    "acceptance": N_("the decision on the application"),
    "finding": N_("what the finding is for"),
}
_FLIPS = ("to_digital", "to_paper", "other_degree", "with_other_changes")
_ORDER = (ChangeType.ADDED, ChangeType.REMOVED, ChangeType.RESTORED, ChangeType.SPLIT, ChangeType.MERGED,
          ChangeType.REGROUPED, ChangeType.TAKEN_OVER, ChangeType.MOVED, ChangeType.RENAMED, ChangeType.REWORDED,
          ChangeType.RENUMBERED, ChangeType.CHANGED)  # fmt: skip


def dead_ends_page(here: Here, now: DatedAudit) -> DeadEndsPage:
    """Steps that nothing in the register completes, with what is missing."""
    words = here.words
    frame = here.frame(words.say("Dead ends: steps that nothing in the register completes"))
    measured = now.measured.get("dead_ends")
    if measured is None:
        return DeadEndsPage(frame, (), (), told(words, now.unmeasured["dead_ends"]), (), ())
    rows = {row.entry.key: row for row in now.snapshot.entries}
    details = dict(measured.details)
    return DeadEndsPage(
        frame=frame,
        lead=_lead(here, now, measured),
        objections=objections_to(here, "dead_ends"),
        why_not="",
        rows=tuple(_dead_end(here, rows[key], details.get(key, "")) for key in measured.head.keys),
        completed=tuple(
            (here.row(key), here.row(said.removeprefix("completed by ")))
            for key, said in details.items()
            if said.startswith("completed by ")
        ),
    )


def _lead(here: Here, now: DatedAudit, measured: Measured) -> tuple[Linked, ...]:
    words, head = here.words, measured.head
    said = words.count(
        "%(link)s entry is coded as a step that no entry of the same section completes: %(share)s partial entries.",
        "%(link)s entries are coded as a step that no entry of the same section completes: %(share)s partial entries.",
        head.value,
        link=token("a"),
        share=share_of(words, head),
    )
    waited = "; ".join(derived(words, name, value) for name, value in measured.derived)
    parts = here.sentence(said, a=here.number(head, now.snapshot.as_of.year))
    if not waited:
        return parts
    return (*parts, Linked(" " + words.say("They have stood in the register: %(waited)s.", waited=waited)))


def _dead_end(here: Here, row: CodedEntry, detail: str) -> DeadEndRow:
    words = here.words
    output = str(row.coding.output) if row.coding else ""
    missing = words.say(_LACKING[output]) if output in _LACKING else words.say("the thing it is a step towards")
    return DeadEndRow(entry_row(here, row), word(words, OUTPUTS, output), missing, told(words, detail))


def flips_page(here: Here, now: DatedAudit) -> FlipsPage:
    """Entries of which nothing but the delivery form changed."""
    words = here.words
    frame = here.frame(words.say("Label flips: nothing changed but the delivery form"))
    measured = now.measured.get("label_flips")
    if measured is None:
        return FlipsPage(frame, (), (), (), told(words, now.unmeasured["label_flips"]), ())
    rows = {row.entry.key: row for row in now.snapshot.entries}
    details = dict(measured.details)
    kinds = {key: figure.cell for figure in measured.cells for key in figure.keys}
    head = measured.head
    said = words.count(
        "Of %(link)s entry nothing but the delivery form changed since the year before (%(share)s that went on).",
        "Of %(link)s entries nothing but the delivery form changed since the year before (%(share)s that went on).",
        head.value,
        link=token("a"),
        share=share_of(words, head) or "–",
    )
    also = "; ".join(
        [
            *(derived(words, name, value) for name, value in measured.derived),
            *filter(None, [told(words, measured.remark)]),
        ]
    )
    lead = here.sentence(said, a=here.number(head, now.snapshot.as_of.year))
    ordered = sorted(kinds, key=lambda key: (_FLIPS.index(kinds[key]), rows[key].entry.ordinal))
    return FlipsPage(
        frame=frame,
        lead=(*lead, Linked(f" {also[0].upper()}{also[1:]}.")) if also else lead,
        last=last_change(here),
        objections=objections_to(here, "label_flips"),
        why_not="",
        rows=tuple(
            FlipRow(entry_row(here, rows[key]), cell(words, kinds[key]), told(words, details.get(key, "")))
            for key in ordered
        ),
    )


def changes_page(here: Here) -> ChangesPage:
    """Every change since the report of the year before, by kind; noise is counted and not shown."""
    report, words = here.site.facts.report, here.words
    real = [one for one in report.changes if one.type is not ChangeType.COSMETIC]
    noise = len(report.changes) - len(real)
    observed = len(report.years) > 1 and report.years[-2].audit is not None
    if not observed:
        lead = words.say("The register of the year before was not observed: no change can be told.")
    else:
        lead = words.count(
            "%(n)s change between %(start)s and %(end)s.", "%(n)s changes between %(start)s and %(end)s.", len(real),
            start=words.day(report.years[-2].as_of), end=words.day(report.as_of),
        )  # fmt: skip
    return ChangesPage(
        frame=here.frame(words.say("Changes since the report of the year before")),
        lead=lead,
        last=last_change(here) if observed else (),
        groups=tuple(_groups(here, real)),
        noise=words.count(
            "%(n)s row differs in spaces, quotes, dashes or footnotes only and is no change.",
            "%(n)s rows differ in spaces, quotes, dashes or footnotes only and are no change.",
            noise,
        )
        if noise
        else "",
    )


def _groups(here: Here, changes: list[Change]) -> Iterable[tuple[str, str, tuple[EventRow, ...]]]:
    for kind in _ORDER:
        mine = [one for one in changes if one.type is kind]
        if mine:
            yield (
                str(kind),
                f"{word(here.words, EVENTS, kind)}: {here.words.number(len(mine))}",
                tuple(_change(here, one) for one in mine),
            )


def _change(here: Here, change: Change) -> EventRow:
    return EventRow(
        kind=word(here.words, EVENTS, change.type),
        amount="",
        older=tuple(here.row(entry.key) for entry in change.older) if not change.fields else (),
        newer=tuple(here.row(entry.key) for entry in change.newer),
        detail=tuple(
            FieldRow(word(here.words, FIELDS, one.field), plain(one.before) or "–", plain(one.after) or "–")
            for one in change.fields
        ),
    )
