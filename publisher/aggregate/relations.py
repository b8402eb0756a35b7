"""The additive relations between the cells of one table: every margin is the sum of what lies below it."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.model.structure import Dimension, TableStructure

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Relations:
    """Equations over cells, as compressed sparse rows: sum of signs[j] * cell[indices[j]] = 0.

    indptr    int64[equations + 1]   equation e uses the entries indptr[e] .. indptr[e + 1] - 1
    indices   int64[entries]         row number of a cell in the table given to `relations`
    signs     int8[entries]          +1 for the parent, which stands first, -1 for each child

    Holds places only, no values.
    """

    indptr: Integers
    indices: Integers
    signs: npt.NDArray[np.int8]

    @property
    def equations(self) -> int:
        return len(self.indptr) - 1


def relations(structure: TableStructure, cells: pa.Table) -> Relations:
    """One equation for every dimension and every cell whose node in that dimension has children.

    `cells` has the dimension columns (int32 nodes), one row a non-empty cell, in any order; a combination
    without a row is a zero and drops out of its equations. Equations run by dimension, then by the parent's
    row; the children of one run by row.

    Raises ValueError where the cells cannot be a table of this structure: a combination stands twice, a cell
    has no row for the margin above it, or a margin has no row below it.
    """
    nodes = [_nodes(cells, dimension) for dimension in structure.dimensions]
    strides = _strides(structure)
    keys = np.zeros(len(cells), dtype=np.int64)
    for column, stride in zip(nodes, strides, strict=True):
        keys += column * stride
    rows = _Rows.of(keys)
    return _joined(
        [
            _along(dimension, column, stride, rows)
            for dimension, column, stride in zip(structure.dimensions, nodes, strides, strict=True)
        ]
    )


@dataclass(frozen=True)
class _Rows:
    """Finds rows by their mixed-radix key: keys[order] is sorted."""

    keys: Integers
    order: Integers
    ordered: Integers

    @classmethod
    def of(cls, keys: Integers) -> "_Rows":
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        if np.any(ordered[1:] == ordered[:-1]):
            raise ValueError("a combination of nodes stands twice among the cells")
        return cls(keys, order, ordered)

    def find(self, wanted: Integers) -> Integers:
        """The row of each wanted key, -1 where there is none."""
        if not len(wanted):
            return wanted
        place = np.minimum(np.searchsorted(self.ordered, wanted), len(self.ordered) - 1)
        return np.where(self.ordered[place] == wanted, self.order[place], -1)


def _nodes(cells: pa.Table, dimension: Dimension) -> Integers:
    column = cast(Integers, cells.column(dimension.column).to_numpy().astype(np.int64))
    if len(column) and not 0 <= column.min() <= column.max() < len(dimension.hierarchy.codes):
        raise ValueError(f"column {dimension.column} has a node outside its hierarchy")
    return column


def _strides(structure: TableStructure) -> list[int]:
    """Weight of each dimension in the mixed-radix key; the first dimension weighs most."""
    strides, weight = [], 1
    for dimension in reversed(structure.dimensions):
        strides.append(weight)
        weight *= max(1, len(dimension.hierarchy.codes))
    if weight >= 2**63:
        raise ValueError(f"table {structure.id} has more combinations of nodes than 64 bits can number")
    return strides[::-1]


def _along(dimension: Dimension, nodes: Integers, stride: int, rows: _Rows) -> Relations:
    """The equations of one dimension."""
    above = np.asarray(dimension.hierarchy.parent, dtype=np.int64)
    child = np.flatnonzero(above[nodes] >= 0)
    parent = rows.find(rows.keys[child] + (above[nodes[child]] - nodes[child]) * stride)
    if np.any(parent < 0):
        raise ValueError(f"a cell has no row for the margin above it along {dimension.column}")
    parents, counts = np.unique(parent, return_counts=True)
    _check_all_margins(dimension, nodes, parents)
    return _equations(parents, counts, child[np.argsort(parent, kind="stable")])


def _check_all_margins(dimension: Dimension, nodes: Integers, parents: Integers) -> None:
    inner = np.fromiter((bool(below) for below in dimension.hierarchy.children), dtype=np.bool_)
    if np.count_nonzero(inner[nodes]) != len(parents):
        raise ValueError(f"a margin along {dimension.column} has no row below it")


def _equations(parents: Integers, counts: Integers, children: Integers) -> Relations:
    """Puts each parent before its children; `children` lie in the order of `parents`, counts[e] for each."""
    indptr = np.zeros(len(parents) + 1, dtype=np.int64)
    np.cumsum(counts + 1, out=indptr[1:])
    signs = np.full(indptr[-1], -1, dtype=np.int8)
    signs[indptr[:-1]] = 1
    indices = np.empty(indptr[-1], dtype=np.int64)
    indices[signs > 0] = parents
    indices[signs < 0] = children
    return Relations(indptr, indices, signs)


def _joined(parts: list[Relations]) -> Relations:
    starts = np.cumsum([0, *(len(part.indices) for part in parts)])
    return Relations(
        indptr=np.concatenate([[0], *(part.indptr[1:] + start for part, start in zip(parts, starts, strict=False))]),
        indices=np.concatenate([np.empty(0, np.int64), *(part.indices for part in parts)]),
        signs=np.concatenate([np.empty(0, np.int8), *(part.signs for part in parts)]),
    )
