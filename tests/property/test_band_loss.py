"""The loss of a contributor, exactly: what the square roots really move by, against what is claimed."""

import math
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.dp.band.loss import K, curve, cut_factor, loss_at, root_up, sensitivity
from publisher.dp.band.mechanism import roots
from tests.lib.bands import rules_of
from tests.lib.examples import examples
from tests.lib.tables import MASS, VALUE

RHO = Fraction(1)
SMALL_K = (1, 4, 2**10, K)


def squared_sigma(c_squared: int, cells: int, k: int, rho: Fraction = RHO) -> Fraction:
    """What the noise's variance is at least, in units of 1/k^2."""
    return Fraction(sensitivity(c_squared, cells, k) ** 2) / (2 * rho)


def lost(moved: list[int], sigma_squared: Fraction) -> Fraction:
    """The zCDP loss between two vectors of roots that differ by `moved`."""
    return sum(step * step for step in moved) / (2 * sigma_squared)


@pytest.mark.parametrize("k", SMALL_K)
@pytest.mark.parametrize("a", [0, 1, 2, 7, 30])
def test_presence_never_loses_more_than_the_curve_says(a: int, k: int) -> None:
    """Every sum q up to 60, and in it a contributor of every value v up to q, there or not."""
    c_squared = 9
    sigma_squared = squared_sigma(c_squared, 1, k)
    cut = roots(list(range(61)), a, k).tolist()
    for q in range(61):
        for v in range(1, q + 1):
            claimed = loss_at(v, c_squared, a, RHO, k)
            assert lost([cut[q] - cut[q - v]], sigma_squared) <= claimed


@pytest.mark.parametrize("a", [0, 1, 30])
def test_the_curve_is_reached_by_one_who_is_alone(a: int) -> None:
    """Within what cutting and rounding up may add: no more is claimed than is lost."""
    c_squared = 10_000
    alone = roots([0, 400], a)
    moved = int(alone[1] - alone[0])
    assert loss_at(400, c_squared, a, RHO) < lost([moved], squared_sigma(c_squared, 1, K)) * (1 + Fraction(1, 10**6))


@pytest.mark.parametrize("k", SMALL_K)
@pytest.mark.parametrize("a", [0, 1, 7, 30])
def test_values_within_the_band_lose_at_most_rho(a: int, k: int) -> None:
    """Every v and w up to 40 with |sqrt v - sqrt w| <= 3, over every sum of others up to 20. The test of the band is
    exact: v + w - 9 <= 2 sqrt(v w)."""
    c_squared = 9
    sigma_squared = squared_sigma(c_squared, 1, k)
    cut = roots(list(range(61)), a, k).tolist()
    tried = 0
    for v, w in product(range(41), repeat=2):
        rest = v + w - c_squared
        if rest <= 0 or rest * rest <= 4 * v * w:
            tried += 1
            moved = (cut[others + v] - cut[others + w] for others in range(20))
            assert all(lost([step], sigma_squared) <= RHO for step in moved)
    assert tried > 500


@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**12)), min_size=1, max_size=8),
    st.integers(0, 10**6),
    st.sampled_from(SMALL_K),
)
def test_a_change_within_the_band_over_many_cells_loses_at_most_rho(
    cells: list[tuple[int, int, int]], a: int, k: int
) -> None:
    """(v, w, others) in each cell; c is the least whole bound on the L2 distance of the roots."""
    distance = sum(v + w - 2 * Fraction(math.isqrt(v * w * 2**80), 2**40) for v, w, _ in cells)
    c_squared = max(1, math.ceil(distance))
    before, after = (roots([others + pair[i] for *pair, others in cells], a, k).tolist() for i in (0, 1))
    moved = [one - other for one, other in zip(before, after, strict=True)]
    assert lost(moved, squared_sigma(c_squared, len(cells), k)) <= RHO


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=12), st.integers(0, 10**9))
def test_the_loss_of_the_parts_is_at_most_that_of_the_whole(parts: list[int], a: int) -> None:
    """P is superadditive, so the curve at a total holds however it is spread over cells and months."""
    slack = Fraction(2 * (1 + a), 2**63) * len(parts)  # of the bounds on square roots
    assert sum(loss_at(part, 100, a, RHO) for part in parts) <= loss_at(sum(parts), 100, a, RHO) + slack


@settings(max_examples=examples(100), deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**10)), min_size=1, max_size=10),
    st.integers(0, 10**6),
    st.sampled_from(SMALL_K),
)
def test_presence_over_many_cells_loses_at_most_the_curve_at_the_total(
    cells: list[tuple[int, int]], a: int, k: int
) -> None:
    """(value, others) in each cell: real roots, cut to whole numbers."""
    present = roots([v + others for v, others in cells], a, k).tolist()
    absent = roots([others for _, others in cells], a, k).tolist()
    moved = [one - other for one, other in zip(present, absent, strict=True)]
    total = sum(v for v, _ in cells)
    assert lost(moved, squared_sigma(2500, len(cells), k)) <= loss_at(total, 2500, a, RHO, k)


def test_without_the_factor_for_cutting_the_curve_would_be_false() -> None:
    """k = 1, a = 3: sqrt(1 + 3) - sqrt(0 + 3) = 0.27 becomes one whole step."""
    a, k, c_squared = 3, 1, 9
    step = int(roots([1], a, k)[0] - roots([0], a, k)[0])
    real = lost([step], squared_sigma(c_squared, 1, k))
    assert real > loss_at(1, c_squared, a, RHO, k) / cut_factor(a, k)
    assert real <= loss_at(1, c_squared, a, RHO, k)


def test_bounds_on_roots_are_on_the_right_side() -> None:
    assert [root_up(n) for n in (0, 1, 2, 4, 5, 9, 10)] == [0, 1, 2, 2, 3, 3, 4]
    assert loss_at(0, 100, 7, RHO) == 0
    assert 100 <= loss_at(10_000, 100, 0, RHO) < 100 * (1 + Fraction(1, 10**8))  # a = 0: v / c^2 times rho


@pytest.mark.parametrize("measure", [VALUE, MASS], ids=lambda m: m.id)
def test_the_curve_grows_is_rounded_up_and_holds_at_every_unit(measure: object) -> None:
    rules = rules_of(measure, c=50, a=2500, rho="1/3")  # type: ignore[arg-type]
    points = curve(rules, measure)  # type: ignore[arg-type]
    assert [p.value for p in points] == [10**power for power in range(13)]
    for point in points:
        real = float(rules.rho) * ((math.sqrt(point.value + 2500) - 50) / 50) ** 2
        assert real * (1 - 1e-6) < point.rho < real * (1 + 2e-5)
        assert math.sqrt(point.value) - math.sqrt(point.low) <= 50
        assert math.sqrt(point.high) - math.sqrt(point.value) <= 50 + 1e-9
        assert len(str(point.rho.numerator)) <= 13
    assert all(one.rho < other.rho and one.epsilon < other.epsilon for one, other in pairwise(points))
