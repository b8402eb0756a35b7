"""Whole numbers of at least 0 whose margins add up exactly, near the noisy estimates.

From coarse to fine: the grand total is settled first, because it is known best in proportion; then every margin is
split over its parts by least squares (spread.py). In a table of two dimensions a cell lies under two margins, and
both are kept (with three ways such numbers need not exist; see fold.py). Only noisy numbers are read, so this is
post-processing and costs no privacy.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from publisher.dp.spread import Integers, Reals, spread, spread_both_ways
from publisher.model.codelist import Hierarchy


@dataclass(frozen=True)
class Layer:
    """The nodes of one depth, and leaves of lesser depth again. `below[p]`: places of the children of the p-th
    node of the layer above."""

    nodes: tuple[int, ...]
    below: tuple[Integers, ...]


def layers(hierarchy: Hierarchy) -> list[Layer]:
    """From the roots together (node -1) down to the leaves."""
    found = [Layer((-1,), ())]
    roots = tuple(node for node, parent in enumerate(hierarchy.parent) if parent < 0)
    while True:
        parts = [_parts(hierarchy, node, roots) for node in found[-1].nodes]
        nodes = tuple(node for part in parts for node in part)
        ends = np.cumsum([len(part) for part in parts])
        if nodes == found[-1].nodes:
            return found
        below = tuple(np.arange(end - len(part), end) for part, end in zip(parts, ends, strict=True))
        found.append(Layer(nodes, below))


def _parts(hierarchy: Hierarchy, node: int, roots: tuple[int, ...]) -> tuple[int, ...]:
    return roots if node < 0 else hierarchy.children[node] or (node,)


def consistent(first: Hierarchy, second: Hierarchy, estimates: Reals, variances: Reals) -> Integers:
    """(nodes of first, nodes of second) -> whole numbers >= 0 with every margin the sum of its parts.

    `estimates` and `variances` have the same shape. Deterministic.
    """
    over, across = layers(first), layers(second)
    full = _root_sums(first, second, estimates), _root_sums(first, second, variances)
    grids: dict[tuple[int, int], Integers] = {}
    for a, rows in enumerate(over):
        for b, columns in enumerate(across):
            cells = _grid(full[0], rows, columns), _grid(full[1], rows, columns)
            if a and b:
                grids[a, b] = _split(rows, columns, (grids[a, b - 1], grids[a - 1, b]), cells)
            elif a:
                numbers = _split_one_way(rows.below, grids[a - 1, 0][:, 0], cells[0][:, 0], cells[1][:, 0])
                grids[a, 0] = numbers[:, None]
            elif b:
                numbers = _split_one_way(columns.below, grids[0, b - 1][0], cells[0][0], cells[1][0])
                grids[0, b] = numbers[None, :]
            else:
                grids[0, 0] = np.maximum(np.floor(cells[0] + 0.5), 0).astype(np.int64)
    return _collected(first, second, over, across, grids)


def _root_sums(first: Hierarchy, second: Hierarchy, numbers: Reals) -> Reals:
    """Adds a last row and column, which node -1 finds: the sum over the roots."""
    tops = [np.array(h.parent) < 0 for h in (first, second)]
    tall = np.vstack([numbers, np.cumsum(numbers[tops[0]], axis=0)[-1:]])
    return np.hstack([tall, np.cumsum(tall[:, tops[1]], axis=1)[:, -1:]])


def _grid(full: Reals, rows: Layer, columns: Layer) -> Reals:
    return full[np.ix_(rows.nodes, columns.nodes)]


def _split_one_way(part_of: tuple[Integers, ...], totals: Integers, estimates: Reals, variances: Reals) -> Integers:
    """One dimension below the grand total of the other: (places,) -> numbers."""
    found = np.zeros(len(estimates), dtype=np.int64)
    for part, total in zip(part_of, totals, strict=True):
        found[part] = spread(estimates[part], variances[part], int(total))
    return found


def _split(over: Layer, across: Layer, margins: tuple[Integers, Integers], cells: tuple[Reals, Reals]) -> Integers:
    """A grid from the one that is coarser over (rows of `margins[1]`) and the one that is coarser across."""
    estimates, variances = cells
    wide, tall = margins
    found = np.zeros(estimates.shape, dtype=np.int64)
    for p, upper in enumerate(over.below):
        for q, left in enumerate(across.below):
            block = np.ix_(upper, left)
            found[block] = spread_both_ways(estimates[block], variances[block], wide[upper, q], tall[p, left])
    return found


def _collected(
    first: Hierarchy,
    second: Hierarchy,
    over: list[Layer],
    across: list[Layer],
    grids: dict[tuple[int, int], Integers],
) -> Integers:
    """Each node's number from the first layer that holds it; deeper layers hold the same."""
    depth = [_first_places(over, len(first.codes)), _first_places(across, len(second.codes))]
    found = np.zeros((len(first.codes), len(second.codes)), dtype=np.int64)
    for (a, b), grid in grids.items():
        rows, columns = depth[0][a], depth[1][b]
        found[np.ix_(rows.nodes, columns.nodes)] = grid[np.ix_(rows.places, columns.places)]
    return found


@dataclass(frozen=True)
class _Places:
    nodes: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]


def _first_places(tree: list[Layer], count: int) -> list[_Places]:
    """For each layer, the nodes that appear in it first, and where."""
    seen = np.zeros(count + 1, dtype=np.bool_)
    seen[-1] = True
    found = []
    for layer in tree:
        nodes = np.array(layer.nodes)
        places = np.flatnonzero(~seen[nodes])
        seen[nodes] = True
        found.append(_Places(nodes[places], places))
    return found
