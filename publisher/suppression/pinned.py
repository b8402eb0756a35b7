"""Which equations hold a cell fast: for the message, once it is sure that the cell cannot be protected."""

from collections import deque
from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from publisher.suppression.reach import NONE, Reach, movable
from publisher.suppression.system import AdditiveSystem, Integers

LARGEST = 20_000  # cells of a program that is solved for a message alone
AS_GOOD_AS_FREE = 1e6  # levels: what moves further is not held
NOTHING = 1e-7


def pinning_equations(reach: Reach, cells: Sequence[int]) -> Iterator[int]:
    """The equations that set the bounds of these cells, and those that set the bounds they took, nearest first."""
    waiting = deque(cells)
    seen: set[int] = set()
    while waiting:
        cell = waiting.popleft()
        for equation in (int(reach.high_by[cell]), int(reach.low_by[cell])):
            if equation != NONE and equation not in seen:
                seen.add(equation)
                yield equation
                begin, end = reach.system.indptr[equation], reach.system.indptr[equation + 1]
                waiting.extend(reach.system.indices[begin:end].tolist())


def pinning_program(system: AdditiveSystem, cells: Sequence[int]) -> Iterator[int]:
    """The equations with a price in the program that moves a cell as far as it goes with everything hidden.

    By duality their sum, weighted by the prices, is an equation that bounds the cell by cells at their bounds
    alone (Farkas). Nothing for a cell that hangs together with more than LARGEST others.
    """
    usable = movable(system)
    shape = (max(1, system.equations), system.cells)
    rows = sparse.csr_matrix((system.signs.astype(np.float64), system.indices, system.indptr), shape=shape)
    seen: set[int] = set()
    for cell in cells:
        inside = _together(rows, cell, usable)
        for sign, level in ((1, system.upper_level[cell]), (-1, system.lower_level[cell])):
            for equation in _priced(system, rows, inside, cell, sign, max(1, int(level))):
                if equation not in seen:
                    seen.add(equation)
                    yield equation


def _together(rows: sparse.csr_matrix, cell: int, usable: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Integers:
    """The cells that may move and hang together with this one; none where there are too many."""
    columns = rows.tocsc()
    inside = np.zeros(rows.shape[1], dtype=np.bool_)
    inside[cell], size = True, 0
    while size < inside.sum() <= LARGEST:
        size = int(inside.sum())
        inside[rows[np.unique(columns[:, np.flatnonzero(inside)].indices)].indices] = True
        inside &= usable
        inside[cell] = True
    return np.flatnonzero(inside) if inside.sum() <= LARGEST else np.zeros(0, dtype=np.int64)


def _priced(
    system: AdditiveSystem, rows: sparse.csr_matrix, inside: Integers, cell: int, sign: int, level: int
) -> list[int]:
    """Dearest first; none where the cell reaches its level."""
    if not len(inside):
        return []
    matrix = rows[:, inside]
    touched = np.unique(matrix.nonzero()[0])
    lower = np.maximum((system.lower_bound - system.values)[inside] / level, -AS_GOOD_AS_FREE)
    upper = np.minimum((system.upper_bound - system.values)[inside] / level, AS_GOOD_AS_FREE)
    aim = np.where(inside == cell, -float(sign), 0.0)
    solved = linprog(
        aim,
        A_eq=matrix[touched] if len(touched) else None,
        b_eq=np.zeros(len(touched)) if len(touched) else None,
        bounds=np.stack([lower, upper], axis=1),
        method="highs",
    )
    if solved.status != 0 or -solved.fun >= 1 - NOTHING or not len(touched):
        return []
    prices = np.abs(solved.eqlin.marginals)
    return [int(touched[place]) for place in np.argsort(-prices, kind="stable") if prices[place] > NOTHING]
