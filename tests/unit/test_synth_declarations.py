"""Synthetic declarations: valid, the same every time, and shaped like trade."""

import hashlib
from pathlib import Path

import duckdb
import pytest

from publisher.catalogue.codelists import codelist
from publisher.errors import UsageError
from publisher.model.declaration import DECLARATION
from publisher.synth.declarations import synthesise

ROWS = 60_000
NATIVE = tuple(column for column in DECLARATION if column.name not in ("reference_period", "partner"))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("synth") / "declarations.parquet"
    synthesise(path, rows=ROWS, seed=7, first_period="2024-01", periods=15)
    return path


@pytest.fixture
def made(path: Path) -> duckdb.DuckDBPyRelation:
    return duckdb.connect(config={"threads": 1}).read_parquet(str(path))


def _one(made: duckdb.DuckDBPyRelation, expression: str) -> object:
    row = made.aggregate(expression).fetchone()
    assert row is not None
    return row[0]


def test_columns_are_those_of_the_native_profile(made: duckdb.DuckDBPyRelation) -> None:
    assert made.columns == [column.name for column in NATIVE]
    assert [str(kind) for kind in made.types] == [column.sql_type for column in NATIVE]


def test_no_required_value_is_missing(made: duckdb.DuckDBPyRelation) -> None:
    for column in NATIVE:
        if column.required:
            assert _one(made, f"count(*) - count({column.name})") == 0, column.name


def test_every_code_stands_in_its_codelist_at_the_finest_level(made: duckdb.DuckDBPyRelation) -> None:
    for column in NATIVE:
        if column.codelist:
            codes = codelist(column.codelist)
            found = {row[0] for row in made.project(column.name).distinct().fetchall()} - {None}
            assert found <= {code.code for code in codes.at(codes.levels[-1])}, column.name
            assert found, column.name


def test_each_row_has_the_trader_of_its_flow(made: duckdb.DuckDBPyRelation) -> None:
    assert _one(made, "count(*) FILTER ((flow = 'M') <> (importer IS NOT NULL))") == 0
    assert _one(made, "count(*) FILTER ((flow = 'X') <> (exporter IS NOT NULL))") == 0


def test_numbers_are_positive_and_dates_lie_in_the_periods(made: duckdb.DuckDBPyRelation) -> None:
    assert _one(made, "min(least(statistical_value, net_mass))") >= 1  # type: ignore[operator]
    assert str(_one(made, "min(acceptance_date)")) == "2024-01-01"
    assert str(_one(made, "max(acceptance_date)")) == "2025-03-31"
    assert _one(made, "count(DISTINCT strftime(acceptance_date, '%Y-%m'))") == 15


def test_a_declaration_item_and_version_stands_once_and_few_have_a_second(made: duckdb.DuckDBPyRelation) -> None:
    assert _one(made, "count(DISTINCT (declaration_id, item_number, version))") == ROWS
    later = _one(made, "count(*) FILTER (version = 2)")
    assert 0.005 * ROWS < later < 0.03 * ROWS  # type: ignore[operator]
    both = made.aggregate("declaration_id, item_number, count(*) AS n, min(version) AS first, max(version) AS last")
    assert _one(both.filter("n = 2"), "count(*)") == later
    assert _one(both, "bool_and(first = 1 AND last = n)") is True


def test_a_later_version_changes_only_the_value(made: duckdb.DuckDBPyRelation) -> None:
    same = [c.name for c in NATIVE if c.name not in ("version", "statistical_value", "duty_amount")]
    pairs = made.aggregate(f"{', '.join(same)}, count(*) AS n", ", ".join(same))
    assert _one(pairs.filter("n = 2"), "count(*)") == _one(made, "count(*) FILTER (version = 2)")


def test_a_hundred_traders_hold_about_forty_percent_and_there_are_thousands(made: duckdb.DuckDBPyRelation) -> None:
    traders = made.aggregate("coalesce(importer, exporter) AS trader, sum(statistical_value) AS value")
    ranked = traders.project("value, row_number() OVER (ORDER BY value DESC) AS place")
    share = _one(ranked, "sum(value) FILTER (place <= 100) / sum(value)")
    assert 0.3 < share < 0.55  # type: ignore[operator]
    assert _one(ranked, "count(*)") > 1500  # type: ignore[operator]


