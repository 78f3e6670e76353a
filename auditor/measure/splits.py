"""A figure taken apart by what its entries say of themselves: the parts always add up to the whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from auditor.link.words import field_key
from auditor.measure.records import Figure
from auditor.records import Entry
from crawler.errors import UsageError

#: The group of an entry that does not say.
UNSAID = "(not said)"
#: Why a group's share has no interval though the whole's can have one: a coder may err otherwise in a group.
_APART = "groups are not checked by themselves"


def _joined(words: Iterable[str]) -> str:
    return " + ".join(sorted(words)) or UNSAID


#: What entries can be split by → the words of an entry. An entry with several (recipients, forms) is in one group of
#: its own combination, so that no entry is counted twice.
DIMENSIONS: Mapping[str, Callable[[Entry], str]] = {
    "regulator": lambda entry: entry.developer or UNSAID,
    "section": lambda entry: " ".join(word for word in (entry.section_code, entry.section) if word) or UNSAID,
    "provider_level": lambda entry: _joined(str(level) for level in entry.provider_levels),
    "recipient": lambda entry: _joined(str(recipient) for recipient in entry.recipients),
    "form": lambda entry: _joined(str(form) for form in entry.forms),
}


def dimensions(text: str) -> tuple[str, ...]:
    """The dimensions of a list with commas, each once. Raises UsageError that lists the known ones."""
    wanted = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    for name in wanted:
        if name not in DIMENSIONS:
            raise UsageError(f"no split by {name!r}; there are {', '.join(DIMENSIONS)}")
    return wanted


def groups(entries: Sequence[Entry], dimension: str) -> dict[str, str]:
    """The group of each entry by key. Groups that differ in noise only bear the wording most entries use."""
    said = {entry.key: DIMENSIONS[dimension](entry) for entry in entries}
    wordings: dict[str, Counter[str]] = defaultdict(Counter)
    for text in said.values():
        wordings[field_key(text)][text] += 1
    chosen = {key: min(found.items(), key=lambda item: (-item[1], item[0]))[0] for key, found in wordings.items()}
    return {key: chosen[field_key(text)] for key, text in said.items()}


def split(figure: Figure, group_of: Mapping[str, str]) -> dict[str, Figure] | None:
    """The figure's parts by group, largest first; None when it counts something that is no entry of the edition.

    A part's denominator is the number of its group's entries in the figure's base.
    """
    if any(key not in group_of for key in figure.keys):
        return None
    if figure.base and group_of.keys().isdisjoint(figure.base):
        return None  # nothing was counted, of things that are no entries
    of_base = Counter(group_of[key] for key in figure.base if key in group_of)
    parts: dict[str, list[str]] = {group: [] for group in of_base}
    for key in figure.keys:
        parts.setdefault(group_of[key], []).append(key)
    found = {
        group: replace(
            figure,
            value=len(keys),
            of=of_base[group] if figure.base else None,
            keys=tuple(keys),
            base=(),
            low=None,
            high=None,
            interval=None,
            corrected=None,
            uncorrected=_APART if figure.interval or figure.uncorrected else "",
        )
        for group, keys in parts.items()
    }
    return dict(sorted(found.items(), key=lambda item: (-item[1].value, item[0])))
