"""Neighbourhoods: the cells nearest to some cells, along the equations."""

from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse

from publisher.suppression.system import AdditiveSystem, Integers, Mask

WIDTH = 40  # cells of one equation that a neighbourhood follows: those with the most room


class Around:
    """The cells of a system that may move, by equation and the other way round."""

    def __init__(self, system: AdditiveSystem, moving: Mask) -> None:
        inside = moving[system.indices]
        row, cell = system.equation_of_entry[inside], system.indices[inside]
        room = np.minimum(system.values - system.lower_bound, system.upper_bound - system.values)
        order = np.lexsort((cell, -room[cell], row))
        self._row_start = np.searchsorted(row, np.arange(system.equations + 1))
        self._row_cell = cell[order]
        shape = (system.cells, max(1, system.equations))
        by_cell = sparse.csr_matrix((np.ones(len(row), dtype=np.int8), (cell, row)), shape=shape)
        self._cell_start, self._cell_row = by_cell.indptr, by_cell.indices

    def __call__(self, cells: Integers, sizes: Sequence[int]) -> Iterator[Integers]:
        """Ever more cells, nearest first, about as many as `sizes` say; int64, ascending, `cells` among them."""
        taken, waiting, seen = dict.fromkeys(cells.tolist()), deque(cells.tolist()), set[int]()
        for size in sizes:
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
