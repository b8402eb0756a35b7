"""The compiled search for the cheapest way between two nodes of the network: Dijkstra's, from both ends.

Arcs that are hidden already cost a hop, shown ones what hiding them costs; only those that can carry the levels of
the job are used.
"""

from typing import Any

from publisher.suppression.compiled import compiled
from publisher.suppression.scratch import CLOSED, DETOUR, FREE, HOP, LIMIT, NONE, RATHER_NONE, UNIT


@compiled
def _push(key: Any, node: Any, size: int, new_key: int, new_node: int) -> int:
    """Adds to a binary heap ordered by (key, node); returns its new size."""
    place = size
    while place:
        parent = (place - 1) >> 1
        if key[parent] < new_key or (key[parent] == new_key and node[parent] <= new_node):
            break
        key[place], node[place] = key[parent], node[parent]
        place = parent
    key[place], node[place] = new_key, new_node
    return size + 1


@compiled
def _pop(key: Any, node: Any, size: int) -> int:
    """Removes the top of the heap; returns its new size."""
    size -= 1
    last_key, last_node = key[size], node[size]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        right = child + 1
        if right < size and (key[right] < key[child] or (key[right] == key[child] and node[right] < node[child])):
            child = right
        if last_key < key[child] or (last_key == key[child] and last_node <= node[child]):
            break
        key[place], node[place] = key[child], node[child]
        place = child
    key[place], node[place] = last_key, last_node
    return size


@compiled
def owner_allowed(owner: int, job: Any, cells: Any, scratch: Any) -> bool:
    if owner == 0 or job.singletons == RATHER_NONE or owner == cells.owner[job.cell]:
        return True
    return bool(scratch.banned[owner] != scratch.stamp[3])


@compiled
def _dependents_weight(arc: int, job: Any, network: Any, cells: Any) -> int:
    """What the shown dependents above an arc weigh, NONE where they shut it."""
    weight = 0
    cell = arc
    while network.above_start[cell] < network.above_start[cell + 1]:
        cell = int(network.above[network.above_start[cell]])
        if not cells.hidden[cells.tie[cell]]:
            if job.dependents == CLOSED or not cells.usable[cell]:
                return NONE
            weight += cells.weight[cell]
    return weight


@compiled
def _weight(arc: int, falls: bool, job: Any, network: Any, cells: Any, scratch: Any) -> int:
    """What using an arc costs in this search, NONE where it cannot be used. `falls`: the cell moves by -1."""
    if scratch.barred[arc] == scratch.stamp[0]:
        return NONE
    weight = _weight_of_cell(arc, falls, job, network, cells, scratch)
    if job.pattern == NONE or weight == NONE:  # noqa: PLR1714  compiled code has no sets
        return weight
    layers = network.layers
    first, last = layers.entry_start[job.pattern], layers.entry_start[job.pattern + 1]
    if last == first + 1 and layers.tied[arc]:
        return NONE
    for k in range(first + 1, last):
        cell = int(layers.cell_at[layers.place[arc], layers.entry_slot[k]])
        if cell == NONE:
            return NONE
        more = _weight_of_cell(cell, falls == (layers.entry_sign[k] > 0), job, network, cells, scratch)
        if more == NONE:
            return NONE
        weight += more
    return weight


@compiled
def _weight_of_cell(cell: int, falls: bool, job: Any, network: Any, cells: Any, scratch: Any) -> int:
    """What moving one cell costs, with the shown dependents above it; NONE where it cannot be moved."""
    if cell == job.cell or not cells.usable[cell]:
        return NONE
    down, up = (job.upper, job.lower) if falls else (job.lower, job.upper)
    if cells.down[cell] < down or cells.up[cell] < up:
        return NONE
    if not owner_allowed(cells.owner[cell], job, cells, scratch):
        return NONE
    weight = HOP
    if job.singletons == RATHER_NONE and cells.owner[cell] != 0:
        weight += DETOUR
    if not cells.hidden[cells.tie[cell]]:
        if job.hidden_only:
            return NONE
        weight += cells.weight[cell]
    if job.dependents != FREE and network.above_start[cell] < network.above_start[cell + 1]:
        more = _dependents_weight(cell, job, network, cells)
        if more == NONE:
            return NONE
        weight += more
    return weight


@compiled
def _relax(
    side: int,
    arc: int,
    other: int,
    falls: bool,
    here: int,
    way: Any,
    job: Any,
    network: Any,
    cells: Any,
    scratch: Any,
) -> None:
    """Offers a node the way over one arc. `way`: heap sizes, the best total so far, where the sides met."""
    stamp = scratch.stamp[0]
    if scratch.settled[side, other] == stamp:
        return
    weight = _weight(arc, falls, job, network, cells, scratch)
    if weight == NONE:
        return
    there = here + weight
    if there >= way[2] or (scratch.seen[side, other] == stamp and scratch.distance[side, other] <= there):
        return
    scratch.distance[side, other] = there
    scratch.seen[side, other] = stamp
    scratch.via[side, other] = arc
    way[side] = _push(scratch.heap_key[side], scratch.heap_node[side], way[side], there, other)
    if scratch.seen[1 - side, other] == stamp and there + scratch.distance[1 - side, other] < way[2]:
        way[2] = there + scratch.distance[1 - side, other]
        way[3] = other


