"""Two dimensions of a table, block by block: what is hidden in each. Confidential; the picture is in picture.py."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log

import numpy as np
import numpy.typing as npt

from publisher.errors import UsageError
from publisher.model.codelist import TOTAL, Hierarchy
from publisher.model.structure import Dimension, TableStructure
from publisher.suppression.marked import MarkedCells, below_total, cut, in_reading_order
from publisher.suppression.system import Integers, Mask

MOST = 120  # rows, and columns, that a picture has room for
FITTING = 100  # how many rows, and columns, it is best read with
NO_CELL, SHOWN, PRIMARY, SECONDARY = range(4)


@dataclass(frozen=True)
class Axis:
    """The nodes of one dimension's level along one side of a picture, in the order drawn.

    left_out        how many nodes there was no room for: those that hold the least value
    left_out_share  and their share of all value
    """

    dimension: Dimension = field(repr=False)
    level: str
    nodes: tuple[int, ...]
    left_out: int
    left_out_share: float = field(repr=False)


@dataclass(frozen=True)
class HeatMap:
    """One entry a block (a row and a column of the picture) that holds trade.

    row, column  int64    places along the axes
    hidden       float64  share of value hidden, 0 to 1, over the block's own cell and all cells below it, so that
                          each level counts the value once (share of cells, where they are worth nothing)
    mark         int64    what became of the block's own cell: NO_CELL, SHOWN, PRIMARY, SECONDARY
    """

    structure: TableStructure = field(repr=False)
    measure: str
    rows: Axis
    columns: Axis
    row: Integers = field(repr=False)
    column: Integers = field(repr=False)
    hidden: npt.NDArray[np.float64] = field(repr=False)
    mark: Integers = field(repr=False)


def heat_map(cells: MarkedCells, levels: Sequence[str] = ()) -> HeatMap:
    """The blocks of two dimensions at the named levels; at well-sized levels of the first two where () is given.

    Raises UsageError for a table of one dimension, and for names that do not choose two dimensions.
    """
    (first, row_level), (second, column_level) = _chosen(cells, levels)
    sides = [cut(_hierarchy(cells, first), row_level), cut(_hierarchy(cells, second), column_level)]
    row, column = sides[0][cells.nodes[:, first]], sides[1][cells.nodes[:, second]]
    rows = _axis(cells, first, row_level, row, by_value=False)
    columns = _axis(cells, second, column_level, column, by_value=True)
    drawn = np.isin(row, rows.nodes) & np.isin(column, columns.nodes)
    block, place = np.unique(np.stack([row, column], axis=1)[drawn], axis=0, return_inverse=True)
    own = drawn & _own(cells, first, second, row, column)
    return HeatMap(
        structure=cells.structure,
        measure=cells.measure.id,
        rows=rows,
        columns=columns,
        row=_places(rows.nodes, block[:, 0]),
        column=_places(columns.nodes, block[:, 1]),
        hidden=_hidden_shares(cells, drawn, place.reshape(-1), len(block)),
        mark=_marks(cells, own, row, column, block),
    )


def _hidden_shares(cells: MarkedCells, drawn: Mask, block: Integers, blocks: int) -> npt.NDArray[np.float64]:
    """The share of each block that is hidden. `block` numbers the cells of `drawn`; floating point, to look at."""
    away = (cells.primary | cells.secondary)[drawn]
    values = cells.values[drawn].astype(np.float64)
    value = np.bincount(block, weights=values, minlength=blocks)
    lost = np.bincount(block[away], weights=values[away], minlength=blocks)
    number = np.bincount(block, minlength=blocks)
    gone = np.bincount(block[away], minlength=blocks)
    return np.where(value > 0, np.minimum(1.0, lost / np.maximum(value, 1.0)), gone / np.maximum(number, 1))


def _own(cells: MarkedCells, first: int, second: int, row: Integers, column: Integers) -> Mask:
    """bool[cells]: the cells that are a block themselves: every other dimension stands at its total."""
    own = (cells.nodes[:, first] == row) & (cells.nodes[:, second] == column)
    for place, dimension in enumerate(cells.structure.dimensions):
        if place not in (first, second):
            own &= cells.nodes[:, place] == dimension.hierarchy.node.get(TOTAL, -1)
    return np.asarray(own, dtype=np.bool_)


def _marks(cells: MarkedCells, own: Mask, row: Integers, column: Integers, block: Integers) -> Integers:
    """int64[blocks]: the mark of each block's own cell."""
    state = np.where(cells.primary, PRIMARY, np.where(cells.secondary, SECONDARY, SHOWN))[own]
    width = int(block[:, 1].max(initial=0)) + 1
    marks = np.full(len(block), NO_CELL, dtype=np.int64)
    known = block[:, 0] * width + block[:, 1]  # sorted, as np.unique gave them
    asked = row[own] * width + column[own]
    at = np.minimum(np.searchsorted(known, asked), max(0, len(known) - 1))
    met = (column[own] < width) & (known[at] == asked) if len(known) else np.zeros(len(asked), dtype=np.bool_)
    marks[at[met]] = state[met]
    return marks


