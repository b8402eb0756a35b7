"""Frictionless takes the package, and finds the data to be what it says; what is changed, it refuses."""

import csv
import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from frictionless import Package, validate

from tests.readers.conftest import IMPORTS, QUERIES


def test_the_package_is_valid_with_its_data(edition: Path) -> None:
    report = validate(str(edition / "datapackage.json"))
    assert report.flatten(["rowNumber", "fieldName", "type", "message"]) == []
    assert report.valid
    names = {task.name for task in report.tasks}
    assert {*QUERIES, f"{IMPORTS}.parquet", "codelist.hs", "codelist.country"} <= names


@pytest.mark.parametrize("query", QUERIES)
def test_frictionless_reads_the_numbers_of_the_csv(edition: Path, query: str) -> None:
    with (edition / f"data/{query}.csv").open(encoding="utf-8", newline="") as file:
        wanted = list(csv.DictReader(file))
    resource = Package(str(edition / "datapackage.json")).get_resource(query)
    numbers = {field.name for field in resource.schema.fields if field.type in ("integer", "number")}
    read = [row.to_dict() for row in resource.read_rows()]
    assert len(read) == len(wanted)
    for theirs, ours in zip(read, wanted, strict=True):
        for name, text in ours.items():
            said = (Decimal(text) if text else None) if name in numbers else text
            assert theirs[name] == said


@pytest.mark.parametrize(
    ("path", "kind"),
    [(f"data/{IMPORTS}.csv", "hash-count"), (f"data/{IMPORTS}.parquet", "hash-count")],
)
def test_a_changed_file_is_refused(edition: Path, tmp_path: Path, path: str, kind: str) -> None:
    shutil.copytree(edition, tmp_path / "copy")
    file = tmp_path / "copy" / path
    content = bytearray(file.read_bytes())
    content[-2] ^= 1
    file.write_bytes(content)
    assert kind in {error[0] for error in validate(str(tmp_path / "copy/datapackage.json")).flatten(["type"])}


def test_a_code_that_no_codelist_has_is_refused(edition: Path, tmp_path: Path) -> None:
    shutil.copytree(edition, tmp_path / "copy")
    package = json.loads((tmp_path / "copy/datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        resource.pop("hash"), resource.pop("bytes")
    (tmp_path / "copy/datapackage.json").write_text(json.dumps(package), "utf-8")
    countries = tmp_path / "copy/metadata/codelists/COUNTRY.csv"
    countries.write_text(countries.read_text("utf-8").replace("\nCN,", "\nCX,", 1), "utf-8")
    errors = {error[0] for error in validate(str(tmp_path / "copy/datapackage.json")).flatten(["type"])}
    assert "foreign-key" in errors
