"""Published patterns that do not hold, and how the audit finds out. Every table here is small enough to read.

Cells are written (commodity, partner); "_T" is the total. The tables have one measure unless a test says otherwise.
"""

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from publisher.audit import prover
from publisher.audit.audit import audit
from publisher.audit.feasibility import EXACT, INSIDER, NARROW, OUTSIDE, UNDER, UNION
from publisher.audit.levels import levels
from publisher.audit.secrets import Secrets
from publisher.model.codelist import TOTAL
from publisher.model.rules import SuppressionRules
from publisher.suppression.assemble import assemble, in_order
from publisher.suppression.unions import find_unions
from tests.lib.edition import Item, Written, cells, confidential, random_items, write_edition
from tests.lib.examples import examples
from tests.lib.tables import MASS, VALUE, codelist, dimension, structure

GOODS = codelist("GOODS", {"heading": {"A": TOTAL, "B": TOTAL, "C": TOTAL}})
TREE = codelist(
    "GOODS",
    {
        "chapter": {"01": TOTAL, "02": TOTAL},
        "heading": {"0101": "01", "0102": "01", "0201": "02", "0202": "02", "0301": TOTAL},  # 0301 skips its chapter
    },
)
PARTNERS = codelist("PARTNERS", {"country": {"x": TOTAL, "y": TOTAL, "z": TOTAL}})
RULES = SuppressionRules("active", minimum_contributors=3, frequency_level_percent=Fraction(20))


def table(goods=GOODS, partners=PARTNERS, name="t", measures=(VALUE,), **changes):
    made = structure(dimension("commodity", goods), dimension("partner", partners), measures=measures, name=name)
    return replace(made, **changes)


def spread(cell, amounts, prefix=""):
    """One item a trader in one leaf cell."""
    return [Item(f"{prefix}{cell}{number}", cell, (amount,)) for number, amount in enumerate(amounts)]


