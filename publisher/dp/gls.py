"""Generalised least squares over a tree: the best linear unbiased numbers when several levels were measured.

For one tree with independent noise of variance 1 / weight^2 a node, two passes are exact (Hay, Rastogi, Miklau &
Suciu 2010, generalised to any variances):

    up    z = inverse-variance mean of the node's own number and the sum of its children's z, variance v
    down  x = z + v / (sum of the siblings' v) * (parent's x - sum of the siblings' z)

For two trees whose weights multiply, the matrix of what was measured is a Kronecker product, and so is its
pseudo-inverse: first along one tree, then along the other. Variances multiply likewise.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from publisher.model.codelist import Hierarchy

Reals = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Siblings:
    """Nodes of one depth below the roots, sorted by parent; those of parent parents[i] begin at starts[i]."""

    nodes: Places
    parents: Places
    starts: Places
    family: Places


def best_estimates(hierarchy: Hierarchy, measured: Reals, weights: Reals) -> Reals:
    """(nodes, ...) noisy numbers -> (nodes, ...) numbers in which every parent is the sum of its children.

    A node of weight 0 was not measured: its number is ignored. Every leaf must have been measured.
    """
    z, v = measured.astype(np.float64), _own_variance(weights)
    families = _families(hierarchy)
    for family in reversed(families):
        _combine(z, v, weights, family)
    for family in families:
        gap = z[family.parents] - np.add.reduceat(z[family.nodes], family.starts, axis=0)
        share = v[family.nodes] / np.add.reduceat(v[family.nodes], family.starts)[family.family]
        z[family.nodes] += share.reshape(-1, *[1] * (z.ndim - 1)) * gap[family.family]
    return z


def best_variances(hierarchy: Hierarchy, weights: Reals) -> Reals:
    """The variance of each of best_estimates, for noise of variance 1 / weight^2. Depends on no data."""
    v = _own_variance(weights)
    families = _families(hierarchy)
    for family in reversed(families):
        _combine(np.zeros_like(v), v, weights, family)
    for family in families:
        share = v[family.nodes] / np.add.reduceat(v[family.nodes], family.starts)[family.family]
        v[family.nodes] += share * (share * v[family.parents][family.family] - v[family.nodes])
    return v


def _own_variance(weights: Reals) -> Reals:
    with np.errstate(divide="ignore"):
        return 1 / weights.astype(np.float64) ** 2


def _combine(z: Reals, v: Reals, weights: Reals, family: Siblings) -> None:
    """One step up: z and v of the parents from their own and their children's."""
    below = np.add.reduceat(z[family.nodes], family.starts, axis=0)
    below_v = np.add.reduceat(v[family.nodes], family.starts)
    own = weights[family.parents] ** 2 * below_v
    wide = (-1, *[1] * (z.ndim - 1))
    z[family.parents] = (own.reshape(wide) * z[family.parents] + below) / (own + 1).reshape(wide)
    v[family.parents] = below_v / (own + 1)


def _families(hierarchy: Hierarchy) -> list[Siblings]:
    """From the roots' children down."""
    parent = np.array(hierarchy.parent, dtype=np.int64)
    found: list[Siblings] = []
    above = parent < 0
    while True:
        nodes = np.flatnonzero((parent >= 0) & above[parent])
        if not len(nodes):
            return found
        nodes = nodes[np.argsort(parent[nodes], kind="stable")]
        parents, starts, family = np.unique(parent[nodes], return_index=True, return_inverse=True)
        found.append(Siblings(nodes, parents, starts, family))
        above = np.zeros(len(parent), dtype=np.bool_)
        above[nodes] = True
