"""Levels worked out by hand, against publisher.audit.levels. Every row is one cell of one table."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.audit.levels import levels
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import Dominance, SuppressionRules
from publisher.suppression.primary import find_primaries, shadow_levels
from tests.lib.tables import MASS, VALUE, codelist, dimension, structure

TABLE = structure(dimension("commodity", codelist("GOODS", {})), measures=(VALUE, MASS))
ACTIVE = SuppressionRules("active", minimum_contributors=3, p_percent=Fraction(15))
PASSIVE = SuppressionRules("passive", minimum_contributors=1)
NK = SuppressionRules("active", minimum_contributors=1, dominance=Dominance(1, Fraction(75)))
PQ = SuppressionRules("active", minimum_contributors=1, p_percent=Fraction(10), q_percent=Fraction(50))


def cell(total, claimant, rival, *, mass=0, contributors=9, claimants=9, controlled=False, largest=None):
    largest = largest or (claimant, rival)
    return ConfidentialTable(
        TABLE,
        "2021-01",
        "s0001",
        pa.table(
            {
                "commodity": pa.array([0], pa.int32()),
                "statistical_value": [total],
                "net_mass": [mass],
                "declarations": [9],
                "contributors": [contributors],
                "claimants": [claimants],
                "controlled": [controlled],
                "contributor_1": [1],
                "contributor_2": [2],
                "statistical_value_largest_1": [largest[0]],
                "statistical_value_largest_2": [largest[1]],
                "statistical_value_claimant": [claimant],
                "statistical_value_rival": [rival],
            }
        ),
    )


@pytest.mark.parametrize(
    ("table", "rules", "upper", "lower"),
    [
        # p = 15 %: the remainder must be at least 15 % of the largest
        (cell(1_000, 600, 310), ACTIVE, 0, 0),  # remainder 90 = 15 % of 600
        (cell(1_000, 600, 311), ACTIVE, 1, 1),  # 89: level 90 - 89
        (cell(1_000, 601, 310), ACTIVE, 2, 2),  # 90.15 - 89 = 1.15, rounded up
        (cell(100, 100, 0, claimants=0), ACTIVE, 0, 0),  # all waived
        # fewer than three contributors: 20 % of the cell
        (cell(1_001, 400, 300, contributors=3), ACTIVE, 0, 0),
        (cell(1_001, 400, 300, contributors=2), ACTIVE, 201, 201),
        (cell(1, 0, 0, contributors=2), ACTIVE, 1, 1),
        (cell(0, 0, 0, contributors=1), ACTIVE, 0, 0),  # nothing there
        (cell(0, 0, 0, contributors=1, mass=5), ACTIVE, 1, 0),  # mass only
        # (1, 75): 100/75 of the largest, less the cell
        (cell(1_000, 750, 100), NK, 0, 0),
        (cell(1_000, 751, 100), NK, 2, 2),
        (cell(1_000, 100, 800, largest=(800, 100)), NK, 0, 0),  # the claimant is not among the largest
        # pq: p/q = 1/5
        (cell(1_000, 500, 400), PQ, 0, 0),
        (cell(1_000, 500, 401), PQ, 1, 1),
        # request rule: more than 70 % of the cell
        (cell(1_000, 700, 100), PASSIVE, 0, 0),
        (cell(1_000, 701, 100), PASSIVE, 2, 2),
        # controlled goods, claimant or not
        (cell(1_000, 1, 1, claimants=0, controlled=True), PASSIVE, 200, 200),
    ],
)
def test_levels_at_the_boundary(table, rules, upper, lower):
    found = levels(table, rules)["statistical_value"]
    assert (found.upper.tolist(), found.lower.tolist()) == ([upper], [lower])


@pytest.mark.parametrize(
    ("total", "mass", "upper", "lower"),
    [(1_000, 50, 10, 10), (1_000, 51, 11, 11), (1_000, 1, 1, 1), (1_000, 0, 0, 0), (0, 5, 1, 1)],
)
def test_a_shadow_follows_in_proportion(total, mass, upper, lower):
    found = levels(cell(total, total, 0, contributors=1, mass=mass), SuppressionRules("active", 3))["net_mass"]
    assert (found.upper.tolist(), found.lower.tolist()) == ([upper], [lower])


def test_the_largest_rule_that_fires_counts():
    rules = SuppressionRules("active", 3, Fraction(15), dominance=Dominance(1, Fraction(75)))
    alone = cell(1_000, 1_000, 0, contributors=1)
    assert levels(alone, rules)["statistical_value"].upper.tolist() == [334]  # 200, 150, 333.3


@pytest.mark.parametrize(("asked", "upper"), [(1_000, 0), (1_001, 1), (1_500, 500), (0, 0)])
def test_limits_of_their_own_replace_the_share_of_the_query(asked, upper):
    table = cell(1_000, 990, 10)
    own = replace(table, cells=table.cells.append_column("statistical_value_request", pa.array([asked])))
    assert levels(own, PASSIVE)["statistical_value"].upper.tolist() == [upper]


@given(
    total=st.integers(1, 400),
    share=st.integers(0, 100),
    sliding=st.none() | st.fractions("1/9", 600, max_denominator=9),
    mass=st.integers(0, 900),
)
def test_both_rooms_find_the_same_levels(total, share, sliding, mass):
    """publisher.suppression and the audit share no code: here they must agree."""
    table = cell(total, total * share // 100, 0, contributors=2, mass=mass)
    for rules in (
        SuppressionRules("active", 3, Fraction(15), sliding_percent=sliding),
        SuppressionRules("passive", 1, sliding_percent=sliding),
    ):
        found = find_primaries(table.cells, "statistical_value", ("statistical_value", "net_mass"), rules)
        ours = levels(table, rules)
        assert ours["statistical_value"].upper.tolist() == found.upper_level.tolist()
        assert ours["statistical_value"].lower.tolist() == found.lower_level.tolist()
        shadow = shadow_levels(found, np.array([total]), np.array([mass]))
        assert (ours["net_mass"].upper.tolist(), ours["net_mass"].lower.tolist()) == tuple(c.tolist() for c in shadow)
