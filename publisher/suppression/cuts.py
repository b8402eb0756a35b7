"""Inequalities that every pattern must satisfy, computed in integers from any multipliers whatever.

Let z weigh the equations (M d = 0), and let a direction d move primary p by sign * L. Then, with b = M' z, the sum
of -b_i d_i over the other cells is b_p sign L. A hidden cell adds at most c_i = max(-b_i, 0) up_i + max(b_i, 0)
down_i, one that is shown adds nothing, so hidden cells must have sum c_i >= b_p sign L: a *capacity cut* (Fischetti
and Salazar 2001, from the dual of the attacker's program). A cell that can move further can move by L exactly, for
directions can be shortened. The cut holds for every z; a bad z, or a rounded one, only makes it weak. Three steps
strengthen it or keep it exact, x_j being 1 where column j is hidden:

- what is hidden anyway is subtracted from the right; then every c_i is cut at what remains, for x is 0 or 1;
- weights are in units of 1 / UNIT and rounded up, which can only admit more;
- *cover*: if the cells hidden now have sum c_i < L, one more with c_i > 0 is needed: sum of their x_j >= 1.

Either way (insiders): p must rise or fall. If a rise needs sum w_j x_j >= 1 and a fall sum w'_j x_j >= 1, both imply
sum max(w_j, w'_j) x_j >= 1, and one cover over both supports excludes every choice that allows neither. So no
binary variable for the alternative is needed: each integer choice that is not safe is cut off.
"""

from dataclasses import dataclass

import numpy as np

from publisher.suppression.attacker import Attacker, Floats
from publisher.suppression.choice import NEITHER, Choice, Demand
from publisher.suppression.system import Integers, Mask

UNIT = 2**20
DENOMINATORS = (1, 2, 3, 4, 6, 12)  # of multipliers; those of a network are whole
FINE = 2**12  # and for others


@dataclass(frozen=True)
class Cut:
    """sum weight_j x_column_j >= UNIT. Columns sorted, weights 1 .. UNIT (bridges: one is negative, the sum >= 0)."""

    column: Integers
    weight: Integers
    least: int = UNIT

    def lack(self, chosen: Floats) -> float:
        """By how much a choice (float64[k]) misses it; 1 is everything."""
        return (self.least - float(self.weight @ chosen[self.column])) / UNIT


@dataclass(frozen=True)
class Needs:
    """Column j adds `capacity` to what moves the cell; `rest` of it must be reached (as exact Python integers)."""

    column: list[int]
    capacity: list[int]
    rest: int


def needs_of(choice: Choice, attacker: Attacker, demand: Demand, sign: int, multiplier: Floats) -> Needs | None:
    """What multipliers prove to be needed beside the cells given; None where those may be enough."""
    for whole in (*DENOMINATORS, FINE):
        rounded = np.rint(multiplier * whole).astype(np.int64)
        if whole == FINE or np.max(np.abs(rounded - multiplier * whole), initial=0.0) < 1e-6:
            break
    place = int(np.searchsorted(attacker.cells, demand.cell))
    slopes = -(attacker.matrix.T @ rounded)
    rest = -sign * int(slopes[place]) * demand.level
    slopes[place] = 0
    carrying = np.flatnonzero(slopes)
    if demand.without:
        carrying = carrying[~np.isin(attacker.owner[carrying], demand.without)]
    by_column: dict[int, int] = {}
    rooms = np.where(slopes[carrying] > 0, attacker.up[carrying], attacker.down[carrying])
    columns = choice.column[attacker.cells[carrying]]
    for column, room, slope in zip(columns.tolist(), rooms.tolist(), np.abs(slopes[carrying]).tolist(), strict=True):
        if column == NEITHER:
            rest -= room * slope
        elif room:
            by_column[column] = by_column.get(column, 0) + room * slope
    if rest <= 0:
        return None
    ordered = sorted(by_column)
    return Needs(ordered, [by_column[column] for column in ordered], rest)


def capacity_cut(needs: Needs) -> Cut:
    weight = [-(-min(needs.rest, capacity) * UNIT // needs.rest) for capacity in needs.capacity]
    return Cut(np.array(needs.column, dtype=np.int64), np.array(weight, dtype=np.int64))


def cover_cut(needs: Needs, chosen: Floats) -> Cut:
    """At least one more than a set that is not enough: the set is made as large as the choice favours it."""
    left, outside = needs.rest - 1, []
    favour = sorted(
        range(len(needs.column)),
        key=lambda k: (-float(chosen[needs.column[k]]) / max(1e-12, needs.capacity[k] / needs.rest), k),
    )
    for k in favour:
        if needs.capacity[k] <= left:
            left -= needs.capacity[k]
        else:
            outside.append(needs.column[k])
    column = np.array(sorted(outside), dtype=np.int64)
    return Cut(column, np.full(len(column), UNIT, dtype=np.int64))


def exclusion(parts: list[Needs], chosen: Mask) -> Cut | None:
    """Forbids a choice (bool[k]) that leaves all `parts` wanting; None where it does not.

    Those of the choice count as far as they go; one more column with any capacity in any part is needed.
    """
    outside: set[int] = set()
    for needs in parts:
        inside = sum(c for j, c in zip(needs.column, needs.capacity, strict=True) if chosen[j])
        if inside >= needs.rest:
            return None
        outside |= {j for j in needs.column if not chosen[j]}
    column = np.array(sorted(outside), dtype=np.int64)
    return Cut(column, np.full(len(column), UNIT, dtype=np.int64))


def either(first: Cut, second: Cut) -> Cut:
    """What holds if one of two cuts does."""
    column = np.union1d(first.column, second.column)
    weight = np.zeros(len(column), dtype=np.int64)
    for cut in (first, second):
        at = np.searchsorted(column, cut.column)
        weight[at] = np.maximum(weight[at], cut.weight)
    return Cut(column, weight)
