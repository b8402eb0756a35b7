"""A pattern keeps to the one before where a query asks for it, at a price, and never depends on the order of rows."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from publisher.errors import ReleaseError
from publisher.model.rules import SuppressionRules
from publisher.suppression.assemble import assemble, in_order
from publisher.suppression.protect import protect, protect_edition
from publisher.suppression.shown import ShownTable, as_shown, read_shown
from publisher.suppression.stability import prefer_pattern, status_changes
from tests.lib.cells import confidential_table
from tests.lib.edition import Item, Written, confidential, write_edition
from tests.lib.tables import MASS, VALUE, codelist, dimension, structure

GOODS = codelist("GOODS", {"chapter": {"01": "_T", "02": "_T", "03": "_T"}})
PARTNERS = codelist("PARTNERS", {"country": {"CN": "_T", "DE": "_T", "FR": "_T"}})
TABLE = structure(dimension("commodity", GOODS), dimension("partner", PARTNERS), measures=(VALUE, MASS))
RULES = SuppressionRules("active", 3, frequency_level_percent=Fraction(20))
CELLS = [(chapter, country) for chapter in ("01", "02", "03") for country in ("CN", "DE", "FR")]


def items(**changed: int) -> pd.DataFrame:
    """Four traders in each cell, one in (01, CN)."""
    lines = [
        (chapter, country, trader, changed.get(f"c{chapter}{country}", 100), 10)
        for chapter, country in CELLS
        for trader in ((1,) if (chapter, country) == ("01", "CN") else (2, 3, 4, 5))
    ]
    return pd.DataFrame(lines, columns=["commodity", "partner", "trader", "statistical_value", "net_mass"])


JANUARY = items(c01FR=150, c02FR=150, c03FR=150, c03CN=150, c03DE=150)
FEBRUARY = items(c01DE=110, c02DE=110, c01FR=105, c02FR=105, c03FR=150, c03CN=150, c03DE=150)


def february(stability: Fraction, frame: pd.DataFrame = FEBRUARY) -> tuple[int, int]:
    """Newly hidden and newly shown cells after January."""
    (before,) = protect([(confidential_table(TABLE, JANUARY, period="2021-01"), RULES)])
    table = confidential_table(TABLE, frame, period="2021-02")
    shown = as_shown(before)
    (now,) = protect_edition([(table, replace(RULES, stability=stability))], before=[shown]).tables
    (changes,) = status_changes([now], [shown])
    assert changes.common == 16
    return changes.newly_hidden, changes.newly_shown


def test_without_stability_the_cheapest_cells_are_hidden() -> None:
    assert february(Fraction(0)) == (2, 2)


def test_with_stability_the_same_cells_stay_hidden() -> None:
    assert february(Fraction(1)) == (0, 0)


def test_a_share_that_does_not_outweigh_the_difference_changes_nothing() -> None:
    """(01, DE) and (02, DE) cost 440 each, (01, FR) and (02, FR) 420: the balance lies at 1 - 420/440 = 1/22."""
    assert february(Fraction(1, 30)) == (2, 2)
    assert february(Fraction(1, 15)) == (0, 0)


def test_the_order_of_rows_never_shapes_a_pattern() -> None:
    table = confidential_table(TABLE, FEBRUARY, period="2021-02")
    (before,) = protect([(confidential_table(TABLE, JANUARY), RULES)])
    shown = as_shown(before)
    rules = replace(RULES, stability=Fraction(1, 2))
    (first,) = protect_edition([(table, rules)], before=[shown]).tables
    for seed in range(3):
        chance = np.random.default_rng(seed)
        mixed = replace(table, cells=table.cells.take(chance.permutation(len(table.cells))))
        rows = chance.permutation(shown.rows)
        turned = ShownTable(
            shown.id,
            shown.columns,
            tuple(codes.take(rows) for codes in shown.codes),
            tuple(hidden[rows] for hidden in shown.hidden),
            shown.measures,
            tuple(numbers[rows] for numbers in shown.numbers),
        )
        (again,) = protect_edition([(mixed, rules)], before=[turned]).tables
        assert again.cells.equals(first.cells)


@pytest.mark.parametrize(
    ("stability", "expected"), [("0", 300), ("1/3", 200), ("2/3", 100), ("333/1000", 201), ("1", 1)]
)
def test_costs_are_exact_and_rounded_up(stability: str, expected: int) -> None:
    (demand,) = in_order([(confidential_table(TABLE, FEBRUARY), replace(RULES, stability=Fraction(stability)))])
    assembly = assemble([demand])
    assembly = replace(assembly, system=replace(assembly.system, costs=np.full(assembly.system.cells, 300)))
    (before,) = protect([(confidential_table(TABLE, JANUARY), RULES)])
    costs = prefer_pattern(assembly, [demand], [as_shown(before)]).costs
    hidden = np.isin(assembly.parts[0].variables, np.flatnonzero(costs != 300))
    assert set(costs.tolist()) == {300, expected}
    assert int(hidden.sum()) == (4 if expected != 300 else 0)
    assert np.array_equal(costs[assembly.parts[0].variables], costs[assembly.parts[1].variables])


def test_another_query_is_no_pattern_to_keep() -> None:
    (demand,) = in_order([(confidential_table(TABLE, FEBRUARY), replace(RULES, stability=Fraction(1)))])
    assembly = assemble([demand])
    (before,) = protect([(confidential_table(TABLE, JANUARY), RULES)])
    other = replace(as_shown(before), id="u")
    assert np.array_equal(prefer_pattern(assembly, [demand], [other]).costs, assembly.system.costs)
    assert status_changes([before], [other]) == ()


class TestPublishedFiles:
    def written(self, folder: Path) -> Path:
        lines = [Item(f"T{n}", cell, (100 + n, 1500)) for cell in CELLS for n in range(4)]
        made = confidential(TABLE, lines)
        return write_edition(folder, [Written(TABLE, made, hidden={("01", "CN"), ("_T", "CN")})], (GOODS, PARTNERS))

    def test_only_what_a_reader_has_is_read(self, tmp_path: Path) -> None:
        shown = read_shown(self.written(tmp_path / "v1"), TABLE)
        assert shown is not None
        value, mass = shown.numbers
        hidden, also = shown.hidden
        assert int(hidden.sum()) == 2
        assert np.array_equal(hidden, also)
        assert set(value[hidden]) == set(mass[hidden]) == {0}
        assert set(mass[~hidden]) <= {6000, 18000, 54000}

    def test_a_table_that_is_not_there(self, tmp_path: Path) -> None:
        public = self.written(tmp_path / "v1")
        assert read_shown(public, replace(TABLE, id="u")) is None
        other = structure(*TABLE.dimensions, measures=(replace(VALUE, id="other"),))
        assert read_shown(public, other) is None

    def test_a_damaged_file_is_named(self, tmp_path: Path) -> None:
        public = self.written(tmp_path / "v1")
        path = public / "data" / "t.parquet"
        path.write_bytes(path.read_bytes()[:-20])
        with pytest.raises(ReleaseError, match=r"t\.parquet"):
            read_shown(public, TABLE)
