"""Finds a network inside an additive system: cells become arcs between equations.

A cell that stands in two equations with opposite signs is an arc from one to the other, and a cycle of arcs moves
its cells without disturbing either equation. In a table of two trees (commodity x partner) such a network covers
every cell except the *inner* ones, which are margins both ways (chapter x region): these follow from the arcs
by adding up, and are called dependents here. See README.md, section 3.
"""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from publisher.suppression.compiled import compiled, compiled_making_arrays
from publisher.suppression.layers import Layers
from publisher.suppression.system import AdditiveSystem, Integers, Mask, Status, margins

NO_NODE = -1  # the cell is no arc
GROUND = 0  # the node that stands for 'in no other chosen equation'
LOOSE = 2**30  # class of an equation without a parent
LINK = -1  # family of an equation that only says how its parent follows other cells: never a node, looked at last

Small = npt.NDArray[np.int32]
Signs = npt.NDArray[np.int8]


class Network(NamedTuple):
    """Arcs, dependents and the equations of each cell. Indices of cells are those of the system.

    node_start                             int64[4 * nodes + 1]  where the four lists of each node begin: hidden arcs
                                           that begin here, hidden that end here, shown that begin, shown that end
    node_arcs, node_other                  arcs, and the node at the other end
    node_room, node_cost                   how far the cell can fall, and what hiding it costs; hidden arcs lie
                                           roomiest first, shown ones cheapest first
    node_most                              the most room of an entry and all before it in its list
    fresh, fresh_next, listed              linked lists by node: arcs hidden since the lists were arranged; slot a for
                                           the tail of arc a, n + a for its head
    log, logged, noted                     ties hidden since begin_log(), each once; how many, one number; bool[n]
    tie_start, tie_cells                   the cells of each tie
    tail, head                             int32[n]  node where the cell counts +1 and -1, NO_NODE for no arc
    above_start, above, above_sign         for each cell, the dependents that count it, and how
    rank                                   int32[n]  0 for arcs; dependents are computed in rising rank
    below_start, below, below_sign         for each cell, the arcs it adds up, and how; an arc is its own
    equation_start, equation, equation_sign   for each cell, all equations it stands in
    layers                                 how planes of the same cells move together
    """

    node_start: Integers
    node_arcs: Small
    node_other: Small
    node_room: Integers
    node_cost: Integers
    node_most: Integers
    fresh: Small
    fresh_next: Small
    listed: Mask
    log: Integers
    logged: Integers
    noted: Mask
    tie_start: Integers
    tie_cells: Small
    tail: Small
    head: Small
    above_start: Integers
    above: Small
    above_sign: Signs
    rank: Small
    below_start: Integers
    below: Small
    below_sign: Signs
    equation_start: Integers
    equation: Small
    equation_sign: Signs
    layers: Layers


class Ranking(NamedTuple):
    """In which order equations are tried as nodes: int64[m], and each one's class: how many define its margin."""

    order: Integers
    rank: Integers


def ranking(system: AdditiveSystem) -> Ranking:
    """Margins with a single definition first, low ones before high ones."""
    parent = margins(system)
    definers = np.bincount(parent[parent >= 0], minlength=system.cells)
    rank = np.where((parent >= 0) & (system.family != LINK), definers[parent], LOOSE)
    tall = np.where(parent >= 0, _heights(system, parent)[parent], 0)
    return Ranking(np.lexsort((system.family, tall, rank)).astype(np.int64), rank.astype(np.int64))


