"""Witnesses: directions that prove how far a hidden cell can move, and the checker that trusts nobody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from publisher.suppression.system import AdditiveSystem, Integers, Mask

GUARD_PARTS = 10  # which part of its upper level a primary keeps against insiders


@dataclass(frozen=True)
class Witnesses:
    """Directions, in compressed rows, and which of them stand for which primary cell.

    start           int64[w + 1]  witness w uses the entries start[w] .. start[w + 1] - 1
    cell            int64[e]      the cells it moves, each once
    up, down        int64[e]      two directions: by how much the cells move in each
    scale           int64[w]      both are meant divided by this (1, except for witnesses from a linear program)
    primary         int64[k]      a primary cell ...
    first           int64[k]      ... and the witness of its levels
    guarded, guard  int64[g]      a primary cell (several times, or not at all), and a witness for it against those
                                  insiders who know a cell of the first

    Directions hold differences to true values: confidential.
    """

    start: Integers
    cell: Integers
    up: Integers
    down: Integers
    scale: Integers
    primary: Integers
    first: Integers
    guarded: Integers
    guard: Integers

    def __repr__(self) -> str:
        return f"Witnesses({len(self.scale)} directions for {len(self.primary)} primary cells)"


def together(parts: Sequence[Witnesses]) -> Witnesses:
    """The witnesses of several searches as one, in their order. Raises ValueError where there is none."""
    directions = np.cumsum([0, *(len(part.scale) for part in parts)]).tolist()
    entries = np.cumsum([0, *(len(part.cell) for part in parts)]).tolist()
    ends = [part.start[1:] + before for part, before in zip(parts, entries, strict=False)]
    return Witnesses(
        start=np.concatenate([np.zeros(1, dtype=np.int64), *ends]),
        cell=np.concatenate([part.cell for part in parts]),
        up=np.concatenate([part.up for part in parts]),
        down=np.concatenate([part.down for part in parts]),
        scale=np.concatenate([part.scale for part in parts]),
        primary=np.concatenate([part.primary for part in parts]),
        first=np.concatenate([part.first + before for part, before in zip(parts, directions, strict=False)]),
        guarded=np.concatenate([part.guarded for part in parts]),
        guard=np.concatenate([part.guard + before for part, before in zip(parts, directions, strict=False)]),
    )


def insider_level(system: AdditiveSystem) -> Integers:
    """int64[n]: how far, up or down, a primary must be able to move for each insider.

    A tenth of its upper level, rounded up: at least 1.
    """
    return np.asarray(-(-system.upper_level // GUARD_PARTS), dtype=np.int64)


def unproven(system: AdditiveSystem, suppressed: Mask, witnesses: Witnesses, *, insiders: bool = True) -> Integers:
    """The primary cells that `witnesses` do not prove safe, int64. Independent of how they were found.

    A direction d proves nothing unless, exactly: M d = 0; it moves hidden cells only; values + d keeps the bounds.
    It then shows one table that an attacker cannot tell from the true one. The first witness of a primary must
    reach its levels. For each insider (who knows the cells of which it is the single contributor), some witness
    must move none of its cells, and move the primary by insider_level(), up or down. An insider's own primary
    cells are no secret to it.
    """
    holds = sound(system, suppressed, witnesses)
    rise, fall = _moves_of(witnesses, witnesses.primary, witnesses.first)
    proven = holds[witnesses.first] & _reaches(system, witnesses, witnesses.primary, witnesses.first, rise, fall)
    if insiders:
        proven &= _guarded(system, witnesses, holds)
    return np.asarray(np.setdiff1d(system.primaries, witnesses.primary[proven]), dtype=np.int64)


def sound(system: AdditiveSystem, suppressed: Mask, witnesses: Witnesses) -> Mask:
    """bool[w]: both directions balance every equation, move hidden cells only and keep the bounds."""
    row = np.repeat(np.arange(len(witnesses.scale)), np.diff(witnesses.start))
    scale = witnesses.scale[row]
    good = suppressed[witnesses.cell]
    for amounts in (witnesses.up, witnesses.down):
        room_down = _product(system.values - system.lower_bound, witnesses.cell, scale)
        room_up = _product(system.upper_bound - system.values, witnesses.cell, scale)
        good &= (-amounts <= room_down) & (amounts <= room_up)
    holds = np.ones(len(witnesses.scale), dtype=np.bool_)
    holds[row[~good]] = False
    holds[~_balanced(system, witnesses, row)] = False
    return holds


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


def _reaches(
    system: AdditiveSystem, witnesses: Witnesses, primary: Integers, chosen: Integers, rise: Integers, fall: Integers
) -> Mask:
    """bool[k]: the chosen witness of each primary moves it as far as its levels ask."""
    scale = witnesses.scale[chosen]
    return (rise >= system.upper_level[primary] * scale) & (fall >= system.lower_level[primary] * scale)


def _moves_of(witnesses: Witnesses, primary: Integers, chosen: Integers) -> tuple[Integers, Integers]:
    """By how much the chosen witness of each primary lifts and lowers it (scaled), 0 or more."""
    rise = np.zeros(len(chosen), dtype=np.int64)
    fall = np.zeros(len(chosen), dtype=np.int64)
    counts = witnesses.start[chosen + 1] - witnesses.start[chosen]
    row = np.repeat(np.arange(len(chosen)), counts)
    entry = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts) + witnesses.start[chosen[row]]
    own = witnesses.cell[entry] == primary[row]
    row, entry = row[own], entry[own]
    rise[row] = np.maximum(0, np.maximum(witnesses.up[entry], witnesses.down[entry]))
    fall[row] = np.maximum(0, -np.minimum(witnesses.up[entry], witnesses.down[entry]))
    return rise, fall


def _guarded(system: AdditiveSystem, witnesses: Witnesses, sound: Mask) -> Mask:
    """bool[k]: no single other contributor knows a cell in the first witness and in each good guard of a primary."""
    owners = _owners(system, witnesses)
    guards = _good_guards(system, witnesses, sound)
    safe = np.ones(len(witnesses.primary), dtype=np.bool_)
    for k, (cell, first) in enumerate(zip(witnesses.primary.tolist(), witnesses.first.tolist(), strict=True)):
        known = owners(first) - {int(system.owner[cell])}
        for guard in guards.get(cell, ()) if known else ():
            known &= owners(guard)
        safe[k] = not known
    return safe


def _good_guards(system: AdditiveSystem, witnesses: Witnesses, sound: Mask) -> Mapping[int, Sequence[int]]:
    """primary -> the sound guards that move it far enough."""
    primary, guard = witnesses.guarded, witnesses.guard
    rise, fall = _moves_of(witnesses, primary, guard)
    far = np.maximum(rise, fall) >= insider_level(system)[primary] * witnesses.scale[guard]
    good = sound[guard] & far
    found: dict[int, list[int]] = {}
    for cell, witness in zip(primary[good].tolist(), guard[good].tolist(), strict=True):
        found.setdefault(cell, []).append(witness)
    return found


def _owners(system: AdditiveSystem, witnesses: Witnesses) -> Callable[[int], set[int]]:
    """witness -> the single contributors of cells that it moves."""
    row = np.repeat(np.arange(len(witnesses.scale)), np.diff(witnesses.start))
    owner = system.owner[witnesses.cell]
    lone = np.flatnonzero(owner != 0)
    start = np.searchsorted(row[lone], np.arange(len(witnesses.scale) + 1)).tolist()
    owners: Sequence[int] = owner[lone].tolist()
    return lambda witness: set(owners[start[witness] : start[witness + 1]])
