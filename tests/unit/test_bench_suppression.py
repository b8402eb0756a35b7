"""The suppression bench itself: tables of the size asked for, and an audit that sees what it must see."""

from argparse import Namespace
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from publisher.suppression.assemble import assemble
from publisher.suppression.primary import find_primaries
from publisher.suppression.system import AdditiveSystem, Mask, Status
from tests.bench.suppression_tables import REQUESTED_SHARE, demands
from tests.lib.bounds import Bounds, all_bounds, reached, some_bounds

SMALL = {"rules": "active", "regions": False, "load": None, "save": None, "chapters": None, "level": "chapter"}


def _options(table: str, cells: int, **others: object) -> Namespace:
    return Namespace(**(SMALL | {"table": table, "cells": cells} | others))


@pytest.mark.parametrize("regions", [False, True])
def test_scale_makes_two_flows_of_the_cells_asked_for(regions: bool) -> None:
    tables = [table for table, _ in demands(_options("scale", 20_000, regions=regions))]
    cells = sum(len(table.cells) for table in tables)
    assert [table.structure.flow for table in tables] == ["M", "X"]
    assert 0.99 * 20_000 <= cells <= 20_000


def test_months_makes_the_cells_asked_for_in_three_dimensions() -> None:
    ((table, _),) = demands(_options("months", 6_000))
    assert table.structure.columns == ("commodity", "partner", "month")
    assert 0.99 * 6_000 <= len(table.cells) <= 6_000


def test_under_passive_rules_two_percent_of_the_cells_are_unsafe() -> None:
    for table, rules in demands(_options("scale", 20_000, rules="passive")):
        found = find_primaries(table.cells, "statistical_value", ("statistical_value",), rules)
        assert 0.8 * REQUESTED_SHARE < found.unsafe.mean() <= REQUESTED_SHARE


def test_the_same_options_make_the_same_table() -> None:
    once, again = (demands(_options("scale", 2_000))[0][0].cells for _ in range(2))
    assert once.equals(again)


def test_tables_are_kept_and_found_again(tmp_path) -> None:
    made = demands(_options("scale", 2_000, save=tmp_path))
    found = demands(_options("scale", 2_000, load=tmp_path))
    assert [table.cells for table, _ in found] == [table.cells for table, _ in made]


#          total  | A     B      upper and lower level of (1, A): 4 and 3
#   total   100   | 40    60
#   1        30   | 10    20
#   2        70   | 30    40
SQUARE = [[100, 40, 60], [30, 10, 20], [70, 30, 40]]
UNSAFE = 4  # the cell (1, A)


def _square() -> AdditiveSystem:
    rows = [[3 * r, 3 * r + 1, 3 * r + 2] for r in range(3)] + [[c, c + 3, c + 6] for c in range(3)]
    level = np.zeros(9, dtype=np.int64)
    level[UNSAFE] = 4
    return AdditiveSystem(
        indptr=np.arange(0, 19, 3),
        indices=np.array(rows).ravel(),
        signs=np.tile(np.array([1, -1, -1], dtype=np.int8), 6),
        values=np.array(SQUARE).ravel(),
        costs=np.ones(9, dtype=np.int64),
        upper_level=level,
        lower_level=np.where(level > 0, 3, 0),
        lower_bound=np.zeros(9, dtype=np.int64),
        upper_bound=np.full(9, 2**62),
        status=np.where(level > 0, int(Status.PRIMARY), int(Status.CANDIDATE)).astype(np.int8),
        owner=np.zeros(9, dtype=np.int64),
        tie=np.arange(9),
        family=np.repeat([0, 1], 3),
    )


def _hidden(*cells: int) -> Mask:
    return np.isin(np.arange(9), cells)


def test_the_audit_passes_a_square_of_hidden_cells() -> None:
    assert not reached(_square(), _hidden(4, 5, 7, 8), all_bounds(_square())).missed.any()


@pytest.mark.parametrize("planted", [(), (4,), (4, 5), (4, 5, 8), (4, 5, 7)])
def test_the_audit_sees_a_cell_that_is_shown_or_stands_alone(planted: tuple[int, ...]) -> None:
    assert reached(_square(), _hidden(*planted), all_bounds(_square())).missed.all()


def test_the_audit_tells_a_level_that_is_just_reached_from_one_beyond() -> None:
    """(1, A) can rise until (1, B) or (2, A) is 0, so by 20, and fall by 10."""
    for upper, lower, missed in ((20, 10, [False, False]), (21, 10, [True, False]), (20, 11, [False, True])):
        system = _square()
        system.upper_level[UNSAFE], system.lower_level[UNSAFE] = upper, lower
        assert reached(system, _hidden(4, 5, 7, 8), all_bounds(system)).missed.tolist() == missed


@pytest.mark.parametrize("factor", [1, 10**6, 10**13])
def test_the_audit_is_as_sharp_on_large_numbers(factor: int) -> None:
    square = _square()
    for upper, missed in ((20 * factor, False), (20 * factor + 2 * max(1, factor // 10_000), True)):
        system = replace(square, values=square.values * factor, upper_level=square.upper_level * 0 + 0)
        system.upper_level[UNSAFE] = upper
        bound = Bounds(np.array([UNSAFE]), np.array([1]))
        assert reached(system, _hidden(4, 5, 7, 8), bound).missed.tolist() == [missed]


@pytest.mark.parametrize("seed", range(4))
def test_neighbourhoods_decide_as_one_program_over_everything_does(seed: int) -> None:
    ((table, rules),) = demands(_options("months" if seed % 2 else "scale", 1_200))[:1]
    system = assemble([(table, rules)]).system
    random = np.random.default_rng(seed)
    hidden = (system.upper_level > 0) & (random.random(system.cells) < 0.97) | (random.random(system.cells) < 0.1)
    bounds = some_bounds(system, 60, seed)
    found = reached(system, hidden, bounds, neighbourhoods=(8, 40, 200))
    assert found.missed.tolist() == [
        _missed(system, hidden, *bound) for bound in zip(bounds.cell, bounds.side, strict=True)
    ]
    assert 0 < found.missed.sum() < len(bounds)
    assert found.by_program.sum() + (~hidden[bounds.cell]).sum() == len(bounds)


def _missed(system: AdditiveSystem, hidden: Mask, cell: int, side: int) -> bool:
    """By one plain program in amounts, not levels; shown cells are fixed by their bounds."""
    matrix = sparse.csr_matrix((system.signs.astype(float), system.indices, system.indptr))
    scale = float(system.values.max())
    most = np.where(hidden, np.inf, system.values / scale)
    least = np.where(hidden, 0.0, system.values / scale)
    aim = np.zeros(system.cells)
    aim[cell] = -side
    solved = linprog(
        aim, A_eq=matrix, b_eq=np.zeros(system.equations), bounds=np.stack([least, most], 1), method="highs"
    )
    level = (system.upper_level if side > 0 else system.lower_level)[cell]
    reach = np.inf if solved.status == 3 else -solved.fun
    return bool(reach * scale < side * system.values[cell] + level - 1e-3 * level)
