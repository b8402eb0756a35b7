"""Short directions: of all ways to move a cell by its level, one that moves little else.

The attacker's program stops at any way. A short way moves few contributors' cells, so few guards are needed, and few
of the cells under choice, so most proofs outlive a change of the choice.
"""

import highspy
import numpy as np
from scipy import sparse

from publisher.suppression.attacker import PRIMAL, Attacker, Floats
from publisher.suppression.choice import Choice

CHOSEN, OWNED = 4.0, 4.0  # what moving a cell counts more, if it is hidden by choice, or a single contributor's


class Shortener:
    """The least sum of movements, by a program over rises and falls of every movable cell."""

    def __init__(self, choice: Choice, attacker: Attacker) -> None:
        self.attacker = attacker
        self.count = len(attacker.cells)
        weight = 1.0 + CHOSEN * ~choice.given[attacker.cells] + OWNED * (attacker.owner != 0)
        self._columns = np.arange(2 * self.count, dtype=np.int32)
        self._solver = self._new_solver(np.concatenate([weight, weight]))

    def _new_solver(self, weight: Floats) -> highspy.Highs:
        rows = self.attacker.matrix[self.attacker.rows]
        both = sparse.hstack([rows, -rows]).tocsc()
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = 2 * self.count, both.shape[0]
        program.col_cost_ = weight
        program.col_lower_ = program.col_upper_ = np.zeros(2 * self.count)
        program.row_lower_ = program.row_upper_ = np.zeros(both.shape[0])
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_, program.a_matrix_.index_ = both.indptr, both.indices
        program.a_matrix_.value_ = both.data.astype(np.float64)
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("parallel", "off"), ("simplex_strategy", PRIMAL)):
            solver.setOptionValue(option, value)
        solver.passModel(program)
        return solver

    def shortest(self, cell: int, sign: int, level: int, without: tuple[int, ...], share: Floats) -> Floats | None:
        """float64[movable cells], in levels; cells move by one level at most. None where that is not enough."""
        part = share[self.attacker.cells]
        part = np.where(np.isin(self.attacker.owner, without), 0.0, part) if without else part
        up, down = (np.minimum(room / level, 1.0) * part for room in (self.attacker.up, self.attacker.down))
        lower = np.zeros(2 * self.count)
        place = int(np.searchsorted(self.attacker.cells, cell))
        up[place], down[place] = (1.0, 0.0) if sign > 0 else (0.0, 1.0)
        lower[place if sign > 0 else place + self.count] = 1.0
        self._solver.changeColsBounds(2 * self.count, self._columns, lower, np.concatenate([up, down]))
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self._solver.clearSolver()
            return None
        moved = np.array(self._solver.getSolution().col_value)
        return np.asarray(moved[: self.count] - moved[self.count :], dtype=np.float64)
