"""Requests for the value to be shown and the quantity not: who claims in what. One heading; A has 60, B 30, C 10.

request                       claims in values   claims in quantities
A suppress                    A                  A
A no_quantity                 nobody             A
A no_quantity, B suppress     B                  A and B
"""

from datetime import date
from typing import Any

import pytest

from publisher.aggregate.cells import aggregate
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import SuppressionRules
from publisher.model.structure import Measure, TableStructure
from publisher.suppression.primary import find_primaries
from tests.lib.tables import ACTIVE, MASS, VALUE, dimension, memory_store, query, structure
from tests.unit.test_aggregate_requests import CODELISTS, FULL, GOODS, PASSIVE, asked, sold, values

UNITS = Measure(
    "supplementary_quantity", "Units", "sum", "units", column="supplementary_quantity", shadows="statistical_value"
)
DUTY = Measure("duty_amount", "Duty", "sum", "KRW", column="duty_amount", shadows="statistical_value")
TOTAL = structure(dimension("commodity", GOODS, ["total"]), measures=(VALUE, MASS))
SHARES = [("A", 60), ("B", 30), ("C", 10)]
ROWS = [sold(trader, "870310", "DE", value, net_mass=3 * value) for trader, value in SHARES]
OWN = ("statistical_value_quantity_claimant", "statistical_value_quantity_rival", "quantity_claimants")


def table(
    *requests: Any, of: TableStructure = TOTAL, rules: SuppressionRules = PASSIVE, **lists: Any
) -> ConfidentialTable:
    connection = memory_store(lists.pop("rows", ROWS), requests=requests, **lists)
    return aggregate(connection, query(of, rules), "2021-01", "s0001", codelists=CODELISTS)


def no_quantity(trader: str, commodity: str = "", share: str | None = None) -> tuple[Any, ...]:
    return asked(trader, commodity, "no_quantity", share)


def unsafe(found: ConfidentialTable, claims: Any, rules: SuppressionRules = PASSIVE) -> list[int]:
    """Upper levels of the value by the claims to values, or to quantities."""
    names = tuple(measure.id for measure in found.structure.measures)
    return find_primaries(found.cells, "statistical_value", names, rules, claims=claims).upper_level.tolist()


@pytest.mark.parametrize(
    ("requests", "in_values", "in_quantities"),
    [
        ([no_quantity("A")], (0, 60, 0), (60, 30, 1)),
        ([no_quantity("B")], (0, 60, 0), (30, 60, 1)),
        ([no_quantity("A"), asked("B", "")], (30, 60, 1), (60, 30, 2)),
        ([no_quantity("A"), asked("A", "")], (60, 30, 1), (60, 30, 1)),
        ([no_quantity("A", "88")], (0, 60, 0), (0, 60, 0)),
        ([no_quantity("A", "8703"), no_quantity("C", "87")], (0, 60, 0), (60, 30, 2)),
    ],
)
def test_who_claims(requests: list[Any], in_values: tuple[int, ...], in_quantities: tuple[int, ...]) -> None:
    (cell,) = table(*requests).cells.to_pylist()
    assert tuple(cell[name.replace("quantity_", "")] for name in OWN) == in_values
    assert tuple(cell[name] for name in OWN) == in_quantities


def test_nothing_is_recoded() -> None:
    heavy = structure(*FULL.dimensions, measures=(VALUE, MASS))
    assert values(table(no_quantity("A"), of=heavy)) == values(table(of=heavy))


@pytest.mark.parametrize("percent", [59, 60, 61])
def test_the_boundary_of_the_share(percent: int) -> None:
    """A has exactly 60 percent: a limit of 60 is kept, one of 59 is not."""
    found = table(no_quantity("A", share=str(percent)))
    assert unsafe(found, "value") == [0]
    assert unsafe(found, "quantity") == [{59: 2, 60: 0, 61: 0}[percent]]  # 60 / 0.59 = 101.7


