"""Quantiles: OpenDP's map against fractions, the shares of rho, intervals that hold, the gate, one draw."""

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import publisher.dp.quantile_table as quantile_table
from publisher.dp.gaussian import calibrate, draw
from publisher.dp.quantile import quantile_mechanism, quantile_scale
from publisher.dp.quantile_cells import enough_rows, interval, quantile_cells
from publisher.dp.quantile_table import protect_quantiles
from publisher.dp.quantiles import (
    NoisyQuantiles,
    as_parquet,
    check_rows,
    from_parquet,
    measure_quantiles,
    quantile_noise,
)
from publisher.errors import PrivacyBudgetError, ProtectionError
from publisher.ledger.ledger import Ledger, open_ledger
from publisher.model.confidential import QuantileRows
from publisher.model.privacy import Clip, PrivacyRules, QuantileRules
from publisher.model.protected import ProtectedTable
from tests.lib.noise import UNIT, binomial_upper, data
from tests.lib.privacy_ledger import SEAL_KEY, allow
from tests.lib.quantiles import CANDIDATES, counts_of, median, quantile_query, rows_of
from tests.lib.tables import PERIOD, declaration

FALSE_ALARM = 1e-7


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path, SEAL_KEY) as opened:
        allow(opened, "1")
        yield opened


def _rules(query: object) -> PrivacyRules:
    rules = query.protection  # type: ignore[attr-defined]
    assert isinstance(rules, PrivacyRules)
    return rules


@pytest.mark.parametrize("quantile", ["1/2", "1/10", "9/10", "1/16"])
@pytest.mark.parametrize("scale", [0.5, 3.0, 23.09])
def test_opendps_map_is_the_square_of_the_rows_by_exact_arithmetic(quantile: str, scale: float) -> None:
    q = Fraction(quantile)
    mechanism = quantile_mechanism([1, 3, 5], q, Fraction(1), numbers=1)
    assert Fraction(mechanism.map(1)) <= 1
    for rows in range(1, 51):
        rho = (rows * max(q, 1 - q) / Fraction(scale)) ** 2 / 2
        found = Fraction(quantile_mechanism([1, 3, 5], q, rho, numbers=rows).map(rows))
        assert rho * (1 - Fraction(1, 10**8)) < found <= rho
        assert Fraction(mechanism.map(rows)) == pytest.approx(float(rows**2 * Fraction(mechanism.map(1))), rel=1e-12)


def test_a_quantile_that_opendp_would_round_is_refused() -> None:
    """It takes 1/3 for 3333/10000, whose scores change by more than 2/3."""
    with pytest.raises(ProtectionError, match="exceeds its share"):
        quantile_mechanism([1, 3, 5], Fraction(1, 3), Fraction(1), numbers=1)


@pytest.mark.parametrize("options", [[3, 1, 5], [5, 3, 1], [1, 1, 3]])
def test_candidates_that_do_not_ascend_are_refused_though_opendp_takes_them(options: list[int]) -> None:
    with pytest.raises(ProtectionError, match="ascend"):
        quantile_mechanism(options, Fraction(1, 2), Fraction(1), numbers=1)


def test_the_shares_of_rho_add_up_to_it_exactly() -> None:
    query = quantile_query("1/3", 5, (median("a"), median("b", "9/10")), share="2/7")
    noise = quantile_noise(query.structure, _rules(query))
    assert noise.counting.rho == Fraction(2, 21)
    each = (Fraction(1, 3) - Fraction(2, 21)) / 2
    assert noise.scales == (quantile_scale(Fraction(1, 2), each, 5), quantile_scale(Fraction(9, 10), each, 5))
    exact = [
        (5 * max(q, 1 - q)) ** 2 / (2 * Fraction(scale) ** 2)
        for q, scale in zip((Fraction(1, 2), Fraction(9, 10)), noise.scales, strict=True)
    ]
    spent = sum(exact) + Fraction(25) / (2 * Fraction(noise.counting.sigma) ** 2)
    assert Fraction(1, 3) * (1 - Fraction(1, 10**8)) < spent <= Fraction(1, 3)
    assert all(Fraction(m.map(5)) <= each for m in noise.mechanisms)


