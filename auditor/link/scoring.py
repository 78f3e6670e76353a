"""How likely two leftover rows of two editions are one service: a matrix of log-odds from all evidence together.

Text similarity alone misleads in both directions, so every field adds to or takes from the odds, and what the rows
already linked say (this ministry now has that name, this section now has that number) is used before fields are
compared. Weights are natural log-odds, set by hand on real names and checked by generated histories
(tests/auditor/link).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from auditor.link.words import (
    GENERIC,
    bylaw_key,
    field_key,
    folded,
    numbers,
    own_turns,
    sides,
    stem,
    stems,
    turns,
    words,
)
from auditor.records import Entry

if TYPE_CHECKING:
    from scipy import sparse

Matrix = NDArray[np.float32]

#: Odds before any evidence: of all pairs of leftovers, few are one service.
PRIOR = -2.0
NAME_WEIGHT, NAME_NEUTRAL = 10.0, 0.62
CODE_SAME, CODE_DIFFERS = 3.0, -0.5
NEIGHBOUR, SAME_GAP = 0.7, 0.6
TURN_DIFFERS, TURN_DIFFERS_SAME_CODE, NUMBER_DIFFERS = -4.0, -2.0, -3.5
#: For persons and for companies: two services made from one, and no other word differs.
SIDE_DIFFERS = -3.0
#: Least odds of rows that have an own by-law, heading and bodies in common, whatever their names say; and of rows with
#: the same bodies that have the code or an own by-law in common: a person is asked, so that bounds hold the truth.
RENAMED_WHOLLY, ASK_AT_LEAST = 3.2, -0.5
#: Beside the weight of an equal by-law: no other row has it, before or after.
OWN_BYLAW = 4.5
#: Cosine of the words, and share of the lighter name, under which no other evidence makes a link; the most odds then.
WORDS_TO_LINK, INSIDE_TO_LINK, MOST_WITHOUT = 0.5, 0.7, 2.5
#: Only the turns named beside the act differ.
TURN_BESIDE = -0.5
#: Names made from one template around another core ("licence for …"): alike letter by letter, and two services.
TEMPLATE_ONLY = -2.5
#: Names that differ in a letter or two only.
NEARLY_EQUAL = 1.0
#: Under one code, a name that holds the whole other name: a text made longer or shorter.
CONTAINED_SAME_CODE = 1.2
#: Field → odds when equal, odds when both are given and differ.
FIELD_WEIGHTS: dict[str, tuple[float, float]] = {
    "section": (0.4, -0.5),
    "subsection": (0.6, -0.6),
    "provider": (0.8, -1.4),
    "developer": (0.6, -1.2),
    "bylaw": (1.2, -0.5),
    "recipient": (0.2, -0.8),
}

_Raw = tuple[str, ...]
_CELLS: dict[str, tuple[Callable[[Entry], _Raw], Callable[[_Raw], str]]] = {
    "section": (lambda entry: (entry.section, entry.code[:3]), lambda raw: field_key(raw[0]) or raw[1]),
    "subsection": (lambda entry: (entry.subsection, entry.code[:5]), lambda raw: field_key(raw[0]) or raw[1]),
    "provider": (lambda entry: (entry.provider,), lambda raw: field_key(raw[0])),
    "developer": (lambda entry: (entry.developer,), lambda raw: field_key(raw[0])),
    "bylaw": (lambda entry: (entry.bylaw,), lambda raw: bylaw_key(raw[0])),
    "recipient": (
        lambda entry: (entry.recipient, *sorted(entry.recipients)),
        lambda raw: " ".join(raw[1:]) or field_key(raw[0]),
    ),
}


def _cell(field: str, entry: Entry) -> str:
    """A field's value as it is compared; headings fall back on the code that holds them."""
    take, fold = _CELLS[field]
    return fold(take(entry))


