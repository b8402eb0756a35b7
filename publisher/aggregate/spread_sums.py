"""Sums of vectors on the public keys: a row for every key, whether anyone contributed there or not."""

from collections.abc import Iterable
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.model.structure import TableStructure

Integers = npt.NDArray[np.int64]


def spread(structure: TableStructure, parts: Iterable[pa.Table], names: tuple[str, ...], *, finest: bool) -> pa.Table:
    """The sums on all measured keys, zero where nobody contributed. No two parts have a cell in common."""
    keys = _keys(structure, finest=finest and all(measure.adds_up for measure in structure.measures))
    rows = _rows(structure, keys)
    values = {name: np.zeros(len(rows), dtype=np.int64) for name in names}
    for part in parts:
        nodes = [part.column(f"d{number}").to_numpy().astype(np.int64) for number in range(len(keys))]
        place = np.searchsorted(rows, _rows(structure, nodes))
        for name in names:
            values[name][place] = part.column(name).to_numpy()
    columns: list[pa.Array[Any]] = [pa.array(nodes, pa.int32()) for nodes in keys]
    columns += [pa.array(values[name], pa.int64()) for name in names]
    return pa.table(columns, names=[*structure.columns, *(measure.id for measure in structure.measures)])


def _keys(structure: TableStructure, *, finest: bool) -> list[Integers]:
    """One array a dimension, one element a measured key, sorted: leaves or all nodes."""
    trees = [dimension.hierarchy for dimension in structure.dimensions]
    nodes = [np.array(tree.leaves if finest else range(len(tree.codes)), dtype=np.int64) for tree in trees]
    return [cast(Integers, grid.ravel()) for grid in np.meshgrid(*nodes, indexing="ij")]


def _rows(structure: TableStructure, nodes: list[Integers]) -> Integers:
    """One number a combination of nodes, in the order of the dimensions."""
    number = np.zeros(len(nodes[0]), dtype=np.int64)
    for dimension, column in zip(structure.dimensions, nodes, strict=True):
        number = number * len(dimension.hierarchy.codes) + column
    return number
