"""Small random systems, and the least pattern of each by trying every subset. Shares no code with the search.

What protects is asked of linear programs by scipy, set by set: no witnesses, no cuts.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import product

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog

from publisher.suppression.system import UNBOUNDED, AdditiveSystem, Mask, Status
from tests.lib.systems import Equations, additive_system

NEAR = 1e-6
Tree = dict[int, tuple[int, ...]]  # node -> its parts; node 0 is the total

TREES: tuple[Tree, ...] = (
    {0: (1, 2)},
    {0: (1, 2, 3)},
    {0: (1, 2, 3, 4)},
    {0: (1, 2), 1: (3, 4), 2: (5, 6)},
)


class Oracle:
    """Judges sets of hidden cells of one system."""

    def __init__(self, system: AdditiveSystem, *, insiders: bool) -> None:
        self.system = system
        self.insiders = insiders
        self.matrix = np.zeros((max(1, system.equations), system.cells))
        np.add.at(self.matrix, (system.equation_of_entry, system.indices), system.signs)

    def reach(self, hidden: Mask, cell: int, sign: int, without: int = 0) -> float:
        """How far a cell can rise or fall; cells of contributor `without` stand still."""
        system = self.system
        moving = hidden & ((system.owner != without) | (without == 0))
        most = 1e6
        up = np.where(moving, np.minimum(most, system.upper_bound - system.values), 0.0)
        down = np.where(moving, np.minimum(most, system.values - system.lower_bound), 0.0)
        aim = np.zeros(system.cells)
        aim[cell] = -sign
        right = np.zeros(len(self.matrix))
        solved = linprog(aim, A_eq=self.matrix, b_eq=right, bounds=np.stack([-down, up], axis=1), method="highs")
        return -float(solved.fun)

    def unprotected(self, hidden: Mask) -> Iterator[int]:
        """Primaries that a reader or an insider finds out."""
        system = self.system
        for cell in system.primaries.tolist():
            reaches = hidden[cell] and all(
                self.reach(hidden, cell, sign) >= level[cell] - NEAR
                for sign, level in ((1, system.upper_level), (-1, system.lower_level))
            )
            if not reaches or (self.insiders and not self._guarded(hidden, cell)):
                yield cell

    def _guarded(self, hidden: Mask, cell: int) -> bool:
        level = -(-int(self.system.upper_level[cell]) // 10)
        others = set(self.system.owner.tolist()) - {0, int(self.system.owner[cell])}
        return all(
            any(self.reach(hidden, cell, sign, without=other) >= level - NEAR for sign in (1, -1)) for other in others
        )

    def protects(self, hidden: Mask) -> bool:
        return next(self.unprotected(hidden), None) is None

    @cached_property
    def given(self) -> Mask:
        """bool[n]: hidden whatever is decided."""
        return self._of_ties(set(self.system.tie[np.isin(self.system.status, (1, 3))].tolist()))

    def _of_ties(self, ties: set[int]) -> Mask:
        system = self.system
        return np.isin(system.tie, sorted(ties)) & ~np.isin(system.status, (Status.ZERO, Status.FROZEN_PUBLISHED))

    @cached_property
    def optional(self) -> list[int]:
        """Ties that may be hidden or shown."""
        system = self.system
        settled = system.tie[np.isin(system.status, (1, 2, 3))]
        return sorted(set(system.tie[system.status == Status.CANDIDATE].tolist()) - set(settled.tolist()))

    def least_cost(self) -> int | None:
        """What the least costly pattern costs; None where even all optional ties do not protect."""
        system = self.system
        price = {tie: int(system.costs[(system.tie == tie) & (system.status == 0)].max()) for tie in self.optional}
        if not self.protects(self.given | self._of_ties(set(self.optional))):
            return None
        subsets = product((False, True), repeat=len(self.optional))
        chosen = [{tie for tie, taken in zip(self.optional, subset, strict=True) if taken} for subset in subsets]
        for ties in sorted(chosen, key=lambda ties: sum(price[tie] for tie in ties)):
            if self.protects(self.given | self._of_ties(ties)):
                return sum(price[tie] for tie in ties)
        return None


@st.composite
def small_systems(draw: st.DrawFn, most_optional: int = 8, largest: int = 20) -> AdditiveSystem:
    """Hierarchical tables of one to three dimensions, now and then two of them linked by their total, or tied."""
    trees = draw(st.lists(st.sampled_from(TREES), min_size=1, max_size=3).filter(lambda t: _size(t) <= largest))
    equations, leaves, cells = _table(trees)
    amounts = st.sampled_from([0, 1, 1, 2, 3, 5, 10, 30, 100, 1000])
    values = _sums(draw(st.lists(amounts, min_size=len(leaves), max_size=len(leaves))), leaves, equations, cells)
    tie = np.arange(cells)
    if 2 * cells <= largest and draw(st.booleans()):
        equations = [*equations, *((m + cells, [p + cells for p in parts]) for m, parts in equations)]
        masses = draw(st.lists(amounts, min_size=len(leaves), max_size=len(leaves)))
        values += _sums(masses, leaves, equations[: len(equations) // 2], cells)
        tie = np.tile(tie, 2)
    return _demanded(draw, equations, np.array(values), tie, set(leaves), most_optional)


def _size(trees: Sequence[Tree]) -> int:
    return int(np.prod([1 + max(max(parts) for parts in tree.values()) for tree in trees]))


def _table(trees: Sequence[Tree]) -> tuple[list[tuple[int, list[int]]], list[int], int]:
    """Equations, leaf cells and number of cells of the product of some trees."""
    sizes = [1 + max(max(parts) for parts in tree.values()) for tree in trees]
    number = np.arange(int(np.prod(sizes))).reshape(sizes)
    equations, leaves = [], []
    for place in np.ndindex(*sizes):
        above = [(axis, tree[place[axis]]) for axis, tree in enumerate(trees) if place[axis] in tree]
        if not above:
            leaves.append(int(number[place]))
        for axis, parts in above:
            below = [int(number[(*place[:axis], part, *place[axis + 1 :])]) for part in parts]
            equations.append((int(number[place]), below))
    return equations, leaves, number.size


def _sums(amounts: Sequence[int], leaves: Sequence[int], equations: Equations, cells: int) -> list[int]:
    known = dict(zip(leaves, amounts, strict=True))
    while len(known) < cells:
        for margin, parts in equations:
            if margin not in known and all(part in known for part in parts):
                known[margin] = sum(known[part] for part in parts)
    return [known[cell] for cell in range(cells)]


def _demanded(
    draw: st.DrawFn, equations: Equations, values: np.ndarray, tie: np.ndarray, leaves: set[int], most: int
) -> AdditiveSystem:
    """Levels, statuses, owners and costs for given cells."""
    ties = int(tie.max()) + 1
    unsafe = draw(st.sets(st.sampled_from(sorted(leaves)), min_size=1, max_size=3))
    status_of = np.array(draw(st.lists(st.sampled_from([0, 0, 0, 0, 0, 0, 2, 3]), min_size=ties, max_size=ties)))
    status = status_of[tie].astype(np.int8)
    status[(values == 0) & (status == 0)] = draw(st.sampled_from([int(Status.ZERO), int(Status.CANDIDATE)]))
    upper, lower = np.zeros(len(values), np.int64), np.zeros(len(values), np.int64)
    for cell in np.flatnonzero(np.isin(tie, sorted(unsafe))).tolist():
        if values[cell] > 0:
            status[tie == tie[cell]] = np.where(values[tie == tie[cell]] > 0, int(Status.PRIMARY), int(Status.ZERO))
            upper[cell] = draw(st.integers(1, max(1, int(values[cell]))))
            lower[cell] = draw(st.integers(0, int(min(values[cell], upper[cell]))))
    costs = np.array(draw(st.lists(st.sampled_from([1, 2, 3, 7, 20, 500, 10**6]), min_size=ties, max_size=ties)))[tie]
    owner_of = draw(st.lists(st.sampled_from([0, 0, 1, 2, 3]), min_size=ties, max_size=ties))
    owner = np.where(np.isin(tie, sorted(leaves)), np.array(owner_of)[tie], 0)
    _freeze_beyond(status, tie, most)
    bound = np.where(draw(st.booleans()), UNBOUNDED, 2 * values + 5)
    return additive_system(
        equations,
        values.tolist(),
        costs=costs,
        upper_level=np.where(status == 1, upper, 0),
        lower_level=np.where(status == 1, lower, 0),
        status=status,
        owner=owner,
        tie=tie,
        upper_bound=bound,
    )


def _freeze_beyond(status: np.ndarray, tie: np.ndarray, most: int) -> None:
    """Publishes ties beyond so many optional ones, so that all subsets can be tried."""
    optional = [each for each in np.unique(tie).tolist() if np.all(np.isin(status[tie == each], (0, 4)))]
    for each in optional[: max(0, len(optional) - most)]:
        status[tie == each] = Status.FROZEN_PUBLISHED
