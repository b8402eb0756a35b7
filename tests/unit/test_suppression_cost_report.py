"""The cost report: levels, groups, totals; the heat map's blocks; nothing confidential in a repr."""

from fractions import Fraction

import numpy as np
import pytest

from publisher.errors import UsageError
from publisher.model.codelist import TOTAL
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import SuppressionRules
from publisher.suppression import heatmap, picture
from publisher.suppression.cost import TableCost, assess
from publisher.suppression.heatmap import NO_CELL, PRIMARY, SECONDARY, SHOWN, check_levels, heat_map
from publisher.suppression.marked import MarkedCells, cut, in_reading_order
from publisher.suppression.preview import preview_of
from publisher.suppression.protect import protect
from tests.lib.random_tables import CUBE, FLAT, TREES, tables
from tests.lib.tables import codelist, dimension, structure
from tests.unit.test_suppression_protect import FRAME

RULES = SuppressionRules("active", 3, p_percent=Fraction(15))


def table_of(structure=TREES) -> ConfidentialTable:  # type: ignore[no-untyped-def]
    return tables([structure], FRAME)[0]


@pytest.fixture(scope="module")
def report() -> TableCost:
    (found,) = assess([(table_of(), RULES)])
    return found


def test_levels_and_groups_count_every_cell_and_every_unit_once(report: TableCost) -> None:
    grand = int(FRAME["statistical_value"].sum())
    assert all(level.value == grand for level in report.levels)
    assert report.finest.value == sum(group.value for group in report.groups) == grand
    assert report.total.cells == len(table_of().cells)
    assert report.total.value == grand * len(report.levels)
    assert [group.code for group in report.groups] == ["01", "02"]
    assert sum(group.secondary for group in report.groups) == report.finest.secondary


def test_shares_are_what_the_published_table_shows(report: TableCost) -> None:
    (out,) = protect([(table_of(), RULES)])
    shown = out.cells.column("statistical_value").is_valid().to_numpy()
    assert report.total.visible_cells == pytest.approx(shown.mean())
    assert 0 < report.total.visible_share < 1
    assert report.primary + report.secondary == int((~shown).sum())


def test_dearest_are_sorted_and_name_cells_by_code(report: TableCost) -> None:
    assert 0 < len(report.protections) <= 10
    shares = [protection.share for protection in report.protections]
    assert shares == sorted(shares, reverse=True)
    assert all(protection.cells[0].rules for protection in report.protections)
    values = [hidden.cell.value for hidden in report.hidden]
    assert values == sorted(values, reverse=True)
    assert all(hidden.forced_by for hidden in report.hidden) or report.unused


def test_no_number_of_a_cell_in_a_repr(report: TableCost) -> None:
    text = repr(report) + repr(heat_map(report.cells))
    assert not any(word in text for word in ("value=", "value_primary=", "share=", "alone=", "hidden=array"))
    assert len(text) < 20_000  # no codelist either
    assert str(report.finest.value) not in text


def test_nothing_is_hidden_where_nobody_asks() -> None:
    asked = SuppressionRules("passive", 1, p_percent=None)
    (report,) = assess([(tables([TREES], FRAME[FRAME["trader"] > 1])[0], asked)])
    assert (report.primary, report.secondary, report.unused) == (0, 0, 0)
    assert report.protections == report.hidden == ()
    assert report.total.visible_share == report.total.visible_cells == 1.0


def test_preview_finds_what_the_rules_find(report: TableCost) -> None:
    (found,) = preview_of(table_of(), RULES)
    assert found.by_rule == report.by_rule
    assert [(levels, unsafe) for levels, _, unsafe in found.levels] == [(x.levels, x.primary) for x in report.levels]


def test_a_cut_holds_every_leaf_once_where_branches_skip_levels() -> None:
    codes = codelist("GOODS", {"section": {"IX": TOTAL, "V": TOTAL}, "chapter": {"25": "V", "44": "IX", "99": TOTAL}})
    hierarchy = codes.hierarchy(codes.levels)
    named = {hierarchy.codes[node]: at for node, at in enumerate(cut(hierarchy, "section").tolist())}
    shown = {code: hierarchy.codes[at] if at >= 0 else None for code, at in named.items()}
    assert shown == {TOTAL: None, "IX": "IX", "V": "V", "25": "V", "44": "IX", "99": "99"}
    chapters = cut(hierarchy, "chapter").tolist()
    assert chapters[hierarchy.node["V"]] == -1
    ordered = in_reading_order(hierarchy, [hierarchy.node[code] for code in ("99", "IX", "V")])
    assert [hierarchy.codes[node] for node in ordered] == ["V", "IX", "99"]


