"""An attacker who knows all but one trader's value learns of it what the curve admits, and no more.

As in test_dp_loss.py: a threshold on the noisy root, Clopper-Pearson bounds that are wrong with 1e-7 each, a lower
bound on epsilon at delta = 0.01. c = 50, a = 2,500, rho = 1/2, so s = 50. A trader of v = 7,500 alone in its cell
moves the root from 50 to 100, by c: P(v) = rho, epsilon 2.75. Many cells stand for many runs of one.
"""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest

from publisher.dp.band.loss import K, loss_at
from publisher.dp.band.mechanism import noise_for, roots
from publisher.dp.gaussian import GaussianNoise, draw
from publisher.dp.loss import epsilon
from tests.lib.bands import band_query, rules_of
from tests.lib.epsilon import epsilon_at_least

DELTA = 0.01
RULES = rules_of(rho="1/2")
NOISE = noise_for(band_query(rho="1/2").structure, RULES)
V = 7_500
CLAIM = epsilon(loss_at(V, RULES.c**2, RULES.a, RULES.rho), DELTA)

Numbers = npt.NDArray[np.float64]


def drawn(value: int, noise: GaussianNoise, runs: int, a: int = RULES.a) -> Numbers:
    """Noisy roots over that of an empty cell, divided by the sigma that was claimed."""
    start = roots([0], a)[0]
    return (draw(np.full(runs, roots([value], a)[0]), noise) - start) / NOISE.sigma


def test_the_claim_is_what_the_derivation_says() -> None:
    assert loss_at(V, RULES.c**2, RULES.a, RULES.rho) == pytest.approx(0.5, rel=1e-6)
    assert abs(CLAIM - epsilon(Fraction(1, 2), DELTA)) < 1e-3


@pytest.mark.parametrize("threshold", [1.5, 2.5])
def test_presence_loses_no_more_than_the_curve(threshold: float) -> None:
    found = epsilon_at_least(drawn(0, NOISE, 25_000), drawn(V, NOISE, 25_000), threshold, delta=DELTA)
    assert 0.8 < found < CLAIM


@pytest.mark.parametrize("value", [2_000, 60_000])
def test_small_values_lose_less_and_large_ones_more(value: int) -> None:
    claim = epsilon(loss_at(value, RULES.c**2, RULES.a, RULES.rho), DELTA)
    shift = math.sqrt(2 * float(loss_at(value, RULES.c**2, RULES.a, RULES.rho)))
    found = epsilon_at_least(drawn(0, NOISE, 25_000), drawn(value, NOISE, 25_000), shift / 2 + 1, delta=DELTA)
    assert found < claim
    assert (found > CLAIM) == (value > V)  # a large trader's presence is not protected at all


def test_values_at_the_ends_of_the_band_lose_no_more_than_rho() -> None:
    """From 10,000 to (100 + 50)^2, with nobody else in the cell: the worst there is within c."""
    low, high = drawn(10_000, NOISE, 25_000), drawn(22_500, NOISE, 25_000)
    middle = float(np.mean(low))
    found = epsilon_at_least(low, high, middle + 2.0, delta=DELTA)
    assert 0.7 < found < epsilon(RULES.rho, DELTA)


def test_half_the_noise_is_caught() -> None:
    bug = replace(NOISE, sigma=NOISE.sigma / 2)
    found = epsilon_at_least(drawn(0, bug, 50_000), drawn(V, bug, 50_000), 1.25, delta=DELTA)
    assert found > CLAIM


def test_a_root_without_a_is_caught() -> None:
    found = epsilon_at_least(drawn(0, NOISE, 50_000, a=0), drawn(V, NOISE, 50_000, a=0), 2.5, delta=DELTA)
    assert found > CLAIM


def test_two_measurements_charged_as_one_are_caught() -> None:
    """Two measures, or two levels each under its own root: the attacker adds both noisy numbers."""
    runs = 150_000
    absent, present = ((drawn(value, NOISE, runs) + drawn(value, NOISE, runs)) / math.sqrt(2) for value in (0, V))
    assert epsilon_at_least(absent, present, 2.9, delta=DELTA) > CLAIM


def test_values_spread_over_cells_lose_no_more_than_in_one() -> None:
    """Half of V in each of two cells: the attacker's statistic runs along the shift, which is shorter."""
    first, second = ((drawn(half, NOISE, 15_000), drawn(half, NOISE, 15_000)) for half in (0, V // 2))
    absent, present = ((x + y) / math.sqrt(2) for x, y in (first, second))
    assert epsilon_at_least(absent, present, 2.0, delta=DELTA) < CLAIM


def test_cutting_roots_without_accounting_for_it_is_caught() -> None:
    """k = 1 and a = 10^6: a trader of 1 can move a root by a whole step, 2,000 times g(1). The curve without
    cutting says next to nothing; noise made for that lets it be seen."""
    a = 10**6 - 1
    step = roots([1], a, 1)[0] - roots([0], a, 1)[0]
    assert step == 1
    bug = GaussianNoise(1, Fraction(1, 2), 0.5)  # s = 0.5 where c = 0.5 and nothing is added for cutting
    absent, present = draw(np.zeros(20_000, np.int64), bug), draw(np.full(20_000, step), bug)
    claim = epsilon(loss_at(1, 1, a, Fraction(1, 2), K), DELTA)  # as if roots were measured finely
    assert claim < 0.1
    assert epsilon_at_least(absent.astype(float), present.astype(float), 0.5, delta=DELTA) > claim
