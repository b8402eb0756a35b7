"""The unknown part of a system, made small without losing anything.

In deviations d = y - (true value) every equation reads M d = 0 and the truth is d = 0. An equation with one unknown
fixes it (d = 0: an attacker computes the cell). One with two unknowns of equal weight makes them one *group* with
opposite or equal deviation. Both steps are exact; they are repeated until neither applies.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from publisher.audit.system import UNBOUNDED, System

Row = dict[int, int]


@dataclass(frozen=True)
class Reduced:
    """Groups are numbered by their first variable.

    members  group -> [(variable, sign)]: deviation of the variable is sign * deviation of the group
    lower    group -> least deviation (<= 0), upper -> greatest (UNBOUNDED: no limit)
    rows     equations left, {group: coefficient}, each with at least two groups
    where    group -> its rows
    fixed    variables whose value follows exactly from what is published
    """

    members: dict[int, list[tuple[int, int]]] = field(repr=False)
    lower: dict[int, int] = field(repr=False)
    upper: dict[int, int] = field(repr=False)
    rows: list[Row] = field(repr=False)
    where: dict[int, list[int]] = field(repr=False)
    fixed: list[int] = field(repr=False)


def reduce_system(system: System) -> Reduced:
    """Eliminates what is published, then contracts."""
    return _Contraction(system).run()


class _Contraction:
    """The state of one reduction. Every step keeps the solution set of M d = 0 within its bounds."""

    def __init__(self, system: System) -> None:
        unknown = np.flatnonzero(~system.known)
        room_down = np.maximum(system.floor, 0) - system.truth
        room_up = np.where(system.ceiling >= UNBOUNDED, UNBOUNDED, system.ceiling - system.truth)
        self.members = {v: [(v, 1)] for v in unknown.tolist()}
        self.lower = dict(zip(unknown.tolist(), room_down[unknown].tolist(), strict=True))
        self.upper = dict(zip(unknown.tolist(), room_up[unknown].tolist(), strict=True))
        self.rows = _unknown_rows(system)
        self.where: dict[int, set[int]] = {v: set() for v in self.members}
        for number, row in enumerate(self.rows):
            for group in row:
                self.where[group].add(number)
        self.short = deque(number for number, row in enumerate(self.rows) if len(row) <= 2)
        self.fixed: list[int] = []

    def run(self) -> Reduced:
        for group in [g for g in self.members if self._pinned(g)]:
            self._fix(group)
        while self.short:
            row = self.rows[self.short.popleft()]
            if len(row) == 1:
                self._fix(next(iter(row)))
            elif len(row) == 2:
                self._contract(row)
        return self._result()

    def _pinned(self, group: int) -> bool:
        return (self.lower[group], self.upper[group]) == (0, 0)

    def _fix(self, group: int) -> None:
        """The deviation is 0 in every alternative."""
        for number in self.where.pop(group):
            del self.rows[number][group]
            self._touch(number)
        self.fixed += [variable for variable, _ in self.members.pop(group)]

    def _touch(self, number: int) -> None:
        if len(self.rows[number]) <= 2:
            self.short.append(number)

    def _contract(self, row: Row) -> None:
        """Two unknowns in one equation are one unknown where their weights agree in size."""
        (one, weight), (other, other_weight) = row.items()
        if abs(weight) != abs(other_weight):
            return
        if len(self.where[one]) < len(self.where[other]):
            one, other = other, one
        self._merge(one, other, -1 if weight == other_weight else 1)

    def _merge(self, kept: int, gone: int, sign: int) -> None:
        """Puts sign * d[kept] in place of d[gone] everywhere."""
        for number in self.where.pop(gone):
            row = self.rows[number]
            weight = row.get(kept, 0) + sign * row.pop(gone)
            if weight:
                row[kept] = weight
                self.where[kept].add(number)
            else:
                row.pop(kept, None)
                self.where[kept].discard(number)
            self._touch(number)
        self.members[kept] += [(variable, sign * its) for variable, its in self.members.pop(gone)]
        low, high = self.lower.pop(gone), self.upper.pop(gone)
        if sign < 0:
            low, high = max(-high, -UNBOUNDED), -low
        self.lower[kept] = max(self.lower[kept], low)
        self.upper[kept] = min(self.upper[kept], high)
        if self._pinned(kept):
            self._fix(kept)

    def _result(self) -> Reduced:
        rows = _distinct([row for row in self.rows if row])
        where: dict[int, list[int]] = {group: [] for group in self.members}
        for number, row in enumerate(rows):
            for group in row:
                where[group].append(number)
        return Reduced(self.members, self.lower, self.upper, rows, where, self.fixed)


def _unknown_rows(system: System) -> list[Row]:
    """Each needed equation without its published cells; equations that say the same are kept once."""
    equations = system.equations.of(np.flatnonzero(system.equations.needed))
    unknown = ~system.known[equations.cells]
    number = np.repeat(np.arange(equations.count), np.diff(equations.starts))[unknown].tolist()
    rows: list[Row] = [{} for _ in range(equations.count)]
    cells, signs = equations.cells[unknown].tolist(), equations.signs[unknown].tolist()
    for equation, cell, sign in zip(number, cells, signs, strict=True):
        weight = rows[equation].get(cell, 0) + sign
        if weight:
            rows[equation][cell] = weight
        else:
            del rows[equation][cell]
    return _distinct([row for row in rows if row])


def _distinct(rows: list[Row]) -> list[Row]:
    """Leaves out an equation that is another one, or its negative."""
    seen: set[tuple[tuple[int, int], ...]] = set()
    kept = []
    for row in rows:
        key = tuple(sorted(row.items()))
        if key[0][1] < 0:
            key = tuple((group, -weight) for group, weight in key)
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return kept
