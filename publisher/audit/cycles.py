"""Cheap witnesses: shortest alternating cycles among groups that stand in at most two equations.

Raise a cell by u. One of its equations is now out of balance; another hidden cell of that equation must absorb it,
which unbalances that cell's other equation, and so on until the walk closes at the first cell's other equation.
Breadth first, so the cycle is short. A group in a single equation absorbs for good: its free end is the node GROUND.
A cycle is only a proposal: witness.Checker decides.
"""

from collections import deque

from publisher.audit.reduced import Reduced
from publisher.audit.system import UNBOUNDED
from publisher.audit.witness import Deviation

GROUND = -1
State = tuple[int, int]  # (row, sign of its imbalance)


class Cycles:
    """Finds cycles in one reduced system. `visits` bounds the states that one search may look at."""

    def __init__(self, reduced: Reduced, visits: int = 250) -> None:
        self._reduced = reduced
        self._visits = visits
        self._ends: dict[int, tuple[tuple[int, int], ...]] = {}
        self._at: dict[int, list[tuple[int, int, int, int]]] = {}
        for group, rows in reduced.where.items():
            weights = [(row, reduced.rows[row][group]) for row in rows]
            if 0 < len(rows) <= 2 and all(abs(weight) == 1 for _, weight in weights):
                ends = (*weights, *([(GROUND, 1)] if len(rows) == 1 else []))
                self._ends[group] = ends
                for (here, weight), (there, other) in (ends, ends[::-1]):
                    self._at.setdefault(here, []).append((group, weight, there, other))

    def find(
        self, group: int, size: int, up: bool = True, both: bool = False, barred: frozenset[int] = frozenset()
    ) -> dict[int, Deviation] | None:
        """Deviations of groups, +size (-size where not `up`) for `group`; None where no cycle was met.

        `both`: only groups that could move by `size` either way, so that the negative holds too. `barred`
        groups stay as they are.
        """
        ends = self._ends.get(group)
        sign = 1 if up else -1
        if ends is None or not self._room(group, sign, size, both):
            return None
        (start, weight), (goal, goal_weight) = ends
        if start == GROUND or (goal == GROUND and len(self._at.get(GROUND, ())) == 0):
            return None
        barred = barred | {group}
        found = self._search((start, weight * sign), (goal, -goal_weight * sign), size, both, barred)
        if found is not None:
            found[group] = sign * size
        return found

    def _room(self, group: int, sign: int, size: int, both: bool) -> bool:
        upper, lower = self._reduced.upper[group], self._reduced.lower[group]
        high, low = upper >= UNBOUNDED or upper >= size, -lower >= size
        return (high and low) if both else (high if sign > 0 else low)

    def _search(
        self, start: State, goal: State, size: int, both: bool, barred: frozenset[int]
    ) -> dict[int, Deviation] | None:
        """Walks from the start's imbalance to one that the first cell itself cancels at the goal."""
        came: dict[State, tuple[State, int, int]] = {}
        queue = deque([start])
        while queue and len(came) < self._visits:
            state = queue.popleft()
            row, imbalance = state
            for other, weight, there, there_weight in self._at.get(row, ()):
                for sign in (1, -1) if row == GROUND else (-imbalance * weight,):
                    reached = (there, 0 if there == GROUND else sign * there_weight)
                    if other in barred or reached in came or reached == start:
                        continue
                    if not self._room(other, sign, size, both):
                        continue
                    came[reached] = (state, other, sign)
                    if reached == goal or there == goal[0] == GROUND:
                        return self._trace(came, reached, start, size)
                    queue.append(reached)
        return None

    @staticmethod
    def _trace(
        came: dict[State, tuple[State, int, int]], reached: State, start: State, size: int
    ) -> dict[int, Deviation] | None:
        found: dict[int, Deviation] = {}
        while reached != start:
            reached, group, sign = came[reached]
            if group in found:
                return None
            found[group] = sign * size
        return found
