"""The compiled search for unions: which cycles together move the sum of several hidden cells.

One cell of a union after another is moved as far as cycles carry it, until the sum has moved far enough. Meanwhile no
cell of the union, and no arc that one adds up, may move the other way, and none that has had its turn moves any
further: so each cycle only adds.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from publisher.suppression.compiled import compiled
from publisher.suppression.layers import find_layers
from publisher.suppression.network import arranged, find_network, hide
from publisher.suppression.program import Direction
from publisher.suppression.scratch import make_scratch
from publisher.suppression.split import COARSE, FINE, forget, give_back, make_split, pour, undo
from publisher.suppression.state import all_cells
from publisher.suppression.system import AdditiveSystem, Integers, Mask

Demand = tuple[Integers, int, int]  # cells, by how much their sum must move, and +1 or -1
STARTS = 4  # cells of a union that are tried as the first where shown cells are used


@compiled
def _pour_all(
    members: Any, need: int, parts: int, rising: bool, hidden_only: bool, network: Any, cells: Any, work: Any
) -> int:
    """Moves the sum of the members in their order; returns what is left of `need`, 0 or less where nothing is.

    Whoever has had its turn is not usable any more, nor are the arcs that it adds up.
    """
    scratch, split = work
    row = 0 if rising else 1
    left = need
    for k in range(len(members)):
        most = min(left, cells.up[members[k]] if rising else cells.down[members[k]])
        if most > 0:
            pour(members[k], most, max(1, most // parts), rising, hidden_only, network, cells, scratch, split)
        cells.usable[members[k]] = False
        for entry in range(network.below_start[members[k]], network.below_start[members[k] + 1]):
            cells.usable[network.below[entry]] = False
        moved = 0
        for other in members:
            moved += split.amount[row, other]
        left = need - (moved if rising else -moved)
        if left <= 0:
            break
    return int(left)


@compiled
def move_sum(
    members: Any, need: int, parts: int, rising: bool, hidden_only: bool, network: Any, cells: Any, work: Any
) -> bool:
    """Leaves a direction that moves the sum by `need` or more in `split`; false, and nothing changed, where none is.

    `members`: usable cells, in the order in which they are moved, with no room to move the other way; `parts`: into
    how many what a cell moves is cut at first.
    """
    split = work[1]
    split.counts[1] = 0
    before = split.counts[1]  # a value of the run, because each literal would be compiled apart
    left = _pour_all(members, need, parts, rising, hidden_only, network, cells, work)
    if left > 0:
        undo(rising, before, cells, split)
        forget(split)
        return False
    give_back(rising, cells, split)
    return True


class Cycles:
    """The network of a system, and which of its cells are hidden so far."""

    def __init__(self, system: AdditiveSystem, hidden: Mask) -> None:
        self.system = system
        self.cells = all_cells(system)
        self.cells.hidden[system.tie[hidden]] = True
        away = self.cells.hidden[system.tie]
        network = find_network(system, find_layers(system))
        self.network = arranged(network, away, self.cells.down, system.costs)
        owners = int(self.cells.owner.max(initial=0))
        self.work = (make_scratch(self.network, system.equations, owners), make_split(system.cells))

    def among_hidden(self, demand: Demand) -> Direction | None:
        """A way that moves hidden cells only."""
        found = self._moved(self._ordered(demand), demand, COARSE, hidden_only=True)
        return found[0] if found else None

    def dearer(self, demand: Demand) -> Direction | None:
        """The cheapest way found, of a few that begin with another cell or smaller parts."""
        best, least = None, 0
        for members, parts in self._trials(demand):
            found = self._moved(members, demand, parts, hidden_only=False)
            if found is not None and (best is None or found[1] < least):
                best, least = found
        return best

    def hide(self, ties: Integers) -> None:
        """From now on these are hidden."""
        for tie in ties.tolist():
            hide(tie, self.network, self.cells)

    def _ordered(self, demand: Demand) -> Integers:
        """The cells of the union by falling room."""
        cells = demand[0]
        room = np.minimum(self.cells.down[cells], self.cells.up[cells])
        return cells[np.lexsort((cells, -room))]

    def _trials(self, demand: Demand) -> Iterator[tuple[Integers, int]]:
        members = self._ordered(demand)
        for first in range(min(STARTS, len(members))):
            for parts in (COARSE, FINE):
                yield np.roll(members, -first), parts

    def _moved(
        self, members: Integers, demand: Demand, parts: int, *, hidden_only: bool
    ) -> tuple[Direction, int] | None:
        """A way and what it costs to hide; nothing is hidden for it yet."""
        _, need, sign = demand
        split = self.work[1]
        if not np.all(self.cells.usable[members]) or not self._searched(members, need, parts, sign > 0, hidden_only):
            return None
        fresh = split.fresh[: split.counts[1]].copy()
        self.cells.hidden[fresh] = False
        row = 0 if sign > 0 else 1
        touched = np.sort(split.touched[: split.counts[0]])
        amount = split.amount[row, touched]
        forget(split)
        way = Direction(touched[amount != 0], amount[amount != 0], 1)
        shown = way.cell[~self.cells.hidden[self.system.tie[way.cell]]]
        ties = dict(zip(self.system.tie[shown].tolist(), self.system.costs[shown].tolist(), strict=True))
        return way, sum(ties.values())

    def _searched(self, members: Integers, need: int, parts: int, rising: bool, hidden_only: bool) -> bool:
        """move_sum(), while neither the members nor the arcs that they add up can move the other way."""
        network, cells, against = self.network, self.cells, self.cells.down if rising else self.cells.up
        below = [network.below[network.below_start[each] : network.below_start[each + 1]] for each in members]
        shut = np.unique(np.concatenate([members, *below]))
        room, usable = against[shut], cells.usable[shut]
        against[shut] = 0
        worked = move_sum(members, need, parts, rising, hidden_only, network, cells, self.work)
        against[shut], cells.usable[shut] = room, usable
        return bool(worked)
