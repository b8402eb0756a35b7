"""openpyxl reads in a workbook what the CSV file says, with types as typed."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.readers.conftest import IMPORTS, QUERIES


@pytest.mark.parametrize("query", QUERIES)
def test_each_cell_is_that_of_the_csv(edition: Path, query: str) -> None:
    with (edition / f"data/{query}.csv").open(encoding="utf-8", newline="") as file:
        header, *wanted = list(csv.reader(file))
    rows = list(load_workbook(edition / f"data/{query}.xlsx")["cells"].iter_rows(values_only=True))
    assert list(rows[0]) == header
    assert len(rows) == len(wanted) + 1
    measures = {name.removesuffix("_lower") for name in header if name.endswith("_lower")}
    for theirs, ours in zip(rows[1:], wanted, strict=True):
        for name, read, text in zip(header, theirs, ours, strict=True):
            if any(name in (one, f"{one}_lower", f"{one}_upper") for one in measures):
                assert read is None if text == "" else Decimal(str(read)) == Decimal(text)
                assert text == "" or isinstance(read, (int, float))
            else:
                assert read == text


def test_it_says_what_it_is_and_keeps_its_header_in_sight(edition: Path) -> None:
    book = load_workbook(edition / f"data/{IMPORTS}.xlsx")
    assert book.sheetnames == ["cells", "about"]
    assert book["cells"].freeze_panes == "A2"
    about = dict(book["about"].iter_rows(values_only=True))
    assert about["Title"] == "Imports by chapter and country of origin"
    assert "CC-BY-4.0" in about["Licence"]
    assert "Customs" not in about["statistical_value"]
    assert about["statistical_value"].endswith("KRW")
    masses = [cell for (cell,) in book["cells"].iter_rows(min_col=7, max_col=7, min_row=2)]
    assert {cell.number_format for cell in masses if cell.value is not None} == {"#,##0.000"}
