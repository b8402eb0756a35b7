"""The master program: the least costly choice of columns that keeps all cuts found so far. HiGHS solves it.

*What its bounds are worth.* Cuts hold exactly (cuts.py). `Master.relaxed_bound` turns the multipliers of a linear
relaxation into a bound in integers, so it holds whatever the solver's tolerances were. The bound of the integer
search is the solver's own: it is claimed less MARGIN, a part of it that is far more than tolerances of 1e-9
move it by.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import highspy
import numpy as np

from publisher.suppression.attacker import Floats
from publisher.suppression.cuts import UNIT, Cut
from publisher.suppression.system import Integers, Mask

MARGIN = Fraction(1, 10**7)
LARGEST_OBJECTIVE = 2**20  # the cost of the pattern known becomes this, or less
TIGHT = 1e-9
PRICE_STEPS = 2**16  # multipliers of cuts are rounded down to this part of the objective's unit


@dataclass(frozen=True)
class Answer:
    """chosen: float64[k]; bound: no choice that keeps the cuts costs less (None: none keeps them at all)."""

    chosen: Floats
    bound: int | None
    optimal: bool


class Master:
    """Columns 0 or 1 with integer costs, and a growing list of cuts."""

    def __init__(self, cost: Integers, known: int) -> None:
        """`known`: what the best choice known costs."""
        self.cost = cost
        self.cuts: list[Cut] = []
        self.fixed = np.zeros(len(cost), dtype=np.bool_)  # never part of a better choice
        self._cuts_of: list[list[Cut]] = [[] for _ in cost]
        self._seen: set[bytes] = set()
        self._unit = max(1.0, known / LARGEST_OBJECTIVE)
        self._solver = self._new_solver()

    def _new_solver(self) -> highspy.Highs:
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False),
            ("parallel", "off"),
            ("primal_feasibility_tolerance", TIGHT),
            ("dual_feasibility_tolerance", TIGHT),
            ("mip_feasibility_tolerance", TIGHT),
            ("mip_rel_gap", TIGHT),
            ("mip_abs_gap", TIGHT),
        ):
            solver.setOptionValue(option, value)
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = len(self.cost), 0
        program.col_cost_ = self.cost / self._unit
        program.col_lower_, program.col_upper_ = np.zeros(len(self.cost)), np.ones(len(self.cost))
        solver.passModel(program)
        return solver

    def add(self, cuts: list[Cut]) -> int:
        """Adds those that are new; returns how many."""
        before = len(self.cuts)
        for cut in cuts:
            key = cut.column.tobytes() + cut.weight.tobytes()
            if key in self._seen:
                continue
            self._seen.add(key)
            self.cuts.append(cut)
            for column in cut.column.tolist():
                self._cuts_of[column].append(cut)
            weight = cut.weight / UNIT
            self._solver.addRow(cut.least / UNIT, highspy.kHighsInf, len(weight), cut.column.astype(np.int32), weight)
        return len(self.cuts) - before

    def needs(self, chosen: Mask, column: int) -> bool:
        """Whether a cut forbids to show this column of a choice (bool[k]) again."""
        for cut in self._cuts_of[column]:
            if cut.least and int(cut.weight[chosen[cut.column] & (cut.column != column)].sum()) < cut.least:
                return True
        return False

    def relax(self) -> Floats | None:
        """float64[k]: the best fractional choice; None where no choice keeps the cuts."""
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.asarray(np.clip(np.array(self._solver.getSolution().col_value), 0.0, 1.0), dtype=np.float64)

    def relaxed_bound(self) -> tuple[Fraction, list[Fraction]]:
        """A bound on every choice, and by how much more each column costs where it is part of one; after `relax`.

        With prices u >= 0 of the cuts: cost x >= sum of u_k least_k + sum over j of min(0, reduced_j), where
        reduced_j = cost_j - sum of u_k weight_kj.
        """
        prices = np.array(self._solver.getSolution().row_dual)
        reduced = [cost * PRICE_STEPS * UNIT for cost in self.cost.tolist()]
        bound = 0
        steps = np.floor(np.maximum(prices, 0.0) * self._unit * PRICE_STEPS)
        for k in np.flatnonzero(steps).tolist():
            price, cut = int(steps[k]), self.cuts[k]
            bound += price * cut.least
            for column, weight in zip(cut.column.tolist(), cut.weight.tolist(), strict=True):
                reduced[column] -= price * weight
        bound += sum(
            least for least, fixed in zip(reduced, self.fixed.tolist(), strict=True) if least < 0 and not fixed
        )
        return Fraction(bound, PRICE_STEPS * UNIT), [Fraction(each, PRICE_STEPS * UNIT) for each in reduced]

    def fix(self, known: int) -> int:
        """Shuts the columns that no choice cheaper than `known` holds; returns the bound on those. After `relax`."""
        bound, reduced = self.relaxed_bound()
        shut = np.array([bound + extra > known - 1 for extra in reduced], dtype=np.bool_) & ~self.fixed
        for column in np.flatnonzero(shut).tolist():
            self._solver.changeColBounds(column, 0.0, 0.0)
        self.fixed |= shut
        return ceil(bound)  # costs are whole

    def solve(self, start: Mask, *, seconds: float, nodes: int, gap: float = TIGHT) -> Answer:
        """The best whole choice, searched from `start` (bool[k]) on."""
        solver, count = self._solver, len(self.cost)
        everything = np.arange(count, dtype=np.int32)
        solver.changeColsIntegrality(count, everything, np.full(count, highspy.HighsVarType.kInteger))
        solver.setOptionValue("time_limit", min(seconds, 1e9))
        solver.setOptionValue("mip_max_nodes", nodes)
        solver.setOptionValue("mip_rel_gap", gap)
        first = highspy.HighsSolution()
        first.col_value = start.astype(np.float64).tolist()
        solver.setSolution(first)
        solver.run()
        answer = self._answer()
        solver.changeColsIntegrality(count, everything, np.full(count, highspy.HighsVarType.kContinuous))
        solver.setOptionValue("time_limit", highspy.kHighsInf)
        return answer

    def _answer(self) -> Answer:
        status, information = self._solver.getModelStatus(), self._solver.getInfo()
        if status == highspy.HighsModelStatus.kInfeasible:
            return Answer(np.zeros(len(self.cost)), None, True)
        values = np.array(self._solver.getSolution().col_value)
        chosen = values if len(values) == len(self.cost) else np.zeros(len(self.cost))
        optimal = status == highspy.HighsModelStatus.kOptimal
        return Answer(np.rint(chosen), self._claimed(information.mip_dual_bound), optimal)

    def _claimed(self, bound: float) -> int:
        """What may be claimed of a bound found in floating point."""
        if not np.isfinite(bound) or bound <= 0:
            return 0
        return ceil(Fraction(bound) * Fraction(self._unit) * (1 - MARGIN) - Fraction(1, 1000))
