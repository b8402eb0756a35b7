"""Makes a polytope small without losing anything: what is known is put in, what moves together becomes one unknown.

A row with two unknowns of equal weight makes one of them a function of the other, y' = c + y or c - y. Repeated
until no such row is left; what hangs together then makes one *part*, which is solved for itself.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from publisher.suppression.polytope import LARGEST, Polytope
from publisher.suppression.system import UNBOUNDED, Integers, Mask

Row = dict[int, int]
Member = tuple[int, int, int]  # (cell, turn, shift): the cell is turn * (its group) + shift, turn +1 or -1


@dataclass(frozen=True)
class Part:
    """Groups that hang together, as a polytope of their own. For each member cell its group, turn and shift."""

    polytope: Polytope
    cell: Integers = field(repr=False)
    group: Integers = field(repr=False)
    turn: Integers = field(repr=False)
    shift: Integers = field(repr=False)


def contracted(polytope: Polytope, wanted: Mask) -> Iterator[Part]:
    """The parts of the `wanted` unknowns (bool[n]), in the order of their first cells.

    What stands in a row with a wanted unknown is wanted too, or its bounds meet: then its value is put in.
    Numbers that leave 64 bits make no part: such cells keep the bounds they have.
    """
    work = _Contraction(polytope, wanted)
    work.run()
    return work.parts()


class _Contraction:
    """The state of one contraction, in integers of any size. Every step keeps the set of solutions."""

    def __init__(self, polytope: Polytope, wanted: Mask) -> None:
        cells = np.flatnonzero(wanted).tolist()
        self.members: dict[int, list[Member]] = {cell: [(cell, 1, 0)] for cell in cells}
        self.low, self.high = polytope.low.tolist(), polytope.high.tolist()
        self.right: list[int] = _without_known(polytope, wanted).tolist()
        self.rows: list[Row] = [{} for _ in self.right]
        self.where: dict[int, set[int]] = {cell: set() for cell in cells}
        inside = np.flatnonzero(wanted[polytope.column])
        entries = (polytope.row_of_entry[inside], polytope.column[inside], polytope.weight[inside])
        for row, cell, weight in zip(*(each.tolist() for each in entries), strict=True):
            self.rows[row][cell] = weight
            self.where[cell].add(row)
        self.short = deque(number for number, row in enumerate(self.rows) if len(row) == 2)

    def run(self) -> None:
        while self.short:
            number = self.short.popleft()
            if len(self.rows[number]) == 2:
                self._join(number)

    def _touch(self, number: int) -> None:
        if len(self.rows[number]) == 2:
            self.short.append(number)

    def _join(self, number: int) -> None:
        (kept, weight), (gone, other) = self.rows[number].items()
        right = self.right[number]
        if abs(weight) != abs(other) or right % weight:
            return
        if len(self.where[kept]) < len(self.where[gone]):
            kept, gone, weight, other = gone, kept, other, weight
        self._replace(kept, gone, -weight // other, right // other)

    def _replace(self, kept: int, gone: int, turn: int, shift: int) -> None:
        """Puts turn * kept + shift in place of `gone` everywhere."""
        for number in self.where.pop(gone):
            row = self.rows[number]
            weight = row.pop(gone)
            self.right[number] -= weight * shift
            row[kept] = row.get(kept, 0) + weight * turn
            self.where[kept].add(number)
            if row[kept] == 0:
                del row[kept]
                self.where[kept].discard(number)
            self._touch(number)
        self.members[kept] += [(cell, turn * own, own * shift + off) for cell, own, off in self.members.pop(gone)]
        ends = [_moved(self.low[gone], turn, shift), _moved(self.high[gone], turn, shift)]
        self.low[kept], self.high[kept] = max(self.low[kept], min(ends)), min(self.high[kept], max(ends))

    def parts(self) -> Iterator[Part]:
        groups = list(self.members)
        for own in self._connected(groups):
            part = self._part(own)
            if part is not None:
                yield part

    def _connected(self, groups: Sequence[int]) -> list[list[int]]:
        place = {group: number for number, group in enumerate(groups)}
        row = [number for group in groups for number in self.where[group]]
        column = [place[group] for group in groups for _ in self.where[group]]
        shape = (len(self.rows) + 1, len(groups) + 1)
        matrix = sparse.csr_matrix((np.ones(len(row), dtype=np.int8), (row, column)), shape=shape)
        _, label = connected_components(sparse.bmat([[None, matrix], [matrix.T, None]]), directed=False)
        found: dict[int, list[int]] = {}
        for group, its in zip(groups, label[shape[0] :].tolist(), strict=False):
            found.setdefault(its, []).append(group)
        return list(found.values())

    def _part(self, groups: Sequence[int]) -> Part | None:
        place = {group: number for number, group in enumerate(groups)}
        rows = self._distinct(sorted({number for group in groups for number in self.where[group]}))
        entries = [(place[group], weight) for number in rows for group, weight in self.rows[number].items()]
        members = [(cell, place[g], turn, shift) for g in groups for cell, turn, shift in self.members[g]]
        right = [self.right[number] for number in rows]
        ends = [self.low[g] for g in groups], [self.high[g] for g in groups]
        finite = (end for end in (*ends[0], *ends[1]) if abs(end) != UNBOUNDED)
        if max(map(abs, (*right, *finite, *(shift for *_, shift in members)))) > LARGEST:
            return None
        cell, group, turn, shift = np.array(members, dtype=np.int64).T
        polytope = Polytope(
            start=np.cumsum([0, *(len(self.rows[number]) for number in rows)]).astype(np.int64),
            column=np.array([column for column, _ in entries], dtype=np.int64),
            weight=np.array([weight for _, weight in entries], dtype=np.int64),
            right=np.array(right, dtype=np.int64),
            low=np.array(ends[0], dtype=np.int64),
            high=np.array(ends[1], dtype=np.int64),
        )
        return Part(polytope, cell, group, turn, shift)

    def _distinct(self, numbers: Sequence[int]) -> list[int]:
        """Leaves out a row that is another one, or its negative."""
        found: dict[tuple[tuple[int, int], ...], int] = {}
        for number in numbers:
            key = tuple(sorted(self.rows[number].items()))
            turn = 1 if key[0][1] > 0 else -1
            found.setdefault(tuple((group, turn * weight) for group, weight in key), number)
        return list(found.values())


def _without_known(polytope: Polytope, wanted: Mask) -> Integers:
    """The right sides less the terms of unknowns that are not wanted, each of which has one value left."""
    known = np.flatnonzero(~wanted[polytope.column])
    terms = np.zeros(len(polytope.column), dtype=np.int64)
    terms[known] = polytope.weight[known] * polytope.low[polytope.column[known]]
    running = np.concatenate([[0], np.cumsum(terms)])  # may wrap around in rows without a wanted unknown: not used
    return np.asarray(polytope.right - (running[polytope.start[1:]] - running[polytope.start[:-1]]), dtype=np.int64)


def _moved(bound: int, turn: int, shift: int) -> int:
    """The bound of a cell as one of the group it is turned and shifted from."""
    return turn * bound if abs(bound) >= UNBOUNDED else turn * (bound - shift)
