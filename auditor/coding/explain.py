"""A coding in words: rules, the text with the deciding words marked, where it was read, who coded before. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.coding.codebook import CODEBOOK
from auditor.coding.in_force import ADJUDICATED, Standing, axes_of, coding_in_force, newest_by_person, standing_coding
from auditor.records import Coding, CodingInput, Evidence, StoredCoding

_OPEN, _CLOSE = "⟦", "⟧"
_LABELS = {"name": "name", "result": "result", "category": "section", "provider": "provider"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything `egov-audit explain` says of one entry or listing. `remarks` are people's words by coding id."""

    subject: str
    given: CodingInput
    coding: Coding
    places: Sequence[tuple[str, Evidence]]
    earlier: Sequence[StoredCoding]
    fresh_hash: str
    likeness: Sequence[str] = ()
    sector_assumed: bool = False
    excluded: bool = False
    remarks: Mapping[int, str] | None = None

    @property
    def key(self) -> str:
        """The key of the entry or listing."""
        return self.subject.partition(" ")[2]


def explain(told: Explanation, rules: Mapping[str, str]) -> list[str]:
    """The lines for a person. `rules` are the codebook's rules in the reader's language."""
    coding = told.coding
    sector = f"COFOG {coding.sector}" if coding.sector else "no sector"
    if told.sector_assumed:
        sector += " by default: no word tells the division"
    lines = [
        told.subject,
        *(["excluded from the register: no figure counts it"] if told.excluded else []),
        f"nature        {coding.nature} (confidence {coding.nature_confidence:.2f})",
        f"completeness  {coding.completeness} (confidence {coding.completeness_confidence:.2f})",
        f"output        {coding.output}, {sector}",
        *([] if told.excluded else [f"counts        {_counts(told)}"]),
        "rules",
        *(f"  {rule:<4} {rules[rule]}" for rule in coding.rules),
        "text",
    ]
    for field, label in _LABELS.items():
        text: str = getattr(told.given, field)
        if text:
            lines.append(f"  {label}: {marked(text, coding, field)}")
    if told.likeness:
        lines.append("likeness to hand-coded names decided: in how many a word that begins so stood")
        lines += [f"  {line}" for line in told.likeness]
    lines.append("read from")
    lines += [f"  {line}" for what, place in told.places for line in _place(what, place)]
    lines.append("codings")
    lines += [f"  {line}" for line in _history(told)] or ["  none is stored"]
    return lines


def marked(text: str, coding: Coding, field: str) -> str:
    """`text` with the words that decided in ⟦⟧, each with its rule; white space folded."""
    spans = sorted(
        {(trigger.start, trigger.end, trigger.rule) for trigger in coding.triggers if trigger.field == field}
    )
    pieces, at = [], 0
    for start, end, rule in spans:
        if start < at:
            pieces.append(f"({rule})")
            continue
        pieces += [text[at:start], _OPEN, text[start:end], _CLOSE, f"({rule})"]
        at = end
    pieces.append(text[at:])
    return " ".join("".join(pieces).split())


def _place(what: str, place: Evidence) -> list[str]:
    return [
        f"{what}: {place.url}",
        f"  {place.place}, captured {place.captured_at:%Y-%m-%d %H:%M:%S} UTC ({place.provenance}), run {place.run_id}",
        f"  {place.warc} offset {place.offset}, sha256 {place.sha256}",
    ]


def _counts(told: Explanation) -> str:
    """Which codes figures use, and on whose word: the lines above are the machine's, people may have said otherwise."""
    known = [one for one in told.earlier if one.codebook == CODEBOOK]
    fresh = [one for one in known if one.evidence_hash == told.fresh_hash]
    found = standing_coding(known, told.fresh_hash)
    if found is None:
        earlier = coding_in_force(known)
        codes = f"{'/'.join(axes_of(earlier))} of an earlier text" if earlier else "nothing yet"
        return f"{codes}: run `egov-audit code`"
    standing, stored = found
    people = newest_by_person(fresh)
    names = ", ".join(one.coder for one in people if axes_of(one) == axes_of(stored))
    whose = {
        Standing.ADJUDICATED: f"decided by {stored.coder.removeprefix(ADJUDICATED)}",
        Standing.AGREED: f"coded alike by {names}",
        Standing.ONE_PERSON: f"by {names} alone",
        Standing.MACHINE: "by the machine, unchecked",
    }[standing]
    if standing is Standing.MACHINE and people:
        whose = f"by the machine until somebody decides between {', '.join(one.coder for one in people)}"
    return f"{'/'.join(axes_of(stored))}, {whose}{_carried(told, stored)}"


def _carried(told: Explanation, stored: StoredCoding) -> str:
    """For which row a person gave the code, where that is another one with the very same text."""
    return "" if stored.subject == told.key else f", given to {stored.subject}, which has the same text"


def _history(told: Explanation) -> list[str]:
    lines = []
    for stored in reversed(told.earlier):
        stale = "" if stored.evidence_hash == told.fresh_hash else ", on an earlier text"
        codes = f"{stored.coding.nature}/{stored.coding.completeness}"
        version = f", coder {stored.coder_version}" if stored.coder_version else ""
        rules = f" by {' '.join(stored.coding.rules)}" if stored.coding.rules else ""
        remark = (told.remarks or {}).get(stored.id)
        if remark:
            rules += f" ({remark})"
        lines.append(
            f"{stored.coded_at:%Y-%m-%d %H:%M} UTC {stored.coder}: {codes}{rules}, "
            f"codebook {stored.codebook}{version}{_carried(told, stored)}{stale}"
        )
    return lines
