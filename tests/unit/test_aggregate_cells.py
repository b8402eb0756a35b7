"""The confidential cells of a query: who is in a cell, who leads it, who may claim protection."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from publisher.aggregate.cells import aggregate
from publisher.catalogue.query import Query
from publisher.errors import ProtectionError, StoreError
from publisher.model.codelist import TOTAL
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import Dominance
from publisher.model.structure import Measure
from tests.lib.tables import (
    ACTIVE,
    ITEMS,
    MASS,
    PASSIVE,
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

# GOODS: _T(0) > 01(1), 02(2); 01 > 0101(3), 0102(4); 02 is a leaf above the finest level
GOODS = codelist("GOODS", {"chapter": {"01": TOTAL, "02": TOTAL}, "heading": {"0101": "01", "0102": "01"}})
LAND = codelist("LAND", {"country": {"DE": TOTAL, "FR": TOTAL}})  # _T(0) > DE(1), FR(2)
CODELISTS = {"GOODS": GOODS, "LAND": LAND}.__getitem__
TABLE = structure(dimension("commodity", GOODS), dimension("partner", LAND), measures=(VALUE, MASS))
BY_GOODS = structure(dimension("commodity", GOODS))


def _table(connection: duckdb.DuckDBPyConnection, asked: Query, period: str = PERIOD) -> ConfidentialTable:
    return aggregate(connection, asked, period, "s0001", codelists=CODELISTS)


def _cell(connection: duckdb.DuckDBPyConnection, asked: Query, *nodes: int) -> dict[str, Any]:
    """The row of one cell."""
    for row in _table(connection, asked).cells.to_pylist():
        if tuple(row[column] for column in asked.structure.columns) == nodes:
            return dict(row)
    raise KeyError(nodes)


def _sold(*parts: tuple[str, int], **columns: Any) -> list[dict[str, Any]]:
    return [declaration(importer=trader, statistical_value=value, **columns) for trader, value in parts]


def test_columns_and_types_are_as_the_model_says() -> None:
    cells = _table(memory_store(_sold(("A", 1))), query(TABLE)).cells
    numbers = ["statistical_value", "net_mass", "declarations", "contributors", "claimants", "controlled"]
    numbers += ["contributor_1", "contributor_2"]
    numbers += [f"statistical_value_{part}" for part in ("largest_1", "largest_2", "claimant", "rival")]
    types = [pa.bool_() if name == "controlled" else pa.int64() for name in numbers]
    expected = [("commodity", pa.int32()), ("partner", pa.int32()), *zip(numbers, types, strict=True)]
    assert cells.schema == pa.schema(expected)


def test_cells_of_all_levels_sorted_and_without_zeros() -> None:
    """
    commodity  partner  value        cells: _T _T 7+9+5, _T DE 7+5, _T FR 9,
    0101       DE       7                   01 _T 16, 01 DE 7, 01 FR 9, 02 _T 5, 02 DE 5,
    0102       FR       9                   0101 _T 7, 0101 DE 7, 0102 _T 9, 0102 FR 9
    02         DE       5            no 02 FR, no 0101 FR, no 0102 DE
    """
    rows = [
        declaration(commodity="0101", partner="DE", statistical_value=7),
        declaration(commodity="0102", partner="FR", statistical_value=9),
        declaration(commodity="02", partner="DE", statistical_value=5),
    ]
    cells = _table(memory_store(rows), query(TABLE)).cells.to_pylist()
    assert [(c["commodity"], c["partner"], c["statistical_value"]) for c in cells] == [
        (0, 0, 21),
        (0, 1, 12),
        (0, 2, 9),
        (1, 0, 16),
        (1, 1, 7),
        (1, 2, 9),
        (2, 0, 5),
        (2, 1, 5),
        (3, 0, 7),
        (3, 1, 7),
        (4, 0, 9),
        (4, 2, 9),
    ]


def test_a_cell_of_value_zero_has_a_row_because_something_was_declared() -> None:
    cell = _cell(memory_store(_sold(("A", 0))), query(BY_GOODS), 3)
    assert (cell["statistical_value"], cell["declarations"], cell["contributors"]) == (0, 1, 1)
    assert cell["contributor_1"] > 0


def test_no_declarations_no_cells() -> None:
    empty = _table(memory_store([]), query(TABLE)).cells
    assert len(empty) == 0
    assert empty.schema.field("statistical_value").type == pa.int64()


def test_a_trader_is_summed_within_the_cell_before_ranking() -> None:
    """A declares 4 + 4, B 5: A leads with 8, though 5 is the largest declaration."""
    cell = _cell(memory_store(_sold(("A", 4), ("B", 5), ("A", 4))), query(BY_GOODS), 3)
    assert (cell["declarations"], cell["contributors"]) == (3, 2)
    assert (cell["statistical_value_largest_1"], cell["statistical_value_largest_2"]) == (8, 5)


def test_ranking_is_made_anew_at_every_level() -> None:
    """B leads 0101 with 5 and 0102 with 6, but A leads chapter 01 with 4 + 4 + 4."""
    rows = [
        *_sold(("A", 4), ("B", 5), commodity="0101"),
        *_sold(("A", 4), ("C", 6), commodity="0102"),
        *_sold(("A", 3), commodity="02"),
    ]
    connection = memory_store(rows)
    leader = {node: _cell(connection, query(BY_GOODS), node)["contributor_1"] for node in range(5)}
    assert _cell(connection, query(BY_GOODS), 1)["statistical_value_largest_1"] == 8
    assert leader[1] == leader[0] == leader[2]
    assert len({leader[1], leader[3], leader[4]}) == 3


@pytest.mark.parametrize(
    ("traders", "expected"), [(1, [10, 0, 0]), (2, [10, 9, 0]), (3, [10, 9, 8]), (4, [10, 9, 8])]
)
def test_the_largest_are_filled_with_zeros_up_to_n(traders: int, expected: list[int]) -> None:
    rules = replace(ACTIVE, dominance=Dominance(3, Fraction(80)))
    rows = _sold(*((f"T{number}", 10 - number) for number in range(traders)))
    cell = _cell(memory_store(rows), query(BY_GOODS, rules), 3)
    assert [cell[f"statistical_value_largest_{place}"] for place in (1, 2, 3)] == expected
    assert "statistical_value_largest_4" not in cell


@pytest.mark.parametrize("number", [1, 2, 2**32 - 1, 2**32, 2**53 + 1, 2**62])
def test_large_and_small_values_are_exact(number: int) -> None:
    cell = _cell(memory_store(_sold(("A", number), ("B", number - 1))), query(BY_GOODS), 3)
    assert cell["statistical_value"] == 2 * number - 1
    assert (cell["statistical_value_largest_1"], cell["statistical_value_largest_2"]) == (number, number - 1)


def test_equal_contributions_are_two_contributors() -> None:
    cell = _cell(memory_store(_sold(("A", 5), ("B", 5))), query(BY_GOODS), 3)
    assert (cell["statistical_value_largest_1"], cell["statistical_value_largest_2"]) == (5, 5)
    assert cell["contributor_1"] != cell["contributor_2"]
    assert min(cell["contributor_1"], cell["contributor_2"]) > 0


def test_each_rule_measure_has_its_own_ranking() -> None:
    mass = replace(MASS, shadows=None)
    table = structure(dimension("commodity", GOODS), measures=(VALUE, mass))
    rows = [declaration(importer="A", statistical_value=9, net_mass=1)]
    rows += [declaration(importer="B", statistical_value=1, net_mass=8)]
    cell = _cell(memory_store(rows), query(table), 3)
    assert (cell["net_mass_largest_1"], cell["net_mass_largest_2"]) == (8, 1)
    assert (cell["net_mass_claimant"], cell["net_mass_rival"]) == (8, 1)
    assert (cell["statistical_value_largest_1"], cell["statistical_value_largest_2"]) == (9, 1)


def test_a_count_is_ranked_by_declarations() -> None:
    """A sum may also have an empty column: it counts as nothing."""
    duty = Measure("duty", "Duty", "sum", "KRW", column="duty_amount", shadows="items")
    items = Measure("items", "Items", "count", "declarations")
    table = structure(dimension("commodity", GOODS), measures=(items, duty))
    rows = [declaration(importer="A"), declaration(importer="A", duty_amount=3), declaration(importer="B")]
    cell = _cell(memory_store(rows), query(table), 3)
    assert (cell["items"], cell["items_largest_1"], cell["items_largest_2"], cell["duty"]) == (3, 2, 1, 3)


def test_a_count_may_be_called_declarations() -> None:
    table = structure(dimension("commodity", GOODS), measures=(ITEMS,))
    cells = _table(memory_store(_sold(("A", 1), ("A", 1))), query(table)).cells
    assert cells.column_names.count("declarations") == 1
    assert set(cells.column("declarations").to_pylist()) == {2}


class TestHoldings:
    ROWS = (
        declaration(importer="A", statistical_value=4, enterprise_group="G"),
        declaration(importer="B", statistical_value=5, enterprise_group="G"),
        declaration(importer="C", statistical_value=6),
    )

    def test_traders_of_a_holding_are_one_contributor(self) -> None:
        cell = _cell(memory_store(self.ROWS), query(BY_GOODS, holding=True), 3)
        assert (cell["contributors"], cell["statistical_value_largest_1"]) == (2, 9)

    def test_without_holding_in_the_query_they_are_not(self) -> None:
        cell = _cell(memory_store(self.ROWS), query(BY_GOODS), 3)
        assert (cell["contributors"], cell["statistical_value_largest_1"]) == (3, 6)

    def test_a_holding_known_once_is_known_everywhere_in_the_snapshot(self) -> None:
        """B's second declaration does not name the holding; last year's would do, too."""
        rows = [
            *self.ROWS,
            declaration(importer="B", statistical_value=1),
            declaration(importer="D", statistical_value=7),
            declaration(importer="D", reference_period="2020-05", enterprise_group="G"),
        ]
        cell = _cell(memory_store(rows), query(BY_GOODS, holding=True), 3)
        assert (cell["contributors"], cell["statistical_value_largest_1"]) == (2, 17)

    def test_a_trader_of_two_holdings_is_still_one_contributor(self) -> None:
        rows = [declaration(importer="A", enterprise_group=group) for group in ("H", "G")]
        assert _cell(memory_store(rows), query(BY_GOODS, holding=True), 3)["contributors"] == 1

    def test_a_holding_and_a_trader_of_the_same_name_are_two(self) -> None:
        rows = [declaration(importer="A", enterprise_group="B"), declaration(importer="B")]
        assert _cell(memory_store(rows), query(BY_GOODS, holding=True), 3)["contributors"] == 2


def _period(trader: str, commodity: str = "", since: str = "2000-01-01", until: str | None = None) -> tuple[Any, ...]:
    days = (date.fromisoformat(since), date.fromisoformat(until) if until else None)
    return (trader, "M", commodity, *days)


class TestClaims:
    """Claimants, the largest of them, and its largest rival. Values in 0101: A 9, B 5, C 2."""

    ROWS = (*_sold(("A", 9), ("B", 5), ("C", 2)), *_sold(("A", 1), commodity="0102"))

    def _claims(self, asked: Query, node: int = 3, **policy: Any) -> tuple[int, int, int]:
        cell = _cell(memory_store(self.ROWS, **policy), asked, node)
        return cell["claimants"], cell["statistical_value_claimant"], cell["statistical_value_rival"]

    def test_active_without_waivers_all_claim(self) -> None:
        assert self._claims(query(BY_GOODS)) == (3, 9, 5)

    def test_active_the_largest_waived(self) -> None:
        assert self._claims(query(BY_GOODS), waivers=[_period("A")]) == (2, 5, 9)

    def test_active_the_second_waived(self) -> None:
        assert self._claims(query(BY_GOODS), waivers=[_period("B")]) == (2, 9, 5)

    def test_active_all_waived(self) -> None:
        assert self._claims(query(BY_GOODS), waivers=[_period(trader) for trader in "ABC"])[:2] == (0, 0)

    def test_passive_without_requests_none_claims(self) -> None:
        assert self._claims(query(BY_GOODS, PASSIVE))[:2] == (0, 0)

    def test_passive_one_asked(self) -> None:
        assert self._claims(query(BY_GOODS, PASSIVE), requests=[_period("B")]) == (1, 5, 9)

    def test_passive_two_asked(self) -> None:
        assert self._claims(query(BY_GOODS, PASSIVE), requests=[_period("B"), _period("C")]) == (2, 5, 9)

    def test_passive_ignores_waivers_and_active_ignores_requests(self) -> None:
        assert self._claims(query(BY_GOODS, PASSIVE), waivers=[_period("A")])[0] == 0
        assert self._claims(query(BY_GOODS), requests=[_period("A")]) == (3, 9, 5)

    @pytest.mark.parametrize(("prefix", "claims"), [("", 1), ("01", 1), ("0101", 1), ("010121", 1), ("02", 0)])
    def test_a_request_covers_commodities_under_its_prefix_and_above_it(self, prefix: str, claims: int) -> None:
        assert self._claims(query(BY_GOODS, PASSIVE), requests=[_period("B", prefix)])[0] == claims

    @pytest.mark.parametrize(("prefix", "claims"), [("", 2), ("01", 2), ("0101", 2), ("010121", 3), ("02", 3)])
    def test_a_waiver_covers_only_commodities_under_its_prefix(self, prefix: str, claims: int) -> None:
        assert self._claims(query(BY_GOODS), waivers=[_period("B", prefix)])[0] == claims

    def test_a_margin_is_waived_only_if_all_of_it_is(self) -> None:
        """A waived 0101 but not 0102: it claims in chapter 01, where it leads with 10."""
        assert self._claims(query(BY_GOODS), 3, waivers=[_period("A", "0101")]) == (2, 5, 9)
        assert self._claims(query(BY_GOODS), 1, waivers=[_period("A", "0101")]) == (3, 10, 5)

    def test_a_margin_is_claimed_if_any_of_it_is(self) -> None:
        assert self._claims(query(BY_GOODS, PASSIVE), 1, requests=[_period("A", "0102")]) == (1, 10, 5)
        assert self._claims(query(BY_GOODS, PASSIVE), 3, requests=[_period("A", "0102")])[0] == 0

    @pytest.mark.parametrize(
        ("since", "until", "requested", "waived"),
        [
            ("2021-01-01", "2021-01-31", 1, 2),  # just the month
            ("2021-01-02", "2021-01-31", 1, 3),  # a day less
            ("2021-01-01", "2021-01-30", 1, 3),
            ("2020-01-01", "2021-01-01", 1, 3),  # touches it
            ("2021-01-31", None, 1, 3),
            ("2020-01-01", "2020-12-31", 0, 3),  # before
            ("2021-02-01", None, 0, 3),  # after
            ("2020-01-01", None, 1, 2),  # open
        ],
    )
    def test_a_request_holds_on_any_day_and_a_waiver_on_all_days(
        self, since: str, until: str | None, requested: int, waived: int
    ) -> None:
        row = _period("B", "", since, until)
        assert self._claims(query(BY_GOODS, PASSIVE), requests=[row])[0] == requested
        assert self._claims(query(BY_GOODS), waivers=[row])[0] == waived

    def test_the_other_flow_does_not_count(self) -> None:
        other = ("B", "X", "", date(2000, 1, 1), None)
        assert self._claims(query(BY_GOODS, PASSIVE), requests=[other])[0] == 0
        assert self._claims(query(BY_GOODS), waivers=[other])[0] == 3

    def test_a_holding_waives_only_if_all_its_traders_do(self) -> None:
        rows = [declaration(importer=name, enterprise_group="G") for name in "AB"]
        asked = query(BY_GOODS, holding=True)
        assert _cell(memory_store(rows, waivers=[_period("A")]), asked, 3)["claimants"] == 1
        assert _cell(memory_store(rows, waivers=[_period("A"), _period("B")]), asked, 3)["claimants"] == 0

    def test_a_holding_claims_if_one_of_its_traders_asked(self) -> None:
        rows = [declaration(importer=name, enterprise_group="G") for name in "AB"]
        cell = _cell(memory_store(rows, requests=[_period("A")]), query(BY_GOODS, PASSIVE, holding=True), 3)
        assert (cell["claimants"], cell["statistical_value_claimant"]) == (1, 2)

    def test_requests_count_where_the_table_has_no_commodity(self) -> None:
        table = structure(dimension("partner", LAND))
        cell = _cell(memory_store(self.ROWS, requests=[_period("B", "0101")]), query(table, PASSIVE), 1)
        assert (cell["claimants"], cell["statistical_value_claimant"]) == (1, 5)


@pytest.mark.parametrize("rules", [ACTIVE, PASSIVE])
@pytest.mark.parametrize(("prefix", "expected"), [("", True), ("01", True), ("010199", True), ("0102", False)])
def test_controlled_goods_mark_their_cells_and_all_above(rules: Any, prefix: str, expected: bool) -> None:
    rows = [declaration(commodity="0101"), declaration(commodity="02", partner="FR")]
    connection = memory_store(rows, controlled=[(prefix, "M")])
    assert _cell(connection, query(BY_GOODS, rules), 3)["controlled"] is expected
    assert _cell(connection, query(BY_GOODS, rules), 0)["controlled"] is expected
    assert _cell(connection, query(BY_GOODS, rules), 2)["controlled"] is (prefix == "")
    assert _cell(memory_store(rows, controlled=[(prefix, "X")]), query(BY_GOODS, rules), 3)["controlled"] is False


def test_pseudonyms_are_the_same_in_all_tables_of_a_snapshot_and_differ_between_snapshots() -> None:
    rows = [declaration(importer=f"T{number}", statistical_value=number + 1, commodity="02") for number in range(9)]
    connection = memory_store(rows)
    first, other = query(BY_GOODS), query(structure(dimension("partner", LAND)))
    assert _cell(connection, first, 2)["contributor_1"] == _cell(connection, other, 1)["contributor_1"]
    leaders = {
        aggregate(connection, first, PERIOD, f"s{number}", codelists=CODELISTS).cells["contributor_1"][0].as_py()
        for number in range(12)
    }
    assert len(leaders) > 1


def test_only_the_period_the_flow_and_the_universe_count() -> None:
    rows = [
        declaration(statistical_value=1),
        declaration(statistical_value=10, reference_period="2021-02"),
        declaration(statistical_value=100, flow="X", importer=None, exporter="A"),
        declaration(statistical_value=1000, procedure="transit"),
    ]
    table = replace(BY_GOODS, universe="flow = 'M' AND procedure NOT IN ('temporary','transit')")
    connection = memory_store(rows)
    assert _cell(connection, query(table), 0)["statistical_value"] == 1
    assert _cell(connection, query(BY_GOODS), 0)["statistical_value"] == 1001
    year = _table(connection, query(table), "2021").cells
    assert year["statistical_value"][0].as_py() == 11
    assert len(_table(connection, query(table), "2021-Q2").cells) == 0


def test_levels_that_are_left_out_pass_their_trade_upwards() -> None:
    """GOODS down to chapter: 0101 and 0102 count in 01. Without total, nothing lies above the chapters."""
    connection = memory_store([declaration(commodity=code) for code in ("0101", "0102", "02")])
    chapters = structure(dimension("commodity", GOODS, ["chapter"]))
    assert _table(connection, query(chapters)).cells["declarations"].to_pylist() == [2, 1]
    headings = structure(dimension("commodity", GOODS, ["total", "heading"]))  # 02 hangs from the total
    with pytest.raises(ProtectionError, match="no leaf"):
        _table(connection, query(headings))


class TestRefusals:
    def _refused(self, asked: Query, *rows: dict[str, Any]) -> str:
        with pytest.raises(ProtectionError) as refused:
            _table(memory_store(rows or [declaration()]), asked)
        assert refused.value.place == asked.id
        return str(refused.value)

    def test_noise_has_its_own_way(self) -> None:
        assert "suppression alone" in self._refused(query(BY_GOODS, privacy_rules()))

    def test_distinct_counts_do_not_add_up(self) -> None:
        assert "does not add up" in self._refused(
            query(structure(dimension("commodity", GOODS), measures=(TRADERS,)))
        )

    @pytest.mark.parametrize("code", ["0199", "01", TOTAL, ""])
    def test_a_code_without_a_leaf(self, code: str) -> None:
        told = self._refused(query(TABLE), declaration(), declaration(commodity=code))
        assert "a declaration has a commodity that is no leaf" in told

    def test_an_empty_code(self) -> None:
        assert "has a partner that is no leaf" in self._refused(query(TABLE), declaration(partner=None))

    def test_no_trader(self) -> None:
        told = self._refused(query(TABLE), declaration(importer=None, exporter="SECRET-TRADER"))
        assert "has no importer" in told
        assert "SECRET" not in told

    def test_a_negative_contribution(self) -> None:
        told = self._refused(query(TABLE), declaration(statistical_value=-987654))
        assert "negative statistical_value" in told
        assert "987654" not in told

    def test_a_sum_beyond_64_bits_tells_no_value(self) -> None:
        rows = [declaration(statistical_value=2**62 + 12345, importer=name) for name in "AB"]
        with pytest.raises(StoreError) as refused:
            _table(memory_store(rows), query(BY_GOODS))
        assert "12345" not in str(refused.value)
        assert refused.value.__cause__ is None

    def test_no_period(self) -> None:
        with pytest.raises(ValueError, match="no reference period"):
            _table(memory_store([]), query(TABLE), "2021-13")


def test_the_repr_shows_no_cell() -> None:
    assert "987654" not in repr(_table(memory_store(_sold(("A", 987654))), query(TABLE)))


def test_no_contributions_are_left_behind() -> None:
    connection = memory_store(_sold(("A", 1)), waivers=[_period("A")])
    _table(connection, query(TABLE))
    left = connection.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
    assert {name.split("_")[1] for (name,) in left} == {"place", "lift", "trader"}
