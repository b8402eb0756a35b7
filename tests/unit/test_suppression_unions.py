"""Two hidden cells of one trader: each may be anything, and yet their sum stands on the page.

The line of country x, and what is hidden (h) by a pattern that protects every cell by itself; A-x and B-x hold trader
1 alone, all else four others:

        x    y    z    total            x    y    z    total
    A  100  100  100    300         A   h    h   100    300
    B  100  100  100    300         B   h    h   100    300
    C  100  100  100    300         C  100  100  100    300      so A-x + B-x = 300 - 100 = 200
"""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from publisher.errors import ProtectionError
from publisher.model.codelist import TOTAL
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import Dominance, SuppressionRules
from publisher.suppression.assemble import assemble, in_order
from publisher.suppression.protect import protect
from publisher.suppression.secondary import suppress
from publisher.suppression.system import Status
from publisher.suppression.union_cells import Groups, as_cells
from publisher.suppression.union_ways import protect_unions
from publisher.suppression.union_witness import proven_by, unproven_by
from publisher.suppression.unions import NO_UNIONS, find_unions
from tests.lib.attacker import cell_key, puzzle
from tests.lib.cells import confidential_table
from tests.lib.tables import MASS, VALUE, codelist, dimension, structure

GOODS = codelist("GOODS", {"heading": {"A": TOTAL, "B": TOTAL, "C": TOTAL}})
PARTNERS = codelist("PARTNERS", {"country": {"x": TOTAL, "y": TOTAL, "z": TOTAL}})
TABLE = structure(dimension("commodity", GOODS), dimension("partner", PARTNERS))
RULES = SuppressionRules("active", 3, p_percent=Fraction(15))
COLUMNS = ["commodity", "partner", "trader", "statistical_value"]


def lines(*, rest: int = 25) -> ConfidentialTable:
    frame = [("A", "x", 1, 100), ("B", "x", 1, 100)]
    for place, (good, country) in enumerate((g, c) for g in "ABC" for c in "xyz"):
        if (good, country) not in (("A", "x"), ("B", "x")):
            frame += [(good, country, 10 + 4 * place + k, rest) for k in range(4)]
    return confidential_table(TABLE, pd.DataFrame(frame, columns=COLUMNS))


def hidden_square(table: ConfidentialTable) -> np.ndarray:
    nodes = zip(table.cells["commodity"].to_pylist(), table.cells["partner"].to_pylist(), strict=True)
    goods, countries = GOODS.hierarchy(GOODS.levels).codes, PARTNERS.hierarchy(PARTNERS.levels).codes
    return np.array([goods[g] in "AB" and countries[c] in "xy" for g, c in nodes])


def test_the_union_is_unsafe_though_each_cell_moves() -> None:
    demands = in_order([(lines(), RULES)])
    assembly = assemble(demands)
    square = hidden_square(demands[0][0])
    unions = find_unions(assembly, demands, square)
    assert len(unions) == 1
    assert assembly.system.values[unions.cells_of(0)].tolist() == [100, 100]
    assert (unions.upper.tolist(), unions.lower.tolist()) == ([40], [40])  # 20 % of 200: one contributor


def test_the_witnesses_of_the_square_prove_nothing_of_the_union() -> None:
    demands = in_order([(lines(), RULES)])
    assembly = assemble(demands)
    square = hidden_square(demands[0][0])
    system = assembly.system
    rest = np.where(square & (system.status != Status.PRIMARY), int(Status.FROZEN_SUPPRESSED), system.status)
    pattern = suppress(replace(system, status=rest.astype(np.int8)), insiders=False)
    unions = find_unions(assembly, demands, square)
    assert np.array_equal(pattern.suppressed, square)
    assert [proven.tolist() for proven in proven_by(system, pattern.witnesses, unions)] == [[False], [False]]
    found = protect_unions(system, square, [pattern.witnesses], lambda hidden: find_unions(assembly, demands, hidden))
    assert found.hidden.sum() > 4
    assert np.all(found.hidden[square])
    assert (found.unions, found.searched, found.programs) == (1, 1, 0)
    assert unproven_by(system, found.witnesses, unions).upper.tolist() == []


def test_an_attacker_cannot_narrow_the_sum() -> None:
    table = lines()
    known = puzzle(protect([(table, RULES)]))
    goods, countries = (d.hierarchy.node for d in TABLE.dimensions)
    keys = [cell_key(TABLE, "statistical_value", (goods[good], countries["x"])) for good in "AB"]
    least, most = known.interval_of_sum(keys)
    assert least <= 160 + 1e-6
    assert most >= 240 - 1e-6


