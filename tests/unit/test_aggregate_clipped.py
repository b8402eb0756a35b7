"""Clipped sums: worked examples, keys, and adversarial sizes."""

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from publisher.aggregate.clipped import clipped_sums, norms
from publisher.dp.keys import check_keys
from publisher.errors import ProtectionError
from publisher.model.codelist import TOTAL
from publisher.model.confidential import ClippedSums
from publisher.model.structure import TableStructure
from tests.lib.tables import (
    ITEMS,
    MASS,
    PERIOD,
    TRADERS,
    VALUE,
    codelist,
    declaration,
    dimension,
    memory_store,
    privacy_rules,
    query,
    structure,
)

GOODS = codelist("GOODS", {"chapter": {"01": TOTAL, "02": TOTAL}, "heading": {"0101": "01", "0102": "01"}})
LAND = codelist("LAND", {"country": {"DE": TOTAL, "FR": TOTAL}})
CODELISTS = {"GOODS": GOODS, "LAND": LAND}.__getitem__
BY_GOODS = structure(dimension("commodity", GOODS), measures=(VALUE,))  # leaves: 02, 0101, 0102
COUNTED = structure(dimension("commodity", GOODS), dimension("partner", LAND), measures=(ITEMS,))
TRADED = structure(dimension("commodity", GOODS), dimension("partner", LAND), measures=(TRADERS,))


def _clipped(
    table: TableStructure, rows: list[dict[str, Any]], clip: int, *, holding: bool = False, period: str = PERIOD
) -> ClippedSums:
    asked = query(table, privacy_rules(at=clip), holding=holding)
    return clipped_sums(memory_store(rows), asked, period, "s0001", clip, codelists=CODELISTS)


def _norms(table: TableStructure, rows: list[dict[str, Any]], *, holding: bool = False) -> list[int]:
    asked = query(table, privacy_rules(), holding=holding)
    return norms(memory_store(rows), asked, PERIOD, codelists=CODELISTS).column("norm").to_pylist()


def _sold(trader: str, **values: int) -> list[dict[str, Any]]:
    """_sold("A", c0101=3): values by commodity."""
    return [declaration(importer=trader, commodity=c[1:], statistical_value=v) for c, v in values.items()]


def test_within_the_clip_nothing_changes() -> None:
    """A: 02 3, 0101 4: norm exactly 5 = clip."""
    clipped = _clipped(BY_GOODS, _sold("A", c02=3, c0101=4), 5)
    assert clipped.sums.column("statistical_value").to_pylist() == [3000, 4000, 0]
    assert (clipped.clip, clipped.scale) == (5, 1000)


def test_beyond_the_clip_the_vector_is_shrunk_and_rounded_down() -> None:
    """A: 02 3, 0101 4, norm 5, clip 4: factor 4/5. B: 0102 1, whole. C: 02 1, 0101 1, 0102 1 (norm 1.732)."""
    rows = [*_sold("A", c02=3, c0101=4), *_sold("B", c0102=1), *_sold("C", c02=1, c0101=1, c0102=1)]
    found = _clipped(BY_GOODS, rows, 4).sums.column("statistical_value").to_pylist()
    assert found in ([2399 + 1000, 3199 + 1000, 2000], [2400 + 1000, 3200 + 1000, 2000])
    found = _clipped(BY_GOODS, rows[3:], 1).sums.column("statistical_value").to_pylist()
    assert found == [577, 577, 577]


def test_declarations_of_one_trader_are_one_vector() -> None:
    rows = [*_sold("A", c02=3), *_sold("A", c02=3)]
    assert _norms(BY_GOODS, rows) == [6]
    assert _clipped(BY_GOODS, rows, 3).sums.column("statistical_value")[0].as_py() in (2999, 3000)


