"""No unsafe cell of a published pattern can be estimated too closely, whatever the table: judged by brute force."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.model.confidential import ConfidentialTable
from publisher.model.protected import ProtectedTable
from publisher.model.rules import Dominance, SuppressionRules
from publisher.model.structure import TableStructure
from publisher.suppression.primary import find_primaries, shadow_levels
from publisher.suppression.protect import protect
from tests.lib.attacker import Puzzle, key_of_row, puzzle
from tests.lib.examples import examples
from tests.lib.random_tables import BY_OFFICE, CUBE, FLAT, TREES, records, tables

QUICK = settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
RULES = SuppressionRules(
    "active", 3, p_percent=Fraction(15), dominance=Dominance(1, Fraction(75)), secondary_cost="value"
)
GROUPS = {"flat": (FLAT,), "trees": (TREES,), "linked": (TREES, BY_OFFICE), "cube": (CUBE,)}


def unsafe_cells(table: ConfidentialTable, rules: SuppressionRules) -> list[tuple[int, str, int, int, int]]:
    """(row, measure, value, upper level, lower level) of everything that needs protection."""
    found = []
    for leader in table.structure.rule_measures:
        names = tuple(measure.id for measure in table.structure.measures)
        primary = find_primaries(table.cells, leader.id, names, rules)
        total = table.cells.column(leader.id).to_numpy()
        for measure in table.structure.measures:
            values = table.cells.column(measure.id).to_numpy()
            upper, lower = primary.upper_level, primary.lower_level
            if measure.id != leader.id:
                upper, lower = shadow_levels(primary, total, values)
            for row in np.flatnonzero(upper > 0).tolist():
                found.append((row, measure.id, int(values[row]), int(upper[row]), int(lower[row])))
    return found


def under_protected(known: Puzzle, table: ConfidentialTable, rules: SuppressionRules) -> list[tuple[int, str]]:
    """Unsafe cells whose interval does not reach their levels."""
    found = []
    for row, measure, value, upper, lower in unsafe_cells(table, rules):
        key = key_of_row(table.structure, table.cells, row, measure)
        if known.published.get(key) is not None:
            found.append((row, measure))
            continue
        least, most = known.interval(key)
        if most < value + upper - 1e-6 * max(1, value) or least > value - lower + 1e-6 * max(1, value):
            found.append((row, measure))
    return found


@pytest.mark.parametrize("group", GROUPS)
@QUICK
@given(data=st.data())
def test_every_level_is_reached(group: str, data: st.DataObject) -> None:
    demands = [(table, RULES) for table in tables(GROUPS[group], data.draw(records()))]
    known = puzzle(protect(demands))
    for table, rules in demands:
        assert under_protected(known, table, rules) == []


@QUICK
@given(frame=records(), asked=st.sets(st.integers(1, 12)))
def test_passive_levels_are_reached(frame: pd.DataFrame, asked: set[int]) -> None:
    rules = SuppressionRules("passive", 3, request_share_percent=Fraction(60), secondary_cost="one")
    (table,) = tables([TREES], frame)
    cells = table.cells.to_pandas()
    claims = cells["contributor_1"].isin(asked)
    cells["claimants"] = claims.astype("int64")
    cells["statistical_value_claimant"] = cells["statistical_value_largest_1"].where(claims, 0)
    cells["statistical_value_rival"] = cells["statistical_value_largest_2"].where(claims, 0)
    asking = ConfidentialTable(TREES, "2021-01", "s0001", pa.Table.from_pandas(cells, schema=table.cells.schema))
    known = puzzle(protect([(asking, rules)]))
    assert under_protected(known, asking, rules) == []


@QUICK
@given(frame=records())
def test_no_single_contributor_finds_another(frame: pd.DataFrame) -> None:
    """Each contributor knows the cells that are all its own: every other unsafe cell keeps the promise of README.md,
    section 1, that it can rise or fall by a tenth of its upper level, rounded up.
    """
    demands = [(table, RULES) for table in tables([TREES], frame)]
    known = puzzle(protect(demands))
    ((table, rules),) = demands
    cells = table.cells.to_pydict()
    owner = [
        first if count == 1 else 0 for first, count in zip(cells["contributor_1"], cells["contributors"], strict=True)
    ]
    for insider in sorted(set(owner) - {0})[:3]:
        own = {
            key_of_row(TREES, table.cells, row, measure.id): cells[measure.id][row]
            for row in range(len(owner))
            for measure in TREES.measures
            if owner[row] == insider
        }
        for row, measure, value, upper, _ in unsafe_cells(table, rules):
            if owner[row] == insider:
                continue
            least, most = known.interval(key_of_row(TREES, table.cells, row, measure), own)
            assert max(most - value, value - least) >= -(-upper // 10) - 1e-6 * max(1, value)


@QUICK
@given(frame=records())
def test_printed_intervals_hold_what_the_attacker_finds(frame: pd.DataFrame) -> None:
    """Outer bounds: never tighter than everything published implies, and around the true value."""
    (table,) = tables([TREES], frame)
    (out,) = protect([(table, RULES)])
    known = puzzle([out])
    printed = out.cells.to_pydict()
    for row, value in enumerate(printed["statistical_value"]):
        if value is not None:
            continue
        least, most = known.interval(key_of_row(TREES, out.cells, row, "statistical_value"))
        assert printed["statistical_value_lower"][row] <= least + 1e-6
        assert (printed["statistical_value_upper"][row] or np.inf) >= most - 1e-6


@QUICK
@given(frame=records(), order=st.randoms(use_true_random=False))
def test_row_order_changes_nothing(frame: pd.DataFrame, order: object) -> None:
    (table,) = tables([TREES], frame)
    shuffled = list(range(len(table.cells)))
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    mixed = ConfidentialTable(TREES, table.time_period, table.snapshot, table.cells.take(shuffled))
    (straight,) = protect([(table, RULES)])
    (again,) = protect([(mixed, RULES)])
    assert straight.cells.equals(again.cells)


@QUICK
@given(frame=records())
def test_shown_cells_are_exact_and_absent_cells_are_zero(frame: pd.DataFrame) -> None:
    (table,) = tables([TREES], frame)
    (out,) = protect([(table, RULES)])
    truth = {tuple(nodes): value for *nodes, value in _rows(TREES, table)}
    for *nodes, value in _rows(TREES, out):
        assert value is None or value == truth[tuple(nodes)]


def _rows(structure: TableStructure, table: ConfidentialTable | ProtectedTable) -> list[tuple[object, ...]]:
    cells = table.cells.to_pydict()
    columns = [cells[name] for name in (*structure.columns, "statistical_value")]
    return [(*row[:-1], row[-1]) for row in zip(*columns, strict=True)]