def test_shadows_follow() -> None:
    table = lines()
    both = replace(table.structure, measures=(VALUE, MASS))
    cells = table.cells.append_column(
        "net_mass", pa.array([3 * v for v in table.cells["statistical_value"].to_pylist()])
    )
    demands = in_order([(replace(table, structure=both, cells=cells), RULES)])
    assembly = assemble(demands)
    square = np.isin(assembly.system.tie, np.flatnonzero(hidden_square(demands[0][0])))
    assert sorted(find_unions(assembly, demands, square).upper.tolist()) == [40, 120]


def test_refused_where_all_else_is_shown_for_good() -> None:
    demands = in_order([(lines(), RULES)])
    assembly = assemble(demands)
    square = hidden_square(demands[0][0])
    status = np.where(square, int(Status.FROZEN_SUPPRESSED), int(Status.FROZEN_PUBLISHED)).astype(np.int8)
    none = np.zeros(assembly.system.cells, dtype=np.int64)
    frozen = replace(assembly.system, status=status, upper_level=none, lower_level=none)
    with pytest.raises(ProtectionError, match="hold one trader each") as caught:
        protect_unions(frozen, square, [], lambda hidden: find_unions(assembly, demands, hidden))
    assert caught.value.cells


def test_all_cells_of_a_line_are_its_margin_and_one_cell_is_no_union() -> None:
    demands = in_order([(lines(), RULES)])
    assembly = assemble(demands)
    one = np.zeros(assembly.system.cells, dtype=np.bool_)
    assert len(find_unions(assembly, demands, one)) == 0
    one[np.flatnonzero(hidden_square(demands[0][0]))[0]] = True
    assert len(find_unions(assembly, demands, one)) == 0
    assert len(unproven_by(assembly.system, [], NO_UNIONS)) == 0
    narrow = confidential_table(TABLE, pd.DataFrame([("A", "x", 1, 9), ("B", "x", 1, 9)], columns=COLUMNS))
    demands = in_order([(narrow, RULES)])
    assembly = assemble(demands)
    assert len(find_unions(assembly, demands, np.ones(assembly.system.cells, dtype=np.bool_))) == 0


# (trader, amount) of two cells, rules -> what the union looks like as a cell
UNITED = [
    ([(1, 60), (2, 30), (3, 10)], [(1, 50), (4, 50)], RULES, (110, 60, 3, (110, 60))),  # 3 may be 4: at most 50 + 10
    ([(1, 60), (2, 40)], [(1, 50), (2, 50)], RULES, (110, 90, 2, (110, 90))),
    ([(1, 60)], [(1, 50), (2, 5)], RULES, (110, 5, 2, (110, 5))),
    ([(1, 60)], [(2, 50)], RULES, (60, 50, 2, (60, 50))),
    ([(1, 60), (2, 30), (3, 10)], [(3, 70)], RULES, (80, 60, 3, (80, 60))),  # 3 has at most 10 where it is third
]


@pytest.mark.parametrize(("one", "other", "rules", "expected"), UNITED)
def test_contributors_are_added_up_over_the_cells(one, other, rules, expected) -> None:
    frame = [("A", "x", *each) for each in one] + [("B", "x", *each) for each in other]
    table = confidential_table(TABLE, pd.DataFrame(frame, columns=COLUMNS))
    goods, countries = (d.hierarchy.node for d in TABLE.dimensions)
    rows = [
        row
        for row, (g, c) in enumerate(
            zip(table.cells["commodity"].to_pylist(), table.cells["partner"].to_pylist(), strict=True)
        )
        if c == countries["x"] and g in (goods["A"], goods["B"])
    ]
    (cell,) = as_cells(table, "statistical_value", Groups(np.array([0, 2]), np.array(rows)), rules).to_pylist()
    claimant, rival, contributors, largest = expected
    assert cell["statistical_value_claimant"] == claimant
    assert cell["statistical_value_rival"] == rival
    assert cell["contributors"] == contributors - (
        contributors == 4
    )  # a third one may be the same trader: at least 3
    assert (cell["statistical_value_largest_1"], cell["statistical_value_largest_2"]) == largest
    assert cell["statistical_value"] == sum(amount for _, amount in (*one, *other))


def test_dominance_over_a_union() -> None:
    rules = SuppressionRules("active", 1, dominance=Dominance(1, Fraction(75)))
    demands = in_order([(lines(), rules)])
    unions = find_unions(assemble(demands), demands, hidden_square(demands[0][0]))
    assert unions.upper.tolist() == [67]  # 100/75 of 200, less 200, rounded up
