"""What the gate lets through: shapes, shadows, shared cells, zeros, refusals, and the cost report."""

from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pytest

from publisher.errors import ProtectionError
from publisher.model.protected import ProtectedTable
from publisher.model.rules import SuppressionRules
from publisher.model.structure import Measure
from publisher.suppression.cost import assess
from publisher.suppression.protect import protect
from tests.lib.cells import confidential_table
from tests.lib.random_tables import BY_OFFICE, FLAT, TREES, tables
from tests.lib.tables import MASS, TRADERS, VALUE, codelist, dimension, structure

RULES = SuppressionRules("active", 3, p_percent=Fraction(15))
NAMES = ["commodity", "partner", "office", "trader", "statistical_value", "net_mass"]
FRAME = pd.DataFrame(
    [
        (goods, country, office, trader, 100 + 13 * trader + len(goods), 7 * trader)
        for goods in ("0101", "0102", "0201", "0202")
        for country in ("DE", "FR", "CN", "JP")
        for office in ("o1", "o2")
        for trader in (1, 2, 3, 4)
        if not (goods == "0101" and country == "DE" and trader != 1)
    ],
    columns=NAMES,
)


def test_columns_and_types() -> None:
    (out,) = protect([(*tables([TREES], FRAME), RULES)])
    assert [(field.name, str(field.type)) for field in out.cells.schema] == [
        ("commodity", "int32"),
        ("partner", "int32"),
        ("statistical_value", "int64"),
        ("statistical_value_lower", "int64"),
        ("statistical_value_upper", "int64"),
        ("net_mass", "int64"),
        ("net_mass_lower", "int64"),
        ("net_mass_upper", "int64"),
        ("obs_status", "string"),
        ("conf_status", "string"),
    ]
    assert out.method == "suppression"


def test_mass_is_hidden_where_value_is() -> None:
    (out,) = protect([(*tables([TREES], FRAME), RULES)])
    cells = out.cells.to_pandas()
    assert (cells["statistical_value"].isna() == cells["net_mass"].isna()).all()
    assert (cells["statistical_value"].isna() == (cells["obs_status"] == "Q")).all()
    assert 0 < cells["statistical_value"].isna().sum() < len(cells)


def hidden_margins(out: ProtectedTable) -> dict[str, bool]:
    """Whether each commodity's margin (everything in the second dimension) is hidden, by code."""
    cells = out.cells.to_pandas()
    cells = cells[cells[out.structure.columns[1]] == 0]
    codes = [out.structure.dimensions[0].hierarchy.codes[node] for node in cells["commodity"]]
    return dict(zip(codes, cells["statistical_value"].isna().tolist(), strict=True))


def test_shared_cells_have_one_status() -> None:
    """Commodity margins stand in both tables."""
    first, second = protect([(table, RULES) for table in tables([TREES, BY_OFFICE], FRAME)])
    left, right = hidden_margins(first), hidden_margins(second)
    assert {code: left[code] for code in right} == right


def test_shared_cells_of_different_values_are_refused() -> None:
    one, other = tables([TREES], FRAME)[0], tables([BY_OFFICE], FRAME.assign(statistical_value=1))[0]
    with pytest.raises(ProtectionError, match="different values"):
        protect([(one, RULES), (other, RULES)])


def test_other_universes_share_nothing() -> None:
    one = tables([TREES], FRAME)[0]
    other = tables([replace(BY_OFFICE, universe="procedure = 'home_use'")], FRAME.assign(statistical_value=1))[0]
    assert len(protect([(one, RULES), (other, RULES)])) == 2


def test_rows_of_zeros_are_published_by_absence() -> None:
    frame = FRAME.assign(statistical_value=0, net_mass=0)
    (out,) = protect([(*tables([FLAT], frame), RULES)])
    assert len(out.cells) == 0


def test_zero_value_with_mass_is_still_protected() -> None:
    frame = FRAME.assign(statistical_value=FRAME["statistical_value"].where(FRAME["commodity"] != "0101", 0))
    (out,) = protect([(*tables([FLAT], frame), RULES)])
    cells = out.cells.to_pandas()
    hierarchy = FLAT.dimensions[0].hierarchy
    lone = (cells["commodity"] == hierarchy.node["0101"]) & (
        cells["partner"] == FLAT.dimensions[1].hierarchy.node["DE"]
    )
    assert cells.loc[lone, ["statistical_value", "net_mass"]].isna().all(axis=None)


