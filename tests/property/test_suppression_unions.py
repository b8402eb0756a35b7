"""The sum of one trader's hidden cells in one line stays as uncertain as a cell of these contributions must be.

Contributions are added up here from the declarations, all traders and exactly; suppression knows two of each cell.
"""

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.model.rules import SuppressionRules
from publisher.model.structure import TableStructure
from publisher.suppression.protect import protect
from tests.lib.attacker import Key, Puzzle, cell_key, puzzle
from tests.lib.cells import confidential_table
from tests.lib.examples import examples
from tests.lib.random_tables import BY_OFFICE, FLAT, TREES, cut, records, tables

ACTIVE = SuppressionRules("active", 3, p_percent=Fraction(15))
P_ONLY = SuppressionRules("active", 0, p_percent=Fraction(60))
GROUPS = {"flat": (FLAT,), "trees": (TREES,), "linked": (TREES, BY_OFFICE)}
Shares = dict[Key, dict[int, int]]


def contributions(table: TableStructure, frame: pd.DataFrame, measure: str = "statistical_value") -> Shares:
    """cell of values -> trader -> value, or another measure there."""
    held: Shares = defaultdict(lambda: defaultdict(int))
    for row in frame.to_dict("records"):
        chains = []
        for dimension in table.dimensions:
            tree, code = dimension.hierarchy, row[dimension.column]
            while code not in tree.node:
                code = code[:-2]  # a heading where the table keeps chapters
            chain = [tree.node[code]]
            while tree.parent[chain[-1]] >= 0:
                chain.append(tree.parent[chain[-1]])
            chains.append(chain)
        for nodes in product(*chains):
            held[cell_key(table, "statistical_value", nodes)][row["trader"]] += row[measure]
    return held


def level(parts: list[dict[int, int]], rules: SuppressionRules) -> Fraction:
    """What p% and frequency rules ask of the cells together, worked out anew; 0 where none fires."""
    held: dict[int, int] = defaultdict(int)
    for part in parts:
        for trader, value in part.items():
            held[trader] += value
    total, sizes = sum(held.values()), [*sorted(held.values(), reverse=True), 0]
    p = (rules.p_percent or 0) / Fraction(100)
    asked = [p * sizes[0] - (total - sizes[0] - sizes[1])]
    if len(held) < rules.minimum_contributors:
        asked.append(rules.frequency_level_percent * total / 100)
    return max(0, *asked)


def largest_two(part: dict[int, int]) -> set[int]:
    """Those that the pseudonyms of the cell name, leaving out ties that could go either way."""
    sizes = sorted(part.values(), reverse=True)
    third = sizes[2] if len(sizes) > 2 else 0
    return {trader for trader, value in part.items() if value > third}


def narrowed(known: Puzzle, held: Shares, rules: SuppressionRules, masses: Shares | None = None) -> list[list[Key]]:
    """Unions whose interval, by scipy, falls short of their level; of masses, where these are given."""
    found = []
    lines = {tuple(name for name, _ in equation) for equation in known.equations if equation[0][0] in held}
    for _, *line in sorted(lines):
        hidden = [key for key in line if known.published.get(key if masses is None else mass_key(key)) is None]
        for trader in sorted({trader for key in hidden for trader in held[key]}):
            own = [key for key in hidden if trader in largest_two(held[key])]
            need = level([held[key] for key in own], rules) if 1 < len(own) < len(line) else Fraction(0)
            total = amount = sum(sum(held[key].values()) for key in own)
            keys = own
            if masses is not None:
                total, keys = sum(sum(masses[key].values()) for key in own), [mass_key(key) for key in own]
                need = need * total / amount if amount else Fraction(0)
            if need > 0:
                least, most = known.interval_of_sum(keys)
                slack = 1e-6 * max(1, total)
                if most < total + need - slack or least > max(Fraction(0), total - need) + slack:
                    found.append(keys)
    return found


def mass_key(key: Key) -> Key:
    return ("net_mass", *key[1:])


@pytest.mark.parametrize("group", GROUPS)
@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frame=records(largest=30), rules=st.sampled_from([ACTIVE, P_ONLY]))
def test_no_union_is_narrowed(group: str, frame: pd.DataFrame, rules: SuppressionRules) -> None:
    made = tables(GROUPS[group], frame)
    known = puzzle(protect([(table, rules) for table in made]))
    for table in GROUPS[group]:
        assert narrowed(known, contributions(table, frame), rules) == []


@pytest.mark.parametrize("group", GROUPS)
@settings(max_examples=examples(12), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frame=records(largest=30), rules=st.sampled_from([ACTIVE, P_ONLY]), claimants=st.sets(st.integers(1, 12)))
def test_no_union_of_masses_is_narrowed_where_values_are_shown(
    group: str, frame: pd.DataFrame, rules: SuppressionRules, claimants: set[int]
) -> None:
    """All traders claim in quantities, some in values too."""
    passive = replace(rules, confidentiality="passive")
    every = range(1, 13)
    made = [
        confidential_table(each, cut(each, frame), claimants=claimants, quantity_claimants=every)
        for each in GROUPS[group]
    ]
    known = puzzle(protect([(table, passive) for table in made]))
    for table in GROUPS[group]:
        held, masses = contributions(table, frame), contributions(table, frame, "net_mass")
        assert narrowed(known, held, rules, masses) == []
