"""queries.html: every predefined query, what it counts, whom its protection protects and how, in words.

Made from metadata/tables.json of published editions, which holds no rule parameter; of a query that is planned and
not yet published, its name alone is known here.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from publisher.publication.contexts import Frame, Link, Term
from publisher.publication.level_names import level_name
from publisher.publication.site.series import Series, Site
from publisher.publication.words import Words
from publisher.release.publish.index import PublishedEdition


@dataclass(frozen=True)
class QueryEntry:
    """One query. `universe` is in the catalogue's SQL subset, empty where all goods items of the flow are counted;
    `explained` leads to how its protection works, `links` to its newest table and its columns."""

    anchor: str
    title: str
    summary: str
    universe: str
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


def query_catalogue_page(site: Site) -> QueryCataloguePage:
    found: dict[str, QueryEntry] = {}
    for series in site.series:
        if series.latest is not None:
            for entry in _tables(site, series.latest):
                found.setdefault(entry["id"], _entry(entry, series, series.latest, site.words))
    planned = (query for series in site.series if series.plan for query in series.plan.queries)
    say, trail = site.words.gettext, [Link(site.home, "index.html")]
    frame = site.frame(say("Queries"), say("What each table counts, and how."), "tables", trail=trail)
    return QueryCataloguePage(
        frame, tuple(found.values()), tuple(q for q in dict.fromkeys(planned) if q not in found)
    )


def _tables(site: Site, edition: PublishedEdition) -> list[dict[str, Any]]:
    path = site.folder / edition.path / "metadata" / "tables.json"
    return list(json.loads(path.read_text("utf-8"))["tables"])


def _entry(table: Mapping[str, Any], series: Series, edition: PublishedEdition, words: Words) -> QueryEntry:
    say, period = words.gettext, words.period(edition.ref.period)
    published = say("%(series)s, newest %(period)s", series=series.title, period=period)
    return QueryEntry(
        anchor=table["id"],
        title=words.own(table["title"]),
        summary=words.own(table["summary"]),
        universe=table["universe"],
        terms=(*_counted(table, words), *_guarded(table, words), Term(say("Published in"), published)),
        explained=_explained(table["method"], words),
        links=(
            Link(say("Newest table: %(period)s", period=period), f"{edition.path}/tables/{table['id']}.html"),
            Link(say("Columns and files"), f"{edition.path}/dataset.html#{table['id']}"),
        ),
    )


def _counted(table: Mapping[str, Any], words: Words) -> Iterator[Term]:
    say = words.gettext
    yield Term(say("Direction of trade"), {"M": say("Imports"), "X": say("Exports")}[table["flow"]])
    yield Term(say("Broken down by"), "", tuple(_breakdown(one, words) for one in table["dimensions"]))
    yield Term(say("Figures"), "", tuple(_figure(one, words) for one in table["measures"]))


def _breakdown(dimension: Mapping[str, Any], words: Words) -> str:
    levels = ", ".join(level_name(level, words) for level in dimension["levels"])
    return words.gettext("%(title)s: %(levels)s", title=words.own(dimension["title"]), levels=levels)


def _figure(measure: Mapping[str, Any], words: Words) -> str:
    named = {"title": words.own(measure["title"]), "unit": words.own(measure["unit"])}
    match measure["aggregate"]:
        case "count":
            return words.gettext("%(title)s: count of goods items", **named)
        case "count_distinct":
            return words.gettext("%(title)s: count of different traders", **named)
        case "quantile":
            at = words.decimal_text(str(measure["quantile"]))
            return words.gettext("%(title)s: quantile %(quantile)s, in %(unit)s", quantile=at, **named)
    return words.gettext("%(title)s: sum, in %(unit)s", **named)


def _guarded(table: Mapping[str, Any], words: Words) -> Iterator[Term]:
    how, whom = _exact(words) if table["method"] == "suppression" else _noisy(table, words)
    yield Term(words.gettext("Protection"), how)
    yield Term(words.gettext("Who is protected"), whom)


def _exact(words: Words) -> tuple[str, str]:
    return (
        words.gettext(
            "Exact figures. One that would tell too much about a company is not shown, nor are figures from which it "
            "could be worked out."
        ),
        words.gettext("Each company that takes part in the trade, from readers and from the other companies."),
    )


def _noisy(table: Mapping[str, Any], words: Words) -> tuple[str, str]:
    say, unit = words.gettext, words.own(table["noise"]["unit"])
    if table["method"] == "band":
        return (
            say(
                "Noise that grows with the figure is added, once and for good, and each figure is printed with a "
                "range."
            ),
            say(
                "One %(unit)s: its amount, within a band around it. That a large company trades at all is not "
                "hidden.",
                unit=unit,
            ),
        )
    return (
        say("Noise is added to every figure, once and for good, and each figure is printed with its margin."),
        say("One %(unit)s: whether it traded at all, and what, stays uncertain.", unit=unit),
    )


def _explained(method: str, words: Words) -> Link:
    if method == "suppression":
        return Link(words.gettext("Why is a cell blank?"), "methodology.html#not-shown")
    noise = words.gettext("What does noise mean?")
    return Link(noise, "methodology.html#bands" if method == "band" else "methodology.html#noise")
