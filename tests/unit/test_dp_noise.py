"""Noise is as large as claimed, by OpenDP's map, by exact arithmetic, and by measuring it.

Statistical tests fail by chance with probability below 1e-7 each; no noise is seeded.
"""

import math
from fractions import Fraction

import numpy as np
import opendp.prelude as opendp
import pytest

from publisher.dp.gaussian import (
    LARGEST_SENSITIVITY,
    at_least,
    calibrate,
    calibrate_squared,
    draw,
    loss_by_opendp,
    root_above,
)
from publisher.dp.interval import half_width
from publisher.dp.loss import epsilon
from publisher.dp.quantile import candidates, private_quantile
from publisher.errors import ProtectionError
from tests.lib.noise import far_out

FALSE_ALARM = 1e-7
DRAWS = 30_000


@pytest.mark.parametrize("sensitivity", [1, 3, 8, 8000, 77_526, LARGEST_SENSITIVITY])
@pytest.mark.parametrize("rho", ["1/50", "1", "1/3", "1/1000000", "7/10"])
def test_sigma_is_enough_and_not_more(sensitivity: int, rho: str) -> None:
    noise = calibrate(sensitivity, Fraction(rho))
    by_hand = Fraction(sensitivity) ** 2 / (2 * Fraction(noise.sigma) ** 2)
    assert by_hand <= Fraction(rho)
    assert by_hand > Fraction(rho) * (1 - Fraction(1, 10**12))
    assert by_hand <= loss_by_opendp(sensitivity, noise.sigma) <= Fraction(rho)


@pytest.mark.parametrize("square", [1, 2, 3, 9 * 1905**2 + 49 * 1000**2, 2**80 - 1, 2**80])
@pytest.mark.parametrize("rho", ["1/50", "1/3", "7/10"])
def test_a_sensitivity_that_is_no_whole_number_is_never_rounded_down(square: int, rho: str) -> None:
    noise = calibrate_squared(square, Fraction(rho))
    by_hand = Fraction(square) / (2 * Fraction(noise.sigma) ** 2)
    assert Fraction(rho) * (1 - Fraction(1, 10**12)) < by_hand <= Fraction(rho)
    assert Fraction(root_above(square)) ** 2 >= square > Fraction(math.nextafter(root_above(square), 0)) ** 2
    assert by_hand <= loss_by_opendp(root_above(square), noise.sigma) <= Fraction(rho)


@pytest.mark.parametrize("sensitivity", [1, 3, 8000, LARGEST_SENSITIVITY])
def test_a_whole_sensitivity_gets_the_sigma_of_its_square(sensitivity: int) -> None:
    assert calibrate(sensitivity, Fraction(1, 7)) == calibrate_squared(sensitivity**2, Fraction(1, 7))
    assert root_above(sensitivity**2) == sensitivity


@pytest.mark.parametrize("square", [0, -1, 2**80 + 1])
def test_a_square_out_of_range_is_refused(square: int) -> None:
    with pytest.raises(ProtectionError):
        calibrate_squared(square, Fraction(1))


@pytest.mark.parametrize("sigma", [0.3, 1.0, 6.7, 1e6])
@pytest.mark.parametrize("sensitivity", [1, 3, 1000])
def test_opendps_map_is_the_formula_rounded_up(sensitivity: int, sigma: float) -> None:
    by_hand = Fraction(sensitivity) ** 2 / (2 * Fraction(sigma) ** 2)
    assert by_hand <= loss_by_opendp(sensitivity, sigma) <= by_hand * (1 + Fraction(1, 10**12))


def test_no_noise_counts_as_boundless_loss() -> None:
    assert loss_by_opendp(1, 0.0) > 10**20


@pytest.mark.parametrize(("sensitivity", "rho"), [(0, 1), (-1, 1), (LARGEST_SENSITIVITY + 1, 1), (1, 0), (1, -1)])
def test_what_cannot_be_scaled_is_refused(sensitivity: int, rho: int) -> None:
    with pytest.raises(ProtectionError):
        calibrate(sensitivity, Fraction(rho))


@pytest.mark.parametrize("rho", ["1/50", "1/10", "1", "5"])
def test_epsilon_agrees_with_opendp(rho: str) -> None:
    sigma = at_least(Fraction(1), Fraction(rho))
    space = opendp.vector_domain(opendp.atom_domain(T="i64")), opendp.l2_distance(T=float)
    curve = opendp.c.make_zCDP_to_approxDP(opendp.m.make_gaussian(*space, scale=sigma)).map(1.0)
    assert epsilon(Fraction(rho)) == pytest.approx(curve.epsilon(1e-6), abs=2e-4)
    assert epsilon(Fraction(rho)) >= curve.epsilon(1e-6) - 1e-9


