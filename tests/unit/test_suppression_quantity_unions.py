"""Two hidden masses of one trader whose values are shown: each may be anything, and yet their sum stands on the page.

Trader 1 is alone in (A, x) and (B, x), trader 2 in (A, z) and (B, z); four others are in each other cell. Every cell
has value 100, and mass 1,000 (500 in (A, x) and (A, z)).
"""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from publisher.errors import ProtectionError
from publisher.model.codelist import TOTAL
from publisher.model.confidential import ConfidentialTable
from publisher.model.protected import ProtectedTable
from publisher.model.rules import CellRule, SuppressionRules
from publisher.model.structure import Measure, TableStructure
from publisher.suppression.assemble import Assembly, assemble, in_order
from publisher.suppression.cost import assess
from publisher.suppression.protect import protect, protect_edition
from publisher.suppression.system import Mask
from publisher.suppression.unions import Unions, find_quantity_unions, find_unions
from tests.lib.attacker import Key, cell_key, puzzle
from tests.lib.cells import confidential_table
from tests.lib.tables import MASS, VALUE, codelist, dimension, structure
from tests.lib.two_editions import earlier

GOODS = codelist("GOODS", {"heading": {"A": TOTAL, "B": TOTAL, "C": TOTAL}})
PARTNERS = codelist("PARTNERS", {"country": {"x": TOTAL, "y": TOTAL, "z": TOTAL}})
TABLE = structure(dimension("commodity", GOODS), dimension("partner", PARTNERS), measures=(VALUE, MASS))
RULES = SuppressionRules("passive", 3, p_percent=Fraction(15))
ALONE = {("A", "x"): 1, ("B", "x"): 1, ("A", "z"): 2, ("B", "z"): 2}
SQUARE = {("A", "x"), ("B", "x"), ("A", "y"), ("B", "y")}


