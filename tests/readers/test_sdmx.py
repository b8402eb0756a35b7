"""The official schemas and sdmx1 take the structures; sdmx1 and pysdmx read in the data what the CSV file says."""

import csv
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
import sdmx
from pysdmx.io import read_sdmx

from tests.readers.conftest import IMPORTS, QUERIES, TRADERS

AGENCY = "STATISTICS_EXAMPLE_ORG"
Key = tuple[str, ...]


def wanted(edition: Path, query: str) -> dict[Key, tuple[str, ...]]:
    """(commodity, partner, measure) -> value, obs_status, conf_status, lower, upper: the texts of the CSV file."""
    with (edition / f"data/{query}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    measures = [name.removesuffix("_lower") for name in rows[0] if name.endswith("_lower")]
    return {
        (row["commodity"], row["partner"], measure): (
            *(row[measure], row["obs_status"], row["conf_status"]),
            *(row[f"{measure}_lower"], row[f"{measure}_upper"]),
        )
        for row in rows
        for measure in measures
    }


def test_the_structures_keep_the_official_schemas(edition: Path) -> None:
    message = read_sdmx(edition / "metadata/sdmx.xml", validate=True)
    assert {flow.id for flow in message.get_dataflows()} == {query.upper() for query in QUERIES}


def test_sdmx1_reads_the_structures(edition: Path) -> None:
    message = sdmx.read_sdmx(edition / "metadata/sdmx.xml")
    with (edition / "metadata/codelists/HS.csv").open(encoding="utf-8", newline="") as file:
        names = {row["code"]: row["name"] for row in csv.DictReader(file)}
    assert {code.id: str(code.name) for code in message.codelist["CL_HS"]} == names
    structure = message.structure[f"DSD_{IMPORTS.upper()}"]
    assert [one.id for one in structure.dimensions] == ["COMMODITY", "PARTNER", "MEASURE", "TIME_PERIOD"]
    assert structure.dimensions.get("COMMODITY").local_representation.enumerated.id == "CL_HS"
    assert {"OBS_STATUS", "CONF_STATUS", "OBS_LOWER", "OBS_UPPER"} <= {one.id for one in structure.attributes}
    assert {code.id for code in message.codelist[f"CL_MEASURE_{IMPORTS.upper()}"]} == {
        "statistical_value",
        "net_mass",
    }


@pytest.mark.parametrize("query", [IMPORTS, TRADERS])
def test_sdmx1_reads_the_numbers_of_the_csv(edition: Path, query: str) -> None:
    structures = sdmx.read_sdmx(edition / "metadata/sdmx.xml")
    definition = structures.structure[f"DSD_{query.upper()}"]
    message = sdmx.read_sdmx(edition / f"data/{query}.sdmx.csv", structure=definition)
    (data,) = message.data
    read = {}
    for one in data.obs:
        at = one.dimension.values
        key = tuple(str(at[name].value) for name in ("COMMODITY", "PARTNER", "MEASURE"))
        told = {name: attribute.value for name, attribute in one.attached_attribute.items()}
        read[key] = (one.value, *(told.get(name) for name in ("OBS_STATUS", "CONF_STATUS", "OBS_LOWER", "OBS_UPPER")))
    compare(read, wanted(edition, query))


@pytest.mark.parametrize("query", [IMPORTS, TRADERS])
def test_pysdmx_reads_the_numbers_of_the_csv(edition: Path, query: str) -> None:
    (data,) = read_sdmx(edition / f"data/{query}.sdmx.csv").data
    assert str(data.structure).startswith(f"Dataflow={AGENCY}:{query.upper()}(1.")
    names = ["OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "OBS_LOWER", "OBS_UPPER"]
    keys = data.data[["COMMODITY", "PARTNER", "MEASURE"]].itertuples(index=False, name=None)
    cells = data.data[names].itertuples(index=False, name=None)
    compare(dict(zip(keys, cells, strict=True)), wanted(edition, query))


def compare(read: Mapping[Key, tuple[object, ...]], ours: Mapping[Key, tuple[str, ...]]) -> None:
    assert set(read) == set(ours)
    for key, theirs in read.items():
        assert tuple(said(one) for one in theirs) == tuple(said(one) for one in ours[key]), key


def said(value: object) -> object:
    """A number as a number, whatever a reader makes of it; an empty field as None."""
    text = "" if value is None or value is pd.NA or value != value else str(value)
    try:
        return Decimal(text) if text else None
    except ArithmeticError:
        return text or None


def test_a_hidden_cell_has_statuses_and_no_value(edition: Path) -> None:
    with (edition / f"data/{IMPORTS}.sdmx.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["OBS_STATUS"] for row in rows} == {"A", "Q"}
    for row in rows:
        hidden = row["OBS_STATUS"] == "Q"
        assert (row["OBS_VALUE"] == "") == hidden == (row["CONF_STATUS"] == "C")
    assert {row["MEASURE"]: row["UNIT_MEASURE"] for row in rows} == {"statistical_value": "KRW", "net_mass": "kg"}


def test_the_texts_of_numbers_are_those_of_the_csv(edition: Path) -> None:
    with (edition / f"data/{IMPORTS}.sdmx.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ours = wanted(edition, IMPORTS)
    for row in rows:
        key = (row["COMMODITY"], row["PARTNER"], row["MEASURE"])
        names = ("OBS_VALUE", "OBS_STATUS", "CONF_STATUS", "OBS_LOWER", "OBS_UPPER")
        assert tuple(row[name] for name in names) == ours[key]
