"""The quality gate and the finest level: what they hide, and that they look at nothing but noisy numbers."""

import io
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.catalogue.canonical import public_digest
from publisher.dp.estimate import Estimate
from publisher.dp.finest import beyond, finest_by_noise, finest_by_share, named
from publisher.dp.gaussian import calibrate
from publisher.dp.interval import Draws
from publisher.dp.keys import all_keys
from publisher.dp.levels import Levels
from publisher.dp.measured import measurement_of
from publisher.dp.noisy import measurable, measure_noisily
from publisher.dp.publishable import printed_cells, publishable_cells
from publisher.dp.quality import gate, quality_notes
from publisher.model.privacy import QualityRules
from publisher.model.progress import NO_PROGRESS
from publisher.model.structure import TableStructure
from tests.lib.examples import examples
from tests.lib.noise import PERIOD, noisy_query, sums_of
from tests.lib.tables import ITEMS, TRADERS
from tests.property.test_dp_margins import structures

HALF = QualityRules(hide_above_percent=Fraction(50))
PLACES = [QualityRules(Fraction(50), finest_share_percent=Fraction(80)), QualityRules(finest_half_width=Fraction(5))]


def cells_of(table: TableStructure, rows: list[tuple[int, int, int]]) -> pa.Table:
    """Rows: value, lower, upper of the first measure."""
    name = table.measures[0].id
    columns = dict(zip((name, f"{name}_lower", f"{name}_upper"), zip(*rows, strict=True), strict=True))
    status = {"obs_status": ["E"] * len(rows), "conf_status": ["F"] * len(rows)}
    return pa.table({**{end: pa.array(numbers, pa.int64()) for end, numbers in columns.items()}, **status})


@pytest.mark.parametrize(
    ("value", "lower", "upper", "shown"),
    [(10, 5, 15, True), (10, 5, 16, False), (10, 4, 12, False), (0, 0, 1, False), (1, 1, 1, True), (3, 2, 4, True)],
)
def test_a_margin_above_half_of_the_number_hides_it(value: int, lower: int, upper: int, shown: bool) -> None:
    """
    value  interval   margin / value   shown
       10    5 .. 15            50 %   yes
       10    5 .. 16            60 %   no
       10    4 .. 12            60 %   no: the farther end counts
        0    0 ..  1               -   no
        1    1 ..  1             0 %   yes
        3    2 ..  4            33 %   yes
    """
    table = noisy_query().structure
    (cell,) = gate(table, cells_of(table, [(value, lower, upper)]), {}, HALF).to_pylist()
    assert cell["declarations"] == (value if shown else None)
    assert (cell["declarations_lower"], cell["declarations_upper"]) == (lower, upper)
    assert (cell["obs_status"], cell["conf_status"]) == (("E", "F") if shown else ("U", "C"))


def test_no_rules_leave_the_table_as_it_is() -> None:
    table = noisy_query().structure
    cells = cells_of(table, [(1, 0, 9)])
    assert gate(table, cells, {}, None) is cells


def test_a_row_is_hidden_whole() -> None:
    query = noisy_query(measures=(ITEMS, TRADERS))
    rows = len(all_keys(query.structure)[0])
    good, bad = np.full(rows, 1000.0), np.full(rows, 1.0)
    draws = Draws(1000.0, 1000, rows, alike=True)
    estimates = {"declarations": Estimate(good, np.ones(rows), draws), "traders": Estimate(bad, np.ones(rows), draws)}
    cells = printed_cells(query.structure, estimates, HALF)
    assert cells.column("declarations").null_count == cells.column("traders").null_count == rows


