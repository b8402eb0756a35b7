"""The loss of several levels measured together, from declarations in DuckDB to the noise: within the claim, and every
planted bug found.

The attacker knows all but one importer, who reaches the clips of both levels, and projects the noisy numbers on what
that importer adds (the best test for Gaussian noise; test_dp_loss.py has the bound and how rarely it is wrong). At
rho = 1/2 and delta = 0.01 the claim is epsilon 2.75; the mechanism's own is about 1.9; each planted bug gives over 3.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import publisher.aggregate.clipped as clipping
from publisher.dp.gaussian import GaussianNoise, calibrate_squared, draw
from publisher.dp.loss import epsilon
from publisher.dp.noisy import measurable
from publisher.errors import ProtectionError
from publisher.model.codelist import TOTAL
from publisher.model.confidential import ClippedSums
from publisher.model.level_plan import LevelPlan, plan_of_shares
from tests.lib.epsilon import epsilon_at_least
from tests.lib.tables import TRADERS, codelist, declaration, dimension, memory_store, privacy_rules, query, structure

RHO, DELTA, RUNS = Fraction(1, 2), 0.01, 12_000
GOODS = codelist("GOODS", {"chapter": {f"0{n}": TOTAL for n in range(1, 5)}})
LANDS = codelist("LANDS", {"country": dict.fromkeys(("DE", "FR", "IT", "PL"), TOTAL)})
TABLE = structure(
    dimension("commodity", GOODS), dimension("partner", LANDS), measures=[replace(TRADERS, margins="sum")]
)
# cells with clip 1 and a fifth of rho, chapters with clip 2 and the rest
PLAN = plan_of_shares([2, 2], {(1, 1): 1, (1, 0): 2}, {(1, 1): Fraction(1, 5), (1, 0): Fraction(4, 5)})

# four cells: norm 2 over cells in either case, 4 over chapters in one chapter, 2 in four
PLACES = {
    "one chapter": [("01", country) for country in ("DE", "FR", "IT", "PL")],
    "four chapters": [(f"0{n}", "DE") for n in range(1, 5)],
}
OTHERS = [declaration(importer=f"other{n}", commodity="01", partner="DE") for n in range(9)]

Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


def _sums(rows: list[dict[str, Any]]) -> ClippedSums:
    with memory_store(rows) as connection:
        asked = query(TABLE, privacy_rules(at=1))
        codelists = {"GOODS": GOODS, "LANDS": LANDS}.__getitem__
        return clipping.clipped_sums(connection, asked, "2021-01", "s0001", 1, PLAN, codelists=codelists)


def _data(places: list[tuple[str, str]]) -> tuple[ClippedSums, Integers, Integers]:
    """The sums with the importer; what he adds to the vector, and the vector without him."""
    rows = [declaration(importer="target", commodity=c, partner=p) for c, p in places]
    present, absent = _sums([*OTHERS, *rows]), measurable(_sums(OTHERS)).vector
    return present, measurable(present).vector - absent, absent


def _epsilon(added: Integers, others: Integers, noise: GaussianNoise, threshold: float) -> float:
    """The attacker's lower bound, from the noisy numbers where the importer is."""
    where = np.flatnonzero(added)

    def statistic(vector: Integers) -> Numbers:
        noisy = draw(np.tile(vector[where], RUNS), noise).reshape(RUNS, -1) - others[where]
        claimed = calibrate_squared(PLAN.squared_sensitivity, RHO).sigma
        return noisy @ added[where] / np.sqrt(float(added @ added)) / claimed

    return epsilon_at_least(statistic(others), statistic(others + added), threshold, delta=DELTA)


@pytest.mark.parametrize("places", PLACES.values(), ids=PLACES)
def test_all_levels_together_stay_within_the_claim(places: list[tuple[str, str]]) -> None:
    sums, added, others = _data(places)
    length = int(added @ added)
    assert PLAN.squared_sensitivity * 0.999 < length <= PLAN.squared_sensitivity == sums.squared_sensitivity
    found = _epsilon(added, others, calibrate_squared(sums.squared_sensitivity, RHO), 2.0)
    assert 0.7 < found < epsilon(RHO, DELTA)


def test_half_the_noise_is_caught() -> None:
    sums, added, others = _data(PLACES["one chapter"])
    noise = calibrate_squared(sums.squared_sensitivity, RHO)
    found = _epsilon(added, others, replace(noise, sigma=noise.sigma / 2), 1.35)
    assert found > epsilon(RHO, DELTA)


def test_a_level_left_out_of_the_sensitivity_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Noise for the cells alone: D^2 is a fifth of what it should be."""
    sums, added, others = _data(PLACES["one chapter"])
    forgetful = PLAN.weight((1, 1)) ** 2
    monkeypatch.setattr(LevelPlan, "squared_sensitivity", property(lambda _: forgetful))
    noise = calibrate_squared(sums.squared_sensitivity, RHO)
    monkeypatch.undo()
    assert _epsilon(added, others, noise, 1.1) > epsilon(RHO, DELTA)


def _plant_a_clip_off_by_two(monkeypatch: pytest.MonkeyPatch) -> None:
    columns, shrunken = clipping._clipped_columns, clipping._shrunken
    monkeypatch.setattr(clipping, "_clipped_columns", lambda names, clip, scale: columns(names, 2 * clip, scale))
    monkeypatch.setattr(clipping, "_shrunken", lambda sensitivity: shrunken(2 * sensitivity))


def test_a_clip_off_by_two_is_stopped_by_the_check_of_each_level(monkeypatch: pytest.MonkeyPatch) -> None:
    _plant_a_clip_off_by_two(monkeypatch)
    with pytest.raises(ProtectionError, match="longer than the clip"):
        _data(PLACES["one chapter"])


def test_a_clip_off_by_two_is_caught_where_nothing_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    _plant_a_clip_off_by_two(monkeypatch)
    monkeypatch.setattr(clipping.Vectors, "_check_norms", lambda *_: None)
    sums, added, others = _data(PLACES["one chapter"])
    noise = calibrate_squared(sums.squared_sensitivity, RHO)
    assert _epsilon(added, others, noise, 2.7) > epsilon(RHO, DELTA)


def test_four_tables_charged_as_one_are_caught() -> None:
    """Four measurements of rho 1/2 each, of which one was charged: the attacker projects on all of them together."""
    sums, added, others = _data(PLACES["one chapter"])
    noise = calibrate_squared(sums.squared_sensitivity, RHO)
    assert _epsilon(np.tile(added, 4), np.tile(others, 4), noise, 2.7) > epsilon(RHO, DELTA)
