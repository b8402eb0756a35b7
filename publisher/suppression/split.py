"""Witnesses made of several cycles: a large cell moves a little against each of many small ones.

One cycle must carry a whole level through its narrowest cell, and beside a giant only totals are wide enough. The
sum of several directions that balance every equation balances every equation too, so the level may be split: each
cycle takes a part, the room that it used up is gone for the next. Rise and fall are searched apart, for a cell that
only rises needs no room to fall.
"""

from typing import Any, NamedTuple

import numpy as np

from publisher.suppression.compiled import compiled
from publisher.suppression.network import hide
from publisher.suppression.scratch import NONE, RATHER_NONE
from publisher.suppression.search import best_cycle, plain_job
from publisher.suppression.system import Integers

CYCLES = 24  # parts of one direction
FINEST = 256  # no part is less than this share of the level, but one unit
COARSE, FINE = 1, 16  # into how many parts the rest is cut before shown cells are hidden for it


class Split(NamedTuple):
    """Working memory. Row 0 is the rise of the primary, row 1 its fall; amounts are those of the cells.

    amount   [2, n]
    touched  [n]     the cells with an entry in either row
    fresh    [n]     the ties hidden for this witness
    part     [n]     the cells of the direction under search
    marked   [n]     bit 1: in touched; bit 2: in part
    counts   [3]     lengths of touched, fresh, part
    """

    amount: Integers
    touched: Integers
    fresh: Integers
    part: Integers
    marked: Integers
    counts: Integers


def make_split(cells: int) -> Split:
    """Working memory for one system."""
    return Split(
        np.zeros((2, cells), np.int64),
        np.zeros(cells, np.int64),
        np.zeros(cells, np.int64),
        np.zeros(cells, np.int64),
        np.zeros(cells, np.int64),
        np.zeros(3, np.int64),
    )


@compiled
def _room(rising: bool, cells: Any, scratch: Any, most: int) -> int:
    """By how much the cycle in the scratch can be used, `most` at the most."""
    for k in range(scratch.stamp[2]):
        cell = scratch.support[k]
        by = scratch.amount[cell] if rising else -scratch.amount[cell]
        if by > 0:
            most = min(most, cells.up[cell] // by)
        elif by < 0:
            most = min(most, cells.down[cell] // -by)
    return int(most)


@compiled
def _use(rising: bool, by: int, network: Any, cells: Any, scratch: Any, split: Any) -> None:
    """Adds the cycle in the scratch `by` times, takes its room away and hides its cells."""
    row = 0 if rising else 1
    for k in range(scratch.stamp[2]):
        cell = scratch.support[k]
        amount = scratch.amount[cell] * (by if rising else -by)
        if amount == 0:
            continue
        if not split.marked[cell] & 1:
            split.touched[split.counts[0]] = cell
            split.counts[0] += 1
        if not split.marked[cell] & 2:
            split.part[split.counts[2]] = cell
            split.counts[2] += 1
        split.marked[cell] = 3
        split.amount[row, cell] += amount
        cells.down[cell] += amount
        cells.up[cell] -= amount
        tie = cells.tie[cell]
        if not cells.hidden[tie]:
            hide(tie, network, cells)
            split.fresh[split.counts[1]] = tie
            split.counts[1] += 1


@compiled
def give_back(rising: bool, cells: Any, split: Any) -> None:
    """Restores the room that one direction took; its amounts stay."""
    row = 0 if rising else 1
    for k in range(split.counts[2]):
        cell = split.part[k]
        cells.down[cell] -= split.amount[row, cell]
        cells.up[cell] += split.amount[row, cell]
        split.marked[cell] &= 1
    split.counts[2] = 0


@compiled
def undo(rising: bool, fresh: int, cells: Any, split: Any) -> None:
    """Forgets one direction, and shows again what was hidden for it."""
    row = 0 if rising else 1
    kept = split.counts[2]
    give_back(rising, cells, split)
    for k in range(kept):
        split.amount[row, split.part[k]] = 0
    for k in range(fresh, split.counts[1]):
        cells.hidden[split.fresh[k]] = False
    split.counts[1] = fresh


@compiled
def pour(
    cell: int,
    need: int,
    first: int,
    rising: bool,
    hidden_only: bool,
    network: Any,
    cells: Any,
    scratch: Any,
    split: Any,
) -> int:
    """Moves the primary by up to `need` in parts of `first` or less; returns what is left."""
    left, part = need, min(first, need)
    for _ in range(CYCLES):
        if left == 0:
            break
        part = min(part, left)
        found = NONE
        while True:
            upper, lower = (part, 0) if rising else (0, part)
            found = best_cycle(plain_job(cell, upper, lower, RATHER_NONE, hidden_only), network, cells, scratch)
            if found != NONE or part == 1 or part * FINEST <= need:
                break
            part = max(1, part // FINE)
        if found == NONE:
            break
        by = _room(rising, cells, scratch, left)
        if by == 0:
            break
        _use(rising, by, network, cells, scratch, split)
        left -= by
    return left


@compiled
def _direction(
    cell: int, need: int, rising: bool, hidden_only: bool, network: Any, cells: Any, scratch: Any, split: Any
) -> bool:
    """Moves the primary by `need`: among hidden cells as far as they carry it, then at the least price found."""
    fresh = split.counts[1]
    for turn in range(1 if hidden_only else 3):
        parts = FINE if turn == 1 else COARSE
        among_hidden = turn == 0
        left = pour(cell, need, max(1, need // parts), rising, among_hidden, network, cells, scratch, split)
        if left == 0:
            give_back(rising, cells, split)
            return True
        undo(rising, fresh, cells, split)
    return False


@compiled
def find_split(
    cell: int, upper: int, lower: int, hidden_only: bool, network: Any, cells: Any, scratch: Any, split: Any
) -> bool:
    """Leaves both directions of one primary in `split`; false, and nothing changed, where there are none."""
    split.counts[1] = 0
    for row in range(2):
        rising = row == 0  # a value of the run, not a literal: each literal would be compiled apart
        need = upper if rising else lower
        if not _direction(cell, need, rising, hidden_only, network, cells, scratch, split):
            for k in range(split.counts[1]):
                cells.hidden[split.fresh[k]] = False
            forget(split)
            return False
    return True


@compiled
def forget(split: Any) -> None:
    """Clears the working memory for the next primary."""
    for k in range(split.counts[0]):
        cell = split.touched[k]
        split.amount[0, cell] = split.amount[1, cell] = split.marked[cell] = 0
    split.counts[0] = split.counts[1] = split.counts[2] = 0
