"""One table in two editions, cell beside cell. Columns only: a million rows take seconds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pyarrow as pa

from publisher.errors import ReleaseError
from publisher.publication.public_cells import Numbers, PublicCells

_LARGEST = 2**62


@dataclass(frozen=True)
class Compared:
    """All cells that either edition has a row for: those of the new one in its order, then those that are gone.

    `old_row` and `new_row`: int64, one a cell, -1 where the edition has no such row.
    """

    old: PublicCells
    new: PublicCells
    old_row: np.ndarray = field(repr=False)
    new_row: np.ndarray = field(repr=False)

    @property
    def cells(self) -> int:
        return len(self.new_row)

    def old_numbers(self, measure: str) -> Numbers:
        """One entry a cell; not shown where there is no row."""
        return _taken(self.old.numbers[measure], self.old_row)

    def new_numbers(self, measure: str) -> Numbers:
        return _taken(self.new.numbers[measure], self.new_row)

    def codes(self, cells: np.ndarray) -> list[Any]:
        """One text column a dimension, of some cells."""
        return self._texts(self.old.codes, self.new.codes, cells)

    def levels(self, cells: np.ndarray) -> list[Any]:
        return self._texts(self.old.levels, self.new.levels, cells)

    def _texts(self, old: Sequence[Any], new: Sequence[Any], cells: np.ndarray) -> list[Any]:
        is_gone = self.new_row[cells] < 0
        there, gone = pa.array(self.new_row[cells[~is_gone]]), pa.array(self.old_row[cells[is_gone]])
        place = pa.array(np.where(is_gone, len(there) + is_gone.cumsum(), (~is_gone).cumsum()) - 1)
        return [
            pa.concat_arrays([now.take(there).cast(pa.string()), then.take(gone).cast(pa.string())]).take(place)
            for then, now in zip(old, new, strict=True)
        ]


def compare(old: PublicCells, new: PublicCells) -> Compared:
    """Cells are the same where all codes are. Raises ReleaseError where a table has a cell twice."""
    then, now = _keys(old, new)
    order = np.argsort(then, kind="stable")
    _refuse_twice(old, then[order])
    _refuse_twice(new, np.sort(now))
    place = np.minimum(np.searchsorted(then[order], now), max(0, len(then) - 1))
    found = then[order][place] == now if len(then) else np.zeros(len(now), dtype=bool)
    before = np.full(len(now), -1, dtype=np.int64)
    before[found] = order[place[found]]
    gone = np.setdiff1d(np.arange(len(then)), before)
    return Compared(
        old,
        new,
        np.concatenate([before, gone]),
        np.concatenate([np.arange(len(now)), np.full(len(gone), -1)]).astype(np.int64),
    )


def _keys(old: PublicCells, new: PublicCells) -> tuple[np.ndarray, np.ndarray]:
    """One whole number a row, equal in both where all codes are equal. Ranked anew before it could overflow."""
    key, span = np.zeros(old.rows + new.rows, dtype=np.int64), 1
    for then, now in zip(old.codes, new.codes, strict=True):
        both = pa.chunked_array([then, now]).unify_dictionaries()
        indices: list[Any] = [chunk.indices for chunk in cast("list[Any]", both.chunks)]
        code = np.concatenate([np.asarray(index) for index in indices]).astype(np.int64)
        codes = int(code.max(initial=0)) + 1
        if span * codes > _LARGEST:
            key, span = np.unique(key, return_inverse=True)[1].astype(np.int64), len(key)
        key, span = key * codes + code, span * codes
    return key[: old.rows], key[old.rows :]


def _refuse_twice(cells: PublicCells, ordered: np.ndarray) -> None:
    if len(ordered) > 1 and (ordered[1:] == ordered[:-1]).any():
        raise ReleaseError("has a cell twice.", place=f"data/{cells.table.id}.csv", remedy="Restore the file.")


def _taken(numbers: Numbers, rows: np.ndarray) -> Numbers:
    """One entry a row number; nothing shown for -1."""
    there = rows >= 0
    if not len(numbers.value):
        empty = np.zeros(len(rows), dtype=np.int64)
        return Numbers(empty, there & False, empty, empty)
    place = np.maximum(rows, 0)
    return Numbers(numbers.value[place], numbers.shown[place] & there, numbers.lower[place], numbers.upper[place])
