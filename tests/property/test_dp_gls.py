"""Least squares over trees against dense linear algebra."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.dp.gls import best_estimates, best_variances
from publisher.model.codelist import Hierarchy
from tests.lib.examples import examples
from tests.property.test_dp_margins import _below, hierarchies


def _sums(tree: Hierarchy) -> np.ndarray:  # type: ignore[type-arg]
    """nodes x leaves, 1 where the leaf lies under the node"""
    leaves = {leaf: place for place, leaf in enumerate(tree.leaves)}
    matrix = np.zeros((len(tree.codes), len(leaves)))
    for node in range(len(tree.codes)):
        matrix[node, [leaves[leaf] for leaf in _below(tree, node)]] = 1
    return matrix


@st.composite
def weighted(draw: st.DrawFn) -> tuple[Hierarchy, np.ndarray]:  # type: ignore[type-arg]
    tree = draw(hierarchies())
    weights = np.array([draw(st.sampled_from([0, 1, 2, 5])) for _ in tree.codes], dtype=np.float64)
    weights[list(tree.leaves)] = np.maximum(weights[list(tree.leaves)], 1)
    return tree, weights


def _dense(sums: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """The matrix from measured to best numbers, and its error covariance."""
    design = weights[:, None] * sums
    inverse = np.linalg.pinv(design.T @ design)
    return sums @ inverse @ design.T * weights[None, :], sums @ inverse @ sums.T


@settings(max_examples=examples(80), deadline=None)
@given(weighted(), st.randoms(use_true_random=False))
def test_one_tree(tree_and_weights, random) -> None:  # type: ignore[no-untyped-def]
    tree, weights = tree_and_weights
    measured = np.array([random.randint(-99, 99) for _ in tree.codes], dtype=np.float64)
    best, covariance = _dense(_sums(tree), weights)
    assert np.allclose(best_estimates(tree, measured, weights), best @ measured)
    assert np.allclose(best_variances(tree, weights), np.diag(covariance))


@settings(max_examples=examples(50), deadline=None)
@given(weighted(), weighted(), st.randoms(use_true_random=False))
def test_two_trees(first, second, random) -> None:  # type: ignore[no-untyped-def]
    (tree_1, w_1), (tree_2, w_2) = first, second
    measured = np.array([[random.randint(-99, 99) for _ in tree_2.codes] for _ in tree_1.codes], dtype=np.float64)
    found = best_estimates(tree_2, best_estimates(tree_1, measured, w_1).T, w_2).T
    best, covariance = _dense(np.kron(_sums(tree_1), _sums(tree_2)), np.kron(w_1, w_2))
    assert np.allclose(found.ravel(), best @ measured.ravel())
    assert np.allclose(np.kron(best_variances(tree_1, w_1), best_variances(tree_2, w_2)), np.diag(covariance))
