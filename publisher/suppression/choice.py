"""What there is to decide: which ties may be hidden besides those that are, and for whose sake."""

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from publisher.suppression.system import AdditiveSystem, Integers, Mask, Status
from publisher.suppression.witness import GUARD_PARTS

NEITHER = -1  # the column of a cell that is hidden already, or that never is


@dataclass(frozen=True)
class Choice:
    """A system, or a part of one, as a question with a yes or no for each of some ties.

    movable      bool[n]   cells that move where they are hidden; all others stand still
    given        bool[n]   movable cells that are hidden whatever is decided
    column       int64[n]  the number of a movable cell's tie among those to decide; NEITHER where there is nothing to
    tie          int64[k]  the tie of each column
    cost         int64[k]  of hiding it, 1 or more
    primaries    int64[p]  the cells to protect, by falling level
    matrix       M as compressed sparse columns, int64
    insiders     guard the primaries from single contributors too
    """

    system: AdditiveSystem = field(repr=False)
    movable: Mask = field(repr=False)
    given: Mask = field(repr=False)
    column: Integers = field(repr=False)
    tie: Integers = field(repr=False)
    cost: Integers = field(repr=False)
    primaries: Integers = field(repr=False)
    matrix: sparse.csc_matrix = field(repr=False)
    insiders: bool

    def hidden(self, chosen: Mask) -> Mask:
        """bool[n]: the movable cells that are hidden if the columns in `chosen` (bool[k]) are."""
        return self.given | (np.append(chosen, False)[self.column] & self.movable)

    def share(
        self, chosen: np.ndarray[tuple[int], np.dtype[np.float64]]
    ) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """float64[n]: how much of each cell is hidden by a fractional choice: 1 where given, 0 where it cannot be."""
        return np.where(self.given, 1.0, np.append(chosen, 0.0)[self.column])

    def cost_of(self, chosen: Mask) -> int:
        return sum(self.cost[chosen].tolist())


def whole_choice(system: AdditiveSystem, *, insiders: bool) -> Choice:
    """Every tie that may be hidden and is not yet."""
    movable, given, free = movable_cells(system)
    ties = np.unique(system.tie[free])
    return make_choice(system, matrix_of(system), movable, given, ties, system.primaries, insiders=insiders)


def movable_cells(system: AdditiveSystem) -> tuple[Mask, Mask, Mask]:
    """bool[n] each: cells that may move, those of them that are hidden for nothing, and the others."""
    fixed = np.zeros(system.cells, dtype=np.bool_)
    fixed[system.tie[system.status == Status.FROZEN_PUBLISHED]] = True
    own = np.zeros(system.cells, dtype=np.bool_)
    own[system.tie[np.isin(system.status, (Status.PRIMARY, Status.FROZEN_SUPPRESSED))]] = True
    movable = ~fixed[system.tie] & (system.status != Status.ZERO)
    return movable, movable & own[system.tie], movable & ~own[system.tie]


def make_choice(
    system: AdditiveSystem,
    matrix: sparse.csc_matrix,
    movable: Mask,
    given: Mask,
    ties: Integers,
    primaries: Integers,
    *,
    insiders: bool,
) -> Choice:
    """A choice over `ties` (sorted); cells of other ties move only if given."""
    number = np.full(system.cells, NEITHER, dtype=np.int64)
    number[ties] = np.arange(len(ties))
    column = np.where(movable & ~given, number[system.tie], NEITHER)
    movable = movable & (given | (column != NEITHER))
    cost = np.zeros(system.cells, dtype=np.int64)
    paid = movable & (system.status == Status.CANDIDATE)
    np.maximum.at(cost, system.tie[paid], system.costs[paid])
    order = np.lexsort((primaries, -np.maximum(system.upper_level, system.lower_level)[primaries]))
    return Choice(
        system=system,
        movable=movable,
        given=given & movable,
        column=column,
        tie=ties,
        cost=cost[ties],
        primaries=primaries[order],
        matrix=matrix,
        insiders=insiders and bool(np.any(system.owner != 0)),
    )


@dataclass(frozen=True)
class Demand:
    """What an attacker must not find out: `cell` can move by `level`, up (sign 1), down (-1) or either way (0).

    `without`: the contributors whose cells stand still.
    """

    cell: int
    level: int
    sign: int
    without: tuple[int, ...] = ()


def level_demands(choice: Choice, cell: int) -> list[Demand]:
    """A primary's rise and its fall, where it has such levels."""
    levels = ((choice.system.upper_level, 1), (choice.system.lower_level, -1))
    return [Demand(cell, int(level[cell]), sign) for level, sign in levels if level[cell] > 0]


def guard_demand(choice: Choice, cell: int, contributors: tuple[int, ...]) -> Demand:
    level = -(-int(choice.system.upper_level[cell]) // GUARD_PARTS)
    return Demand(cell, level, 0, contributors)


def matrix_of(system: AdditiveSystem) -> sparse.csc_matrix:
    """M as compressed sparse columns, int64."""
    shape = (max(1, system.equations), system.cells)
    return sparse.csr_matrix((system.signs.astype(np.int64), system.indices, system.indptr), shape=shape).tocsc()
