"""Layers of a table of three dimensions or more: the same plane many times, tied by sums across.

A table commodity x partner x month is a pile of planes, one for each month, quarter and the year. Where a cycle
moves the cells of one plane, the same cells of other planes can follow it: times +1 in the planes that sum up the
first, times -1 in another month and its sums. A *pattern* is such a set of planes with signs; a cycle in one plane
that all planes of a pattern follow balances every equation, within the planes and across. See README.md, section 3.
"""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from publisher.suppression.system import AdditiveSystem, Integers, Mask, margins

PLANE = 2  # so many families of equations a network can hold
MOST = 0.5  # a family ties planes where more than this share of its cells are crowded; fewer are shared by tables
MOST_LEAVES = 64  # planes that sum up no others, for each plane: more patterns than are ever tried
NOWHERE = -1


class Layers(NamedTuple):
    """Planes, places, and the patterns in which planes move together. All empty for a system that is one plane.

    layer                          int64[n]      the plane of each cell
    place                          int64[n]      where in its plane: cells of one place are tied across planes
    cell_at                        int64[places, width]   the cell of a place by the slot of its plane
    pattern_start, pattern         for each plane, the patterns that move it, those of few planes first
    entry_start, entry_slot, entry_sign   for each pattern, its planes and signs; the first is the plane that is
                                   searched, and has sign +1
    tied                           bool[n]       cells that stand in an equation across planes
    crossing                       bool[m]       equations across planes
    """

    layer: Integers
    place: Integers
    cell_at: Integers
    pattern_start: Integers
    pattern: Integers
    entry_start: Integers
    entry_slot: Integers
    entry_sign: Integers
    tied: Mask
    crossing: Mask


def find_layers(system: AdditiveSystem) -> Layers:
    """The layers of a system in which the cells of whole tables stand in equations of more than two families."""
    crossing = _crossing(system)
    if not crossing.any():
        return one_plane(system)
    layer = _groups(system, ~crossing)
    place = _groups(system, crossing)
    width = int(layer.max(initial=-1)) + 1
    if len(np.unique(place * width + layer)) < system.cells:
        return one_plane(system)
    slot, slots = _slots(layer, place)
    cell_at = np.full((int(place.max()) + 1, slots), NOWHERE, dtype=np.int64)
    cell_at[place, slot[layer]] = np.arange(system.cells)
    patterns = _patterns(_sums(system, crossing, layer), width)
    entries = [(slot[plane], sign) for pattern in patterns for plane, sign in pattern]
    moved = np.array([(plane, k) for k, pattern in enumerate(patterns) for plane, _ in pattern], dtype=np.int64)
    by_plane = moved[np.argsort(moved[:, 0], kind="stable")]
    return Layers(
        layer=layer,
        place=place,
        cell_at=cell_at,
        pattern_start=np.searchsorted(by_plane[:, 0], np.arange(width + 1)).astype(np.int64),
        pattern=by_plane[:, 1].astype(np.int64),
        entry_start=np.concatenate([[0], np.cumsum([len(pattern) for pattern in patterns])]).astype(np.int64),
        entry_slot=np.array([at for at, _ in entries], dtype=np.int64),
        entry_sign=np.array([sign for _, sign in entries], dtype=np.int64),
        tied=np.bincount(place)[place] > 1,
        crossing=crossing,
    )


def one_plane(system: AdditiveSystem) -> Layers:
    """No layers: all empty."""
    none, zero = np.zeros(0, np.int64), np.zeros(1, np.int64)
    crossing = np.zeros(system.equations, np.bool_)
    return Layers(none, none, none.reshape(0, 0), zero, none, zero, none, none, none.astype(np.bool_), crossing)


