"""Makes the unions of one trader's cells uncertain: most are, others have cycles, few need more hidden."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from publisher.errors import ProtectionError
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.program import Direction, Programs
from publisher.suppression.system import AdditiveSystem, Integers, Mask, Status
from publisher.suppression.union_cycles import Cycles, Demand
from publisher.suppression.union_witness import unproven_by
from publisher.suppression.unions import NO_UNIONS, Unions
from publisher.suppression.witness import Witnesses, sound

STAGE = "protect unions of cells"
ALL = 2**31  # witnesses that are looked at for one cell of a union


@dataclass(frozen=True)
class Protected:
    """What came of it.

    hidden      bool[cells]  the pattern with what was added
    witnesses   checked directions for the unions that those at hand did not prove; each is noted as a guard of the
                primary cells of its union
    unions      how many unsafe unions there are
    searched    how many the witnesses at hand did not prove
    programs    how many of their levels were left to programs
    """

    hidden: Mask = field(repr=False)
    witnesses: tuple[Witnesses, ...]
    unions: int
    searched: int
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
    found: list[Witnesses] = []
    ways, searched = None, 0
    while len(fresh := _new(find(hidden), hidden, known)):
        left = unproven_by(system, [*witnesses, *found], fresh)
        searched += len(left)
        if len(left):
            ways = ways or _Ways(system, hidden)
            found.append(ways.of(left, progress))
            hidden = ways.hidden
            _refuse(system, unproven_by(system, found[-1:], left, ALL))
    return Protected(hidden, tuple(found), len(known), searched, ways.by_program if ways else 0)


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
    """Directions for unions, and what is hidden for them."""

    def __init__(self, system: AdditiveSystem, hidden: Mask) -> None:
        self.system = system
        self.hidden = hidden.copy()
        self.by_program = 0
        self.cycles = Cycles(system, hidden)
        self._found: list[tuple[Integers, Direction]] = []

    def of(self, unions: Unions, progress: Progress) -> Witnesses:
        """Ways up and down for the unions, the largest first; those that nothing moves have none.

        Cycles among hidden cells for all of them come before cycles that hide more, and programs last.
        """
        self._found = []
        left = _demands(unions)
        for find in (self.cycles.among_hidden, self.by_cycles, _ByPrograms(self)):
            asked, left = left, []
            for done, demand in enumerate(asked):
                way = find(demand)
                if way is None:
                    left.append(demand)
                else:
                    self._keep(demand[0], way)
                progress(STAGE, done + 1, len(asked))
        return _checked(self.system, self.hidden, self._found)

    def by_cycles(self, demand: Demand) -> Direction | None:
        return self.cycles.among_hidden(demand) or self.cycles.dearer(demand)

    def _keep(self, cells: Integers, way: Direction) -> None:
        self._found.append((cells, way))
        fresh = np.unique(self.system.tie[way.cell[~self.hidden[way.cell]]])
        if len(fresh):
            self.cycles.hide(fresh)
            self.hidden |= np.isin(self.system.tie, fresh) & (self.system.status != Status.ZERO)


class _ByPrograms:
    """Linear programs for what no cycles move. Made when first called: hardly ever."""

    def __init__(self, ways: _Ways) -> None:
        self.ways = ways
        self._made: Programs | None = None

    def __call__(self, demand: Demand) -> Direction | None:
        way = self.ways.by_cycles(demand)  # what was hidden for others may help
        if way is not None:
            return way
        self.ways.by_program += 1
        self._made = self._made or Programs(self.ways.system)
        return self._made.direction(*demand, self.ways.hidden, self.ways.cycles.cells.usable)


def _demands(unions: Unions) -> list[Demand]:
    """Each union up and down, by falling level."""
    order = np.lexsort((np.arange(len(unions)), -unions.upper)).tolist()
    ways = [(union, sign) for union in order for sign in (1, -1)]
    levels = {1: unions.upper.tolist(), -1: unions.lower.tolist()}
    return [(unions.cells_of(union), levels[sign][union], sign) for union, sign in ways if levels[sign][union]]


def _checked(system: AdditiveSystem, hidden: Mask, found: Sequence[tuple[Integers, Direction]]) -> Witnesses:
    """The ways that hold exactly, as witnesses."""
    every = _as_witnesses(system, found)
    good = sound(system, hidden, every).tolist()
    return (
        every
        if all(good)
        else _as_witnesses(system, [each for each, holds in zip(found, good, strict=True) if holds])
    )


def _as_witnesses(system: AdditiveSystem, found: Sequence[tuple[Integers, Direction]]) -> Witnesses:
    none = np.zeros(0, dtype=np.int64)
    ways = [way for _, way in found]
    unsafe = [cells[system.status[cells] == Status.PRIMARY] for cells, _ in found]
    amount = np.concatenate([none, *(way.amount for way in ways)])
    return Witnesses(
        start=np.cumsum([0, *(len(way.cell) for way in ways)]).astype(np.int64),
        cell=np.concatenate([none, *(way.cell for way in ways)]),
        up=amount,
        down=np.zeros_like(amount),
        scale=np.array([way.scale for way in ways], dtype=np.int64),
        primary=none,
        first=none,
        guarded=np.concatenate([none, *unsafe]),
        guard=np.repeat(np.arange(len(ways), dtype=np.int64), [len(cells) for cells in unsafe]),
    )


def _refuse(system: AdditiveSystem, hopeless: Unions) -> None:
    if not len(hopeless):
        return
    cells = tuple(system.label(int(hopeless.cells_of(union)[0])) for union in range(len(hopeless)))
    raise ProtectionError(
        f"the sums of {len(cells)} groups of hidden cells that hold one trader each cannot be protected. "
        "Their first cells: "
        + "; ".join("/".join(codes) for codes in cells[:10])
        + ("; ..." if len(cells) > 10 else "")
        + ".",
        cells=cells,
        remedy="Cells beside them are shown for good. Take that back, or drop the table from the plan.",
    )
