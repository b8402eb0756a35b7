"""Cells that an equation of two makes equal are one unknown: the same system with fewer of them.

A margin with a single cell below it equals that cell. Hiding one of the two while the other is shown hides nothing,
so both are hidden or shown together, and a direction moves both alike. See README.md, section 3.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from publisher.suppression.network import Ranking, choose, ranking
from publisher.suppression.system import LARGEST_COST, AdditiveSystem, Integers, Mask, Status, number_label
from publisher.suppression.witness import Witnesses

FREE_TO_JOIN = (Status.CANDIDATE, Status.PRIMARY, Status.FROZEN_SUPPRESSED)


@dataclass(frozen=True)
class Merged:
    """A smaller system that has the same directions.

    system   the cells that are left, each standing for a group of equal ones
    group    int64[n]  the cell of `system` that stands for each original cell
    ranked   in which order its equations become nodes: those of the original first
    """

    system: AdditiveSystem
    group: Integers
    ranked: Ranking | None = None


def merged(system: AdditiveSystem) -> Merged:
    """Joins equal cells where the equation that makes them equal is a node of the network.

    A joined cell then is an arc as its members are: from the outer end of the one to that of the other.
    """
    original = ranking(system)
    nodes = choose(system, original)[0] > 0
    group, count = _groups(system, nodes)
    matrix = _merged_equations(system, group, count)
    while len(broken := _not_unit(matrix)):
        group, count = _dissolved(group, broken)
        matrix = _merged_equations(system, group, count)
    order = original.order[np.argsort(~nodes[original.order], kind="stable")]
    kept = _distinct(matrix, order)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    ranked = Ranking(np.argsort(place[kept], kind="stable"), np.where(nodes, 1, original.rank)[kept])
    return Merged(_smaller(system, group, count, matrix[kept], system.family[kept]), group, ranked)


def apart(system: AdditiveSystem) -> Merged:
    """The system as it is, every cell standing for itself."""
    return Merged(system, np.arange(system.cells, dtype=np.int64))


def expanded(small: Merged, system: AdditiveSystem, witnesses: Witnesses) -> Witnesses:
    """The same witnesses over the original cells: a group moves as one."""
    members = np.argsort(small.group, kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(small.group, minlength=small.system.cells))])
    size = np.diff(first)
    entry = np.repeat(np.arange(len(witnesses.cell)), size[witnesses.cell])
    length = np.bincount(
        np.repeat(np.arange(len(witnesses.scale)), np.diff(witnesses.start)),
        weights=size[witnesses.cell],
        minlength=len(witnesses.scale),
    ).astype(np.int64)
    primary, which = _each_member(witnesses.primary, system.primaries, small.group)
    guarded, guard = _each_member(witnesses.guarded, system.primaries, small.group)
    return Witnesses(
        start=np.concatenate([[0], np.cumsum(length)]).astype(np.int64),
        cell=members[_run_starts(first[witnesses.cell], size[witnesses.cell])].astype(np.int64),
        up=witnesses.up[entry],
        down=witnesses.down[entry],
        scale=witnesses.scale,
        primary=primary,
        first=witnesses.first[which],
        guarded=guarded,
        guard=witnesses.guard[guard],
    )


def _run_starts(start: Integers, size: Integers) -> Integers:
    """start[0], start[0] + 1 .. (size[0] of them), then start[1] and so on."""
    total = np.cumsum(size)
    return np.arange(int(total[-1]) if len(total) else 0) - np.repeat(total - size - start, size)


def _each_member(chosen: Integers, primaries: Integers, group: Integers) -> tuple[Integers, Integers]:
    """For every entry of `chosen` (small cells), each primary it stands for; and the place of the entry."""
    order = primaries[np.argsort(group[primaries], kind="stable")]
    begin = np.searchsorted(group[order], chosen, side="left")
    size = np.searchsorted(group[order], chosen, side="right") - begin
    return order[_run_starts(begin, size)], np.repeat(np.arange(len(chosen)), size)


def _groups(system: AdditiveSystem, nodes: Mask) -> tuple[Integers, int]:
    """Cells joined by nodes of two cells with opposite signs, both free to be hidden."""
    free = np.isin(system.status, FREE_TO_JOIN)
    pairs = np.flatnonzero(nodes & (np.diff(system.indptr) == 2))
    left, right = system.indptr[pairs], system.indptr[pairs] + 1
    opposite = system.signs[left] == -system.signs[right]
    opposite &= free[system.indices[left]] & free[system.indices[right]]
    first, second = system.indices[left[opposite]], system.indices[right[opposite]]
    one = np.ones(len(first), dtype=np.int8)
    graph = sparse.coo_matrix((one, (first, second)), shape=(system.cells, system.cells))
    count, group = sparse.csgraph.connected_components(graph, directed=False)
    return _dissolved(group.astype(np.int64), _of_two_owners(system, group, count))


def _of_two_owners(system: AdditiveSystem, group: Integers, count: int) -> Integers:
    """The groups whose cells belong to different single contributors."""
    owned = system.owner != 0
    largest = np.zeros(count, dtype=np.int64)
    np.maximum.at(largest, group[owned], system.owner[owned])
    return np.unique(group[owned][system.owner[owned] != largest[group[owned]]])


def _dissolved(group: Integers, broken: Integers) -> tuple[Integers, int]:
    """The cells of some groups stand for themselves again; all numbered anew, in the order of their lowest cell."""
    apart = np.isin(group, broken)
    marked = np.where(apart, len(group) + np.arange(len(group)), group)
    _, first, inverse = np.unique(marked, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse], len(first)


def _merged_equations(system: AdditiveSystem, group: Integers, count: int) -> sparse.csr_matrix:
    """The equations over groups; those that say nothing any more are empty rows."""
    shape = (system.equations, count)
    matrix = sparse.csr_matrix((system.signs.astype(np.int64), group[system.indices], system.indptr), shape=shape)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix


def _not_unit(matrix: sparse.csr_matrix) -> Integers:
    """Groups that an equation counts twice or more."""
    return np.unique(matrix.indices[np.abs(matrix.data) > 1])


def _distinct(matrix: sparse.csr_matrix, order: Integers) -> Integers:
    """The first in `order` of the equations that are the same but for the sign, and not empty; sorted.

    Compared by a 62-bit fingerprint: to take two for the same would cost proposals, never soundness, because
    witnesses are checked against all equations of the original system.
    """
    weight = np.random.Generator(np.random.PCG64(20)).integers(1, 2**62, matrix.shape[1], dtype=np.int64)
    length = np.diff(matrix.indptr)
    rows = np.repeat(np.arange(matrix.shape[0]), length)
    leading = np.ones(matrix.shape[0], dtype=np.int64)
    leading[length > 0] = matrix.data[matrix.indptr[:-1][length > 0]]
    terms = weight[matrix.indices] * matrix.data * leading[rows]
    running = np.concatenate([[0], np.cumsum(terms)])  # wraps around, as a fingerprint may
    print_of = running[matrix.indptr[1:]] - running[matrix.indptr[:-1]]
    places = order[length[order] > 0]
    return np.asarray(np.sort(places[np.unique(print_of[places], return_index=True)[1]]), dtype=np.int64)


def _smaller(
    system: AdditiveSystem, group: Integers, count: int, matrix: sparse.csr_matrix, family: Integers
) -> AdditiveSystem:
    first = np.full(count, system.cells, dtype=np.int64)
    np.minimum.at(first, group, np.arange(system.cells))
    status = np.full(count, int(Status.CANDIDATE), dtype=np.int8)
    for found in (Status.FROZEN_SUPPRESSED, Status.PRIMARY):
        status[group[system.status == found]] = found
    alone = ~np.isin(system.status, FREE_TO_JOIN)
    status[group[alone]] = system.status[alone]
    tie = _ties(system, group, count)
    return replace(
        system,
        indptr=matrix.indptr.astype(np.int64),
        indices=matrix.indices.astype(np.int64),
        signs=matrix.data.astype(np.int8),
        values=system.values[first],
        costs=_costs(system, group, tie),
        upper_level=_largest(system.upper_level, group, count),
        lower_level=_largest(system.lower_level, group, count),
        lower_bound=_largest(system.lower_bound, group, count, floor=-(2**62)),
        upper_bound=-_largest(-system.upper_bound, group, count, floor=-(2**62)),
        status=status,
        owner=_largest(system.owner, group, count),
        tie=tie,
        family=family,
        label=number_label if system.label is number_label else lambda cell: system.label(int(first[cell])),
    )


def _largest(column: Integers, group: Integers, count: int, floor: int = 0) -> Integers:
    largest = np.full(count, floor, dtype=np.int64)
    np.maximum.at(largest, group, column)
    return largest


def _ties(system: AdditiveSystem, group: Integers, count: int) -> Integers:
    """int64[count]: the lowest of the groups that are hidden together, by equality or by an original tie."""
    size = count + system.cells
    one = np.ones(system.cells, dtype=np.int8)
    graph = sparse.coo_matrix((one, (group, count + system.tie)), shape=(size, size))
    found = sparse.csgraph.connected_components(graph, directed=False)[1][:count]
    lowest = np.full(size, count, dtype=np.int64)
    np.minimum.at(lowest, found, np.arange(count))
    return np.asarray(lowest[found], dtype=np.int64)


def _costs(system: AdditiveSystem, group: Integers, tie: Integers) -> Integers:
    """int64[count]: what hiding the tie of each group costs, the sum over the original ties joined in it."""
    dearest = np.zeros(system.cells, dtype=np.int64)
    np.maximum.at(dearest, system.tie, system.costs)
    original = np.flatnonzero(dearest > 0)
    total = np.zeros(len(tie), dtype=np.float64)
    np.add.at(total, tie[group[original]], dearest[original].astype(np.float64))
    return np.clip(total, 1, LARGEST_COST).astype(np.int64)[tie]


def hidden_originals(small: Merged, suppressed: Mask) -> Mask:
    """bool[n]: the original cells of hidden groups."""
    return np.asarray(suppressed[small.group], dtype=np.bool_)
