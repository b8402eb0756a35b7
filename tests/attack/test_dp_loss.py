"""An attacker who knows everything but one trader's presence cannot tell it better than the claim allows.

For neighbouring data the attacker's best test is a threshold on the noisy numbers along that trader's vector (Neyman
and Pearson, for Gaussian noise). If P = P(over | present) and Q = P(over | absent), then (epsilon, delta)-DP means
P <= exp(epsilon) Q + delta, so ln((P - delta) / Q) is a lower bound on epsilon. P and Q are replaced by one-sided
Clopper-Pearson bounds that are wrong with probability at most 1e-7 each.

The claim is epsilon(rho = 1/2, delta = 0.01) = 2.75; the mechanism's true value is about 1.9; each planted bug gives
more than 3. Many cells with independent noise stand for many runs of a one-cell measurement.
"""

import math
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest

from publisher.dp.gaussian import GaussianNoise, calibrate, draw
from publisher.dp.loss import epsilon
from tests.lib.epsilon import epsilon_at_least

RHO = Fraction(1, 2)
DELTA = 0.01
CLIP = 5

Numbers = npt.NDArray[np.float64]


def _drawn(contribution: int, noise: GaussianNoise, runs: int) -> Numbers:
    """Noisy numbers divided by the sigma that was claimed, over a number of others that the attacker knows."""
    others = 1000
    return (draw(np.full(runs, others + contribution), noise) - others) / calibrate(CLIP, RHO).sigma


@pytest.mark.parametrize("threshold", [1.5, 2.0, 2.5])
def test_the_mechanism_stays_within_its_claim(threshold: float) -> None:
    noise = calibrate(CLIP, RHO)
    found = epsilon_at_least(_drawn(0, noise, 40_000), _drawn(CLIP, noise, 40_000), threshold, delta=DELTA)
    assert 0.8 < found < epsilon(RHO, DELTA)


def test_half_the_noise_is_caught() -> None:
    bug = GaussianNoise(CLIP, RHO, calibrate(CLIP, RHO).sigma / 2)
    found = epsilon_at_least(_drawn(0, bug, 50_000), _drawn(CLIP, bug, 50_000), 1.25, delta=DELTA)
    assert found > epsilon(RHO, DELTA)


def test_a_clip_off_by_two_is_caught() -> None:
    noise = calibrate(CLIP, RHO)
    found = epsilon_at_least(_drawn(0, noise, 50_000), _drawn(2 * CLIP, noise, 50_000), 2.5, delta=DELTA)
    assert found > epsilon(RHO, DELTA)


def test_two_measures_charged_as_one_are_caught() -> None:
    """The sum of both noisy numbers, over sqrt(2)."""
    noise, runs = calibrate(CLIP, RHO), 160_000
    absent, present = (
        (_drawn(contribution, noise, runs) + _drawn(contribution, noise, runs)) / math.sqrt(2)
        for contribution in (0, CLIP)
    )
    assert epsilon_at_least(absent, present, 2.9, delta=DELTA) > epsilon(RHO, DELTA)


def test_a_vector_over_many_cells_loses_no_more_than_one_number() -> None:
    """The trader's vector (3, 4) has norm 5: the attacker's statistic runs along it."""
    noise, runs = calibrate(CLIP, RHO), 40_000

    def statistic(first: int, second: int) -> Numbers:
        return (3 * _drawn(first, noise, runs) + 4 * _drawn(second, noise, runs)) / 5

    found = epsilon_at_least(statistic(0, 0), statistic(3, 4), 2.0, delta=DELTA)
    assert 0.8 < found < epsilon(RHO, DELTA)
