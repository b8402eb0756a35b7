"""The compiled search for cycles: which cells can move against a primary cell, at the least cost.

A *cycle* moves a primary cell by +1 and other cells by -1 or +1 so that no equation is disturbed. Scaled by the
levels it is a witness of both bounds. A way between the ends of the primary's arc closes it (way.py); then the
dependents are added up, every touched equation is recomputed, and what does not sum to zero is thrown away.
"""

from typing import Any

from publisher.suppression.compiled import compiled
from publisher.suppression.scratch import (
    CLOSED,
    COUNTED,
    FEW_PROXIES,
    FREE,
    HOP,
    KEPT,
    LIMIT,
    NONE,
    PATTERNS,
    PROXIES,
    UNLIMITED,
    Job,
)
from publisher.suppression.way import owner_allowed, shortest_way


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
def _move_planes(arc: int, by: int, job: Any, network: Any, scratch: Any) -> None:
    """Adds an arc to the cycle's amounts, and what follows it in the other planes of the pattern."""
    _move(arc, by, scratch)
    if job.pattern == NONE:
        return
    layers = network.layers
    for k in range(layers.entry_start[job.pattern] + 1, layers.entry_start[job.pattern + 1]):
        cell = int(layers.cell_at[layers.place[arc], layers.entry_slot[k]])
        if cell != NONE:
            _move(cell, by * layers.entry_sign[k], scratch)


@compiled
def _trace(side: int, node: int, job: Any, network: Any, scratch: Any) -> None:
    """Adds the arcs from the meeting point back to where a side began."""
    arc = scratch.via[side, node]
    while arc != NONE:
        came_from_tail = network.head[arc] == node
        _move_planes(arc, -1 if came_from_tail == (side == 0) else 1, job, network, scratch)
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
        if cell != job.cell and not owner_allowed(cells.owner[cell], job, cells, scratch):
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
    _move_planes(arc, sign, job, network, scratch)
    for side in range(2 if source != target else 0):
        _trace(side, meeting, job, network, scratch)
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
        falls = network.below_sign[entry] * job.sign < 0
        down, up = (job.upper, job.lower) if falls else (job.lower, job.upper)
        if not cells.usable[arc] or (job.hidden_only and not hidden):
            continue
        if cells.down[arc] < down or cells.up[arc] < up or _tried(entry, scratch):
            continue
        if found == NONE or (hidden and not found_hidden) or (hidden == found_hidden and room > found_room):
            found, found_hidden, found_room = entry, hidden, room
    return found


@compiled
def _keep(price: int, scratch: Any) -> None:
    """Remembers the cycle in the scratch as the best so far; later ones must cost less."""
    scratch.stamp[LIMIT] = price
    kept = 0
    for k in range(scratch.stamp[2]):
        cell = scratch.support[k]
        if scratch.amount[cell] != 0:
            scratch.kept[kept] = cell
            scratch.kept_amount[kept] = scratch.amount[cell]
            kept += 1
    scratch.stamp[KEPT] = kept


@compiled
def _restore(scratch: Any) -> None:
    """Leaves the best cycle in the scratch."""
    scratch.stamp[1] += 1
    scratch.stamp[2] = 0
    for k in range(scratch.stamp[KEPT]):
        _move(scratch.kept[k], scratch.kept_amount[k], scratch)


