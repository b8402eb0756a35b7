"""Linear programs for the cells, or sums of cells, that no cycle protects: several ways together, or several tables.

The programs are in floating point and only propose: what they propose is rounded to whole units, recomputed
equation by equation in integers, and thrown away unless it holds exactly.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from publisher.suppression.scratch import UNIT
from publisher.suppression.system import AdditiveSystem, Integers, Mask

GRID = 2**20  # levels are cut into this many steps, so that a solver's tolerance cannot reach a step
SCALES = (1, 2, 3, 4, 5, 6, 8, 12)  # denominators of a vertex that are tried
BY_COST, BY_LOG_COST, ANY_WAY = 0, 1, 2  # what a program minimises: rougher where a solver gets stuck
REACH = 64  # levels by which a cell may move, except where any way is welcome
SMALL = 3000  # cells a neighbourhood may have before it stops growing; all cells are tried last


@dataclass(frozen=True)
class Direction:
    """Cells and by how much they move, divided by `scale`; balances every equation exactly."""

    cell: Integers
    amount: Integers
    scale: int


Floats = npt.NDArray[np.float64]
Target = int | Integers  # a cell, or cells of which the sum is meant

NOWHERE = Direction(np.zeros(0, np.int64), np.zeros(0, np.int64), 1)


class Programs:
    """Solves for one cell or sum of cells at a time over growing neighbourhoods of one system."""

    def __init__(self, system: AdditiveSystem) -> None:
        self.system = system
        shape = (max(1, system.equations), system.cells)
        matrix = sparse.csr_matrix((system.signs.astype(np.float64), system.indices, system.indptr), shape=shape)
        self.rows = matrix
        self.columns = matrix.tocsc()
        self.down = system.values - system.lower_bound
        self.up = system.upper_bound - system.values
        self._infeasible = False  # what the last program said

    def direction(self, target: Target, need: int, sign: int, hidden: Mask, usable: Mask) -> Direction | None:
        """The least costly way found to move the target by sign * need; None where there is none at all.

        `hidden`, `usable`: bool[n], cells that cost nothing, and cells that may move.
        """
        if need == 0:
            return NOWHERE
        around = self._neighbourhoods(target, usable)
        for inside in around:
            for step in dict.fromkeys((-(-need // GRID), 1)):
                for aim in (BY_COST, BY_LOG_COST, ANY_WAY):
                    steps = -(-need // step)
                    objective = self._objective(inside, hidden[inside], steps, step, aim)
                    reach = 1e15 if aim == ANY_WAY else REACH * float(steps)
                    found = self._solve(target, steps, sign, step, inside, objective, reach)
                    if found is not None:
                        return found
                    if self._infeasible and inside is not around[-1]:
                        break
        return None

    def _neighbourhoods(self, target: Target, usable: Mask) -> list[Integers]:
        """Sets of usable cells around the target, growing; the last has all that can ever be reached."""
        inside = np.zeros(self.system.cells, dtype=np.bool_)
        inside[target] = True
        grown: list[Integers] = []
        size = 0
        while inside.sum() > size:
            size = int(inside.sum())
            equations = np.unique(self.columns[:, np.flatnonzero(inside)].indices)
            inside[self.rows[equations].indices] = True
            inside &= usable
            inside[target] = True
            grown.append(np.flatnonzero(inside))
        chosen = [cells for cells in grown[1:] if len(cells) <= SMALL][-1:]
        return chosen + [cells for cells in grown[-1:] if not chosen or len(cells) > len(chosen[0])]

    def _solve(
        self, target: Target, need: int, sign: int, step: int, inside: Integers, objective: Floats, reach: float
    ) -> Direction | None:
        """`need`, `reach` and all amounts in steps; `objective` is what moving each cell by a step counts for."""
        place = np.searchsorted(inside, np.atleast_1d(target))
        up, down = self.up[inside] // step, self.down[inside] // step
        if sum((up if sign > 0 else down)[place].tolist()) < need:
            return None
        lower = np.concatenate([np.zeros(2 * len(inside))])
        upper = np.concatenate([up, down]).astype(np.float64)
        matrix = self.columns[:, inside]
        matrix = matrix[np.unique(matrix.indices)] if matrix.nnz else matrix[:1]
        right = np.zeros(matrix.shape[0])
        if len(place) == 1:
            forward, backward = (place, place + len(inside)) if sign > 0 else (place + len(inside), place)
            lower[forward], upper[forward], upper[backward] = need, need, 0
        else:
            total = np.zeros((1, len(inside)))
            total[0, place] = 1
            matrix, right = sparse.vstack([matrix, sparse.csr_matrix(total)]), np.append(right, sign * need)
        solved = linprog(
            np.concatenate([objective] * 2),
            A_eq=sparse.hstack([matrix, -matrix]).tocsc(),
            b_eq=right,
            bounds=np.stack([lower, np.minimum(upper, reach)], axis=1),
            method="highs",
        )
        self._infeasible = solved.status == 2
        if solved.status != 0:
            return None
        amounts = solved.x[: len(inside)] - solved.x[len(inside) :]
        return self._rounded(inside, amounts, step, target, sign * need)

    def _objective(self, inside: Integers, hidden: Mask, need: int, step: int, aim: int) -> Floats:
        """What moving each cell by a step counts for, at most 1 or so: a solver loses its way among wider ranges."""
        if aim == ANY_WAY:
            return np.zeros(len(inside))
        if aim == BY_LOG_COST:
            return np.where(hidden, 1.0, 100.0 + 100.0 * np.log2(self.system.costs[inside])) / 5000
        cost = np.where(hidden, 1.0, 1.0 + UNIT * self.system.costs[inside].astype(np.float64))
        room = np.minimum(self.up[inside] // step, self.down[inside] // step)
        each = cost / np.minimum(np.maximum(room, 1), need)
        return np.asarray(each / cost.max(), dtype=np.float64)

    def _rounded(self, inside: Integers, amounts: Floats, step: int, target: Target, need: int) -> Direction | None:
        """The exact direction next to a floating-point one that moves `target` by `need`; None where none does."""
        for scale in SCALES:
            whole = np.rint(amounts * scale).astype(np.int64)
            moved = whole != 0
            cells, steps = inside[moved], whole[moved]
            down, up = self.down[cells] // step, self.up[cells] // step
            fits = np.all(-steps <= np.minimum(down, 2**61 // scale) * scale)
            fits &= np.all(steps <= np.minimum(up, 2**61 // scale) * scale)
            reaches = int(steps[np.isin(cells, target)].sum()) == scale * need
            if fits and reaches and self._balances(cells, steps):
                return Direction(cells, steps * step, scale)
        return None

    def _balances(self, cells: Integers, steps: Integers) -> bool:
        columns = self.columns[:, cells]
        terms = columns.data.astype(np.int64) * np.repeat(steps, np.diff(columns.indptr))
        sums = np.zeros(columns.shape[0], dtype=np.int64)
        np.add.at(sums, columns.indices, terms)
        return not np.any(sums)