def test_many_cells_have_few_traders(made: duckdb.DuckDBPyRelation) -> None:
    cells = made.filter("flow = 'M'").aggregate("commodity, origin, count(DISTINCT importer) AS traders")
    assert _one(cells, "avg(CAST(traders <= 2 AS INTEGER))") > 0.5  # type: ignore[operator]


def test_unit_values_are_plausible_but_for_a_few(made: duckdb.DuckDBPyRelation) -> None:
    scored = made.project(
        "ln(statistical_value / net_mass) AS u, median(u) OVER (PARTITION BY commodity) AS middle, commodity"
    ).project("abs(u - middle) AS off, 1.4826 * median(off) OVER (PARTITION BY commodity) AS spread")
    flagged = _one(scored.filter("spread > 0"), "avg(CAST(off > 6 * spread AS INTEGER))")
    assert 0 < flagged < 0.002  # type: ignore[operator]


def test_controlled_goods_are_mostly_exports_and_have_licences(made: duckdb.DuckDBPyRelation) -> None:
    controlled = made.filter("control_category <> 'NONE'")
    assert _one(controlled, "count(*) - count(licence_number)") == 0
    assert _one(controlled, "avg(CAST(flow = 'X' AS INTEGER))") > 0.5  # type: ignore[operator]
    assert _one(made, "count(DISTINCT outcome)") == 4
    assert _one(made, "count(DISTINCT enterprise_group)") > 30  # type: ignore[operator]
    assert 0 < _one(made, "count(*) - count(counterparty)") < 0.05 * ROWS  # type: ignore[operator]


def test_a_trader_keeps_its_holding(made: duckdb.DuckDBPyRelation) -> None:
    traders = made.aggregate(
        "coalesce(importer, exporter) AS trader, count(DISTINCT coalesce(enterprise_group, '-')) AS holdings"
    )
    assert _one(traders, "max(holdings)") == 1


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_same_seed_same_bytes_other_seed_other_bytes(path: Path, tmp_path: Path) -> None:
    synthesise(tmp_path / "again", rows=ROWS, seed=7, first_period="2024-01", periods=15)
    assert _digest(tmp_path / "again") == _digest(path)
    synthesise(tmp_path / "other", rows=ROWS, seed=8, first_period="2024-01", periods=15)
    assert _digest(tmp_path / "other") != _digest(path)


def test_pieces_join_without_a_seam(monkeypatch: pytest.MonkeyPatch, path: Path, tmp_path: Path) -> None:
    monkeypatch.setattr("publisher.synth.declarations._CHUNK", 25_001)
    synthesise(tmp_path / "pieces", rows=ROWS, seed=7, first_period="2024-01", periods=15)
    whole, pieces = (duckdb.read_parquet(str(file)).fetchall() for file in (path, tmp_path / "pieces"))
    assert whole == pieces


@pytest.mark.parametrize("rows", [1, 2, 387, 389])
def test_small_files(tmp_path: Path, rows: int) -> None:
    told: list[tuple[str, int, int]] = []
    synthesise(tmp_path / "f", rows=rows, seed=1, periods=1, progress=lambda *told_now: told.append(told_now))
    assert duckdb.read_parquet(str(tmp_path / "f")).aggregate("count(*)").fetchall() == [(rows,)]
    assert told[0] == ("synthesise", 0, rows)
    assert told[-1] == ("synthesise", rows, rows)


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least one row"):
        synthesise(tmp_path / "f", rows=0, seed=1)
    with pytest.raises(UsageError, match="not a month"):
        synthesise(tmp_path / "f", rows=1, seed=1, first_period="2024-13")
    with pytest.raises(UsageError, match="cannot be written"):
        synthesise(tmp_path / "no" / "f", rows=1, seed=1)
    assert list(tmp_path.iterdir()) == []
