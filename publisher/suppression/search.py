"""The compiled search for cycles: which cells can move against a primary cell, at the least cost.

A *cycle* moves a primary cell by +1 and other cells by -1 or +1 so that no equation is disturbed. Scaled by the
levels it is a witness of both bounds. The search is Dijkstra's from both ends of the primary's arc; then the
dependents are added up, every touched equation is recomputed, and what does not sum to zero is thrown away.
"""

from typing import Any, NamedTuple

import numpy as np

from publisher.suppression.compiled import compiled
from publisher.suppression.network import Network
from publisher.suppression.system import Integers, Mask

HOP = 1  # every arc of a cycle costs this, so that short witnesses win ties
UNIT = 64  # what one unit of a cell's cost weighs against hops
NONE = -1
UNLIMITED = 2**62
PROXIES, FEW_PROXIES = 6, 2  # arcs below a dependent that are tried; among hidden cells only

DETOUR = 2  # hops that a search rather makes than use a cell of a single contributor

# Which cells of single contributors a search may use: all, but rather none; all but those of banned contributors.
RATHER_NONE, NOT_BANNED = 0, 1
FREE, CLOSED, COUNTED = 0, 1, 2  # arcs that move a shown dependent: free of charge / shut / charged for it


class Cells(NamedTuple):
    """What the search knows of each cell. `hidden` runs over ties and grows as the search goes on."""

    down: Integers  # how far a cell can fall
    up: Integers  # how far it can rise
    weight: Integers  # what hiding it costs, times UNIT
    tie: Integers
    owner: Integers  # the only contributor, numbered from 1; 0 where there are several
    usable: Mask
    hidden: Mask


class Job(NamedTuple):
    """One search: the primary, the levels its cycle must carry, and what may be used."""

    cell: int
    upper: int
    lower: int
    singletons: int
    dependents: int
    hidden_only: bool


class Scratch(NamedTuple):
    """Working memory, allocated once. Index 0 is the search from the tail's side, 1 from the head's."""

    distance: Integers  # [2, nodes]
    seen: Integers  # [2, nodes] stamp of the search that wrote distance
    settled: Integers  # [2, nodes]
    via: Integers  # [2, nodes] arc by which the node was reached
    cursor: Integers  # [2, 2 * nodes] where each list of shown arcs is read on
    heap_key: Integers  # [2, room]
    heap_node: Integers  # [2, room]
    amount: Integers  # [n] by how much the found cycle moves each cell
    touched: Integers  # [n] stamp of the cycle that wrote amount
    barred: Integers  # [n] stamp of the search that must not use the arc
    residual: Integers  # [equations]
    balanced: Integers  # [equations] stamp
    support: Integers  # [n] the cells a cycle moves
    banned: Integers  # [owners + 1] stamp of the search that must not use an owner's cells
    knows: Integers  # [owners + 1] stamp: the owner knows a cell of each witness of the primary so far
    insiders: Integers  # [owners + 1] list of those who do
    tried: Integers  # [PROXIES] entries below the primary that the search has gone through
    way: Integers  # [4] of the search under way: heap sizes of both sides, the best total, where it met
    stamp: Integers  # [7] counters: searches, cycles, length of support, bans, knowledge, steps; most steps


