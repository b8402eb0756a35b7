"""The packaged codelists hold together and know every code of the Korean sample."""

import csv
import os
from collections import Counter
from pathlib import Path

import pycountry
import pytest

from publisher.catalogue.codelists import CODELISTS, codelist
from publisher.model.codelist import TOTAL
from publisher.model.declaration import DECLARATION

SAMPLE = Path(os.environ.get("PUBLISHER_KCS", Path(__file__).parents[3] / "shared/data/kcs"))


@pytest.mark.parametrize("id", CODELISTS)
def test_every_codelist_is_a_tree_that_reaches_the_total(id: str) -> None:
    listed = codelist(id)
    assert listed.id == id
    assert listed.levels[0] == "total"
    assert listed.codes[0].code == TOTAL
    assert all(listed.ancestor(code.code, "total") == TOTAL for code in listed.codes)
    assert all(code.name and code.name == code.name.strip() for code in listed.codes)


@pytest.mark.parametrize("id", CODELISTS)
def test_no_branch_skips_a_level(id: str) -> None:
    listed = codelist(id)
    for code in listed.codes[1:]:
        above = listed.by_code[code.parent or ""]
        assert listed.levels.index(above.level) == listed.levels.index(code.level) - 1


@pytest.mark.parametrize("id", CODELISTS)
def test_every_branch_reaches_the_finest_level(id: str) -> None:
    hierarchy = codelist(id).hierarchy(codelist(id).levels)
    assert {hierarchy.level_name(leaf) for leaf in hierarchy.leaves} == {codelist(id).levels[-1]}


def test_every_codelist_a_column_names_is_packaged() -> None:
    assert {column.codelist for column in DECLARATION if column.codelist} == set(CODELISTS)


def test_the_hs_has_its_known_shape() -> None:
    sizes = Counter(code.level for code in codelist("HS").codes)
    assert sizes["total"] == 1
    assert sizes["section"] == 22  # 21 and one for chapter 99
    assert sizes["chapter"] == 97  # 01 to 97 without 77, and 99
    assert sizes["heading"] == 1230
    assert sizes["subheading"] == 5613 + 75
    assert codelist("HS").ancestor("010121", "section") == "I"
    assert codelist("HS").ancestor("880330", "heading") == "8803"
    assert codelist("HS").by_code["99"].parent == "XXII"


def test_codes_of_hs_2017_say_so() -> None:
    assert codelist("HS").by_code["854140"].name.endswith("(HS 2017)")


def test_every_iso_country_has_a_region() -> None:
    countries = {code.code for code in codelist("COUNTRY").at("country")}
    assert countries == {country.alpha_2 for country in pycountry.countries} | {"XK", "XZ", "ZZ"}
    regions = {"KR": "142", "US": "019", "DE": "150", "AU": "009", "ZA": "002", "AQ": "_X", "ZZ": "_X", "TW": "142"}
    assert {code: codelist("COUNTRY").ancestor(code, "region") for code in regions} == regions


def test_transport_modes_are_those_of_recommendation_19() -> None:
    assert [code.code for code in codelist("TRANSPORT_MODE").at("mode")] == list("0123456789")


@pytest.mark.skipif(not SAMPLE.exists(), reason=f"the Korean sample is not at {SAMPLE}")
@pytest.mark.parametrize(
    ("column", "id"),
    [
        ("HS6 Code", "HS"),
        ("Country of Origin", "COUNTRY"),
        ("Country of Departure", "COUNTRY"),
        ("Office ID", "OFFICE"),
        ("Tax Type", "PREFERENCE"),
    ],
)
def test_every_code_of_the_korean_sample_is_known(column: str, id: str) -> None:
    finest = {code.code for code in codelist(id).at(codelist(id).levels[-1])}
    for path in SAMPLE.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            assert {row[column] for row in csv.DictReader(file)} <= finest
