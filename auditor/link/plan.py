"""Which editions follow which: the order in which the register's texts were in force, through acts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from auditor.records import EditionRef
from crawler.pages.records import Lang

#: Version of the linking rules. A change of rules changes it, and everything is linked again.
LINKER = "4"


@dataclass(frozen=True, slots=True)
class Step:
    """One date of the register: its texts by language, and for each the text before it in that language."""

    act: str
    day: date
    texts: Mapping[Lang, EditionRef]
    before: Mapping[Lang, EditionRef]

    def inputs(self, decisions: Iterable[str]) -> str:
        """A hash over the readings that this step links, and over people's decisions about their rows."""
        parts = [LINKER, *(f"{lang}:{text.id}" for lang, text in sorted(self.texts.items()))]
        parts += [f"{lang}<{text.id}" for lang, text in sorted(self.before.items())]
        return hashlib.sha256("\n".join([*parts, *sorted(decisions)]).encode()).hexdigest()


def steps(in_force: Mapping[Lang, Sequence[EditionRef]]) -> list[Step]:
    """The register's dates in order of force. A later act replaces the earlier ones from its first edition on, so
    later amendments of a replaced act are no part of the register's history.
    """
    first: dict[str, date] = {}
    for edition in (edition for texts in in_force.values() for edition in texts):
        first[edition.act] = min(first.get(edition.act, edition.edition_date), edition.edition_date)
    acts = sorted(first, key=lambda act: (first[act], act))
    ends = {act: first[after] for act, after in pairwise(acts)}
    dates: dict[tuple[date, str], dict[Lang, EditionRef]] = {}
    for lang, texts in in_force.items():
        for edition in texts:
            if edition.edition_date < ends.get(edition.act, date.max):
                dates.setdefault((edition.edition_date, edition.act), {})[lang] = edition
    planned = []
    last: dict[Lang, EditionRef] = {}
    for (day, act), texts_here in sorted(dates.items()):
        before = {lang: last[lang] for lang in texts_here if lang in last}
        planned.append(Step(act, day, texts_here, before))
        last.update(texts_here)
    return planned
