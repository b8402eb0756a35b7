"""Makes the unions of one trader's cells uncertain: most are, of the rest most by programs, few need more hidden."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from publisher.errors import ProtectionError
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.program import Direction, Programs
from publisher.suppression.system import UNBOUNDED, AdditiveSystem, Integers, Mask, Status, signed_sums
from publisher.suppression.union_witness import unproven_by
from publisher.suppression.unions import NO_UNIONS, Unions
from publisher.suppression.witness import Witnesses

STAGE = "protect unions of cells"
NEAR = (150, 1_000, 6_000)  # hidden cells that a program may move before more is hidden
WIDTH = 30  # hidden cells of one equation that a neighbourhood follows: those with the most room


@dataclass(frozen=True)
class Protected:
    """What came of it.

    hidden      bool[cells]  the pattern with what was added
    unions      how many unsafe unions there are
    programs    how many were left to programs
    """

    hidden: Mask
    unions: int
    programs: int


def protect_unions(
    system: AdditiveSystem,
    hidden: Mask,
    witnesses: Sequence[Witnesses],
    find: Callable[[Mask], Unions],
    *,
    progress: Progress = NO_PROGRESS,
) -> Protected:
    """The pattern with further cells hidden until the sum of every union that `find` names can move by its levels.

    `witnesses` are checked ones of `hidden`. What is hidden for a union may make others: so they are found again
    until there is no new one. Hidden cells only grow: whatever was proved before holds. Unions with a cell that is
    public anyway are left aside. Raises ProtectionError naming the unions that cannot be protected.
    """
    known: set[bytes] = set()
    programs = 0
    while len(left := _new(find(hidden), hidden, known)):
        left = unproven_by(system, witnesses, left)
        programs += len(left)
        if len(left):
            hidden = _Ways(system, left, hidden).all(progress)
    return Protected(hidden, len(known), programs)


def _new(unions: Unions, hidden: Mask, known: set[bytes]) -> Unions:
    """Those not looked at before, which they are from now on."""
    fresh = []
    for union in range(len(unions)):
        cells = unions.cells_of(union)
        key = cells.tobytes()
        if key not in known and np.all(hidden[cells]):
            known.add(key)
            fresh.append(union)
    return unions.chosen(np.array(fresh, dtype=np.int64)) if fresh else NO_UNIONS


class _Ways:
    """Directions for unions, by linear programs."""

    def __init__(self, system: AdditiveSystem, unions: Unions, hidden: Mask) -> None:
        self.system = system
        self.unions = unions
        self.programs = Programs(system)
        self.hidden = hidden.copy()
        self.usable = _usable(system)
        self._around()

    def all(self, progress: Progress) -> Mask:
        hopeless = []
        order = np.lexsort((np.arange(len(self.unions)), -self.unions.upper))
        for done, union in enumerate(order.tolist()):
            if not self._protect(union):
                hopeless.append(union)
            progress(STAGE, done + 1, len(order))
        self._refuse(hopeless)
        return self.hidden

    def _protect(self, union: int) -> bool:
        cells = self.unions.cells_of(union)
        for level, sign in ((int(self.unions.upper[union]), 1), (int(self.unions.lower[union]), -1)):
            if level > 0:
                way = self._way(cells, level, sign)
                if way is None or not holds(self.system, way, cells, sign * level):
                    return False
                self._hide(way)
        return True

    def _way(self, cells: Integers, need: int, sign: int) -> Direction | None:
        """Among hidden cells first, near before far; then the least costly that hides more."""
        for inside in self._near(cells):
            found = self.programs.within(cells, need, sign, self.hidden, inside, last=False)
            if found is not None:
                return found
        return self.programs.direction(cells, need, sign, self.hidden, self.usable)

    def _hide(self, way: Direction) -> None:
        fresh = way.cell[~self.hidden[way.cell]]
        if len(fresh):
            self.hidden |= np.isin(self.system.tie, self.system.tie[fresh])
            self._around()

    def _around(self) -> None:
        """The hidden cells of each equation, roomiest first."""
        system = self.system
        inside = self.hidden[system.indices] & self.usable[system.indices]
        row, cell = system.equation_of_entry[inside], system.indices[inside]
        room = np.minimum(system.values - system.lower_bound, system.upper_bound - system.values)
        order = np.lexsort((cell, -room[cell], row))
        self._row_start = np.searchsorted(row, np.arange(system.equations + 1))
        self._row_cell = cell[order]
        by_cell = sparse.csr_matrix((np.ones(len(row)), (cell, row)), shape=(system.cells, system.equations))
        self._cell_start, self._cell_row = by_cell.indptr, by_cell.indices

    def _near(self, cells: Integers) -> Iterator[Integers]:
        """Ever more hidden cells around a union, nearest first; int64, ascending."""
        taken, waiting, seen = dict.fromkeys(cells.tolist()), deque(cells.tolist()), set[int]()
        for size in NEAR:
            before = len(taken)
            while waiting and len(taken) < size:
                at = waiting.popleft()
                for row in self._cell_row[self._cell_start[at] : self._cell_start[at + 1]].tolist():
                    if row not in seen:
                        seen.add(row)
                        begin = self._row_start[row]
                        for other in self._row_cell[begin : min(begin + WIDTH, self._row_start[row + 1])].tolist():
                            if other not in taken:
                                taken[other] = None
                                waiting.append(other)
            if len(taken) > before:
                yield np.sort(np.fromiter(taken, dtype=np.int64))

    def _refuse(self, hopeless: Sequence[int]) -> None:
        if not hopeless:
            return
        cells = tuple(self.system.label(int(self.unions.cells_of(union)[0])) for union in hopeless)
        raise ProtectionError(
            f"the sums of {len(cells)} groups of hidden cells, in each of which one trader stands, cannot be protected. "
            "Their first cells: " + "; ".join("/".join(codes) for codes in cells[:10])
            + ("; ..." if len(cells) > 10 else "")
            + ".",
            cells=cells,
            remedy="Cells beside them are shown for good. Take back such a decision, or give these goods a coarser level.",
        )


def _usable(system: AdditiveSystem) -> Mask:
    """bool[cells]: those that may move, hidden or to be hidden."""
    fixed = np.zeros(system.cells, dtype=np.bool_)
    fixed[system.tie[system.status == Status.FROZEN_PUBLISHED]] = True
    return np.asarray(~fixed[system.tie] & (system.status != Status.ZERO), dtype=np.bool_)


def holds(system: AdditiveSystem, way: Direction, cells: Integers, need: int) -> bool:
    """Whether it balances everything, keeps the bounds and moves the sum as far as `need`: in whole numbers."""
    change = np.zeros(system.cells, dtype=np.int64)
    change[way.cell] = way.amount
    rise, fall = -(-change // way.scale), change // way.scale
    within = np.all(rise <= system.upper_bound - system.values) and np.all(fall >= system.lower_bound - system.values)
    far = int(change[cells].sum()) * (1 if need > 0 else -1) >= abs(need) * way.scale
    return bool(within and far and not np.any(signed_sums(system, change)))
