"""A value shown beside a quantity that is hidden, as files and pages say it.

row        statistical_value   net_mass      obs_status   net_mass_obs_status
01/CN      50                  not shown     A            Q
03/FR      400                 0.040         A            A
"""

import csv
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from publisher.errors import LeakError
from publisher.model.protected import ProtectedTable
from publisher.publication import write_edition
from publisher.publication.files.snippets import snippets
from publisher.publication.imprint import Imprint
from publisher.publication.tables.display import number_cells
from publisher.publication.tables.published import publishable
from publisher.publication.tables.shards import write_shards
from publisher.suppression.shown import read_shown
from tests.lib.protected_samples import PERIOD, PLAN
from tests.lib.published_site import OFFICE
from tests.lib.tables import MASS, VALUE
from tests.unit.test_suppression_quantities import GOODS, LONE, PARTNERS, TABLE, alone, hidden, items, truth

OWN = ["net_mass_obs_status", "net_mass_conf_status"]


@cache
def mixed() -> ProtectedTable:
    """The table above. Made when a test asks: an import that compiles kernels would do so in every worker."""
    return alone(replace(truth(items(), set(), {1}), time_period=PERIOD))


def written(folder: Path, table: ProtectedTable | None = None) -> Path:
    table = table or mixed()
    plan = replace(PLAN, queries=(table.structure.id,))
    codelists = {one.id: one for one in (GOODS, PARTNERS)}
    write_edition(folder, plan, PERIOD, 1, [table], OFFICE, codelists=codelists.__getitem__)
    return folder


def changed(column: str, row: int, value: object, table: ProtectedTable | None = None) -> ProtectedTable:
    """The table with one entry of one column replaced."""
    table = table or mixed()
    values = table.cells[column].to_pylist()
    values[row] = value
    place = table.cells.column_names.index(column)
    array = pa.array(values, table.cells.schema.field(column).type)
    return replace(table, cells=table.cells.set_column(place, column, array))


def row_of(table: ProtectedTable, measure: str, *, shown: bool) -> int:
    return next(n for n, value in enumerate(table.cells[measure].to_pylist()) if (value is not None) is shown)


def test_columns_of_its_own_behind_those_of_the_row(tmp_path: Path) -> None:
    public = written(tmp_path)
    names = pq.read_schema(public / "data" / "t.parquet").names
    assert names[-4:] == ["obs_status", "conf_status", *OWN]
    with (public / "data" / "t.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == names
    lone = next(row for row in rows if (row["commodity"], row["partner"]) == LONE)
    assert [lone[name] for name in ("statistical_value", "net_mass", "obs_status", *OWN)] == ["50", "", "A", "Q", "C"]
    assert {(row["net_mass"] == "", row["net_mass_obs_status"]) for row in rows} == {(True, "Q"), (False, "A")}


def test_metadata_describes_them(tmp_path: Path) -> None:
    folder = written(tmp_path) / "metadata"
    (entry,) = json.loads((folder / "tables.json").read_text("utf-8"))["tables"]
    assert [measure.get("own_status") for measure in entry["measures"]] == [None, True]
    package = json.loads((tmp_path / "datapackage.json").read_text("utf-8"))
    fields = [field["name"] for field in package["resources"][0]["schema"]["fields"]]
    assert fields == pq.read_schema(tmp_path / "data" / "t.parquet").names


def test_pages_show_the_value_and_not_the_mass(tmp_path: Path) -> None:
    published = publishable(mixed())
    assert {cell.kind for cell in number_cells(published, VALUE)} == {"shown"}
    kinds = [cell.kind for cell in number_cells(published, MASS)]
    assert kinds.count("hidden") == len(hidden(mixed(), "net_mass")) == published.hidden_count
    page = (written(tmp_path) / "tables" / "t.html").read_text("utf-8")
    assert f"{published.hidden_count} shown in part" in page
    assert not re.search(r"\d not shown", page)
    assert "Sometimes hidden in a cell whose other figures are shown: Mass." in page
    assert "One figure shown, another hidden" in (tmp_path / "methodology.html").read_text("utf-8")


def test_cells_shown_in_part_are_counted_apart(tmp_path: Path) -> None:
    frame = items()
    frame.loc[(frame["commodity"] == "03") & (frame["partner"] == "FR"), "trader"] = 6
    both = alone(replace(truth(frame, {1}, {6}), time_period=PERIOD))
    values, masses = hidden(both, "statistical_value"), hidden(both, "net_mass")
    page = (written(tmp_path, both) / "tables" / "t.html").read_text("utf-8")
    assert f"{len(values)} not shown" in page
    assert f"{len(masses) - len(values)} shown in part" in page


def test_a_table_without_such_cells_says_nothing_of_it(tmp_path: Path) -> None:
    public = written(tmp_path, alone(replace(truth(items(), {1}, None), time_period=PERIOD)))
    assert pq.read_schema(public / "data" / "t.parquet").names[-2:] == ["obs_status", "conf_status"]
    assert "own_status" not in (public / "metadata" / "tables.json").read_text("utf-8")
    assert "one-figure" not in (public / "methodology.html").read_text("utf-8")
    assert "other figures" not in (public / "tables" / "t.html").read_text("utf-8")


def test_snippets_and_shards_go_by_the_first_measure(tmp_path: Path) -> None:
    imprint = Imprint(PLAN, PERIOD, 1, OFFICE)
    assert all("net_mass_obs_status" not in one.code for one in snippets(publishable(mixed()), imprint))
    turned = replace(mixed().structure, measures=(MASS, VALUE))
    table = replace(mixed(), structure=turned, ranges=())
    assert all("net_mass_obs_status" in one.code for one in snippets(publishable(table), imprint))
    write_shards(tmp_path, publishable(mixed()))
    assert f'"status":"{"A" * len(mixed().cells)}"' in (tmp_path / "t.0.js").read_text("utf-8")


def test_what_is_read_again_is_what_was_protected(tmp_path: Path) -> None:
    shown = read_shown(written(tmp_path), TABLE)
    assert shown is not None
    assert [int(away.sum()) for away in shown.hidden] == [0, len(hidden(mixed(), "net_mass"))]


@pytest.mark.parametrize(
    ("column", "shown", "value", "words"),
    [
        ("net_mass", False, 5, "a hidden cell with a number"),
        ("net_mass", True, None, "a shown cell without one"),
        ("statistical_value", True, None, "a shown cell without one"),
        ("net_mass_obs_status", False, "A", "contradict each other"),
        ("net_mass_conf_status", False, "F", "contradict each other"),
        ("net_mass_obs_status", True, "?", "known obs_status"),
        ("obs_status", True, "?", "known obs_status"),
    ],
)
def test_nothing_leaves_that_contradicts_itself(column: str, shown: bool, value: object, words: str) -> None:
    row = row_of(mixed(), "net_mass", shown=shown)
    with pytest.raises(LeakError, match=words):
        publishable(changed(column, row, value))


def test_no_mass_is_shown_where_its_value_is_hidden() -> None:
    row, table = row_of(mixed(), "net_mass", shown=True), mixed()
    for column, value in (("statistical_value", None), ("obs_status", "Q"), ("conf_status", "C")):
        table = changed(column, row, value, table)
    with pytest.raises(LeakError, match="which follows it"):
        publishable(table)
