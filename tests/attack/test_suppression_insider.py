"""Whoever is alone in a hidden cell subtracts it: no other unsafe cell may then be a single number."""

from fractions import Fraction

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings

from publisher.model.rules import SuppressionRules
from publisher.suppression.assemble import assemble, in_order
from publisher.suppression.primary import find_primaries
from publisher.suppression.program import Programs
from publisher.suppression.protect import protect
from tests.lib.attacker import computed_exactly, key_of_row, puzzle
from tests.lib.examples import examples
from tests.lib.random_tables import BY_OFFICE, TREES, records, tables

RULES = SuppressionRules("active", 3, p_percent=Fraction(15), secondary_cost="value")


@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frame=records(largest=25))
def test_no_insider_computes_an_unsafe_cell(frame: pd.DataFrame) -> None:
    demands = [(table, RULES) for table in tables((TREES, BY_OFFICE), frame)]
    known = puzzle(protect(demands))
    owned: dict[int, dict[tuple[str, ...], int]] = {}
    unsafe = {}
    for table, rules in demands:
        cells = table.cells.to_pydict()
        names = tuple(measure.id for measure in table.structure.measures)
        levels = find_primaries(table.cells, "statistical_value", names, rules).upper_level
        for row, count in enumerate(cells["contributors"]):
            key = key_of_row(table.structure, table.cells, row, "statistical_value")
            trader = cells["contributor_1"][row] if count == 1 else 0
            if trader:
                owned.setdefault(trader, {})[key] = cells["statistical_value"][row]
            if levels[row] > 0:
                unsafe[key] = trader
    for insider in sorted(owned)[:2]:
        others = [key for key, trader in unsafe.items() if trader != insider]
        assert computed_exactly(known, others, owned[insider]) == []


def test_a_program_copes_with_costs_far_apart() -> None:
    """Hidden beside very dear cells: whatever the solver makes of such costs, a way is found."""
    frame = pd.DataFrame(
        [("0101", "DE", "o1", 1, 100, 7)]
        + [
            (heading, country, "o2", trader, 10 ** (trader + place), 9)
            for place, heading in enumerate(("0101", "0102", "0201"))
            for country in ("DE", "CN")
            for trader in (2, 3, 4, 5)
        ],
        columns=["commodity", "partner", "office", "trader", "statistical_value", "net_mass"],
    )
    system = assemble(in_order([(table, RULES) for table in tables((TREES, BY_OFFICE), frame)])).system
    shown, usable = np.zeros(system.cells, np.bool_), np.ones(system.cells, np.bool_)
    programs = Programs(system)
    for cell in system.primaries.tolist():
        assert programs.direction(cell, int(system.upper_level[cell]), 1, shown, usable) is not None