def find_network(whole: AdditiveSystem, layers: Layers, ranked: Ranking | None = None) -> Network:
    """The network of a system, or of its planes. `ranked`: where ranking() does not tell, see merge.py."""
    system = _within(whole, layers.crossing) if layers.crossing.any() else whole
    parent = margins(system)
    ranked = ranked or ranking(system)
    node, scale = choose(system, ranked)
    tail, head = _ends(system, node, scale)
    defining, rank = _defining(system.indptr, system.indices, parent, ranked.order, node, tail, system.cells)
    counted = _above(system, parent, defining)
    above_start, above, above_sign = _rows(counted)
    below_start, below, below_sign = _rows(_below(counted, tail))
    equation_start, equation, equation_sign = _rows(_columns(whole))
    nodes = int(node.max(initial=0)) + 1
    network = Network(
        node_start=np.zeros(4 * nodes + 1, np.int64),
        node_arcs=np.zeros(0, np.int32),
        node_other=np.zeros(0, np.int32),
        node_room=np.zeros(0, np.int64),
        node_cost=np.zeros(0, np.int64),
        node_most=np.zeros(0, np.int64),
        fresh=np.full(nodes, NO_NODE, np.int32),
        fresh_next=np.full(2 * system.cells, NO_NODE, np.int32),
        listed=np.zeros(system.cells, np.bool_),
        log=np.zeros(system.cells, np.int64),
        logged=np.zeros(1, np.int64),
        noted=np.zeros(system.cells, np.bool_),
        tie_start=np.searchsorted(np.sort(system.tie), np.arange(system.cells + 1)).astype(np.int64),
        tie_cells=np.argsort(system.tie, kind="stable").astype(np.int32),
        tail=tail,
        head=head,
        above_start=above_start,
        above=above,
        above_sign=above_sign,
        rank=rank,
        below_start=below_start,
        below=below,
        below_sign=below_sign,
        equation_start=equation_start,
        equation=equation,
        equation_sign=equation_sign,
        layers=layers,
    )
    return arranged(network, system.status == Status.PRIMARY, system.values - system.lower_bound, system.costs)


def _within(system: AdditiveSystem, crossing: Mask) -> AdditiveSystem:
    """The system without the equations across planes."""
    kept = ~crossing
    entries = kept[system.equation_of_entry]
    return replace(
        system,
        indptr=np.concatenate([[0], np.cumsum(np.diff(system.indptr)[kept])]).astype(np.int64),
        indices=system.indices[entries],
        signs=system.signs[entries],
        family=system.family[kept],
    )


def _heights(system: AdditiveSystem, parent: Integers) -> Integers:
    """How many sums lie below a cell, at most; 0 for a cell that is no margin."""
    height = np.zeros(system.cells, dtype=np.int64)
    known = np.flatnonzero(parent >= 0)
    starts = system.indptr[:-1]
    for _ in range(64):
        if not len(known):
            break
        below = np.where(system.indices == parent[system.equation_of_entry], -1, height[system.indices])
        tallest = np.maximum.reduceat(below, starts) if len(starts) else below
        raised = height.copy()
        np.maximum.at(raised, parent[known], tallest[known] + 1)
        if np.array_equal(raised, height):
            break
        height = raised
    return height


@compiled
def _root(link: Any, turned: Any, equation: int) -> tuple[int, int]:
    """Representative of an equation's group, and whether its scale is opposite to the representative's."""
    turn = 0
    while link[equation] != equation:
        turn ^= turned[equation]
        equation = link[equation]
    return equation, turn


@compiled
def _fits(e: int, indptr: Any, indices: Any, signs: Any, parent: Any, strict: bool, state: Any) -> bool:
    """Whether equation e can join: no cell gets a third end, and every cell keeps two opposite ends."""
    count, first, first_sign, link, turned, _, wanted, wanted_turn = state
    for k in range(indptr[e], indptr[e + 1]):
        cell = indices[k]
        if count[cell] > 1 or (strict and cell != parent[e] and count[cell] != 1):
            return False
        if count[cell] == 1:
            root, turn = _root(link, turned, first[cell])
            turn ^= 1 if signs[k] == first_sign[cell] else 0
            if wanted[root] == e and wanted_turn[root] != turn:
                return False
            wanted[root] = e
            wanted_turn[root] = turn
    return True


