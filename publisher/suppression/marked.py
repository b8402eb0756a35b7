"""Cells with their marks (shown, primary, secondary), counted by level and by group. Confidential throughout."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from publisher.model.codelist import TOTAL, Hierarchy
from publisher.model.confidential import ConfidentialTable
from publisher.model.structure import Dimension, Measure, TableStructure
from publisher.suppression.system import Integers, Mask


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many cells, and how much value (whole units of the measure) they hold."""

    cells: int
    primary: int
    secondary: int
    value: int = field(repr=False)
    value_primary: int = field(repr=False)
    value_secondary: int = field(repr=False)

    @property
    def visible_share(self) -> float:
        """Share of the value that stays visible; 1 where there is none."""
        return 1.0 - (self.value_primary + self.value_secondary) / self.value if self.value else 1.0

    @property
    def visible_cells(self) -> float:
        """Share of the cells that stay visible; 1 where there are none."""
        return 1.0 - (self.primary + self.secondary) / self.cells if self.cells else 1.0

    @classmethod
    def sum(cls, parts: "Iterable[Tally]") -> "Tally":
        """Exact: Python integers."""
        rows = [(p.cells, p.primary, p.secondary, p.value, p.value_primary, p.value_secondary) for p in parts]
        cells, primary, secondary, value, first, second = (
            sum(column) for column in zip((0,) * 6, *rows, strict=True)
        )
        return Tally(
            cells=cells,
            primary=primary,
            secondary=secondary,
            value=value,
            value_primary=first,
            value_secondary=second,
        )


@dataclass(frozen=True, kw_only=True)
class LevelCost(Tally):
    """Cells of one combination of levels, for instance ("heading", "country")."""

    levels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class GroupCost(Tally):
    """Most detailed cells below one code, for instance HS section "II"."""

    column: str
    code: str
    name: str


@dataclass(frozen=True)
class MarkedCells:
    """All cells of one measure of one table.

    nodes      int64[cells, dimensions]  node of each dimension's hierarchy
    values     int64[cells]  in units of the measure, 1/10**decimals
    primary    bool[cells]   hidden for its own sake: by a rule of some table of the edition, or by decision
    secondary  bool[cells]   hidden for the sake of others
    """

    structure: TableStructure = field(repr=False)
    measure: Measure
    nodes: Integers = field(repr=False)
    values: Integers = field(repr=False)
    primary: Mask = field(repr=False)
    secondary: Mask = field(repr=False)

    @classmethod
    def of(cls, table: ConfidentialTable, measure: str, primary: Mask, secondary: Mask) -> "MarkedCells":
        """The rows of `table` in their order."""
        columns = [table.cells.column(name).to_numpy() for name in table.structure.columns]
        return cls(
            structure=table.structure,
            measure=next(each for each in table.structure.measures if each.id == measure),
            nodes=np.stack(columns, axis=1).astype(np.int64),
            values=np.asarray(table.cells.column(measure).to_numpy(), dtype=np.int64),
            primary=primary,
            secondary=secondary,
        )

    @cached_property
    def finest(self) -> Mask:
        """bool[cells]: nothing lies below, in any dimension. These cells hold each unit of value once."""
        finest = np.ones(len(self.nodes), dtype=np.bool_)
        for place, dimension in enumerate(self.structure.dimensions):
            leaf = np.zeros(len(dimension.hierarchy.codes), dtype=np.bool_)
            leaf[list(dimension.hierarchy.leaves)] = True
            finest &= leaf[self.nodes[:, place]]
        return finest

    def codes(self, row: int) -> tuple[str, ...]:
        return tuple(
            dimension.hierarchy.codes[node]
            for dimension, node in zip(self.structure.dimensions, self.nodes[row].tolist(), strict=True)
        )


def tally(cells: MarkedCells, inside: Mask) -> Tally:
    return Tally(**_counts(cells, inside))


def by_level(cells: MarkedCells) -> tuple[LevelCost, ...]:
    """One entry for each combination of levels, coarse to fine."""
    dimensions = cells.structure.dimensions
    levels = np.stack(
        [np.array(d.hierarchy.level_of)[cells.nodes[:, place]] for place, d in enumerate(dimensions)], axis=1
    )
    combinations, place = np.unique(levels, axis=0, return_inverse=True)
    return tuple(
        LevelCost(
            levels=tuple(d.hierarchy.levels[k] for d, k in zip(dimensions, combination, strict=True)),
            **_counts(cells, place.reshape(-1) == number),
        )
        for number, combination in enumerate(combinations.tolist())
    )


def by_group(cells: MarkedCells) -> tuple[GroupCost, ...]:
    """One entry for each code directly below the total of the first dimension that has a hierarchy.

    Most detailed cells only: a group's margins would count its value again.
    """
    place, dimension = grouped_dimension(cells.structure)
    group = cut(dimension.hierarchy, below_total(dimension.hierarchy)[0])[cells.nodes[:, place]]
    return tuple(
        GroupCost(
            column=dimension.column,
            code=dimension.hierarchy.codes[node],
            name=dimension.hierarchy.names[node],
            **_counts(cells, cells.finest & (group == node)),
        )
        for node in in_reading_order(dimension.hierarchy, np.unique(group[cells.finest]).tolist())
    )


def grouped_dimension(structure: TableStructure) -> tuple[int, Dimension]:
    """Place and dimension: the first with two levels or more below its total; the first of all where none has."""
    for place, dimension in enumerate(structure.dimensions):
        if len(below_total(dimension.hierarchy)) > 1:
            return place, dimension
    return 0, structure.dimensions[0]


def below_total(hierarchy: Hierarchy) -> tuple[str, ...]:
    """The levels that are not the total, coarse to fine."""
    total = hierarchy.level_name(hierarchy.node[TOTAL]) if TOTAL in hierarchy.node else ""
    return tuple(level for level in hierarchy.levels if level != total) or hierarchy.levels


def cut(hierarchy: Hierarchy, level: str) -> Integers:
    """int64[nodes]: the node of `level` that each node lies in or is; -1 for what lies above.

    A branch that skips the level, or ends before it, is cut at its first node below the level, or at its end: so
    the nodes of the cut hold every leaf once.
    """
    place = hierarchy.levels.index(level)
    found = np.full(len(hierarchy.codes), -1, dtype=np.int64)
    for node, parent in enumerate(hierarchy.parent):  # coarse to fine: parents come first
        if parent >= 0 and found[parent] >= 0:
            found[node] = found[parent]
        elif hierarchy.level_of[node] >= place or not hierarchy.children[node]:
            found[node] = node
    return found


def in_reading_order(hierarchy: Hierarchy, nodes: Iterable[int]) -> list[int]:
    """By the code of the first node directly below, or their own: HS sections by their chapters, IX after V."""
    first = [below[0] if below else node for node, below in enumerate(hierarchy.children)]
    return sorted(nodes, key=lambda node: hierarchy.codes[first[node]])


def _counts(cells: MarkedCells, inside: Mask) -> dict[str, int]:
    """The fields of a Tally."""
    first, second = inside & cells.primary, inside & cells.secondary
    return {
        "cells": int(inside.sum()),
        "primary": int(first.sum()),
        "secondary": int(second.sum()),
        "value": int(cells.values[inside].sum()),
        "value_primary": int(cells.values[first].sum()),
        "value_secondary": int(cells.values[second].sum()),
    }
