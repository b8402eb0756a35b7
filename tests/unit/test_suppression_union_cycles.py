"""The compiled search for unions: what it finds holds exactly, and what it tries in vain leaves no trace.

     x    y | total
A   10   20 |   30
B   30   40 |   70        cells 0 .. 5 row by row, then the totals of A, B, C, x, y, and all
C   50   60 |  110
    90  120 |  210
"""

from argparse import Namespace
from dataclasses import replace

import numpy as np
import pytest

from publisher.suppression.assemble import assemble, in_order
from publisher.suppression.cost import assess
from publisher.suppression.planning import plan_edition
from publisher.suppression.program import Direction, Programs
from publisher.suppression.secondary import suppress
from publisher.suppression.system import AdditiveSystem, Mask, Status, signed_sums
from publisher.suppression.union_cycles import Cycles
from publisher.suppression.union_ways import protect_unions
from publisher.suppression.unions import find_unions
from tests.bench.suppression_tables import demands
from tests.lib.squares import system
from tests.unit.test_suppression_unions import RULES, hidden_square, lines

EQUATIONS = [(6, [0, 1]), (7, [2, 3]), (8, [4, 5]), (9, [0, 2, 4]), (10, [1, 3, 5]), (11, [6, 7, 8]), (11, [9, 10])]
FAMILY = np.array([0, 0, 0, 1, 1, 1, 0])
BODY = np.arange(12) < 6
A_AND_B = np.array([0, 2])


def three_rows() -> AdditiveSystem:
    values = [10, 20, 30, 40, 50, 60, 30, 70, 110, 90, 120, 210]
    return system(EQUATIONS, values, {}, family=FAMILY)


def some_hidden(*cells: int) -> Mask:
    return np.isin(np.arange(12), cells)


def check(made: AdditiveSystem, way: Direction | None, cells: np.ndarray, need: int, sign: int) -> None:
    """It balances, keeps the bounds and moves the sum far enough; no cell of the union moves against it."""
    assert way is not None
    change = np.zeros(made.cells, dtype=np.int64)
    change[way.cell] = way.amount
    assert way.scale == 1
    assert not np.any(signed_sums(made, change))
    assert np.all(made.values + change >= made.lower_bound)
    assert np.all(sign * change[cells] >= 0)
    assert sign * change[cells].sum() >= need


@pytest.mark.parametrize(("need", "sign"), [(1, 1), (25, 1), (10, -1), (40, -1)])
def test_cells_of_a_union_move_one_after_another(need: int, sign: int) -> None:
    made = three_rows()  # 40 down: both cells to 0
    check(made, Cycles(made, BODY).among_hidden((A_AND_B, need, sign)), A_AND_B, need, sign)


def test_no_sum_falls_below_nothing_nor_rises_above_its_margin() -> None:
    made = three_rows()
    cycles = Cycles(made, BODY)
    assert cycles.among_hidden((A_AND_B, 41, -1)) is None
    check(made, cycles.among_hidden((A_AND_B, 50, 1)), A_AND_B, 50, 1)
    assert cycles.among_hidden((A_AND_B, 51, 1)) is None


def test_a_search_leaves_no_trace() -> None:
    cycles = Cycles(three_rows(), some_hidden(0, 1, 2, 3))
    before = [column.copy() for column in cycles.cells]
    assert cycles.among_hidden((A_AND_B, 5, 1)) is None
    assert cycles.dearer((A_AND_B, 5, 1)) is not None
    assert cycles.dearer((A_AND_B, 500_000, -1)) is None
    assert all(np.array_equal(was, now) for was, now in zip(before, cycles.cells, strict=True))


def test_the_cheapest_cells_are_hidden_besides() -> None:
    made = three_rows()
    hidden = some_hidden(0, 1, 2, 3)
    way = Cycles(made, hidden).dearer((A_AND_B, 5, 1))
    check(made, way, A_AND_B, 5, 1)
    assert sorted(way.cell[~hidden[way.cell]].tolist()) == [4, 5]  # row C, not the totals of x and y


def test_a_cell_that_is_public_is_in_no_way() -> None:
    made = three_rows()
    status = np.where(some_hidden(4), int(Status.FROZEN_PUBLISHED), made.status).astype(np.int8)
    way = Cycles(replace(made, status=status), some_hidden(0, 1, 2, 3)).dearer((A_AND_B, 5, 1))
    check(made, way, A_AND_B, 5, 1)
    assert 4 not in way.cell


@pytest.mark.parametrize(("table", "regions"), [("scale", False), ("scale", True), ("months", False)])
def test_what_is_found_holds_exactly(table: str, regions: bool) -> None:
    options = {"table": table, "cells": 2_000, "rules": "active", "regions": regions, "save": None, "load": None}
    made = assemble(demands(Namespace(level=None, chapters=None, **options))).system
    hidden = suppress(made).suppressed
    cycles, random, found = Cycles(made, hidden), np.random.default_rng(1), 0
    below = [made.indices[a + 1 : b] for a, b in zip(made.indptr[:-1], made.indptr[1:], strict=True)]
    several = [cells[hidden[cells]] for cells in below if hidden[cells].sum() > 2]
    for place in random.integers(0, len(several), 60).tolist():
        cells = np.sort(random.choice(several[place], 2, replace=False))
        need, sign = 1 + int(made.values[cells].sum() // 4), int(random.choice([1, -1]))
        way = cycles.among_hidden((cells, need, sign))
        if way is not None:
            found += 1
            check(made, way, cells, need, sign)
            assert np.all(hidden[way.cell])
    assert found


def test_a_program_finds_a_way_where_no_cycle_does(monkeypatch: pytest.MonkeyPatch) -> None:
    made, hidden = three_rows(), some_hidden(0, 1, 2, 3)
    every = np.ones(12, dtype=np.bool_)
    check(made, Programs(made).direction(A_AND_B, 5, 1, hidden, every), A_AND_B, 5, 1)
    for search in ("among_hidden", "dearer"):
        monkeypatch.setattr(Cycles, search, lambda self, demand: None)
    told = in_order([(lines(), RULES)])
    assembly = assemble(told)
    square = hidden_square(told[0][0])
    found = protect_unions(assembly.system, square, [], lambda away: find_unions(assembly, told, away))
    assert found.programs == 2
    assert found.hidden.sum() > 4


def test_costs_are_those_of_a_plan_with_unions() -> None:
    table = lines()
    planned = plan_edition([(table, RULES)])
    found = planned.pattern
    assert len(found.witnesses) >= len(found.systems) == 1
    (cost,) = assess([(table, RULES)])
    assert cost.primary + cost.secondary == planned.hidden.sum()
    assert cost.unused == 0


def test_a_pattern_that_shows_a_cell_again_is_not_proven() -> None:
    found = plan_edition([(lines(), RULES)]).pattern
    assert len(found.unproven()) == 0
    moved = found.witnesses[0].cell[found.systems[0].status[found.witnesses[0].cell] == Status.CANDIDATE]
    assert len(
        replace(found, suppressed=found.suppressed & ~np.isin(np.arange(len(found.suppressed)), moved)).unproven()
    )
