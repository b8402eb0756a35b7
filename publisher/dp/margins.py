"""Margins of additive measures: sums of the noisy finest cells, so that nothing is measured twice."""

from typing import cast

import numpy as np
import numpy.typing as npt

from publisher.model.codelist import Hierarchy
from publisher.model.structure import TableStructure

Integers = npt.NDArray[np.int64]


def with_margins(structure: TableStructure, finest: Integers) -> Integers:
    """One number a key of keys.all_keys, from one number a key of keys.finest_keys. Exact."""
    hierarchies = [dimension.hierarchy for dimension in structure.dimensions]
    cube = finest.reshape([len(hierarchy.leaves) for hierarchy in hierarchies])
    for axis, hierarchy in enumerate(hierarchies):
        cube = np.moveaxis(_summed_up(hierarchy, np.moveaxis(cube, axis, 0)), 0, axis)
    return cast(Integers, cube.ravel())


def _summed_up(hierarchy: Hierarchy, leaves: Integers) -> Integers:
    """(leaves, ...) -> (nodes, ...). From fine to coarse, so that a child is complete before its parent needs it."""
    nodes = np.zeros((len(hierarchy.codes), *leaves.shape[1:]), dtype=np.int64)
    nodes[list(hierarchy.leaves)] = leaves
    for node in range(len(hierarchy.codes) - 1, -1, -1):
        if hierarchy.parent[node] >= 0:
            nodes[hierarchy.parent[node]] += nodes[node]
    return nodes
