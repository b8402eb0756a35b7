"""Rules for single cells: frozen, known beforehand, dearer. One unsafe cell, 01/CN: one trader, 100, level 20."""

from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest

from publisher.errors import ProtectionError
from publisher.model.confidential import ConfidentialTable
from publisher.model.protected import ProtectedTable
from publisher.model.rules import CellRule, SuppressionRules
from publisher.suppression.assemble import assemble, in_order
from publisher.suppression.protect import protect
from publisher.suppression.system import LARGEST_COST, Status
from tests.lib.attacker import key_of_row, puzzle
from tests.lib.cells import confidential_table
from tests.lib.tables import MASS, VALUE, codelist, dimension, structure

GOODS = codelist("GOODS", {"chapter": {"01": "_T", "02": "_T", "03": "_T"}})
PARTNERS = codelist("PARTNERS", {"country": {"CN": "_T", "DE": "_T", "FR": "_T"}})
TABLE = structure(dimension("commodity", GOODS), dimension("partner", PARTNERS), measures=(VALUE, MASS))
RULES = SuppressionRules("active", 3, frequency_level_percent=Fraction(20))
FRAME = pd.DataFrame(
    [("01", "CN", 1, 100, 10)]
    + [
        (chapter, country, trader, 50 + 7 * place, 5 + place)
        for place, (chapter, country) in enumerate((c, p) for c in ("01", "02", "03") for p in ("CN", "DE", "FR"))
        if (chapter, country) != ("01", "CN")
        for trader in (2, 3, 4, 5)
    ],
    columns=["commodity", "partner", "trader", "statistical_value", "net_mass"],
)
CHEAPEST = {"01/CN", "01/DE", "02/CN", "02/DE"}


def rule(codes: str, kind: str, amount: str | None = None) -> CellRule:
    return CellRule(tuple(codes.split("/")), kind, None if amount is None else Fraction(amount))  # type: ignore[arg-type]


def table(*rules: CellRule) -> ConfidentialTable:
    return replace(confidential_table(TABLE, FRAME), cell_rules=rules)


def out(*rules: CellRule) -> ProtectedTable:
    (made,) = protect([(table(*rules), RULES)])
    return made


def hidden(made: ProtectedTable, measure: str = "statistical_value") -> set[str]:
    rows = made.cells.to_pylist()
    codes = [d.hierarchy.codes for d in made.structure.dimensions]
    return {
        "/".join(names[row[column]] for names, column in zip(codes, made.structure.columns, strict=True))
        for row in rows
        if row[measure] is None
    }


def refused(*rules: CellRule) -> ProtectionError:
    with pytest.raises(ProtectionError) as error:
        out(*rules)
    return error.value


def test_without_rules_the_cheapest_square_is_hidden() -> None:
    assert hidden(out()) == hidden(out(), "net_mass") == CHEAPEST


def test_rules_about_empty_cells_and_other_cells_change_nothing() -> None:
    assert hidden(out(rule("03/FR", "cost", "2"))) == CHEAPEST


class TestFrozen:
    def test_shown_stays_shown(self) -> None:
        made = out(rule("02/DE", "freeze_shown"), rule("_T/_T", "freeze_shown"))
        assert "02/DE" not in hidden(made)
        assert "02/DE" not in hidden(made, "net_mass")
        assert "01/CN" in hidden(made)

    def test_an_unsafe_cell_cannot_be_shown(self) -> None:
        error = refused(rule("01/CN", "freeze_shown"))
        assert error.cells == (
            ("t", "2021-01", "01", "CN", "statistical_value"),
            ("t", "2021-01", "01", "CN", "net_mass"),
        )
        assert "t/2021-01/01/CN/statistical_value" in str(error)
        assert "freeze_shown" in error.remedy

    def test_a_frozen_neighbourhood_is_refused_with_the_cell(self) -> None:
        """Nothing else in the row may be hidden: the cell follows from the total."""
        error = refused(*(rule(f"01/{partner}", "freeze_shown") for partner in ("DE", "FR", "_T")))
        assert ("t", "2021-01", "01", "CN", "statistical_value") in error.cells

    def test_hidden_is_hidden_and_serves_others(self) -> None:
        made = out(rule("03/FR", "freeze_hidden"))
        assert hidden(made) == hidden(made, "net_mass") >= {"01/CN", "03/FR"}
        assert len(hidden(out(*(rule(codes, "freeze_hidden") for codes in ("03/CN", "03/FR", "01/FR"))))) == 4

    def test_an_unsafe_cell_that_is_to_be_hidden_keeps_its_level(self) -> None:
        assert hidden(out(rule("01/CN", "freeze_hidden"))) == CHEAPEST
        system = assemble(in_order([(table(rule("01/CN", "freeze_hidden")), RULES)])).system
        assert (system.status == Status.PRIMARY).sum() == 2

    def test_both_at_once_is_refused(self) -> None:
        error = refused(rule("02/DE", "freeze_hidden"), rule("02/DE", "freeze_shown"))
        assert "to be shown and to be hidden" in str(error)

    def test_a_rule_in_one_table_holds_in_all_that_share_the_cell(self) -> None:
        margins = structure(dimension("commodity", GOODS), measures=(VALUE,), name="margins")
        other = replace(
            confidential_table(margins, FRAME.drop(columns=["partner", "net_mass"])),
            cell_rules=(rule_of_margin := CellRule(("02",), "freeze_hidden"),),
        )
        first, second = protect([(table(), RULES), (other, RULES)])
        assert rule_of_margin.kind == "freeze_hidden"
        assert "02/_T" in hidden(first)
        assert "02/_T" in hidden(first, "net_mass")
        assert hidden(second) >= {"02"}
        with pytest.raises(ProtectionError, match="to be shown and to be hidden"):
            protect([(table(rule("02/_T", "freeze_shown")), RULES), (other, RULES)])