def test_rules_that_are_not_of_quantiles_are_refused() -> None:
    rules = _rules(quantile_query())
    for wrong in (replace(rules, quantiles=None), replace(rules, clip=Clip("private_quantile", Fraction(1, 2)))):
        with pytest.raises(ProtectionError, match="fixed clip"):
            quantile_noise(quantile_query().structure, wrong)


def test_an_office_without_rows_is_drawn_from_too() -> None:
    query = quantile_query()
    noise = quantile_noise(query.structure, _rules(query))
    measured = measure_quantiles(query.structure, np.zeros((4, 5), np.int64), noise)
    drawn = measured.numbers.column("median_hours").to_numpy()
    assert drawn.shape == (4,) and np.all((drawn >= 0) & (drawn < 5))
    assert from_parquet(as_parquet(measured)) == measured


def test_with_little_noise_the_quantiles_are_the_true_ones() -> None:
    rows = [3] * 40 + [7] * 35 + [12] * 25
    items = [declaration(importer=f"T{n}", clearance_hours=hour) for n, hour in enumerate(rows)]
    query = quantile_query("1000000", 4, (median("half"), median("tenth", "1/10"), median("most", "9/10")))
    noise = quantile_noise(query.structure, _rules(query))
    measured = measure_quantiles(query.structure, counts_of(query, items), noise)
    cells = quantile_cells(query.structure, measured, QuantileRules(Fraction(1, 2), 10, 4))
    for end in ("", "_lower", "_upper"):
        assert [cells.column(f"{name}{end}")[1].as_py() for name in ("half", "tenth", "most")] == [8, 4, 16]
    assert cells.column("obs_status").to_pylist() == ["E", "E", "U", "U"]


@pytest.mark.parametrize("quantile", ["1/2", "9/10"])
@pytest.mark.parametrize("cell", [[30, 30, 30, 30, 30], [0, 0, 80, 0, 80], [0, 0, 0, 0, 0], [1, 0, 0, 0, 500]])
def test_intervals_hold_in_95_of_100_draws(quantile: str, cell: list[int]) -> None:
    q, runs = Fraction(quantile), 4000
    noise = calibrate(4, Fraction(1, 20))
    counts = draw(np.tile(np.array(cell, np.int64), runs), noise).reshape(runs, 5)
    low, high = interval(counts, q, noise.sigma)
    below = np.cumsum(cell)
    true = int(np.argmax(below >= q * below[-1]))
    assert np.all((low >= 0) & (low <= high) & (high < 5))
    assert np.sum(low > true) <= binomial_upper(runs, 0.025, FALSE_ALARM)
    assert np.sum(high < true) <= binomial_upper(runs, 0.025, FALSE_ALARM)


def test_intervals_are_no_wider_than_they_must() -> None:
    """A step of 500 rows is far beyond the noise of 13 on 5 counts."""
    counts = np.array([[0, 500, 0, 500, 1000], [0, 0, 900, 0, 0]])
    low, high = interval(counts, Fraction(1, 2), 12.6)
    assert (low.tolist(), high.tolist()) == ([3, 2], [4, 2])


def test_a_cell_with_too_few_rows_is_shown_in_at_most_2_5_of_100_draws() -> None:
    runs, noise = 4000, calibrate(4, Fraction(1, 20))
    for cell in ([0, 0, 0, 0, 9], [3, 3, 3, 0, 0]):
        counts = draw(np.tile(np.array(cell, np.int64), runs), noise).reshape(runs, 5)
        assert np.sum(enough_rows(counts, noise.sigma, 10)) <= binomial_upper(runs, 0.025, FALSE_ALARM)
    margin = math.ceil(1.96 * 2 * math.sqrt(5)) + 1
    assert enough_rows(np.array([[9 + margin, 0, 0, 0, 0], [10 + margin, 0, 0, 0, 0]]), 2.0, 10).tolist() == [
        False,
        True,
    ]