def make_scratch(network: Network, equations: int, owners: int) -> Scratch:
    """Working memory for one network; owners are numbered from 1 to `owners`."""
    nodes, cells = len(network.fresh), len(network.tail)
    room = len(network.node_arcs) + 2 * nodes + 2  # every arc once from each end, and the lists
    return Scratch(
        np.zeros((2, nodes), np.int64),
        np.zeros((2, nodes), np.int64),
        np.zeros((2, nodes), np.int64),
        np.zeros((2, nodes), np.int64),
        np.zeros((2, 2 * nodes), np.int64),
        np.zeros((2, room), np.int64),
        np.zeros((2, room), np.int64),
        np.zeros(cells, np.int64),
        np.zeros(cells, np.int64),
        np.zeros(cells, np.int64),
        np.zeros(max(1, equations), np.int64),
        np.zeros(max(1, equations), np.int64),
        np.zeros(max(1, cells), np.int64),
        np.zeros(owners + 1, np.int64),
        np.zeros(owners + 1, np.int64),
        np.zeros(owners + 1, np.int64),
        np.zeros(PROXIES, np.int64),
        np.zeros(4, np.int64),
        np.array([0, 0, 0, 0, 0, 0, UNLIMITED], dtype=np.int64),
    )


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
def _owner_allowed(owner: int, job: Any, cells: Any, scratch: Any) -> bool:
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
    if arc == job.cell or not cells.usable[arc] or scratch.barred[arc] == scratch.stamp[0]:
        return NONE
    down, up = (job.upper, job.lower) if falls else (job.lower, job.upper)
    if cells.down[arc] < down or cells.up[arc] < up:
        return NONE
    if not _owner_allowed(cells.owner[arc], job, cells, scratch):
        return NONE
    weight = HOP
    if job.singletons == RATHER_NONE and cells.owner[arc] != 0:
        weight += DETOUR
    if not cells.hidden[cells.tie[arc]]:
        if job.hidden_only:
            return NONE
        weight += cells.weight[arc]
    if job.dependents != FREE and network.above_start[arc] < network.above_start[arc + 1]:
        more = _dependents_weight(arc, job, network, cells)
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

    Each side is a full Dijkstra search; the side with the smaller heap goes first, so that a small enclosure
    ends the search quickly. No better way exists once the two tops add up to the best found. Shown arcs wait in
    lists sorted by cost, of which only the cheapest is in the heap.
    """
    stamp, nodes = scratch.stamp[0], len(network.fresh)
    way = scratch.way
    way[0], way[1], way[2], way[3] = 0, 0, UNLIMITED, NONE
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


@compiled
def _move(cell: int, by: int, scratch: Any) -> None:
    """Adds to the cycle's amounts."""
    if scratch.touched[cell] != scratch.stamp[1]:
        scratch.touched[cell] = scratch.stamp[1]
        scratch.amount[cell] = 0
        scratch.support[scratch.stamp[2]] = cell
        scratch.stamp[2] += 1
    scratch.amount[cell] += by


@compiled
def _trace(side: int, node: int, network: Any, scratch: Any) -> None:
    """Adds the arcs from the meeting point back to where a side began."""
    arc = scratch.via[side, node]
    while arc != NONE:
        came_from_tail = network.head[arc] == node
        _move(arc, -1 if came_from_tail == (side == 0) else 1, scratch)
        node = int(network.tail[arc] if came_from_tail else network.head[arc])
        arc = scratch.via[side, node]


@compiled
def _add_dependents(network: Any, scratch: Any) -> None:
    """Adds up the dependents above all moved cells, lower ranks first."""
    rank, done = 0, 0
    while True:
        for k in range(scratch.stamp[2]):
            cell = scratch.support[k]
            if network.rank[cell] == rank and scratch.amount[cell] != 0:
                for entry in range(network.above_start[cell], network.above_start[cell + 1]):
                    _move(int(network.above[entry]), network.above_sign[entry] * scratch.amount[cell], scratch)
        done = rank
        rank = 2**30
        for k in range(scratch.stamp[2]):
            if done < network.rank[scratch.support[k]] < rank:
                rank = network.rank[scratch.support[k]]
        if rank == 2**30:
            return


@compiled
def _balances(network: Any, scratch: Any) -> bool:
    """Whether every equation that a moved cell stands in still sums to zero."""
    for k in range(scratch.stamp[2]):
        cell = scratch.support[k]
        for entry in range(network.equation_start[cell], network.equation_start[cell + 1]):
            equation = network.equation[entry]
            if scratch.balanced[equation] != scratch.stamp[1]:
                scratch.balanced[equation] = scratch.stamp[1]
                scratch.residual[equation] = 0
            scratch.residual[equation] += network.equation_sign[entry] * scratch.amount[cell]
    for k in range(scratch.stamp[2]):
        cell = scratch.support[k]
        for entry in range(network.equation_start[cell], network.equation_start[cell + 1]):
            if scratch.residual[network.equation[entry]] != 0:
                return False
    return True


@compiled
def _price(job: Any, cells: Any, scratch: Any) -> int:
    """What hiding the cycle costs; NONE where a moved cell cannot carry it or must not be used."""
    price = 0
    for k in range(scratch.stamp[2]):
        cell = scratch.support[k]
        by = scratch.amount[cell]
        if by == 0:
            continue
        price += HOP
        falls, rises = (-by * job.upper, -by * job.lower) if by < 0 else (by * job.lower, by * job.upper)
        if not cells.usable[cell] or cells.down[cell] < falls or cells.up[cell] < rises:
            return NONE
        if cell != job.cell and not _owner_allowed(cells.owner[cell], job, cells, scratch):
            return NONE
        if not cells.hidden[cells.tie[cell]]:
            if job.hidden_only:
                return NONE
            price += cells.weight[cell]
    return price


