"""A reader who holds several editions of one period. Every edition here protects itself; together they may not.

Cells are written (commodity, partner). The attack is by linear programs of the tests' own, over all editions.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from publisher.errors import ProtectionError
from publisher.model.confidential import ConfidentialTable
from publisher.model.protected import ProtectedTable
from publisher.model.rules import SuppressionRules
from publisher.model.structure import TableStructure
from publisher.suppression.assemble import in_order
from publisher.suppression.protect import protect, protect_edition
from tests.lib.cells import confidential_table
from tests.lib.random_tables import GOODS as TREE
from tests.lib.random_tables import PARTNERS as LANDS
from tests.lib.tables import MASS, VALUE, codelist, dimension, structure
from tests.lib.two_editions import Edition, computed_by_insiders, earlier, exposed

GOODS = codelist("GOODS", {"chapter": {"01": "_T", "02": "_T", "03": "_T"}})
PARTNERS = codelist("PARTNERS", {"country": {"CN": "_T", "DE": "_T", "FR": "_T"}})
TABLE = structure(dimension("commodity", GOODS), dimension("partner", PARTNERS))
TREES = structure(dimension("commodity", TREE), dimension("partner", LANDS), measures=(VALUE, MASS))
RULES = SuppressionRules("active", 3, frequency_level_percent=Fraction(20))
KEEN = replace(RULES, p_percent=Fraction(15), already_published="hide")
CELLS = [(chapter, country) for chapter in ("01", "02", "03") for country in ("CN", "DE", "FR")]


def truth(frame: pd.DataFrame, table: TableStructure = TABLE, snapshot: str = "s0001") -> ConfidentialTable:
    ((made, _),) = in_order([(confidential_table(table, frame), RULES)])
    return replace(made, snapshot=snapshot)


def items(**changed: int) -> pd.DataFrame:
    """Four traders in each cell, 100 each; one in (01, CN). `changed`: what each trader of a cell has instead."""
    lines = [
        (chapter, country, trader, changed.get(f"c{chapter}{country}", 100))
        for chapter, country in CELLS
        for trader in ((1,) if (chapter, country) == ("01", "CN") else (2, 3, 4, 5))
    ]
    return pd.DataFrame(lines, columns=["commodity", "partner", "trader", "statistical_value"])


def alone(table: ConfidentialTable, rules: SuppressionRules = RULES) -> ProtectedTable:
    return protect([(table, rules)])[0]


def after(table: ConfidentialTable, past: Sequence[Edition], rules: SuppressionRules = RULES) -> ProtectedTable:
    """The table protected against readers of the `past` editions."""
    told = [earlier(f"series/2021-01/v{number + 1}", edition, rules) for number, edition in enumerate(past)]
    return protect_edition([(table, rules)], earlier=told).tables[0]


def hidden(table: ProtectedTable) -> set[tuple[str, ...]]:
    dimensions = table.structure.dimensions
    return {
        tuple(d.hierarchy.codes[row[d.column]] for d in dimensions)
        for row in table.cells.to_pylist()
        if row["obs_status"] == "Q"
    }


# v1 hides (01, CN) with (01, DE); then (01, DE) grows, and (01, FR) is the cheaper one to hide
OLD = truth(items(c01FR=150, c02FR=150, c03FR=150, c03CN=150, c03DE=150))
NEW = truth(items(c01DE=900, c02DE=900, c01FR=150, c02FR=150, c03FR=150, c03CN=150, c03DE=150), snapshot="s0002")


def test_two_careful_editions_expose_a_cell_together() -> None:
    """Without a memory, v2 hides the cheaper (01, FR) that v1 showed; their difference is (01, CN)."""
    first, second = (OLD, alone(OLD)), (NEW, alone(NEW))
    assert ("01", "DE") in hidden(first[1])
    assert ("01", "DE") not in hidden(second[1])
    assert not exposed([first], RULES)
    assert not exposed([second], RULES)
    assert exposed([first, second], RULES)


def test_planning_protects_both_together() -> None:
    first = (OLD, alone(OLD))
    second = (NEW, after(NEW, [first]))
    assert not exposed([first, second], RULES)


def test_an_edition_built_again_is_the_same() -> None:
    first = (OLD, alone(OLD))
    assert after(OLD, [first]).cells.equals(first[1].cells)


def test_what_was_shown_and_did_not_change_stays_shown() -> None:
    first = (OLD, alone(OLD))
    second = after(NEW, [first])
    unchanged = {("02", "CN"), ("03", "CN"), ("03", "DE"), ("03", "FR"), ("03", "_T"), ("_T", "CN"), ("_T", "FR")}
    assert not hidden(second) & (unchanged - hidden(first[1]))


def test_a_late_first_declaration_is_not_the_difference_of_two_totals() -> None:
    """(02, DE) was empty. All else stays: every total above it must be hidden now, for the old ones are known."""
    late = items()
    early = late[~((late.commodity == "02") & (late.partner == "DE"))]
    one = late[(late.commodity == "02") & (late.partner == "DE") & (late.trader == 2)]
    old, new = truth(early), truth(pd.concat([early, one]), snapshot="s0002")
    first = (old, alone(old))
    assert exposed([first, (new, alone(new))], RULES)
    second = (new, after(new, [first]))
    assert not exposed([first, second], RULES)
    assert ("_T", "_T") in hidden(second[1])


def test_a_withdrawn_declaration_is_not_the_difference_of_two_totals() -> None:
    old, new = truth(items()), truth(items().query("trader != 1"), snapshot="s0002")
    first = (old, alone(old))
    assert exposed([first, (new, alone(new))], RULES)
    assert not exposed([first, (new, after(new, [first]))], RULES)


def test_three_editions() -> None:
    third = truth(items(c01DE=900, c02DE=900, c01FR=80, c02FR=150, c03CN=150, c03DE=150), snapshot="s0003")
    first = (OLD, alone(OLD))
    second = (NEW, after(NEW, [first]))
    assert not exposed([first, second, (third, after(third, [first, second]))], RULES)


def merged(chapter: str, country: str) -> ConfidentialTable:
    """The same numbers, but all traders of one cell turn out to be two: it becomes unsafe, unchanged."""
    frame = items()
    rest = frame["trader"].isin([3, 4, 5]) & (frame.commodity == chapter) & (frame.partner == country)
    return truth(frame.assign(trader=np.where(rest, 2, frame["trader"])), snapshot="s0002")


def test_an_unsafe_number_that_is_public_already() -> None:
    first, new = (truth(items()), alone(truth(items()))), merged("03", "FR")
    cell = ("t", "2021-01", "03", "FR", "statistical_value")
    with pytest.raises(ProtectionError, match="public already") as refused:
        after(new, [first])
    assert refused.value.cells == (cell,)
    assert 'already_published = "hide"' in refused.value.remedy
    assert "400" not in str(refused.value)
    told = [earlier("series/2021-01/v1", first, RULES)]
    going_on = protect_edition([(new, replace(RULES, already_published="hide"))], earlier=told)
    assert going_on.already_public == (cell,)
    assert ("03", "FR") in hidden(going_on.tables[0])
    assert len(exposed([first, (new, going_on.tables[0])], RULES)) == 1  # that one, and no other


def test_an_unchanged_number_that_earlier_editions_narrow_down() -> None:
    """(02, DE) was hidden for (01, CN) with less room than it now needs. No later edition can widen that."""
    first = (truth(items()), alone(truth(items())))
    assert ("02", "DE") in hidden(first[1])
    with pytest.raises(ProtectionError, match="cannot reach") as refused:
        after(merged("02", "DE"), [first], replace(RULES, already_published="hide"))
    assert ("t", "2021-01", "02", "DE", "statistical_value") in refused.value.cells
    assert "What an earlier edition of the period shows stays known." in refused.value.remedy


def revised(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sixty random declarations, and a month later: some values changed, some withdrawn, some late."""
    chance = np.random.default_rng(seed)
    count, changes = 60, int(chance.integers(1, 8))
    frame = pd.DataFrame(
        {
            "commodity": chance.choice([code.code for code in TREE.at("heading")], count),
            "partner": chance.choice([code.code for code in LANDS.at("country")], count),
            "trader": chance.integers(1, 12, count),
            "statistical_value": chance.integers(1, 1000, count),
            "net_mass": chance.integers(1, 500, count),
        }
    )
    later = frame.copy()
    later.loc[chance.choice(count, changes, replace=False), "statistical_value"] = chance.integers(1, 1000, changes)
    if chance.random() < 0.5:
        later = later.drop(index=chance.choice(count, 2, replace=False))
    if chance.random() < 0.5:
        later = pd.concat([later, frame.sample(2, random_state=seed).assign(trader=20)])
    return frame, later


def random_editions(seed: int) -> tuple[Edition, ConfidentialTable]:
    frame, later = revised(seed)
    old, new = truth(frame, TREES), truth(later, TREES, "s0002")
    return (old, alone(old, KEEN)), new


@pytest.mark.parametrize("seed", [1, 3, 11])
def test_random_revisions(seed: int) -> None:
    """Each of these exposes cells without planning."""
    first, new = random_editions(seed)
    assert exposed([first, (new, alone(new, KEEN))], KEEN)
    assert not exposed([first, (new, after(new, [first], KEEN))], KEEN)


def test_insiders_of_several_editions() -> None:
    first, new = random_editions(7)
    assert not computed_by_insiders([first, (new, after(new, [first], KEEN))], KEEN)
