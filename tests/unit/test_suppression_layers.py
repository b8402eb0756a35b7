"""Layers: planes of a table of three dimensions, and the patterns in which they move together."""

from argparse import Namespace
from itertools import product

import numpy as np
import pytest

from publisher.suppression.assemble import assemble
from publisher.suppression.layers import Layers, find_layers
from publisher.suppression.merge import merged
from publisher.suppression.network import find_network
from publisher.suppression.secondary import suppress
from publisher.suppression.system import AdditiveSystem, signed_sums
from tests.bench.suppression_tables import demands
from tests.lib.bounds import reached, some_bounds
from tests.lib.squares import square, system

SHAPE = (3, 3, 3)  # of each dimension: two codes and their total, which comes last


def cube(values: np.ndarray, levels: dict[int, int]) -> AdditiveSystem:
    """A cube with all margins, dense: cell (i, j, k) has number 9 i + 3 j + k."""
    full = np.pad(values, ((0, 1), (0, 1), (0, 1)))
    for axis in range(3):
        full[(*[slice(None)] * axis, 2)] = full.sum(axis=axis)
    number = np.arange(27).reshape(SHAPE)
    equations, family = [], []
    for axis in range(3):
        for row in np.moveaxis(number, axis, 2).reshape(-1, 3).tolist():
            equations.append((row[2], row[:2]))
            family.append(axis)
    return system(equations, full.ravel().tolist(), levels, family=np.array(family))


def patterns(layers: Layers) -> set[tuple[tuple[int, int], ...]]:
    """Each pattern as its (slot, sign) pairs."""
    bounds = zip(layers.entry_start[:-1], layers.entry_start[1:], strict=True)
    return {
        tuple(zip(layers.entry_slot[a:b].tolist(), layers.entry_sign[a:b].tolist(), strict=True)) for a, b in bounds
    }


def bench(table: str, cells: int, rules: str, *, regions: bool = False) -> AdditiveSystem:
    options = Namespace(
        table=table, cells=cells, rules=rules, regions=regions, save=None, load=None, level=None, chapters=None
    )
    return assemble(demands(options)).system


def test_a_table_of_two_dimensions_has_no_layers() -> None:
    assert len(find_layers(square({0: 5})).layer) == 0
    assert len(find_layers(bench("scale", 800, "active", regions=True)).layer) == 0


def test_tables_that_share_their_total_have_no_layers() -> None:
    first = np.arange(36).reshape(6, 6)
    second = np.append(np.arange(36, 71), 35).reshape(6, 6)  # all its own, but for the total
    values = np.ones((6, 6), dtype=np.int64)
    values[:, 5] = values[5] = 5
    values[5, 5] = 25
    equations, family = [], []
    for number, way in enumerate((first, first.T, second, second.T)):
        equations += [(row[5], row[:5]) for row in way.tolist()]
        family += [number] * 6
    flat = [*values.ravel().tolist(), *values.ravel()[:35].tolist()]
    assert len(find_layers(system(equations, flat, {0: 1}, family=np.array(family))).layer) == 0


def test_a_cube_is_three_planes_that_move_in_four_ways() -> None:
    made = cube(np.arange(1, 9).reshape(2, 2, 2), {0: 1})
    layers = find_layers(made)
    assert len(set(layers.layer.tolist())) == 3
    assert layers.crossing.sum() == 9
    assert layers.tied.all()
    found = {frozenset(pattern) for pattern in patterns(layers) if len(pattern) > 1}
    total = next(iter(frozenset.intersection(*[each for each in found if all(sign > 0 for _, sign in each)])))[0]
    first, second = sorted({0, 1, 2} - {total})
    assert found == {
        frozenset({(first, 1), (total, 1)}),
        frozenset({(second, 1), (total, 1)}),
        frozenset({(first, 1), (second, -1)}),
    }


