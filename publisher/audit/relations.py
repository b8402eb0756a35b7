"""What adds up in a published table: every cell with nodes below it is the sum of them, along each dimension."""

from dataclasses import dataclass, field

import numpy as np

from publisher.audit.public_table import Flags, PublicTable
from publisher.audit.tree import Integers, UnreadableError


@dataclass(frozen=True)
class Equations:
    """sum over entries e of signs[e] * y[cells[e]] = 0, entries of equation i at starts[i] .. starts[i + 1] - 1.

    `needed` is False for equations that follow from the needed ones.
    """

    starts: Integers = field(repr=False)
    cells: Integers = field(repr=False)
    signs: Integers = field(repr=False)
    needed: Flags = field(repr=False)

    @property
    def count(self) -> int:
        return len(self.starts) - 1

    def residuals(self, values: Integers) -> Integers:
        """The left sides, exact where each is below 9.2e18: a running sum that wraps in int64 wraps back."""
        running = np.concatenate([[0], np.cumsum(self.signs * values[self.cells])])
        difference: Integers = running[self.starts[1:]] - running[self.starts[:-1]]
        return difference

    def of(self, chosen: Integers) -> "Equations":
        """The chosen equations alone."""
        lengths = (self.starts[1:] - self.starts[:-1])[chosen]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        entries = (
            np.arange(starts[-1]) - np.repeat(starts[:-1], lengths) + np.repeat(self.starts[:-1][chosen], lengths)
        )
        return Equations(starts, self.cells[entries], self.signs[entries], self.needed[chosen])


@dataclass(frozen=True)
class Broken:
    """Rows that contradict the published hierarchy: no row above a cell, or none below a margin."""

    orphans: tuple[int, ...]
    childless: tuple[int, ...]


def row_keys(table: PublicTable) -> tuple[Integers, list[int]]:
    """A number for each row's combination of nodes, and each dimension's weight in it."""
    weights, weight = [], 1
    for tree in reversed(table.trees):
        weights.append(weight)
        weight *= len(tree.codes)
    if weight >= 2**62:
        raise UnreadableError(table.entry.id, "has more combinations of codes than 64 bits can number")
    weights.reverse()
    return table.nodes @ np.array(weights, dtype=np.int64), weights


def find(keys: Integers, wanted: Integers) -> Integers:
    """Place of each wanted key in `keys` (any order, each once), -1 where there is none."""
    if not len(keys):
        return np.full(len(wanted), -1, dtype=np.int64)
    order = np.argsort(keys, kind="stable")
    place = np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)
    found: Integers = np.where(keys[order[place]] == wanted, order[place], -1)
    return found


def relations(table: PublicTable) -> tuple[Equations, Broken]:
    """All equations among the rows of one table. Absent rows are zeros, which drop out.

    Take the dimensions in some order. A sum along one of them is needed only where the cell is a leaf along all
    dimensions before it: at a margin of an earlier dimension it is the sum of the equations below that margin.
    """
    keys, weights = row_keys(table)
    parts: list[Equations] = []
    orphans: list[int] = []
    childless: list[int] = []
    leaf = np.ones(table.rows, dtype=np.bool_)
    for number in _order(table):
        tree, nodes = table.trees[number], table.nodes[:, number]
        children = np.flatnonzero(tree.parent[nodes] >= 0)
        step = (tree.parent[nodes[children]] - nodes[children]) * weights[number]
        parents = find(keys, keys[children] + step)
        orphans += children[parents < 0].tolist()
        children, parents = children[parents >= 0], parents[parents >= 0]
        childless += np.setdiff1d(np.flatnonzero(tree.inner[nodes]), parents).tolist()
        parts.append(_grouped(parents, children, leaf))
        leaf = leaf & ~tree.inner[nodes]
    return _joined(parts), Broken(tuple(sorted(set(orphans))), tuple(sorted(set(childless))))


def _order(table: PublicTable) -> list[int]:
    """Dimensions with most rows at inner nodes first: that leaves most cells in two needed equations."""
    inner = [int((tree.inner & (tree.parent >= 0))[table.nodes[:, i]].sum()) for i, tree in enumerate(table.trees)]
    return sorted(range(len(inner)), key=lambda number: (-inner[number], number))


def _grouped(parents: Integers, children: Integers, leaf: Flags) -> Equations:
    """One equation a parent: first the parent (+1), then its children (-1). `leaf`: where it is needed."""
    above, counts = np.unique(parents, return_counts=True)
    starts = np.concatenate([[0], np.cumsum(counts + 1)]).astype(np.int64)
    signs = np.full(starts[-1], -1, dtype=np.int64)
    signs[starts[:-1]] = 1
    cells = np.empty(starts[-1], dtype=np.int64)
    cells[signs > 0] = above
    cells[signs < 0] = children[np.argsort(parents, kind="stable")]
    return Equations(starts, cells, signs, leaf[above])


def _joined(parts: list[Equations]) -> Equations:
    offsets = np.cumsum([0, *(len(part.cells) for part in parts)])
    starts = [part.starts[1:] + offset for part, offset in zip(parts, offsets, strict=False)]
    return Equations(
        np.concatenate([np.zeros(1, dtype=np.int64), *starts]),
        np.concatenate([np.zeros(0, dtype=np.int64), *(part.cells for part in parts)]),
        np.concatenate([np.zeros(0, dtype=np.int64), *(part.signs for part in parts)]),
        np.concatenate([np.zeros(0, dtype=np.bool_), *(part.needed for part in parts)]),
    )


def joined(parts: list[Equations]) -> Equations:
    """Equations of several tables over one numbering of cells."""
    return _joined(parts)
