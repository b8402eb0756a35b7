"""A year measured once more: what one contributor moves, and the least-squares table."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.dp.estimate import Estimate
from publisher.dp.interval import Draws
from publisher.dp.months import Sealed
from publisher.dp.noisy import measurable
from publisher.dp.parts import Parts
from publisher.model.level_plan import LevelPlan
from tests.lib.examples import examples
from tests.lib.years import MONTHS
from tests.property.test_dp_neighbours import PLANS
from tests.unit.test_aggregate_clipped_year import items, year_of


@st.composite
def a_trader(draw: st.DrawFn, name: str) -> list[dict[str, Any]]:
    """Some items in some months."""
    rows = []
    for _ in range(draw(st.integers(1, 3))):
        first, count = draw(st.integers(1, 4)), draw(st.integers(1, 3))
        commodity, value = draw(st.sampled_from(["0101", "0201"])), draw(st.sampled_from([0, 3, 10**9]))
        months = range(first, first + draw(st.integers(1, 3)))
        rows += items(name, months, count, commodity=commodity, statistical_value=value)
    return rows


@pytest.mark.parametrize("plan", [None, PLANS["two trees"]], ids=["finest", "levels"])
@settings(max_examples=3, deadline=None)
@given(a_trader("A"), a_trader("B"), st.integers(1, 3))
def test_one_contributor_moves_the_year_by_at_most_the_sensitivity(
    plan: LevelPlan | None, one: list[Any], other: list[Any], clip_months: int
) -> None:
    """From declarations in DuckDB to the vector that gets noise, in whole numbers."""
    months = dict.fromkeys(MONTHS[:6], "s0001")
    with_one, without = (
        year_of(rows, 3, clip_months, plan, months, of_months=False)[0] for rows in ([*one, *other], other)
    )
    vectors = (measurable(sums).vector.tolist() for sums in (with_one, without))
    moved = sum((a - b) ** 2 for a, b in zip(*vectors, strict=True))
    assert 0 < moved <= with_one.squared_sensitivity
    assert with_one.squared_sensitivity == clip_months**2 * (plan.squared_sensitivity if plan else 3000**2)


def test_one_contributor_can_move_the_year_by_all_that_the_noise_is_made_for() -> None:
    """Three items without value in one cell in each of two months: norm 3 a month, 6 a year of two full months."""
    rows = items("A", range(1, 3), 3, statistical_value=0)
    moved = measurable(year_of(rows, 3, 2, of_months=False)[0]).vector
    assert sum(int(number) ** 2 for number in moved) == 6000**2


@settings(max_examples=examples(60), deadline=None)
@given(
    st.integers(1, 5),
    st.integers(0, 4),
    st.integers(1, 40),
    st.lists(st.integers(1, 9), min_size=9, max_size=9),
    st.lists(st.integers(-99, 99), min_size=10, max_size=10),
)
def test_a_year_is_the_least_squares_one_whatever_was_measured_again(
    kept: int, again: int, annual: int, spread: list[int], seen: list[int]
) -> None:
    """Dense weighted least squares: an unknown for each month, and one more for each that was measured again."""
    of = {f"kept {n}": _estimate(seen[n], spread[n]) for n in range(kept)}
    of |= {
        f"{which} {n}": _estimate(seen[4 + n] + i, spread[4 + n] + i)
        for n in range(again)
        for i, which in enumerate(["old", "new"])
    }
    of["year"] = _estimate(seen[-1], annual)
    names = [name for name in of if name != "year"]
    design = np.vstack([np.eye(len(names)), [not name.startswith("new") for name in names]])
    wanted = np.array([not name.startswith("old") for name in names], dtype=np.float64)
    precision = np.diag([1 / of[name].variances[0] for name in [*names, "year"]])
    covariance = np.linalg.inv(design.T @ precision @ design)
    measured = np.array([of[name].numbers[0] for name in [*names, "year"]])
    parts = Parts(
        tuple(_Named(f"new {n}") for n in range(again)),
        tuple(_Named(f"kept {n}") for n in range(kept)),
        _Named("year"),
        tuple(_Named(f"old {n}") for n in range(again)),
    )
    found = parts.estimate(of)
    assert found.numbers[0] == pytest.approx(wanted @ covariance @ design.T @ precision @ measured)
    assert found.variances[0] == pytest.approx(wanted @ covariance @ wanted)
    months = sum(of[name].variances[0] for name in names if not name.startswith("old"))
    assert found.variances[0] < months
    assert again or found.variances[0] < annual
    assert not found.draws.alike
    assert found.draws.count == len(of)


class _Named(Sealed):
    def __init__(self, key: str) -> None:
        object.__setattr__(self, "_key", key)

    @property
    def key(self) -> str:
        return self._key  # type: ignore[attr-defined,no-any-return]

    @property
    def period(self) -> str:
        return self.key[-1]


def _estimate(number: int, variance: int) -> Estimate:
    return Estimate(np.array([float(number)]), np.array([float(variance)]), Draws(6.7, 1, 1, alike=True))
