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

#: The measures that read the delivery form and nothing else.
FORM_MEASURES = (
    *("digitised", "fully_automated", "partially_automated"),
    *("proactive", "paper_only", "form_unknown"),
)
#: Forms that say how far a service is automated.
DEGREES = frozenset({DeliveryForm.FULLY_AUTOMATED, DeliveryForm.PARTIALLY_AUTOMATED, DeliveryForm.NOT_AUTOMATED})
#: What `measure_register` gives: the measures that need nothing but one edition and its codings.
REGISTER_MEASURES = ("count", *FORM_MEASURES, "nature", "completeness", "two_by_two", "core_complete")


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
    everything = Measured("count", (Figure("count", "", len(rows), None, keys_of(rows)),))
    measured = [everything, *coded_tables(rows)]
    unmeasured = unmeasured_register(snapshot)
    measured += [result for result in _forms(rows) if result.measure not in unmeasured]
    if "core_complete" not in unmeasured:
        measured.append(share_of("core_complete", rows, _is_core_complete, _abstained(rows, _both_clear)))
    order = {name: place for place, name in enumerate(REGISTER_MEASURES)}
    return {result.measure: result for result in sorted(measured, key=lambda result: order[result.measure])}


def unmeasured_register(snapshot: Snapshot) -> dict[str, str]:
    """Measures that rest on the delivery form, with the reason, where no row has one: older acts have no such column;
    and those that rest on its degree, where rows are electronic and none says how far, as in the act of 2013. An act
    that says electronic and no more has no word for proactive either, unless a row of it is.

    Nothing digitised and nothing said of it are different things, and only the first is a zero.
    """
    if not any(row.entry.form or row.entry.forms for row in snapshot.entries):
        why = f"the edition of {snapshot.edition_date} states no delivery form for any row"
        return dict.fromkeys((*FORM_MEASURES, "core_complete"), why)
    said = frozenset(form for row in snapshot.entries for form in row.entry.forms)
    if said & ELECTRONIC_FORMS and not said & DEGREES:
        edition = f"the edition of {snapshot.edition_date} names"
        silent = dict.fromkeys(
            ("fully_automated", "partially_automated"), f"{edition} no degree of automation for any row"
        )
        if DeliveryForm.PROACTIVE not in said:
            silent["proactive"] = f"{edition} neither a degree of automation nor the proactive form for any row"
        return silent
    return {}


def measure_portal(snapshot: PortalSnapshot) -> dict[str, Measured]:
    """The measures that a portal list alone allows. Raises ContentError when no listing was ever read."""
    if not snapshot.listings:
        raise ContentError(f"no complete portal list in {snapshot.lang} was read: nothing to measure")
    rows = snapshot.listings
    listed = Measured("listings", (Figure("listings", "", len(rows), None, keys_of(rows)),))
    return {result.measure: result for result in (listed, *coded_tables(rows))}


def _forms(rows: Sequence[CodedEntry]) -> list[Measured]:
    def has(form: DeliveryForm) -> Callable[[CodedEntry], bool]:
        return lambda row: form in row.entry.forms

    return [
        share_of("digitised", rows, lambda row: is_digitised(row.entry)),
        share_of("fully_automated", rows, has(DeliveryForm.FULLY_AUTOMATED)),
        share_of("partially_automated", rows, has(DeliveryForm.PARTIALLY_AUTOMATED)),
        share_of("proactive", rows, has(DeliveryForm.PROACTIVE)),
        share_of("paper_only", rows, lambda row: DeliveryForm.PAPER in row.entry.forms and not is_digitised(row.entry)),
        share_of(
            "form_unknown",
            rows,
            lambda row: not is_digitised(row.entry) and DeliveryForm.PAPER not in row.entry.forms,
        ),
    ]


def coded_tables(rows: Sequence[Subject], suffix: str = "") -> list[Measured]:
    """Both axes and the two-by-two over `rows`; `suffix` is added to the measures' ids."""
    natures = [(str(nature), _nature_is(nature)) for nature in Nature]
    steps = [(str(step), _completeness_is(step)) for step in Completeness]
    boxes = [(cell, _both_are(nature, step)) for cell, nature, step in TWO_BY_TWO]
    boxes.append(("unclear", lambda coding: not _both_clear(coding)))
    return [
        _table(f"nature{suffix}", rows, natures, lambda coding: coding.nature is not Nature.UNCLEAR),
        _table(f"completeness{suffix}", rows, steps, lambda coding: coding.completeness is not Completeness.UNCLEAR),
        _table(f"two_by_two{suffix}", rows, boxes, _both_clear),
    ]


Test = Callable[[Coding], bool]


def _table(measure: str, rows: Sequence[Subject], cells: Iterable[tuple[str, Test]], clear: Test) -> Measured:
    """The cells partition the rows: an uncoded row stands with the unclear ones."""
    base = keys_of(rows)
    figures = [Figure(measure, "", len(rows), None, base)]
    for cell, test in cells:
        kept = [row for row in rows if (test(row.coding) if row.coding else cell == "unclear")]
        figures.append(Figure(measure, cell, len(kept), len(rows), keys_of(kept), base))
    return Measured(measure, tuple(figures), _abstained(rows, clear))


def share_of(
    measure: str, rows: Sequence[CodedEntry], test: Callable[[CodedEntry], bool], abstained: int = 0
) -> Measured:
    """How many of `rows` pass `test`, with the rows as the denominator."""
    kept = [row for row in rows if test(row)]
    return Measured(measure, (Figure(measure, "", len(kept), len(rows), keys_of(kept), keys_of(rows)),), abstained)


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


def keys_of(rows: Sequence[Subject]) -> tuple[str, ...]:
    """The keys of entries or listings in their order."""
    return tuple(row.entry.key if isinstance(row, CodedEntry) else row.listing.key for row in rows)
