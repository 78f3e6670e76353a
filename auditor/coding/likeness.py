"""The statistical proposer: how names with these words were coded by hand. It speaks only where the lexicon is weakest.

A naive Bayes over the first letters of words, the counts shipped beside the lexicon. Why it is here, and what else was
tried: the README's section on coding. Learned by `python -m tests.bench.folds write`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.coding.lexicon import load_yaml
from auditor.records import Nature
from crawler.errors import ContentError
from crawler.pages.records import Lang

#: The file of counts beside the lexicon.
FILE = "likeness.json"
#: Odds at least so high against a name's bare action word overrule it; below the least, nothing is proposed.
SURE_ODDS, LEAST_ODDS = 12.0, 2.0

#: So many first letters of a word stand for it; shorter words than the shortest are not looked at.
LETTERS, SHORTEST = 4, 3
_SMOOTHING = 0.3
#: One known word alone says too little: "service", "application".
_WORDS_AT_LEAST = 2


@dataclass(frozen=True, slots=True)
class Proposal:
    """What hand-coded names with these words were. `words` are the places of known ones, the most telling first."""

    code: Nature
    odds: float
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Beginning of a word → in how many human and in how many transactional names it stood; and how many there were."""

    human: int
    transactional: int
    counts: Mapping[str, tuple[int, int]]

    def propose(self, forms: Sequence[str]) -> Proposal | None:
        """The likelier nature of a name by its folded words, None if hardly a word is known or the odds are low."""
        first: dict[str, int] = {}
        for place, form in enumerate(forms):
            if len(form) >= SHORTEST and form[:LETTERS] in self.counts:
                first.setdefault(form[:LETTERS], place)
        if len(first) < _WORDS_AT_LEAST:
            return None
        weights = {place: self._weight(*self.counts[begin]) for begin, place in first.items()}
        total = math.log(self.human / self.transactional) + sum(weights.values())
        odds = math.exp(min(abs(total), 50))
        if odds < LEAST_ODDS:
            return None
        sign = 1 if total > 0 else -1
        telling = sorted((place for place in weights if sign * weights[place] > 0), key=lambda one: -abs(weights[one]))
        return Proposal(Nature.HUMAN_SOCIAL if sign > 0 else Nature.TRANSACTIONAL, odds, tuple(telling))

    def seen(self, form: str) -> tuple[int, int]:
        """In how many human and transactional names a word that begins like `form` stood."""
        return self.counts.get(form[:LETTERS], (0, 0))

    def _weight(self, human: int, transactional: int) -> float:
        for_human = (human + _SMOOTHING) / (self.human + 2 * _SMOOTHING)
        return math.log(for_human) - math.log((transactional + _SMOOTHING) / (self.transactional + 2 * _SMOOTHING))


def load_likeness(lang: Lang, text: str | None = None) -> Likeness | None:
    """The counts for a language, None where none were learned. Raises ContentError for a file that holds others."""
    source = load_yaml(FILE) if text is None else text
    try:
        data: Any = json.loads(source).get(str(lang))
        if data is None:
            return None
        counts = {str(begin): (int(human), int(other)) for begin, (human, other) in data["counts"].items()}
        found = Likeness(int(data["human"]), int(data["transactional"]), counts)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ContentError(f"lexicon/{FILE}: no counts of words by nature can be read for {lang}") from error
    if min(found.human, found.transactional) < 1:
        raise ContentError(f"lexicon/{FILE}: {lang} needs names of both natures")
    return found


def as_json(learned: Mapping[Lang, Likeness]) -> str:
    """The file's text for what was learned: one line a beginning, so that changes can be read."""
    return json.dumps(
        {
            str(lang): {
                "human": one.human,
                "transactional": one.transactional,
                "counts": {k: list(v) for k, v in one.counts.items()},
            }
            for lang, one in learned.items()
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).replace('],"', '],\n"')
