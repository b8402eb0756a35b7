"""One contributor more or less moves the vector that gets noise by at most what the noise is made for, exactly.

From declarations in DuckDB through the clip to the vector: nothing between is taken on trust.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.aggregate.clipped import clipped_sums, norms
from publisher.dp.noisy import measurable
from publisher.errors import ProtectionError
from publisher.model.codelist import TOTAL
from publisher.model.confidential import ClippedSums
from publisher.model.level_plan import Cut, LevelPlan
from publisher.model.structure import Measure
from tests.lib.examples import examples
from tests.lib.tables import (
    ITEMS,
    TRADERS,
    VALUE,
    codelist,
    declaration,
    dimension,
    memory_store,
    privacy_rules,
    structure,
)
from tests.lib.tables import query as query_of

PERIOD = "2021-01"
GOODS = codelist(
    "GOODS", {"chapter": {"01": TOTAL, "02": TOTAL}, "heading": {"0101": "01", "0102": "01", "0201": "02"}}
)
LANDS = codelist("LANDS", {"country": {"DE": TOTAL, "FR": TOTAL, "ZZ": TOTAL}})
CODELISTS = {"GOODS": GOODS, "LANDS": LANDS}
TABLE = [dimension("commodity", GOODS), dimension("partner", LANDS)]


@st.composite
def items(draw: st.DrawFn, importer: str, most: int) -> list[dict[str, Any]]:
    """What one trader declared: up to `most` items anywhere."""
    return [
        declaration(
            importer=importer,
            commodity=draw(st.sampled_from(["0101", "0102", "0201"])),
            partner=draw(st.sampled_from(["DE", "FR", "ZZ"])),
            statistical_value=draw(st.sampled_from([0, 1, 3, 1000, 10**9])),
        )
        for _ in range(draw(st.integers(1, most)))
    ]


def _vector(declarations: list[dict[str, Any]], measures: tuple[Measure, ...], clip: int) -> tuple[np.ndarray, int]:  # type: ignore[type-arg]
    with memory_store(declarations) as connection:
        asked = query_of(structure(*TABLE, measures=measures), privacy_rules(at=clip))
        sums = clipped_sums(connection, asked, PERIOD, "s0001", clip, codelists=CODELISTS.__getitem__)
        return measurable(sums).vector, clip * sums.scale


@pytest.mark.parametrize(
    "measures", [(ITEMS,), (TRADERS,), (ITEMS, TRADERS), (VALUE, ITEMS)], ids=lambda ms: "+".join(m.id for m in ms)
)
@settings(max_examples=examples(12), deadline=None)
@given(items("A", 12), items("B", 3), items("C", 3), st.sampled_from([1, 3, 50]))
def test_neighbours_differ_by_at_most_the_sensitivity(
    measures: tuple[Measure, ...], one: list[Any], second: list[Any], third: list[Any], clip: int
) -> None:
    with_one, sensitivity = _vector([*one, *second, *third], measures, clip)
    without, same = _vector([*second, *third], measures, clip)
    assert sensitivity == same
    difference = [int(a) - int(b) for a, b in zip(with_one, without, strict=True)]
    assert 0 < sum(d * d for d in difference) <= sensitivity**2


ONCE = replace(TRADERS, margins="sum")
PLANS = {  # commodity: total, chapter, heading; partner: total, country
    "chapters": LevelPlan(((0, 0, 1000), (1111, 2033)), {(2, 0): 2, (2, 1): 1}),
    "two trees": LevelPlan(((1000, 0, 1700), (1300, 1000)), {(0, 0): 9, (0, 1): 5, (2, 0): 4, (2, 1): 3}),
    "three levels": LevelPlan(((7, 1000, 3), (0, 11)), {(0, 1): 50, (1, 1): 1, (2, 1): 2**20}),
}


def _measured(declarations: list[dict[str, Any]], measures: tuple[Measure, ...], plan: LevelPlan) -> ClippedSums:
    with memory_store(declarations) as connection:
        asked = query_of(structure(*TABLE, measures=measures), privacy_rules(at=plan.clips[2, 1]))
        codelists = CODELISTS.__getitem__
        return clipped_sums(connection, asked, PERIOD, "s0001", plan.clips[2, 1], plan, codelists=codelists)


def _apart(one: ClippedSums, other: ClippedSums) -> dict[Cut, int]:
    """The squared distance of two sums at each combination of levels, leaves counted as finest; whole numbers."""
    found: dict[Cut, int] = {}
    trees = [dimension.hierarchy for dimension in one.structure.dimensions]
    for measure in one.structure.measures:
        columns = (sums.sums.column(measure.id).to_pylist() for sums in (one, other))
        for *key, a, b in zip(*(one.sums.column(d.column).to_pylist() for d in TABLE), *columns, strict=True):
            cut = tuple(
                tree.level_of[node] if tree.children[node] else len(tree.levels) - 1
                for tree, node in zip(trees, key, strict=True)
            )
            found[cut] = found.get(cut, 0) + (a - b) ** 2
    return found


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
@pytest.mark.parametrize("measures", [(ITEMS,), (ONCE,), (VALUE, ITEMS)], ids=len)
@settings(max_examples=5, deadline=None)
@given(items("A", 12), items("B", 3), items("C", 3))
def test_neighbours_stay_within_each_levels_clip_and_within_all_together(
    measures: tuple[Measure, ...], plan: LevelPlan, one: list[Any], second: list[Any], third: list[Any]
) -> None:
    with_one, without = (_measured(rows, measures, plan) for rows in ([*one, *second, *third], [*second, *third]))
    moved = _apart(with_one, without)
    assert all(moved[cut] <= (plan.weight(cut) * plan.clips.get(cut, 0)) ** 2 for cut in moved)
    vectors = (measurable(sums).vector.tolist() for sums in (with_one, without))
    together = sum((a - b) ** 2 for a, b in zip(*vectors, strict=True))
    assert 0 < together == sum(moved.values()) <= with_one.squared_sensitivity == plan.squared_sensitivity


def test_every_clip_can_be_reached_exactly() -> None:
    """A: four items in each of 4 cells: 02.. 0 and 01 with DE and FR. Cells (4, 4, 4, 4), norm 8; chapters by country
    (8, 8), squared 128, beyond 11; partners (8, 8)."""
    places = [("0101", "DE"), ("0102", "DE"), ("0101", "FR"), ("0102", "FR")]
    rows = [declaration(importer="A", commodity=c, partner=p) for c, p in places * 4]
    plan = LevelPlan(((1000, 0, 1000), (1000, 1000)), {(0, 0): 16, (0, 1): 11, (2, 0): 12, (2, 1): 8})
    moved = _apart(_measured(rows, (ITEMS,), plan), _measured([], (ITEMS,), plan))
    bounds = {cut: (plan.weight(cut) * clip) ** 2 for cut, clip in plan.clips.items()}
    assert moved[0, 0] == bounds[0, 0]
    assert moved[2, 1] == bounds[2, 1]
    assert bounds[0, 1] * (1 - 1e-6) < moved[0, 1] <= bounds[0, 1]  # 128 > 11^2: shrunk
    assert moved[2, 0] == 2 * (8 * plan.weight((2, 0))) ** 2 < bounds[2, 0]  # 128 < 12^2: whole


def test_one_contributor_can_move_all_levels_by_all_that_the_noise_is_made_for() -> None:
    """A: five items in one cell, norm 5 at every level."""
    plan = LevelPlan(((1000, 0, 1700), (1300, 1000)), dict.fromkeys(PLANS["two trees"].clips, 5))
    moved = _apart(_measured([declaration(importer="A")] * 5, (ITEMS,), plan), _measured([], (ITEMS,), plan))
    assert sum(moved.values()) == plan.squared_sensitivity


def test_a_trader_counts_once_in_each_finest_cell_and_totals_are_sums() -> None:
    """A: 0101 twice and 0102 from DE. B: 0101 from DE."""
    rows = [declaration(importer="A", commodity=c) for c in ("0101", "0101", "0102")]
    rows += [declaration(importer="B", commodity="0101")]
    whole = _measured(rows, (ONCE,), LevelPlan(((1, 1, 1), (0, 1)), {(0, 1): 9, (1, 1): 9, (2, 1): 9}))
    goods = whole.structure.dimensions[0].hierarchy.node
    found = {(row["commodity"], row["partner"]): row["traders"] for row in whole.sums.to_pylist() if row["traders"]}
    lands = whole.structure.dimensions[1].hierarchy.node
    wanted = {"0101": 2, "0102": 1, "01": 3, "_T": 3}
    assert found == {(goods[code], lands["DE"]): number for code, number in wanted.items()}


def test_a_holding_counts_each_of_its_traders_in_each_finest_cell() -> None:
    rows = [declaration(importer=name, enterprise_group="G", commodity="0101") for name in ("A", "A", "B")]
    plan = LevelPlan(((0, 0, 1), (0, 1)), {(2, 1): 9})
    with memory_store(rows) as connection:
        asked = query_of(structure(*TABLE, measures=(ONCE,)), privacy_rules(at=9), holding=True)
        sums = clipped_sums(connection, asked, PERIOD, "s0001", 9, plan, codelists=CODELISTS.__getitem__)
    assert sum(sums.sums.column("traders").to_pylist()) == 2


def test_levels_of_what_does_not_add_up_are_refused() -> None:
    with pytest.raises(ProtectionError, match="only what adds up"):
        _measured([], (TRADERS,), PLANS["chapters"])


def test_a_plan_beyond_64_bit_sums_is_refused() -> None:
    with pytest.raises(ProtectionError, match="too large"):
        _measured([], (ITEMS,), LevelPlan(((0, 0, 1), (2**20, 2**20)), {(2, 0): 1, (2, 1): 2**20}))


def test_a_clip_that_is_not_reached_changes_nothing() -> None:
    whole, sensitivity = _vector([declaration(importer="A") for _ in range(3)], (ITEMS,), 3)
    assert sorted(whole)[-1] == sensitivity == 3000
    assert sum(whole) == 3000


def test_norms_are_those_of_the_vectors_that_are_clipped() -> None:
    """A: 3 items in one cell; B: one item in each of 4 cells, norm 2."""
    places = [("0101", "DE"), ("0102", "DE"), ("0201", "DE"), ("0101", "FR")]
    declared = [declaration(importer="A") for _ in range(3)]
    declared += [declaration(importer="B", commodity=c, partner=p) for c, p in places]
    with memory_store(declared) as connection:
        asked = query_of(structure(*TABLE, measures=(ITEMS,)), privacy_rules())
        found = norms(connection, asked, PERIOD, codelists=CODELISTS.__getitem__)
    assert sorted(found.column("norm").to_pylist()) == [2, 3]
