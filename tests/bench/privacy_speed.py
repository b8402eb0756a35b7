"""How fast noise is drawn and least squares are solved."""

import time
from fractions import Fraction

import numpy as np
import pyarrow as pa

from publisher.dp.gaussian import calibrate, draw
from publisher.dp.gls import best_estimates
from publisher.dp.keys import all_keys, finest_keys, key_columns
from publisher.dp.noisy import measurable, measure_noisily
from publisher.dp.publishable import publishable_cells
from publisher.model.codelist import TOTAL, Hierarchy
from publisher.model.confidential import ClippedSums
from publisher.model.progress import NO_PROGRESS
from tests.bench.privacy_traders import RHO
from tests.lib.tables import ITEMS, codelist, dimension, structure


def speed(cells: int) -> dict[str, object]:
    start = time.perf_counter()
    draw(np.zeros(cells, np.int64), calibrate(8, Fraction(1, 50)))
    drawn = time.perf_counter() - start
    tree = _tree(leaves=1_000_000, fan_out=100)
    numbers, weights = np.ones(len(tree.codes)), np.ones(len(tree.codes))
    start = time.perf_counter()
    best_estimates(tree, numbers, weights)
    solved = time.perf_counter() - start
    table = structure(*(dimension(f"d{i}", _codes(30, 10)) for i in range(2)), measures=(ITEMS,))
    zeros = pa.array(np.zeros(300 * 300, np.int64))
    sums = pa.table({**key_columns(table, finest_keys(table)), "declarations": zeros})
    start = time.perf_counter()
    noisy = measure_noisily(
        measurable(ClippedSums(table, "2021", "bench", 8, 1, sums)), calibrate(8, RHO), NO_PROGRESS
    )
    publishable_cells(table, noisy)
    return {
        "bench": "privacy speed",
        "cells": cells,
        "draw_seconds": round(drawn, 2),
        "cells_per_second": round(cells / drawn),
        "gls_leaves": 1_000_000,
        "gls_seconds": round(solved, 2),
        "table_cells": len(all_keys(table)[0]),
        "table_seconds": round(time.perf_counter() - start, 2),
    }


def _codes(groups: int, each: int):  # type: ignore[no-untyped-def]
    leaves = {f"{g:02}{i:02}": f"{g:02}" for g in range(groups) for i in range(each)}
    return codelist("C", {"group": {f"{g:02}": TOTAL for g in range(groups)}, "leaf": leaves})


def _tree(leaves: int, fan_out: int) -> Hierarchy:
    """Total, leaves / fan_out**2, leaves / fan_out, leaves."""
    sizes = [1, leaves // fan_out**2, leaves // fan_out, leaves]
    starts = np.cumsum([0, *sizes])
    parent, level = [-1], [0]
    for depth in range(1, 4):
        parent += (starts[depth - 1] + np.arange(sizes[depth]) % sizes[depth - 1]).tolist()
        level += [depth] * sizes[depth]
    names = tuple(map(str, range(len(parent))))
    return Hierarchy("T", ("a", "b", "c", "d"), names, names, tuple(level), tuple(parent))
