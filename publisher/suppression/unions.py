"""Which sums of one trader's hidden cells are unsafe, and how far they must stay uncertain. See README.md.

A *line* is the cells below one margin along one dimension. A trader's *union* in it is all hidden cells of the line
in which it is one of the two largest contributors; a second union of it has only the unsafe cells that it leads.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from publisher.aggregate.relations import Relations, relations
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import SuppressionRules
from publisher.suppression.assemble import Assembly, Demand
from publisher.suppression.primary import PrimaryCells, find_primaries, shadow_levels
from publisher.suppression.shared import Part
from publisher.suppression.system import Integers, Mask
from publisher.suppression.union_cells import Groups, as_cells, column


@dataclass(frozen=True)
class Unions:
    """Sums of variables of a system that must be able to rise and fall by their levels. Confidential.

    start          int64[u + 1]  union g is made of the variables cell[start[g] : start[g + 1]], ascending
    cell           int64[e]
    upper, lower   int64[u]      levels, as those of a cell
    """

    start: Integers
    cell: Integers = field(repr=False)
    upper: Integers = field(repr=False)
    lower: Integers = field(repr=False)

    def __len__(self) -> int:
        return len(self.upper)

    def cells_of(self, union: int) -> Integers:
        return self.cell[self.start[union] : self.start[union + 1]]

    @property
    def group(self) -> Integers:
        """int64[e]: the union of each entry."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.start))

    def chosen(self, unions: Integers) -> "Unions":
        """These unions alone, in this order."""
        length = np.diff(self.start)[unions]
        start = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
        entry = np.arange(start[-1]) + np.repeat(self.start[unions] - start[:-1], length)
        return Unions(start, self.cell[entry], self.upper[unions], self.lower[unions])


NO_UNIONS = Unions(*(np.zeros(size, dtype=np.int64) for size in (1, 0, 0, 0)))


def find_unions(assembly: Assembly, demands: Sequence[Demand], hidden: Mask) -> Unions:
    """All unsafe unions of the tables of an edition, each once, with the larger levels where tables differ.

    `hidden`: bool[cells of the assembly's system]. Judged are each table's first rule measure, by which contributors
    are known, and the measures that shadow it.
    """
    found = []
    for place, measure, primary in assembly.primaries:
        table, rules = demands[place]
        if measure == table.structure.rule_measures[0].id:
            parts = [part for part in assembly.parts if (part.table, part.leader) == (place, measure)]
            found += _of_table(table, rules, parts, primary, hidden)
    return _each_once(found)


def _of_table(
    table: ConfidentialTable, rules: SuppressionRules, parts: Sequence[Part], primary: PrimaryCells, hidden: Mask
) -> list[Unions]:
    """One entry a measure: the first rule measure and all that shadow it."""
    (leader,) = (part for part in parts if part.measure == part.leader)
    groups = _groups(table, leader.measure, hidden[leader.variables], primary.unsafe)
    cells = as_cells(table, leader.measure, groups, rules)
    names = tuple(measure.id for measure in table.structure.measures)
    levels = find_primaries(cells, leader.measure, names, rules)
    return [_unsafe(cells, groups, part, levels) for part in parts]


def _unsafe(cells: pa.Table, groups: Groups, part: Part, levels: PrimaryCells) -> Unions:
    """The unions of one measure that have a level."""
    upper, lower = levels.upper_level, levels.lower_level
    if part.measure != part.leader:
        upper, lower = shadow_levels(levels, column(cells, part.leader), column(cells, part.measure))
    return Unions(groups.start, part.variables[groups.row], upper, lower).chosen(np.flatnonzero(upper > 0))


def _groups(table: ConfidentialTable, measure: str, hidden: Mask, unsafe: Mask) -> Groups:
    """The rows of each trader's unions in each line, levels not looked at yet.

    All cells of a line together are its margin, which has been judged itself.
    """
    related = relations(table.structure, table.cells)
    line, row, trader, first = _named(table, measure, related, hidden)
    size_of_line = np.diff(related.indptr) - 1
    wide = _grouped(line, row, trader, size_of_line)
    led = first & unsafe[row]
    return wide.joined(_grouped(line[led], row[led], trader[led], size_of_line))


def _named(
    table: ConfidentialTable, measure: str, related: Relations, hidden: Mask
) -> tuple[Integers, Integers, Integers, Mask]:
    """One entry a hidden cell of a line and known contributor to it: line, row, trader, whether it is the largest."""
    below = (related.signs < 0) & hidden[related.indices]
    line = np.repeat(np.arange(related.equations), np.diff(related.indptr))[below]
    row = related.indices[below]
    parts = []
    for place in (1, 2):
        trader = column(table.cells, f"contributor_{place}")[row]
        there = (trader > 0) & (column(table.cells, f"{measure}_largest_{place}")[row] > 0)
        parts.append((line[there], row[there], trader[there], np.full(int(there.sum()), place == 1)))
    line, row, trader, first = (np.concatenate(each) for each in zip(*parts, strict=True))
    return line, row, trader, first


def _grouped(line: Integers, row: Integers, trader: Integers, size_of_line: Integers) -> Groups:
    """Two or more rows of one line and trader, but not all rows of the line."""
    order = np.lexsort((row, trader, line))
    line, row, trader = line[order], row[order], trader[order]
    begins = np.ones(len(row), dtype=np.bool_)
    begins[1:] = (np.diff(line) != 0) | (np.diff(trader) != 0)
    start = np.append(np.flatnonzero(begins), len(row)).astype(np.int64)
    size = np.diff(start)
    kept = (size > 1) & (size < size_of_line[line[start[:-1]]])
    return Groups(np.concatenate([[0], np.cumsum(size[kept])]).astype(np.int64), row[np.repeat(kept, size)])


def _each_once(parts: Sequence[Unions]) -> Unions:
    """Sorted by their variables, so that nothing depends on the order of tables."""
    levels: dict[tuple[int, ...], tuple[int, int]] = {}
    for part in parts:
        for union in range(len(part)):
            key = tuple(np.sort(part.cells_of(union)).tolist())
            asked = int(part.upper[union]), int(part.lower[union])
            levels[key] = max(levels.get(key, asked), asked)
    keys = sorted(levels)
    both = np.array([levels[key] for key in keys], dtype=np.int64).reshape(-1, 2)
    start = np.cumsum([0, *map(len, keys)]).astype(np.int64)
    cell = np.array([variable for key in keys for variable in key], dtype=np.int64)
    return Unions(start, cell, both[:, 0], both[:, 1])
