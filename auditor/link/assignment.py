"""Who goes with whom when every leftover can go once: one optimal assignment over the whole pair of editions.

A choice that another choice nearly equals is no fact: it comes out as ambiguous, with its rivals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditor.link.scoring import Matrix

#: Log-odds from which an unrivalled pair is a fact (0.953), and from which it is worth a person's look (0.30).
ACCEPT_FROM, CANDIDATE_FROM = 3.0, -0.85
#: Log-odds by which the chosen pairing must beat the next best one.
MARGIN = 1.2
#: Rivals kept for one row: more would tell a person nothing.
RIVALS = 2


@dataclass(frozen=True, slots=True)
class Pairing:
    """A row and a column that go together, how likely, and whether nothing else comes near."""

    row: int
    column: int
    odds: float
    chosen: bool  # part of the best assignment, not a rival of one that is
    clear: bool

    @property
    def probability(self) -> float:
        """The odds as a probability, 0–1."""
        return probability(self.odds)


def probability(odds: float) -> float:
    """Log-odds as a probability, 0–1."""
    return float(1.0 / (1.0 + np.exp(-np.clip(odds, -30, 30))))


def assign(odds: Matrix) -> list[Pairing]:
    """The best assignment of rows to columns, and the rivals of its unclear choices, by row and column."""
    if not odds.size:
        return []
    worth = np.maximum(odds.astype(np.float64) - CANDIDATE_FROM, 0.0)
    # Here, because loading it takes longer than most commands.
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(worth, maximize=True)
    column_of = np.full(odds.shape[0], -1)
    row_of = np.full(odds.shape[1], -1)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if worth[row, column] > 0:
            column_of[row], row_of[column] = column, row
    chosen, rivals = [], {}
    for row in np.flatnonzero(column_of >= 0).tolist():
        column = int(column_of[row])
        others = _rivals(worth, row, (column_of, row_of))
        clear = not others and float(odds[row, column]) >= ACCEPT_FROM
        chosen.append(Pairing(row, column, float(odds[row, column]), True, clear))
        for pair in others[:RIVALS]:
            if column_of[pair[0]] != pair[1]:
                rivals[pair] = Pairing(pair[0], pair[1], float(odds[pair]), False, False)
    return sorted([*chosen, *rivals.values()], key=lambda pairing: (pairing.row, pairing.column))


def _rivals(worth: Matrix, row: int, partners: tuple[Matrix, Matrix]) -> list[tuple[int, int]]:
    """Other pairs for this row or its column under which the whole would be worth nearly as much, best first."""
    column_of, row_of = partners
    column = int(column_of[row])
    own = worth[row, column]
    padded = np.concatenate((worth, np.zeros((1, worth.shape[1]))))
    partner_worth = np.where(row_of >= 0, padded[row_of, np.arange(worth.shape[1])], 0.0)
    swapped = np.where(row_of >= 0, padded[row_of, column], 0.0)
    loss = own + partner_worth - worth[row] - swapped
    loss[column] = np.inf
    loss[worth[row] <= 0] = np.inf
    found = [(float(loss[j]), (row, int(j))) for j in np.flatnonzero(loss < MARGIN)]
    free = np.flatnonzero((column_of < 0) & (worth[:, column] > max(own - MARGIN, 0.0)))
    found += [(float(own - worth[i, column]), (int(i), column)) for i in free]
    return [pair for _, pair in sorted(found)]
