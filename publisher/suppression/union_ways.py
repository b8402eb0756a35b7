"""Makes the unions of one trader's cells uncertain: most are, of the rest most by programs, few need more hidden."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from publisher.errors import ProtectionError
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.around import WIDTH, Around
from publisher.suppression.dearer import Demand, dearer_way
from publisher.suppression.program import GRID, Direction, Programs
from publisher.suppression.system import AdditiveSystem, Mask, Status, signed_sums
from publisher.suppression.union_witness import unproven_by
from publisher.suppression.unions import NO_UNIONS, Unions
from publisher.suppression.witness import Witnesses

STAGE = "protect unions of cells"
NEAR = (150, 1_000)  # hidden cells that a program may move before more is hidden
SWING, BROAD = 4_000, 20_000  # hidden cells that a program for many unions at once may move
IDLE = 3  # broad programs in a row that may prove next to nothing
ALIKE = 1e3  # how far apart levels may lie that such a program tells apart
FIRST = 1e4  # what the union counts that it is made for


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
        self.open = {1: unions.upper > 0, -1: unions.lower > 0}
        self._random = np.random.default_rng(len(unions))
        self._near = Around(system, self.hidden & self.usable)
        self._near_all = Around(system, self.usable)

    def all(self, progress: Progress) -> Mask:
        """The hidden cells after every union has a way up and a way down."""
        order = np.lexsort((np.arange(len(self.unions)), -self.unions.upper)).tolist()
        for done, union in enumerate(order):
            if self._is_open(union):
                self._swing(union, SWING, WIDTH)
            for sign in self._is_open(union):
                self._move(union, sign, self._near_way)
            progress(STAGE, done + 1, len(order))
        self._swing_broadly(order)
        hopeless = []
        for union in order:
            for sign in self._is_open(union):
                self._move(union, sign, self._any_way)
            hopeless += [union] if self._is_open(union) else []
        self._refuse(hopeless)
        return self.hidden

    def _is_open(self, union: int) -> tuple[int, ...]:
        """The ways that are not proven yet: +1, -1."""
        return tuple(sign for sign in (1, -1) if self.open[sign][union])

    def _swing_broadly(self, order: Sequence[int]) -> None:
        """Programs over wide neighbourhoods, of the largest open union each, as long as they prove several."""
        idle = 0
        for union in order:
            if idle < IDLE and self._is_open(union):
                before = sum(int(self.open[sign].sum()) for sign in (1, -1))
                self._swing(union, BROAD, BROAD)
                found = before - sum(int(self.open[sign].sum()) for sign in (1, -1))
                idle = 0 if found > 1 else idle + 1

    def _swing(self, union: int, size: int, width: int) -> None:
        """One program that moves many unions at once, up or down at random, this one most of all."""
        unions, cells = self.unions, self.unions.cells_of(union)
        level = int(max(unions.upper[union], unions.lower[union]))
        *_, inside = [cells, *self._near(cells, (size,), width)]
        weight = level / np.clip(unions.upper.astype(np.float64), level / ALIKE, level * ALIKE)
        weight *= self._random.choice([-1.0, 1.0], len(unions)) * (self.open[1] | self.open[-1])
        weight[union] = FIRST
        aim = np.zeros(self.system.cells)
        np.add.at(aim, unions.cell, weight[unions.group])
        way = self.programs.swing(inside, aim[inside], -(-level // GRID))
        if way is not None:
            self._credit(way)
            self._credit(Direction(way.cell, -way.amount, way.scale))

    def _credit(self, way: Direction) -> None:
        """Settles all that an exact direction among hidden cells moves far enough."""
        if np.all(self.hidden[way.cell]) and is_direction(self.system, way):
            change = np.zeros(self.system.cells, dtype=np.int64)
            change[way.cell] = way.amount
            moved = np.add.reduceat(change[self.unions.cell], self.unions.start[:-1]) // way.scale
            self.open[1] &= moved < self.unions.upper
            moved = np.add.reduceat(-change[self.unions.cell], self.unions.start[:-1]) // way.scale
            self.open[-1] &= moved < self.unions.lower

    def _move(self, union: int, sign: int, find: Callable[[Demand], Direction | None]) -> None:
        level = int((self.unions.upper if sign > 0 else self.unions.lower)[union])
        way = find((self.unions.cells_of(union), level, sign))
        if way is not None:
            self._hide(way)
            self._credit(way)

    def _near_way(self, demand: Demand) -> Direction | None:
        """Among hidden cells, near before far."""
        cells, need, sign = demand
        for inside in self._near(cells, NEAR):
            found = self.programs.within(cells, need, sign, inside, np.ones(len(inside)))
            if found is not None:
                return found
        return None

    def _any_way(self, demand: Demand) -> Direction | None:
        return dearer_way(self.programs, self.hidden, self.usable, self._near_all, demand)

    def _hide(self, way: Direction) -> None:
        fresh = way.cell[~self.hidden[way.cell]]
        if len(fresh):
            self.hidden |= np.isin(self.system.tie, self.system.tie[fresh])
            self._near = Around(self.system, self.hidden & self.usable)

    def _refuse(self, hopeless: Sequence[int]) -> None:
        if not hopeless:
            return
        cells = tuple(self.system.label(int(self.unions.cells_of(union)[0])) for union in hopeless)
        raise ProtectionError(
            f"the sums of {len(cells)} groups of hidden cells that hold one trader each cannot be protected. "
            "Their first cells: "
            + "; ".join("/".join(codes) for codes in cells[:10])
            + ("; ..." if len(cells) > 10 else "")
            + ".",
            cells=cells,
            remedy="Cells beside them are shown for good. Take that back, or drop the table from the plan.",
        )


def _usable(system: AdditiveSystem) -> Mask:
    """bool[cells]: those that may move, hidden or to be hidden."""
    fixed = np.zeros(system.cells, dtype=np.bool_)
    fixed[system.tie[system.status == Status.FROZEN_PUBLISHED]] = True
    return np.asarray(~fixed[system.tie] & (system.status != Status.ZERO), dtype=np.bool_)


def is_direction(system: AdditiveSystem, way: Direction) -> bool:
    """Whether it balances every equation and keeps the bounds, in whole numbers."""
    change = np.zeros(system.cells, dtype=np.int64)
    change[way.cell] = way.amount
    rise, fall = -(-change // way.scale), change // way.scale
    within = np.all(rise <= system.upper_bound - system.values) and np.all(fall >= system.lower_bound - system.values)
    return bool(within and not np.any(signed_sums(system, change)))