def _crossing(system: AdditiveSystem) -> Mask:
    """bool[m]: the families that are left out, those of few planes first, until no table has more than two.

    A cell is crowded if it stands in more families than a network can hold. Where two tables share some cells, these
    are crowded, too, but few of each family are: such tables are no layers.
    """
    families, own = np.unique(system.family, return_inverse=True)
    stands_in = np.zeros((system.cells, len(families)), dtype=np.bool_)
    stands_in[system.indices, own[system.equation_of_entry]] = True
    crossing = np.zeros(system.equations, dtype=np.bool_)
    while True:
        crowded = stands_in.sum(axis=1) > PLANE
        share = stands_in[crowded].sum(axis=0) / np.maximum(1, stands_in.sum(axis=0))
        candidates = np.flatnonzero(share > MOST)
        if not len(candidates):
            return crossing
        planes = [len(np.unique(_groups(system, ~crossing & (own != each))[crowded])) for each in candidates]
        chosen = candidates[int(np.argmin(planes))]
        crossing |= own == chosen
        stands_in[:, chosen] = False


def _groups(system: AdditiveSystem, equations: Mask) -> Integers:
    """int64[n]: cells that these equations connect have one number, from 0 on."""
    entries = equations[system.equation_of_entry]
    first = np.repeat(system.indices[system.indptr[:-1]], np.diff(system.indptr))[entries]
    one = np.ones(len(first), dtype=np.int64)
    graph = sparse.coo_matrix((one, (first, system.indices[entries])), shape=(system.cells, system.cells))
    return np.asarray(sparse.csgraph.connected_components(graph, directed=False)[1], dtype=np.int64)


def _slots(layer: Integers, place: Integers) -> tuple[Integers, int]:
    """A number for each plane, unique among those that share places; and how many numbers there are."""
    planes, places = int(layer.max()) + 1, int(place.max()) + 1
    size = planes + places
    graph = sparse.coo_matrix((np.ones(len(layer), np.int64), (layer, planes + place)), shape=(size, size))
    pile = sparse.csgraph.connected_components(graph, directed=False)[1][:planes]
    order = np.argsort(pile, kind="stable")
    begin = np.searchsorted(pile[order], pile[order])
    slot = np.empty(planes, dtype=np.int64)
    slot[order] = np.arange(planes) - begin
    return slot, int(slot.max()) + 1


def _sums(system: AdditiveSystem, crossing: Mask, layer: Integers) -> dict[int, set[int]]:
    """plane -> the planes that sum it up, straight."""
    margin = margins(system)[system.equation_of_entry]
    below = crossing[system.equation_of_entry] & (margin >= 0) & (margin != system.indices)
    pairs = np.unique(np.stack([layer[system.indices[below]], layer[margin[below]]], axis=1), axis=0)
    above: dict[int, set[int]] = {}
    for plane, parent in pairs.tolist():
        above.setdefault(plane, set()).add(parent)
    return above


def _patterns(above: dict[int, set[int]], planes: int) -> list[list[tuple[int, int]]]:
    """Sets of planes with signs, those of few planes first; of each the first is a plane that sums up no other.

    One plane alone, for cells that no equation ties across; a plane and all that sum it up; and the difference of
    two of those, in which common sums stand still.
    """
    sums = set().union(*above.values()) if above else set()
    bundles = {plane: _bundle(plane, above) for plane in range(planes) if plane not in sums}
    patterns = [[(plane, 1)] for plane in range(planes)]
    for plane, up in bundles.items():
        if len(up) > 1:
            patterns.append([(plane, 1), *((each, 1) for each in sorted(up - {plane}))])
    for plane, up in bundles.items():
        partners = [other for other, its in bundles.items() if other > plane and up & its][:MOST_LEAVES]
        for other in partners:
            mine, others = sorted(up - bundles[other] - {plane}), sorted(bundles[other] - up)
            patterns.append([(plane, 1), *((each, 1) for each in mine), *((each, -1) for each in others)])
    return sorted(patterns, key=len)


def _bundle(plane: int, above: dict[int, set[int]]) -> set[int]:
    """A plane and all that sum it up, straight or not."""
    found, fresh = {plane}, {plane}
    while fresh:
        fresh = set().union(*(above.get(each, set()) for each in fresh)) - found
        found |= fresh
    return found
