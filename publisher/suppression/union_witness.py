"""What the witnesses at hand prove of unions: a direction moves a sum by the sum of what it moves its cells by."""

from collections.abc import Iterator, Sequence

import numpy as np

from publisher.suppression.system import AdditiveSystem, Integers, Mask
from publisher.suppression.unions import Unions
from publisher.suppression.witness import Witnesses

ENTRIES = 2_000_000  # of witnesses that are looked at together: bounds the memory, 100 bytes each or so
FEW = 3  # witnesses that are looked at for one cell of a union: a search for the rest is quicker than to try more


def unproven_by(system: AdditiveSystem, several: Sequence[Witnesses], unions: Unions, most: int = FEW) -> Unions:
    """The unions that no collection of checked witnesses proves; a level that is proven is 0 in them."""
    left = unions
    for witnesses in several:
        rises, falls = proven_by(system, witnesses, left, most)
        open_ = Unions(left.start, left.cell, np.where(rises, 0, left.upper), np.where(falls, 0, left.lower))
        left = open_.chosen(np.flatnonzero((open_.upper > 0) | (open_.lower > 0)))
    return left


def proven_by(system: AdditiveSystem, witnesses: Witnesses, unions: Unions, most: int = FEW) -> tuple[Mask, Mask]:
    """bool[unions] twice: that the sum can rise by its upper level, and that it can fall by its lower level.

    `witnesses` have been checked: they balance every equation and move hidden cells only. So does a whole multiple of
    one, turned round or not; what is checked here, in integers, is that it keeps the bounds, and how far it moves the
    sum. Convexity gives all that lies between.
    """
    rises, falls = unions.upper == 0, unions.lower == 0
    for union, witness in _pairs(witnesses, unions, most):
        entry, pair = _entries(witnesses, witness)
        inside = _inside(system, unions, union[pair], witnesses.cell[entry])
        for amounts in (witnesses.up, witnesses.down):
            moved = _added(amounts[entry] * inside, pair, len(union))
            for done, level, sign in ((rises, unions.upper, 1), (falls, unions.lower, -1)):
                times = _times(moved, level[union], witnesses.scale[witness], sign)
                taken = times[pair] != 0
                scale = witnesses.scale[witness[pair[taken]]]
                fits = _keeps_bounds(
                    system, witnesses.cell[entry[taken]], amounts[entry[taken]], times[pair[taken]], scale
                )
                broken = np.bincount(pair[taken][~fits], minlength=len(union)) > 0
                done[union[(times != 0) & ~broken]] = True
    return rises, falls


def _pairs(witnesses: Witnesses, unions: Unions, most: int) -> Iterator[tuple[Integers, Integers]]:
    """Pairs (union, witness that moves a cell of it), some millions of entries at a time."""
    order = np.argsort(witnesses.cell, kind="stable")
    owner = np.repeat(np.arange(len(witnesses.scale)), np.diff(witnesses.start))[order]
    begin = np.searchsorted(witnesses.cell[order], unions.cell)
    count = np.minimum(np.searchsorted(witnesses.cell[order], unions.cell, side="right") - begin, most)
    place = np.repeat(begin, count) + _counted(count)
    key = np.unique(np.repeat(unions.group, count) * max(1, len(witnesses.scale)) + owner[place])
    union, witness = np.divmod(key, max(1, len(witnesses.scale)))
    ends = np.cumsum(np.diff(witnesses.start)[witness])
    cuts = np.searchsorted(ends, np.arange(ENTRIES, ends[-1] if len(ends) else 0, ENTRIES))
    for part in np.split(np.arange(len(key)), cuts):
        if len(part):
            yield union[part], witness[part]


def _counted(count: Integers) -> Integers:
    """0 .. count - 1 for each count."""
    return np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)


def _entries(witnesses: Witnesses, witness: Integers) -> tuple[Integers, Integers]:
    """The entries of these witnesses one after another, and the place of the witness of each."""
    count = np.diff(witnesses.start)[witness]
    return np.repeat(witnesses.start[witness], count) + _counted(count), np.repeat(np.arange(len(witness)), count)


def _inside(system: AdditiveSystem, unions: Unions, union: Integers, cell: Integers) -> Integers:
    """1 where a cell is part of a union, else 0."""
    keys = unions.group * system.cells + unions.cell  # ascending
    wanted = union * system.cells + cell
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.asarray(keys[place] == wanted, dtype=np.int64)


def _added(amounts: Integers, pair: Integers, count: int) -> Integers:
    """int64[count]: the sums of the amounts of each pair; `pair` ascends and leaves none out."""
    if not count:
        return np.zeros(0, dtype=np.int64)
    begin = np.flatnonzero(np.diff(pair, prepend=-1))
    return np.asarray(np.add.reduceat(amounts, begin), dtype=np.int64)


def _times(moved: Integers, level: Integers, scale: Integers, sign: int) -> Integers:
    """How often a direction must be taken (below 0: turned round) to move the sum by sign * level; 0: never does."""
    far = np.abs(moved)
    possible = (far > 0) & (level <= 2**61 // scale)
    needed = np.where(possible, level, 0) * scale
    times = -(-needed // np.where(possible, far, 1))
    return np.where(possible, times * np.sign(moved) * sign, 0)


def _keeps_bounds(
    system: AdditiveSystem, cell: Integers, amounts: Integers, times: Integers, scale: Integers
) -> Mask:
    """bool[entries]: values + times * amounts / scale lie within the bounds."""
    small = np.abs(amounts).astype(np.float64) * np.abs(times).astype(np.float64) < 2**61
    change = np.where(small, amounts * np.where(small, times, 0), 0)
    down = np.minimum((system.values - system.lower_bound)[cell], 2**61 // scale) * scale
    up = np.minimum((system.upper_bound - system.values)[cell], 2**61 // scale) * scale
    return np.asarray(small & (change <= up) & (-change <= down), dtype=np.bool_)
