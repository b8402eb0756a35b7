"""Each rule with a worked example. One row a cell: its contributions, and the level the rule asks for ('-': safe)."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import ProtectionError
from publisher.model.rules import Dominance, SuppressionRules
from publisher.suppression.primary import Rule, find_primaries, shadow_levels
from publisher.suppression.protect import protect
from tests.lib.cells import confidential_table
from tests.lib.tables import MASS, VALUE, codelist, dimension, structure

QUIET = {"confidentiality": "active", "minimum_contributors": 0}


def cells(table: str) -> pa.Table:
    """A cell a line: contributions of claimants plain, of others in brackets; '!' marks a controlled good."""
    rows = []
    for line in table.strip().splitlines():
        words = line.split("|")[0].split()
        shares = sorted(((int(w.strip("()!")), not w.startswith("(")) for w in words if w != "!"), reverse=True)
        claiming = [value for value, claims in shares if claims]
        rest = list(shares)
        if claiming:
            rest.remove((claiming[0], True))
        amounts = [value for value, _ in shares] + [0, 0, 0]
        rows.append(
            {
                "v": sum(amounts),
                "contributors": len(shares),
                "claimants": len(claiming),
                "controlled": "!" in words,
                "v_largest_1": amounts[0],
                "v_largest_2": amounts[1],
                "v_largest_3": amounts[2],
                "v_claimant": claiming[0] if claiming else 0,
                "v_rival": rest[0][0] if rest else 0,
            }
        )
    return pa.Table.from_pandas(pd.DataFrame(rows), preserve_index=False)


def expected(table: str) -> list[int]:
    levels = [line.split("|")[1].strip() for line in table.strip().splitlines()]
    return [0 if level == "-" else int(level) for level in levels]


def check(table: str, rules: SuppressionRules) -> None:
    found = find_primaries(cells(table), "v", ("v",), rules)
    assert found.upper_level.tolist() == expected(table)
    assert found.unsafe.tolist() == [level > 0 for level in expected(table)]


def test_frequency() -> None:
    """Fewer than three: 20 % of X, rounded up."""
    check(
        """
        100        | 20
        51 50      | 21
        40 30 30   | -
        40 30 20 9 | -
        (100)      | -
        (60) 1     | 13
        """,
        SuppressionRules("active", 3),
    )


def test_p_percent() -> None:
    """X - s - r < 0.10 s: level 0.10 s - (X - s - r)."""
    check(
        """
        1000 500 99       | 1
        1000 500 100      | -
        1000 500 101      | -
        1000 500          | 100
        1005 500          | 101
        1000              | 100
        (1000) 500 20 20  | 10
        (1000) 500 30 20  | -
        """,
        SuppressionRules(**QUIET, p_percent=Fraction(10)),
    )


def test_pq() -> None:
    """X - s - r < (10 / 50) s."""
    check(
        """
        1000 500 199 | 1
        1000 500 200 | -
        1000 500 201 | -
        """,
        SuppressionRules(**QUIET, p_percent=Fraction(10), q_percent=Fraction(50)),
    )


def test_dominance() -> None:
    """(2, 80): x1 + x2 > 0.80 X; level (x1 + x2) / 0.80 - X. A claimant must be among the two."""
    check(
        """
        50 29 21   | -
        50 30 20   | -
        50 31 19   | 2
        100        | 25
        (50) (31) 19 | -
        (50) 31 19 | 2
        """,
        SuppressionRules(**QUIET, dominance=Dominance(2, Fraction(80))),
    )


def test_request() -> None:
    """Passive: only who asked; share above 70 %: level s / 0.70 - X."""
    check(
        """
        69 (31)    | -
        70 (30)    | -
        71 (29)    | 2
        (71) 29    | -
        (100)      | -
        70         | 30
        """,
        SuppressionRules("passive", 0, request_share_percent=Fraction(70)),
    )


def test_dominance_is_not_looked_at_in_passive_confidentiality() -> None:
    check(
        "90 10 | -",
        SuppressionRules("passive", 0, dominance=Dominance(1, Fraction(75)), request_share_percent=Fraction(95)),
    )


def test_controlled_goods_whatever_the_counts() -> None:
    check(
        """
        40 30 30 !     | 20
        (40) (30) (3) !| 15
        40 30 30       | -
        """,
        SuppressionRules("active", 3),
    )


def test_largest_of_the_levels_counts_and_every_rule_is_noted() -> None:
    found = find_primaries(cells("1000 |"), "v", ("v",), SuppressionRules("active", 3, p_percent=Fraction(30)))
    assert found.upper_level.tolist() == [300]
    assert found.fired.tolist() == [int(Rule.FREQUENCY | Rule.P_PERCENT)]


def test_lower_level_stops_at_the_value_and_a_level_is_at_least_one() -> None:
    rules = SuppressionRules("passive", 3, frequency_level_percent=Fraction(20), request_share_percent=Fraction(10))
    found = find_primaries(cells("1 |\n2 |"), "v", ("v",), rules)
    assert found.upper_level.tolist() == [9, 18]
    assert found.lower_level.tolist() == [1, 2]
    assert find_primaries(cells("1 |"), "v", ("v",), SuppressionRules("active", 3)).upper_level.tolist() == [1]


def test_zero_cells_are_safe() -> None:
    assert not find_primaries(cells("0 |"), "v", ("v",), SuppressionRules("active", 3)).unsafe.any()


def test_levels_are_exact_beyond_64_bits() -> None:
    huge = 2**60 + 1
    rules = SuppressionRules(**QUIET, p_percent=Fraction(12345678, 100000))
    found = find_primaries(cells(f"{huge} |"), "v", ("v",), rules)
    assert found.upper_level.tolist() == [-(-huge * 12345678 // 10000000)]


def test_negative_cells_are_refused() -> None:
    table = cells("5 |").set_column(0, "v", pa.array([-5]))
    with pytest.raises(ProtectionError, match="negative") as refused:
        find_primaries(table, "v", ("v",), SuppressionRules("active", 3))
    assert "5" not in str(refused.value)


def test_negative_cells_are_named_by_code_with_what_to_do() -> None:
    """A negative shadow too; zero is none."""
    goods = codelist("GOODS", {"chapter": {"01": "_T", "02": "_T"}})
    records = pd.DataFrame(
        [("01", trader, 77, -987) for trader in (1, 2, 3)] + [("02", trader, 0, 2000) for trader in (1, 2, 3)],
        columns=["commodity", "trader", "statistical_value", "net_mass"],
    )
    table = confidential_table(structure(dimension("commodity", goods), measures=(VALUE, MASS)), records)
    with pytest.raises(ProtectionError) as refused:
        protect([(table, SuppressionRules("active", 3))])
    assert refused.value.cells == (("t", "2021-01", "01"),)
    assert "t/2021-01/01." in str(refused.value)
    assert "higher version of the declaration" in str(refused.value)
    assert not any(number in str(refused.value) for number in ("77", "987", "2961", "231"))


def test_a_request_may_have_a_limit_of_its_own() -> None:
    """R is the total that the share limits ask for: at 50 %, a trader of 60 asks for 120."""
    table = cells("60 (60) |\n60 (59) |\n60 (61) |\n(100) |")
    table = table.append_column("v_request", pa.array([120, 120, 120, 0]))
    found = find_primaries(table, "v", ("v",), SuppressionRules("passive", 0, request_share_percent=Fraction(1)))
    assert found.upper_level.tolist() == [0, 1, 0, 0]
    assert found.fired.tolist() == [0, int(Rule.REQUEST), 0, 0]


@pytest.mark.parametrize(
    ("total", "sliding", "levels"),
    [
        (100, 40, (20, 20)),  # 20 + 20 is enough
        (100, 41, (21, 21)),  # 20 + 20 is 1 too little; raised evenly, by whole units
        (100, 200, (100, 100)),
        (100, 201, (101, 100)),  # below the value there is no more
        (100, 300, (200, 100)),
        (1, 40, (1, 1)),  # 1 + 1 is more than 0.4
    ],
)
def test_sliding_range(total: int, sliding: int, levels: tuple[int, int]) -> None:
    rules = SuppressionRules("active", 3, sliding_percent=Fraction(sliding))
    found = find_primaries(cells(f"{total} |\n40 30 30 |"), "v", ("v",), rules)
    assert (found.upper_level.tolist(), found.lower_level.tolist()) == ([levels[0], 0], [levels[1], 0])
    assert sum(levels) * 100 >= sliding * total


@given(st.integers(1, 300), st.fractions(0, 100, max_denominator=9), st.fractions("1/9", 600, max_denominator=9))
def test_a_sliding_range_is_reached_and_nothing_that_reaches_it_is_raised(
    total: int, level: Fraction, sliding: Fraction
) -> None:
    """The shadow in the same proportion reaches it too."""
    plain = SuppressionRules("active", 3, frequency_level_percent=level)
    before = find_primaries(cells(f"{total} |"), "v", ("v",), plain)
    found = find_primaries(cells(f"{total} |"), "v", ("v",), replace(plain, sliding_percent=sliding))
    width = int(found.upper_level[0] + found.lower_level[0])
    assert width >= sliding * total / 100
    if before.upper_level[0] + before.lower_level[0] >= sliding * total / 100:
        assert found.upper_level[0] == before.upper_level[0]
    for shadow in (1, 7, 1000):
        upper, lower = shadow_levels(found, np.array([total]), np.array([shadow]))
        assert upper[0] + lower[0] >= sliding * shadow / 100


def test_shadow_levels() -> None:
    """UPL * Y / X rounded up, at least 1, 0 where Y = 0."""
    table = cells("100 |\n100 |\n100 |\n30 30 40 |")
    found = find_primaries(table, "v", ("v",), SuppressionRules("active", 3))
    shadow = pa.array([7, 0, 1, 50]).to_numpy()
    upper, lower = shadow_levels(found, table.column("v").to_numpy(), shadow)
    assert upper.tolist() == [2, 0, 1, 0]
    assert lower.tolist() == [2, 0, 1, 0]
