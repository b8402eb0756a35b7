"""Whether hidden cells can move as far as their levels ask: linear programs over all equations, by scipy alone.

An attacker's greatest value of a cell is a maximum over all ways in which hidden cells can move together. Each way
that uses few hidden cells and leaves the others at their true values is one of them. So a bound that is reached
within a neighbourhood of the cell is reached; only where no neighbourhood shows it, the program takes all hidden
cells, and its answer is final. Nothing here looks at how the pattern was found.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from publisher.suppression.system import AdditiveSystem, Integers, Mask

TOLERANCE = 1e-6  # of the level: both for the reach, and for the sum of all that does not balance
MOST = 1e6  # levels: what a cell may move at most (a smaller choice can only miss a way, never invent one)
LEAST = 1e-10  # levels: a cell that can move less counts as fixed
NEIGHBOURHOODS = (100, 600, 4_000, 30_000, 200_000)  # hidden cells
WIDTH = 40  # hidden cells of one equation that a neighbourhood follows: those with the most room


@dataclass(frozen=True)
class Bounds:
    """Which bounds to look at: for each, a cell (its number in the system) and +1 (upper) or -1 (lower)."""

    cell: Integers
    side: Integers

    def __len__(self) -> int:
        return len(self.cell)


@dataclass(frozen=True)
class Reached:
    """What became of each bound.

    missed       bool[bounds]   under-protected: the level cannot be reached over all equations
    by_program   int64[k + 1]   how many bounds were settled in each neighbourhood, and at last over all hidden cells
    """

    missed: Mask
    by_program: Integers


def all_bounds(system: AdditiveSystem) -> Bounds:
    """The upper and the lower bound of every primary cell."""
    count = len(system.primaries)
    return Bounds(np.repeat(system.primaries, 2), np.tile(np.array([1, -1]), count))


def some_bounds(system: AdditiveSystem, count: int, seed: int) -> Bounds:
    """A random sample of all bounds, all of them where there are no more than `count`."""
    every = all_bounds(system)
    chosen = np.random.default_rng(seed).permutation(len(every))[:count]
    return Bounds(every.cell[chosen], every.side[chosen])


def reached(
    system: AdditiveSystem, suppressed: Mask, bounds: Bounds, neighbourhoods: Sequence[int] = NEIGHBOURHOODS
) -> Reached:
    """Looks at every bound against the pattern `suppressed`. A primary cell that is shown misses its level."""
    attack = _Attack.on(system, suppressed)
    missed = np.zeros(len(bounds), dtype=np.bool_)
    by_program = np.zeros(len(neighbourhoods) + 1, dtype=np.int64)
    for turn, (cell, side) in enumerate(zip(bounds.cell.tolist(), bounds.side.tolist(), strict=True)):
        level = int((system.upper_level if side > 0 else system.lower_level)[cell])
        if not suppressed[cell] or level == 0:
            missed[turn] = level > 0
            continue
        for place, chosen in attack.neighbourhoods(cell, neighbourhoods):
            if attack.moves(cell, side, level, chosen):
                by_program[place] += 1
                break
        else:
            missed[turn] = True
            by_program[-1] += 1
    return Reached(missed, by_program)


@dataclass(frozen=True)
class _Attack:
    """What a reader does not know: the hidden cells, the equations over them, and how far each can move.

    by_equation   the matrix over hidden cells, rows with the roomiest cells first
    by_cell       the same by columns
    place         int64[cells]   number among the hidden cells
    down, up      int64[hidden]  room
    """

    by_equation: sparse.csr_matrix
    by_cell: sparse.csc_matrix
    place: Integers
    down: Integers
    up: Integers

    @classmethod
    def on(cls, system: AdditiveSystem, suppressed: Mask) -> "_Attack":
        hidden = np.flatnonzero(suppressed)
        place = np.full(system.cells, -1, dtype=np.int64)
        place[hidden] = np.arange(len(hidden))
        down, up = (system.values - system.lower_bound)[hidden], (system.upper_bound - system.values)[hidden]
        inside = suppressed[system.indices]
        row, column = system.equation_of_entry[inside], place[system.indices[inside]]
        order = np.lexsort((-np.minimum(down, up)[column], row))
        signs = system.signs[inside].astype(np.float64)[order]
        start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=system.equations))])
        shape = (system.equations, len(hidden))
        by_equation = sparse.csr_matrix((signs, column[order], start), shape=shape)
        return cls(by_equation, by_equation.tocsc(), place, down, up)

    def neighbourhoods(self, cell: int, sizes: Sequence[int]) -> Iterator[tuple[int, Integers]]:
        """Ever more hidden cells around a cell, at last all, in ascending order, with the place among `sizes`."""
        around = _Around(self, int(self.place[cell]))
        for place, size in enumerate(sizes):
            if size < len(self.down):
                yield place, around.grown(size)
        yield len(sizes), np.arange(len(self.down))

    def moves(self, cell: int, side: int, level: int, inside: Integers) -> bool:
        """Whether the cells `inside` can move together so that `cell` moves by `level`. All amounts in levels."""
        matrix = self.by_cell[:, inside].tocsr()
        matrix = matrix[np.diff(matrix.indptr) > 0]
        target = int(np.searchsorted(inside, self.place[cell]))
        least, most = -_in_levels(self.down[inside], level), _in_levels(self.up[inside], level)
        if side > 0:
            most[target] = min(1.0, most[target])
        else:
            least[target] = max(-1.0, least[target])
        aim = np.zeros(len(inside))
        aim[target] = -side
        solved = linprog(
            aim,
            A_eq=matrix,
            b_eq=np.zeros(matrix.shape[0]),
            bounds=np.stack([least, most], axis=1),
            method="highs",
            options={"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9},
        )
        if solved.x is None:
            raise RuntimeError(f"a program that stands still is feasible, yet: {solved.message}")
        moved = np.clip(solved.x, least, most)
        return bool(side * moved[target] >= 1 - TOLERANCE and np.abs(matrix @ moved).sum() <= TOLERANCE)


def _in_levels(room: Integers, level: int) -> npt.NDArray[np.float64]:
    share = room.astype(np.float64) / level
    return np.where(share < LEAST, 0.0, np.minimum(share, MOST))


class _Around:
    """A set of hidden cells that grows from one cell along the equations, nearest first."""

    def __init__(self, attack: _Attack, start: int) -> None:
        self.attack = attack
        self.taken = {start: None}
        self.waiting = deque([start])
        self.seen: set[int] = set()

    def grown(self, size: int) -> Integers:
        """At least `size` cells, or all that there are; int64, ascending."""
        while self.waiting and len(self.taken) < size:
            self._follow(self.waiting.popleft())
        return np.sort(np.fromiter(self.taken, dtype=np.int64))

    def _follow(self, cell: int) -> None:
        equations, cells = self.attack.by_cell, self.attack.by_equation
        for equation in equations.indices[equations.indptr[cell] : equations.indptr[cell + 1]].tolist():
            if equation in self.seen:
                continue
            self.seen.add(equation)
            begin = cells.indptr[equation]
            for other in cells.indices[begin : min(begin + WIDTH, cells.indptr[equation + 1])].tolist():
                if other not in self.taken:
                    self.taken[other] = None
                    self.waiting.append(other)
