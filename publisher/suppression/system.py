"""An additive system: any cells tied by linear relations, with what must be protected and what it costs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from publisher.errors import ProtectionError

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

UNBOUNDED = 2**62  # an upper bound nobody can reach; sums of values stay below it
LARGEST_COST = 2**50  # what one cell may cost, so that the cost of a path fits 64 bits


class Status(IntEnum):
    """What may be done with a cell."""

    CANDIDATE = 0  # shown, unless hiding it is needed
    PRIMARY = 1  # must be hidden, and its interval must reach its levels
    FROZEN_PUBLISHED = 2  # known to the public already: never hidden
    FROZEN_SUPPRESSED = 3  # hidden already, costs nothing
    ZERO = 4  # published as zero


def number_label(cell: int) -> tuple[str, ...]:
    """How a cell is named in messages where nothing better is known."""
    return (str(cell),)


@dataclass(frozen=True)
class AdditiveSystem:
    """Cells a with M a = 0 and lower <= a <= upper, everything in whole units.

    indptr, indices, signs   M as compressed sparse rows, one row an equation; entries +1 or -1
    values                   int64[n]  true values, confidential
    costs                    int64[n]  of hiding a candidate, 1 .. LARGEST_COST
    upper_level, lower_level int64[n]  of primary cells, 0 elsewhere
    lower_bound, upper_bound int64[n]  what everybody knows beforehand: 0 and UNBOUNDED unless told
    status                   int8[n]   see Status
    owner                    int64[n]  the only contributor of a cell (a singleton), 0 where there are several
    tie                      int64[n]  cells with the same tie are hidden together (value and mass of one cell)
    family                   int64[m]  which way an equation sums (its dimension); guides the search only
    label                    names a cell in a message: codes, never values

    Raises ProtectionError where the cells do not add up, or a value lies outside its bounds.
    """

    indptr: Integers
    indices: Integers
    signs: npt.NDArray[np.int8]
    values: Integers = field(repr=False)
    costs: Integers = field(repr=False)
    upper_level: Integers = field(repr=False)
    lower_level: Integers = field(repr=False)
    lower_bound: Integers = field(repr=False)
    upper_bound: Integers = field(repr=False)
    status: npt.NDArray[np.int8] = field(repr=False)
    owner: Integers = field(repr=False)
    tie: Integers = field(repr=False)
    family: Integers = field(repr=False)
    label: Callable[[int], tuple[str, ...]] = field(default=number_label, repr=False)

    def __post_init__(self) -> None:
        self._check_bounds()
        self._check_sums()

    @property
    def cells(self) -> int:
        return len(self.values)

    @property
    def equations(self) -> int:
        return len(self.indptr) - 1

    @cached_property
    def primaries(self) -> Integers:
        """The cells that need protection, int64."""
        return np.flatnonzero(self.status == Status.PRIMARY).astype(np.int64)

    @cached_property
    def equation_of_entry(self) -> Integers:
        return np.repeat(np.arange(self.equations, dtype=np.int64), np.diff(self.indptr))

    def _check_bounds(self) -> None:
        outside = (self.values < self.lower_bound) | (self.values > self.upper_bound)
        huge = np.abs(self.values) >= UNBOUNDED // 2
        self._refuse(np.flatnonzero(outside), "a cell lies outside its bounds (negative values cannot be protected)")
        self._refuse(np.flatnonzero(huge), "a cell is too large for exact 64-bit sums")
        wrong = (self.costs < 1) | (self.costs > LARGEST_COST)
        self._refuse(np.flatnonzero(wrong), f"the cost of a cell is not within 1 and {LARGEST_COST}")

    def _check_sums(self) -> None:
        off = signed_sums(self, self.values) != 0
        broken = np.flatnonzero(off)
        self._refuse(self.indices[self.indptr[broken]], "cells do not add up to their margin")

    def _refuse(self, cells: Integers, problem: str) -> None:
        if len(cells):
            named = tuple(self.label(int(cell)) for cell in cells[:20])
            raise ProtectionError(
                f"{len(cells)} cells cannot be protected: {problem}.",
                cells=named,
                remedy="Look at the input of: " + "; ".join("/".join(codes) for codes in named[:5]) + ".",
            )


def margins(system: AdditiveSystem) -> Integers:
    """int64[m]: the cell of each equation that stands alone with its sign, -1 where none does."""
    positive = system.signs > 0
    margin = np.full(system.equations, -1, dtype=np.int64)
    for alone in (~positive, positive):
        single = np.bincount(system.equation_of_entry[alone], minlength=system.equations) == 1
        entries = np.flatnonzero(alone & single[system.equation_of_entry])
        margin[system.equation_of_entry[entries]] = system.indices[entries]
    return margin


def signed_sums(system: AdditiveSystem, amounts: Integers) -> Integers:
    """M amounts, exact, int64[m].

    Raises OverflowError where 64 bits might not hold it.
    """
    terms = amounts[system.indices] * system.signs
    sizes = np.bincount(system.equation_of_entry, weights=np.abs(terms).astype(np.float64), minlength=1)
    if sizes.max(initial=0.0) > 2**62:
        raise OverflowError("an equation sums to more than 64 bits hold")
    running = np.concatenate([[0], np.cumsum(terms)])  # wraps around harmlessly: differences stay exact
    return np.asarray(running[system.indptr[1:]] - running[system.indptr[:-1]], dtype=np.int64)


def untied(tie: Integers, known: Integers) -> Integers:
    """Ties without the known cells: each of these stands alone. The number of a tie is its lowest cell."""
    alone = np.zeros(len(tie), dtype=np.bool_)
    alone[known] = True
    cells = np.arange(len(tie), dtype=np.int64)
    lowest = np.full(len(tie), len(tie), dtype=np.int64)
    np.minimum.at(lowest, tie[~alone], cells[~alone])
    return np.where(alone, cells, lowest[tie])
