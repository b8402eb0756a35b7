"""What pages tell search engines: rdflib reads it, it has what Google requires of a data set, and it is true."""

import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from rdflib import RDF, Graph, Namespace

from publisher.publication import write_edition
from publisher.publication.words import ENGLISH, words_for
from publisher.settings import Office
from tests.lib.protected_samples import PERIOD, PLAN, empty_sample
from tests.readers.conftest import IMPORTS, QUERIES, TRADERS

SCHEMA = Namespace("https://schema.org/")
REQUIRED = ("name", "description")
RECOMMENDED = (
    *("creator", "distribution", "identifier", "isAccessibleForFree", "keywords", "license", "temporalCoverage"),
    *("url", "variableMeasured", "version", "includedInDataCatalog"),
)


def block(page: Path) -> dict[str, object]:
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.read_text("utf-8"), re.S)
    return dict(json.loads(text))


@pytest.mark.parametrize("query", QUERIES)
def test_a_table_has_what_google_asks_of_a_data_set(edition: Path, query: str) -> None:
    told = block(edition / f"tables/{query}.html")
    assert told["@context"] == "https://schema.org/" and told["@type"] == "Dataset"
    assert not [name for name in (*REQUIRED, *RECOMMENDED) if not told.get(name)]
    assert 50 <= len(str(told["description"])) <= 5_000
    assert told["temporalCoverage"] == "2021-03-01/2021-03-31"


def test_files_are_there_and_the_catalogue_has_the_same_data_sets(edition: Path) -> None:
    home = Office().base_url.rstrip("/") + f"/releases/{PLAN.id}/{PERIOD}/v1/"
    tables = [block(edition / f"tables/{query}.html") for query in QUERIES]
    for told in tables:
        addresses = [one["contentUrl"] for one in told["distribution"]]  # type: ignore[attr-defined]
        assert len(addresses) >= 3
        assert all((edition / address.removeprefix(home)).is_file() for address in addresses)
        assert (edition / str(told["url"]).removeprefix(home)).is_file()
    listed = block(edition / "dataset.html")["dataset"]
    assert [(one["@id"], one["name"], one["description"]) for one in listed] == [  # type: ignore[attr-defined]
        (told["@id"], told["name"], told["description"]) for told in tables
    ]


def test_rdflib_reads_the_same_data_set_as_in_the_catalogue_file(edition: Path) -> None:
    """Their context is not fetched: it says that bare names are schema.org's."""
    told = block(edition / f"tables/{IMPORTS}.html")
    text = json.dumps({**told, "@context": {"@vocab": str(SCHEMA)}})
    graph, whole = Graph().parse(data=text, format="json-ld"), Graph().parse(edition / "metadata/dcat.jsonld")
    (dataset,) = graph.subjects(RDF.type, SCHEMA.Dataset)
    assert (dataset, RDF.type, SCHEMA.Dataset) in whole
    names = set(graph.objects(None, SCHEMA.unitText))
    assert {str(name) for name in names} == {"KRW", "kg"}
    assert all(urlsplit(str(one)).scheme == "https" for one in graph.objects(None, SCHEMA.contentUrl))


def test_no_unit_is_told_of_what_is_only_counted(edition: Path) -> None:
    told = block(edition / f"tables/{TRADERS}.html")["variableMeasured"]
    assert all(one.get("unitText") != "1" for one in told)  # type: ignore[attr-defined]


def test_no_text_ends_the_block_and_each_page_speaks_its_language(tmp_path: Path) -> None:
    table = empty_sample()
    table = replace(table, structure=replace(table.structure, summary="</script><script>alert(1)</script>"))
    write_edition(tmp_path, PLAN, PERIOD, 1, (table,), Office(), languages=(ENGLISH, words_for("fr")))
    name = f"tables/{table.structure.id}.html"
    english, french = block(tmp_path / name), block(tmp_path / "fr" / name)
    assert str(english["description"]).startswith("</script><script>alert(1)</script> Figures for March 2021")
    assert "Chiffres de la période" in str(french["description"])
    assert english["@id"] == french["@id"]
