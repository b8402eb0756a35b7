"""The attacker's linear program: how far can one cell move, if cells move as far as they are hidden?

Solved in floating point with everything divided by the level asked for, so that levels of 1 and of 10^12 look
alike. Its answers only propose: a direction is rounded and checked in integers (`Attacker.direction`), a bound is
recomputed in integers from the multipliers of the equations (cuts.py).
"""

from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

from publisher.suppression.choice import Choice
from publisher.suppression.program import SCALES, Direction
from publisher.suppression.system import Integers, Mask

Floats = npt.NDArray[np.float64]

WIDE = 64.0  # by how many levels a cell may move in the second program; in the first by one
PRIMAL = 4  # the simplex that goes on from the last question: 0 moves are always allowed
NEAR = 1e-6  # a reach this close to the level is decided in integers


@dataclass(frozen=True)
class Attack:
    """What one program found.

    reach        how far the cell moved, in levels; 1 is far enough
    multiplier   float64[m]  of the equations: they combine to the bound on the reach
    amount       float64[movable cells]  the movement, in levels
    """

    reach: float
    multiplier: Floats
    amount: Floats


class Attacker:
    """One program over the movable cells of a choice, changed from question to question."""

    def __init__(self, choice: Choice) -> None:
        self.system = choice.system
        self.cells = np.flatnonzero(choice.movable)
        self.matrix = choice.matrix[:, self.cells]
        self.rows = np.unique(self.matrix.indices)
        self.down = (self.system.values - self.system.lower_bound)[self.cells]
        self.up = (self.system.upper_bound - self.system.values)[self.cells]
        self.owner = self.system.owner[self.cells]
        self.programs = 0
        self._columns = np.arange(len(self.cells), dtype=np.int32)
        self._solver = self._new_solver()

    def _new_solver(self) -> highspy.Highs:
        count, rows = len(self.cells), self.matrix[self.rows].tocsc()
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = count, len(self.rows)
        program.col_cost_ = program.col_lower_ = program.col_upper_ = np.zeros(count)
        program.row_lower_ = program.row_upper_ = np.zeros(len(self.rows))
        program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        program.a_matrix_.start_, program.a_matrix_.index_ = rows.indptr, rows.indices
        program.a_matrix_.value_ = rows.data.astype(np.float64)
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False),
            ("parallel", "off"),
            ("presolve", "off"),
            ("simplex_strategy", PRIMAL),
        ):
            solver.setOptionValue(option, value)
        solver.passModel(program)
        return solver

    def attack(
        self, cell: int, sign: int, level: int, without: tuple[int, ...], share: Floats, wide: float = 1.0
    ) -> Attack | None:
        """Moves `cell` by up to one level; each other by up to `wide` levels times its share (float64[n]).

        Contributors in `without` keep their cells still. None where the solver fails.
        """
        self.programs += 1
        place = int(np.searchsorted(self.cells, cell))
        part = share[self.cells]
        if without:
            part = np.where(np.isin(self.owner, without), 0.0, part)
        up = np.minimum(self.up / level, wide) * part
        down = np.minimum(self.down / level, wide) * part
        up[place], down[place] = (min(1.0, up[place]), 0.0) if sign > 0 else (0.0, min(1.0, down[place]))
        count = len(self.cells)
        self._solver.changeColsBounds(count, self._columns, -down, up)
        self._solver.changeColCost(place, -float(sign))
        self._solver.run()
        solved = self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        self._solver.changeColCost(place, 0.0)
        if not solved:
            self._solver.clearSolver()
            return None
        solution = self._solver.getSolution()
        multiplier = np.zeros(self.matrix.shape[0])
        multiplier[self.rows] = -np.array(solution.row_dual)
        amount = np.array(solution.col_value)
        return Attack(float(sign * amount[place]), multiplier, amount)

    def direction(self, amounts: Floats, cell: int, sign: int, level: int, allowed: Mask) -> Direction | None:
        """The exact direction next to what a program found (in levels): whole, balanced, within bounds and `allowed`.

        `allowed`: bool[n], the cells that may move.
        """
        place = int(np.searchsorted(self.cells, cell))
        for scale in SCALES:
            whole = np.rint(amounts * float(level * scale)).astype(np.int64)
            moved = np.flatnonzero(whole)
            amount = whole[moved]
            fits = bool(np.all(allowed[self.cells[moved]])) and sign * whole[place] >= scale * level
            if fits and self._within(moved, amount, scale) and self._balances(moved, amount):
                return Direction(self.cells[moved], amount, scale)
        return None

    def _within(self, moved: Integers, amount: Integers, scale: int) -> bool:
        most = 2**61 // scale
        room_up = np.minimum(self.up[moved], most) * scale
        room_down = np.minimum(self.down[moved], most) * scale
        return bool(np.all(amount <= room_up) and np.all(-amount <= room_down))

    def _balances(self, moved: Integers, amount: Integers) -> bool:
        """M d = 0 exactly; refused where 64 bits might not hold a sum."""
        if float(np.abs(amount).astype(np.float64).sum()) > 2**62:
            return False
        return not np.any(self.matrix[:, moved] @ amount)