def test_additive_measures_stand_on_the_finest_keys_all_of_them() -> None:
    clipped = _clipped(COUNTED, [declaration(commodity="0102", partner="FR")], 8)
    check_keys(clipped)
    assert clipped.sums.schema == pa.schema(
        [("commodity", pa.int32()), ("partner", pa.int32()), ("declarations", pa.int64())]
    )
    assert clipped.sums.column("declarations").to_pylist() == [0, 0, 0, 0, 0, 1000]


def test_distinct_traders_stand_on_all_keys_and_lengthen_the_vector() -> None:
    """One declaration touches 3 x 2 cells: 0102, 01, _T by FR, _T. Norm sqrt(6)."""
    rows = [declaration(commodity="0102", partner="FR"), declaration(commodity="0102", partner="FR")]
    clipped = _clipped(TRADED, rows, 8)
    check_keys(clipped)
    assert len(clipped.sums) == 5 * 3
    assert sum(clipped.sums.column("traders").to_pylist()) == 6 * 1000
    assert _norms(TRADED, rows) == [3]
    shrunk = _clipped(TRADED, rows, 2).sums.column("traders").to_pylist()
    assert set(shrunk) == {0, 816}  # 2000 / sqrt(6) = 816.49


def test_both_kinds_at_once_share_one_clip() -> None:
    table = replace(TRADED, measures=(ITEMS, TRADERS))
    rows = [declaration(commodity="0102", partner="FR"), declaration(commodity="0102", partner="FR")]
    clipped = _clipped(table, rows, 100)
    check_keys(clipped)
    counted = clipped.sums.column("declarations").to_numpy()
    assert counted.sum() == 2000  # at the finest cell alone
    assert _norms(table, rows) == [4]  # sqrt(2^2 + 6) = 3.16


def test_two_measures_share_one_clip() -> None:
    rows = [declaration(commodity="02", statistical_value=3, net_mass=4)]
    table = replace(BY_GOODS, measures=(VALUE, replace(MASS, shadows=None)))
    assert _norms(table, rows) == [5]


def test_a_holding_is_one_unit_but_counts_each_of_its_traders() -> None:
    rows = [declaration(importer=name, commodity="02", enterprise_group="G") for name in "AB"]
    assert _norms(TRADED, rows, holding=True) == [4]  # 2, 2, 2, 2
    assert _norms(TRADED, rows) == [2, 2]
    assert max(_clipped(TRADED, rows, 8, holding=True).sums.column("traders").to_pylist()) == 2000
    assert _norms(BY_GOODS, rows, holding=True) == [2]


def test_nobody_gives_zeros_on_all_keys() -> None:
    clipped = _clipped(COUNTED, [], 8)
    check_keys(clipped)
    assert set(clipped.sums.column("declarations").to_pylist()) == {0}
    assert _norms(COUNTED, []) == []


@pytest.mark.parametrize(
    ("clip", "scale"), [(1, 1000), (2**30, 1000), (2**31, 100), (2**36, 10), (2**37, 1), (2**40, 1)]
)
def test_the_scale_keeps_sums_within_64_bits(clip: int, scale: int) -> None:
    clipped = _clipped(BY_GOODS, _sold("A", c02=2**62), clip)
    assert clipped.scale == scale
    assert 0.99 * clip * scale < clipped.sums.column("statistical_value")[0].as_py() <= clip * scale


@pytest.mark.parametrize("clip", [0, -1, 2**40 + 1])
def test_a_clip_out_of_range_is_refused(clip: int) -> None:
    with pytest.raises(ProtectionError, match="whole number from 1"):
        _clipped(BY_GOODS, [], clip)


def test_key_sets_beyond_reach_are_refused() -> None:
    wide = codelist("WIDE", {"code": {str(number): TOTAL for number in range(2**13)}})
    table = structure(dimension("commodity", wide), dimension("partner", wide), measures=(ITEMS,))
    with pytest.raises(ProtectionError, match="too large for noise"):
        _clipped(table, [], 1)