def _axis(cells: MarkedCells, place: int, level: str, node: Integers, *, by_value: bool) -> Axis:
    """The nodes with the most value, in reading order or by falling value."""
    hierarchy = _hierarchy(cells, place)
    value = np.zeros(len(hierarchy.codes), dtype=np.int64)
    np.add.at(value, node[cells.finest], cells.values[cells.finest])
    found = np.unique(node[cells.finest])
    ranked = found[np.lexsort((found, -value[found]))].tolist()
    kept, rest = ranked[:MOST], ranked[MOST:]
    return Axis(
        dimension=cells.structure.dimensions[place],
        level=level,
        nodes=tuple(kept if by_value else in_reading_order(hierarchy, kept)),
        left_out=len(rest),
        left_out_share=float(value[rest].sum() / max(1, value.sum())),
    )


def _places(nodes: Sequence[int], found: Integers) -> Integers:
    place = np.zeros(max(nodes, default=0) + 1, dtype=np.int64)
    place[list(nodes)] = np.arange(len(nodes))
    return np.asarray(place[found], dtype=np.int64)


def check_levels(structure: TableStructure, levels: Sequence[str]) -> None:
    """Raises UsageError where heat_map() would."""
    place = f"{structure.id} --levels"
    if len(structure.dimensions) < 2:
        raise UsageError("a heat map needs two dimensions.", place=place, remedy="Leave out --heatmap.")
    found = _dimensions_of(structure, levels)
    if levels and (len(found) != 2 or None in found or found[0] == found[1]):
        allowed = "; ".join(f"{d.column}: {', '.join(below_total(d.hierarchy))}" for d in structure.dimensions)
        raise UsageError(
            f"{','.join(levels)} does not choose one level of each of two dimensions.",
            place=place,
            remedy=f"Name two, with a comma between them. There are {allowed}.",
        )


def _chosen(cells: MarkedCells, levels: Sequence[str]) -> tuple[tuple[int, str], tuple[int, str]]:
    """(place of a dimension, its level), twice."""
    check_levels(cells.structure, levels)
    if not levels:
        return (0, _fitting(cells, 0)), (1, _fitting(cells, 1))
    first, second = _dimensions_of(cells.structure, levels)
    return (first or 0, levels[0]), (second or 0, levels[1])


def _dimensions_of(structure: TableStructure, levels: Sequence[str]) -> list[int | None]:
    """The place of the dimension that has each level below its total; None where none has."""
    below = [below_total(dimension.hierarchy) for dimension in structure.dimensions]
    return [next((place for place, names in enumerate(below) if level in names), None) for level in levels]


def _fitting(cells: MarkedCells, place: int) -> str:
    """The level whose number of codes with trade is nearest to FITTING, as a ratio."""
    hierarchy = _hierarchy(cells, place)
    nodes = cells.nodes[cells.finest, place]

    def misfit(level: str) -> float:
        return abs(log(max(1, len(np.unique(cut(hierarchy, level)[nodes]))) / FITTING))

    return min(below_total(hierarchy), key=misfit)


def _hierarchy(cells: MarkedCells, place: int) -> Hierarchy:
    return cells.structure.dimensions[place].hierarchy
