"""What the office decided about single cells: the attacker knows the bounds, and sees whether the freezing was done.

3 x 3 cells of 1,000, four traders each; A-x has two and level 200. Hidden: the square A-x, A-y, B-x, B-y.
"""

import itertools
from dataclasses import replace
from fractions import Fraction

import pytest

from publisher.audit.audit import audit
from publisher.audit.feasibility import NARROW, UNDER
from publisher.audit.secrets import Secrets
from publisher.model.codelist import TOTAL
from publisher.model.rules import CellRule, SuppressionRules
from tests.lib.edition import Item, Written, confidential, write_edition
from tests.lib.tables import VALUE, codelist, dimension, structure

GOODS = codelist("GOODS", {"heading": {"A": TOTAL, "B": TOTAL, "C": TOTAL}})
PARTNERS = codelist("PARTNERS", {"country": {"x": TOTAL, "y": TOTAL, "z": TOTAL}})
TABLE = structure(dimension("commodity", GOODS), dimension("partner", PARTNERS), measures=(VALUE,))
RULES = SuppressionRules("active", minimum_contributors=3, frequency_level_percent=Fraction(20))
FRAME = {("A", "x"), ("A", "y"), ("B", "x"), ("B", "y")}


def items():
    for row, column in itertools.product("ABC", "xyz"):
        parts = [500] * 2 if (row, column) == ("A", "x") else [250] * 4
        yield from (Item(f"{row}{column}{n}", (row, column), (amount,)) for n, amount in enumerate(parts))


def findings(tmp_path, *rules, bounds=()):
    truth = replace(confidential(TABLE, list(items())), cell_rules=rules)
    written = Written(TABLE, truth, hidden=FRAME, bounds=dict(bounds))
    folder = write_edition(tmp_path / "v1", [written], (GOODS, PARTNERS))
    report = audit("v1", folder, (), [(truth, RULES)], Secrets(), [])
    return {(finding.cell[2:4], finding.problem) for finding in report.findings}


@pytest.mark.parametrize(("percent", "safe"), [("20", True), ("19.999999", False), ("0", False)])
@pytest.mark.parametrize("kind", ["lower", "upper"])
@pytest.mark.parametrize("cell", [("A", "x"), ("B", "y")])
def test_the_attacker_knows_what_everybody_knows(tmp_path, percent, safe, kind, cell):
    """B-y is 1,000: with less than 200 to give or take it cannot cover for A-x."""
    found = findings(tmp_path, CellRule(cell, kind, Fraction(percent)))
    assert found == (set() if safe else {(("A", "x"), UNDER)})


def test_bounds_of_cells_that_are_shown_say_nothing(tmp_path):
    assert findings(tmp_path, CellRule(("C", "z"), "lower", Fraction(0))) == set()


def test_intervals_are_judged_by_what_is_published(tmp_path):
    """The intervals of what the cells imply are no narrower for what else is known."""
    published = [((cell, "statistical_value"), (0, 2_000)) for cell in FRAME]
    known = CellRule(("B", "x"), "lower", Fraction(50))
    assert findings(tmp_path, known, bounds=published) == set()
    told = [((("B", "x"), "statistical_value"), (500, 2_000))]
    assert (("B", "x"), NARROW) in findings(tmp_path, known, bounds=told)


def test_frozen_cells_are_as_decided(tmp_path):
    kept = CellRule(("C", "z"), "freeze_shown"), CellRule(("A", "y"), "freeze_hidden")
    assert findings(tmp_path, *kept) == set()
    broken = CellRule(("A", "y"), "freeze_shown"), CellRule(("C", "z"), "freeze_hidden")
    assert findings(tmp_path, *broken) == {
        (("A", "y"), "a cell that was to be shown is hidden"),
        (("C", "z"), "a cell to be hidden is shown"),
    }