class _Pairs:
    """Many traders in one table, each with two values in cells of its own: what each one's clipped vector is."""

    def __init__(self, pairs: list[tuple[int, int]]) -> None:
        self.pairs = pairs
        cells = {f"{number}{side}": TOTAL for number in range(len(pairs)) for side in "ab"}
        self.own = codelist("OWN", {"cell": cells})
        self.table = structure(dimension("commodity", self.own), measures=(VALUE,))
        self.connection = memory_store(
            [
                declaration(importer=str(number), commodity=f"{number}{side}", statistical_value=value)
                for number, pair in enumerate(pairs)
                for side, value in zip("ab", pair, strict=True)
            ]
        )

    def clipped(self, clip: int) -> tuple[list[tuple[int, int]], int]:
        """([vector of each trader], bound of their norms)"""
        asked = query(self.table, privacy_rules(at=clip))
        codelists = {"OWN": self.own}.__getitem__
        found = clipped_sums(self.connection, asked, PERIOD, "s0001", clip, codelists=codelists)
        sums = dict(zip(*(found.sums.column(name).to_pylist() for name in found.sums.column_names), strict=True))
        node = self.table.dimensions[0].hierarchy.node
        vectors = [(sums[node[f"{number}a"]], sums[node[f"{number}b"]]) for number in range(len(self.pairs))]
        return vectors, clip * found.scale


@pytest.mark.parametrize("clip", [1, 2, 3, 7, 1000, 2**20 - 1, 2**40])
def test_no_vector_is_longer_than_the_clip_however_large_or_close(clip: int) -> None:
    """Just below, at and above the clip; around 2^53, where doubles skip whole numbers; and the largest numbers."""
    sizes = [clip - 1, clip, clip + 1, 2**26 - 1, 2**26 + 1, 2**50 - 1, 2**50, 2**53 - 1, 2**53, 2**53 + 1, 2**61]
    pairs = [(size, other) for size in sizes for other in (0, 1, max(size - 1, 0), size, *range(3, 3000, 83))]
    vectors, bound = _Pairs(pairs).clipped(clip)
    squares = [a * a + b * b for a, b in vectors]
    assert max(squares) <= bound**2
    assert np.sqrt(float(max(squares))) >= 0.999 * bound


def test_every_small_vector_is_within_the_clip_and_hardly_shortened() -> None:
    """All pairs up to 12 x 12, at clips 1 .. 9."""
    pairs = _Pairs([(a, b) for a in range(13) for b in range(13)])
    for clip in range(1, 10):
        vectors, bound = pairs.clipped(clip)
        for (a, b), (first, second) in zip(pairs.pairs, vectors, strict=True):
            assert first**2 + second**2 <= bound**2
            if a * a + b * b <= clip * clip:
                assert (first, second) == (1000 * a, 1000 * b)
            else:
                shrink = bound / np.hypot(a, b)
                assert a * shrink - 1.001 < first <= a * shrink + 1e-6
                assert b * shrink - 1.001 < second <= b * shrink + 1e-6


def test_a_vector_that_came_out_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the root or the division wrong, the whole-number check stops the sums."""
    monkeypatch.setattr("publisher.aggregate.clipped._shrunken", lambda sensitivity: sensitivity * 2.0**60 * 1.001)
    with pytest.raises(ProtectionError, match="longer than the clip"):
        _clipped(BY_GOODS, _sold("A", c02=3, c0101=4), 4)


def test_norms_are_in_order_of_size_and_say_nothing_else() -> None:
    rows = [*_sold("A", c02=30), *_sold("B", c02=3, c0101=4), *_sold("C", c0102=1)]
    assert _norms(BY_GOODS, rows) == [1, 5, 30]


def test_no_vectors_are_left_behind() -> None:
    connection = memory_store(_sold("A", c02=1))
    asked = query(TRADED, privacy_rules())
    clipped_sums(connection, asked, PERIOD, "s0001", 8, codelists=CODELISTS)
    norms(connection, asked, PERIOD, codelists=CODELISTS)
    left = connection.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
    assert {name.split("_")[1] for (name,) in left} == {"place", "lift", "trader"}
    assert sum("trader" in name for (name,) in left) == 1