@compiled
def _join(e: int, indptr: Any, indices: Any, signs: Any, state: Any) -> None:
    count, first, first_sign, link, turned, size, _, _ = state
    for k in range(indptr[e], indptr[e + 1]):
        cell = indices[k]
        if count[cell] == 1:
            root, turn = _root(link, turned, first[cell])
            own, own_turn = _root(link, turned, e)
            if root != own:
                small, large = (root, own) if size[root] < size[own] else (own, root)
                link[small] = large
                size[large] += size[small]
                turned[small] = turn ^ own_turn ^ (1 if signs[k] == first_sign[cell] else 0)
        else:
            first[cell] = e
            first_sign[cell] = signs[k]
        count[cell] += 1


def choose(system: AdditiveSystem, ranked: Ranking) -> tuple[Small, Signs]:
    """Greedily, the equations that become nodes: node number (0 for none) and scale (+1, -1) of each."""
    order, rank = ranked
    allowed = system.family != LINK
    found: tuple[Small, Signs] = _choose(
        system.indptr, system.indices, system.signs, margins(system), order, rank, allowed, system.cells
    )
    return found


@compiled_making_arrays
def _choose(
    indptr: Any, indices: Any, signs: Any, parent: Any, order: Any, rank: Any, allowed: Any, cells: int
) -> tuple[Any, Any]:
    equations = len(order)
    state = (
        np.zeros(cells, np.int8),
        np.zeros(cells, np.int64),
        np.zeros(cells, np.int8),
        np.arange(equations),
        np.zeros(equations, np.int8),
        np.ones(equations, np.int64),
        np.full(equations, -1, np.int64),
        np.zeros(equations, np.int8),
    )
    node = np.zeros(equations, np.int32)
    nodes = 0
    for e in order:
        if allowed[e] and _fits(e, indptr, indices, signs, parent, rank[e] > 1, state):
            nodes += 1
            node[e] = nodes
            _join(e, indptr, indices, signs, state)
    scale = np.ones(equations, np.int8)
    for e in range(equations):
        if _root(state[3], state[4], e)[1]:
            scale[e] = -1
    return node, scale


def _ends(system: AdditiveSystem, node: Small, scale: Signs) -> tuple[Small, Small]:
    """Tail and head of every cell. A cell in no equation at all hangs loose at the ground, both ends."""
    tail = np.full(system.cells, NO_NODE, dtype=np.int32)
    head = np.full(system.cells, NO_NODE, dtype=np.int32)
    inside = np.flatnonzero(node[system.equation_of_entry] > 0)
    equation, cell = system.equation_of_entry[inside], system.indices[inside]
    plus = scale[equation] * system.signs[inside] > 0
    tail[cell[plus]] = node[equation[plus]]
    head[cell[~plus]] = node[equation[~plus]]
    alone = np.bincount(system.indices, minlength=system.cells) == 0
    touched = (tail != NO_NODE) | (head != NO_NODE) | alone
    tail[touched & (tail == NO_NODE)] = GROUND
    head[touched & (head == NO_NODE)] = GROUND
    return tail, head


@compiled_making_arrays
def _defining(
    indptr: Any, indices: Any, parent: Any, order: Any, node: Any, tail: Any, cells: int
) -> tuple[Any, Any]:
    """For each dependent, the equation it is computed from: the first whose other cells are known; else -1.

    And its rank: one more than the highest of those cells; 0 for arcs.
    """
    defining = np.full(cells, -1, np.int64)
    rank = np.zeros(cells, np.int32)
    for e in order:
        cell = parent[e]
        if node[e] or cell < 0 or tail[cell] != NO_NODE or defining[cell] >= 0:
            continue
        known, highest = True, 0
        for k in range(indptr[e], indptr[e + 1]):
            other = indices[k]
            known = known and (other == cell or tail[other] != NO_NODE or defining[other] >= 0)
            highest = max(highest, rank[other])
        if known:
            defining[cell] = e
            rank[cell] = highest + 1
    return defining, rank


