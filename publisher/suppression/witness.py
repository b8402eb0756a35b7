"""Witnesses: directions that prove how far a hidden cell can move, and the checker that trusts nobody."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from publisher.suppression.system import AdditiveSystem, Integers, Mask


@dataclass(frozen=True)
class Witnesses:
    """Directions, in compressed rows, and which of them stand for which primary cell.

    start           int64[w + 1]  witness w uses the entries start[w] .. start[w + 1] - 1
    cell            int64[e]      the cells it moves, each once
    up, down        int64[e]      two directions: by how much the cells move in each
    scale           int64[w]      both are meant divided by this (1, except for witnesses from a linear program)
    primary         int64[k]      a primary cell ...
    first, second   int64[k]      ... and its witnesses; second is -1 where one is enough

    Directions hold differences to true values: confidential.
    """

    start: Integers
    cell: Integers
    up: Integers
    down: Integers
    scale: Integers
    primary: Integers
    first: Integers
    second: Integers

    def __repr__(self) -> str:
        return f"Witnesses({len(self.scale)} directions for {len(self.primary)} primary cells)"


def unproven(system: AdditiveSystem, suppressed: Mask, witnesses: Witnesses, *, insiders: bool = True) -> Integers:
    """The primary cells that `witnesses` do not prove safe, int64. Independent of how they were found.

    A direction d proves nothing unless, exactly: M d = 0; it moves hidden cells only; values + d keeps the bounds.
    It then shows one table that an attacker cannot tell from the true one. The largest rise and fall of a
    primary over its directions must reach its levels; and where it has one contributor, they must do so
    without the cells that any one other single contributor knows.
    """
    sound = _sound(system, suppressed, witnesses)
    by_primary = dict(zip(witnesses.primary.tolist(), range(len(witnesses.primary)), strict=True))
    rows = np.array([by_primary.get(cell, -1) for cell in system.primaries.tolist()], dtype=np.int64)
    proven = np.zeros(len(system.primaries), dtype=np.bool_)
    if len(witnesses.primary):
        first = _reaches(system, witnesses, sound, witnesses.first)
        second = _reaches(system, witnesses, sound, witnesses.second)
        enough = first
        if insiders:
            alone = system.owner[witnesses.primary] != 0
            enough = first & (~alone | _no_common_owner(system, witnesses, second))
        proven = (rows >= 0) & enough[rows]
    return system.primaries[~proven]


def _sound(system: AdditiveSystem, suppressed: Mask, witnesses: Witnesses) -> Mask:
    """bool[w]: both directions balance every equation, move hidden cells only and keep the bounds."""
    row = np.repeat(np.arange(len(witnesses.scale)), np.diff(witnesses.start))
    scale = witnesses.scale[row]
    good = suppressed[witnesses.cell]
    for amounts in (witnesses.up, witnesses.down):
        room_down = _product(system.values - system.lower_bound, witnesses.cell, scale)
        room_up = _product(system.upper_bound - system.values, witnesses.cell, scale)
        good &= (-amounts <= room_down) & (amounts <= room_up)
    sound = np.ones(len(witnesses.scale), dtype=np.bool_)
    sound[row[~good]] = False
    sound[~_balanced(system, witnesses, row)] = False
    return sound


def _product(room: Integers, cell: Integers, scale: Integers) -> Integers:
    """room * scale, cut at what no amount reaches."""
    return np.minimum(room[cell], 2**62 // scale) * scale


def _balanced(system: AdditiveSystem, witnesses: Witnesses, row: Integers) -> Mask:
    """bool[w]: M d = 0 for both directions, summed equation by equation in exact integers."""
    order = np.argsort(system.indices, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(system.indices, minlength=system.cells))])
    counts = (start[1:] - start[:-1])[witnesses.cell]
    entry = np.repeat(np.arange(len(row)), counts)
    offset = np.arange(len(entry)) - np.repeat(np.cumsum(counts) - counts, counts)
    place = order[start[witnesses.cell[entry]] + offset]
    group = row[entry] * max(1, system.equations) + system.equation_of_entry[place]
    by_group = np.argsort(group, kind="stable")
    edges = np.flatnonzero(np.diff(group[by_group], prepend=-1))
    balanced = np.ones(len(witnesses.scale), dtype=np.bool_)
    for amounts in (witnesses.up, witnesses.down):
        terms = (amounts[entry] * system.signs[place])[by_group]
        if len(edges):
            off = np.add.reduceat(terms, edges) != 0
            balanced[row[entry[by_group[edges[off]]]]] = False
    return balanced


def _reaches(system: AdditiveSystem, witnesses: Witnesses, sound: Mask, chosen: Integers) -> Mask:
    """bool[k]: the chosen witness of each primary is sound and moves it as far as its levels ask."""
    rise, fall = _moves_of(witnesses, chosen)
    scale = witnesses.scale[chosen]
    upper, lower = system.upper_level[witnesses.primary], system.lower_level[witnesses.primary]
    return (chosen >= 0) & sound[chosen] & (rise >= upper * scale) & (fall >= lower * scale)


def _moves_of(witnesses: Witnesses, chosen: Integers) -> tuple[Integers, Integers]:
    """By how much each primary's chosen witness lifts and lowers it (scaled)."""
    rise = np.zeros(len(chosen), dtype=np.int64)
    fall = np.zeros(len(chosen), dtype=np.int64)
    counts = np.where(chosen >= 0, witnesses.start[chosen + 1] - witnesses.start[chosen], 0)
    owner = np.repeat(np.arange(len(chosen)), counts)
    entry = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts) + witnesses.start[chosen[owner]]
    own = witnesses.cell[entry] == witnesses.primary[owner]
    owner, entry = owner[own], entry[own]
    rise[owner] = np.maximum(witnesses.up[entry], witnesses.down[entry])
    fall[owner] = -np.minimum(witnesses.up[entry], witnesses.down[entry])
    return rise, fall


def _no_common_owner(system: AdditiveSystem, witnesses: Witnesses, second_reaches: Mask) -> Mask:
    """bool[k]: no single other contributor knows a cell in every witness of the primary."""
    row = np.repeat(np.arange(len(witnesses.scale)), np.diff(witnesses.start))
    owner = system.owner[witnesses.cell]
    pairs = np.unique(np.stack([row[owner != 0], owner[owner != 0]], axis=1), axis=0)
    start = np.searchsorted(pairs[:, 0], np.arange(len(witnesses.scale) + 1))
    owners: Sequence[int] = pairs[:, 1].tolist()
    safe = np.ones(len(witnesses.primary), dtype=np.bool_)
    for k, (cell, first, second) in enumerate(
        zip(witnesses.primary.tolist(), witnesses.first.tolist(), witnesses.second.tolist(), strict=True)
    ):
        own = int(system.owner[cell])
        if own == 0 or first < 0:
            continue
        known = set(owners[start[first] : start[first + 1]]) - {own}
        if known and second_reaches[k]:
            known &= set(owners[start[second] : start[second + 1]])
        safe[k] = not known
    return safe