@compiled
def _cycle(arc: int, sign: int, job: Any, network: Any, cells: Any, scratch: Any) -> int:
    """Closes a cycle through `arc` that moves it by `sign`; leaves it in the scratch. Price, or NONE."""
    tail, head = int(network.tail[arc]), int(network.head[arc])
    source, target = (tail, head) if sign > 0 else (head, tail)
    meeting = source
    if source != target:
        meeting = shortest_way(source, target, job, network, cells, scratch)
    if meeting == NONE:
        return NONE
    scratch.stamp[1] += 1
    scratch.stamp[2] = 0
    _move(arc, sign, scratch)
    for side in range(2 if source != target else 0):
        _trace(side, meeting, network, scratch)
    _add_dependents(network, scratch)
    if scratch.touched[job.cell] != scratch.stamp[1] or scratch.amount[job.cell] != 1:
        return NONE
    return _price(job, cells, scratch) if _balances(network, scratch) else NONE


@compiled
def _tried(entry: int, scratch: Any) -> bool:
    """Whether this search has gone through an entry already."""
    found = False
    for turn in range(PROXIES):
        found = found or scratch.tried[turn] == entry
    return found


@compiled
def _next_entry(start: int, stop: int, job: Any, network: Any, cells: Any, scratch: Any) -> int:
    """The entry of the best untried arc below a cell: hidden before shown, then the roomiest; or NONE."""
    found, found_hidden, found_room = NONE, False, -1
    for entry in range(start, stop):
        arc = network.below[entry]
        room = min(cells.down[arc], cells.up[arc])
        hidden = cells.hidden[cells.tie[arc]]
        if not cells.usable[arc] or (job.hidden_only and not hidden):
            continue
        if cells.down[arc] < job.lower or cells.up[arc] < job.upper or _tried(entry, scratch):
            continue
        if found == NONE or (hidden and not found_hidden) or (hidden == found_hidden and room > found_room):
            found, found_hidden, found_room = entry, hidden, room
    return found


@compiled
def find_cycle(job: Any, network: Any, cells: Any, scratch: Any) -> int:
    """The cheapest cycle found for one job, left in the scratch; its price, or NONE.

    An arc is moved itself; a dependent through one of the arcs it adds up, the others standing still. A few are
    tried, and the best once more, for the scratch holds one cycle only.
    """
    start, stop = network.below_start[job.cell], network.below_start[job.cell + 1]
    for turn in range(PROXIES):
        scratch.tried[turn] = NONE
    best, chosen, price, last = UNLIMITED, NONE, NONE, NONE
    proxies = FEW_PROXIES if job.hidden_only else PROXIES
    for turn in range(proxies + 1):
        entry = _next_entry(start, stop, job, network, cells, scratch) if turn < proxies else NONE
        if entry == NONE:
            if chosen == last:
                break
            entry = chosen
        else:
            scratch.tried[turn] = entry
        scratch.stamp[0] += 1
        for other in range(start, stop):
            scratch.barred[network.below[other]] = scratch.stamp[0]
        arc, sign = int(network.below[entry]), int(network.below_sign[entry])
        price = _cycle(arc, sign, job, network, cells, scratch)
        last = entry
        if price != NONE and job.hidden_only:
            return price
        if price != NONE and price < best:
            best, chosen = price, entry
    return best if chosen != NONE else NONE


@compiled
def shows_dependent(network: Any, cells: Any, scratch: Any) -> bool:
    """Whether the cycle in the scratch would hide a dependent that is still shown."""
    for k in range(scratch.stamp[2]):
        cell = scratch.support[k]
        if scratch.amount[cell] != 0 and network.rank[cell] > 0 and not cells.hidden[cells.tie[cell]]:
            return True
    return False


@compiled
def best_cycle(job: Any, network: Any, cells: Any, scratch: Any) -> int:
    """The cheapest of three searches, that treat shown dependents as free, shut, and charged for."""
    best, chosen, plan = NONE, NONE, FREE
    for turn in range(4):
        plan = turn if turn < 3 else chosen
        if turn == 3 and chosen in (NONE, COUNTED):
            break
        trial = Job(job.cell, job.upper, job.lower, job.singletons, plan, job.hidden_only)
        price = find_cycle(trial, network, cells, scratch)
        if price != NONE and (job.hidden_only or (turn == 0 and not shows_dependent(network, cells, scratch))):
            return price
        if len(network.above) == 0 or (turn == 1 and job.hidden_only):
            break
        if price != NONE and (best == NONE or price < best):
            best, chosen = price, plan
    return best