@pytest.mark.parametrize("others", [0, 1, 2])
def test_the_boundary_of_few_contributors(others: int) -> None:
    """k - 1, k and k + 1 contributors, k = 2; A is small enough for every share."""
    rules = SuppressionRules("passive", 2)
    rows = [sold("A", "870310", "DE", 10)]
    rows += [sold(f"B{n}", "870310", "DE", 90) for n in range(others)]
    found = table(no_quantity("A"), rules=rules, rows=rows)
    assert unsafe(found, "value", rules) == [0]
    assert (unsafe(found, "quantity", rules) != [0]) is (others == 0)


class TestLimits:
    def test_a_limit_of_one_kind_does_not_judge_the_other(self) -> None:
        """R of values: 30/0.7 = 42.9. R of quantities: 60/0.1."""
        (cell,) = table(no_quantity("A", share="10"), asked("B", "")).cells.to_pylist()
        assert (cell["statistical_value_request"], cell["statistical_value_quantity_request"]) == (43, 600)

    def test_not_even_where_one_trader_has_both(self) -> None:
        (cell,) = table(no_quantity("A", share="10"), asked("A", "", share="90")).cells.to_pylist()
        assert (cell["statistical_value_request"], cell["statistical_value_quantity_request"]) == (67, 600)

    def test_a_limit_to_values_holds_for_quantities_too(self) -> None:
        (cell,) = table(no_quantity("A", share="90"), asked("A", "", share="10")).cells.to_pylist()
        assert (cell["statistical_value_request"], cell["statistical_value_quantity_request"]) == (600, 600)

    def test_goods_of_both_kinds_in_one_cell(self) -> None:
        """The trader's strictest limit counts with all its trade, but only in its own kind."""
        rows = [*ROWS, sold("A", "870410", "DE", 40)]
        requests = (no_quantity("A", "870410", "50"), asked("A", "870310", share="80"))
        (cell,) = table(*requests, rows=rows).cells.to_pylist()
        assert (cell["statistical_value_request"], cell["statistical_value_quantity_request"]) == (125, 200)


def test_a_waiver_narrows_both() -> None:
    waiver = ("A", "M", "8703", None, None)
    (cell,) = table(no_quantity("A"), waivers=[waiver]).cells.to_pylist()
    assert cell["quantity_claimants"] == 0


def test_only_on_days_of_the_period() -> None:
    late = ("A", "M", "", date(2021, 2, 1), None, None, "no_quantity")
    assert "quantity_claimants" not in table(late).cells.column_names
    assert "quantity_claimants" not in table(("A", "X", "", None, None, None, "no_quantity")).cells.column_names


def test_dump_codes_claim_below_chapter_totals_in_both_kinds() -> None:
    heavy = structure(*FULL.dimensions, measures=(VALUE, MASS))
    found = table(asked("A", "870310", "dump_code"), no_quantity("B"), of=heavy)
    assert values(found, "claimants")["879999/_T"] == 1
    assert values(found, "quantity_claimants")["879999/_T"] == 2
    assert "_T/_T" not in values(found, "claimants")
    assert values(found, "quantity_claimants")["_T/_T"] == 1


@pytest.mark.parametrize(
    ("of", "rules"),
    [
        (TOTAL, ACTIVE),  # active: everybody is protected, value and quantity alike
        (structure(*TOTAL.dimensions), PASSIVE),  # the table has no quantity
        (structure(*TOTAL.dimensions, measures=(VALUE, DUTY)), PASSIVE),
    ],
)
def test_elsewhere_the_request_is_no_claim(of: TableStructure, rules: SuppressionRules) -> None:
    assert table(no_quantity("A"), of=of, rules=rules).cells.equals(table(asked("A", "88"), of=of, rules=rules).cells)


def test_quantities_that_decide_for_themselves_are_judged_by_their_own_contributions() -> None:
    alone = Measure("net_mass", "Mass", "sum", "kg", decimals=3, column="net_mass")
    (cell,) = table(no_quantity("A"), of=structure(*TOTAL.dimensions, measures=(VALUE, alone))).cells.to_pylist()
    assert cell["net_mass_quantity_claimant"] == 180
    assert "statistical_value_quantity_claimant" not in cell


def test_all_quantities_of_a_value_are_meant() -> None:
    found = table(no_quantity("A"), of=structure(*TOTAL.dimensions, measures=(VALUE, MASS, UNITS)))
    assert found.structure.quantity_rules == (VALUE,)
    assert set(OWN) <= set(found.cells.column_names)
