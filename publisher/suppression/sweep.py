"""Both ends of every unknown of a polytope: linear programs propose, whole-number arithmetic decides.

Outer bounds hold for all solutions; inner bounds are attained by solutions found. Every program's optimum is a
solution, so it may attain ends of many unknowns; every program's duals are one more row, which may draw in bounds
of many. An end is *settled* where inner and outer agree. What is still open is asked for one at a time.
(Optimisation-based bound tightening with filtering: Gleixner, Berthold, Müller, Weltge, Three enhancements for
optimization-based bound tightening, J. Global Optimization 67, 2017.)
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import highspy
import numpy as np

from publisher.suppression.certify import Floats, bounded_by, certified_point, certified_ray
from publisher.suppression.polytope import Polytope, narrowed
from publisher.suppression.system import UNBOUNDED, Integers, Mask

ENOUGH = 20  # ends that a program for all open ones should settle; where few remain, they are asked for singly
PATIENCE = 5  # such programs over which that is averaged
PIVOT = 300  # what a pivot weighs in work, beside 1 for each row and unknown of a program
SCALED = 2.0**20  # size to which numbers are brought for the solver
TOLERANCE = 1e-9


@dataclass
class Ends:
    """What is known of both ends. low, high: no solution lies beyond. least, most: attained, rounded outwards."""

    low: Integers = field(repr=False)
    high: Integers = field(repr=False)
    least: Integers = field(repr=False)
    most: Integers = field(repr=False)

    @property
    def low_settled(self) -> Mask:
        return self.least <= self.low

    @property
    def high_settled(self) -> Mask:
        return self.most >= self.high

    @property
    def open(self) -> int:
        return int((~self.low_settled).sum() + (~self.high_settled).sum())


def sweep(polytope: Polytope, work: float, settled: Callable[[int], None]) -> Ends:
    """Both ends of each unknown, as far as `work` goes (a pivot of the solver is PIVOT, each run rows + unknowns).

    Calls `settled` with the number of ends settled so far.
    """
    polytope = narrowed(polytope)
    ends = Ends(
        polytope.low, polytope.high, np.full_like(polytope.low, UNBOUNDED), np.full_like(polytope.low, -UNBOUNDED)
    )
    if polytope.rows == 0:
        return replace(ends, least=polytope.low, most=polytope.high)
    return _Sweep(polytope, ends, work, settled).run()


class _Sweep:
    """One solver and what it has found so far."""

    def __init__(self, polytope: Polytope, ends: Ends, work: float, settled: Callable[[int], None]) -> None:
        self._polytope, self._ends, self._settled = polytope, ends, settled
        self._left = work
        self._random = np.random.default_rng(polytope.unknowns)
        self._scale = _scale(polytope)
        self._solver = _solver(polytope, self._scale)
        self._columns = np.arange(polytope.unknowns, dtype=np.int32)
        self._asked_low, self._asked_high = np.zeros((2, polytope.unknowns), dtype=np.bool_)

    def run(self) -> Ends:
        if self._solve():
            self._together()
            self._singly()
        return self._ends

    def _together(self) -> None:
        """Draws all open unknowns one way or the other at random, as long as that settles many."""
        opens = [self._ends.open]
        while opens[-1] and (len(opens) <= PATIENCE or opens[-1 - PATIENCE] - opens[-1] >= ENOUGH * PATIENCE):
            self._solver.changeColsCost(len(self._columns), self._columns, self._random_costs())
            if not self._solve():
                break
            opens.append(self._ends.open)
        self._solver.changeColsCost(len(self._columns), self._columns, np.zeros(len(self._columns)))

    def _random_costs(self) -> Floats:
        ends = self._ends
        low, high = ~ends.low_settled & (ends.low > -UNBOUNDED), ~ends.high_settled & (ends.high < UNBOUNDED)
        upwards = high & (~low | (self._random.random(len(high)) < 0.5))
        width = np.maximum(1.0, ends.high.astype(np.float64) - ends.low) * self._scale
        weight = (0.5 + self._random.random(len(high))) / width
        return np.asarray(np.where(upwards, -weight, np.where(low, weight, 0.0)), dtype=np.float64)

    def _singly(self) -> None:
        """One program for one end, the widest gap first. What stays open then is beyond exact proof."""
        while self._left > 0:
            ends = self._ends
            below = np.where(ends.low_settled | self._asked_low, 0.0, ends.least.astype(np.float64) - ends.low)
            above = np.where(ends.high_settled | self._asked_high, 0.0, ends.high.astype(np.float64) - ends.most)
            downwards = below.max() > above.max()
            unknown = int(below.argmax() if downwards else above.argmax())
            if max(below[unknown], above[unknown]) <= 0:
                return
            (self._asked_low if downwards else self._asked_high)[unknown] = True
            self._solver.changeColCost(unknown, 1.0 if downwards else -1.0)
            self._solve()
            self._solver.changeColCost(unknown, 0.0)

    def _solve(self) -> bool:
        """Runs the solver and learns from its answer. False where it gave none, or the work is used up."""
        self._solver.run()
        status = self._solver.getModelStatus()
        self._left -= self._polytope.rows + self._polytope.unknowns + PIVOT * self._pivots()
        if status == highspy.HighsModelStatus.kUnbounded:
            self._learn_ray()
        elif status == highspy.HighsModelStatus.kOptimal:
            self._learn()
        else:
            self._solver.clearSolver()  # the next run begins afresh
        self._settled(2 * self._polytope.unknowns - self._ends.open)
        return self._left > 0 and status == highspy.HighsModelStatus.kOptimal

    def _pivots(self) -> int:
        return max(0, int(self._solver.getInfo().simplex_iteration_count))

    def _learn(self) -> None:
        solution = self._solver.getSolution()
        point = certified_point(self._polytope, np.array(solution.col_value) / self._scale)
        drawn = bounded_by(
            replace(self._polytope, low=self._ends.low, high=self._ends.high), np.array(solution.row_dual)
        )
        self._ends.low, self._ends.high = drawn.low, drawn.high
        if point is not None:
            self._ends.least = np.minimum(self._ends.least, point.floor)
            self._ends.most = np.maximum(self._ends.most, point.ceiling)

    def _learn_ray(self) -> None:
        _, there, proposal = self._solver.getPrimalRay()  # type: ignore[attr-defined]
        ray = certified_ray(self._polytope, np.array(proposal)) if there else None
        if ray is not None:
            self._ends.most[ray > 0] = UNBOUNDED
            self._ends.least[ray < 0] = -UNBOUNDED


def _scale(polytope: Polytope) -> float:
    """A power of two (so that scaling loses nothing) that brings the largest number near SCALED."""
    sizes = np.abs(np.concatenate([polytope.right, polytope.low, polytope.high]))
    largest = float(sizes[sizes < UNBOUNDED].max(initial=1))
    return float(2.0 ** -max(0, np.ceil(np.log2(largest / SCALED))))


def _solver(polytope: Polytope, scale: float) -> highspy.Highs:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = polytope.unknowns, polytope.rows
    model.col_cost_ = np.zeros(polytope.unknowns)
    model.col_lower_ = np.where(polytope.low <= -UNBOUNDED, -np.inf, polytope.low * scale)
    model.col_upper_ = np.where(polytope.high >= UNBOUNDED, np.inf, polytope.high * scale)
    model.row_lower_ = model.row_upper_ = np.asarray(polytope.right * scale, dtype=np.float64)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = polytope.start.astype(np.int32)
    model.a_matrix_.index_ = polytope.column.astype(np.int32)
    model.a_matrix_.value_ = polytope.weight.astype(np.float64)
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, value in _OPTIONS.items():
        solver.setOptionValue(option, value)
    solver.passModel(model)
    return solver


_OPTIONS: dict[str, bool | int | float | str] = {
    "output_flag": False,
    "threads": 1,
    "solver": "simplex",
    "simplex_strategy": 4,  # primal: the last vertex stays feasible when only the objective changes
    "presolve": "off",
    "primal_feasibility_tolerance": TOLERANCE,
    "dual_feasibility_tolerance": TOLERANCE,
}
