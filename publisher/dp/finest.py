"""The finest level that meets a stated accuracy: from the noise alone, or from the noisy table.

A *cut* is one level of each dimension. Its cells are those of these levels, where a code that has nothing below it
at a level stands for itself; so the cells of a cut make up the whole table, each once.
"""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from itertools import product

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.dp.keys import all_keys
from publisher.model.structure import TableStructure

Flags = npt.NDArray[np.bool_]
Reals = npt.NDArray[np.float64]
Cut = tuple[int, ...]


def finest_by_noise(structure: TableStructure, half_widths: Mapping[str, Reals], largest: Fraction) -> Cut:
    """The cut of most cells at which no half-width of the noise is above `largest` (in the measures' unit).

    `half_widths`: measure -> one a key of keys.all_keys, in whole units. They follow from what is measured, the clip
    and rho: no number of the table is asked. The coarsest cut where none will do.
    """
    limits = {measure.id: float(largest * 10**measure.decimals) for measure in structure.measures}
    good = np.logical_and.reduce([half_widths[name] <= limit for name, limit in limits.items()])
    return _finest(structure, lambda inside: bool(good[inside].all()))


def finest_by_share(structure: TableStructure, cells: pa.Table, passed: Flags, percent: Fraction) -> Cut:
    """The cut of most cells at which those that `passed` hold at least `percent` of all that its cells hold, in every
    measure. Reads the noisy numbers of `cells`, nothing else. The coarsest cut where none will do.
    """
    numbers = [cells.column(measure.id).to_numpy() for measure in structure.measures]

    def enough(inside: Flags) -> bool:
        shares = ((int(column[inside & passed].sum()), int(column[inside].sum())) for column in numbers)
        return all(100 * part >= percent * whole for part, whole in shares)

    return _finest(structure, enough)


def beyond(structure: TableStructure, cut: Cut) -> Flags:
    """One flag a key of keys.all_keys: whether it is finer than the cut in any dimension."""
    found = np.zeros(len(all_keys(structure)[0]), dtype=np.bool_)
    for dimension, nodes, level in zip(structure.dimensions, all_keys(structure), cut, strict=True):
        found |= np.array(dimension.hierarchy.level_of)[nodes] > level
    return found


def named(structure: TableStructure, cut: Cut) -> tuple[str, ...]:
    """The levels of a cut by name."""
    return tuple(d.hierarchy.levels[level] for d, level in zip(structure.dimensions, cut, strict=True))


def _finest(structure: TableStructure, will_do: Callable[[Flags], bool]) -> Cut:
    """The one of most cells; of equals the one that is finer in the first dimension, then in the second."""
    found = [(int(inside.sum()), cut) for cut, inside in _cuts(structure) if will_do(inside)]
    coarsest = (0,) * len(structure.dimensions)
    return max(found, default=(0, coarsest))[1]


def _cuts(structure: TableStructure) -> Iterator[tuple[Cut, Flags]]:
    """Each cut with its cells, as flags over keys.all_keys."""
    placed = []
    for dimension, nodes in zip(structure.dimensions, all_keys(structure), strict=True):
        tree = dimension.hierarchy
        own, leaf = np.array(tree.level_of)[nodes], np.isin(nodes, np.array(tree.leaves))
        placed.append([(own == level) | (leaf & (own < level)) for level in range(len(tree.levels))])
    for cut in product(*(range(len(levels)) for levels in placed)):
        yield cut, np.logical_and.reduce([levels[level] for levels, level in zip(placed, cut, strict=True)])
