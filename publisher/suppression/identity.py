"""Which cells of different tables, measures and editions are the same cell, by number."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from publisher.model.codelist import TOTAL
from publisher.model.confidential import ConfidentialTable
from publisher.model.structure import Measure
from publisher.suppression.shared import quantity_of
from publisher.suppression.system import Integers


@dataclass(frozen=True)
class Rows:
    """The rows of one measure of one table. `nodes`: for each dimension, the node of each row."""

    table: ConfidentialTable
    measure: Measure
    nodes: tuple[Integers, ...] = field(repr=False)

    @property
    def quantity(self) -> tuple[str, ...]:
        return quantity_of(self.table, self.measure)

    @property
    def count(self) -> int:
        return len(self.nodes[0])


def identify(parts: Sequence[Rows]) -> tuple[Integers, ...]:
    """A number for each row of each part; the same where quantity and all codes that are not the total are."""
    quantities = {name: number for number, name in enumerate(sorted({part.quantity for part in parts}))}
    known: dict[tuple[str, str, str], int] = {}
    stacked = _stacked([np.full(part.count, quantities[part.quantity], dtype=np.int64) for part in parts])
    for column in sorted({d.column for part in parts for d in part.table.structure.dimensions}):
        codes = _stacked([_codes(part, column, known) for part in parts])
        stacked = np.unique(stacked * (len(known) + 1) + codes, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return tuple(np.split(stacked, np.cumsum([part.count for part in parts])[:-1]))


def _codes(part: Rows, column: str, known: dict[tuple[str, str, str], int]) -> Integers:
    """0 for the total, and where the table has no such dimension."""
    for dimension, nodes in zip(part.table.structure.dimensions, part.nodes, strict=True):
        if dimension.column == column:
            names = [(column, dimension.hierarchy.codelist, code) for code in dimension.hierarchy.codes]
            numbers = [0 if name[2] == TOTAL else known.setdefault(name, len(known) + 1) for name in names]
            return np.array(numbers, dtype=np.int64)[nodes]
    return np.zeros(part.count, dtype=np.int64)


def _stacked(arrays: Sequence[Integers]) -> Integers:
    return np.concatenate([np.zeros(0, dtype=np.int64), *arrays])
