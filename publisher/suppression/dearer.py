"""Ways that need more hidden cells, by linear programs: which few shown cells, rather than a little of many.

A program counts a cell by how far it moves, hiding counts it once. So the program is repeated with each cell's price
divided by what the cell carried the time before (Kim and Pardalos, *A solution approach to the fixed charge network
flow problem using a dynamic slope scaling procedure*, Operations Research Letters 24, 1999); at last single cells
are left out where it works without them.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from publisher.suppression.around import Around
from publisher.suppression.program import Direction, Programs
from publisher.suppression.system import AdditiveSystem, Integers, Mask
from publisher.suppression.union_cycles import Demand

FAR = (4_000, 30_000)  # usable cells that may move; then all
ROUNDS = 5
LEAVE_OUT = 4  # ties that are tried to do without, dearest first
CHEAP, DEAR, FREE = 1e-5, 10.0, 1e-6  # the range of prices that a solver tells apart; what hidden cells cost


def dearer_way(programs: Programs, hidden: Mask, usable: Mask, around: Around, demand: Demand) -> Direction | None:
    """A way that hides little more; None where none is found among all usable cells, of which `around` is made."""
    for inside in _neighbourhoods(around, usable, demand[0]):
        search = _Search(programs.system, programs, hidden, demand, inside)
        if search.best is not None:
            search.leave_out()
            return search.best
    return None


def _neighbourhoods(around: Around, usable: Mask, cells: Integers) -> Iterator[Integers]:
    count = int(usable.sum())
    yield from around(cells, [size for size in FAR if size < count])
    yield np.flatnonzero(usable)


class _Search:
    """The cheapest way found so far for one demand, and what it costs: each tie that it hides once."""

    def __init__(
        self, system: AdditiveSystem, programs: Programs, hidden: Mask, demand: Demand, inside: Integers
    ) -> None:
        self.system, self.programs, self.hidden, self.demand = system, programs, hidden, demand
        self.best: Direction | None = None
        self.cost = 0
        self.inside = inside
        self.room = np.minimum(programs.up, programs.down)
        self._repeat(inside, np.minimum(self.room[inside], demand[1]))

    def _repeat(self, inside: Integers, carried: Integers) -> None:
        for _ in range(ROUNDS):
            way = self._solve(inside, carried)
            if way is None or not self._take(way) or self.cost == 0:
                return
            moved = np.zeros(self.system.cells, dtype=np.int64)
            moved[way.cell] = np.abs(way.amount) // way.scale
            inside = inside[self.hidden[inside] | (moved[inside] > 0)]
            carried = moved[inside]

    def _solve(self, inside: Integers, carried: Integers) -> Direction | None:
        cells, need, sign = self.demand
        return self.programs.within(cells, need, sign, inside, self._prices(inside, carried))

    def _prices(self, inside: Integers, carried: Integers) -> npt.NDArray[np.float64]:
        shown = ~self.hidden[inside]
        prices = self.system.costs[inside] * (self.demand[1] / np.maximum(carried, 1).astype(np.float64))
        dearest = float(self.system.costs[inside][shown].max(initial=1))
        return np.where(shown, np.clip(prices / dearest, CHEAP, DEAR), FREE)

    def _take(self, way: Direction) -> bool:
        """Whether it is the first, or cheaper than the best."""
        cost = sum(self.ties(way).values())
        better = self.best is None or cost < self.cost
        if better:
            self.best, self.cost = way, cost
        return better

    def ties(self, way: Direction) -> dict[int, int]:
        """What the way hides: tie -> cost."""
        shown = way.cell[~self.hidden[way.cell]]
        return dict(zip(self.system.tie[shown].tolist(), self.system.costs[shown].tolist(), strict=True))

    def leave_out(self) -> None:
        """Does without single ties, of several, where that is cheaper."""
        ties = self.ties(self.best) if self.best else {}
        for tie in sorted(ties, key=lambda tie: (-ties[tie], tie))[:LEAVE_OUT] if len(ties) > 1 else []:
            moved = self.hidden.copy()
            moved[list(self.best.cell if self.best else [])] = True
            inside = self.inside[moved[self.inside] & (self.system.tie[self.inside] != tie)]
            if np.all(np.isin(self.demand[0], inside)):
                way = self._solve(inside, np.minimum(self.room[inside], self.demand[1]))
                if way is not None:
                    self._take(way)
