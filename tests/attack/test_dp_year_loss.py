"""The loss of a year measured once more, from declarations in DuckDB to the noise: within the claim, bugs found.

The attacker knows all but one importer, who fills the clip in six months of the year, and projects the noisy numbers
on what that importer adds. Claim and bound are those of test_dp_levels_loss.py: epsilon 2.75 at rho = 1/2 and delta =
0.01, the mechanism's own about 1.9, each planted bug over 3.
"""

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest

import publisher.aggregate.clipped as clipping
import publisher.aggregate.clipped_year as clipping_years
from publisher.dp.gaussian import GaussianNoise, calibrate_squared, draw
from publisher.dp.loss import epsilon
from publisher.dp.noisy import Integers, measurable
from publisher.errors import ProtectionError
from publisher.model.confidential import ClippedSums
from tests.lib.epsilon import epsilon_at_least
from tests.lib.tables import declaration
from tests.unit.test_aggregate_clipped_year import items, year_of

RHO, DELTA, RUNS = Fraction(1, 2), 0.01, 20_000
OTHERS = [declaration(importer=f"other{n}", reference_period="2021-03") for n in range(5)]
TARGET = items("target", range(1, 7), 2)
MONTHS = {f"2021-{month:02}": "s0001" if month < 4 else "s0002" for month in range(1, 7)}


def _sums(rows: list[dict[str, object]]) -> ClippedSums:
    """With a clip of 1 and room for two full months; three months are read at one snapshot, three at another."""
    return year_of({"s0001": rows, "s0002": rows}, 1, 2, None, MONTHS, of_months=False)[0]


def _data() -> tuple[ClippedSums, Integers, Integers]:
    """The sums with the importer; what he adds to the vector, and the vector without him."""
    present, absent = _sums([*OTHERS, *TARGET]), measurable(_sums(OTHERS)).vector
    return present, measurable(present).vector - absent, absent


@cache
def _sound() -> tuple[ClippedSums, Integers, Integers]:
    """The same without a bug in it."""
    return _data()


def _epsilon(added: Integers, others: Integers, noise: GaussianNoise, threshold: float) -> float:
    """The bound from the projection on `added`, in standard deviations of the noise that should be there."""
    where = np.flatnonzero(added)
    claimed = calibrate_squared(2000**2, RHO).sigma * float(np.linalg.norm(added))

    def statistic(vector: Integers) -> np.ndarray:  # type: ignore[type-arg]
        drawn = draw(np.tile(vector[where], RUNS), noise).reshape(RUNS, -1) - others[where]
        return np.asarray(drawn @ added[where] / claimed)

    return epsilon_at_least(statistic(others), statistic(others + added), threshold, delta=DELTA)


def test_the_year_stays_within_its_claim() -> None:
    sums, added, others = _sound()
    noise = calibrate_squared(sums.squared_sensitivity, RHO)
    assert 0.7 < _epsilon(added, others, noise, 2.0) < epsilon(RHO, DELTA)


def test_half_the_noise_is_caught() -> None:
    sums, added, others = _sound()
    noise = calibrate_squared(sums.squared_sensitivity, RHO)
    assert _epsilon(added, others, replace(noise, sigma=noise.sigma / 2), 1.25) > epsilon(RHO, DELTA)


def test_noise_for_one_month_is_caught() -> None:
    _, added, others = _sound()
    assert _epsilon(added, others, calibrate_squared(1000**2, RHO), 1.25) > epsilon(RHO, DELTA)


def test_months_that_are_not_clipped_again_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The importer moves the year by six full months."""
    long = clipping.Long
    monkeypatch.setattr(clipping_years, "Long", lambda source, clip, scale: long(source, 6 * clip, scale))
    sums, added, others = _data()
    assert _epsilon(added, others, calibrate_squared(sums.squared_sensitivity, RHO), 2.5) > epsilon(RHO, DELTA)


def test_one_importer_counted_as_another_in_each_snapshot_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice two full months."""
    monkeypatch.setattr(
        clipping_years, "connected_components", lambda links, directed: (0, np.arange(links.shape[0]))
    )
    sums, added, others = _data()
    assert _epsilon(added, others, calibrate_squared(sums.squared_sensitivity, RHO), 2.5) > epsilon(RHO, DELTA)


def test_a_clip_off_by_two_is_stopped_by_the_check_of_the_year(monkeypatch: pytest.MonkeyPatch) -> None:
    shrunken = clipping._shrunken
    monkeypatch.setattr(
        clipping, "_shrunken", lambda sensitivity: shrunken(sensitivity * (2 if sensitivity == 2000 else 1))
    )
    with pytest.raises(ProtectionError, match="longer than the clip"):
        _data()
