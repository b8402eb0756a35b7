"""Quarters and years: sums of months in every direction, the best of two measurements, and nothing spent."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.aggregate.months import months_of
from publisher.dp.estimate import Estimate
from publisher.dp.gls import best_estimates, best_variances
from publisher.dp.interval import Draws
from publisher.dp.keys import all_keys, is_finest
from publisher.dp.margins import with_margins
from publisher.dp.measured import Data
from publisher.dp.months import sealed_months
from publisher.dp.parts import combined, summed
from publisher.dp.periods import protect_period
from publisher.dp.protect import protect
from publisher.errors import PrivacyBudgetError, ProtectionError
from publisher.ledger.ledger import Ledger, open_ledger
from publisher.model.codelist import Hierarchy
from publisher.model.structure import TableStructure
from tests.lib.examples import examples
from tests.lib.noise import UNIT, data, no_norms, no_sums, noisy_query, sums_of
from tests.lib.privacy_ledger import SEAL_KEY, allow
from tests.lib.tables import ITEMS, TRADERS, structure
from tests.property.test_dp_margins import structures

QUERY = noisy_query(rho="1/50")
QUARTER = {month: data() for month in months_of("2021-Q1").names}
SAME = Draws(6.7, 1, 9, alike=True)


def estimate(numbers: object, variance: float = 1.0, draws: Draws = SAME) -> Estimate:
    found = np.asarray(numbers, dtype=np.float64)
    return Estimate(found, np.full(len(found), variance), draws)


@settings(max_examples=examples(40), deadline=None)
@given(structures(), st.randoms(use_true_random=False))
def test_sums_add_up_over_months_goods_and_partners(table: TableStructure, random) -> None:  # type: ignore[no-untyped-def]
    """Twelve noisy months: the year is the sum of its quarters, and each margin the sum of its finest cells."""
    table = structure(*table.dimensions, measures=(ITEMS,))
    finest = [[random.randint(-99, 99) for _ in range(_leaves(table))] for _ in range(12)]
    months = [estimate(with_margins(table, np.array(numbers))) for numbers in finest]
    quarters = [summed(months[start : start + 3]) for start in range(0, 12, 3)]
    year = summed(quarters)
    assert np.array_equal(year.numbers, summed(months).numbers)
    assert np.array_equal(year.numbers, with_margins(table, np.sum(finest, axis=0)))
    assert np.array_equal(year.variances, np.full(len(year.numbers), 12.0))
    assert year.draws == Draws(6.7, 1, 12 * 9, alike=True)


def _leaves(table: TableStructure) -> int:
    return int(np.prod([len(dimension.hierarchy.leaves) for dimension in table.dimensions]))


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(1, 40), st.randoms(use_true_random=False))
def test_a_combined_year_is_the_least_squares_one(spread: list[int], annual: int, random) -> None:  # type: ignore[no-untyped-def]
    """Against dense weighted least squares on months and year together, and against the tree of time."""
    measured = np.array([random.randint(-99, 99) for _ in range(len(spread) + 1)], dtype=np.float64)  # months, year
    year = combined(
        summed([estimate([number], variance) for number, variance in zip(measured, spread, strict=False)]),
        estimate([measured[-1]], annual),
    )
    design = np.vstack([np.eye(len(spread)), np.ones(len(spread))])
    precision = np.diag(1 / np.array([*spread, annual], dtype=np.float64))
    covariance = np.linalg.inv(design.T @ precision @ design)
    assert year.numbers[0] == pytest.approx((covariance @ design.T @ precision @ measured).sum())
    assert year.variances[0] == pytest.approx(covariance.sum())
    time = Hierarchy(
        "",
        ("year", "month"),
        ("y", *map(str, spread)),
        ("",) * (len(spread) + 1),
        (0, *[1] * len(spread)),
        (-1, *[0] * len(spread)),
    )
    weights = 1 / np.sqrt(np.array([annual, *spread], dtype=np.float64))
    assert year.numbers[0] == pytest.approx(best_estimates(time, np.roll(measured, 1), weights)[0])
    assert year.variances[0] == pytest.approx(best_variances(time, weights)[0])
    assert year.draws == Draws(6.7, 1, 9 * (len(spread) + 1), alike=False)


def test_months_of_different_noise_are_not_alike() -> None:
    """The smallest sigma and the coarsest grid are what the proof of the half-width needs."""
    parts = [estimate([1.0], 4.0, Draws(2.0, 1000, 5, True)), estimate([2.0], 9.0, Draws(3.0, 100, 6, True))]
    year = summed(parts)
    assert year.draws == Draws(2.0, 100, 11, alike=False)
    assert (year.numbers[0], year.variances[0]) == (3.0, 13.0)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path, SEAL_KEY) as opened:
        allow(opened, "1", revision_reserve="1/5")
        yield opened


def measure(ledger: Ledger, month: str, revisions: int = 0, number: int = 30) -> None:
    protect(QUERY, month, data(), ledger, sums_of(QUERY, number, period=month), no_norms, revisions=revisions)


def test_a_quarter_of_sealed_months_spends_and_draws_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    for month in QUARTER:
        measure(ledger, month)
    head = ledger.head
    monkeypatch.setattr("publisher.dp.noisy.draw", None)
    table = protect_period(QUERY, "2021-Q1", "s0009", QUARTER, ledger)
    assert (ledger.head, ledger.spent(UNIT, 2021)) == (head, Fraction(3, 50))
    assert protect_period(QUERY, "2021-Q1", "s0009", QUARTER, ledger) == table
    parts = sealed_months(QUERY, "2021-Q1", QUARTER, ledger)
    noisy = np.sum([part.measurement.of("declarations") for part in parts], axis=0)
    value, lower, upper = (table.cells.column(f"declarations{end}").to_numpy() for end in ("", "_lower", "_upper"))
    finest = is_finest(QUERY.structure, all_keys(QUERY.structure))
    assert np.array_equal(with_margins(QUERY.structure, value[finest]), value)
    assert value[0] == max(noisy[finest].sum(), 0)
    inside = np.maximum(noisy[finest], 0)
    assert np.all(lower[finest] <= inside)
    assert np.all(upper[finest] >= inside + 136)  # 1.96 * 40 * sqrt(3) = 135.8, less half a unit, rounded up


def test_the_statement_adds_up_the_months(ledger: Ledger) -> None:
    for month in ("2021-02", "2021-03", "2021-01"):
        measure(ledger, month)
    noise = protect_period(QUERY, "2021-Q1", "s0009", QUARTER, ledger).noise
    assert noise is not None
    keys = [ledger.measured(QUERY.id, month)[0].key for month in QUARTER]
    assert (noise.measurements, noise.measurement) == (tuple(keys), keys[0])  # January was sealed last
    assert (noise.rho, noise.spent_rho) == (Fraction(3, 50), Fraction(3, 50))
    assert noise.sigma == pytest.approx(40 * 3**0.5)
    assert "2021-01 (snapshot s0001), 2021-02" in noise.notes[0]
    assert "declared in 2021-Q1" in noise.notes[1]


@pytest.mark.parametrize("missing", [("2021-02",), ("2021-01", "2021-03"), tuple(QUARTER)])
def test_missing_months_are_named(ledger: Ledger, missing: tuple[str, ...]) -> None:
    for month in QUARTER:
        if month not in missing:
            measure(ledger, month)
    with pytest.raises(ProtectionError, match=f"{', '.join(missing)} not measured"):
        protect_period(QUERY, "2021-Q1", "s0009", QUARTER, ledger)


def test_eleven_months_are_no_year(ledger: Ledger) -> None:
    months = {month: data() for month in months_of("2021").names}
    for month in list(months)[:-1]:
        measure(ledger, month)
    with pytest.raises(ProtectionError, match=r"2021-12 not measured yet \(1 of 12\)"):
        protect_period(QUERY, "2021", "s0009", months, ledger)
    measure(ledger, "2021-12")
    noise = protect_period(QUERY, "2021", "s0009", months, ledger).noise
    assert noise is not None and noise.rho == Fraction(12, 50)


def test_the_newest_measurement_of_a_revised_month_counts(ledger: Ledger) -> None:
    for month in QUARTER:
        measure(ledger, month)
    measure(ledger, "2021-02", revisions=1, number=90)
    parts = sealed_months(QUERY, "2021-Q1", QUARTER, ledger)
    assert [part.account.charge.revision for part in parts] == [0, 1, 0]


def test_a_charge_without_a_result_stops_the_quarter(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a crash in the draw")

    for month in ("2021-01", "2021-02"):
        measure(ledger, month)
    monkeypatch.setattr("publisher.dp.noisy.draw", broken)
    with pytest.raises(RuntimeError):
        measure(ledger, "2021-03")
    with pytest.raises(PrivacyBudgetError, match="never sealed"):
        protect_period(QUERY, "2021-Q1", "s0009", QUARTER, ledger)


def test_months_under_other_terms_are_refused(ledger: Ledger) -> None:
    for month in QUARTER:
        measure(ledger, month)
    other = noisy_query(rho="1/49")
    with pytest.raises(PrivacyBudgetError, match="under other terms"):
        protect_period(other, "2021-Q1", "s0009", QUARTER, ledger)


def test_distinct_counts_are_refused_before_anything_is_read(ledger: Ledger) -> None:
    distinct = noisy_query(measures=(TRADERS,))
    protect(distinct, "2021-01", data(), ledger, sums_of(distinct, period="2021-01"), no_norms)
    with pytest.raises(ProtectionError, match="distinct counts and quantiles of months"):
        protect_period(distinct, "2021-Q1", "s0009", QUARTER, ledger)


def test_changed_declarations_change_no_quarter(ledger: Ledger) -> None:
    """What is published does not depend on whether data changed after they were measured."""
    for month in QUARTER:
        measure(ledger, month)
    before = protect_period(QUERY, "2021-Q1", "s0009", QUARTER, ledger)
    later = {month: Data("s0010", f"changed {month}", lambda name: "") for month in QUARTER}
    after = protect_period(QUERY, "2021-Q1", "s0009", later, ledger)
    assert after == before
    assert protect(QUERY, "2021-01", later["2021-01"], ledger, no_sums, no_norms).noise is not None
    assert replace(after, snapshot="s0010").cells == before.cells