@dataclass(frozen=True, slots=True)
class Anchors:
    """What the certain links of this pair of editions say: pairs of linked rows, old and new values of their fields.

    `own_bylaws` are by-laws of one row in either edition: who has it is known by it.
    """

    pairs: tuple[tuple[Entry, Entry], ...]
    aliases: dict[str, dict[str, str]]
    own_bylaws: frozenset[str] = frozenset()

    @classmethod
    def of(cls, pairs: Sequence[tuple[Entry, Entry]]) -> Anchors:
        """Learn from linked rows which value of a field became which: at least twice, and more often than any other."""
        aliases: dict[str, dict[str, str]] = {}
        for name, (take, fold) in _CELLS.items():
            raw = [(take(older), take(newer)) for older, newer in pairs]
            changed = {fold(before) for before, after in raw if before != after} - {""}
            counts: dict[str, Counter[str]] = {value: Counter() for value in changed}
            # Most values never changed: only those that did are worth counting.
            for before, after in raw if changed else ():
                if (value := fold(before)) in changed:
                    counts[value][fold(after)] += 1
            aliases[name] = {
                before: after
                for before, found in counts.items()
                for after, times in found.most_common(1)
                if after and before != after and times > 1 and times * 2 > found.total()
            }
        return cls(tuple(pairs), aliases)

    def among(self, older: Sequence[Entry], newer: Sequence[Entry]) -> Anchors:
        """The same, with the numbered by-laws that exactly one row has in each of the two whole editions."""
        seen = [Counter(_cell("bylaw", entry) for entry in edition) for edition in (older, newer)]
        own = frozenset(key for key, times in seen[0].items() if times == seen[1][key] == 1 and _numbered(key))
        return replace(self, own_bylaws=own)


def _numbered(bylaw: str) -> bool:
    return bylaw.replace(" ", "").isdigit()


@dataclass(frozen=True, slots=True)
class Names:
    """Name evidence of leftovers against leftovers: weighted words shared, and letters alike, both 0–1."""

    shared: Matrix  # cosine of the weighted words
    letters: Matrix
    contained: Matrix  # share of the lighter name's words that the other has too, 0–1
    stems_old: tuple[frozenset[str], ...]
    stems_new: tuple[frozenset[str], ...]
    weight: dict[str, float]  # stem → weight


def log_odds(older: Sequence[Entry], newer: Sequence[Entry], names: Names, context: Matrix, anchors: Anchors) -> Matrix:
    """The matrix of log-odds that row i of `older` and column j of `newer` are one service."""
    odds = context + PRIOR + NAME_WEIGHT * (0.75 * names.shared + 0.25 * names.letters - NAME_NEUTRAL)
    odds += TEMPLATE_ONLY * ((names.shared < 0.55) & (names.letters > 0.6))
    odds += NEARLY_EQUAL * ((names.shared > 0.97) & (names.letters > 0.95))
    code_same = _equal([e.code for e in older], [e.code for e in newer])
    odds += np.where(code_same, CODE_SAME + CONTAINED_SAME_CODE * (names.contained > 0.92), 0.0)
    odds = odds + _telling_words(older, newer, code_same)
    # Codes are given anew, and one body has many services: without most of the words it is a question, not a link.
    few = (names.shared < WORDS_TO_LINK) & (names.contained < INSIDE_TO_LINK)
    odds = np.where(few, np.minimum(odds, MOST_WITHOUT), odds)
    bodies = _same_cells("provider", older, newer, anchors) & _same_cells("developer", older, newer, anchors)
    own = _own_bylaw(older, newer, anchors)
    settled = own & bodies & same_heading(older, newer, anchors)
    odds = np.where(settled, np.maximum(odds, RENAMED_WHOLLY), odds)
    return np.asarray(np.where(bodies & (code_same | own), np.maximum(odds, ASK_AT_LEAST), odds), dtype=np.float32)


def context_odds(older: Sequence[Entry], newer: Sequence[Entry], anchors: Anchors) -> Matrix:
    """The part of the log-odds that neither name nor full code gives: headings, bodies, by-law, recipient, place."""
    code_same = _equal([e.code for e in older], [e.code for e in newer])
    code_given = np.outer([bool(e.code) for e in older], [bool(e.code) for e in newer])
    odds = np.where(code_given & ~code_same, CODE_DIFFERS, 0.0)
    for field in _CELLS:
        same_weight, differs_weight = FIELD_WEIGHTS[field]
        alias = anchors.aliases.get(field, {})
        before = [_cell(field, entry) for entry in older]
        after = [_cell(field, entry) for entry in newer]
        same = _equal(before, after) | _equal([alias.get(value, "") for value in before], after)
        given = np.outer([bool(value) for value in before], [bool(value) for value in after])
        odds += np.where(same, same_weight, differs_weight * given)
    odds += np.where(_own_bylaw(older, newer, anchors), OWN_BYLAW, 0.0)
    return np.asarray(odds + _place(older, newer, anchors), dtype=np.float32)


