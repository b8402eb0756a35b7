"""queries.html: every predefined query, what it counts, whom its protection protects and how, in words.

Made from metadata/tables.json of published editions, which holds no rule parameter; of a query that is planned and
not yet published, its name alone is known here.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from publisher.publication.contexts import Frame, Link, Term
from publisher.publication.display import level_words
from publisher.publication.pages import write_page
from publisher.publication.periods import period_words
from publisher.publication.series import Series, Site
from publisher.release.index import PublishedEdition

FLOWS: Mapping[str, str] = {"M": "Imports", "X": "Exports"}
PROTECTION: Mapping[str, str] = {
    "suppression": "Exact figures. One that would tell too much about a company is not shown, nor are figures from "
    "which it could be worked out.",
    "dp": "Noise is added to every figure, once and for good, and each figure is printed with its margin.",
    "band": "Noise that grows with the figure is added, once and for good, and each figure is printed with a range.",
}
PROTECTED: Mapping[str, str] = {
    "suppression": "Each company that takes part in the trade, from readers and from the other companies.",
    "dp": "One {unit}: whether it traded at all, and what, stays uncertain.",
    "band": "One {unit}: its amount, within a band around it. That a large company trades at all is not hidden.",
}
AGGREGATES: Mapping[str, str] = {
    "sum": "{title}: sum, in {unit}",
    "count": "{title}: count of goods items",
    "count_distinct": "{title}: count of different traders",
    "quantile": "{title}: quantile {quantile}, in {unit}",
}
EXPLAINED: Mapping[str, Link] = {
    "suppression": Link("Why is a cell blank?", "methodology.html#not-shown"),
    "dp": Link("What does noise mean?", "methodology.html#noise"),
    "band": Link("What does noise mean?", "methodology.html#bands"),
}
ADDED = "{column}: {levels}"
PUBLISHED = "{series}, newest {period}"


@dataclass(frozen=True)
class QueryEntry:
    """One query. `explained` leads to how its protection works, `links` to its newest table and its columns."""

    anchor: str
    title: str
    summary: str
    terms: tuple[Term, ...]
    explained: Link
    links: tuple[Link, ...]


@dataclass(frozen=True)
class QueryCataloguePage:
    """`planned`: names of queries that a plan has and no edition yet."""

    template: ClassVar[str] = "query_catalogue.html"
    frame: Frame
    queries: tuple[QueryEntry, ...]
    planned: tuple[str, ...]


def write_query_catalogue(site: Site) -> None:
    write_page(site.folder / "queries.html", query_catalogue_page(site))


def query_catalogue_page(site: Site) -> QueryCataloguePage:
    found: dict[str, QueryEntry] = {}
    for series in site.series:
        if series.latest is not None:
            for entry in _tables(site, series.latest):
                found.setdefault(entry["id"], _entry(entry, series, series.latest))
    planned = (query for series in site.series if series.plan for query in series.plan.queries)
    frame = site.frame("Queries", "What each table counts, and how.", "tables", trail=[Link("Home", "index.html")])
    return QueryCataloguePage(
        frame, tuple(found.values()), tuple(q for q in dict.fromkeys(planned) if q not in found)
    )


def _tables(site: Site, edition: PublishedEdition) -> list[dict[str, Any]]:
    path = site.folder / edition.path / "metadata" / "tables.json"
    return list(json.loads(path.read_text("utf-8"))["tables"])


def _entry(table: Mapping[str, Any], series: Series, edition: PublishedEdition) -> QueryEntry:
    period = period_words(edition.ref.period)
    return QueryEntry(
        anchor=table["id"],
        title=table["title"],
        summary=table["summary"],
        terms=(
            *_counted(table),
            *_guarded(table),
            Term("Published in", PUBLISHED.format(series=series.title, period=period)),
        ),
        explained=EXPLAINED[table["method"]],
        links=(
            Link(f"Newest table: {period}", f"{edition.path}/tables/{table['id']}.html"),
            Link("Columns and files", f"{edition.path}/dataset.html#{table['id']}"),
        ),
    )


def _counted(table: Mapping[str, Any]) -> Iterator[Term]:
    yield Term("Direction of trade", FLOWS[table["flow"]])
    if table["universe"]:
        yield Term("Counted are goods items with", table["universe"])
    yield Term("Broken down by", "", tuple(_breakdown(one) for one in table["dimensions"]))
    yield Term("Figures", "", tuple(_figure(one) for one in table["measures"]))


def _breakdown(dimension: Mapping[str, Any]) -> str:
    levels = ", ".join(level_words(level).lower() for level in dimension["levels"])
    return ADDED.format(column=dimension["title"], levels=levels)


def _figure(measure: Mapping[str, Any]) -> str:
    return AGGREGATES[measure["aggregate"]].format(
        title=measure["title"], unit=measure["unit"], quantile=measure.get("quantile", "")
    )


def _guarded(table: Mapping[str, Any]) -> Iterator[Term]:
    method, unit = table["method"], (table["noise"] or {}).get("unit", "")
    yield Term("Protection", PROTECTION[method])
    yield Term("Who is protected", PROTECTED[method].format(unit=unit))
