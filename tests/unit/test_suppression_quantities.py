"""Value shown, quantity hidden: which cells pay for it, in one edition and in the next. Nine cells and their margins.

Cells are written (commodity, partner). In (01, CN) trader 1 is alone, with value 50 and mass 5; in all others four
traders have 100 and 10 each.
"""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from publisher.errors import ProtectionError
from publisher.model.confidential import ConfidentialTable
from publisher.model.protected import ProtectedTable
from publisher.model.rules import CellRule, SuppressionRules
from publisher.model.structure import Measure, TableStructure
from publisher.suppression.assemble import in_order
from publisher.suppression.cost import assess
from publisher.suppression.protect import Protection, protect, protect_edition
from publisher.suppression.shown import as_shown
from publisher.suppression.stability import status_changes
from tests.lib.cells import confidential_table
from tests.lib.tables import MASS, VALUE, codelist, dimension, structure
from tests.lib.two_editions import earlier, exposed

GOODS = codelist("GOODS", {"chapter": {"01": "_T", "02": "_T", "03": "_T"}})
PARTNERS = codelist("PARTNERS", {"country": {"CN": "_T", "DE": "_T", "FR": "_T"}})
UNITS = Measure("supplementary_quantity", "Units", "sum", "u", column="supplementary_quantity", shadows=VALUE.id)
DUTY = Measure("duty_amount", "Duty", "sum", "KRW", column="duty_amount", shadows=VALUE.id)
TABLE = structure(dimension("commodity", GOODS), dimension("partner", PARTNERS), measures=(VALUE, MASS))
RULES = SuppressionRules("passive", 3)
CELLS = [(chapter, country) for chapter in ("01", "02", "03") for country in ("CN", "DE", "FR")]
LONE = ("01", "CN")


