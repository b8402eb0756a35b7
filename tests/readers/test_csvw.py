"""The csvw library finds the metadata by its name, and the numbers to be what the file says."""

import csv
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from csvw import CSVW

from tests.readers.conftest import IMPORTS, QUERIES


@pytest.mark.parametrize("query", QUERIES)
def test_each_file_is_valid_and_says_the_same(edition: Path, query: str) -> None:
    described = CSVW(str(edition / f"data/{query}.csv-metadata.json"), validate=True)
    assert described.is_valid, described.warnings
    assert described.warnings == []
    (table,) = described.tables
    kinds = {column.name: column.datatype.base for column in table.tableSchema.columns}
    read = list(table)
    with (edition / f"data/{query}.csv").open(encoding="utf-8", newline="") as file:
        wanted = list(csv.DictReader(file))
    assert len(read) == len(wanted)
    for theirs, ours in zip(read, wanted, strict=True):
        for name, text in ours.items():
            number = kinds[name] in ("integer", "decimal")
            assert theirs[name] == ((Decimal(text) if text else None) if number else text)


def test_the_metadata_is_found_beside_the_file(edition: Path) -> None:
    described = CSVW(str(edition / f"data/{IMPORTS}.csv"), validate=True)
    assert [str(column.name) for column in described.tables[0].tableSchema.columns][:2] == [
        "time_period",
        "commodity",
    ]
    assert described.is_valid


def test_a_text_in_a_column_of_numbers_is_refused(edition: Path, tmp_path: Path) -> None:
    shutil.copytree(edition / "data", tmp_path / "data")
    path = tmp_path / f"data/{IMPORTS}.csv"
    lines = path.read_text("utf-8").split("\n")
    cells = lines[1].split(",")
    cells[5] = "many"
    path.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]), "utf-8")
    assert not CSVW(str(tmp_path / f"data/{IMPORTS}.csv-metadata.json"), validate=True).is_valid
