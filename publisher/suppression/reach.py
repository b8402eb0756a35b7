"""How far cells can deviate from their true numbers at most, with everything hidden that may be hidden.

Each cell stays within its own bounds, frozen cells stand still, and every equation bounds each of its cells by the
others. Repeated, that gives *outer* bounds: no pattern lets a cell reach further, though it may reach less far.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from publisher.suppression.system import AdditiveSystem, Integers, Mask, Status

ROUNDS = 40  # each only narrows, so stopping early stays sound
NONE = -1


@dataclass
class Reach:
    """low <= 0 <= high, int64[n]; beyond +-`free` there is no bound. `low_by`, `high_by`: the equation that set the
    bound last, NONE for the cell's own bounds."""

    system: AdditiveSystem
    free: int
    low: Integers = field(repr=False)
    high: Integers = field(repr=False)
    low_by: Integers = field(repr=False)
    high_by: Integers = field(repr=False)
    _undo: list[tuple[Integers, Integers, Integers]] | None = field(default=None, repr=False)

    @cached_property
    def equations_of(self) -> tuple[Integers, Integers]:
        """Compressed rows: the equations of each cell."""
        order = np.argsort(self.system.indices, kind="stable")
        counts = np.bincount(self.system.indices, minlength=self.system.cells)
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), self.system.equation_of_entry[order]

    def beside(self, cells: Integers) -> Integers:
        """The equations of these cells, each once."""
        start, equations = self.equations_of
        return np.unique(equations[_ranges(start[cells], start[cells + 1])])

    def narrow(self, equations: Integers, rounds: int = ROUNDS) -> Integers:
        """Narrows from these equations on until nothing changes; returns the cells that did, each once."""
        changed: list[Integers] = []
        while len(equations) and rounds:
            moved = self._narrow_once(equations)
            changed.append(moved)
            equations, rounds = self.beside(moved), rounds - 1
        return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *changed]))

    def _narrow_once(self, equations: Integers) -> Integers:
        """sign * y of an entry is what the rest of its equation leaves: -(sum of the others)."""
        system = self.system
        entry = _ranges(system.indptr[equations], system.indptr[equations + 1])
        row = np.repeat(np.arange(len(equations)), np.diff(system.indptr)[equations])
        cell, plus = system.indices[entry], system.signs[entry] > 0
        low, high = self.low[cell], self.high[cell]
        below, no_floor = self._rest(row, np.where(plus, low, -high), len(equations))
        above, no_ceiling = self._rest(row, np.where(plus, high, -low), len(equations))
        floor = np.where(plus, -above, below)
        ceiling = np.where(plus, -below, above)
        down = np.where(plus, no_ceiling, no_floor)
        up = np.where(plus, no_floor, no_ceiling)
        higher = np.flatnonzero(~down & (floor > low))
        lower = np.flatnonzero(~up & (ceiling < high))
        changed = np.unique(np.concatenate([cell[higher], cell[lower]]))
        self._remember(changed)
        self._set(self.low, self.low_by, cell[higher], floor[higher], equations[row[higher]], np.maximum)
        self._set(self.high, self.high_by, cell[lower], ceiling[lower], equations[row[lower]], np.minimum)
        return changed

    @contextmanager
    def holding(self, cells: Integers) -> Iterator[None]:
        """Holds these cells still for a while; afterwards all bounds are as they were."""
        self._undo = []
        self._remember(cells)
        self.low[cells] = self.high[cells] = 0
        try:
            yield
        finally:
            for changed, low, high in reversed(self._undo):
                self.low[changed], self.high[changed] = low, high
            self._undo = None

    def _remember(self, cells: Integers) -> None:
        if self._undo is not None:
            self._undo.append((cells, self.low[cells], self.high[cells]))

    def _rest(self, row: Integers, terms: Integers, rows: int) -> tuple[Integers, Mask]:
        """For each entry, the sum of the other terms of its equation, and whether one of those has no bound."""
        unlimited = np.abs(terms) >= self.free
        finite = np.where(unlimited, 0, terms)
        total = np.zeros(rows, dtype=np.int64)
        np.add.at(total, row, finite)
        count = np.bincount(row, weights=unlimited, minlength=rows).astype(np.int64)
        return total[row] - finite, count[row] - unlimited > 0

    @staticmethod
    def _set(
        bound: Integers, by: Integers, cells: Integers, values: Integers, equations: Integers, how: np.ufunc
    ) -> None:
        how.at(bound, cells, values)
        first = np.flatnonzero(bound[cells] == values)[::-1]  # the first equation of several is the last to write
        by[cells[first]] = equations[first]


def movable(system: AdditiveSystem) -> Mask:
    """bool[n]: neither published for good nor tied to what is."""
    fixed = np.zeros(system.cells, dtype=np.bool_)
    fixed[system.tie[system.status == Status.FROZEN_PUBLISHED]] = True
    return np.asarray(~fixed[system.tie] & (system.status != Status.ZERO), dtype=np.bool_)


def outer_reach(system: AdditiveSystem) -> Reach:
    """The outer bounds of every cell."""
    free = 2**61 // (1 + int(np.diff(system.indptr).max(initial=0)))  # so that sums of bounds keep to 64 bits
    moves = movable(system)
    low = np.where(moves, np.maximum(system.lower_bound - system.values, -free), 0)
    high = np.where(moves, np.minimum(system.upper_bound - system.values, free), 0)
    unset = np.full(system.cells, NONE, dtype=np.int64)
    reach = Reach(system, free, low, high, unset, unset.copy())
    reach.narrow(np.arange(system.equations, dtype=np.int64))
    return reach


def _ranges(begin: Integers, end: Integers) -> Integers:
    """begin[0] .. end[0] - 1, begin[1] .. end[1] - 1, and so on, end to end."""
    lengths = end - begin
    return np.asarray(np.arange(lengths.sum()) + np.repeat(begin - np.cumsum(lengths) + lengths, lengths), np.int64)
