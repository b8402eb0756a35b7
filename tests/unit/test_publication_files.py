"""Data files and metadata: shape, exactness, determinism, and that no hidden number is anywhere."""

import csv
import hashlib
import json
import re
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from publisher.catalogue.pools import published_codelist
from publisher.errors import LeakError
from publisher.model.protected import ProtectedTable
from publisher.publication import write_edition
from publisher.settings import Office
from tests.lib.protected_samples import (
    PERIOD,
    PLAN,
    SuppressionSample,
    empty_sample,
    noisy_sample,
    suppression_sample,
    three_tables,
)

IMPORTS, TRADERS, EXPORTS = "imports_by_chapter_origin", "traders_by_chapter_region", "exports_by_chapter_destination"


@pytest.fixture(scope="module")
def sample() -> SuppressionSample:
    return suppression_sample()


@pytest.fixture(scope="module")
def public(sample: SuppressionSample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edition") / "public"
    write_edition(folder, PLAN, PERIOD, 1, (sample.table, noisy_sample(), empty_sample()), Office())
    return folder


def files(folder: Path) -> dict[str, str]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_the_files_of_the_contract_are_there(public: Path) -> None:
    names = set(files(public))
    assert {"index.html", "methodology.html", "dataset.html", "assets/publisher.css", "assets/table.js"} <= names
    assert {f"tables/{query}.html" for query in (IMPORTS, TRADERS, EXPORTS)} <= names
    assert {f"data/{query}.{end}" for query in (IMPORTS, TRADERS, EXPORTS) for end in ("parquet", "csv")} <= names
    assert {
        "datapackage.json",
        *(f"metadata/{name}" for name in ("tables.json", "dcat.jsonld", "headlines.json")),
    } <= names
    assert {"metadata/codelists/HS.csv", "metadata/codelists/COUNTRY.csv", f"tables/{IMPORTS}.0.js"} <= names


def test_columns_and_types_are_those_of_the_contract(public: Path) -> None:
    schema = pq.read_schema(public / f"data/{IMPORTS}.parquet")
    assert schema.names == [
        "time_period",
        "commodity",
        "partner",
        "commodity_level",
        "partner_level",
        "statistical_value",
        "net_mass",
        "statistical_value_lower",
        "statistical_value_upper",
        "net_mass_lower",
        "net_mass_upper",
        "obs_status",
        "conf_status",
    ]
    assert all(
        pa.types.is_dictionary(schema.field(name).type) for name in ("commodity", "partner_level", "obs_status")
    )
    assert schema.field("statistical_value_upper").type == pa.int64()
    assert schema.field("net_mass").type == pa.float64()
    assert not schema.field("commodity").nullable


def test_parquet_says_what_it_is_and_not_when_it_was_made(public: Path) -> None:
    told = {
        key.decode(): value.decode()
        for key, value in pq.read_schema(public / f"data/{IMPORTS}.parquet").metadata.items()
    }
    assert told["edition"] == f"{PLAN.id}/{PERIOD}/v1"
    assert told["licence"] == "CC-BY-4.0"
    assert "statistical_value: KRW" in told["units"]
    assert told["source"].endswith(f"/releases/{PLAN.id}/{PERIOD}/v1/")


def test_parquet_holds_the_cells(public: Path, sample: SuppressionSample) -> None:
    read, cells = pq.read_table(public / f"data/{IMPORTS}.parquet"), sample.table.cells
    commodity, partner = (dimension.hierarchy for dimension in sample.table.structure.dimensions)
    assert read["commodity"].to_pylist() == [commodity.codes[node] for node in cells["commodity"].to_pylist()]
    assert read["partner_level"].to_pylist() == [partner.level_name(node) for node in cells["partner"].to_pylist()]
    assert read["statistical_value"].to_pylist() == cells["statistical_value"].to_pylist()
    grams = [None if kg is None else round(kg * 1000) for kg in read["net_mass"].to_pylist()]
    assert grams == cells["net_mass"].to_pylist()
    assert read["statistical_value_upper"].null_count == cells["statistical_value_upper"].null_count


@pytest.mark.parametrize("query", [IMPORTS, TRADERS, EXPORTS])
def test_csv_equals_parquet(public: Path, query: str) -> None:
    parquet = pq.read_table(public / f"data/{query}.parquet")
    schema = pa.schema([(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in parquet.schema])
    options = pa_csv.ConvertOptions(column_types=schema, strings_can_be_null=False)
    read = pa_csv.read_csv(public / f"data/{query}.csv", convert_options=options)
    assert read.equals(parquet.cast(schema))


def test_csv_has_every_decimal_and_no_exponent(public: Path) -> None:
    with (public / f"data/{IMPORTS}.csv").open(encoding="utf-8", newline="") as file:
        masses = [row["net_mass"] for row in csv.DictReader(file) if row["net_mass"]]
    assert masses
    assert all(re.fullmatch(r"\d+\.\d{3}", mass) for mass in masses)


def test_an_empty_table_is_a_valid_file_without_rows(public: Path) -> None:
    read = pq.read_table(public / f"data/{EXPORTS}.parquet")
    assert read.num_rows == 0
    assert read.schema.field("net_mass").type == pa.float64()
    assert (public / f"data/{EXPORTS}.csv").read_text("utf-8").count("\n") == 1
    assert not (public / f"tables/{EXPORTS}.0.js").exists()
    assert "This table has no rows for March 2021." in (public / f"tables/{EXPORTS}.html").read_text("utf-8")


def test_two_runs_give_the_same_bytes(public: Path, tmp_path: Path) -> None:
    write_edition(tmp_path / "again", PLAN, PERIOD, 1, three_tables(), Office())
    assert files(tmp_path / "again") == files(public)


def test_row_order_of_the_input_does_not_matter(sample: SuppressionSample, public: Path, tmp_path: Path) -> None:
    table = sample.table
    backwards = table.cells.take(list(range(table.cells.num_rows))[::-1])
    turned = ProtectedTable(table.structure, PERIOD, table.snapshot, "suppression", backwards)
    write_edition(tmp_path / "turned", PLAN, PERIOD, 1, (turned, noisy_sample(), empty_sample()), Office())
    assert files(tmp_path / "turned") == files(public)


def test_no_hidden_number_is_in_any_file(public: Path, sample: SuppressionSample) -> None:
    """In text, with and without separators, and as an int64 or float64 in decompressed Parquet pages."""
    shown = {number for name in ("statistical_value", "net_mass") for number in sample.table.cells[name].to_pylist()}
    secret = [number for number in sample.hidden_numbers if number not in shown and number > 10_000]
    assert len(secret) > 50
    numbers = text_numbers(public)
    assert not numbers & {str(number) for number in secret}
    for column in pq.read_table(public / f"data/{IMPORTS}.parquet").columns:
        if not pa.types.is_dictionary(column.type):
            held = {round(float(value)) for value in column.to_pylist() if value is not None}
            assert not held & set(secret)


def text_numbers(folder: Path) -> set[str]:
    """Every run of digits in every text file, separators and decimal points dropped."""
    packed = (".parquet", ".xlsx")
    texts = [path.read_text("utf-8") for path in folder.rglob("*") if path.is_file() and path.suffix not in packed]
    for path in folder.rglob("*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            texts += [archive.read(name).decode() for name in archive.namelist()]
    return {re.sub(r"[,.]", "", number) for text in texts for number in re.findall(r"\d[\d,.]*\d", text)} | {
        number
        for text in [*(folder.rglob("*.js")), *(folder.rglob("*.csv"))]
        for number in re.findall(r"\d+", text.read_text("utf-8"))
    }


def test_parquet_statistics_are_those_of_the_shown_cells(public: Path) -> None:
    file = pq.ParquetFile(public / f"data/{IMPORTS}.parquet")
    shown = file.read().filter(pc.equal(file.read()["obs_status"].cast(pa.string()), "A"))
    for index in range(file.metadata.num_columns):
        column = file.metadata.row_group(0).column(index)
        if column.path_in_schema in ("statistical_value", "net_mass"):
            values = shown[column.path_in_schema]
            assert (column.statistics.min, column.statistics.max) == (pc.min(values).as_py(), pc.max(values).as_py())


def test_parquet_dictionaries_name_only_codes_with_a_row(public: Path) -> None:
    read = pq.read_table(public / f"data/{IMPORTS}.parquet")["partner"].combine_chunks()
    assert set(read.dictionary.to_pylist()) == set(read.to_pylist())


def test_metadata_describes_the_tables(public: Path) -> None:
    tables = json.loads((public / "metadata/tables.json").read_text("utf-8"))
    assert (tables["series"], tables["period"]) == (PLAN.id, PERIOD)
    imports, traders, _ = tables["tables"]
    assert imports["absent_rows"] == "zero"
    assert imports["noise"] is None
    assert imports["dimensions"][0] == {
        "column": "commodity",
        "title": "Commodity",
        "codelist": "HS",
        "levels": ["total", "section", "chapter"],
    }
    assert imports["measures"][1]["shadows"] == "statistical_value"
    assert traders["absent_rows"] == "none"
    assert traders["noise"]["rho"] == "1/50"


def test_codelists_are_whole(public: Path) -> None:
    with (public / "metadata/codelists/HS.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["code"] for row in rows} == {code.code for code in published_codelist("HS").codes}
    assert rows[0] == {
        "code": "_T",
        "name": published_codelist("HS").by_code["_T"].name,
        "level": "total",
        "parent": "",
    }


def test_datapackage_and_dcat_name_the_files_with_their_digests(public: Path) -> None:
    package = json.loads((public / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        content = (public / resource["path"]).read_bytes()
        assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        assert resource["bytes"] == len(content)
    header = (public / f"data/{IMPORTS}.csv").read_text("utf-8").split("\n", 1)[0].replace('"', "").split(",")
    assert [field["name"] for field in package["resources"][0]["schema"]["fields"]] == header
    graph = json.loads((public / "metadata/dcat.jsonld").read_text("utf-8"))["@graph"]
    imports = next(node for node in graph if node["@id"].endswith(f"{IMPORTS}.html#dataset"))
    files = {d["@id"].rpartition("/v1/")[2]: d["spdx:checksum"] for d in imports["dcat:distribution"]}
    assert {f"data/{IMPORTS}.csv", f"data/{IMPORTS}.parquet"} <= set(files)
    for path, checksum in files.items():
        content = (public / path).read_bytes()
        assert checksum["spdx:checksumValue"]["@value"] == hashlib.sha256(content).hexdigest()


def test_shards_hold_every_row(public: Path, sample: SuppressionSample) -> None:
    text = (public / f"tables/{IMPORTS}.0.js").read_text("utf-8")
    data = json.loads(text[text.index(",0,") + 3 : text.rindex(");")])
    given = [int(field) if field else None for field in data["values"]["statistical_value"].split(";")]
    assert given == sample.table.cells["statistical_value"].to_pylist()
    assert data["status"] == "".join(sample.table.cells["obs_status"].to_pylist())
    rows, lower, upper = data["ranges"]["statistical_value"]
    assert {column.count(";") for column in (rows, lower, upper)} == {data["status"].count("Q") - 1}


@pytest.mark.parametrize(
    ("column", "value"),
    [("statistical_value", 5_551_212), ("net_mass", 5_551_212), ("obs_status", "A"), ("conf_status", "F")],
)
def test_a_hidden_cell_with_a_number_stops_everything(
    sample: SuppressionSample, tmp_path: Path, column: str, value: object
) -> None:
    cells = sample.table.cells
    row = cells["obs_status"].to_pylist().index("Q")
    changed = cells[column].to_pylist()
    changed[row] = value
    position = cells.schema.get_field_index(column)
    broken = cells.set_column(
        position, cells.schema.field(column), pa.array(changed, cells.schema.field(column).type)
    )
    table = ProtectedTable(sample.table.structure, PERIOD, "s0001", "suppression", broken)
    with pytest.raises(LeakError) as refused:
        write_edition(tmp_path / "public", PLAN, PERIOD, 1, (table,), Office())
    assert not (tmp_path / "public").exists()
    assert "5551212" not in str(refused.value)


def test_an_unknown_status_stops_everything(sample: SuppressionSample, tmp_path: Path) -> None:
    cells = sample.table.cells
    broken = cells.set_column(
        cells.schema.get_field_index("obs_status"), "obs_status", pa.array(["Z"] * cells.num_rows)
    )
    with pytest.raises(LeakError):
        write_edition(
            tmp_path,
            PLAN,
            PERIOD,
            1,
            (ProtectedTable(sample.table.structure, PERIOD, "s", "suppression", broken),),
            Office(),
        )