def _own_bylaw(older: Sequence[Entry], newer: Sequence[Entry], anchors: Anchors) -> NDArray[np.bool_]:
    """Where both rows, and no other of their editions, have one by-law."""
    own = anchors.own_bylaws
    before, after = ([key if (key := _cell("bylaw", e)) in own else "" for e in side] for side in (older, newer))
    return _equal(before, after)


def same_heading(older: Sequence[Entry], newer: Sequence[Entry], anchors: Anchors) -> NDArray[np.bool_]:
    """Where both rows stand under one heading, renamed headings included."""
    return _same_cells("subsection", older, newer, anchors)


def _same_cells(field: str, older: Sequence[Entry], newer: Sequence[Entry], anchors: Anchors) -> NDArray[np.bool_]:
    """Where a field is given and the same, renamed values included."""
    alias = anchors.aliases.get(field, {})
    before, after = ([_cell(field, entry) for entry in side] for side in (older, newer))
    return _equal(before, after) | _equal([alias.get(value, "") for value in before], after)


def name_evidence(
    older: Sequence[Entry], newer: Sequence[Entry], corpus_old: Sequence[Entry], corpus_new: Sequence[Entry]
) -> Names:
    """Name evidence of the leftovers, words weighed by how rare they are in the two whole editions."""
    texts_old = [folded(e.name, e.subname) for e in older]
    texts_new = [folded(e.name, e.subname) for e in newer]
    known_old, known_new = (
        set().union(*(words(folded(e.name, e.subname)) for e in corpus)) for corpus in (corpus_old, corpus_new)
    )
    misspelt = _misspellings(texts_old, texts_new, known_old, known_new)
    stems_old = [stems(text) for text in texts_old]
    stems_new = [frozenset(stem(misspelt.get(word, word)) for word in words(text)) for text in texts_new]
    weight = _weights(stems_old, stems_new, corpus_old, corpus_new)
    index = {word: number for number, word in enumerate(weight)}
    values = np.array(list(weight.values()), dtype=np.float32)
    bag_old, bag_new = _bag(stems_old, index), _bag(stems_new, index)
    common = np.asarray((bag_old.multiply(values) @ bag_new.T).todense(), dtype=np.float32)
    mass_old, mass_new = bag_old @ values, bag_new @ values
    shared = np.asarray(common / np.sqrt(np.maximum(np.outer(mass_old, mass_new), 1e-6)), dtype=np.float32)
    contained = np.asarray(common / np.maximum(np.minimum.outer(mass_old, mass_new), 1e-3), dtype=np.float32)
    workers = 2 if len(older) * len(newer) > 50_000 else 1
    alike = process.cdist(texts_old, texts_new, scorer=fuzz.token_sort_ratio, workers=workers, dtype=np.float32)
    letters = np.asarray(alike / 100, dtype=np.float32)
    return Names(shared, letters, contained, tuple(stems_old), tuple(stems_new), weight)


def _weights(
    stems_old: Sequence[frozenset[str]],
    stems_new: Sequence[frozenset[str]],
    corpus_old: Sequence[Entry],
    corpus_new: Sequence[Entry],
) -> dict[str, float]:
    """Weight of every stem of the leftovers: the rarer in the editions, the heavier; generic ones are light."""
    wanted: set[str] = set().union(*stems_old, *stems_new)
    seen = Counter(
        word for e in (*corpus_old, *corpus_new) for word in wanted.intersection(stems(folded(e.name, e.subname)))
    )
    total = max(len(corpus_old) + len(corpus_new), 1)
    weights = {}
    for word in sorted(wanted):
        rarity = float(np.log((total + 8) / (seen[word] + 1)) / np.log(total + 8))
        weights[word] = (0.25 if word in GENERIC else 1.0) * max(rarity, 0.1)
    return weights


def _misspellings(
    texts_old: Sequence[str], texts_new: Sequence[str], known_old: set[str], known_new: set[str]
) -> dict[str, str]:
    """Newer words that no older name has → the older word they misspell; only words the newer edition lost count."""
    fresh = sorted({w for text in texts_new for w in words(text) if len(w) > 4 and w not in known_old})
    lost = sorted({w for text in texts_old for w in words(text) if len(w) > 4 and w.isalpha()})
    if not fresh or not lost:
        return {}
    alike = process.cdist(fresh, lost, scorer=fuzz.ratio, score_cutoff=82, dtype=np.float32)
    best = alike.argmax(axis=1)
    found = {}
    for row, word in enumerate(fresh):
        meant = lost[best[row]]
        # A word that both editions know is seldom what a new one misspells: only a letter may be off.
        if alike[row, best[row]] >= (90 if meant in known_new else 82) and not word.isdigit():
            found[word] = meant
    return found


