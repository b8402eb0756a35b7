"""Three and more dimensions as two: all but the last folded into one tree.

Below each leaf of the first tree hangs the second, below each leaf of that the third, and so on. Numbers consistent
over the folded tree and the last dimension add up over all, because every margin is then a sum of finest cells.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from publisher.dp.consistent import consistent
from publisher.dp.margins import with_margins
from publisher.model.codelist import TOTAL, Hierarchy
from publisher.model.structure import TableStructure

Reals = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
ALL = -1  # in place of a node: the whole dimension

ONE_NODE = Hierarchy("", ("total",), (TOTAL,), ("",), (0,), (-1,))


@dataclass(frozen=True)
class Folded:
    """`nodes[i]`: what the tree's node i stands for, one node (or ALL) a folded dimension."""

    tree: Hierarchy
    nodes: tuple[tuple[int, ...], ...]


def fold(hierarchies: list[Hierarchy]) -> Folded:
    """One tree whose leaves are the combinations of leaves, in the order of keys.finest_keys."""
    folded = Folded(ONE_NODE, ((),))
    for hierarchy in hierarchies:
        folded = _hang_below(folded, hierarchy)
    return folded


def _hang_below(folded: Folded, hierarchy: Hierarchy) -> Folded:
    """A copy of `hierarchy` below every leaf."""
    leaves = folded.tree.leaves
    nodes = [(*node, ALL) for node in folded.nodes]
    parent, depth = list(folded.tree.parent), list(folded.tree.level_of)
    for leaf in leaves:
        start = len(nodes)
        nodes += [(*folded.nodes[leaf], node) for node in range(len(hierarchy.codes))]
        parent += [start + above if above >= 0 else leaf for above in hierarchy.parent]
        depth += [depth[leaf] + 1 + level for level in hierarchy.level_of]
    names = tuple(str(place) for place in range(len(nodes)))
    levels = tuple(str(level) for level in range(max(depth) + 1))
    return Folded(Hierarchy("", levels, names, names, tuple(depth), tuple(parent)), tuple(nodes))


def consistent_table(structure: TableStructure, estimates: Reals, variances: Reals) -> Integers:
    """Whole numbers >= 0 near the estimates, every margin the sum of its parts; one a key of keys.all_keys."""
    hierarchies = [dimension.hierarchy for dimension in structure.dimensions]
    *first, last = hierarchies
    folded = fold(first)
    rows = tuple(np.array(column, dtype=np.int64) for column in zip(*folded.nodes, strict=True))
    cells = [
        _with_all(numbers.reshape([len(h.codes) for h in hierarchies]), first)[rows]
        for numbers in (estimates, variances)
    ]
    shape = len(folded.nodes), len(last.codes)
    found = consistent(folded.tree, last, cells[0].reshape(shape), cells[1].reshape(shape))
    return with_margins(structure, found[np.ix_(folded.tree.leaves, last.leaves)].ravel())


def _with_all(numbers: Reals, hierarchies: list[Hierarchy]) -> Reals:
    """Adds one last place along each dimension to be folded, which ALL finds: the sum over its roots."""
    for axis, hierarchy in enumerate(hierarchies):
        roots = np.flatnonzero(np.array(hierarchy.parent) < 0)
        total = np.cumsum(np.take(numbers, roots, axis=axis), axis=axis).take([-1], axis=axis)
        numbers = np.concatenate([numbers, total], axis=axis)
    return numbers
