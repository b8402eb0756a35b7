"""What hiding a cell costs: the measure of loss, times penalties by level. Costs are told by assemble alone."""

from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest

from publisher.model.rules import LevelPenalty, SuppressionRules
from publisher.suppression.assemble import COST_STEPS, assemble
from publisher.suppression.system import LARGEST_COST
from tests.lib.cells import confidential_table
from tests.lib.tables import MASS, VALUE, codelist, dimension, structure

GOODS = codelist(
    "GOODS", {"chapter": {"01": "_T", "02": "_T"}, "heading": {"0101": "01", "0102": "01", "0201": "02"}}
)
TABLE = structure(dimension("commodity", GOODS), measures=(VALUE, replace(MASS, shadows=None)))
# _T, 01, 02, 0101, 0102, 0201: values 8 6 2 4 2 2, masses 16 8 8 7 1 8
RECORDS = pd.DataFrame(
    [("0101", trader, 1, 7 if trader == 1 else 0) for trader in (1, 2, 3, 4)]
    + [("0102", trader, 1, trader % 2) for trader in (1, 2)]
    + [("0201", trader, 1, 4) for trader in (1, 2)],
    columns=["commodity", "trader", "statistical_value", "net_mass"],
)
RULES = SuppressionRules("active", 1, secondary_cost="value")


def costs(rules: SuppressionRules, measure: str = "statistical_value") -> list[float]:
    """As shares of what the dearest cell costs before penalties."""
    assembly = assemble([(confidential_table(TABLE, RECORDS), rules)])
    (part,) = (part for part in assembly.parts if part.measure == measure)
    return [round((cost - 1) / COST_STEPS, 4) for cost in assembly.system.costs[part.variables].tolist()]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (RULES, [1, 0.75, 0.25, 0.5, 0.25, 0.25]),
        (replace(RULES, secondary_cost="one"), [9, 3, 3, 1, 1, 1]),
        (replace(RULES, secondary_cost="contributors"), [1, 1, 0.5, 1, 0.5, 0.5]),
        (replace(RULES, secondary_cost="measure", cost_measure="net_mass"), [1, 0.5, 0.5, 0.4375, 0.0625, 0.5]),
        (
            replace(RULES, secondary_cost="measure", cost_measure="statistical_value"),
            [1, 0.75, 0.25, 0.5, 0.25, 0.25],
        ),
    ],
)
def test_measures_of_loss(rules: SuppressionRules, expected: list[float]) -> None:
    assert costs(rules) == expected


def test_the_logarithm_of_the_value() -> None:
    assert costs(replace(RULES, secondary_cost="log_value"))[::3] == [9, 0.7325]  # log 9 / log 9, log 5 / log 9


def test_another_measure_costs_the_same_in_all_measures() -> None:
    rules = replace(RULES, secondary_cost="measure", cost_measure="net_mass")
    assert costs(rules, "net_mass") == costs(rules)


def test_penalties_by_level_replace_the_steepness_of_their_level_alone() -> None:
    rules = replace(
        RULES, secondary_cost="one", level_penalty=(LevelPenalty("commodity", "chapter", Fraction(5, 2)),)
    )
    assert costs(rules) == [9, 2.5, 2.5, 1, 1, 1]
    every = tuple(LevelPenalty("commodity", level, Fraction(2)) for level in ("total", "chapter", "heading"))
    assert costs(replace(RULES, level_penalty=every)) == [2, 1.5, 0.5, 1, 0.5, 0.5]


def test_penalties_stop_at_the_largest_cost() -> None:
    rules = replace(RULES, level_penalty=(LevelPenalty("commodity", "total", Fraction(10**6)),))
    assert assemble([(confidential_table(TABLE, RECORDS), rules)]).system.costs.max() == LARGEST_COST