def square(value_at=1_000):
    """3 x 3 leaf cells, four traders each; A-x has two traders only, and so is primary: level 20 % of 1,000."""
    items = []
    for row, column in itertools.product("ABC", "xyz"):
        parts = [value_at // 2] * 2 if (row, column) == ("A", "x") else [value_at // 4] * 4
        items += spread((row, column), parts)
    return items


def judge(tmp_path, written, codelists=(GOODS, PARTNERS), rules=RULES, earlier=(), name="v1", history=(), **options):
    folder = write_edition(tmp_path / name, written, codelists)
    asked = [(one.truth, rules) for one in written]
    return audit(name, folder, earlier, asked, Secrets(), [], history=history, **options)


def problems(report, kind="feasibility"):
    return {(finding.cell, finding.problem) for finding in report.findings if finding.check == kind}


FRAME = {("A", "x"), ("A", "y"), ("B", "x"), ("B", "y")}


def test_the_sum_of_one_traders_cells_is_attacked(tmp_path):
    """A-x and B-x may each be anything, but column x tells their sum; with C-x hidden as well it does not."""
    items = [item for item in square() if item.codes not in {("A", "x"), ("B", "x")}]
    items += [Item("T", ("A", "x"), (1_000,)), Item("T", ("B", "x"), (1_000,))]
    made = table()
    truth = confidential(made, items)
    report = judge(tmp_path, [Written(made, truth, hidden=FRAME)], insiders="off")
    assert problems(report) == {(("t", "2021-01", "A+B", "x", "statistical_value"), UNION)}
    wider = FRAME | {("C", "x"), ("C", "y")}
    report = judge(tmp_path, [Written(made, truth, hidden=wider)], insiders="off", name="v2")
    assert not problems(report)
    assert dict(report.measured)["unions"] == 1


def test_a_square_of_four_protects_its_primary(tmp_path):
    made = table()
    report = judge(tmp_path, [Written(made, confidential(made, square()), hidden=FRAME)])
    assert report.findings == ()
    assert dict(report.measured)["primaries"] == 1
    assert dict(report.measured)["proved_by_witness"] == 2


@pytest.mark.parametrize("gone", sorted(FRAME - {("A", "x")}))
def test_removing_any_one_secondary_is_caught(tmp_path, gone):
    made = table()
    report = judge(tmp_path, [Written(made, confidential(made, square()), hidden=FRAME - {gone})])
    assert problems(report) == {(("t", "2021-01", "A", "x", "statistical_value"), EXACT)}


def test_a_primary_that_is_shown_is_caught(tmp_path):
    made = table()
    report = judge(tmp_path, [Written(made, confidential(made, square()))])
    assert {problem for _, problem in problems(report, "completeness")} == {"a primary cell is shown"}


@pytest.mark.parametrize(("room", "safe"), [(199, False), (200, True), (201, True)])
def test_the_boundary_of_a_level(tmp_path, room, safe):
    """A-x is 1,000 and may fall by at most 200: A-y and B-x must be able to give that up to B-y's `room`."""
    items = [item for item in square() if item.codes != ("B", "y")]
    items += spread(("B", "y"), [room - 60, 20, 20, 20])
    made = table()
    report = judge(tmp_path, [Written(made, confidential(made, items), hidden=FRAME)])
    assert (problems(report) == set()) is safe
    if not safe:
        assert problems(report) == {(("t", "2021-01", "A", "x", "statistical_value"), UNDER)}


@pytest.mark.parametrize(("scale", "short"), [(10**3, 1), (10**6, 1), (10**9, 1), (10**11, 1)])
def test_the_boundary_holds_for_large_values(tmp_path, scale, short):
    """One unit short is caught however large the level is: the optimum is rounded and added up exactly."""
    for room, safe in ((200 * scale, True), (200 * scale - short, False)):
        items = [Item(i.trader, i.codes, (i.measures[0] * scale,)) for i in square() if i.codes != ("B", "y")]
        items += spread(("B", "y"), [room - 60, 20, 20, 20])
        made = table()
        report = judge(tmp_path, [Written(made, confidential(made, items), hidden=FRAME)], name=f"v{room}")
        assert (problems(report) == set()) is safe


def test_two_tables_that_share_a_total(tmp_path):
    """Each pattern would hold alone; the second table shows B by partner x, which the first hides."""
    first = table()
    narrow = codelist("NARROW", {"country": {"x": TOTAL, "y": TOTAL, "z": TOTAL}})
    second = table(GOODS, narrow, name="u")
    items = square()
    one = Written(first, confidential(first, items), hidden=FRAME)
    other = {("A", "x"), ("A", "z"), ("C", "x"), ("C", "z")}
    two = Written(second, confidential(second, items), hidden=other)
    report = judge(tmp_path, [one, two], (GOODS, PARTNERS, narrow))
    assert {cell[2:4] for cell, problem in problems(report)} == {("A", "x")}


def test_a_total_of_one_table_is_a_cell_of_another(tmp_path):
    """A table of partners alone shows the margin that the large table hides."""
    both = table()
    alone = structure(dimension("partner", PARTNERS), name="p")
    items = square()
    hidden = {("A", "x"), (TOTAL, "x"), ("A", "y"), (TOTAL, "y")}
    large = Written(both, confidential(both, items), hidden=hidden)
    assert judge(tmp_path, [large]).findings == ()
    small = Written(alone, confidential(alone, [Item(i.trader, i.codes[1:], i.measures) for i in items]))
    report = judge(tmp_path, [large, small], name="v2")
    assert (("t", "2021-01", "A", "x", "statistical_value"), EXACT) in problems(report)


def test_another_universe_or_flow_is_another_number(tmp_path):
    items = square()
    first = Written(table(), confidential(table(), items), hidden=FRAME)
    for number, change in enumerate(({"flow": "X"}, {"universe": "procedure = 'home_use'"})):
        other = table(name="u", **change)
        few = [item for item in items if item.codes != ("A", "x")]
        report = judge(tmp_path, [first, Written(other, confidential(other, few))], name=f"v{number}")
        assert report.findings == ()


def test_an_earlier_version_that_showed_a_secondary(tmp_path):
    made = table()
    truth = confidential(made, square())
    before = Written(made, truth, hidden={("A", "x"), ("A", "z"), ("B", "x"), ("B", "z")})
    v1 = write_edition(tmp_path / "v1", [before], (GOODS, PARTNERS))
    after = Written(made, truth, hidden=FRAME)
    assert judge(tmp_path, [after], name="v2").findings == ()
    assert {cell[2:4] for cell, _ in problems(judge(tmp_path, [after], earlier=[v1], name="v2"))} == {("A", "x")}


def test_an_earlier_version_of_revised_cells_tells_nothing(tmp_path):
    """All but A-x were revised: what v1 showed of them is no longer true."""
    made = table()
    old = confidential(made, square())
    items = [i if i.codes == ("A", "x") else Item(i.trader, i.codes, (i.measures[0] + 7,)) for i in square()]
    before = Written(made, old, hidden={("A", "x"), ("A", "z"), ("C", "x"), ("C", "z")})
    v1 = write_edition(tmp_path / "v1", [before], (GOODS, PARTNERS))
    after = Written(made, replace(confidential(made, items), snapshot="s0002"), hidden=FRAME, snapshot="s0002")
    for history in ((), [(old, RULES)]):
        report = judge(tmp_path, [after], earlier=[v1], name="v2", history=history)
        assert report.findings == ()
    assert dict(report.measured)["earlier_equations_dropped"] == 0


def test_an_unchanged_difference_ties_two_versions(tmp_path):
    """v1 shows A-y, A and A-z: A-x follows but for nothing. v2 has a new A-z; A-x is the same."""
    made = table()
    old = confidential(made, square())
    items = [i if i.codes != ("A", "z") else Item(i.trader, i.codes, (i.measures[0] + 9,)) for i in square()]
    new = replace(confidential(made, items), snapshot="s0002")
    v1 = write_edition(tmp_path / "v1", [Written(made, old, hidden={("A", "x"), ("B", "x")})], (GOODS, PARTNERS))
    after = Written(made, new, hidden=FRAME, snapshot="s0002")
    for history in ((), [(old, RULES)]):
        report = judge(tmp_path, [after], earlier=[v1], name="v2", history=history)
        assert (("t", "2021-01", "A", "x", "statistical_value"), EXACT) in problems(report)


def test_a_hidden_zero_that_an_earlier_version_hides_as_another_number_is_not_known(tmp_path):
    """B-y weighed 7 in v1 and weighs 0 now, hidden both times. A-x rises with B-y, and falls with C-z."""
    made = table(measures=(VALUE, MASS))
    hidden = {*FRAME, ("A", "z"), ("C", "x"), ("C", "z")}

    def items(weight):
        masses = {("A", "z"): 0, ("B", "y"): weight}
        return [
            Item(
                one.trader, one.codes, (one.measures[0], masses.get(one.codes, 1_000) if one.trader[-1] == "0" else 0)
            )
            for one in square()
        ]

    old, new = (confidential(made, items(weight)) for weight in (7, 0))
    v1 = write_edition(tmp_path / "v1", [Written(made, old, hidden=hidden)], (GOODS, PARTNERS))
    after = Written(made, replace(new, snapshot="s0002"), hidden=hidden, snapshot="s0002")
    for history in ((), [(old, RULES)]):
        assert judge(tmp_path, [after], earlier=[v1], name="v2", history=history).findings == ()


def test_another_period_tells_nothing(tmp_path):
    made = table()
    truth = confidential(made, square())
    other = replace(truth, time_period="2020-12")
    v1 = write_edition(tmp_path / "v1", [Written(made, other)], (GOODS, PARTNERS), "2020-12")
    assert judge(tmp_path, [Written(made, truth, hidden=FRAME)], earlier=[v1], name="v2").findings == ()


def test_an_insider_alone_in_a_secondary(tmp_path):
    """B-y belongs to one trader, who subtracts it and walks around the square to A-x."""
    items = [item for item in square() if item.codes != ("B", "y")]
    items += [Item("LONE", ("B", "y"), (1_000,))]
    made = table()
    written = [Written(made, confidential(made, items), hidden=FRAME)]
    report = judge(tmp_path, written)
    assert problems(report) == {(("t", "2021-01", "A", "x", "statistical_value"), INSIDER)}
    assert judge(tmp_path, written, insiders="off").findings == ()
    assert judge(tmp_path, written, insiders="singletons").findings == ()  # A-x has two contributors
    wider = FRAME | {("A", "z"), ("B", "z"), ("C", "x"), ("C", "y"), ("C", "z")}
    assert judge(tmp_path, [Written(made, confidential(made, items), hidden=wider)]).findings == ()


def test_two_lone_traders_in_one_row(tmp_path):
    """Two hidden cells in a row, each of one trader: each knows the other's."""
    items = [i for i in square() if i.codes[0] != "A"] + [
        Item("P", ("A", "x"), (900,)),
        Item("Q", ("A", "y"), (900,)),
    ]
    made = table(measures=(VALUE,))
    report = judge(tmp_path, [Written(made, confidential(made, items), hidden=FRAME)])
    assert {cell[2:4] for cell, problem in problems(report) if problem == INSIDER} == {("A", "x"), ("A", "y")}


def test_relations_of_a_ragged_codelist(tmp_path):
    """0301 hangs from the total: chapters and 0301 together are the total, so hiding 0301 alone is in vain."""
    made = structure(dimension("commodity", TREE), name="r")
    items = []
    for code in ("0101", "0102", "0201", "0202", "0301"):
        items += [Item(f"{code}{n}", (code,), (500,)) for n in range(2 if code == "0301" else 4)]
    truth = confidential(made, items)
    alone = judge(tmp_path, [Written(made, truth, hidden={("0301",)})], (TREE,))
    assert problems(alone) == {(("r", "2021-01", "0301", "statistical_value"), EXACT)}
    pair = judge(tmp_path, [Written(made, truth, hidden={("0301",), ("01",)})], (TREE,), name="v2")
    assert problems(pair) == {(("r", "2021-01", "0301", "statistical_value"), EXACT)}
    whole = judge(tmp_path, [Written(made, truth, hidden={("0301",), ("01",), ("0101",)})], (TREE,), name="v3")
    assert whole.findings == ()


def test_a_shadow_is_attacked_too(tmp_path):
    """The value has room, the mass has none: B-y weighs nothing."""
    made = table(measures=(VALUE, replace(MASS, decimals=3)))
    items = [Item(i.trader, i.codes, (i.measures[0], 0 if i.codes == ("B", "y") else 10)) for i in square()]
    report = judge(tmp_path, [Written(made, confidential(made, items), hidden=FRAME)])
    assert problems(report) == {(("t", "2021-01", "A", "x", "net_mass"), UNDER)}


AX = ("A", "x")


@pytest.mark.parametrize(
    ("bounds", "problem"),
    [
        ((0, 2_000), None),
        ((0, 1_200), NARROW),
        ((800, 2_000), NARROW),
        ((0, 1_199), UNDER),
        ((801, 2_000), UNDER),
        ((1_001, 2_000), OUTSIDE),
        ((1_000, 1_000), EXACT),
    ],
)
def test_published_intervals_are_part_of_the_attack(tmp_path, bounds, problem):
    """A-x is 1,000 with level 200; what is published implies 0 to 2,000."""
    made = table()
    written = Written(made, confidential(made, square()), hidden=FRAME, bounds={(AX, "statistical_value"): bounds})
    found = {one for _, one in problems(judge(tmp_path, [written]))}
    assert found <= {problem, NARROW} if problem else not found
    assert problem is None or problem in found


# The brute force: the plain LP over all cells, published ones fixed, one at a time.


def equations(truth):
    """The matrix of all sums, over the cells in the order of `cells`."""
    names = list(cells(truth))
    at = {name: number for number, name in enumerate(names)}
    rows = [np.zeros(len(names))]
    for axis, one in enumerate(truth.structure.dimensions):
        tree = one.hierarchy
        for name in names:
            below = [tree.codes[child] for child in tree.children[tree.node[name[axis]]]]
            parts = [(*name[:axis], code, *name[axis + 1 :]) for code in below]
            if parts:
                row = np.zeros(len(names))
                row[at[name]] = 1
                row[[at[part] for part in parts if part in at]] = -1
                rows.append(row)
    return np.array(rows)


def reach(truth, hidden, names, sign, measure="statistical_value"):
    """How far above (sign 1) or below (-1) its true value an attacker must allow the sum of cells to be."""
    values = {cell: numbers[measure] for cell, numbers in cells(truth).items()}
    matrix = equations(truth)
    limits = [(0, None) if cell in hidden else (value, value) for cell, value in values.items()]
    cost = [-sign if cell in names else 0 for cell in values]
    found = linprog(cost, A_eq=matrix, b_eq=np.zeros(len(matrix)), bounds=limits, method="highs")
    return np.inf if found.status == 3 else -found.fun - sign * sum(values[name] for name in names)


def brute_force_unions(truth, hidden, rules=RULES):
    """The sums that suppression calls unions, and whose interval falls short of their level: codes joined by +."""
    demands = in_order([(truth, rules)])
    names = list(cells(demands[0][0]))
    away = np.array([name in hidden for name in names])
    unions = find_unions(assemble(demands), demands, away)
    return {
        (*("+".join(dict.fromkeys(codes)) for codes in zip(*united, strict=True)), "statistical_value")
        for union in range(len(unions))
        for level, sign in ((int(unions.upper[union]), 1), (int(unions.lower[union]), -1))
        if level
        and reach(truth, hidden, united := [names[cell] for cell in unions.cells_of(union)], sign) < level - 1e-3
    }


def brute_force(truth, hidden, rules=RULES):
    """Cells whose interval, by scipy over the full system, falls short of their level."""
    wanted = levels(truth, rules)["statistical_value"]
    return {
        (*name, "statistical_value")
        for number, name in enumerate(cells(truth))
        for level, sign in ((int(wanted.upper[number]), 1), (int(wanted.lower[number]), -1))
        if name in hidden and level and reach(truth, hidden, [name], sign) < level - 1e-3
    }


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), share=st.floats(0.2, 0.95), size=st.integers(8, 60), data=st.data())
def test_the_audit_agrees_with_brute_force(tmp_path_factory, seed, share, size, data):
    generator = np.random.default_rng(seed)
    made = table(TREE, data.draw(st.sampled_from([PARTNERS, TREE.__class__("PARTNERS", "", "1", "", *regions())])))
    leaves = [
        [d.hierarchy.codes[leaf] for leaf in d.hierarchy.leaves if d.hierarchy.codes[leaf] != TOTAL]
        for d in made.dimensions
    ]
    truth = confidential(made, random_items(generator, leaves, size, size // 2 + 1))
    wanted = levels(truth, RULES)["statistical_value"].upper
    names = list(cells(truth))
    hidden = {name for name, level in zip(names, wanted, strict=True) if level or generator.random() < share}
    partners = TREE.__class__("PARTNERS", "", "1", "", *regions()) if len(leaves[1]) > 3 else PARTNERS
    folder = tmp_path_factory.mktemp("brute")
    report = judge(folder, [Written(made, truth, hidden=hidden)], (TREE, partners), insiders="off")
    assert {cell[2:] for cell, problem in problems(report) if problem != UNION} == brute_force(truth, hidden)
    assert {cell[2:] for cell, problem in problems(report) if problem == UNION} == brute_force_unions(truth, hidden)


def test_a_cell_without_a_level_is_not_named_for_a_solver_s_rounding(tmp_path):
    """A total that moves with an unsafe cell was named beside it, where the solver said that both reach -1e-12."""
    generator = np.random.default_rng(22)
    made = table(TREE, PARTNERS)
    leaves = [[d.hierarchy.codes[leaf] for leaf in d.hierarchy.leaves] for d in made.dimensions]
    leaves = [[code for code in codes if code != TOTAL] for codes in leaves]
    truth = confidential(made, random_items(generator, leaves, 22, 12))
    wanted = levels(truth, RULES)["statistical_value"].upper
    names = list(cells(truth))
    hidden = {name for name, level in zip(names, wanted, strict=True) if level or generator.random() < 0.5}
    report = judge(tmp_path, [Written(made, truth, hidden=hidden)], (TREE, PARTNERS), insiders="off")
    found = {cell[2:] for cell, problem in problems(report) if problem != UNION}
    assert found == brute_force(truth, hidden)
    assert ("_T", "x", "statistical_value") not in found


@pytest.mark.parametrize("seed", range(12))
def test_programs_for_few_groups_agree_with_brute_force(tmp_path, monkeypatch, seed):
    """Components larger than one program for all targets may look at; all other programs still to come."""
    monkeypatch.setattr(prover, "BROAD", 4)
    monkeypatch.setattr(prover, "IDLE", seed % 3)
    monkeypatch.setattr(prover, "BALLS", (3, 8))
    generator = np.random.default_rng(seed)
    made = table(TREE, PARTNERS)
    leaves = [["0101", "0102", "0201", "0202", "0301"], ["x", "y", "z"]]
    truth = confidential(made, random_items(generator, leaves, 40, 20))
    wanted = levels(truth, RULES)["statistical_value"].upper
    hidden = {n for n, level in zip(cells(truth), wanted, strict=True) if level or generator.random() < 0.5}
    report = judge(tmp_path, [Written(made, truth, hidden=hidden)], (TREE, PARTNERS), insiders="off")
    assert {cell[2:] for cell, problem in problems(report) if problem != UNION} == brute_force(truth, hidden)
    assert {cell[2:] for cell, problem in problems(report) if problem == UNION} == brute_force_unions(truth, hidden)


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), share=st.floats(0.3, 0.9), size=st.integers(10, 40))
def test_insiders_agree_with_brute_force(tmp_path_factory, seed, share, size):
    """For every lone trader and every other primary cell: least and greatest value with the trader's cells fixed."""
    generator = np.random.default_rng(seed)
    made = table(TREE, PARTNERS)
    leaves = [["0101", "0102", "0201", "0202", "0301"], ["x", "y", "z"]]
    truth = confidential(made, random_items(generator, leaves, size, size // 3 + 1))
    wanted = levels(truth, RULES)["statistical_value"].upper
    names = list(cells(truth))
    hidden = {name for name, level in zip(names, wanted, strict=True) if level or generator.random() < share}
    folder = tmp_path_factory.mktemp("brute")
    report = judge(folder, [Written(made, truth, hidden=hidden)], (TREE, PARTNERS))
    found = {cell[2:4] for cell, problem in problems(report) if problem == INSIDER}
    outsider = {cell[2:4] for cell, problem in problems(report) if problem == EXACT}
    assert found == recovered_from_inside(truth, hidden) - outsider


def recovered_from_inside(truth, hidden):
    rows = truth.cells.to_pylist()
    names = list(cells(truth))
    row_of = dict(zip(names, rows, strict=True))
    primary = levels(truth, RULES)["statistical_value"].upper
    lone = {row["contributor_1"] if row["contributors"] == 1 else 0 for row in rows} - {0}
    found = set()
    for trader in lone:
        own = {
            n
            for n, row in zip(names, rows, strict=True)
            if (row["contributors"], row["contributor_1"]) == (1, trader)
        }
        if not own & hidden:
            continue
        for name, level in zip(names, primary, strict=True):
            leads = row_of[name]["contributors"] >= 3 and row_of[name]["contributor_1"] == trader
            if level and name not in own and not leads and width(truth, hidden - own, name) < 1e-3:
                found.add(name)
    return found


def width(truth, hidden, name):
    """Greatest less least value of a cell."""
    if name not in hidden:
        return 0.0
    return sum(reach(truth, hidden, [name], sign) for sign in (1, -1))


def regions():
    """Levels and codes of a two-level partner list."""
    made = codelist(
        "PARTNERS",
        {"region": {"1": TOTAL, "2": TOTAL}, "country": {"x": "1", "y": "1", "z": "2", "w": "2"}},
    )
    return made.levels, made.codes
