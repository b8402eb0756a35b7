"""One trader's masses, hidden where their values are shown: the audit attacks their sum, in the files as written.

Trader T is alone in (A, x) and (B, x) and asked for its quantities to be hidden; four traders are in each other cell.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.audit.audit import audit
from publisher.audit.feasibility import UNION
from publisher.audit.levels import levels
from publisher.audit.secrets import Secrets
from publisher.model.audit_report import AuditReport
from publisher.model.codelist import TOTAL
from publisher.model.confidential import ConfidentialTable
from publisher.model.protected import ProtectedTable
from publisher.model.rules import SuppressionRules
from publisher.model.structure import TableStructure
from publisher.suppression.assemble import assemble, in_order
from publisher.suppression.protect import protect
from publisher.suppression.unions import find_quantity_unions
from tests.attack.test_audit_feasibility import reach
from tests.lib.edition import Item, Written, cells, confidential, random_items, write_edition
from tests.lib.examples import examples
from tests.lib.tables import MASS, VALUE, codelist, dimension, structure

GOODS = codelist("GOODS", {"heading": {"A": TOTAL, "B": TOTAL, "C": TOTAL}})
PARTNERS = codelist("PARTNERS", {"country": {"x": TOTAL, "y": TOTAL, "z": TOTAL}})
TABLE = structure(dimension("commodity", GOODS), dimension("partner", PARTNERS), measures=(VALUE, MASS))
RULES = SuppressionRules("passive", 3)
SQUARE = {("A", "x"), ("A", "y"), ("B", "x"), ("B", "y")}
FOUND = ("t", "2021-01", "A+B", "x", "net_mass")
Codes = set[tuple[str, ...]]


def claimed(structure: TableStructure, items: list[Item], values: Codes = frozenset()) -> ConfidentialTable:
    """All claim in quantities; in values those in the cells `values` alone."""
    made = confidential(structure, items)
    kept = np.array([codes in values for codes in cells(made)])
    table = made.cells
    for name in ("claimants", "statistical_value_claimant", "statistical_value_rival"):
        start, _, kind = name.rpartition("_")
        quantity = f"{start}_quantity_{kind}" if start else f"quantity_{kind}"
        table = table.append_column(quantity, table[name])
        if kind != "rival":
            column = pa.array(np.where(kept, np.asarray(table[name]), 0).astype(np.int64))
            table = table.set_column(table.column_names.index(name), name, column)
    return replace(made, cells=table)


def items() -> list[Item]:
    found = [Item("T", ("A", "x"), (100, 1_000)), Item("T", ("B", "x"), (100, 2_000))]
    for cell in ((g, c) for g in "ABC" for c in "xyz"):
        if cell not in {("A", "x"), ("B", "x")}:
            found += [Item(f"{''.join(cell)}{k}", cell, (100 + k, 3_000 + k)) for k in range(4)]
    return found


TRUTH = claimed(TABLE, items())


def judge(folder: Path, truth: ConfidentialTable, values: Codes, masses: Codes) -> AuditReport:
    """Of the table as written with these cells hidden; insiders aside, against whom sums are not promised."""
    table = Written(truth.structure, truth, hidden=values, apart={"net_mass": masses})
    public = write_edition(folder, [table], [GOODS, PARTNERS])
    return audit("e", public, (), [(truth, RULES)], Secrets(()), (), insiders="off")


def problems(report: AuditReport) -> set[tuple[tuple[str, ...], str]]:
    return {(finding.cell, finding.problem) for finding in report.findings}


def hidden(table: ProtectedTable, measure: str) -> Codes:
    rows = table.cells.to_pylist()
    return {
        tuple(d.hierarchy.codes[row[d.column]] for d in table.structure.dimensions)
        for row in rows
        if row[measure] is None
    }


def test_what_suppression_hides_passes_and_its_pattern_cannot_be_broken(tmp_path: Path) -> None:
    """Showing again all masses but the square leaves every cell safe, and the sum of T's two open."""
    (out,) = protect([(TRUTH, RULES)])
    masses = hidden(out, "net_mass")
    assert hidden(out, "statistical_value") == set()
    report = judge(tmp_path / "whole", TRUTH, set(), masses)
    assert report.findings == ()
    assert dict(report.measured)["unions"] > 0
    assert masses > {("A", "x"), ("B", "x")}
    broken = judge(tmp_path / "broken", TRUTH, set(), SQUARE)
    assert problems(broken) == {(FOUND, UNION)}
    for more in (("C", "x"), ("C", "y"), ("C", "z")):
        assert problems(judge(tmp_path / "".join(more), TRUTH, set(), SQUARE | {more})) >= {(FOUND, UNION)}