def items(**changed: tuple[int, int]) -> pd.DataFrame:
    """`changed`: value and mass of each trader of a cell, such as c01CN=(60, 5)."""
    lines = []
    for cell in CELLS:
        traders = (1,) if cell == LONE else (2, 3, 4, 5)
        value, mass = changed.get("c" + "".join(cell), (50, 5) if cell == LONE else (100, 10))
        lines += [(*cell, trader, value, mass) for trader in traders]
    frame = pd.DataFrame(lines, columns=["commodity", "partner", "trader", "statistical_value", "net_mass"])
    return frame.assign(supplementary_quantity=frame["net_mass"] * 2, duty_amount=frame["statistical_value"] // 10)


def truth(
    frame: pd.DataFrame, values: set[int], quantities: set[int] | None, of: TableStructure = TABLE
) -> ConfidentialTable:
    """`values`: who asked to hide cells; `quantities`: who asked to hide quantities alone."""
    made = confidential_table(of, frame, claimants=values, quantity_claimants=quantities)
    return in_order([(made, RULES)])[0][0]


def hidden(table: ProtectedTable, measure: str) -> set[tuple[str, ...]]:
    return {
        tuple(d.hierarchy.codes[row[d.column]] for d in table.structure.dimensions)
        for row in table.cells.to_pylist()
        if row[measure] is None
    }


def alone(table: ConfidentialTable, rules: SuppressionRules = RULES) -> ProtectedTable:
    return protect([(table, rules)])[0]


class TestOneEdition:
    def test_quantities_alone_pay_for_a_quantity(self) -> None:
        """The least is a square of masses: the lone one and three others. No value is hidden."""
        out = alone(truth(items(), set(), {1}))
        assert hidden(out, "statistical_value") == set()
        masses = hidden(out, "net_mass")
        assert LONE in masses
        assert len(masses) == 4
        assert out.own_status == ("net_mass",)
        assert set(out.cells["obs_status"].to_pylist()) == {"A"}
        status = out.cells["net_mass_obs_status"].to_pylist()
        assert [one == "Q" for one in status] == [mass is None for mass in out.cells["net_mass"].to_pylist()]
        assert out.cells["net_mass_conf_status"].to_pylist() == [{"Q": "C", "A": "F"}[one] for one in status]

    def test_without_such_requests_nothing_is_different(self) -> None:
        asked, plain = (alone(truth(items(), {1}, more)) for more in (set[int](), None))
        assert asked.cells.equals(plain.cells)
        assert plain.own_status == ()
        assert hidden(plain, "statistical_value") == hidden(plain, "net_mass")

    def test_where_values_are_hidden_so_are_quantities(self) -> None:
        """Trader 1 hides its cells; trader 6, alone in (03, FR), the quantity of its own."""
        frame = items()
        frame.loc[(frame["commodity"] == "03") & (frame["partner"] == "FR"), "trader"] = 6
        out = alone(truth(frame, {1}, {6}))
        values, masses = hidden(out, "statistical_value"), hidden(out, "net_mass")
        assert LONE in values
        assert ("03", "FR") in masses - values
        assert values < masses

    def test_all_quantities_are_hidden_and_other_shadows_stay_with_the_value(self) -> None:
        out = alone(truth(items(), set(), {1}, replace(TABLE, measures=(VALUE, MASS, UNITS, DUTY))))
        assert hidden(out, "statistical_value") == hidden(out, "duty_amount") == set()
        assert LONE in hidden(out, "net_mass") == hidden(out, "supplementary_quantity")
        assert out.own_status == ("net_mass", "supplementary_quantity")

    def test_a_quantity_of_nothing_is_hidden_without_others(self) -> None:
        """0 kg has no level to reach: it is not told, and nothing is hidden for it."""
        out = alone(truth(items(c01CN=(50, 0)), set(), {1}))
        assert hidden(out, "net_mass") == {LONE}

    def test_the_office_cannot_show_what_is_unsafe(self) -> None:
        made = replace(truth(items(), set(), {1}), cell_rules=(CellRule(LONE, "freeze_shown"),))
        with pytest.raises(ProtectionError, match="are unsafe and to be shown") as refused:
            alone(made)
        assert refused.value.cells[0][-1] == "net_mass"

    def test_what_the_office_shows_is_shown_in_all_measures(self) -> None:
        first = hidden(alone(truth(items(), set(), {1})), "net_mass") - {LONE}
        rules = tuple(CellRule(codes, "freeze_shown") for codes in sorted(first))
        out = alone(replace(truth(items(), set(), {1}), cell_rules=rules))
        assert LONE in hidden(out, "net_mass")
        assert not first & hidden(out, "net_mass")

    def test_demands_that_cannot_be_met_name_the_quantity(self) -> None:
        others = [("01", country) for country in ("DE", "FR", "_T")]
        rules = tuple(CellRule(codes, "freeze_shown") for codes in others)
        with pytest.raises(ProtectionError, match="cannot reach") as refused:
            alone(replace(truth(items(), set(), {1}), cell_rules=rules))
        assert {cell[-1] for cell in refused.value.cells} == {"net_mass"}

    def test_a_quantity_that_decides_for_itself_elsewhere_takes_its_value_along(self) -> None:
        mass = Measure("net_mass", "Mass", "sum", "kg", decimals=3, column="net_mass")
        other = replace(TABLE, id="u", measures=(mass,))
        one, two = truth(items(), set(), {1}), truth(items(), set(), {1}, other)
        first, second = protect([(one, RULES), (two, RULES)])
        assert hidden(first, "net_mass") == hidden(second, "net_mass")
        assert LONE in hidden(first, "statistical_value")

    def test_costs_of_quantities_are_told_apart(self) -> None:
        value, mass = assess([(truth(items(), set(), {1}), RULES)])
        assert (value.measure, value.primary, value.secondary) == ("statistical_value", 0, 0)
        assert (mass.measure, mass.primary, mass.secondary) == ("net_mass", 1, 3)
        (dearest,) = mass.protections
        assert dearest.cells[0].codes == LONE
        assert len(dearest.forced) == 3
        assert [one.measure for one in assess([(truth(items(), {1}, None), RULES)])] == ["statistical_value"]


class TestRevisions:
    """What an edition showed, the next cannot take back; what it hid, the next keeps."""

    FIRST = staticmethod(lambda: truth(items(), set(), {1}))

    def after(
        self, past: ConfidentialTable, now: ConfidentialTable, rules: SuppressionRules = RULES
    ) -> tuple[ProtectedTable, Protection]:
        first = alone(past)
        found = protect_edition([(now, rules)], earlier=[earlier("m/2021-01/v1", (past, first), RULES)])
        if not found.already_public:
            assert exposed([(past, first), (now, found.tables[0])], rules) == set()
        return first, found

    def test_nothing_changes(self) -> None:
        first, found = self.after(self.FIRST(), self.FIRST())
        assert found.tables[0].cells.equals(first.cells)

    @pytest.mark.parametrize("quantities", [{1}, None])
    def test_a_value_is_revised_and_its_mass_kept(self, quantities: Any) -> None:
        """Also where the request has ended: the old edition hides the mass. Values stay shown."""
        now = truth(items(c01CN=(60, 5)), set(), quantities)
        first, found = self.after(self.FIRST(), now)
        assert hidden(found.tables[0], "statistical_value") == set()
        assert hidden(found.tables[0], "net_mass") == hidden(first, "net_mass")

    @pytest.mark.parametrize("changed", [{"c01CN": (60, 9)}, {"c02DE": (110, 14)}, {"c01DE": (120, 13)}])
    def test_masses_are_revised(self, changed: dict[str, tuple[int, int]]) -> None:
        _, found = self.after(self.FIRST(), truth(items(**changed), set(), {1}))
        assert hidden(found.tables[0], "statistical_value") == set()
        assert LONE in hidden(found.tables[0], "net_mass")

    def test_a_request_that_comes_late_is_refused_or_keeps_what_it_can(self) -> None:
        past, now = truth(items(), set(), None), truth(items(), set(), {1})
        with pytest.raises(ProtectionError, match="public already") as refused:
            self.after(past, now)
        assert refused.value.cells[0][-1] == "net_mass"
        _, found = self.after(past, now, replace(RULES, already_published="hide"))
        assert [codes[-1] for codes in found.already_public] == ["net_mass"] * len(found.already_public)
        assert LONE in hidden(found.tables[0], "net_mass")
        assert hidden(found.tables[0], "statistical_value") == set()

    def test_a_request_that_comes_with_a_new_mass_is_met(self) -> None:
        past, now = truth(items(), set(), None), truth(items(c01CN=(50, 8), c01DE=(100, 12)), set(), {1})
        _, found = self.after(past, now)
        assert LONE in hidden(found.tables[0], "net_mass")
        assert hidden(found.tables[0], "statistical_value") == set()

    def test_hiding_the_value_too_comes_too_late_for_an_unchanged_value(self) -> None:
        past, now = truth(items(), set(), {1}), truth(items(), {1}, None)
        with pytest.raises(ProtectionError, match="public already") as refused:
            self.after(past, now)
        assert {cell[-1] for cell in refused.value.cells} == {"statistical_value"}

    def test_status_changes_are_counted_by_cell(self) -> None:
        before, now = alone(truth(items(), {1}, None)), alone(self.FIRST())
        (changes,) = status_changes([now], [as_shown(before)])
        values, masses = hidden(before, "statistical_value"), hidden(now, "net_mass")
        assert changes.newly_shown == len(values)
        assert changes.newly_hidden == len(masses - values)

    def test_a_value_is_no_cheaper_because_its_mass_was_hidden(self) -> None:
        rules = replace(RULES, stability=RULES.request_share_percent / 100)
        before = as_shown(alone(self.FIRST()))
        now = truth(items(), {1}, None)
        found = [protect_edition([(now, rules)], before=shown).tables[0] for shown in ([before], [])]
        assert found[0].cells.equals(found[1].cells)