@pytest.mark.parametrize("rules", [HALF, *PLACES])
def test_only_the_noisy_table_decides(rules: QualityRules, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two stores, one empty, one with 40 in every cell, and noise that makes the same numbers of both: same bytes."""
    query, found = noisy_query(measures=(ITEMS,), at=3, rho="1/2"), []
    for number in (0, 40):
        what, noise = measurable(sums_of(query, number)(3)), calibrate(3, Fraction(1, 2))
        assert np.all(what.vector == number)
        monkeypatch.setattr("publisher.dp.noisy.draw", lambda values, *_: _made_up(len(values)))
        cells = publishable_cells(query.structure, measure_noisily(what, noise, NO_PROGRESS), rules)
        sink = io.BytesIO()
        pq.write_table(cells, sink)
        found.append(sink.getvalue())
    assert found[0] == found[1]
    assert 0 < cells.column("declarations").null_count < cells.num_rows


def _made_up(count: int) -> np.ndarray:  # type: ignore[type-arg]
    """Noisy numbers: large in the first finest cells, near 0 in the others."""
    places = np.arange(count)
    return np.where(places % 3 == 0, 90, 2) - places % 5


@settings(max_examples=examples(40), deadline=None)
@given(structures(), st.randoms(use_true_random=False), st.integers(0, 100))
def test_the_cells_of_a_cut_make_up_the_whole(table: TableStructure, random, percent: int) -> None:  # type: ignore[no-untyped-def]
    """At 0 % the finest cut will do; every cut found is one whose passing cells hold the share."""
    rows = len(all_keys(table)[0])
    estimates = {
        m.id: Estimate(np.full(rows, 5.0), np.ones(rows), Draws(1.0, 1, rows, alike=True)) for m in table.measures
    }
    cells = printed_cells(table, estimates)
    passed = np.array([random.random() < 0.5 for _ in range(rows)])
    finest = tuple(len(d.hierarchy.levels) - 1 for d in table.dimensions)
    assert not beyond(table, finest).any()
    assert finest_by_share(table, cells, passed, Fraction(0)) == finest
    cut = finest_by_share(table, cells, passed, Fraction(percent))
    inside = _inside(table, cut)
    enough = all(
        100 * cells.column(m.id).to_numpy()[inside & passed].sum()
        >= percent * cells.column(m.id).to_numpy()[inside].sum()
        for m in table.measures
    )
    assert enough or cut == (0,) * len(finest)
    assert len(named(table, cut)) == len(finest)


def _inside(table: TableStructure, cut: tuple[int, ...]) -> np.ndarray:  # type: ignore[type-arg]
    found = np.ones(len(all_keys(table)[0]), dtype=np.bool_)
    for dimension, nodes, level in zip(table.dimensions, all_keys(table), cut, strict=True):
        tree = dimension.hierarchy
        at = [tree.level_of[n] == level or (not tree.children[n] and tree.level_of[n] < level) for n in nodes]
        found &= np.array(at)
    return found


def test_the_finest_level_by_noise_asks_no_number() -> None:
    """Finest cells alone: what n of them make up has half-width 1.96 sigma sqrt(n): the finest is the best."""
    table = noisy_query().structure
    variances = Levels(table, ()).variances() * 100
    widths = {"declarations": Estimate(variances, variances, Draws(10.0, 1, 20, alike=True)).half_widths()}
    assert finest_by_noise(table, widths, Fraction(20)) == (2, 2)  # one cell: 1.96 * 10, less half a unit
    assert finest_by_noise(table, widths, Fraction(19)) == (0, 0)  # nothing will do
    better = {"declarations": np.where(_inside(table, (1, 1)), 5.0, 50.0)}
    assert named(table, finest_by_noise(table, better, Fraction(9))) == ("section", "region")
    assert finest_by_noise(table, better, Fraction(50)) == (2, 2)


@settings(max_examples=examples(30), deadline=None)
@given(structures(), st.randoms(use_true_random=False))
def test_what_is_shown_still_adds_up_below_the_cut(table: TableStructure, random) -> None:  # type: ignore[no-untyped-def]
    """The gate takes numbers out; it never changes one."""
    rows = len(all_keys(table)[0])
    estimates = {
        m.id: Estimate(
            np.array([random.uniform(-9, 60) for _ in range(rows)]), np.full(rows, 9.0), Draws(3.0, 1, 9, True)
        )
        for m in table.measures
    }
    every, gated = printed_cells(table, estimates), printed_cells(table, estimates, HALF)
    for measure in table.measures:
        shown = gated.column(measure.id).is_valid().to_numpy()
        assert np.array_equal(
            gated.column(measure.id).drop_null().to_numpy(), every.column(measure.id).to_numpy()[shown]
        )
        assert gated.column(f"{measure.id}_upper").equals(every.column(f"{measure.id}_upper"))


def test_rules_of_printing_are_no_part_of_a_measurement() -> None:
    """A sealed measurement is found again whatever the gate; what a reader is told does change."""
    query = noisy_query()
    gated = replace(query, protection=replace(query.protection, quality=HALF))  # type: ignore[type-var, arg-type]
    assert gated.measurement_digest == query.measurement_digest
    keys = {measurement_of(one, one.protection, PERIOD, "d").digest for one in (query, gated)}  # type: ignore[arg-type]
    assert len(keys) == 1
    assert public_digest(query.structure, gated.protection) != public_digest(query.structure, query.protection)


def test_a_query_without_quality_rules_keeps_its_digests() -> None:
    """As recorded before queries could have them."""
    query = noisy_query(measures=(ITEMS, TRADERS))
    recorded = "56803f5bcab923c4ec651c5d0307b82b09a39c68fee5f9bf05ff1120c642637a"
    assert public_digest(query.structure, query.protection) == recorded


def test_readers_are_told_what_is_hidden_and_what_intervals_claim() -> None:
    assert quality_notes(None) == ()
    (note,) = quality_notes(QualityRules(Fraction(50), finest_share_percent=Fraction(80)))
    for words in ("above 50 % of them", "make up 80 % of all", "marked U", "over all cells, shown or not"):
        assert words in note
    (other,) = quality_notes(QualityRules(finest_half_width=Fraction(25, 2)))
    assert "at most 12.5" in other
