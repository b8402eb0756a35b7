"""Small additive systems by hand: margins, what they add up, and a square of four cells."""

import numpy as np

from publisher.suppression.system import UNBOUNDED, AdditiveSystem, Status

# a square with margins:   0 1 | 4
#                          2 3 | 5
#                          6 7 | 8
SQUARE = [(4, [0, 1]), (5, [2, 3]), (8, [6, 7]), (6, [0, 2]), (7, [1, 3]), (8, [4, 5])]


def system(
    equations: list[tuple[int, list[int]]], values: list[int], levels: dict[int, int], **changes: np.ndarray
) -> AdditiveSystem:
    """Margins and what they add up; `levels` of the unsafe cells."""
    count = len(values)
    upper = np.zeros(count, dtype=np.int64)
    for cell, level in levels.items():
        upper[cell] = level
    parts = {
        "indptr": np.cumsum([0, *(1 + len(below) for _, below in equations)]),
        "indices": np.array([cell for margin, below in equations for cell in (margin, *below)], dtype=np.int64),
        "signs": np.array([s for _, below in equations for s in (1, *[-1] * len(below))], dtype=np.int8),
        "values": np.array(values),
        "costs": np.maximum(1, np.array(values)),
        "upper_level": upper,
        "lower_level": np.minimum(upper, np.array(values)),
        "lower_bound": np.zeros(count, dtype=np.int64),
        "upper_bound": np.full(count, UNBOUNDED),
        "status": np.where(upper > 0, int(Status.PRIMARY), int(Status.CANDIDATE)).astype(np.int8),
        "owner": np.zeros(count, dtype=np.int64),
        "tie": np.arange(count),
        "family": np.zeros(len(equations), dtype=np.int64),
    }
    return AdditiveSystem(**(parts | changes))


def square(levels: dict[int, int], **changes: np.ndarray) -> AdditiveSystem:
    return system(SQUARE, [10, 20, 30, 40, 30, 70, 40, 60, 100], levels, **changes)


def frozen(*cells: int) -> np.ndarray:
    status = np.zeros(9, dtype=np.int8)
    status[0] = Status.PRIMARY
    status[list(cells)] = Status.FROZEN_PUBLISHED
    return status