@compiled
def find_cycle(job: Any, network: Any, cells: Any, scratch: Any) -> bool:
    """Seeks a cycle for one job that costs less than the limit; keeps the cheapest found. Whether there was one.

    An arc is moved itself; a dependent through one of the arcs it adds up, the others standing still. A few are
    tried; among hidden cells the first that serves is taken.
    """
    start, stop = network.below_start[job.key], network.below_start[job.key + 1]
    for turn in range(PROXIES):
        scratch.tried[turn] = NONE
    better = False
    for turn in range(FEW_PROXIES if job.hidden_only else PROXIES):
        entry = _next_entry(start, stop, job, network, cells, scratch)
        if entry == NONE or (better and job.hidden_only):
            break
        scratch.tried[turn] = entry
        scratch.stamp[0] += 1
        for other in range(start, stop):
            scratch.barred[network.below[other]] = scratch.stamp[0]
        arc, sign = int(network.below[entry]), int(network.below_sign[entry]) * job.sign
        price = _cycle(arc, sign, job, network, cells, scratch)
        if price != NONE and price < scratch.stamp[LIMIT]:
            _keep(price, scratch)
            better = True
    return better


@compiled
def _keeps_shown_dependent(network: Any, cells: Any, scratch: Any) -> bool:
    """Whether the cycle kept would hide a dependent that is still shown."""
    for k in range(scratch.stamp[KEPT]):
        cell = scratch.kept[k]
        if network.rank[cell] > 0 and not cells.hidden[cells.tie[cell]]:
            return True
    return False


@compiled
def _try_plans(job: Any, network: Any, cells: Any, scratch: Any) -> None:
    """Three searches, that treat shown dependents as free, charge for them, and shut them.

    The first is the least of all where it moves none; the last can only find what the second finds too, unless that
    one counted a dependent twice.
    """
    nothing = scratch.stamp[LIMIT] == UNLIMITED
    for turn in range(3):
        plan = FREE if turn == 0 else (COUNTED if turn == 1 and not job.hidden_only else CLOSED)
        trial = Job(
            job.cell, job.upper, job.lower, job.singletons, plan, job.hidden_only, job.pattern, job.key, job.sign
        )
        better = find_cycle(trial, network, cells, scratch)
        if better and (job.hidden_only or not _keeps_shown_dependent(network, cells, scratch)):
            return
        if len(network.above) == 0 or (turn == 1 and job.hidden_only) or not (better or nothing):
            return


@compiled
def plain_job(cell: int, upper: int, lower: int, singletons: int, hidden_only: bool) -> Job:
    """A search for a primary, as best_cycle() takes it."""
    return Job(cell, upper, lower, singletons, FREE, hidden_only, NONE, cell, 1)


@compiled
def _in_pattern(job: Any, pattern: int, layers: Any) -> Job:
    """The same search in one pattern of planes; `key` is NONE where the primary's place lacks one of them."""
    place, first, last = layers.place[job.cell], layers.entry_start[pattern], layers.entry_start[pattern + 1]
    key, sign = int(layers.cell_at[place, layers.entry_slot[first]]), 1
    for k in range(first, last):
        cell = layers.cell_at[place, layers.entry_slot[k]]
        if cell == NONE or (last == first + 1 and layers.tied[cell]):
            key = NONE
        elif cell == job.cell:
            sign = int(layers.entry_sign[k])
    return Job(job.cell, job.upper, job.lower, job.singletons, job.dependents, job.hidden_only, pattern, key, sign)


@compiled
def best_cycle(job: Any, network: Any, cells: Any, scratch: Any) -> int:
    """The cheapest cycle found, left in the scratch: of all patterns of planes tried; its price, or NONE."""
    scratch.stamp[LIMIT] = UNLIMITED
    layers = network.layers
    if len(layers.layer) == 0:
        _try_plans(job, network, cells, scratch)
    else:
        plane, tried = layers.layer[job.cell], 0
        for k in range(layers.pattern_start[plane], layers.pattern_start[plane + 1]):
            trial = _in_pattern(job, int(layers.pattern[k]), layers)
            if trial.key == NONE:
                continue
            _try_plans(trial, network, cells, scratch)
            tried += 1
            if tried == PATTERNS or (job.hidden_only and scratch.stamp[LIMIT] < UNLIMITED):
                break
    if scratch.stamp[LIMIT] == UNLIMITED:
        return NONE
    _restore(scratch)
    return int(scratch.stamp[LIMIT])
