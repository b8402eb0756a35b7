"""Margins are exactly the sums of what lies below them, on any trees; sealing keeps every number."""

from fractions import Fraction

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.dp.keys import all_keys, finest_keys, is_finest, key_columns
from publisher.dp.levels import Levels
from publisher.dp.margins import with_margins
from publisher.dp.noisy import NoisyMeasurement, as_parquet, from_parquet
from publisher.model.codelist import Hierarchy
from publisher.model.structure import TableStructure
from tests.lib.examples import examples
from tests.lib.tables import ITEMS, TRADERS, codelist, dimension, structure


@st.composite
def hierarchies(draw: st.DrawFn) -> Hierarchy:
    """Up to three levels, branches that skip one, with or without the total."""
    groups = [f"g{i}" for i in range(draw(st.integers(1, 3)))]
    leaves = {f"l{i}": draw(st.sampled_from([*groups, "_T"])) for i in range(draw(st.integers(1, 6)))}
    codes = codelist("C", {"group": dict.fromkeys(groups, "_T"), "leaf": leaves})
    return codes.hierarchy(draw(st.sampled_from([("total", "group", "leaf"), ("group", "leaf"), ("leaf",)])))


@st.composite
def structures(draw: st.DrawFn) -> TableStructure:
    from dataclasses import replace

    codes = codelist("C", {"leaf": {"x": "_T"}})
    count = draw(st.integers(1, 3))
    dimensions = [replace(dimension(f"d{i}", codes), hierarchy=draw(hierarchies())) for i in range(count)]
    return structure(*dimensions, measures=draw(st.sampled_from([(ITEMS,), (TRADERS,), (ITEMS, TRADERS)])))


def _below(hierarchy: Hierarchy, node: int) -> set[int]:
    children = hierarchy.children[node]
    return {node} if not children else set().union(*(_below(hierarchy, child) for child in children))


@settings(max_examples=examples(60), deadline=None)
@given(structures(), st.randoms(use_true_random=False))
def test_every_margin_is_the_sum_of_its_finest_cells(table: TableStructure, random) -> None:  # type: ignore[no-untyped-def]
    finest = list(zip(*(nodes.tolist() for nodes in finest_keys(table)), strict=True))
    numbers = {key: random.randint(-(10**6), 10**6) for key in finest}
    found = with_margins(table, np.array(list(numbers.values()), dtype=np.int64))
    counted = Levels(table, ()).variances()
    best = Levels(table, ()).estimates(np.where(Levels(table, ()).by_key() > 0, found, 0))
    assert np.allclose(best, found)
    for place, key in enumerate(zip(*(nodes.tolist() for nodes in all_keys(table)), strict=True)):
        under = [_below(d.hierarchy, node) for d, node in zip(table.dimensions, key, strict=True)]
        inside = [n for k, n in numbers.items() if all(node in u for node, u in zip(k, under, strict=True))]
        assert (found[place], counted[place]) == (sum(inside), len(inside))


@settings(max_examples=examples(60), deadline=None)
@given(structures())
def test_keys_are_sorted_complete_and_know_the_finest(table: TableStructure) -> None:
    keys = list(zip(*(nodes.tolist() for nodes in all_keys(table)), strict=True))
    finest = set(zip(*(nodes.tolist() for nodes in finest_keys(table)), strict=True))
    assert keys == sorted(set(keys))
    assert len(keys) == np.prod([len(d.hierarchy.codes) for d in table.dimensions])
    assert {k for k, yes in zip(keys, is_finest(table, all_keys(table)), strict=True) if yes} == finest


@settings(max_examples=examples(40), deadline=None)
@given(
    structures(),
    st.integers(1, 10**6),
    st.fractions(min_value=Fraction(1, 10**9), max_value=10),
    st.floats(min_value=1e-3, max_value=1e12),
)
def test_a_measurement_survives_sealing(table: TableStructure, clip: int, rho: Fraction, sigma: float) -> None:
    keys = all_keys(table)
    columns = key_columns(table, keys)
    columns["n"] = pa.array(np.arange(len(keys[0])) - 2**40, pa.int64())
    measurement = NoisyMeasurement(clip, 1000, ((0, 1), (2, 3)), rho, sigma, pa.table(columns))
    assert from_parquet(as_parquet(measurement)) == measurement