class TestKnownBeforehand:
    @pytest.mark.parametrize(("percent", "safe"), [("20", True), ("19.999999", False), ("0", False)])
    def test_a_level_must_lie_within_what_is_known(self, percent: str, safe: bool) -> None:
        """100 with level 20: at 19.999999 percent, 81 is the least and 119 the most that anybody believes."""
        for kind in ("lower", "upper"):
            if safe:
                assert hidden(out(rule("01/CN", kind, percent))) == CHEAPEST
            else:
                error = refused(rule("01/CN", kind, percent))
                assert ("t", "2021-01", "01", "CN", "statistical_value") in error.cells
                assert "81" not in str(error)
                assert "119" not in str(error)

    def test_bounds_are_the_whole_numbers_within(self) -> None:
        rules = (rule("01/CN", "lower", "33.3"), rule("01/CN", "upper", "33.3"), rule("02/DE", "lower", "100"))
        assembly = assemble(in_order([(table(*rules), RULES)]))
        system, part = assembly.system, assembly.parts[0]
        value = system.values[part.variables]
        cn, de = part.variables[value == 100][0], part.variables[value == 4 * (50 + 7 * 4)][0]
        assert (system.lower_bound[cn], system.upper_bound[cn]) == (67, 133)
        assert system.lower_bound[de] == 0

    def test_what_is_known_protects_nobody(self) -> None:
        """02/DE is known within one percent: the square through it cannot carry 20 units."""
        rules = (rule("02/DE", "lower", "1"), rule("02/DE", "upper", "1"))
        made = out(*rules)
        assert hidden(made) != CHEAPEST
        cells = confidential_table(TABLE, FRAME).cells
        row = cells.column("contributors").to_pylist().index(1)
        key = key_of_row(TABLE, cells, row, "statistical_value")
        least, most = puzzle([made]).interval(key)
        assert least <= 80
        assert most >= 120

    def test_published_intervals_do_not_tell_what_is_known(self) -> None:
        """They would follow from true values."""
        plain = out(rule("01/FR", "freeze_hidden"))
        known = out(rule("01/FR", "freeze_hidden"), rule("01/FR", "lower", "60"), rule("01/FR", "upper", "60"))
        assert hidden(plain) == hidden(known)
        assert plain.cells.equals(known.cells)

    def test_where_everything_is_known_the_cell_is_refused(self) -> None:
        row = [rule(f"01/{partner}", kind, "1") for partner in ("DE", "FR", "_T") for kind in ("lower", "upper")]
        assert ("t", "2021-01", "01", "CN", "statistical_value") in refused(*row).cells


class TestCosts:
    def test_a_dearer_cell_is_hidden_last(self) -> None:
        assert "02/DE" not in hidden(out(rule("02/DE", "cost", "1000")))

    def test_a_cheaper_one_first(self) -> None:
        assert {"03/CN", "03/FR"} <= hidden(out(*(rule(c, "cost", "0.000001") for c in ("03/CN", "03/FR", "01/FR"))))

    def test_costs_stay_within_their_range_and_the_highest_multiple_counts(self) -> None:
        rules = (rule("_T/_T", "cost", "1000000"), rule("02/DE", "cost", "0.000000"), rule("02/DE", "cost", "3"))
        before = assemble(in_order([(table(), RULES)])).system
        after = assemble(in_order([(table(*rules), RULES)])).system
        assert after.costs.max() == LARGEST_COST
        tripled = after.costs == 3 * before.costs
        assert tripled.sum() == 2  # value and mass of 02/DE


def test_a_code_that_the_query_lost_is_refused() -> None:
    for codes in ("04/DE", "01", "01/DE/x"):
        error = refused(rule(codes, "freeze_hidden"))
        assert codes in str(error)
        assert error.place == "t"
