"""Which groups can still move when some stand still: linear algebra over a prime field on the witnesses found.

Every witness is an integer solution w of M w = 0, so every combination of them is one too. For a set K of groups that
must stand still, draw a random combination z (modulo Q) of the witnesses that vanishes on K. Where z is not 0, the
group is no linear function of K: if a * d[p] = sum b[k] * d[k] held for all solutions (a, b whole, a not 0), then
z[p] = 0 unless Q divides a; coefficients of that size (2**31) do not occur in sums of hierarchies. Where z is 0
nothing is said: a program decides.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from publisher.audit.tree import Integers

Q = 2**31 - 1


class NullSpace:
    """Solutions of one reduced system. `groups` fixes the numbering."""

    def __init__(self, groups: Sequence[int], witnesses: Sequence[Mapping[int, int]], seed: int) -> None:
        self._place = {group: place for place, group in enumerate(groups)}
        self._random = np.random.default_rng(seed)
        entries = [(self._place[g], column, d % Q) for column, w in enumerate(witnesses) for g, d in w.items()]
        table = np.array(entries, dtype=np.int64).reshape(-1, 3)
        table = table[np.argsort(table[:, 0], kind="stable")]
        self._columns, self._values = table[:, 1], table[:, 2]
        self._starts = np.searchsorted(table[:, 0], np.arange(len(groups) + 1))
        self._count = len(witnesses)

    def moving(self, still: Sequence[int]) -> npt.NDArray[np.bool_]:
        """For each group, whether a solution was found that moves it while all of `still` stand still."""
        weights = self._random.integers(0, Q, self._count)
        self._vanish([self._place[group] for group in still], weights)
        products = self._values * weights[self._columns] % Q
        running = np.concatenate([[0], np.cumsum(products)])  # below 2**31 * entries: exact
        moved: npt.NDArray[np.bool_] = (running[self._starts[1:]] - running[self._starts[:-1]]) % Q != 0
        return moved

    def _vanish(self, places: Sequence[int], weights: Integers) -> None:
        """Changes as many weights as needed so that the combination is 0 at `places`."""
        spans = [slice(int(self._starts[p]), int(self._starts[p + 1])) for p in places]
        used = np.unique(np.concatenate([np.zeros(0, np.int64), *(self._columns[span] for span in spans)]))
        matrix = np.zeros((len(places), len(used)), dtype=np.int64)
        for row, span in enumerate(spans):
            matrix[row, np.searchsorted(used, self._columns[span])] = self._values[span]
        pivots = _reduced_echelon(matrix)
        free = np.setdiff1d(np.arange(len(used)), pivots)
        for row, pivot in enumerate(pivots):
            products = matrix[row, free] * weights[used[free]] % Q
            weights[used[pivot]] = -int(products.sum()) % Q


def _reduced_echelon(matrix: Integers) -> list[int]:
    """Brings `matrix` to reduced echelon form modulo Q, in place; returns the pivot columns of its first rows."""
    pivots: list[int] = []
    for column in range(matrix.shape[1]):
        top = len(pivots)
        below = np.flatnonzero(matrix[top:, column])
        if len(below) == 0:
            continue
        matrix[[top, top + below[0]]] = matrix[[top + below[0], top]]
        matrix[top] = matrix[top] * pow(int(matrix[top, column]), -1, Q) % Q
        others = np.flatnonzero(matrix[:, column])
        others = others[others != top]
        matrix[others] = (matrix[others] - matrix[others, column][:, None] * matrix[top] % Q) % Q
        pivots.append(column)
        if len(pivots) == matrix.shape[0]:
            break
    return pivots
