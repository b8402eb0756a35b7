"""A year measured once more: charged once, joined with its months, and every way to be refused."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from publisher.dp.estimate import estimates_of
from publisher.dp.keys import all_keys, is_finest
from publisher.dp.margins import with_margins
from publisher.dp.months import Sealed, sealed, sealed_months
from publisher.dp.noisy import as_parquet, from_parquet
from publisher.dp.periods import protect_period
from publisher.dp.year import measured_year
from publisher.errors import LedgerError, PrivacyBudgetError, ProtectionError, StoreError
from publisher.ledger.ledger import Ledger, open_ledger
from publisher.model.confidential import ClippedSums
from publisher.model.privacy import Clip, LevelRules
from tests.lib.noise import UNIT, noisy_query
from tests.lib.privacy_ledger import SEAL_KEY, allow
from tests.lib.tables import TRADERS
from tests.lib.years import (
    DATA,
    MONTHS,
    YEAR,
    measure_month,
    measure_months,
    no_year,
    protect_year,
    with_year,
    year_sums_of,
)

LEVELS = (LevelRules(("chapter", "total"), 20, Fraction(3, 5)),)
PLAIN = noisy_query(rho="1/50")
QUERY = with_year(PLAIN)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path, SEAL_KEY) as opened:
        allow(opened, "1", revision_reserve="1/5")
        yield opened


@pytest.mark.parametrize("levels", [None, LEVELS], ids=["finest", "levels"])
def test_a_year_is_charged_once_and_joined_with_its_months(
    ledger: Ledger, levels: tuple[LevelRules, ...] | None
) -> None:
    query = with_year(noisy_query(levels=levels))
    measure_months(noisy_query(levels=levels), ledger)
    table = protect_year(query, ledger)
    charge = ledger.charges()[-1]
    assert (charge.purpose, charge.period, charge.year, charge.rho, charge.unit) == (
        ("annual", YEAR, 2021, Fraction(1, 10), UNIT)
    )
    assert ledger.spent(UNIT, 2021) == Fraction(12, 50) + Fraction(1, 10)
    head = ledger.head
    assert protect_year(query, ledger, no_year) == table
    assert ledger.head == head
    year = sealed(charge.key, ledger)
    months = sealed_months(query, YEAR, DATA, ledger)
    assert year is not None
    assert year.measurement.months == tuple(month.key for month in months)
    assert from_parquet(as_parquet(year.measurement)) == year.measurement
    # k^2 D^2 / (2 rho): 4^2 / 5 of a month's variance, the months 12 of it
    ratio = (year.measurement.sigma / months[0].measurement.sigma) ** 2
    assert ratio == pytest.approx(16 / 5)
    assert year.measurement.weights == months[0].measurement.weights
    noise = table.noise
    assert noise is not None
    alone = protect_period(noisy_query(levels=levels), YEAR, "s0009", DATA, ledger).noise
    assert alone is not None
    assert noise.sigma / alone.sigma == pytest.approx((3.2 / (12 + 3.2)) ** 0.5)
    assert (noise.rho, noise.measurement, noise.clip) == (Fraction(12, 50) + Fraction(1, 10), charge.key, 8)
    assert noise.measurements == (*(month.key for month in months), charge.key)
    assert "the year counts for 79 %" in noise.notes[1]
    assert "rho 1/10" in noise.notes[1]


def test_the_printed_year_is_the_combination(ledger: Ledger) -> None:
    measure_months(PLAIN, ledger)
    table = protect_year(QUERY, ledger)
    months = [estimates_of(QUERY.structure, one.measurement) for one in sealed_months(QUERY, YEAR, DATA, ledger)]
    year = sealed(ledger.charges()[-1].key, ledger)
    assert year is not None
    a = estimates_of(QUERY.structure, year.measurement)["declarations"].numbers
    m = np.sum([month["declarations"].numbers for month in months], axis=0)
    x = (3.2 * m + 12 * a) / 15.2
    value, lower, upper = (table.cells.column(f"declarations{end}").to_numpy() for end in ("", "_lower", "_upper"))
    finest = is_finest(QUERY.structure, all_keys(QUERY.structure))
    assert np.array_equal(with_margins(QUERY.structure, value[finest]), value)
    assert value[0] == pytest.approx(max(x[0], 0), abs=0.51)
    half = 1.96 * 40 * (12 * 3.2 / 15.2) ** 0.5
    assert np.all(lower[finest] <= np.maximum(x[finest] - half + 1, 0))
    assert np.all(upper[finest] >= x[finest] + half - 1)


def test_a_quarter_never_measures(ledger: Ledger) -> None:
    for month in MONTHS[:3]:
        measure_month(PLAIN, month, ledger)
    head = ledger.head
    noise = protect_period(QUERY, "2021-Q1", "s0009", DATA, ledger, no_year).noise
    assert noise is not None and noise.rho == Fraction(3, 50)
    assert ledger.head == head


def test_a_month_measured_again_later_is_recombined_and_costs_nothing_more(ledger: Ledger) -> None:
    measure_months(PLAIN, ledger)
    protect_year(QUERY, ledger)
    annual = ledger.charges()[-1].key
    measure_month(PLAIN, "2021-02", ledger, number=90, revisions=1)
    head = ledger.head
    noise = protect_year(QUERY, ledger, no_year).noise
    assert noise is not None
    assert ledger.head == head
    old, new = ledger.measured(QUERY.id, "2021-02")
    assert noise.measurement == new.key
    assert noise.measurements[1] == new.key
    assert noise.measurements[12:] == (annual, old.key)
    assert noise.rho == Fraction(13, 50) + Fraction(1, 10)
    assert noise.sigma == pytest.approx(40 * (1 + 11 * 4.2 / (11 + 4.2)) ** 0.5)
    assert "2021-02 was measured again after the year" in noise.notes[2]


def test_a_year_of_which_every_month_was_measured_again_is_their_sum(ledger: Ledger) -> None:
    allow(ledger, "1", revision_reserve="1/4")
    measure_months(PLAIN, ledger)
    protect_year(QUERY, ledger)
    for month in MONTHS:
        measure_month(PLAIN, month, ledger, revisions=1)
    noise = protect_year(QUERY, ledger, no_year).noise
    assert noise is not None
    assert (noise.rho, len(noise.measurements)) == (Fraction(12, 50), 12)
    assert not any("whole year" in note for note in noise.notes)


def test_a_lost_month_that_the_year_added_up_is_refused(ledger: Ledger, tmp_path: Path) -> None:
    measure_months(PLAIN, ledger)
    protect_year(QUERY, ledger)
    measure_month(PLAIN, "2021-02", ledger, revisions=1)
    old = ledger.measured(QUERY.id, "2021-02")[0].key
    (tmp_path / "sealed" / f"{old}.parquet.enc").unlink()
    with pytest.raises(LedgerError, match="missing"):
        protect_year(QUERY, ledger, no_year)
    ledger.abandon(old, "lost in a test")
    with pytest.raises(ProtectionError, match="was given up"):
        protect_year(QUERY, ledger, no_year)
    assert protect_year(PLAIN, ledger, no_year).noise is not None


@pytest.mark.parametrize(("cap", "fits"), [("17/50", True), ("339/1000", False)])
def test_the_cap_of_the_year_holds_for_the_year_too(tmp_path: Path, cap: str, fits: bool) -> None:
    """Twelve months at 1/50 and the year at 1/10 are 17/50, to the last part of it."""
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        allow(ledger, cap)
        measure_months(PLAIN, ledger)
        if fits:
            assert protect_year(QUERY, ledger).noise is not None
            return
        head = ledger.head
        with pytest.raises(PrivacyBudgetError, match="above the cap"):
            protect_year(QUERY, ledger)
        assert ledger.head == head


def test_a_reserve_of_the_query_is_there_for_its_year(tmp_path: Path) -> None:
    with open_ledger(tmp_path, SEAL_KEY) as ledger:
        allow(ledger, "17/50", per_query={QUERY.id: Fraction(17, 50)})
        measure_months(PLAIN, ledger)
        other = replace(PLAIN, structure=replace(PLAIN.structure, id="other"))
        with pytest.raises(PrivacyBudgetError, match="set aside"):
            measure_month(other, "2021-01", ledger)
        protect_year(QUERY, ledger)
        assert ledger.spent(UNIT, 2021) == Fraction(17, 50)


@pytest.mark.parametrize("other", [with_year(PLAIN, "1/11"), with_year(PLAIN, clip_months=5)], ids=["rho", "clip"])
def test_a_year_is_measured_once_whatever_the_terms(ledger: Ledger, other: Any) -> None:
    measure_months(PLAIN, ledger)
    protect_year(QUERY, ledger)
    head = ledger.head
    with pytest.raises(PrivacyBudgetError, match="a year is measured once"):
        protect_year(other, ledger)
    assert ledger.head == head


def test_months_are_measured_under_the_same_key_with_and_without_a_year() -> None:
    assert QUERY.measurement_digest == PLAIN.measurement_digest


def _with(month: Sealed, **changed: object) -> Sealed:
    return replace(month, measurement=replace(month.measurement, **changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changed",
    [{"clip": 9}, {"scale": 10}, {"weights": ((1, 1, 1), (1, 1, 1))}, {"clip_by_level": (("chapter x total", 3),)}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_month_whose_seal_says_otherwise_is_refused(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, changed: dict[str, object]
) -> None:
    measure_months(PLAIN, ledger)
    *rest, last = sealed_months(PLAIN, YEAR, DATA, ledger)
    monkeypatch.setattr("publisher.dp.periods.sealed_months", lambda *_: (*rest, _with(last, **changed)))
    head = ledger.head
    with pytest.raises(ProtectionError, match="2021-12 was measured with another clip"):
        protect_year(QUERY, ledger)
    assert ledger.head == head


def test_a_year_whose_months_cannot_be_read_again_is_not_charged(ledger: Ledger) -> None:
    """For instance because the store has no such snapshot any more."""

    def gone(*_: object) -> ClippedSums:
        raise StoreError("there is no snapshot 's0001'.")

    measure_months(PLAIN, ledger)
    head = ledger.head
    with pytest.raises(StoreError):
        protect_year(QUERY, ledger, gone)
    assert ledger.head == head
    assert protect_year(QUERY, ledger).noise is not None


def test_what_cannot_be_a_year_is_refused_before_any_charge(ledger: Ledger) -> None:
    """A private clip, eleven months, distinct counts, sums of another year."""
    measure_months(PLAIN, ledger)
    head = ledger.head
    with pytest.raises(ProtectionError, match="nothing was given"):
        protect_period(QUERY, YEAR, "s0009", DATA, ledger)
    with pytest.raises(ProtectionError, match="not those of this query, year"):
        protect_year(QUERY, ledger, lambda *_: year_sums_of(QUERY)({}, 8, 5))
    with pytest.raises(ProtectionError, match="distinct"):
        protect_year(with_year(noisy_query(measures=(TRADERS,))), ledger)
    months = sealed_months(PLAIN, YEAR, DATA, ledger)
    private = with_year(noisy_query(clip=Clip("private_quantile", Fraction(1, 2))))
    with pytest.raises(ProtectionError, match="chosen privately"):
        measured_year(private, YEAR, months, ledger, no_year)
    assert ledger.head == head
