"""protect(): charge before draw, draw once, and say everything to the reader."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from publisher.catalogue.query import Query
from publisher.dp.keys import all_keys, is_finest
from publisher.dp.margins import with_margins
from publisher.dp.measured import measurement_of
from publisher.dp.protect import Norms, Sums, protect
from publisher.errors import LedgerError, PrivacyBudgetError, ProtectionError
from publisher.ledger.ledger import Ledger, open_ledger
from publisher.model.privacy import Clip, PrivacyRules
from publisher.model.protected import ProtectedTable
from tests.lib.noise import PERIOD, UNIT, data, no_norms, no_sums, noisy_query, sums_of
from tests.lib.privacy_ledger import SEAL_KEY, allow
from tests.lib.tables import ITEMS, TRADERS, query, structure


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path, SEAL_KEY) as opened:
        yield opened


def _protect(
    q: Query, ledger: Ledger, sums: Sums | None = None, norms: Norms = no_norms, cap: str = "1", period: str = PERIOD
) -> ProtectedTable:
    allow(ledger, cap)
    return protect(q, period, data(), ledger, sums or sums_of(q, period=period), norms)


def test_a_table_has_a_row_for_every_public_key(ledger: Ledger) -> None:
    table = _protect(noisy_query(), ledger)
    assert table.cells.num_rows == 8 * 6
    assert table.cells.column_names == [
        "commodity",
        "partner",
        "declarations",
        "declarations_lower",
        "declarations_upper",
        "obs_status",
        "conf_status",
    ]
    keys = list(zip(*(table.cells.column(c).to_pylist() for c in ("commodity", "partner")), strict=True))
    assert keys == sorted(keys) == [(i, j) for i in range(8) for j in range(6)]
    assert set(table.cells.column("obs_status").to_pylist()) == {"E"}
    assert set(table.cells.column("conf_status").to_pylist()) == {"F"}


def test_numbers_are_whole_not_negative_and_inside_their_interval(ledger: Ledger) -> None:
    cells = _protect(noisy_query(rho="1/1000", measures=(TRADERS,)), ledger).cells  # 48 independent draws
    value, lower, upper = (cells.column(f"traders{end}").to_numpy() for end in ("", "_lower", "_upper"))
    assert cells.schema.field("traders").type == pa.int64()
    assert np.all(lower >= 0) and np.all(lower <= value) and np.all(value <= upper)
    assert np.any(value == 0)


def test_a_rebuild_draws_nothing_spends_nothing_and_gives_the_same(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    q = noisy_query(measures=(ITEMS, TRADERS))
    first = _protect(q, ledger)
    head, spent = ledger.head, ledger.spent(UNIT, 2021)
    _protect(noisy_query(rho="1/3"), ledger, period="2021-03")
    monkeypatch.setattr("publisher.dp.noisy.draw", None)
    again = _protect(q, ledger, sums=no_sums)
    assert again == first
    assert ledger.spent(UNIT, 2021) == spent + Fraction(1, 3)
    assert ledger.account(first.noise.measurement).head == head  # type: ignore[union-attr]


def test_everything_that_makes_another_measurement_makes_another_key() -> None:
    q = noisy_query()
    rules = q.protection
    assert isinstance(rules, PrivacyRules)
    variants = [
        measurement_of(q, rules, PERIOD, "d1"),
        measurement_of(q, rules, PERIOD, "d2"),
        measurement_of(q, rules, PERIOD, "d1", 1),
        measurement_of(q, rules, "2021-03", "d1"),
        measurement_of(q, replace(rules, rho=Fraction(1, 49)), PERIOD, "d1"),
        measurement_of(q, replace(rules, clip=Clip(9)), PERIOD, "d1"),
        measurement_of(q, replace(rules, clip=Clip("private_quantile", Fraction(1, 9))), PERIOD, "d1"),
        measurement_of(q, replace(rules, clip=Clip("private_quantile", Fraction(1, 8))), PERIOD, "d1"),
        measurement_of(replace(q, structure=replace(q.structure, universe="office = '10'")), rules, PERIOD, "d1"),
        measurement_of(noisy_query(measures=(TRADERS,)), rules, PERIOD, "d1"),
    ]
    assert len({variant.digest for variant in variants}) == len(variants)
    assert len({variant.terms for variant in variants}) == len(variants) - 2  # other data, another revision
    renamed = replace(q, digest="f" * 64, structure=replace(q.structure, title="A better title"))
    assert measurement_of(renamed, rules, PERIOD, "d1") == variants[0]


def test_the_spend_is_committed_before_the_draw(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        assert ledger.spent(UNIT, 2021) == Fraction(1, 50)
        raise RuntimeError("crash in the middle of the draw")

    monkeypatch.setattr("publisher.dp.noisy.draw", broken)
    with pytest.raises(RuntimeError):
        _protect(noisy_query(), ledger)
    monkeypatch.undo()
    with pytest.raises(PrivacyBudgetError, match="never sealed"):
        _protect(noisy_query(), ledger)
    key = ledger.charges()[0].key
    ledger.abandon(key, "test")
    assert _protect(noisy_query(), ledger).noise.spent_rho == Fraction(2, 50)  # type: ignore[union-attr]


@pytest.mark.parametrize(("cap", "fits"), [("3/50", True), ("1/25", True), ("399/10000", False)])
def test_the_cap_stops_a_measurement_before_any_draw(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, cap: str, fits: bool
) -> None:
    """cap = 2/50 exactly, one more, and a little less, with 1/50 spent and 1/50 asked"""
    _protect(noisy_query(at=7), ledger, period="2021-01")
    if fits:
        _protect(noisy_query(), ledger, cap=cap)
        return
    monkeypatch.setattr("publisher.dp.noisy.draw", None)
    with pytest.raises(PrivacyBudgetError, match="does not suffice"):
        _protect(noisy_query(), ledger, cap=cap)
    assert ledger.spent(UNIT, 2021) == Fraction(1, 50)


def _with_null(sums: pa.Table) -> pa.Table:
    numbers = sums.column("declarations").to_pylist()
    place = sums.column_names.index("declarations")
    return sums.set_column(place, "declarations", pa.array([None, *numbers[1:]], pa.int64()))


@pytest.mark.parametrize("number", [0, 5_000])
def test_sums_that_fail_cost_nothing(ledger: Ledger, number: int) -> None:
    q = noisy_query()
    good = sums_of(q, number)(8)
    for bad in (
        replace(good, clip=9),
        replace(good, time_period="2021-03"),
        replace(good, scale=0),
        replace(good, scale=2**41),
        replace(good, sums=good.sums.slice(1)),
        replace(good, sums=good.sums.drop_columns(["declarations"])),
        replace(good, sums=_with_null(good.sums)),
        replace(good, sums=good.sums.take(list(range(good.sums.num_rows))[::-1])),
    ):
        with pytest.raises(ProtectionError) as refused:
            _protect(q, ledger, sums=lambda clip, bad=bad: bad)  # type: ignore[misc]
        assert "5000" not in str(refused.value)
    assert ledger.charges() == ()


def test_a_lost_result_is_not_drawn_again(ledger: Ledger, tmp_path: Path) -> None:
    _protect(noisy_query(), ledger)
    next((tmp_path / "sealed").iterdir()).unlink()
    with pytest.raises(LedgerError, match="missing"):
        _protect(noisy_query(), ledger, sums=no_sums)


def test_a_query_without_noise_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ProtectionError, match="not protected by noise"):
        _protect(query(structure()), ledger)


def test_the_statement_says_all_a_reader_must_know(ledger: Ledger) -> None:
    table = _protect(noisy_query(rho="1/50", at=8), ledger)
    noise = table.noise
    assert noise is not None
    assert (noise.unit, noise.rho, noise.delta) == (UNIT, Fraction(1, 50), 1e-6)
    assert noise.sigma == pytest.approx(8 * 5, rel=1e-12)  # 8 / sqrt(2/50)
    assert (noise.clip, noise.clip_choice) == (8, "fixed at 8 in the query")
    assert (noise.spent_rho, noise.cap_rho) == (Fraction(1, 50), 1)
    assert noise.epsilon == pytest.approx(0.8999, abs=2e-4)
    words = " ".join(noise.notes)
    for told in (
        "any one importer",
        "not a sampling error",
        "too low",
        "No number is negative",
        "drawn once and kept",
        "stood at snapshot s0001",
        "list of codes",
    ):
        assert told in words


def test_the_statement_keeps_the_snapshot_that_was_measured(ledger: Ledger) -> None:
    q = noisy_query()
    _protect(q, ledger)
    later = protect(q, PERIOD, data("d2", "s0009"), ledger, no_sums, no_norms)
    assert (later.snapshot, later.noise.snapshot) == ("s0009", "s0001")  # type: ignore[union-attr]


def test_a_private_clip_spends_its_share_of_one_charge(ledger: Ledger) -> None:
    q = noisy_query(rho="2", clip=Clip("private_quantile", Fraction(1, 2)))
    norms = pa.table({"norm": pa.array([10.0] * 900 + [1000.0] * 10)})
    asked: list[int] = []

    def sums(clip: int) -> pa.Table:
        asked.append(clip)
        assert ledger.spent(UNIT, 2021) == 2
        return sums_of(q)(clip)

    noise = _protect(q, ledger, sums=sums, norms=lambda: norms, cap="2").noise  # type: ignore[arg-type]
    assert noise is not None
    assert asked == [noise.clip]
    assert noise.sigma == pytest.approx(noise.clip / 2**0.5)  # rho 1 of 2 is left
    assert "1/2 of rho" in noise.clip_choice
    assert len(ledger.charges()) == 1
    again = _protect(q, ledger, sums=no_sums, norms=no_norms)
    assert again.noise == noise  # the cap was lowered since


def test_scaled_sums_are_published_in_whole_units(ledger: Ledger) -> None:
    """rho so large that the noise vanishes: 7_400 thousandths a cell; margins add up exactly all the same."""
    q = noisy_query(rho="1000000000", at=1)
    cells = _protect(q, ledger, sums=sums_of(q, 7_400, scale=1000), cap="1000000000").cells
    numbers = cells.column("declarations").to_numpy()
    assert numbers.max() == round(20 * 7.4)
    assert numbers.min() == 7
    finest = numbers[is_finest(q.structure, all_keys(q.structure))]
    assert np.array_equal(numbers, with_margins(q.structure, finest))


@pytest.mark.parametrize("share", ["0", "1", "2", "-1"])
def test_a_private_clip_without_a_proper_share_costs_nothing(ledger: Ledger, share: str) -> None:
    q = noisy_query(clip=Clip("private_quantile", Fraction(share)))
    with pytest.raises(ProtectionError):
        _protect(q, ledger, norms=lambda: pa.table({"norm": [1.0]}))
    assert ledger.charges() == ()
