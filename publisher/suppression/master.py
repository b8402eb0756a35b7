"""The master program: the least costly choice of columns that keeps all cuts found so far. HiGHS solves it.

*What its bounds are worth.* Cuts hold exactly (cuts.py). `Master.relaxed_bound` turns the multipliers of a linear
relaxation into a bound in integers, so it holds whatever the solver's tolerances were; `Master.confirms` branches
until such bounds leave no cheaper choice, and what it confirms is exact. The bound of the solver's own integer search
(and its word that nothing is left) is claimed less MARGIN, a part of it that is far more than tolerances of 1e-9 move
it by.
"""

from collections.abc import Callable
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
WHOLE_TOO = 1e6  # a whole column is branched on only after all fractional ones
PRICE_STEPS = 2**16  # multipliers of cuts are rounded down to this part of the objective's unit


@dataclass(frozen=True)
class Answer:
    """chosen: float64[k]; bound: no choice that keeps the cuts and is cheaper than the known one costs less."""

    chosen: Floats
    bound: int
    optimal: bool


@dataclass(frozen=True)
class Relaxed:
    """chosen: float64[k], None where the solver has none; empty: because it says that no choice keeps the cuts."""

    chosen: Floats | None
    empty: bool


@dataclass(frozen=True)
class Branch:
    """Choices that hide the columns `taken` and show those `out`."""

    taken: frozenset[int] = frozenset()
    out: frozenset[int] = frozenset()


ROOT = Branch()


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

    def relax(self) -> Relaxed:
        """The best fractional choice."""
        self._solver.run()
        status = self._solver.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            return Relaxed(None, status == highspy.HighsModelStatus.kInfeasible)
        chosen = np.clip(np.array(self._solver.getSolution().col_value), 0.0, 1.0)
        return Relaxed(np.asarray(chosen, dtype=np.float64), False)

    def relaxed_bound(self) -> tuple[Fraction, list[Fraction]]:
        """A bound on every choice, and by how much more each column costs where it is part of one; after `relax`."""
        return self._bound(self.cost.tolist(), frozenset(), set(np.flatnonzero(self.fixed).tolist()))

    def _bound(self, cost: list[int], taken: frozenset[int], out: set[int]) -> tuple[Fraction, list[Fraction]]:
        """The bound on choices with the columns `taken` and without those in `out`, from the relaxation just solved.

        With prices u >= 0 of the cuts: cost x >= sum of u_k least_k + sum over j of reduced_j x_j, where
        reduced_j = cost_j - sum of u_k weight_kj, and x_j is what makes that least unless it is settled.
        """
        prices = np.array(self._solver.getSolution().row_dual)
        reduced = [each * PRICE_STEPS * UNIT for each in cost]
        bound = 0
        steps = np.floor(np.maximum(prices, 0.0) * self._unit * PRICE_STEPS)
        for k in np.flatnonzero(steps).tolist():
            price, cut = int(steps[k]), self.cuts[k]
            bound += price * cut.least
            for column, weight in zip(cut.column.tolist(), cut.weight.tolist(), strict=True):
                reduced[column] -= price * weight
        bound += sum(least for j, least in enumerate(reduced) if j in taken or (least < 0 and j not in out))
        return Fraction(bound, PRICE_STEPS * UNIT), [Fraction(each, PRICE_STEPS * UNIT) for each in reduced]

    def confirms(self, known: int, *, nodes: int, over: Callable[[], bool]) -> bool:
        """Whether every choice that keeps the cuts costs `known` or more: by branching, with bounds in integers.

        False where that is not so, and where so many nodes or the time do not suffice to tell.
        """
        open_branches, done = [ROOT], 0
        while open_branches and done < nodes and not over():
            branch, done = open_branches.pop(), done + 1
            if not self._closed(branch, known):
                column = self._undecided(branch)
                if column is None:
                    break
                open_branches.append(Branch(branch.taken | {column}, branch.out))
                open_branches.append(Branch(branch.taken, branch.out | {column}))
                continue
        else:
            return not open_branches
        return False

    def _closed(self, branch: Branch, known: int) -> bool:
        """Whether no choice of a branch is cheaper. Leaves the branch's relaxation in `_last`.

        What a branch leaves out, and what is shut, costs `known` there: no cheaper choice holds it, and so the
        relaxation is never empty, which only floating point could tell.
        """
        out = np.union1d(np.flatnonzero(self.fixed), np.array(sorted(branch.out), dtype=np.int64)).tolist()
        cost = self.cost.tolist()
        for column in out:
            cost[column] = known
            self._solver.changeColBounds(column, 0.0, 1.0)
            self._solver.changeColCost(column, known / self._unit)
        for column in branch.taken:
            self._solver.changeColBounds(column, 1.0, 1.0)
        self._last = self.relax()
        bound = self._bound(cost, branch.taken, set())[0] if self._last.chosen is not None else Fraction(0)
        for column in (*out, *branch.taken):
            self._solver.changeColBounds(column, 0.0, 0.0 if self.fixed[column] else 1.0)
            self._solver.changeColCost(column, float(self.cost[column]) / self._unit)
        return bound > known - 1  # costs are whole

    def _undecided(self, branch: Branch) -> int | None:
        """The column to branch on: the most fractional, weighed by cost; of whole ones the dearest chosen."""
        if self._last.chosen is None:
            return None
        chosen = self._last.chosen
        settled = self.fixed.copy()
        settled[list(branch.taken | branch.out)] = True
        unrest = (np.minimum(chosen, 1 - chosen) + chosen / WHOLE_TOO) * self.cost * ~settled
        return int(np.argmax(unrest)) if unrest.max(initial=0.0) > 0 else None

    def fix(self, known: int) -> int:
        """Shuts the columns that no choice cheaper than `known` holds; returns the bound on those. After `relax`."""
        bound, reduced = self.relaxed_bound()
        shut = np.array([bound + extra > known - 1 for extra in reduced], dtype=np.bool_) & ~self.fixed
        for column in np.flatnonzero(shut).tolist():
            self._solver.changeColBounds(column, 0.0, 0.0)
        self.fixed |= shut
        return ceil(bound)  # costs are whole

    def solve(self, start: Mask, known: int, *, seconds: float, nodes: int, gap: float = TIGHT) -> Answer:
        """The best whole choice, searched from `start` (bool[k]) on, which costs `known`."""
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
        answer = self._answer(known)
        solver.changeColsIntegrality(count, everything, np.full(count, highspy.HighsVarType.kContinuous))
        solver.setOptionValue("time_limit", highspy.kHighsInf)
        return answer

    def _answer(self, known: int) -> Answer:
        status, information = self._solver.getModelStatus(), self._solver.getInfo()
        if status == highspy.HighsModelStatus.kInfeasible:
            return Answer(np.zeros(len(self.cost)), self.claimed(known), True)
        values = np.array(self._solver.getSolution().col_value)
        chosen = values if len(values) == len(self.cost) else np.zeros(len(self.cost))
        optimal = status == highspy.HighsModelStatus.kOptimal
        return Answer(np.rint(chosen), self.claimed(information.mip_dual_bound * self._unit), optimal)

    def claimed(self, bound: float) -> int:
        """What may be claimed of a bound found in floating point."""
        if not np.isfinite(bound) or bound <= 0:
            return 0
        return ceil(Fraction(bound) * (1 - MARGIN) - Fraction(1, 1000))
