"""Whole-number arithmetic that turns a solver's floating-point answer into proof, or says that it is none."""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from publisher.suppression.polytope import LARGEST, Polytope, narrowed
from publisher.suppression.system import UNBOUNDED, Integers

Floats = npt.NDArray[np.float64]
DENOMINATORS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 18, 20, 24, 30, 36, 40, 48, 60, 72, 120, 720, 5040)
CLOSE = 1e-6  # how near a multiplier lies to the fraction it is taken for


@dataclass(frozen=True)
class Point:
    """One solution of the polytope: numerators int64[n] over a common denominator."""

    numerators: Integers = field(repr=False)
    denominator: int

    @property
    def floor(self) -> Integers:
        return self.numerators // self.denominator

    @property
    def ceiling(self) -> Integers:
        return -(-self.numerators // self.denominator)


def certified_point(polytope: Polytope, proposal: Floats) -> Point | None:
    """The proposal, rounded to the least denominator with which every row and bound holds exactly; else None."""
    for denominator in DENOMINATORS:
        scaled = proposal * denominator
        if not _fits(polytope, scaled, polytope.right.astype(np.float64) * denominator):
            return None
        numerators = np.rint(scaled).astype(np.int64)
        if _solves(polytope, numerators, denominator):
            return Point(numerators, denominator)
    return None


def _fits(polytope: Polytope, values: Floats, right: Floats) -> bool:
    """Whether every sum that checks these values stays far within 64 bits."""
    sizes = np.bincount(
        polytope.row_of_entry, np.abs(polytope.weight * values[polytope.column]), minlength=polytope.rows
    )
    return (
        bool(np.all(np.isfinite(values)))
        and max(sizes.max(initial=0), np.abs(values).max(initial=0), np.abs(right).max(initial=0)) < LARGEST
    )


def _solves(polytope: Polytope, numerators: Integers, denominator: int) -> bool:
    if np.any(_times(polytope, numerators) != polytope.right * denominator):
        return False
    return bool(
        np.all((polytope.low <= -UNBOUNDED) | (numerators >= _product(polytope.low, denominator)))
        and np.all((polytope.high >= UNBOUNDED) | (numerators <= _product(polytope.high, denominator)))
    )


def _times(polytope: Polytope, values: Integers) -> Integers:
    """The sum of each row, exact where _fits says so."""
    running = np.concatenate([[0], np.cumsum(polytope.weight * values[polytope.column])])
    return np.asarray(running[polytope.start[1:]] - running[polytope.start[:-1]], dtype=np.int64)


def _product(bound: Integers, denominator: int) -> Integers:
    """bound * denominator, cut at what no numerator reaches."""
    most = UNBOUNDED // denominator
    return np.clip(bound, -most, most) * denominator


def certified_ray(polytope: Polytope, proposal: Floats) -> Integers | None:
    """A direction in which one can go for ever: it balances every row and leaves no bound. Else None."""
    largest = np.abs(proposal).max(initial=0.0)
    for denominator in DENOMINATORS:
        scaled = proposal * (denominator / largest) if largest > 0 else proposal
        ray = np.rint(scaled).astype(np.int64)
        stays = np.all((ray >= 0) | (polytope.low <= -UNBOUNDED)) and np.all(
            (ray <= 0) | (polytope.high >= UNBOUNDED)
        )
        if stays and np.any(ray) and not np.any(_times(polytope, ray)):
            return ray
    return None


def bounded_by(polytope: Polytope, multipliers: Floats) -> Polytope:
    """The same polytope with bounds drawn in by one more row: the rows added up, each times its multiplier.

    That row holds for every solution whatever the multipliers are, so a solver's duals, rounded to whole
    multiples of a fraction, bound all unknowns soundly; at an optimum they give the very value that it attains.
    """
    rounded = _whole(multipliers)
    if rounded is None:
        return polytope
    weight = polytope.matrix.T @ rounded
    sizes = np.abs(rounded.astype(np.float64) * polytope.right)
    column = np.flatnonzero(weight)
    if sizes.sum() > LARGEST or len(column) == 0:
        return polytope
    added = replace(
        polytope,
        start=np.array([0, len(column)], dtype=np.int64),
        column=column,
        weight=weight[column],
        right=np.array([rounded @ polytope.right], dtype=np.int64),
    )
    drawn = narrowed(added, rounds=1)
    return replace(polytope, low=drawn.low, high=drawn.high)


def _whole(multipliers: Floats) -> Integers | None:
    """The multipliers times their least common denominator; rounded to 1/5040 where none is found."""
    if not np.all(np.isfinite(multipliers)) or np.abs(multipliers).max(initial=0.0) > 2.0**30:
        return None
    for denominator in DENOMINATORS:
        scaled = multipliers * denominator
        whole = np.rint(scaled)
        if np.abs(scaled - whole).max(initial=0.0) <= CLOSE * denominator:
            break
    return whole.astype(np.int64)
