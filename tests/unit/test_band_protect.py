"""protect_bands(): charge before draw on the band's own account, draw once, and say everything to the reader."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from publisher.catalogue.query import Query
from publisher.dp.band import mechanism
from publisher.dp.band.protect import Sums, protect_bands
from publisher.dp.measured import measurement_of
from publisher.dp.protect import protect
from publisher.errors import LedgerError, PrivacyBudgetError, ProtectionError
from publisher.ledger.ledger import Ledger, open_ledger
from publisher.model.band import BandRules
from publisher.model.protected import ProtectedTable
from tests.lib.bands import band_query, no_values, rules_of, values_of
from tests.lib.noise import PERIOD, data, no_norms, no_sums, noisy_query, sums_of
from tests.lib.noise import UNIT as COUNTS_UNIT
from tests.lib.privacy_ledger import SEAL_KEY, allow
from tests.lib.tables import MASS, VALUE

VALUES = [0, 10, 10**6, 10**8] * 5
UNIT = "importer's statistical_value within c = 50, per calendar year"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path, SEAL_KEY) as opened:
        yield opened


def _protect(
    q: Query, ledger: Ledger, sums: Sums | None = None, *, cap: str = "12", period: str = PERIOD, revisions: int = 0
) -> ProtectedTable:
    assert isinstance(q.protection, BandRules)
    allow(ledger, cap, q.protection.unit)
    return protect_bands(q, period, data(), ledger, sums or values_of(q, VALUES, period), revisions=revisions)


def test_a_table_has_a_row_for_every_public_key_and_states_its_band(ledger: Ledger) -> None:
    table = _protect(band_query(), ledger)
    assert (table.method, table.cells.num_rows) == ("band", 8 * 6)
    assert set(table.cells.column("obs_status").to_pylist()) == {"E"}
    assert table.noise is not None and table.noise.band is not None
    assert (table.noise.band.c, table.noise.band.a, table.noise.band.measure_unit) == (50, 2500, "KRW")


def test_a_rebuild_draws_nothing_spends_nothing_and_gives_the_same(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    q = band_query()
    first = _protect(q, ledger)
    _protect(q, ledger, period="2021-03")
    spent = ledger.spent(UNIT, 2021)
    monkeypatch.setattr(mechanism, "draw", None)
    assert _protect(q, ledger, sums=no_values) == first
    assert ledger.spent(UNIT, 2021) == spent == 2
    assert first.noise is not None
    assert first.noise.spent_rho == 1


def test_the_spend_is_committed_before_the_draw(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        assert ledger.spent(UNIT, 2021) == 1
        raise RuntimeError("crash in the middle of the draw")

    monkeypatch.setattr(mechanism, "draw", broken)
    with pytest.raises(RuntimeError):
        _protect(band_query(), ledger)
    monkeypatch.undo()
    with pytest.raises(PrivacyBudgetError, match="never sealed"):
        _protect(band_query(), ledger)
    ledger.abandon(ledger.charges()[0].key, "test")
    assert _protect(band_query(), ledger).noise.spent_rho == 2  # type: ignore[union-attr]


@pytest.mark.parametrize(("cap", "fits"), [("3", True), ("2", True), ("19999/10000", False)])
def test_the_cap_stops_a_measurement_before_any_draw(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, cap: str, fits: bool
) -> None:
    """1 is spent, 1 is asked: a cap of 3, of exactly 2, and of a little less."""
    _protect(band_query(), ledger, period="2021-01")
    if fits:
        _protect(band_query(), ledger, cap=cap)
        return
    monkeypatch.setattr(mechanism, "draw", None)
    with pytest.raises(PrivacyBudgetError, match="does not suffice"):
        _protect(band_query(), ledger, cap=cap)
    assert ledger.spent(UNIT, 2021) == 1


def test_bands_and_counts_have_accounts_of_their_own(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts' cap is used up to the last; bands go on, and the other way round."""
    allow(ledger, "1/50")
    protect(noisy_query(), PERIOD, data(), ledger, sums_of(noisy_query()), no_norms)
    _protect(band_query(), ledger, cap="1")
    assert (ledger.spent(COUNTS_UNIT, 2021), ledger.spent(UNIT, 2021)) == (Fraction(1, 50), 1)
    monkeypatch.setattr(mechanism, "draw", None)
    with pytest.raises(PrivacyBudgetError, match="does not suffice"):
        _protect(band_query(), ledger, cap="1", period="2021-03")
    with pytest.raises(PrivacyBudgetError, match="does not suffice"):
        protect(noisy_query(), "2021-03", data(), ledger, sums_of(noisy_query(), period="2021-03"), no_norms)


