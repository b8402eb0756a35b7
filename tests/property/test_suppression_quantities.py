"""Values shown, quantities hidden: on random tables, by brute force, and by the audit of the files as written."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.audit.audit import audit
from publisher.audit.secrets import Secrets
from publisher.errors import ProtectionError
from publisher.model.audit_report import AuditReport
from publisher.model.confidential import ConfidentialTable
from publisher.model.protected import ProtectedTable
from publisher.model.rules import SuppressionRules
from publisher.model.structure import Measure, TableStructure
from publisher.publication import write_edition
from publisher.suppression.assemble import in_order
from publisher.suppression.protect import protect, protect_edition
from tests.lib.attacker import key_of_row, puzzle
from tests.lib.cells import confidential_table
from tests.lib.examples import examples
from tests.lib.protected_samples import PERIOD, PLAN
from tests.lib.published_site import OFFICE
from tests.lib.random_tables import BY_OFFICE, FLAT, GOODS, OFFICES, PARTNERS, TREES, cut, records
from tests.lib.tables import MASS, VALUE
from tests.lib.two_editions import earlier, exposed

QUICK = settings(max_examples=examples(10), deadline=None, suppress_health_check=[HealthCheck.too_slow])
RULES = SuppressionRules("passive", 3, p_percent=Fraction(15), already_published="hide")
CODELISTS = {one.id: one for one in (GOODS, PARTNERS, OFFICES)}
GROUPS = {"flat": (FLAT,), "trees": (TREES,), "linked": (TREES, BY_OFFICE)}
CLAIMS = st.sets(st.integers(1, 12), max_size=4)


def made(
    structure: TableStructure,
    frame: pd.DataFrame,
    values: set[int],
    quantities: set[int] | None,
    snapshot: str = "s0001",
) -> ConfidentialTable:
    """Sorted by codes. `values`, `quantities`: who claims in both, who in quantities alone."""
    table = confidential_table(
        structure, cut(structure, frame), period=PERIOD, claimants=values, quantity_claimants=quantities
    )
    ((ordered, _),) = in_order([(table, RULES)])
    return replace(ordered, snapshot=snapshot)


def written(folder: Path, tables: tuple[ProtectedTable, ...]) -> Path:
    plan = replace(PLAN, queries=tuple(table.structure.id for table in tables))
    write_edition(folder, plan, PERIOD, 1, tables, OFFICE, codelists=CODELISTS.__getitem__)
    return folder


def judged(folder: Path, truths: list[ConfidentialTable], past: tuple[Path, ...] = (), **more: object) -> AuditReport:
    asked = [(truth, RULES) for truth in truths]
    return audit("e/v1", folder, past, asked, Secrets(()), (), **more)  # type: ignore[arg-type]


def quantity_levels(table: ConfidentialTable) -> dict[int, tuple[int, int]]:
    """row -> (upper, lower) of the mass, by hand, of the claims to quantities: frequency, p% and request share."""
    found = {}
    for row, cell in enumerate(table.cells.to_pylist()):
        x, y = cell["statistical_value"], cell["net_mass"]
        s, r = (cell[f"statistical_value_quantity_{name}"] for name in ("claimant", "rival"))
        asked = [Fraction(x, 5)] if cell["contributors"] < 3 else []
        asked += [Fraction(15, 100) * s - (x - s - r)] if x - s - r < Fraction(15, 100) * s else []
        asked += [Fraction(10, 7) * s - x] if Fraction(10, 7) * s > x else []
        if asked and y and cell["quantity_claimants"]:
            level = max(1, -(-max(asked).numerator // max(asked).denominator))
            upper = max(1, -(-level * y // x)) if x else 1
            found[row] = (upper, min(upper, y))
    return found


@pytest.mark.parametrize("group", GROUPS)
@QUICK
@given(frame=records(), values=CLAIMS, quantities=CLAIMS)
def test_every_claim_is_met(group: str, frame: pd.DataFrame, values: set[int], quantities: set[int]) -> None:
    truths = [made(each, frame, values, quantities) for each in GROUPS[group]]
    out = protect([(truth, RULES) for truth in truths])
    known = puzzle(out)
    for truth, table in zip(truths, out, strict=True):
        cells = table.cells.to_pandas()
        assert not (cells["statistical_value"].isna() & cells["net_mass"].notna()).any()
        for row, (upper, lower) in quantity_levels(truth).items():
            key, true = (
                key_of_row(truth.structure, truth.cells, row, "net_mass"),
                truth.cells["net_mass"][row].as_py(),
            )
            assert known.published[key] is None
            least, most = known.interval(key)
            assert most >= true + upper - 1e-6 * max(1, true)
            assert least <= true - lower + 1e-6 * max(1, true)
    with TemporaryDirectory() as folder:
        report = judged(written(Path(folder), out), truths)
    assert report.findings == ()


@QUICK
@given(frame=records(), values=CLAIMS)
def test_values_are_as_without_requests_where_only_the_same_traders_claim(
    frame: pd.DataFrame, values: set[int]
) -> None:
    """Claims to quantities of those who claim in values already ask for nothing more."""
    (plain,), (other,) = (protect([(made(TREES, frame, values, more), RULES)]) for more in (None, values))
    assert plain.cells.equals(other.cells)
    assert plain.cells.column_names == other.cells.column_names


@QUICK
@given(frame=records(), values=CLAIMS, quantities=CLAIMS)
def test_requests_for_quantities_change_nothing_about_values(
    frame: pd.DataFrame, values: set[int], quantities: set[int]
) -> None:
    (plain,), (other,) = (protect([(made(TREES, frame, values, more), RULES)]) for more in (None, quantities))
    about = [*TREES.columns, *(name for name in plain.cells.column_names if name.startswith("statistical_value"))]
    assert shown_rows(plain.cells.select(about)) == shown_rows(other.cells.select(about))


@pytest.mark.parametrize("seed", [3, 4, 6, 15])
def test_values_are_never_spared_for_hidden_quantities(seed: int) -> None:
    """Tables in which masses that are hidden alone would serve other masses, and so show values again."""
    chance = np.random.default_rng(seed)
    rows = []
    for goods in (code.code for code in GOODS.at("heading")):
        for land, trader in product(("DE", "FR", "CN", "JP", "KR"), range(1, 9)):
            value, heavy = int(chance.integers(1, 900)), chance.random() >= 0.7
            mass = int(chance.integers(0, 5000 if heavy else 50))
            if chance.random() < (0.3, 0.5, 0.7)[seed % 3]:
                rows.append((goods, land, trader, value, mass))
    frame = pd.DataFrame(rows, columns=["commodity", "partner", "trader", "statistical_value", "net_mass"])
    (plain,), (other,) = (protect([(made(TREES, frame, {1}, more), RULES)]) for more in (None, {2, 3, 4}))
    about = [*TREES.columns, *(name for name in plain.cells.column_names if name.startswith("statistical_value"))]
    assert shown_rows(plain.cells.select(about)) == shown_rows(other.cells.select(about))


def shown_rows(cells: pa.Table) -> list[dict[str, object]]:
    """Without rows of zeros, which are there only where a quantity of nothing is hidden."""
    return [row for row in cells.to_pylist() if row["statistical_value"] != 0]


@QUICK
@given(frame=records(), quantities=CLAIMS)
def test_no_value_is_hidden_where_nobody_claims_in_values(frame: pd.DataFrame, quantities: set[int]) -> None:
    (out,) = protect([(made(TREES, frame, set(), quantities), RULES)])
    assert out.cells["statistical_value"].null_count == 0
    assert set(out.cells["obs_status"].to_pylist()) <= {"A"}


@pytest.mark.parametrize("seed", [*range(8), 58, 98])
def test_both_editions_of_a_revision(seed: int, tmp_path: Path) -> None:
    """Requests come and go, values change with or without the mass: no reader of both editions gets closer."""
    chance = np.random.default_rng(seed)
    rows = [
        (goods, land, trader, int(chance.integers(1, 900)), int(chance.integers(0, 50)))
        for goods in ("0101", "0102", "0201", "0202")
        for land in ("DE", "FR", "CN")
        for trader in (1, 2, 3, 4, 5)
        if chance.random() < 0.6
    ]
    frame = pd.DataFrame(rows, columns=["commodity", "partner", "trader", "statistical_value", "net_mass"])
    later = frame.copy()
    changed = chance.choice(len(frame), 4, replace=False)
    later.loc[changed[:2], "statistical_value"] += 50
    later.loc[changed[1:], "net_mass"] += 7
    asked = [({1}, {2, 3}), ({1}, {3, 4})] if seed % 2 else [(set(), {2}), ({2}, None)]
    first, second = (
        made(TREES, each, values, more, snapshot)
        for each, (values, more), snapshot in zip((frame, later), asked, ("s0001", "s0002"), strict=True)
    )
    (one,) = protect([(first, RULES)])
    try:
        found = protect_edition([(second, RULES)], earlier=[earlier("m/2021-01/v1", (first, one), RULES)])
    except ProtectionError:
        pytest.skip("what the first edition shows makes the second impossible")
    past = written(tmp_path / "v1", (one,))
    assert judged(past, [first]).findings == ()
    now = written(tmp_path / "v2", found.tables)
    known = {codes[2:-1] for codes in found.already_public}
    closer = exposed([(first, one), (second, found.tables[0])], RULES)
    assert len(closer) <= len(known)
    report = judged(now, [second], (past,), history=[(first, RULES)])
    assert {finding.cell[2:-1] for finding in report.findings} <= known


@QUICK
@given(frame=records())
def test_two_measures_that_decide_for_themselves_have_a_status_each(frame: pd.DataFrame) -> None:
    """Value and duty: neither shadows the other, so each is hidden in cells of its own. The mass follows."""
    duty = Measure("duty_amount", "Duty", "sum", "KRW", column="duty_amount")
    both = replace(TREES, measures=(VALUE, MASS, duty))
    rules = replace(RULES, confidentiality="active")
    duties = frame["statistical_value"] // 7 * (frame["trader"] % 3)
    truth = made(both, frame.assign(duty_amount=duties), set(range(1, 13)), None)
    out = protect([(truth, rules)])
    with TemporaryDirectory() as folder:
        asked = [(truth, rules)]
        report = audit("e/v1", written(Path(folder), out), (), asked, Secrets(()), ())
    assert report.findings == ()
    assert set(out[0].own_status) <= {"duty_amount"}
