"""Every margin is the sum of what lies below it, said as sparse equations over row numbers."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from publisher.aggregate.relations import Relations, relations
from publisher.model.codelist import TOTAL
from publisher.model.structure import TableStructure
from tests.lib.tables import codelist, dimension, structure

# GOODS: _T(0) > 01(1), 02(2); 01 > 0101(3), 0102(4); 02 is a leaf above the finest level
GOODS = codelist("GOODS", {"chapter": {"01": TOTAL, "02": TOTAL}, "heading": {"0101": "01", "0102": "01"}})
LAND = codelist("LAND", {"country": {"DE": TOTAL, "FR": TOTAL}})  # _T(0) > DE(1), FR(2)
TABLE = structure(dimension("commodity", GOODS), dimension("partner", LAND))
CELLS = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (3, 0), (3, 1), (4, 0), (4, 2)]


def _cells(rows: Sequence[tuple[int, ...]], table: TableStructure = TABLE) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(table.columns)
    return pa.table({name: pa.array(nodes, pa.int32()) for name, nodes in zip(table.columns, columns, strict=True)})


def _written(found: Relations, rows: Sequence[tuple[int, ...]]) -> set[tuple[tuple[int, ...], ...]]:
    """Each equation as (parent, child, child, ...), after checking signs."""
    equations = set()
    for start, stop in zip(found.indptr[:-1], found.indptr[1:], strict=True):
        assert list(found.signs[start:stop]) == [1] + [-1] * (stop - start - 1)
        equations.add(tuple(rows[row] for row in found.indices[start:stop]))
    assert len(equations) == found.equations
    return equations


EXPECTED = {
    # along commodity
    ((0, 0), (1, 0), (2, 0)),
    ((0, 1), (1, 1), (2, 1)),
    ((0, 2), (1, 2)),
    ((1, 0), (3, 0), (4, 0)),
    ((1, 1), (3, 1)),
    ((1, 2), (4, 2)),
    # along partner
    ((0, 0), (0, 1), (0, 2)),
    ((1, 0), (1, 1), (1, 2)),
    ((2, 0), (2, 1)),
    ((3, 0), (3, 1)),
    ((4, 0), (4, 2)),
}


def test_one_equation_for_every_dimension_and_inner_node() -> None:
    found = relations(TABLE, _cells(CELLS))
    assert _written(found, CELLS) == EXPECTED
    assert (found.indptr.dtype, found.indices.dtype, found.signs.dtype) == (np.int64, np.int64, np.int8)


def test_rows_may_come_in_any_order() -> None:
    mixed = [CELLS[place] for place in np.random.default_rng(1).permutation(len(CELLS))]
    assert {(e[0], *sorted(e[1:])) for e in _written(relations(TABLE, _cells(mixed)), mixed)} == EXPECTED


def test_an_empty_table_has_no_equation() -> None:
    found = relations(TABLE, _cells([]))
    assert (found.equations, len(found.indices), list(found.indptr)) == (0, 0, [0])


def test_a_tree_without_total_has_several_roots() -> None:
    table = structure(dimension("commodity", GOODS, ["chapter", "heading"]))
    rows = [(0,), (1,), (2,), (3,)]  # 01, 02, 0101, 0102
    assert _written(relations(table, _cells(rows, table)), rows) == {((0,), (2,), (3,))}


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([cell for cell in CELLS if cell != (1, 1)], "no row for the margin above"),
        ([cell for cell in CELLS if cell not in {(3, 1), (4, 0), (4, 2)}] + [(4, 0)], "no row below"),
        ([*CELLS, (0, 0)], "stands twice"),
        ([*CELLS, (5, 0)], "outside its hierarchy"),
    ],
)
def test_what_is_no_table_of_the_structure_is_refused(rows: list[tuple[int, int]], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        relations(TABLE, _cells(rows))


def test_too_many_combinations_for_a_key_are_refused() -> None:
    wide = codelist("WIDE", {"code": {str(number): TOTAL for number in range(2**13)}})
    table = structure(*(dimension(f"d{number}", wide) for number in range(5)))
    with pytest.raises(ValueError, match="64 bits"):
        relations(table, _cells([(0,) * 5], table))