def _above(system: AdditiveSystem, parent: Integers, defining: Integers) -> sparse.csr_matrix:
    """Row: a cell; column: a dependent that counts it; entry: +1 or -1."""
    used = np.zeros(system.equations, dtype=np.bool_)
    used[defining[defining >= 0]] = True
    entries = np.flatnonzero(used[system.equation_of_entry])
    owner = parent[system.equation_of_entry[entries]]
    cell, sign = system.indices[entries], system.signs[entries]
    sign_of_owner = np.zeros(system.cells, dtype=np.int8)
    own = cell == owner
    sign_of_owner[owner[own]] = sign[own]
    data = (-sign_of_owner[owner] * sign)[~own]
    return sparse.csr_matrix((data, (cell[~own], owner[~own])), shape=(system.cells, system.cells))


def _below(above: sparse.csr_matrix, tail: Small) -> sparse.csr_matrix:
    """Row: a cell; column: an arc it adds up, itself or straight or through other dependents."""
    step = above.T.tocsr()
    arcs = sparse.diags((tail != NO_NODE).astype(np.int8), dtype=np.int8).tocsr()
    found, level = step @ arcs, step
    while level.nnz:
        level = (level - level @ arcs) @ step
        level.eliminate_zeros()
        found = found + level @ arcs
    return (found + arcs).tocsr()


def _columns(system: AdditiveSystem) -> sparse.csr_matrix:
    """Row: a cell; column: an equation it stands in; entry: its sign."""
    shape = (system.cells, max(1, system.equations))
    return sparse.csr_matrix((system.signs, (system.indices, system.equation_of_entry)), shape=shape)


def _rows(matrix: sparse.csr_matrix) -> tuple[Integers, Small, Signs]:
    matrix.sort_indices()
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data.astype(np.int8)


def arranged(network: Network, hidden: Mask, room: Integers, cost: Integers) -> Network:
    """The same network with the lists of every node in order. `hidden`, `room`, `cost`: for each cell.

    Loops are left out, for no cycle gains by them.
    """
    nodes = len(network.fresh)
    arcs = np.flatnonzero((network.tail != NO_NODE) & (network.tail != network.head)).astype(np.int32)
    ranked = arcs[np.argsort(np.where(hidden[arcs], -room[arcs], cost[arcs]), kind="stable")]
    shown = np.where(hidden[ranked], 0, 2)
    place = np.concatenate([4 * network.tail[ranked] + shown, 4 * network.head[ranked] + shown + 1])
    order = np.argsort(place, kind="stable")
    listed = np.concatenate([ranked, ranked])[order]
    other = np.concatenate([network.head[ranked], network.tail[ranked]])[order]
    start = np.concatenate([[0], np.cumsum(np.bincount(place, minlength=4 * nodes))]).astype(np.int64)
    network.fresh[:] = NO_NODE
    network.listed[:] = False
    return network._replace(
        node_start=start,
        node_arcs=listed,
        node_other=other,
        node_room=room[listed],
        node_cost=cost[listed],
        node_most=_running_most(start, room[listed]),
    )


@compiled_making_arrays
def _running_most(start: Any, room: Any) -> Any:
    """The largest of each entry and those before it in its list."""
    most = room.copy()
    for row in range(len(start) - 1):
        for k in range(start[row] + 1, start[row + 1]):
            most[k] = max(most[k], most[k - 1])
    return most


@compiled
def begin_log(network: Any) -> None:
    """Forgets which ties were hidden so far."""
    for k in range(network.logged[0]):
        network.noted[network.log[k]] = False
    network.logged[0] = 0


@compiled
def hide(tie: int, network: Any, cells: Any) -> None:
    """Hides the cells of a tie, and lists their arcs as hidden at both ends."""
    cells.hidden[tie] = True
    if not network.noted[tie]:
        network.noted[tie] = True
        network.log[network.logged[0]] = tie
        network.logged[0] += 1
    for k in range(network.tie_start[tie], network.tie_start[tie + 1]):
        arc = network.tie_cells[k]
        if network.tail[arc] != NO_NODE and not network.listed[arc]:
            network.listed[arc] = True
            network.fresh_next[arc] = network.fresh[network.tail[arc]]
            network.fresh[network.tail[arc]] = arc
            network.fresh_next[len(network.tail) + arc] = network.fresh[network.head[arc]]
            network.fresh[network.head[arc]] = len(network.tail) + arc