def test_sums_across_a_hidden_value_and_a_shown_one(tmp_path: Path) -> None:
    """Values are hidden in (A, x) and three others; the mass of (B, x) besides: column x still tells the sum."""
    values = {(good, country) for good in "AC" for country in "yz"}
    report = judge(tmp_path, TRUTH, values, values | SQUARE)
    assert problems(report) == {(FOUND, UNION)}


def test_masses_hidden_with_their_values_are_judged_by_their_own_claims(tmp_path: Path) -> None:
    assert problems(judge(tmp_path, TRUTH, SQUARE, SQUARE)) == {(FOUND, UNION)}


def test_unions_of_values_are_attacked_in_such_editions_too(tmp_path: Path) -> None:
    """T claims in values as well: the sum of its values counts, and of its masses once more by the same claims."""
    truth = claimed(TABLE, items(), {("A", "x"), ("B", "x")})
    report = judge(tmp_path, truth, SQUARE, SQUARE | {("C", "z")})
    assert problems(report) == {(FOUND, UNION), ((*FOUND[:-1], "statistical_value"), UNION)}


def test_a_trader_who_asked_for_nothing_is_no_finding(tmp_path: Path) -> None:
    none = confidential(TABLE, items())
    columns = {name: np.zeros(len(none.cells), np.int64) for name in ("claimants", "statistical_value_claimant")}
    columns |= {"quantity_claimants": columns["claimants"]}
    columns |= {f"statistical_value_quantity_{kind}": columns["claimants"] for kind in ("claimant", "rival")}
    table = none.cells.drop_columns(["claimants", "statistical_value_claimant"])
    for name, column in columns.items():
        table = table.append_column(name, pa.array(column))
    assert judge(tmp_path, replace(none, cells=table), set(), SQUARE).findings == ()


@settings(max_examples=examples(30), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), share=st.floats(0.2, 0.95), size=st.integers(6, 40))
def test_the_audit_agrees_with_brute_force(
    tmp_path_factory: pytest.TempPathFactory, seed: int, share: float, size: int
) -> None:
    """Random masses hidden besides the unsafe ones, values of all cells shown."""
    generator = np.random.default_rng(seed)
    truth = claimed(TABLE, random_items(generator, ["ABC", "xyz"], size, size // 2 + 1, measures=2))
    names, wanted = list(cells(truth)), levels(truth, RULES)["net_mass"].upper
    masses = {name for name, level in zip(names, wanted, strict=True) if level or generator.random() < share}
    report = judge(tmp_path_factory.mktemp("brute"), truth, set(), masses)
    assert {cell for cell, problem in problems(report) if problem == UNION} == narrowed(truth, masses)


def narrowed(truth: ConfidentialTable, masses: Codes) -> set[tuple[str, ...]]:
    demands = in_order([(truth, RULES)])
    assembly, names = assemble(demands), list(cells(demands[0][0]))
    (mass,) = (part for part in assembly.parts if part.measure == "net_mass")
    away = np.zeros(assembly.system.cells, dtype=np.bool_)
    away[mass.variables] = [name in masses for name in names]
    unions = find_quantity_unions(assembly, demands, away)
    of_variable = dict(zip(mass.variables.tolist(), names, strict=True))
    found = set()
    for union in range(len(unions)):
        united = [of_variable[cell] for cell in unions.cells_of(union).tolist()]
        for level, sign in ((int(unions.upper[union]), 1), (int(unions.lower[union]), -1)):
            if level and reach(truth, masses, united, sign, "net_mass") < level - 1e-3:
                codes = ("+".join(dict.fromkeys(each)) for each in zip(*united, strict=True))
                found.add(("t", "2021-01", *codes, "net_mass"))
    return found
