"""mlcroissant takes the file without a complaint, and its records are the rows of the CSV file."""

import csv
import logging
import math
from decimal import Decimal
from pathlib import Path

import mlcroissant
import pytest

from tests.readers.conftest import QUERIES


def dataset(edition: Path) -> mlcroissant.Dataset:
    """With the files of the folder in place of those at the edition's address."""
    mapping = {f"data/{query}.parquet": edition / f"data/{query}.parquet" for query in QUERIES}
    return mlcroissant.Dataset(str(edition / "croissant.json"), mapping=mapping)


def test_it_is_accepted_without_a_warning(edition: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        described = dataset(edition)
    assert [record.message for record in caplog.records] == []
    assert described.metadata.ctx.issues.report() == ""
    assert {records.id for records in described.metadata.record_sets} == set(QUERIES)


@pytest.mark.parametrize("query", QUERIES[:2])
def test_its_records_are_the_rows(edition: Path, query: str) -> None:
    with (edition / f"data/{query}.csv").open(encoding="utf-8", newline="") as file:
        wanted = list(csv.DictReader(file))
    read = list(dataset(edition).records(query))
    assert len(read) == len(wanted)
    for theirs, ours in zip(read, wanted, strict=True):
        for name, text in ours.items():
            assert same(theirs[f"{query}/{name}"], text), name


def same(read: object, text: str) -> bool:
    """Numbers come as floats where a column has holes; below 2**53 these are exact, or the nearest to a decimal."""
    if isinstance(read, bytes):
        return read.decode() == text
    if read is None or (isinstance(read, float) and math.isnan(read)):
        return text == ""
    return float(read) == float(Decimal(text)) if isinstance(read, (int, float)) else str(read) == text