def test_empty_tables_pass() -> None:
    (table,) = tables([TREES], FRAME.iloc[:1])
    empty = replace(table, cells=table.cells.slice(0, 0))
    (out,) = protect([(empty, RULES)])
    assert len(out.cells) == 0
    alone, beside = protect([(empty, RULES), (*tables([BY_OFFICE], FRAME), RULES)])
    assert len(alone.cells) == 0
    assert len(beside.cells) > 0
    assert protect([]) == ()


def test_two_rule_measures_have_two_patterns() -> None:
    duty = Measure("duty_amount", "Duty", "sum", "KRW", column="duty_amount")
    goods = codelist("GOODS", {"chapter": {"01": "_T", "02": "_T", "03": "_T"}})
    table = structure(dimension("commodity", goods), measures=(VALUE, duty))
    frame = pd.DataFrame(
        [
            (chapter, trader, 100, 1000 if trader == 1 else 1)
            for chapter in ("01", "02", "03")
            for trader in range(1, 9)
        ],
        columns=["commodity", "trader", "statistical_value", "duty_amount"],
    )
    (out,) = protect([(confidential_table(table, frame), RULES)])
    cells = out.cells.to_pandas()
    assert cells["statistical_value"].notna().all()
    assert cells["duty_amount"].isna().all()
    assert (cells["obs_status"] == "A").all()
    assert (cells["duty_amount_obs_status"] == "Q").all()
    assert (cells["duty_amount_conf_status"] == "C").all()
    assert "statistical_value_obs_status" not in cells


def test_distinct_counts_are_refused() -> None:
    goods = codelist("GOODS", {"chapter": {"01": "_T"}})
    table = structure(dimension("commodity", goods), measures=(VALUE, TRADERS))
    frame = pd.DataFrame([("01", 1, 5, 1)], columns=["commodity", "trader", "statistical_value", "traders"])
    with pytest.raises(ProtectionError, match="do not add up"):
        protect([(confidential_table(table, frame), RULES)])


def test_a_lone_trader_hides_the_total_too() -> None:
    (out,) = protect([(*tables([TREES], FRAME[FRAME["trader"] == 1]), RULES)])
    assert out.cells.column("statistical_value").null_count == len(out.cells)


def test_cost_report_counts_every_cell_once() -> None:
    demands = [(*tables([TREES], FRAME), RULES)]
    (report,) = assess(demands)
    (out,) = protect(demands)
    assert report.query == "trees"
    assert report.measure == "statistical_value"
    assert sum(level.cells for level in report.levels) == len(out.cells)
    assert report.primary + report.secondary == out.cells.column("statistical_value").null_count
    assert dict(report.by_rule)["frequency"] > 0
    assert "value=" not in repr(report.levels[0])


def test_progress_is_told() -> None:
    heard: list[tuple[str, int, int]] = []
    protect(
        [(*tables([TREES], FRAME), RULES)], progress=lambda stage, done, total: heard.append((stage, done, total))
    )
    assert heard
    assert all(done <= total for _, done, total in heard)


def test_mass_needs_its_own_witnesses() -> None:
    """The cells that protect the value carry no mass: others must be hidden for it."""
    goods = codelist("GOODS", {"chapter": {"01": "_T", "02": "_T", "03": "_T"}})
    partners = codelist("PARTNERS", {"country": {"CN": "_T", "DE": "_T", "FR": "_T"}})
    table = structure(dimension("commodity", goods), dimension("partner", partners), measures=(VALUE, MASS))
    rows = [("01", "CN", 1, 100, 100)]
    rows += [
        (chapter, country, trader, 50 if country != "FR" else 500, 0 if chapter == "02" else 300)
        for chapter in ("01", "02", "03")
        for country in ("CN", "DE", "FR")
        if (chapter, country) != ("01", "CN")
        for trader in (2, 3, 4, 5)
    ]
    frame = pd.DataFrame(rows, columns=["commodity", "partner", "trader", "statistical_value", "net_mass"])
    (out,) = protect([(confidential_table(table, frame), RULES)])
    cells = out.cells.to_pandas()
    hidden = cells[cells["net_mass"].isna()]
    assert (hidden["commodity"].isin([0, 3])).any()
