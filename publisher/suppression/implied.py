"""What the published cells already say about each hidden one. Works from published numbers alone."""

from dataclasses import dataclass

import numpy as np

from publisher.suppression.system import UNBOUNDED, AdditiveSystem, Integers, Mask

ROUNDS = 60  # of propagation; each only narrows, so stopping early stays sound


@dataclass(frozen=True)
class Intervals:
    """int64[n] each: bounds that hold for every cell given what is published; UNBOUNDED where there is none."""

    lower: Integers
    upper: Integers


def implied_intervals(system: AdditiveSystem, suppressed: Mask) -> Intervals:
    """Outer bounds of every cell from the published ones, the equations and the bounds known beforehand.

    Each equation bounds each of its cells by the bounds of the others; repeated until nothing narrows. Sound,
    not always tight. Hidden values are set to zero before anything is computed.
    """
    published = np.where(suppressed, 0, system.values)
    lower = np.where(suppressed, system.lower_bound, published)
    upper = np.where(suppressed, system.upper_bound, published)
    for _ in range(ROUNDS):
        narrower = _narrowed(system, lower, upper, suppressed)
        if np.array_equal(narrower.lower, lower) and np.array_equal(narrower.upper, upper):
            break
        lower, upper = narrower.lower, narrower.upper
    return Intervals(lower, upper)


def _narrowed(system: AdditiveSystem, lower: Integers, upper: Integers, suppressed: Mask) -> Intervals:
    """One round over all equations."""
    positive = system.signs > 0
    low, high = lower[system.indices], upper[system.indices]
    smallest, open_below = _terms(np.where(positive, low, -high), np.where(positive, False, high >= UNBOUNDED))
    largest, open_above = _terms(np.where(positive, high, -low), np.where(positive, high >= UNBOUNDED, False))
    rest_smallest, rest_open_below = _rest(system, smallest, open_below)
    rest_largest, rest_open_above = _rest(system, largest, open_above)
    # sign * y = -(sum of the others), so y >= -sign * ... on either side
    at_least = np.where(positive, -rest_largest, rest_smallest)
    at_most = np.where(positive, -rest_smallest, rest_largest)
    no_floor = np.where(positive, rest_open_above, rest_open_below)
    no_ceiling = np.where(positive, rest_open_below, rest_open_above)
    new_lower, new_upper = lower.copy(), upper.copy()
    usable = suppressed[system.indices]
    floor, ceiling = usable & ~no_floor, usable & ~no_ceiling
    np.maximum.at(new_lower, system.indices[floor], at_least[floor])
    np.minimum.at(new_upper, system.indices[ceiling], at_most[ceiling])
    return Intervals(new_lower, new_upper)


def _terms(terms: Integers, unlimited: Mask) -> tuple[Integers, Mask]:
    return np.where(unlimited, 0, terms), np.asarray(unlimited, dtype=np.bool_)


def _rest(system: AdditiveSystem, terms: Integers, unlimited: Mask) -> tuple[Integers, Mask]:
    """For each entry, the sum of the other terms of its equation, and whether one of those is unlimited."""
    equation = system.equation_of_entry
    running = np.concatenate([[0], np.cumsum(terms)])
    total = running[system.indptr[1:]] - running[system.indptr[:-1]]
    count = np.bincount(equation, weights=unlimited, minlength=system.equations).astype(np.int64)
    return total[equation] - terms, count[equation] - unlimited > 0
