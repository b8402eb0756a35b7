"""Values shown, quantities hidden, as written files: the audit passes what is right and finds what is not.

Trader L is alone in (0201, x). It asked for its quantities to be hidden, and nobody for anything else.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from publisher.audit.audit import audit
from publisher.audit.secrets import Secrets
from publisher.model.audit_report import AuditReport
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import CellRule, SuppressionRules
from tests.lib.edition import Item, Written, confidential, write_csv, write_edition
from tests.lib.tables import MASS, VALUE, codelist, dimension, structure

GOODS = codelist(
    "GOODS", {"chapter": {"01": "_T", "02": "_T"}, "heading": {"0101": "01", "0201": "02", "0202": "02"}}
)
PARTNERS = codelist("PARTNERS", {"country": {"x": "_T", "y": "_T"}})
TABLE = structure(dimension("commodity", GOODS), dimension("partner", PARTNERS), measures=(VALUE, MASS))
RULES = SuppressionRules("passive", 3)
SQUARE = {("0201", "x"), ("0201", "y"), ("0202", "x"), ("0202", "y")}
LONE = ("0201", "x")
SECRET_G = 4_444_711  # the mass in (0201, x)


def lines(value: int = 600, mass: int = SECRET_G) -> list[Item]:
    found = [Item("L", LONE, (value, mass))]
    for codes in (("0101", "x"), ("0101", "y"), ("0201", "y"), ("0202", "x"), ("0202", "y")):
        found += [Item(f"{''.join(codes)}{n}", codes, (9_000 + n, 5_000_000 + 13 * n)) for n in range(4)]
    return found


def claimed(items: list[Item], snapshot: str = "s0001") -> ConfidentialTable:
    """Nobody claims in values. In quantities, all claim where L alone declared; the others are safe by number."""
    made = confidential(TABLE, items, snapshot=snapshot)
    cells = made.cells
    few = np.asarray(cells["contributors"]) == 1
    columns = {name: np.asarray(cells[f"statistical_value_{name}"]) for name in ("claimant", "rival")}
    more = {f"statistical_value_quantity_{name}": np.where(few, column, 0) for name, column in columns.items()}
    more["quantity_claimants"] = few.astype(np.int64)
    for name, column in (("claimants", few * 0), ("statistical_value_claimant", few * 0)):
        place = cells.column_names.index(name)
        cells = cells.set_column(place, name, pa.array(column.astype(np.int64)))
    for name, column in more.items():
        cells = cells.append_column(name, pa.array(column.astype(np.int64)))
    return replace(made, cells=cells)


TRUTH = claimed(lines())


def written(folder: Path, masses: set[tuple[str, str]] = SQUARE, values: set[tuple[str, str]] = frozenset()) -> Path:
    return write_edition(
        folder, [Written(TABLE, TRUTH, hidden=values, apart={"net_mass": masses})], [GOODS, PARTNERS]
    )


def judge(folder: Path, truth: ConfidentialTable = TRUTH, past: tuple[Path, ...] = (), **more: object) -> AuditReport:
    return audit("e", folder, past, [(truth, RULES)], Secrets(()), (), **more)  # type: ignore[arg-type]


def problems(report: AuditReport) -> str:
    return "; ".join(finding.problem for finding in report.findings)


def test_values_beside_hidden_masses_pass(tmp_path: Path) -> None:
    assert judge(written(tmp_path)).findings == ()


def test_a_mass_without_neighbours_is_found(tmp_path: Path) -> None:
    report = judge(written(tmp_path, {LONE}))
    assert {finding.cell[-1] for finding in report.findings} == {"net_mass"}
    assert {finding.check for finding in report.findings} >= {"feasibility"}


def test_a_mass_that_is_shown_is_found(tmp_path: Path) -> None:
    report = judge(written(tmp_path, SQUARE - {LONE}))
    assert any(f.problem == "a primary cell is shown" and f.cell[2:] == (*LONE, "net_mass") for f in report.findings)


def test_a_value_hidden_beside_a_mass_that_is_shown(tmp_path: Path) -> None:
    report = judge(written(tmp_path, SQUARE, SQUARE | {("0101", "x")}))
    assert "a number is shown where the one that it shadows is hidden (net_mass)" in problems(report)


def test_a_value_hidden_for_nothing_is_no_finding(tmp_path: Path) -> None:
    assert judge(written(tmp_path, SQUARE, SQUARE)).findings == ()


def test_the_hidden_mass_elsewhere_is_found(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / "tables").mkdir()
    (folder / "tables" / "t.html").write_text("<td>4,444.711</td>")
    report = judge(folder)
    assert [(finding.check, finding.place) for finding in report.findings] == [("byte_scan", "tables/t.html")]


def test_a_level_too_wide_for_the_neighbours_is_found(tmp_path: Path) -> None:
    """20 percent of 4,444,711 g; the printed range of another cell of the square leaves it less."""
    near = {(("0201", "y"), "net_mass"): (20_000_078 - 1000, 20_000_078 + 1000)}
    table = Written(TABLE, TRUTH, apart={"net_mass": SQUARE}, bounds=near)
    report = judge(write_edition(tmp_path, [table], [GOODS, PARTNERS]))
    assert (*LONE, "net_mass") in {finding.cell[2:] for finding in report.findings}


def rewritten(folder: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    path = folder / "data" / "t.parquet"
    table = change(pq.read_table(path))
    pq.write_table(table, path, compression="zstd", use_dictionary=False)
    write_csv(table, TABLE, path.with_suffix(".csv"))


@pytest.mark.parametrize("column", ["net_mass_obs_status", "net_mass_conf_status", "obs_status"])
def test_statuses_that_do_not_fit(tmp_path: Path, column: str) -> None:
    def change(table: pa.Table) -> pa.Table:
        flipped = [{"A": "Q", "Q": "A", "F": "C", "C": "F"}[code] for code in table[column].to_pylist()]
        return table.set_column(table.column_names.index(column), column, pa.array(flipped))

    folder = written(tmp_path)
    rewritten(folder, change)
    assert "do not fit what the cell shows" in problems(judge(folder))


def test_a_status_that_is_not_announced(tmp_path: Path) -> None:
    folder = written(tmp_path)
    path = folder / "metadata" / "tables.json"
    entry = json.loads(path.read_text())
    del entry["tables"][0]["measures"][1]["own_status"]
    path.write_text(json.dumps(entry))
    assert "exactly the columns" in problems(judge(folder))
    rewritten(folder, lambda table: table.drop_columns(["net_mass_obs_status", "net_mass_conf_status"]))
    assert "a hidden cell is not null in every measure (net_mass differs)" in problems(judge(folder))


def test_no_measure_may_be_about_the_row(tmp_path: Path) -> None:
    table = Written(TABLE, TRUTH, apart={"net_mass": SQUARE, "statistical_value": set()})
    folder = write_edition(tmp_path, [table], [GOODS, PARTNERS])
    assert "status columns for no measure" in problems(judge(folder))


@pytest.mark.parametrize(
    ("kind", "codes", "wrong"),
    [
        ("freeze_shown", LONE, "a cell that was to be shown is hidden"),
        ("freeze_shown", ("0101", "x"), ""),
        ("freeze_hidden", LONE, "a cell to be hidden is shown"),
    ],
)
def test_decisions_are_about_all_numbers_of_a_cell(
    tmp_path: Path, kind: str, codes: tuple[str, str], wrong: str
) -> None:
    decided = replace(TRUTH, cell_rules=(CellRule(codes, kind),))  # type: ignore[arg-type]
    assert problems(judge(written(tmp_path), decided)) == wrong


class TestTwoEditions:
    """The first hides the square of masses. In the second the value of L has grown, and its mass has not."""

    NOW = claimed(lines(value=900), "s0002")

    def second(self, folder: Path, masses: set[tuple[str, str]]) -> Path:
        table = Written(TABLE, self.NOW, apart={"net_mass": masses}, snapshot="s0002")
        return write_edition(folder, [table], [GOODS, PARTNERS])

    @pytest.mark.parametrize("history", [True, False])
    def test_the_same_masses_stay_hidden(self, tmp_path: Path, history: bool) -> None:
        past, now = written(tmp_path / "v1"), self.second(tmp_path / "v2", SQUARE)
        assert judge(now, self.NOW, (past,), history=[(TRUTH, RULES)] * history).findings == ()

    @pytest.mark.parametrize("history", [True, False])
    def test_another_square_gives_the_mass_away(self, tmp_path: Path, history: bool) -> None:
        """Each square is enough by itself; together they leave the lone mass nothing to hide behind."""
        other = {
            LONE,
            ("0201", "y"),
            ("0101", "x"),
            ("0101", "y"),
            ("01", "x"),
            ("01", "y"),
            ("02", "x"),
            ("02", "y"),
        }
        now = self.second(tmp_path / "v2", other)
        assert judge(now, self.NOW).findings == ()
        report = judge(now, self.NOW, (written(tmp_path / "v1"),), history=[(TRUTH, RULES)] * history)
        assert (*LONE, "net_mass") in {finding.cell[2:] for finding in report.findings}


def test_csv_and_parquet_say_the_same(tmp_path: Path) -> None:
    folder = written(tmp_path)
    path = folder / "data" / "t.csv"
    table = pa_csv.read_csv(path, convert_options=pa_csv.ConvertOptions(column_types={"net_mass": pa.string()}))
    place = table.column_names.index("net_mass_obs_status")
    pa_csv.write_csv(table.set_column(place, "net_mass_obs_status", pa.array(["A"] * table.num_rows)), path)
    assert "differs from the Parquet file" in problems(judge(folder))