def test_epsilon_of_the_yearly_cap() -> None:
    assert epsilon(Fraction(1)) == pytest.approx(7.77, abs=0.01)


@pytest.mark.parametrize(("sensitivity", "rho"), [(3, "1/10"), (1, "1/2"), (8000, "1/50")])
def test_measured_noise_has_the_variance_the_mean_and_the_independence_claimed(sensitivity: int, rho: str) -> None:
    noise = calibrate(sensitivity, Fraction(rho))
    drawn = draw(np.full(DRAWS, 17), noise) - 17
    z = far_out(FALSE_ALARM)
    assert drawn.dtype == np.int64
    assert abs(drawn.mean()) <= z * noise.sigma / math.sqrt(DRAWS)
    assert abs(drawn.var() / noise.sigma**2 - 1) <= z * math.sqrt(2 / DRAWS)
    neighbours = np.mean(drawn[1:] * drawn[:-1]) / noise.sigma**2
    assert abs(neighbours) <= z / math.sqrt(DRAWS - 1)
    assert np.any(drawn % 2) and np.any(drawn % 2 == 0)


def test_two_draws_share_nothing() -> None:
    noise = calibrate(8, Fraction(1, 50))
    assert not np.array_equal(draw(np.zeros(1000, np.int64), noise), draw(np.zeros(1000, np.int64), noise))


def test_chunks_come_back_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.dp.gaussian.CHUNK", 1000)
    values = np.arange(3_001, dtype=np.int64) * 1000
    assert np.abs(draw(values, calibrate(1, Fraction(1, 2))) - values).max() < 100


def test_nothing_is_drawn_for_nothing() -> None:
    assert len(draw(np.empty(0, np.int64), calibrate(1, Fraction(1)))) == 0


@pytest.mark.parametrize("sigma", [0.2, 0.5, 1.0, 6.7, 40.0, 5000.0])
@pytest.mark.parametrize("terms", [1, 2, 7])
def test_an_interval_holds_95_percent_of_the_noise(sigma: float, terms: int) -> None:
    """Hoeffding: the count outside exceeds its mean by more than the margin with probability below 1e-7."""
    noise = calibrate(1, 1 / (2 * Fraction(sigma) ** 2))
    runs = 4_000
    drawn = draw(np.zeros(runs * terms, np.int64), noise).reshape(runs, terms).sum(axis=1)
    outside = np.mean(np.abs(drawn) > half_width(noise.sigma, terms))
    assert outside <= 0.05 + math.sqrt(math.log(1 / FALSE_ALARM) / (2 * runs))


def test_an_interval_is_the_shortest() -> None:
    """sigma 1: P(|Z| > 1) = 0.195 and P(|Z| > 2) = 0.009, by summing exp(-x^2/2). P(|Z| > h) is at most
    2 Phi(-(h + 1/2) / sigma), which saves half a unit."""
    assert half_width(1.0, 1) == 2
    assert half_width(0.2, 1) == 0
    assert half_width(6.7, 1) in {13, 14}
    assert half_width(6.7, 4) == math.ceil(1.959964 * 13.4 - 0.5) == 26


@pytest.mark.parametrize("quantile", ["49/50", "1/2", "1/50"])
@pytest.mark.parametrize("rho", ["1/50", "1/1000", "1"])
def test_the_private_quantile_costs_what_is_claimed(quantile: str, rho: str) -> None:
    q, budget = Fraction(quantile), Fraction(rho)
    loss = Fraction(private_quantile(q, budget).mechanism.map(1))
    by_hand = max(q, 1 - q) ** 2 / (2 * Fraction(at_least(max(q, 1 - q), budget)) ** 2)
    assert by_hand <= budget
    assert by_hand * (1 - Fraction(1, 10**6)) <= loss <= budget


def test_a_private_quantile_finds_the_quantile_where_there_is_budget() -> None:
    norms = np.concatenate([np.full(9_700, 50.0), np.full(300, 10_000.0)])
    assert 50 in candidates()
    assert (
        private_quantile(Fraction(9, 10), Fraction(1)).draw(norms) == 50
    )  # the next best scores 600 noise scales worse


def test_a_private_quantile_of_nobody_is_some_candidate() -> None:
    assert private_quantile(Fraction(49, 50), Fraction(1)).draw(np.empty(0)) in candidates()
