"""Additive systems written down by hand: margins and what they add up."""

from collections.abc import Sequence

import numpy as np

from publisher.suppression.system import UNBOUNDED, AdditiveSystem

Equations = Sequence[tuple[int, Sequence[int]]]


def additive_system(equations: Equations, values: Sequence[int], **changes: np.ndarray) -> AdditiveSystem:
    """Each equation: a margin and the cells it adds up. No cell is unsafe, all cost 1, unless `changes` say so."""
    count = len(values)
    cells = [cell for margin, parts in equations for cell in (margin, *parts)]
    signs = [sign for _, parts in equations for sign in (1, *[-1] * len(parts))]
    none = np.zeros(count, dtype=np.int64)
    arrays = {
        "indptr": np.cumsum([0, *(1 + len(parts) for _, parts in equations)]),
        "indices": np.array(cells, dtype=np.int64),
        "signs": np.array(signs, dtype=np.int8),
        "values": np.array(values, dtype=np.int64),
        "costs": none + 1,
        "upper_level": none,
        "lower_level": none,
        "lower_bound": none,
        "upper_bound": none + UNBOUNDED,
        "status": none.astype(np.int8),
        "owner": none,
        "tie": np.arange(count),
        "family": np.zeros(len(equations), dtype=np.int64),
    }
    return AdditiveSystem(**(arrays | changes))
