"""One trader more or less, from declarations in DuckDB to the roots: at most the curve at its total, exactly."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.aggregate.band_sums import band_sums
from publisher.catalogue.band_section import band_unit
from publisher.catalogue.query import Query
from publisher.dp.band.loss import K, loss_at, sensitivity
from publisher.dp.band.mechanism import roots_of
from publisher.errors import ProtectionError
from publisher.model.band import BandRules
from publisher.model.codelist import TOTAL
from tests.lib.examples import examples
from tests.lib.tables import MASS, VALUE, codelist, declaration, dimension, memory_store, structure
from tests.lib.tables import query as query_of

PERIOD = "2021-01"
GOODS = codelist(
    "GOODS", {"chapter": {"01": TOTAL, "02": TOTAL}, "heading": {"0101": "01", "0102": "01", "0201": "02"}}
)
LANDS = codelist("LANDS", {"country": {"DE": TOTAL, "FR": TOTAL, "ZZ": TOTAL}})
CODELISTS = {"GOODS": GOODS, "LANDS": LANDS}
TABLE = structure(dimension("commodity", GOODS), dimension("partner", LANDS), measures=(VALUE,))
C, RHO = 30, Fraction(1, 2)


def asked(a: int, *, holding: bool = False, measure: object = VALUE) -> Query:
    plain = query_of(structure(*TABLE.dimensions, measures=(measure,)), holding=holding)  # type: ignore[arg-type]
    rules = BandRules(band_unit(plain.contributor, plain.structure.measures[0], C), C, a, RHO)
    return query_of(plain.structure, rules, holding=holding)


def sums_and_roots(declared: list[dict[str, Any]], q: Query) -> tuple[list[int], list[int]]:
    with memory_store(declared) as connection:
        sums = band_sums(connection, q, PERIOD, "s0001", codelists=CODELISTS.__getitem__)
    assert isinstance(q.protection, BandRules)
    whole = roots_of(sums, q.protection).whole.tolist()
    return sums.sums.column(q.structure.measures[0].id).to_pylist(), whole


@st.composite
def items(draw: st.DrawFn, importer: str, least: int) -> list[dict[str, Any]]:
    return [
        declaration(
            importer=importer,
            commodity=draw(st.sampled_from(["0101", "0102", "0201"])),
            partner=draw(st.sampled_from(["DE", "FR", "ZZ"])),
            statistical_value=draw(st.sampled_from([0, 1, 3, 1000, 10**9, 10**12])),
        )
        for _ in range(draw(st.integers(least, 8)))
    ]


@settings(max_examples=examples(25), deadline=None)
@given(items("A", 1), items("B", 0), items("C", 0), st.sampled_from([0, 1, 900]))
def test_presence_loses_at_most_the_curve_at_its_total(
    one: list[Any], second: list[Any], third: list[Any], a: int
) -> None:
    present, absent = (sums_and_roots(rows, asked(a)) for rows in ([*one, *second, *third], [*second, *third]))
    total = sum(row["statistical_value"] for row in one)
    assert sum(present[0]) - sum(absent[0]) == total
    moved = [p - q for p, q in zip(present[1], absent[1], strict=True)]
    s_squared = Fraction(sensitivity(C * C, 9) ** 2) / (2 * RHO)
    assert sum(step * step for step in moved) / (2 * s_squared) <= loss_at(total, C * C, a, RHO)


def test_sums_stand_on_all_keys_unclipped() -> None:
    rows = [declaration(importer=who, commodity="0201", partner="FR", statistical_value=10**12) for who in "AAB"]
    sums, whole = sums_and_roots(rows, asked(0))
    assert sums == [0, 0, 0, 0, 0, 0, 0, 3 * 10**12, 0]
    assert np.flatnonzero(whole).tolist() == [7]
    assert sums_and_roots([], asked(4))[1] == [2 * K] * 9


def test_decimals_are_whole_units_of_the_program() -> None:
    """a = 4 kg is 4,000 g."""
    rows = [declaration(commodity="0101", partner="DE", net_mass=5_000)]
    sums, whole = sums_and_roots(rows, asked(4, measure=MASS))
    assert sums[0] == 5_000
    assert (whole[0] // K) ** 2 == 94**2  # sqrt(9,000) = 94.9


@pytest.mark.parametrize("holding", [False, True])
def test_a_negative_trader_is_refused_whoever_makes_up_for_it(holding: bool) -> None:
    """The loss of a negative value is none that the curve knows."""
    rows = [
        declaration(importer="A", enterprise_group="G", statistical_value=-5),
        declaration(importer="B", enterprise_group="G", statistical_value=50),
    ]
    with pytest.raises(ProtectionError, match="negative") as refused:
        sums_and_roots(rows, asked(1, holding=holding))
    assert "5" not in str(refused.value)


def test_a_sum_beyond_all_trade_is_cut_to_a_constant() -> None:
    rows = [declaration(importer=who, statistical_value=2**49 - 1) for who in "AB"]
    assert sums_and_roots(rows, asked(0))[0][0] == 2**49