def truth(
    values: set[int], quantities: set[int] | None, extra: int = 0, of: TableStructure = TABLE
) -> ConfidentialTable:
    """`values`: who claims in both; `quantities`: who claims in quantities besides."""
    lines = []
    for place, cell in enumerate((g, c) for g in "ABC" for c in "xyz"):
        traders = [ALONE[cell]] if cell in ALONE else [10 + 4 * place + k for k in range(4)]
        mass = 500 if cell in (("A", "x"), ("A", "z")) else 1_000
        lines += [(*cell, who, 100 // len(traders), (mass + extra) // len(traders)) for who in traders]
    frame = pd.DataFrame(lines, columns=["commodity", "partner", "trader", "statistical_value", "net_mass"])
    made = confidential_table(of, frame, claimants=values, quantity_claimants=quantities)
    return in_order([(made, RULES)])[0][0]


def away(assembly: Assembly, table: ConfidentialTable, cells: set[tuple[str, str]], *measures: str) -> Mask:
    """bool[cells of the system]: these cells, in these measures."""
    names = [tuple(d.hierarchy.codes[row[d.column]] for d in TABLE.dimensions) for row in table.cells.to_pylist()]
    hidden = np.zeros(assembly.system.cells, dtype=np.bool_)
    for part in assembly.parts:
        if part.measure in measures:
            hidden[part.variables[[name in cells for name in names]]] = True
    return hidden


def levels(unions: Unions) -> list[tuple[int, int]]:
    return sorted(zip(unions.upper.tolist(), unions.lower.tolist(), strict=True))


def keys(measure: str, country: str = "x") -> list[Key]:
    goods, countries = (d.hierarchy.node for d in TABLE.dimensions)
    return [cell_key(TABLE, measure, (goods[good], countries[country])) for good in "AB"]


def hidden(table: ProtectedTable, measure: str) -> set[tuple[str, ...]]:
    rows = table.cells.to_pylist()
    codes = [tuple(d.hierarchy.codes[row[d.column]] for d in table.structure.dimensions) for row in rows]
    return {one for one, row in zip(codes, rows, strict=True) if row[measure] is None}


class TestFound:
    """Alone in all cells of the union, trader 1 is asked for 300/7 of 200 by its request: 86; of the mass, 645."""

    def test_masses_hidden_alone_make_a_union_of_masses(self) -> None:
        made = truth(set(), {1})
        assembly = assemble([(made, RULES)])
        masses = away(assembly, made, SQUARE, "net_mass")
        assert len(find_unions(assembly, [(made, RULES)], masses)) == 0
        found = find_quantity_unions(assembly, [(made, RULES)], masses)
        assert levels(found) == [(645, 645)]
        assert sorted(assembly.system.values[found.cells_of(0)].tolist()) == [500, 1000]

    def test_who_claims_in_nothing_has_no_union(self) -> None:
        made = truth(set(), {2})
        assembly = assemble([(made, RULES)])
        assert levels(find_quantity_unions(assembly, [(made, RULES)], away(assembly, made, SQUARE, "net_mass"))) == []

    def test_of_values_as_without_requests_for_quantities(self) -> None:
        """Trader 1 claims in values: its union has a level for both; for the mass by either kind of claims."""
        for more in (None, {2}):
            made = truth({1}, more)
            assembly = assemble([(made, RULES)])
            both = away(assembly, made, SQUARE, "statistical_value", "net_mass")
            assert levels(find_unions(assembly, [(made, RULES)], both)) == [(86, 86), (645, 645)]
            apart = find_quantity_unions(assembly, [(made, RULES)], both)
            assert levels(apart) == ([(645, 645)] if more else [])

    def test_a_cell_hidden_with_its_value_and_one_hidden_alone(self) -> None:
        made = truth(set(), {1})
        assembly = assemble([(made, RULES)])
        mixed = away(assembly, made, SQUARE, "net_mass") | away(
            assembly, made, {("A", "x"), ("A", "y")}, "statistical_value"
        )
        assert len(find_unions(assembly, [(made, RULES)], mixed)) == 0
        assert levels(find_quantity_unions(assembly, [(made, RULES)], mixed)) == [(645, 645)]

    def test_a_mass_that_takes_its_value_along_has_its_union_with_the_values(self) -> None:
        mass = Measure("net_mass", "Mass", "sum", "kg", decimals=3, column="net_mass")
        made, other = truth(set(), {1}), truth(set(), {1}, of=replace(TABLE, id="u", measures=(mass,)))
        demands = [(made, RULES), (other, RULES)]
        assembly = assemble(demands)
        both = away(assembly, made, SQUARE, "statistical_value", "net_mass")
        assert levels(find_unions(assembly, demands, both)) == [(645, 645)]
        tables = protect(demands)
        assert hidden(tables[0], "statistical_value") == hidden(tables[0], "net_mass")
        least, most = puzzle(tables).interval_of_sum(keys("net_mass"))
        assert least <= 1_500 - 645 + 1e-6
        assert most >= 1_500 + 645 - 1e-6


def test_no_attacker_narrows_the_sum_and_no_value_pays() -> None:
    (out,) = protect([(truth(set(), {1}), RULES)])
    assert hidden(out, "statistical_value") == set()
    least, most = puzzle([out]).interval_of_sum(keys("net_mass"))
    assert least <= 1_500 - 645 + 1e-6
    assert most >= 1_500 + 645 - 1e-6


def test_unions_of_values_are_as_without_requests_for_quantities() -> None:
    """Trader 1 claims in values, trader 2 in quantities: all sums are uncertain, and values as without trader 2."""
    (plain,), (out,) = (protect([(truth({1}, more), RULES)]) for more in (None, {2}))
    assert hidden(out, "statistical_value") == hidden(plain, "statistical_value") > {("A", "x"), ("B", "x")}
    assert hidden(out, "net_mass") > hidden(plain, "net_mass")
    known = puzzle([out])
    for measure, country, value, level in (
        ("statistical_value", "x", 200, 86),
        ("net_mass", "x", 1_500, 645),
        ("net_mass", "z", 1_500, 645),
    ):
        least, most = known.interval_of_sum(keys(measure, country))
        assert least <= value - level + 1e-6
        assert most >= value + level - 1e-6


def test_refused_where_all_other_masses_are_shown_for_good() -> None:
    cells = {(g, c) for g in ("A", "B", "C", TOTAL) for c in ("x", "y", "z", TOTAL)} - SQUARE
    rules = tuple(CellRule(codes, "freeze_shown") for codes in sorted(cells))
    with pytest.raises(ProtectionError, match="hold one trader each") as refused:
        protect([(replace(truth(set(), {1}), cell_rules=rules), RULES)])
    assert {codes[-1] for codes in refused.value.cells} == {"net_mass"}


def test_costs_count_what_is_hidden_for_the_union() -> None:
    value, mass = assess([(truth(set(), {1}), RULES)])
    assert (value.primary, value.secondary) == (0, 0)
    (out,) = protect([(truth(set(), {1}), RULES)])
    assert (mass.primary, mass.secondary) == (2, len(hidden(out, "net_mass")) - 2)


@pytest.mark.parametrize(("quantities", "extra"), [({1}, 0), ({1}, 40), (None, 0)])
def test_the_sum_stays_uncertain_in_the_next_edition(quantities: set[int] | None, extra: int) -> None:
    """Also where masses are revised, or the request has ended."""
    past, now = truth(set(), {1}), truth(set(), quantities, extra)
    (first,) = protect([(past, RULES)])
    found = protect_edition([(now, RULES)], earlier=[earlier("m/2021-01/v1", (past, first), RULES)])
    assert hidden(found.tables[0], "statistical_value") == set()
    if quantities:
        least, most = puzzle(found.tables).interval_of_sum(keys("net_mass"))
        total = 1_500 + 2 * extra
        assert least <= total * (1 - Fraction(3, 7)) + 1
        assert most >= total * (1 + Fraction(3, 7)) - 1
    else:
        assert hidden(found.tables[0], "net_mass") == hidden(first, "net_mass")