def marked(primary: set[tuple[str, ...]], secondary: set[tuple[str, ...]], shape=FLAT) -> MarkedCells:  # type: ignore[no-untyped-def]
    cells = MarkedCells.of(table_of(shape), "statistical_value", np.zeros(0, np.bool_), np.zeros(0, np.bool_))
    codes = [cells.codes(row) for row in range(len(cells.values))]
    return MarkedCells(
        cells.structure,
        cells.measure,
        cells.nodes,
        cells.values,
        np.array([each in primary for each in codes]),
        np.array([each in secondary for each in codes]),
    )


def block(drawn: heatmap.HeatMap, row: str, column: str) -> tuple[int, float]:
    rows = [drawn.rows.dimension.hierarchy.codes[node] for node in drawn.rows.nodes]
    columns = [drawn.columns.dimension.hierarchy.codes[node] for node in drawn.columns.nodes]
    here = (drawn.row == rows.index(row)) & (drawn.column == columns.index(column))
    assert here.sum() == 1
    return int(drawn.mark[here][0]), float(drawn.hidden[here][0])


def test_blocks_tell_their_own_mark_and_the_share_below() -> None:
    cells = marked({("0101", "DE"), ("02", "FR")}, {("01", "CN")})
    drawn = heat_map(cells, ["chapter", "country"])
    at = {cells.codes(row): int(value) for row, value in enumerate(cells.values.tolist())}
    assert block(drawn, "01", "DE") == (SHOWN, pytest.approx(at["0101", "DE"] / (2 * at["01", "DE"])))
    assert block(drawn, "02", "FR") == (PRIMARY, pytest.approx(0.5))
    assert block(drawn, "01", "CN") == (SECONDARY, pytest.approx(0.5))
    assert block(drawn, "02", "JP") == (SHOWN, 0.0)
    assert len(drawn.row) == 8


def test_other_dimensions_stand_at_their_total_or_there_is_no_mark() -> None:
    whole = heat_map(marked({("01", TOTAL, "o1")}, {("01", "AS", TOTAL)}, CUBE), ["chapter", "office"])
    assert block(whole, "01", "o1")[0] == PRIMARY
    assert block(whole, "01", "o2")[0] == SHOWN
    offices = dimension("office", codelist("OFFICES", {"office": {"o1": TOTAL, "o2": TOTAL}}), ["office"])
    bare = structure(*CUBE.dimensions[:2], offices, measures=CUBE.measures, name="bare")
    assert set(heat_map(marked(set(), set(), bare), ["chapter", "region"]).mark.tolist()) == {NO_CELL}


def test_a_picture_that_is_too_large_leaves_out_the_smallest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heatmap, "MOST", 2)
    drawn = heat_map(marked(set(), set()), ["heading", "country"])
    assert (drawn.rows.left_out, drawn.columns.left_out) == (2, 2)
    assert 0 < drawn.columns.left_out_share < 1
    assert "Not drawn: the 2 smallest" in str(picture.picture(drawn, "2021-01"))


@pytest.mark.parametrize(
    "levels", [["chapter"], ["chapter", "heading"], ["chapter", "town"], ["total", "country"], ["chapter"] * 3]
)
def test_levels_that_choose_no_two_dimensions(levels: list[str]) -> None:
    with pytest.raises(UsageError, match="partner: country"):
        check_levels(FLAT, levels)


def test_one_dimension_has_no_heat_map() -> None:
    with pytest.raises(UsageError, match="two dimensions"):
        check_levels(structure(*TREES.dimensions[:1]), [])


def test_pictures_are_marked_and_say_what_they_show(report: TableCost) -> None:
    drawn = heat_map(report.cells)
    text = picture.draw(drawn, "2021-01", "svg").decode()
    for words in ("CONFIDENTIAL", "2021-01", "unsafe itself (primary)", "hidden for others (secondary)", "0101"):
        assert words in text
    assert text.startswith("<svg")
    assert picture.draw(drawn, "2021-01", "png").startswith(b"\x89PNG")