def _bag(stems: Sequence[frozenset[str]], index: dict[str, int]) -> sparse.csr_matrix:
    # Here, because loading it takes longer than most commands.
    from scipy import sparse

    columns = [index[word] for bag in stems for word in sorted(bag)]
    ends = np.cumsum([0, *(len(bag) for bag in stems)])
    data = np.ones(len(columns), dtype=np.float32)
    return sparse.csr_matrix((data, np.array(columns, dtype=np.int32), ends), shape=(len(stems), max(len(index), 1)))


def _equal(before: Sequence[str], after: Sequence[str]) -> NDArray[np.bool_]:
    """Where a value is given on both sides and the same."""
    known: dict[str, int] = {}
    left = np.array([known.setdefault(value, len(known)) if value else -1 for value in before], dtype=np.int64)
    right = np.array([known.setdefault(value, len(known)) if value else -2 for value in after], dtype=np.int64)
    same: NDArray[np.bool_] = left[:, None] == right[None, :]
    return same


def _telling_words(older: Sequence[Entry], newer: Sequence[Entry], code_same: NDArray[np.bool_]) -> Matrix:
    """Penalties for names that turn on a word or a number: other kind of act, other class or form number."""
    texts_old = [folded(e.name, e.subname) for e in older]
    texts_new = [folded(e.name, e.subname) for e in newer]
    turn_same = _equal_sets([turns(text) for text in texts_old], [turns(text) for text in texts_new])
    own_same = _equal_sets([own_turns(text) for text in texts_old], [own_turns(text) for text in texts_new])
    penalty = np.where(code_same, TURN_DIFFERS_SAME_CODE, TURN_DIFFERS)
    penalty = np.where(turn_same, 0.0, np.where(own_same, TURN_BESIDE, penalty))
    numbers_old, numbers_new = [numbers(text) for text in texts_old], [numbers(text) for text in texts_new]
    given = np.outer([bool(found) for found in numbers_old], [bool(found) for found in numbers_new])
    penalty = penalty + NUMBER_DIFFERS * (given & ~_equal_sets(numbers_old, numbers_new))
    sides_old, sides_new = [sides(text) for text in texts_old], [sides(text) for text in texts_new]
    given = np.outer([bool(found) for found in sides_old], [bool(found) for found in sides_new])
    return np.asarray(penalty + SIDE_DIFFERS * (given & ~_equal_sets(sides_old, sides_new)), dtype=np.float32)


def _equal_sets(before: Sequence[frozenset[str]], after: Sequence[frozenset[str]]) -> NDArray[np.bool_]:
    joined_before = [" ".join(sorted(found)) + "." for found in before]
    joined_after = [" ".join(sorted(found)) + "." for found in after]
    return _equal(joined_before, joined_after)


def _place(older: Sequence[Entry], newer: Sequence[Entry], anchors: Anchors) -> Matrix:
    """Odds from the place: the linked rows before and after it, and the gap between them being the same gap."""
    after = sorted((new.ordinal, old.ordinal) for old, new in anchors.pairs)
    before = sorted((old.ordinal, new.ordinal) for old, new in anchors.pairs)
    if not before:
        return np.zeros((len(older), len(newer)), dtype=np.float32)
    marks = np.array([place for place, _ in before])
    images = np.array([image for _, image in before])
    new_marks = np.array([place for place, _ in after])
    low, high = _between(marks, images, [entry.ordinal for entry in older])
    new_low, new_high = _between(new_marks, new_marks, [entry.ordinal for entry in newer])
    follows = low[:, None] == new_low[None, :]
    precedes = high[:, None] == new_high[None, :]
    return np.asarray(NEIGHBOUR * follows + NEIGHBOUR * precedes + SAME_GAP * (follows & precedes), dtype=np.float32)


def _between(
    marks: NDArray[np.int64], images: NDArray[np.int64], places: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each place the image of the last mark before it (0 if none) and of the first behind it (-1 if none)."""
    at = np.searchsorted(marks, np.array(places))
    padded_low = np.concatenate(([0], images))
    padded_high = np.concatenate((images, [-1]))
    return padded_low[at], padded_high[at]
