"""Expected errors against dense linear algebra, and the plan that is chosen against all plans on a grid."""

import inspect
from fractions import Fraction
from itertools import product
from math import prod, sqrt

import numpy as np
import numpy.typing as npt
import pytest

from publisher.dp import strategy
from publisher.dp.strategy import choose, expected_rmse, worst_ratio
from publisher.errors import ProtectionError
from publisher.model.codelist import TOTAL
from publisher.model.level_plan import Cut, LevelPlan
from publisher.model.structure import TableStructure
from tests.lib.tables import ITEMS, codelist, dimension, structure

EVEN = codelist("EVEN", {"leaf": {f"{n}": TOTAL for n in range(8)}})
DEEP = codelist(
    "DEEP", {"group": {"a": TOTAL, "b": TOTAL, "c": TOTAL}, "leaf": {"a1": "a", "a2": "a", "a3": "a", "b1": "b"}}
)
ONE_TREE = structure(dimension("x", DEEP), measures=(ITEMS,))
TWO_TREES = structure(dimension("x", DEEP), dimension("y", EVEN), measures=(ITEMS,))

CASES: dict[str, tuple[TableStructure, dict[Cut, int]]] = {
    "two levels": (structure(dimension("x", EVEN), measures=(ITEMS,)), {(0,): 5, (1,): 2}),
    "three levels": (ONE_TREE, {(0,): 4, (1,): 3, (2,): 2}),
    "margins of one tree": (TWO_TREES, {(2, 0): 7, (2, 1): 3}),
    "both trees": (TWO_TREES, {(0, 0): 14, (0, 1): 6, (2, 0): 7, (2, 1): 3}),
}
GRID = [2.0 ** (n / 4) for n in range(-14, 15)]


def _sums(table: TableStructure) -> npt.NDArray[np.float64]:
    """(all keys, finest cells): 1 where the cell lies below the key."""
    parts = []
    for tree in (each.hierarchy for each in table.dimensions):
        rows = np.zeros((len(tree.codes), len(tree.leaves)))
        for place, leaf in enumerate(tree.leaves):
            node = leaf
            while node >= 0:
                rows[node, place] = 1
                node = tree.parent[node]
        parts.append(rows)
    whole = parts[0]
    for part in parts[1:]:
        whole = np.kron(whole, part)
    return whole


def _weights_and_cuts(table: TableStructure, weights: tuple[tuple[float, ...], ...]) -> tuple[list[float], list[Cut]]:
    """For each key its weight (a leaf's is the finest) and its combination of levels."""
    trees = [each.hierarchy for each in table.dimensions]
    found, cuts = [], []
    for nodes in product(*(range(len(tree.codes)) for tree in trees)):
        levels = [tree.level_of[node] for tree, node in zip(trees, nodes, strict=True)]
        counted = [
            level if tree.children[node] else -1 for tree, node, level in zip(trees, nodes, levels, strict=True)
        ]
        found.append(prod(own[n] for own, n in zip(weights, counted, strict=True)))
        cuts.append(tuple(levels))
    return found, cuts


def _dense_errors(table: TableStructure, weights: tuple[tuple[float, ...], ...]) -> dict[Cut, float]:
    """Root mean squared error of each level in multiples of sigma: A (A' W^2 A)^-1 A'."""
    sums, (own, cuts) = _sums(table), _weights_and_cuts(table, weights)
    inverse = np.linalg.inv(sums.T @ (np.array(own)[:, None] ** 2 * sums))
    variances = np.einsum("ij,jk,ik->i", sums, inverse, sums)
    return {cut: sqrt(float(np.mean([v for v, c in zip(variances, cuts, strict=True) if c == cut]))) for cut in cuts}


def _ratio(table: TableStructure, clips: dict[Cut, int], weights: tuple[tuple[float, ...], ...]) -> float:
    errors = _dense_errors(table, weights)
    sensitivity = sqrt(
        sum((prod(own[n] for own, n in zip(weights, cut, strict=True)) * clip) ** 2 for cut, clip in clips.items())
    )
    return max(sensitivity * errors[cut] / clip for cut, clip in clips.items())


@pytest.mark.parametrize("case", CASES)
def test_no_plan_on_a_grid_is_better_than_the_one_chosen(case: str) -> None:
    table, clips = CASES[case]
    chosen = choose(table, clips)
    levels = [len(each.hierarchy.levels) for each in table.dimensions]
    free = sorted({(place, n) for cut in clips for place, n in enumerate(cut) if n < levels[place] - 1})
    grid = [0.0, *GRID] if len(free) == 1 else [0.0, *GRID[::2]]
    best = np.inf
    for tried in product(grid, repeat=len(free)):
        weights = [[0.0] * (count - 1) + [1.0] for count in levels]
        for (place, n), weight in zip(free, tried, strict=True):
            weights[place][n] = weight
        best = min(best, _ratio(table, clips, tuple(map(tuple, weights))))
    found = _ratio(table, clips, chosen.weights)
    assert found <= best * 1.003  # whole weights, steps of the search
    assert found == pytest.approx(worst_ratio(table, chosen.weights, clips), rel=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_expected_errors_are_those_of_dense_least_squares(case: str) -> None:
    table, clips = CASES[case]
    plan = choose(table, clips)
    rho = Fraction(1, 10)
    sigma = sqrt(plan.squared_sensitivity / (2 * rho))
    errors = [sigma * error for _, error in sorted(_dense_errors(table, plan.weights).items())]
    assert list(expected_rmse(table, plan, rho).values()) == pytest.approx(errors, rel=1e-9)


def test_a_level_that_helps_nobody_is_not_measured() -> None:
    """One node above one leaf is the leaf: measuring both is measuring one twice, so either share does as well."""
    single = codelist("SINGLE", {"leaf": {"a": TOTAL}})
    table = structure(dimension("x", single), measures=(ITEMS,))
    plan = choose(table, {(0,): 2, (1,): 2})
    assert plan.weights[0][0] == 0
    assert dict(plan.clips) == {(1,): 2}
    assert plan.share((1,)) == 1


def test_more_levels_than_can_be_searched_are_refused() -> None:
    levels = {"a": {"1": TOTAL}, "b": {"2": "1"}, "c": {"3": "2"}}
    codes = codelist("LONG", levels | {"d": {"4": "3"}, "e": {"5": "4"}, "f": {"6": "5"}})
    table = structure(dimension("x", codes), measures=(ITEMS,))
    with pytest.raises(ProtectionError, match="at most 4"):
        choose(table, {(n,): 1 for n in range(7)})


def test_nothing_that_chooses_takes_data() -> None:
    """The arguments of every public function: structures, rules, clips, weights, plans, rho."""
    given = {
        name
        for function in (strategy.level_plan, strategy.choose, strategy.expected_rmse, strategy.worst_ratio)
        for name in inspect.signature(function).parameters
    }
    assert given == {"structure", "rules", "clips", "weights", "plan", "rho"}
    assert not {"duckdb", "pyarrow", "ClippedSums"} & set(vars(strategy))


def test_the_same_question_gets_the_same_plan() -> None:
    table, clips = CASES["both trees"]
    assert choose(table, clips) == choose(table, dict(reversed(clips.items())))
    assert isinstance(choose(table, clips), LevelPlan)
