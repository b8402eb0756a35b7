"""What readers see of value bands: unbiased, additive, whole, and inside intervals that hold at every size."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import ncx2

from publisher.dp.band.interval import lower_noncentrality, upper_noncentrality
from publisher.dp.band.loss import K, sensitivity
from publisher.dp.band.mechanism import NoisyRoots, as_parquet, from_parquet, noise_for, roots, roots_of
from publisher.dp.band.print import band_cells, grain_of
from publisher.dp.gaussian import draw
from publisher.dp.keys import all_keys, finest_keys, is_finest, key_columns
from publisher.dp.margins import with_margins
from publisher.errors import ProtectionError
from publisher.model.band import BandRules
from publisher.model.structure import TableStructure
from tests.lib.bands import A, band_query, rules_of, values_of
from tests.lib.noise import far_out
from tests.lib.tables import MASS, VALUE, codelist, dimension, structure

FALSE_ALARM = 1e-7


def fan(parts: int) -> TableStructure:
    """One dimension: a total, and `parts` cells."""
    codes = {f"{n:05}": "_T" for n in range(parts)}
    return structure(dimension("commodity", codelist("FAN", {"leaf": codes})), measures=(VALUE,))


def drawn(table: TableStructure, rules: BandRules, sums: list[int]) -> NoisyRoots:
    noise = noise_for(table, rules)
    return NoisyRoots(noise.rho, noise.sigma, draw(roots(sums, rules.a), noise))


@pytest.mark.parametrize("a", [0, A])
@pytest.mark.parametrize("total", [0, 1_000, 10**6, 10**9])
def test_estimates_are_unbiased(total: int, a: int) -> None:
    """The mean of 10,000 estimates of equal cells; their variance is 4 (q + a) s^2 + 2 s^4."""
    rules = rules_of(a=a)
    measured = drawn(fan(10_000), rules, [total] * 10_000)
    s_squared = (measured.sigma / K) ** 2
    found = (measured.roots / K) ** 2 - a - s_squared
    variance = 4 * (total + a) * s_squared + 2 * s_squared**2
    assert abs(found.mean() - total) < far_out(FALSE_ALARM) * math.sqrt(variance / len(found))
    assert found.var() == pytest.approx(variance, rel=0.25)


@pytest.mark.parametrize("total", [0, 100, 10_000, 10**7])
def test_intervals_of_single_cells_hold_at_every_size(total: int) -> None:
    """10,000 cells: a count below 95 % by more than this has a chance of 1e-7 (Hoeffding)."""
    table, rules = fan(10_000), rules_of()
    cells = band_cells(table, rules, drawn(table, rules, [total] * 10_000))
    lower, upper = (cells.column(f"statistical_value_{end}").to_numpy()[1:] for end in ("lower", "upper"))
    held = np.mean((lower <= total) & (total <= upper))
    assert held > 0.95 - math.sqrt(math.log(1 / FALSE_ALARM) / 20_000)
    assert upper.min() > 0


@pytest.mark.parametrize("parts", [2, 7, 60])
@pytest.mark.parametrize("mixed", [False, True], ids=["all empty", "one large, some small"])
def test_intervals_of_sums_hold_however_the_sum_lies_over_its_cells(parts: int, mixed: bool) -> None:
    """What the interval rests on: the sum of squared noisy roots, by simulation over 20,000 sums.

    Noise from a fixed seed: this is about the interval, not about privacy.
    """
    runs, s = 20_000, 35.4
    sums = [10**7, *([300, 0] * parts)][:parts] if mixed else [0] * parts
    noise = np.random.default_rng(parts).normal(0, 1, (runs, parts))
    noisy = np.sqrt(np.array(sums) + A) / s + noise
    statistic, cells = (noisy**2).sum(axis=1), np.full(runs, float(parts))
    true = (sum(sums) + parts * A) / s**2
    held = (lower_noncentrality(statistic, cells) <= true) & (true <= upper_noncentrality(statistic, cells))
    assert abs(held.mean() - 0.95) < math.sqrt(math.log(2 / FALSE_ALARM) / (2 * runs))


@pytest.mark.parametrize("cells", [2.0, 30.0, 900.0, 11_000.0])
@pytest.mark.parametrize("above", [0.0, 200.0, 10**4, 10**6])
def test_the_expansion_agrees_with_the_distribution(cells: float, above: float) -> None:
    """Where the fast way is taken and where it is not, both ends leave 2.5 % outside."""
    statistic = np.array([cells + above + 3 * math.sqrt(cells)])
    low, high = lower_noncentrality(statistic, np.array([cells])), upper_noncentrality(statistic, np.array([cells]))
    assert ncx2.cdf(statistic, cells, high) == pytest.approx(0.025, abs=2e-5)
    assert low[0] < 1e-6 or 1 - ncx2.cdf(statistic, cells, low) == pytest.approx(0.025, abs=2e-5)


@pytest.mark.parametrize("measure", [VALUE, MASS], ids=lambda m: m.id)
def test_numbers_add_up_are_whole_and_inside_their_intervals(measure: object) -> None:
    q = band_query(measure, c=500, a=250_000)  # type: ignore[arg-type]
    rules = q.protection
    assert isinstance(rules, BandRules)
    numbers = [0, 5, 10**6, 10**9, 3 * 10**11] * 4
    measured = drawn(q.structure, rules, numbers)
    cells = band_cells(q.structure, rules, measured)
    value, lower, upper = (
        cells.column(f"{q.structure.measures[0].id}{end}").to_numpy() for end in ("", "_lower", "_upper")
    )
    assert np.all(lower >= 0) and np.all(lower <= value) and np.all(value <= upper)
    finest = is_finest(q.structure, all_keys(q.structure))
    assert np.array_equal(with_margins(q.structure, value[finest]), value)
    assert value[0] == pytest.approx(sum(numbers), rel=0.05)
    grain = grain_of((measured.sigma / K) ** 2)
    assert grain > 1 and not np.any(value % grain) and not np.any(lower % grain) and not np.any(upper % grain)
    assert cells.equals(band_cells(q.structure, rules, measured))


@pytest.mark.parametrize(("s_squared", "grain"), [(20, 1), (199, 1), (200.0001, 10), (1.25e6, 10_000)])
def test_the_grain_is_far_below_the_noise(s_squared: float, grain: int) -> None:
    assert grain_of(s_squared) == grain


def test_noise_is_enough_and_hardly_more() -> None:
    """s = c / sqrt(2 rho), up to what cutting the roots of 20 cells costs."""
    q = band_query(c=50, rho="1/2")
    noise = noise_for(q.structure, q.protection)  # type: ignore[arg-type]
    assert sensitivity(50**2, 20) == 50 * K + 5
    assert 2 * Fraction(1, 2) * Fraction(noise.sigma) ** 2 >= (50 * K + 5) ** 2
    assert noise.sigma / K == pytest.approx(50, rel=1e-8)


def test_noise_that_64_bits_cannot_hold_is_refused_before_any_charge() -> None:
    """c = 10^6 at rho = 1/100,000 would need sigma = 2^57.7; a tenth of that fits."""
    q = band_query(c=10**6, rho="1/1000")
    noise_for(q.structure, q.protection)  # type: ignore[arg-type]
    with pytest.raises(ProtectionError, match="no noise for this band"):
        noise_for(q.structure, replace(q.protection, rho=Fraction(1, 100_000)))  # type: ignore[arg-type, type-var]


def test_what_is_sealed_comes_back_and_holds_no_true_number() -> None:
    q = band_query()
    measured = drawn(q.structure, rules_of(), [10**9] * 20)
    back = from_parquet(as_parquet(measured))
    assert (back.rho, back.sigma) == (measured.rho, measured.sigma)
    assert np.array_equal(back.roots, measured.roots)
    assert not np.any(back.roots == roots([10**9], A)[0])


def test_sums_on_other_keys_missing_or_negative_are_refused() -> None:
    q = band_query()
    good = values_of(q, [7] * 20)()
    assert "7" not in repr(good)
    assert "7" not in repr(roots_of(good, rules_of()))
    for sums in (
        good.sums.slice(1),
        good.sums.take(list(range(20))[::-1]),
        values_of(q, [-1, *[7] * 19])().sums,
        good.sums.set_column(2, "statistical_value", [[1.5] * 20]),
    ):
        with pytest.raises(ProtectionError) as refused:
            roots_of(type(good)(good.structure, good.time_period, good.snapshot, sums), rules_of())
        assert "7" not in str(refused.value)


def test_keys_are_those_of_the_public_codelists() -> None:
    q = band_query()
    columns = key_columns(q.structure, finest_keys(q.structure))
    assert [len(column) for column in columns.values()] == [20, 20]