def test_a_cube_beside_a_larger_flat_table_keeps_its_layers() -> None:
    """Both share their grand total, so that they are one system."""
    size = 20
    small = cube(np.full((2, 2, 2), (size - 1) ** 2), {0: 10})
    flat = np.append(27 + np.arange(size * size - 1), 26).reshape(size, size)
    values = np.full((size, size), 8)
    values[:, -1] = values[-1] = 8 * (size - 1)
    below = zip(small.indptr[:-1], small.indptr[1:], strict=True)
    rows = [small.indices[begin:end].tolist() for begin, end in below]
    equations = [(row[0], row[1:]) for row in rows] + [
        (row[-1], row[:-1]) for row in [*flat.tolist(), *flat.T.tolist()]
    ]
    family = np.concatenate([small.family, np.repeat([3, 4], size)])
    made = system(equations, [*small.values.tolist(), *values.ravel()[:-1].tolist()], {0: 10}, family=family)
    layers = find_layers(made)
    assert layers.crossing.sum() == 9
    assert layers.tied[:26].all()
    pattern = suppress(made, insiders=False)
    assert pattern.by_program == 0
    assert np.flatnonzero(pattern.suppressed).tolist() == [
        9 * i + 3 * j + k for i, j, k in product(range(2), repeat=3)
    ]


def test_every_place_of_a_plane_has_one_cell() -> None:
    layers = find_layers(bench("months", 3_000, "active"))
    pairs = np.stack([layers.place, layers.layer])
    assert np.unique(pairs, axis=1).shape == pairs.shape
    filled = layers.cell_at[layers.cell_at >= 0]
    assert np.array_equal(np.sort(filled), np.arange(len(layers.place)))


def test_each_pattern_keeps_every_sum_across_planes() -> None:
    """Put on a place that has all planes, a pattern is a direction of the equations across."""
    made = bench("months", 3_000, "active")
    layers = find_layers(made)
    full = np.flatnonzero((layers.cell_at >= 0).all(axis=1))
    assert len(full)
    for pattern in patterns(layers):
        if len(pattern) > 1:
            amounts = np.zeros(made.cells, dtype=np.int64)
            for slot, sign in pattern:
                amounts[layers.cell_at[full[0], slot]] = sign
            assert not np.any(signed_sums(made, amounts)[layers.crossing])


def test_a_dense_cube_needs_the_eight_corners() -> None:
    """One unsafe cell of a cube: a cycle of four in its plane, and the same in the other."""
    made = cube(np.full((2, 2, 2), 50), {0: 10})
    pattern = suppress(made, insiders=False)
    assert pattern.by_program == 0
    corners = [9 * i + 3 * j + k for i, j, k in product(range(2), repeat=3)]
    assert np.flatnonzero(pattern.suppressed).tolist() == corners


@pytest.mark.parametrize("rules", ["active", "passive"])
def test_months_need_no_linear_program(rules: str) -> None:
    made = bench("months", 3_000, rules)
    pattern = suppress(made)
    assert pattern.by_program == 0
    assert not reached(made, pattern.suppressed, some_bounds(made, 20, seed=2)).missed.any()


@pytest.mark.parametrize("regions", [False, True])
def test_merging_keeps_the_network(regions: bool) -> None:
    """Joined cells are arcs, or dependents, as their members are; no equation that was a node is lost."""
    made = bench("scale", 4_000, "active", regions=regions)
    small = merged(made)
    assert small.system.cells < 0.8 * made.cells
    before = find_network(made, find_layers(made))
    after = find_network(small.system, find_layers(small.system), small.ranked)
    assert np.array_equal(after.tail[small.group] >= 0, before.tail >= 0)
    assert np.array_equal(after.rank[small.group], before.rank)


def test_dependents_of_equal_cells_have_a_rank() -> None:
    """Equal cells that define each other in a ring had no order in which to add them up."""
    made = bench("scale", 8_000, "active", regions=True)
    pattern = suppress(made)
    assert pattern.by_program == 0
