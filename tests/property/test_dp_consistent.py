"""Published numbers add up exactly, are whole and not negative, and are the nearest such numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from publisher.dp.consistent import consistent
from publisher.dp.fold import ONE_NODE, consistent_table, fold
from publisher.dp.keys import all_keys, finest_keys, is_finest
from publisher.dp.levels import Levels
from publisher.dp.margins import with_margins
from publisher.dp.spread import spread, spread_both_ways
from publisher.model.structure import Dimension, TableStructure
from tests.lib.examples import examples
from tests.lib.tables import structure
from tests.property.test_dp_margins import hierarchies


def _table(*trees) -> TableStructure:  # type: ignore[no-untyped-def]
    return structure(*(Dimension(f"d{i}", "", tree) for i, tree in enumerate(trees)))


def _estimates(table: TableStructure, finest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    shape = [len(d.hierarchy.codes) for d in table.dimensions]
    return (
        with_margins(table, finest).reshape(shape).astype(np.float64),
        Levels(table, ()).variances().reshape(shape),
    )


def _consistent(table: TableStructure, finest: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    estimates, variances = _estimates(table, finest)
    first, second = (d.hierarchy for d in table.dimensions)
    return consistent(first, second, estimates, variances)


@settings(max_examples=examples(80), deadline=None)
@given(hierarchies(), hierarchies(), st.randoms(use_true_random=False), st.sampled_from([2, 20, 1000]))
def test_margins_add_up_exactly_and_nothing_is_negative(first, second, random, size: int) -> None:  # type: ignore[no-untyped-def]
    table = _table(first, second)
    finest = np.array([random.randint(-size, size) for _ in range(len(first.leaves) * len(second.leaves))])
    found = _consistent(table, finest)
    leaves = found[np.ix_(first.leaves, second.leaves)]
    assert np.all(found >= 0)
    assert np.array_equal(with_margins(table, leaves.ravel()).reshape(found.shape), found)
    roots = np.array(first.parent) < 0, np.array(second.parent) < 0
    assert found[np.ix_(*roots)].sum() == max(finest.sum(), 0)


@settings(max_examples=examples(50), deadline=None)
@given(hierarchies(), hierarchies(), st.randoms(use_true_random=False))
def test_numbers_that_are_consistent_already_stay(first, second, random) -> None:  # type: ignore[no-untyped-def]
    table = _table(first, second)
    finest = np.array([random.randint(0, 50) for _ in range(len(first.leaves) * len(second.leaves))])
    assert np.array_equal(_consistent(table, finest), _estimates(table, finest)[0])


@settings(max_examples=examples(50), deadline=None)
@given(hierarchies(), st.randoms(use_true_random=False))
def test_a_table_of_one_dimension_adds_up(tree, random) -> None:  # type: ignore[no-untyped-def]
    table = _table(tree)
    finest = np.array([random.randint(-20, 30) for _ in tree.leaves])
    estimates, variances = _estimates(table, finest)
    found = consistent(tree, ONE_NODE, estimates[:, None], variances[:, None])[:, 0]
    assert np.array_equal(with_margins(table, found[list(tree.leaves)]), found)
    assert np.all(found >= 0)


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(0.5, 9)), min_size=1, max_size=6), st.integers(0, 60))
def test_a_split_is_the_nearest_in_least_squares(cells: list[tuple[float, float]], total: int) -> None:
    """Against a general optimiser; rounding moves no cell by more than one."""
    y, v = (np.array(numbers) for numbers in zip(*cells, strict=True))
    found = spread(y, v, total)
    best = minimize(
        lambda x: np.sum((x - y) ** 2 / v),
        np.full(len(y), total / len(y)),
        jac=lambda x: 2 * (x - y) / v,
        bounds=[(0, None)] * len(y),
        constraints={"type": "eq", "fun": lambda x: x.sum() - total},
        options={"maxiter": 500, "ftol": 1e-12},
    )
    assert found.sum() == total
    assert np.all(found >= 0)
    if best.success:
        assert np.abs(found - best.x).max() <= 1 + 1e-2


@settings(max_examples=examples(80), deadline=None)
@given(st.integers(1, 6), st.integers(1, 6), st.randoms(use_true_random=False))
def test_a_block_keeps_both_margins(rows: int, columns: int, random) -> None:  # type: ignore[no-untyped-def]
    truth = np.array([[random.choice([0, 0, 1, 5, 80]) for _ in range(columns)] for _ in range(rows)])
    noisy = truth + np.array([[random.randint(-20, 20) for _ in range(columns)] for _ in range(rows)])
    variances = np.outer([random.randint(1, 9) for _ in range(rows)], [random.randint(1, 9) for _ in range(columns)])
    found = spread_both_ways(noisy, variances.astype(float), truth.sum(axis=1), truth.sum(axis=0))
    assert np.all(found >= 0)
    assert np.array_equal(found.sum(axis=1), truth.sum(axis=1))
    assert np.array_equal(found.sum(axis=0), truth.sum(axis=0))


@pytest.mark.parametrize(("total", "expected"), [(0, [0, 0, 0]), (6, [6, 0, 0]), (10, [8, 2, 0]), (12, [9, 3, 0])])
def test_small_noisy_cells_go_to_zero(total: int, expected: list[int]) -> None:
    """
    estimates 7 1 -5, equal variances. Level: what is taken off every cell.

    total   level   numbers
        6       1   6 0 0
       10      -1   8 2 0
       12      -2   9 3 0
    """
    assert spread(np.array([7.0, 1.0, -5.0]), np.ones(3), total).tolist() == expected


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(hierarchies(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_any_number_of_dimensions_adds_up(trees, random) -> None:  # type: ignore[no-untyped-def]
    table = _table(*trees)
    finest = np.array([random.randint(-20, 30) for _ in range(int(np.prod([len(tree.leaves) for tree in trees])))])
    found = consistent_table(table, with_margins(table, finest).astype(float), Levels(table, ()).variances())
    assert np.all(found >= 0)
    assert np.array_equal(with_margins(table, found[is_finest(table, all_keys(table))]), found)
    roots = np.logical_and.reduce([np.array(t.parent)[k] < 0 for t, k in zip(trees, all_keys(table), strict=True)])
    assert found[roots].sum() == max(finest.sum(), 0)


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(hierarchies(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_what_adds_up_already_stays_in_any_number_of_dimensions(trees, random) -> None:  # type: ignore[no-untyped-def]
    table = _table(*trees)
    finest = np.array([random.randint(0, 30) for _ in range(int(np.prod([len(tree.leaves) for tree in trees])))])
    margins = with_margins(table, finest)
    assert np.array_equal(consistent_table(table, margins.astype(float), Levels(table, ()).variances()), margins)


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(hierarchies(), min_size=1, max_size=3))
def test_the_leaves_of_a_folded_tree_are_the_finest_keys_in_order(trees) -> None:  # type: ignore[no-untyped-def]
    folded = fold(trees)
    leaves = [folded.nodes[leaf] for leaf in folded.tree.leaves]
    assert leaves == list(zip(*(nodes.tolist() for nodes in finest_keys(_table(*trees))), strict=True))
