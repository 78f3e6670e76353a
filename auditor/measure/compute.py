"""The measures as pure functions: a snapshot in, figures out. Definitions are METHOD.md's, words are on the cards.

Every figure keeps the keys of what it counted, so that no number can exist without its entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from auditor.measure.records import CodedEntry, CodedListing, Figure, Measured, PortalSnapshot, Snapshot
from auditor.records import Coding, Completeness, Entry, Nature
from crawler.errors import ContentError
from crawler.pages.records import ELECTRONIC_FORMS, DeliveryForm

Subject = CodedEntry | CodedListing

TWO_BY_TWO: tuple[tuple[str, Nature, Completeness], ...] = tuple(
    (f"{nature}/{completeness}", nature, completeness)
    for nature in (Nature.TRANSACTIONAL, Nature.HUMAN_SOCIAL)
    for completeness in (Completeness.COMPLETE, Completeness.PARTIAL)
)


def is_digitised(entry: Entry) -> bool:
    """Whether the register names any electronic form for the entry."""
    return bool(entry.forms & ELECTRONIC_FORMS)


def measure_register(snapshot: Snapshot) -> dict[str, Measured]:
    """Every register measure by id. Raises ContentError over an empty snapshot: a measure over nothing is no zero."""
    if not snapshot.entries:
        raise ContentError(
            f"edition {snapshot.act} of {snapshot.edition_date} ({snapshot.lang}) has no live entry: nothing to measure"
        )
    rows = snapshot.entries
    everything = Measured("count", (Figure("count", "", len(rows), None, _keys(rows)),))
    measured = [everything, *_forms(rows), *_coded(rows)]
    measured.append(_plain("core_complete", rows, _is_core_complete, _abstained(rows, _both_clear)))
    return {result.measure: result for result in measured}


def measure_portal(snapshot: PortalSnapshot) -> dict[str, Measured]:
    """The measures that a portal list alone allows. Raises ContentError when no listing was ever read."""
    if not snapshot.listings:
        raise ContentError(f"no complete portal list in {snapshot.lang} was read: nothing to measure")
    rows = snapshot.listings
    listed = Measured("listings", (Figure("listings", "", len(rows), None, _keys(rows)),))
    return {result.measure: result for result in (listed, *_coded(rows))}


def _forms(rows: Sequence[CodedEntry]) -> list[Measured]:
    def has(form: DeliveryForm) -> Callable[[CodedEntry], bool]:
        return lambda row: form in row.entry.forms

    return [
        _plain("digitised", rows, lambda row: is_digitised(row.entry)),
        _plain("fully_automated", rows, has(DeliveryForm.FULLY_AUTOMATED)),
        _plain("partially_automated", rows, has(DeliveryForm.PARTIALLY_AUTOMATED)),
        _plain("proactive", rows, has(DeliveryForm.PROACTIVE)),
        _plain("paper_only", rows, lambda row: DeliveryForm.PAPER in row.entry.forms and not is_digitised(row.entry)),
        _plain(
            "form_unknown",
            rows,
            lambda row: not is_digitised(row.entry) and DeliveryForm.PAPER not in row.entry.forms,
        ),
    ]


def _coded(rows: Sequence[Subject]) -> list[Measured]:
    natures = [(str(nature), _nature_is(nature)) for nature in Nature]
    steps = [(str(step), _completeness_is(step)) for step in Completeness]
    boxes = [(cell, _both_are(nature, step)) for cell, nature, step in TWO_BY_TWO]
    boxes.append(("unclear", lambda coding: not _both_clear(coding)))
    return [
        _table("nature", rows, natures, lambda coding: coding.nature is not Nature.UNCLEAR),
        _table("completeness", rows, steps, lambda coding: coding.completeness is not Completeness.UNCLEAR),
        _table("two_by_two", rows, boxes, _both_clear),
    ]


Test = Callable[[Coding], bool]


def _table(measure: str, rows: Sequence[Subject], cells: Iterable[tuple[str, Test]], clear: Test) -> Measured:
    """The cells partition the rows: an uncoded row stands with the unclear ones."""
    head = Figure(measure, "", len(rows), None, _keys(rows))
    figures = [head]
    for cell, test in cells:
        kept = [row for row in rows if (test(row.coding) if row.coding else cell == "unclear")]
        figures.append(Figure(measure, cell, len(kept), len(rows), _keys(kept)))
    return Measured(measure, tuple(figures), _abstained(rows, clear))


def _plain(
    measure: str, rows: Sequence[CodedEntry], test: Callable[[CodedEntry], bool], abstained: int = 0
) -> Measured:
    kept = [row for row in rows if test(row)]
    return Measured(measure, (Figure(measure, "", len(kept), len(rows), _keys(kept)),), abstained)


def _is_core_complete(row: CodedEntry) -> bool:
    coding = row.coding
    return (
        coding is not None
        and coding.nature is Nature.HUMAN_SOCIAL
        and coding.completeness is Completeness.COMPLETE
        and is_digitised(row.entry)
    )


def _nature_is(nature: Nature) -> Test:
    return lambda coding: coding.nature is nature


def _completeness_is(step: Completeness) -> Test:
    return lambda coding: coding.completeness is step


def _both_are(nature: Nature, step: Completeness) -> Test:
    return lambda coding: coding.nature is nature and coding.completeness is step


def _both_clear(coding: Coding) -> bool:
    return coding.nature is not Nature.UNCLEAR and coding.completeness is not Completeness.UNCLEAR


def _abstained(rows: Sequence[Subject], clear: Test) -> int:
    return sum(row.coding is None or not clear(row.coding) for row in rows)


def _keys(rows: Sequence[Subject]) -> tuple[str, ...]:
    return tuple(row.entry.key if isinstance(row, CodedEntry) else row.listing.key for row in rows)
