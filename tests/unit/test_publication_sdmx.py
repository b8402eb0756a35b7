"""Names and versions of SDMX artefacts: what changes them, and what does not."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.audit.numbers import numbers
from publisher.catalogue.pools import published_codelist
from publisher.model.codelist import Codelist
from publisher.model.protected import ProtectedTable
from publisher.publication.files.sdmx import write_sdmx
from publisher.publication.files.sdmx_ids import agency_of, version_of
from publisher.publication.imprint import Imprint
from publisher.publication.tables.published import publishable
from publisher.settings import Office
from tests.lib.protected_samples import PERIOD, PLAN, empty_sample, noisy_sample

USED = {name: published_codelist(name) for name in ("HS", "COUNTRY")}
EXPORTS, TRADERS = "exports_by_chapter_destination", "traders_by_chapter_region"


def flows(
    folder: Path, *tables: ProtectedTable, used: dict[str, Codelist] = USED, version: int = 1
) -> dict[str, str]:
    (folder / "metadata").mkdir(parents=True, exist_ok=True)
    published = [publishable(table) for table in tables]
    return dict(write_sdmx(folder, published, used, Imprint(PLAN, PERIOD, version, Office())))


@pytest.mark.parametrize(
    ("address", "agency"),
    [
        ("https://statistics.example.org/", "STATISTICS_EXAMPLE_ORG"),
        ("http://127.0.0.1:8000/x/", "OFFICE_127_0_0_1"),
        ("https://trade-data.example.org/kr", "TRADE_DATA_EXAMPLE_ORG"),
        ("not an address", "OFFICE"),
    ],
)
def test_the_agency_is_the_web_host(address: str, agency: str) -> None:
    assert agency_of(Office(base_url=address)) == agency
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", agency)


def test_a_version_is_no_figure() -> None:
    """Six digits in a row would be looked at as a number that may be hidden."""
    versions = {version_of(number) for number in range(500)}
    assert len(versions) == 500
    assert all(re.fullmatch(r"1\.[1-9]\d{3}\.[1-9]\d{3}", version) for version in versions)
    assert not set().union(*map(numbers, versions))
    assert not numbers(" ".join(f"X:Y({version})" for version in versions))


def test_a_version_is_that_of_the_tables_own_content(tmp_path: Path) -> None:
    """Another table, edition or row changes nothing; a title or a code does."""
    first = flows(tmp_path / "a", empty_sample())[EXPORTS]
    both = flows(tmp_path / "b", noisy_sample(), empty_sample(), version=2)
    assert both[EXPORTS] == first != both[TRADERS]
    table = empty_sample()
    named = ProtectedTable(
        replace(table.structure, title="Exports, anew"), PERIOD, table.snapshot, "suppression", table.cells
    )
    assert flows(tmp_path / "c", named)[EXPORTS] != first
    country = USED["COUNTRY"]
    renamed = replace(country, codes=(*country.codes[:-1], replace(country.codes[-1], name="Elsewhere")))
    assert flows(tmp_path / "d", table, used=USED | {"COUNTRY": renamed})[EXPORTS] != first


def test_names_are_escaped(tmp_path: Path) -> None:
    table = empty_sample()
    odd = replace(table.structure, title='Exports <b> & "more"', summary="a > b")
    flows(tmp_path, ProtectedTable(odd, PERIOD, table.snapshot, "suppression", table.cells))
    text = (tmp_path / "metadata/sdmx.xml").read_text("utf-8")
    assert "Exports &lt;b&gt; &amp; " in text
    assert "<b>" not in text
