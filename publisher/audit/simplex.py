"""Largest and smallest deviation of a hidden cell by linear programming (HiGHS), one model for many targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import highspy
import numpy as np
import numpy.typing as npt

from publisher.audit.reduced import Reduced
from publisher.audit.system import UNBOUNDED
from publisher.audit.witness import Deviation

Floats = npt.NDArray[np.float64]
FAR = 1e7  # in units of the level asked for: further deviations are left out, which can only widen nothing
TOLERANCE = 1e-9
FIRST = 50.0  # how much more the first of many goals weighs than any other
DENOMINATORS = (1, 2, 3, 4, 6, 8, 12)


@dataclass(frozen=True)
class Optimum:
    """`reach` is the deviation reached, in units of the level asked for (1.0: reached in full, where it is capped).

    None: the solver did not finish. `deviations` runs over the model's groups, in the same units.
    """

    reach: float | None
    deviations: Floats


class Model:
    """M d = 0 over some groups of a reduced system; all other groups keep d = 0."""

    def __init__(self, reduced: Reduced, groups: Sequence[int], seconds: float = 60.0) -> None:
        self.groups = list(groups)
        self._place = {group: place for place, group in enumerate(self.groups)}
        self._low = np.array([reduced.lower[group] for group in self.groups], dtype=np.float64)
        self._high = np.array([_float(reduced.upper[group]) for group in self.groups], dtype=np.float64)
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in _OPTIONS.items():
            self._solver.setOptionValue(option, value)
        self._solver.setOptionValue("time_limit", highspy.kHighsInf)
        self._seconds = seconds
        self._solver.passModel(_lp(reduced, self.groups, self._place))
        self._all = np.arange(len(self.groups), dtype=np.int32)

    def has(self, group: int) -> bool:
        return group in self._place

    def reach(
        self, group: int, size: int, up: bool, barred: frozenset[int] = frozenset(), cap: bool = True
    ) -> Optimum:
        """The largest deviation of `group` upwards (or downwards), at most `size` where capped."""
        low, high = self._bounds(size, barred)
        target = self._place[group]
        if cap:
            low[target], high[target] = max(low[target], -1.0), min(high[target], 1.0)
        cost = np.zeros(len(self.groups))
        cost[target] = -1.0 if up else 1.0
        return self._solved(low, high, cost, target, up)

    def reach_many(self, wanted: Mapping[int, int], size: int, barred: frozenset[int] = frozenset()) -> Optimum:
        """Deviations, in units of `size`, that bring many groups as near as may be to the signed sizes `wanted`."""
        low, high = self._bounds(size, barred)
        cost = np.zeros(len(self.groups))
        for group, need in wanted.items():
            place, goal = self._place[group], need / size
            cost[place] = -1.0 / goal
            low[place], high[place] = max(low[place], min(goal, 0.0)), min(high[place], max(goal, 0.0))
        return self._solved(low, high, cost, 0, True)

    def reach_most(self, goals: Mapping[int, int], first: int, size: int, both: bool) -> Optimum:
        """Deviations, in units of `size`, that go as far as may be towards all signed `goals` together.

        Unlike reach_many, no goal caps its group; the goal of group `first` outweighs the others. `both`: no group
        goes further than it could go the other way, so that the negative of what is found holds too.
        """
        low, high = self._bounds(size, frozenset())
        if both:
            high = np.minimum(high, -low)
            low = -high
        cost = np.zeros(len(self.groups))
        for group, goal in goals.items():
            cost[self._place[group]] = -size / goal
        cost[self._place[first]] *= FIRST * np.abs(cost).max()
        return self._solved(low, high, cost, 0, True)

    def _bounds(self, size: int, barred: frozenset[int]) -> tuple[Floats, Floats]:
        low, high = np.maximum(self._low / size, -FAR), np.minimum(self._high / size, FAR)
        still = [self._place[group] for group in barred if group in self._place]
        low[still] = high[still] = 0.0
        return low, high

    def _solved(self, low: Floats, high: Floats, cost: Floats, target: int, up: bool) -> Optimum:
        self._solver.changeColsBounds(len(self._all), self._all, low, high)
        self._solver.changeColsCost(len(self._all), self._all, cost)
        if not (self._finishes() or self._finishes(afresh=True)):
            return Optimum(None, np.zeros(len(self.groups)))
        found = np.array(self._solver.getSolution().col_value, dtype=np.float64)
        return Optimum(float(found[target]) if up else -float(found[target]), found)

    def _finishes(self, afresh: bool = False) -> bool:
        """Within `seconds` of its own: a machine that stood still for as long must not decide."""
        if afresh:
            self._solver.clearSolver()
        self._solver.setOptionValue("time_limit", self._solver.getRunTime() + self._seconds)
        self._solver.run()
        return bool(self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def whole(self, optimum: Optimum, size: int) -> dict[int, int]:
        """The optimum rounded to whole units: a proposal for a witness."""
        units = np.rint(optimum.deviations * size)
        return {self.groups[place]: int(units[place]) for place in np.flatnonzero(units).tolist()}

    def exact(self, optimum: Optimum, size: int, denominator: int) -> dict[int, Deviation]:
        """The optimum rounded to multiples of 1/denominator units: a proposal for a witness."""
        whole = np.rint(optimum.deviations * (size * denominator))
        return {
            self.groups[place]: int(whole[place]) if denominator == 1 else Fraction(int(whole[place]), denominator)
            for place in np.flatnonzero(whole).tolist()
        }


_OPTIONS: dict[str, bool | int | float | str] = {
    "output_flag": False,
    "threads": 1,
    "solver": "simplex",
    "primal_feasibility_tolerance": TOLERANCE,
    "dual_feasibility_tolerance": TOLERANCE,
}


def _float(bound: int) -> float:
    return float("inf") if bound >= UNBOUNDED else float(bound)


def _lp(reduced: Reduced, groups: Sequence[int], place: dict[int, int]) -> highspy.HighsLp:
    rows = sorted({row for group in groups for row in reduced.where[group]})
    starts, index, value = [0], [], []
    for row in rows:
        inside = [(place[group], weight) for group, weight in reduced.rows[row].items() if group in place]
        index += [column for column, _ in inside]
        value += [float(weight) for _, weight in inside]
        starts.append(len(index))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(groups), len(rows)
    lp.col_cost_ = np.zeros(len(groups))
    lp.col_lower_, lp.col_upper_ = np.full(len(groups), -1.0), np.full(len(groups), 1.0)
    lp.row_lower_ = lp.row_upper_ = np.zeros(len(rows))
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.array(starts, dtype=np.int32)
    lp.a_matrix_.index_ = np.array(index, dtype=np.int32)
    lp.a_matrix_.value_ = np.array(value, dtype=np.float64)
    return lp
