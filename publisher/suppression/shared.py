"""Which cells of different tables are one cell, and so have one number: the variables of the edition's system."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from publisher.model.codelist import TOTAL
from publisher.model.confidential import ConfidentialTable
from publisher.model.structure import Measure, TableStructure
from publisher.suppression.system import Integers, Mask

Key = tuple[tuple[str, str], ...]  # (column, code) of the dimensions that are not total


@dataclass(frozen=True)
class Part:
    """One measure of one table, and the variable of each of its rows.

    table       place among the tables given
    measure     id
    leader      id of the rule measure whose hidden cells it shares; its own where it is one
    variables   int64[rows]
    """

    table: int
    measure: str
    leader: str
    variables: Integers


def number_cells(tables: Sequence[ConfidentialTable]) -> tuple[tuple[Part, ...], int]:
    """A variable for every cell of every measure, the same where cells are the same; and how many there are.

    Rule measures come first, so that a tie's lowest variable is that of a rule measure.
    """
    parts: list[Part] = []
    known: dict[tuple[str, ...], list[Part]] = {}
    count = 0
    for place, measure in sorted(_measures(tables), key=lambda found: found[1].shadows is not None):
        table = tables[place]
        variables = np.full(len(table.cells), -1, dtype=np.int64)
        alike = known.setdefault(quantity_of(table, measure), [])
        for other in alike:
            _share(table, variables, tables[other.table], other.variables)
        fresh = variables < 0
        variables[fresh] = count + np.arange(int(fresh.sum()))
        count += int(fresh.sum())
        part = Part(place, measure.id, measure.shadows or measure.id, variables)
        parts.append(part)
        alike.append(part)
    return tuple(parts), count


def _measures(tables: Sequence[ConfidentialTable]) -> Iterator[tuple[int, Measure]]:
    for place, table in enumerate(tables):
        for measure in table.structure.measures:
            yield place, measure


def quantity_of(table: ConfidentialTable, measure: Measure) -> tuple[str, ...]:
    """What a cell of this measure counts, apart from its codes."""
    universe = " ".join(table.structure.universe.split())
    return (table.structure.flow, universe, measure.column or "", measure.aggregate, table.time_period)


def _share(table: ConfidentialTable, variables: Integers, other: ConfidentialTable, numbered: Integers) -> None:
    """Gives rows of `table` the variable of the row of `other` with the same codes."""
    common = {(dimension.column, dimension.hierarchy.codelist) for dimension in table.structure.dimensions} & {
        (dimension.column, dimension.hierarchy.codelist) for dimension in other.structure.dimensions
    }
    rows = np.flatnonzero(_total_outside(table, common))
    others = np.flatnonzero(_total_outside(other, common))
    place = dict(zip(_keys(other, others), numbered[others].tolist(), strict=True))
    for row, key in zip(rows.tolist(), _keys(table, rows), strict=True):
        variables[row] = place.get(key, variables[row])


def _total_outside(table: ConfidentialTable, common: set[tuple[str, str]]) -> Mask:
    """bool[rows]: every dimension that the other table lacks stands at its total."""
    kept = np.ones(len(table.cells), dtype=np.bool_)
    for dimension in table.structure.dimensions:
        if (dimension.column, dimension.hierarchy.codelist) not in common:
            total = np.array([code == TOTAL for code in dimension.hierarchy.codes], dtype=np.bool_)
            kept &= total[table.cells.column(dimension.column).to_numpy()]
    return kept


def _keys(table: ConfidentialTable, rows: Integers) -> list[Key]:
    columns = [
        [dimension.hierarchy.codes[node] for node in table.cells.column(dimension.column).to_numpy()[rows].tolist()]
        for dimension in table.structure.dimensions
    ]
    names = table.structure.columns
    return [
        tuple(sorted((name, code) for name, code in zip(names, codes, strict=True) if code != TOTAL))
        for codes in zip(*columns, strict=True)
    ]


def codes_of(structure: TableStructure, table: ConfidentialTable, row: int) -> tuple[str, ...]:
    """(table id, period, codes ...) of one row: how messages name a cell."""
    codes = (
        dimension.hierarchy.codes[table.cells.column(dimension.column)[row].as_py()]
        for dimension in structure.dimensions
    )
    return (structure.id, table.time_period, *codes)