@compiled
def _leads_on(side: int, other: int, falls: bool, job: Any, network: Any, scratch: Any) -> bool:
    """Whether a way that comes to a node by a rising cell can go on there: by a hidden cell that can fall."""
    if falls or not job.hidden_only:
        return True
    if network.fresh[other] != NONE or scratch.seen[1 - side, other] == scratch.stamp[0]:
        return True
    first = network.node_start[4 * other + side]
    return bool(first < network.node_start[4 * other + side + 1] and network.node_room[first] >= job.upper)


@compiled
def _scan_hidden(side: int, node: int, way: Any, job: Any, network: Any, cells: Any, scratch: Any) -> None:
    """Relaxes the hidden arcs of a node: the roomiest first, while they can carry the level."""
    here = scratch.distance[side, node]
    for turn in range(2):
        falls = turn == side
        need = job.upper if falls else job.lower
        for k in range(network.node_start[4 * node + turn], network.node_start[4 * node + turn + 1]):
            if network.node_room[k] < need:
                break
            other = int(network.node_other[k])
            if _leads_on(side, other, falls, job, network, scratch):
                _relax(side, int(network.node_arcs[k]), other, falls, here, way, job, network, cells, scratch)
    slot = int(network.fresh[node])
    while slot != NONE:
        at_tail = slot < len(network.tail)
        arc = slot if at_tail else slot - len(network.tail)
        other = int(network.head[arc] if at_tail else network.tail[arc])
        _relax(side, arc, other, at_tail == (side == 0), here, way, job, network, cells, scratch)
        slot = int(network.fresh_next[slot])


@compiled
def _first_with_room(k: int, stop: int, need: int, network: Any) -> int:
    """The first entry from k on that has room, `stop` where there is none. Cheap cells come first and have little."""
    low, high = k, stop
    while low < high:  # the most room of all entries so far only grows along a list
        middle = (low + high) >> 1
        if network.node_most[middle] < need:
            low = middle + 1
        else:
            high = middle
    while low < stop and network.node_room[low] < need:
        low += 1
    return low


@compiled
def _offer_next(side: int, slot: int, way: Any, job: Any, network: Any, scratch: Any) -> None:
    """Puts the cheapest shown arc left in a list into the heap. `slot`: twice the node, plus 1 for ends."""
    node, turn = slot >> 1, 2 + (slot & 1)
    need = job.upper if (turn - 2) == side else job.lower
    stop = network.node_start[4 * node + turn + 1]
    k = scratch.cursor[side, slot]
    if k < stop and network.node_room[k] < need:
        k = _first_with_room(k, stop, need, network)
    scratch.cursor[side, slot] = k
    if k < stop:
        key = scratch.distance[side, node] + UNIT * network.node_cost[k]
        if key < way[2]:
            entry = len(network.fresh) + slot
            way[side] = _push(scratch.heap_key[side], scratch.heap_node[side], way[side], key, entry)


@compiled
def _settle(side: int, node: int, way: Any, job: Any, network: Any, cells: Any, scratch: Any) -> None:
    """Opens the lists of a node that a side has reached for good."""
    if scratch.settled[side, node] == scratch.stamp[0]:
        return
    scratch.settled[side, node] = scratch.stamp[0]
    scratch.stamp[5] += 1
    _scan_hidden(side, node, way, job, network, cells, scratch)
    for turn in range(0 if job.hidden_only else 2):
        scratch.cursor[side, 2 * node + turn] = network.node_start[4 * node + 2 + turn]
        _offer_next(side, 2 * node + turn, way, job, network, scratch)


@compiled
def _take(side: int, slot: int, way: Any, job: Any, network: Any, cells: Any, scratch: Any) -> None:
    """Relaxes the shown arc that a list has in the heap, and offers the next."""
    k = scratch.cursor[side, slot]
    arc, other = int(network.node_arcs[k]), int(network.node_other[k])
    here = scratch.distance[side, slot >> 1]
    _relax(side, arc, other, (slot & 1) == side, here, way, job, network, cells, scratch)
    scratch.cursor[side, slot] = k + 1
    _offer_next(side, slot, way, job, network, scratch)


@compiled
def shortest_way(source: int, target: int, job: Any, network: Any, cells: Any, scratch: Any) -> int:
    """Finds the cheapest way from source to another node, target; returns where the two searches met, or NONE.

    Only ways that cost less than the limit in the scratch are found. Each side is a full Dijkstra search; the side
    with the smaller heap goes first, so that a small enclosure ends the search quickly. No better way exists once
    the two tops add up to the best found. Shown arcs wait in lists sorted by cost, of which only the cheapest is in
    the heap.
    """
    stamp, nodes = scratch.stamp[0], len(network.fresh)
    way = scratch.way
    way[0], way[1], way[2], way[3] = 0, 0, scratch.stamp[LIMIT], NONE
    for side in range(2):
        start = source if side == 0 else target
        scratch.distance[side, start] = 0
        scratch.seen[side, start] = stamp
        scratch.via[side, start] = NONE
        way[side] = _push(scratch.heap_key[side], scratch.heap_node[side], 0, 0, start)
    while way[0] and way[1] and scratch.heap_key[0, 0] + scratch.heap_key[1, 0] < way[2]:
        side = 0 if way[0] <= way[1] else 1
        entry = int(scratch.heap_node[side, 0])
        way[side] = _pop(scratch.heap_key[side], scratch.heap_node[side], way[side])
        if entry < nodes:
            _settle(side, entry, way, job, network, cells, scratch)
        else:
            _take(side, entry - nodes, way, job, network, cells, scratch)
    return int(way[3])