def test_another_c_opens_no_second_account_in_the_same_year(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the cap of a year could be spent once for every c."""
    _protect(band_query(), ledger)
    monkeypatch.setattr(mechanism, "draw", None)
    with pytest.raises(PrivacyBudgetError, match="under another band"):
        _protect(band_query(c=51), ledger, period="2021-03")
    assert len(ledger.charges()) == 1
    monkeypatch.undo()
    _protect(band_query(c=51), ledger, period="2022-01")


def test_two_measures_have_two_accounts(ledger: Ledger) -> None:
    mass = replace(band_query(MASS), structure=replace(band_query(MASS).structure, id="mass"))
    _protect(band_query(), ledger)
    _protect(mass, ledger)
    assert ledger.spent(UNIT, 2021) == 1
    assert ledger.spent("importer's net_mass within c = 50, per calendar year", 2021) == 1


def test_a_unit_without_a_cap_is_not_charged(ledger: Ledger) -> None:
    allow(ledger)
    with pytest.raises(PrivacyBudgetError, match="no cap"):
        protect_bands(band_query(), PERIOD, data(), ledger, values_of(band_query(), VALUES))
    assert ledger.charges() == ()


def test_everything_that_makes_another_measurement_makes_another_key() -> None:
    q, rules = band_query(), rules_of()
    variants = [
        measurement_of(q, rules, PERIOD, "d1"),
        measurement_of(q, replace(rules, rho=Fraction(1, 2)), PERIOD, "d1"),
        measurement_of(q, replace(rules, c=51), PERIOD, "d1"),
        measurement_of(q, replace(rules, a=2501), PERIOD, "d1"),
        measurement_of(band_query(MASS), rules, PERIOD, "d1"),
        measurement_of(q, rules, "2021-03", "d1"),
    ]
    assert len({variant.terms for variant in variants}) == len(variants)
    assert len({variant.digest for variant in variants}) == len(variants)
    other_file = band_query(a=2400)
    assert other_file.measurement_digest != q.measurement_digest


def test_changed_terms_are_refused_until_they_are_asked_for(ledger: Ledger) -> None:
    _protect(band_query(), ledger)
    with pytest.raises(PrivacyBudgetError, match="under other terms"):
        _protect(band_query(a=0), ledger)
    allow(ledger, "12", UNIT, revision_reserve="1")
    again = protect_bands(band_query(a=0), PERIOD, data(), ledger, values_of(band_query(), VALUES), revisions=1)
    assert again.noise is not None
    assert ledger.charges()[-1].purpose == "revision"


def test_sums_that_fail_cost_nothing(ledger: Ledger) -> None:
    q = band_query()
    good = values_of(q, VALUES)()
    for bad in (replace(good, time_period="2021-03"), replace(good, sums=good.sums.slice(1))):
        with pytest.raises(ProtectionError):
            _protect(q, ledger, sums=lambda bad=bad: bad)  # type: ignore[misc]
    with pytest.raises(ProtectionError):
        _protect(q, ledger, sums=values_of(q, [-5, *VALUES[1:]]))
    assert ledger.charges() == ()


def test_a_lost_result_is_not_drawn_again(ledger: Ledger, tmp_path: Path) -> None:
    _protect(band_query(), ledger)
    next((tmp_path / "sealed").iterdir()).unlink()
    with pytest.raises(LedgerError, match="missing"):
        _protect(band_query(), ledger, sums=no_values)


def test_each_gate_takes_its_own_method_only(ledger: Ledger) -> None:
    allow(ledger)
    with pytest.raises(ProtectionError, match="not protected by noise"):
        protect(band_query(), PERIOD, data(), ledger, no_sums, no_norms)
    with pytest.raises(ProtectionError, match="not protected within a band"):
        protect_bands(noisy_query(), PERIOD, data(), ledger, no_values)


@pytest.mark.parametrize("measure", [VALUE, MASS], ids=lambda m: m.id)
def test_the_statement_says_that_large_contributors_are_not_protected(ledger: Ledger, measure: object) -> None:
    noise = _protect(band_query(measure, rho="1/2"), ledger).noise  # type: ignore[arg-type]
    assert noise is not None and noise.band is not None
    assert noise.sigma == pytest.approx(50, rel=1e-6)  # c / sqrt(2 rho), of the root of a published unit
    assert (noise.rho, noise.cap_rho, noise.clip) == (Fraction(1, 2), 12, 0)
    words = " ".join(noise.notes)
    for told in (
        "Not protected: that a large importer was there at all",
        "any group of traders",
        "not a sampling error",
        "apart from that of counts",
        "No number is negative",
        "drawn once and kept",
        "at snapshot s0001",
        "list of codes",
    ):
        assert told in words
    within = [p for p in noise.band.curve if p.value <= 2500]
    assert all(p.rho <= noise.rho for p in within)
    assert noise.band.curve[-1].rho > 10**7


def test_the_curve_does_not_depend_on_the_data(ledger: Ledger) -> None:
    """Never the largest there is: it would tell that someone of that size is in the table."""
    one = _protect(band_query(), ledger, sums=values_of(band_query(), [0] * 20))
    other = _protect(band_query(), ledger, sums=values_of(band_query(), [10**14] * 20, "2021-03"), period="2021-03")
    assert one.noise is not None and other.noise is not None
    assert one.noise.band == other.noise.band
    assert np.max(other.cells.column("statistical_value").to_numpy()) > 10**15
