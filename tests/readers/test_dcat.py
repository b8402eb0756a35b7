"""rdflib reads the catalogue, and pyshacl finds that it keeps the rules in dcat_ap.ttl."""

from dataclasses import replace
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF

from publisher.publication import write_edition
from publisher.settings import Office
from tests.lib.protected_samples import PERIOD, PLAN, empty_sample, noisy_sample
from tests.readers.conftest import QUERIES

SHAPES = Path(__file__).with_name("dcat_ap.ttl")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
SCHEMA = Namespace("https://schema.org/")


@pytest.fixture
def graph(edition: Path) -> Graph:
    return Graph().parse(edition / "metadata/dcat.jsonld", format="json-ld")


def judged(graph: Graph) -> tuple[bool, str]:
    conforms, _, text = validate(graph, shacl_graph=Graph().parse(SHAPES, format="turtle"))
    return conforms, text


def test_the_catalogue_keeps_the_rules(graph: Graph) -> None:
    conforms, text = judged(graph)
    assert conforms, text


def test_each_table_is_a_dataset_of_the_catalogue(graph: Graph) -> None:
    (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
    members = set(graph.objects(catalogue, DCAT.dataset))
    assert members == set(graph.subjects(RDF.type, DCAT.Dataset)) == set(graph.subjects(RDF.type, SCHEMA.Dataset))
    assert {str(one).rsplit("/", 1)[1] for one in members} == {f"{query}.html#dataset" for query in QUERIES}
    assert set(graph.subjects(RDF.type, DCAT.DatasetSeries)).isdisjoint(members)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (DCAT.Catalog, DCTERMS.publisher),
        (DCAT.Dataset, DCTERMS.temporal),
        (DCAT.Dataset, DCAT.contactPoint),
        (DCAT.Distribution, DCAT.accessURL),
        (DCAT.Distribution, DCTERMS.license),
        (FOAF.Agent, FOAF.name),
    ],
)
def test_a_catalogue_that_lacks_something_is_refused(graph: Graph, kind: URIRef, path: URIRef) -> None:
    """The shapes do see what they are about."""
    for subject in list(graph.subjects(RDF.type, kind)):
        graph.remove((subject, path, None))
    conforms, text = judged(graph)
    assert not conforms
    assert str(path) in text or path.n3(graph.namespace_manager) in text


@pytest.mark.parametrize(
    ("frequency", "period", "days", "coverage"),
    [
        ("quarterly", "2020-Q4", ("2020-10-01", "2020-12-31"), "2020-10-01/2020-12-31"),
        ("annual", "2024", ("2024-01-01", "2024-12-31"), "2024"),
        ("monthly", "2024-02", ("2024-02-01", "2024-02-29"), "2024-02"),
    ],
)
def test_quarters_and_years(
    tmp_path: Path, frequency: str, period: str, days: tuple[str, str], coverage: str
) -> None:
    plan = replace(PLAN, frequency=frequency, first_period=period)
    tables = (noisy_sample(period), empty_sample(period))
    write_edition(tmp_path, plan, period, 1, tables, Office(contact="Room 4, Main Street 1"))
    graph = Graph().parse(tmp_path / "metadata/dcat.jsonld", format="json-ld")
    assert judged(graph)[0]
    for bound, day in zip((DCAT.startDate, DCAT.endDate), days, strict=True):
        assert {str(one) for one in graph.objects(None, bound)} == {day}
    assert set(graph.objects(None, SCHEMA.temporalCoverage)) == {Literal(coverage)}


def test_what_the_edition_is_of(graph: Graph) -> None:
    assert f"{PLAN.id}/{PERIOD}/v1/{QUERIES[0]}" in {str(one) for one in graph.objects(None, DCTERMS.identifier)}
