"""Which groups can still move when some stand still: linear algebra over a prime field.

The equations M d = 0, read modulo the prime Q, are brought into triangular form once: most groups of a table are the
last unknown of some equation, so that nearly nothing fills in. Random values for the free groups then give random
solutions, as many as asked for. For a set K of groups that must stand still, |K| + 1 random solutions have a
combination z, not all weights 0, that vanishes on K; z is a random solution among those that vanish on K.

Where z is not 0, the group is no linear function of K: if a * d[p] = sum b[k] * d[k] followed from M d = 0 (a, b
whole, a not 0), then a * z[p] = 0 modulo Q, so z[p] = 0 unless Q divides a; coefficients of that size (2**31) do not
occur in sums of hierarchies. Where z is 0 nothing is said: a program decides.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

import numpy as np
import numpy.typing as npt

from publisher.audit.reduced import Reduced, Row
from publisher.audit.tree import Integers

Q = 2**31 - 1
FILL = 20_000_000  # additions of single coefficients; what is not triangular by then stands still


@dataclass(frozen=True)
class Triangle:
    """`steps`: a group and the groups and weights (modulo Q) that give it; a step may use the groups of later ones.

    `still`: groups that never move.
    """

    steps: list[tuple[int, list[int], list[int]]] = field(repr=False)
    still: frozenset[int] = field(repr=False)


def triangle(reduced: Reduced, component: Sequence[int], still: Collection[int]) -> Triangle:
    """Eliminates groups in the fewest equations first. `component` holds all groups of its equations."""
    held = frozenset(still)
    numbers = {row for group in component for row in reduced.where[group]}
    rows = {n: {g: w % Q for g, w in reduced.rows[n].items() if g not in held} for n in sorted(numbers)}
    where = {group: set(reduced.where[group]) for group in component if group not in held}
    heap = [(len(at), group) for group, at in where.items() if at]
    heapify(heap)
    steps: list[tuple[int, list[int], list[int]]] = []
    filled = 0
    while heap and filled < FILL:
        count, group = heappop(heap)
        if 0 < count == len(where[group]):
            pivot, added = _eliminate(group, rows, where)
            steps.append(_step(group, pivot))
            filled += added
            for other in pivot:
                heappush(heap, (len(where[other]), other))
        elif where[group]:
            heappush(heap, (len(where[group]), group))
    return Triangle(steps, held.union(*rows.values()))


def _eliminate(group: int, rows: dict[int, Row], where: dict[int, set[int]]) -> tuple[Row, int]:
    """Takes the shortest row of `group` out, and `group` out of all others; says how many terms were added."""
    chosen = min(where[group], key=lambda number: (len(rows[number]), number))
    pivot = rows.pop(chosen)
    for other in pivot:
        where[other].discard(chosen)
    inverse = pow(pivot[group], -1, Q)
    others = sorted(where[group])
    for number in others:
        row = rows[number]
        factor = row[group] * inverse % Q
        for other, weight in pivot.items():
            changed = (row.get(other, 0) - factor * weight) % Q
            if changed:
                row[other] = changed
                where[other].add(number)
            else:
                row.pop(other, None)
                where[other].discard(number)
    return pivot, len(others) * len(pivot)


def _step(group: int, pivot: Row) -> tuple[int, list[int], list[int]]:
    inverse = pow(pivot[group], -1, Q)
    others = [other for other in pivot if other != group]
    return group, others, [-inverse * pivot[other] % Q for other in others]


class NullSpace:
    """Random solutions over one component, of which only the entries of `kept` groups are remembered.

    `still` never move. `width` solutions are drawn at once.
    """

    def __init__(
        self, reduced: Reduced, component: Sequence[int], still: Collection[int], kept: Sequence[int], width: int
    ) -> None:
        self._reduced, self._component, self._still = reduced, component, still
        self._place = {group: place for place, group in enumerate(component)}
        self._kept = [self._place[group] for group in kept]
        self._random = np.random.default_rng(len(component))
        self._solutions = self._drawn(still, width)
        self._of_kept = np.ascontiguousarray(self._solutions[self._kept].T)

    def moving(self, still: Sequence[int]) -> npt.NDArray[np.bool_]:
        """For each kept group, whether a solution moves it while all of `still` stand still."""
        moved: npt.NDArray[np.bool_]
        if len(still) >= self._solutions.shape[1]:
            moved = self._drawn({*self._still, *still}, 1)[self._kept, 0] != 0
            return moved
        places = [self._place[group] for group in still]
        total = np.zeros(len(self._kept), dtype=np.int64)
        for place, weight in enumerate(self._weights(self._solutions[places, : len(still) + 1].copy())):
            total += self._of_kept[place] * weight % Q  # below 2**31 a term: exact
        moved = total % Q != 0
        return moved

    def _drawn(self, still: Collection[int], count: int) -> Integers:
        """int64[groups, count]: random solutions modulo Q that vanish on `still`."""
        found = triangle(self._reduced, self._component, still)
        drawn = self._random.integers(0, Q, (len(self._component), count))
        drawn[[self._place[group] for group in found.still]] = 0
        for group, others, weights in reversed(found.steps):
            terms = drawn[[self._place[other] for other in others]] * np.array(weights, dtype=np.int64)[:, None] % Q
            drawn[self._place[group]] = terms.sum(axis=0) % Q
        return drawn

    def _weights(self, matrix: Integers) -> list[int]:
        """Random weights of the columns with which every row of `matrix` sums to 0, not all 0. Changes `matrix`."""
        weights: Integers = self._random.integers(1, Q, (matrix.shape[1],), dtype=np.int64)
        pivots = _reduced_echelon(matrix)
        free = np.setdiff1d(np.arange(matrix.shape[1]), pivots)
        for row, pivot in enumerate(pivots):
            weights[pivot] = -(matrix[row, free] * weights[free] % Q).sum() % Q
        return [int(weight) for weight in weights]


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