def test_what_is_printed_depends_on_the_noisy_numbers_alone() -> None:
    """Hidden cells carry nothing; the drawn candidate is moved to the end of the interval beyond which it lies."""
    query = quantile_query()
    noise = quantile_noise(query.structure, _rules(query))
    measured = measure_quantiles(query.structure, np.zeros((4, 5), np.int64), noise)
    table = measured.numbers
    columns = {name: table.column(name) for name in table.column_names}
    columns["median_hours"] = [0, 4, 2, 2]
    for place, rows in enumerate([[0, 0, 900, 0, 0], [0, 0, 900, 0, 0], [0, 0, 900, 0, 0], [0] * 5]):
        for number, row in enumerate(rows):
            column = list(columns[f"rows_{number}"])
            column[place] = row
            columns[f"rows_{number}"] = column
    fixed = NoisyQuantiles(4, Fraction(1, 2), 12.0, (1.0,), type(table).from_pydict(columns))
    cells = quantile_cells(query.structure, fixed, QuantileRules(Fraction(1, 2), 10, 4))
    assert cells.column("median_hours").to_pylist() == [4, 4, 4, None]
    assert cells.column("median_hours_lower").to_pylist() == [4, 4, 4, None]
    assert cells.column("conf_status").to_pylist() == ["F", "F", "F", "C"]


@pytest.mark.parametrize(("widest", "status"), [(1, "U"), (2, "E"), (3, "E")])
def test_an_interval_of_too_many_candidates_is_hidden(widest: int, status: str) -> None:
    """500 rows at 4 hours, 500 at 8, noise 12: the median may be either, two candidates."""
    query = quantile_query()
    cell = [0, 0, 500, 500, 0]
    keys = {"office": [0, 1, 2, 3], "median_hours": [2] * 4} | {f"rows_{n}": [cell[n]] * 4 for n in range(5)}
    fixed = NoisyQuantiles(4, Fraction(1, 2), 12.0, (1.0,), pa.table(keys))
    cells = quantile_cells(query.structure, fixed, QuantileRules(Fraction(1, 2), 10, widest))
    assert set(cells.column("obs_status").to_pylist()) == {status}


def _table(ledger: Ledger, rows: object = None) -> ProtectedTable:
    query = quantile_query()
    items = [declaration(importer=f"T{n}", clearance_hours=3) for n in range(300)]
    return protect_quantiles(query, PERIOD, data(), ledger, rows or (lambda clip: rows_of(query, items, clip)))  # type: ignore[arg-type]


def test_it_is_charged_once_drawn_once_and_read_ever_after(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.require_head({})
    first = _table(ledger)
    assert ledger.spent(UNIT, int(PERIOD[:4])) == Fraction(1, 2)
    assert first.cells.column("median_hours").to_pylist()[1] == 4

    def never(*_: object) -> None:
        raise AssertionError("a rebuild must not look at the data or draw")

    monkeypatch.setattr(quantile_table, "measure_quantiles", never)
    again = _table(ledger, never)
    assert again == first
    assert ledger.spent(UNIT, int(PERIOD[:4])) == Fraction(1, 2)


def test_nothing_is_drawn_where_the_budget_is_spent(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.require_head({})
    allow(ledger, "1/3")
    monkeypatch.setattr(quantile_table, "measure_quantiles", lambda *_: pytest.fail("drawn without a charge"))
    with pytest.raises(PrivacyBudgetError):
        _table(ledger)


def test_rows_that_are_not_those_asked_for_are_refused_before_the_charge(ledger: Ledger) -> None:
    ledger.require_head({})
    query = quantile_query()
    good = rows_of(query, [])
    shuffled = QuantileRows(good.structure, PERIOD, "s0001", 4, good.counts.take([1, 0, 2, 3]))
    for bad in (replace(good, clip=5), replace(good, time_period="2021-07"), shuffled):
        with pytest.raises(ProtectionError, match="not those"):
            _table(ledger, lambda clip, bad=bad: bad)
    assert ledger.charges() == ()
    assert check_rows(good, query.structure, PERIOD, 4).shape == (4, len(CANDIDATES))


def test_a_draw_that_was_lost_is_not_made_again(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies between charge and seal: nobody can know whether anyone saw the draw."""
    ledger.require_head({})

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(quantile_table, "measure_quantiles", dies)
        with pytest.raises(KeyboardInterrupt):
            _table(ledger)
    assert ledger.spent(UNIT, int(PERIOD[:4])) == Fraction(1, 2)
    monkeypatch.setattr(quantile_table, "measure_quantiles", lambda *_: pytest.fail("drawn a second time"))
    with pytest.raises(PrivacyBudgetError):
        _table(ledger)
