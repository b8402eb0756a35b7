"""What a reader knows of hidden cells: whole-number equations and bounds over them, and what follows at once."""

from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse

from publisher.suppression.system import UNBOUNDED, AdditiveSystem, Integers, Mask, signed_sums

ROUNDS = 60  # of narrowing; each only narrows, so stopping early stays sound
LARGEST = 2.0**61  # sums below it fit 64 bits with room to spare


@dataclass(frozen=True)
class Polytope:
    """All y with sum(weight * y) = right in each row and low <= y <= high. Nothing in it tells a hidden value.

    start, column, weight   the rows, compressed
    right                   int64[m]
    low, high               int64[n]  -UNBOUNDED and UNBOUNDED where there is none
    """

    start: Integers = field(repr=False)
    column: Integers = field(repr=False)
    weight: Integers = field(repr=False)
    right: Integers = field(repr=False)
    low: Integers = field(repr=False)
    high: Integers = field(repr=False)

    @property
    def unknowns(self) -> int:
        return len(self.low)

    @property
    def rows(self) -> int:
        return len(self.right)

    @property
    def row_of_entry(self) -> Integers:
        return np.repeat(np.arange(self.rows, dtype=np.int64), np.diff(self.start))

    @property
    def matrix(self) -> sparse.csr_matrix:
        """The rows, int64[m, n]."""
        return sparse.csr_matrix((self.weight, self.column, self.start), shape=(self.rows, self.unknowns))


def published_polytope(system: AdditiveSystem, suppressed: Mask) -> Polytope:
    """The unknowns are the hidden cells in order. Hidden values are set to zero before anything is computed."""
    published = np.where(suppressed, 0, system.values)
    place = np.cumsum(suppressed) - 1
    entry = np.flatnonzero(suppressed[system.indices])
    length = np.bincount(system.equation_of_entry[entry], minlength=system.equations)
    kept = np.flatnonzero(length)
    return Polytope(
        start=np.concatenate([[0], np.cumsum(length[kept])]).astype(np.int64),
        column=place[system.indices[entry]].astype(np.int64),
        weight=system.signs[entry].astype(np.int64),
        right=-signed_sums(system, published)[kept],
        low=np.maximum(system.lower_bound[suppressed], -UNBOUNDED),
        high=np.minimum(system.upper_bound[suppressed], UNBOUNDED),
    )


def narrowed(polytope: Polytope, rounds: int = ROUNDS) -> Polytope:
    """The same polytope with bounds drawn in: each row bounds each of its unknowns by the bounds of the others.

    Repeated until nothing narrows. Bounds are rounded outwards to whole numbers: sound, not always tight.
    """
    for _ in range(rounds):
        low, high = _one_round(polytope)
        if np.array_equal(low, polytope.low) and np.array_equal(high, polytope.high):
            break
        polytope = replace(polytope, low=low, high=high)
    return polytope


def _one_round(polytope: Polytope) -> tuple[Integers, Integers]:
    weight, column, row = polytope.weight, polytope.column, polytope.row_of_entry
    at_low, at_high = polytope.low[column], polytope.high[column]
    smallest, open_below = _others(polytope, row, np.where(weight > 0, at_low, at_high))
    largest, open_above = _others(polytope, row, np.where(weight > 0, at_high, at_low))
    most, least = polytope.right[row] - smallest, polytope.right[row] - largest  # of weight * y
    lower = np.where(weight > 0, least // weight, most // weight)
    upper = -np.where(weight > 0, -most // weight, -least // weight)
    floor = ~np.where(weight > 0, open_above, open_below)
    ceiling = ~np.where(weight > 0, open_below, open_above)
    low, high = polytope.low.copy(), polytope.high.copy()
    np.maximum.at(low, column[floor], lower[floor])
    np.minimum.at(high, column[ceiling], upper[ceiling])
    return low, high


def _others(polytope: Polytope, row: Integers, bound: Integers) -> tuple[Integers, Mask]:
    """For each entry, the sum of the other terms of its row, and whether one of those knows no bound.

    A row whose sum might leave 64 bits counts as knowing none.
    """
    size = np.abs(polytope.weight.astype(np.float64) * bound)
    unlimited = (np.abs(bound) >= UNBOUNDED) | (size > LARGEST)
    terms = np.where(unlimited, 0, polytope.weight * np.where(unlimited, 0, bound))
    running = np.concatenate([[0], np.cumsum(terms)])  # wraps around harmlessly: differences stay exact
    total = running[polytope.start[1:]] - running[polytope.start[:-1]]
    sizes = np.bincount(row, weights=np.where(unlimited, 0.0, size), minlength=polytope.rows)
    huge = sizes + np.abs(polytope.right.astype(np.float64)) > LARGEST
    count = np.bincount(row, weights=unlimited, minlength=polytope.rows).astype(np.int64)
    return total[row] - terms, (count[row] - unlimited > 0) | huge[row]
