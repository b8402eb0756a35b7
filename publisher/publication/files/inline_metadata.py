"""schema.org descriptions inside pages, for search engines: what Google asks of a data set, and nothing that the page
does not say.

A block of type application/ld+json is data: no browser runs it, so the policy of pages (no inline script) stands.
Required: https://developers.google.com/search/docs/appearance/structured-data/dataset
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from publisher.publication.files.citation import citation
from publisher.publication.files.dcat import days
from publisher.publication.files.dictionary import data_dictionary
from publisher.publication.files.formats import data_paths
from publisher.publication.imprint import Imprint
from publisher.publication.script import script_safe
from publisher.publication.tables.display import short_name
from publisher.publication.tables.published import Published
from publisher.publication.words import ENGLISH, Words
from publisher.settings import Office

DESCRIPTION_LENGTH = 5_000  # what Google takes, at most; 50 at least, which the sentence about the edition has

Node = dict[str, Any]


def embedded(node: Mapping[str, Any]) -> Markup:
    """The text of a block, which no name in it can end."""
    text = json.dumps({"@context": "https://schema.org/", **node}, ensure_ascii=False, separators=(",", ":"))
    return Markup(script_safe(text))  # noqa: S704  # every "<" in it is escaped


def table_metadata(public: Path, table: Published, imprint: Imprint) -> Markup:
    """The data set that a table's page is about. Its data files lie below `public` already."""
    structure, words, page = table.structure, imprint.words, _page(table, imprint)
    files = (
        download(form.label, form.mediatype, imprint.url + path) for form, path in data_paths(public, structure.id)
    )
    return embedded(
        {
            **_dataset(table, imprint),
            "identifier": f"{imprint.edition}/{structure.id}",
            "version": str(imprint.version),
            "datePublished": imprint.due.isoformat(),
            "temporalCoverage": "/".join(days(imprint.period)),
            "keywords": [words.own(dimension.title) for dimension in structure.dimensions],
            "includedInDataCatalog": {"@type": "DataCatalog", "name": _catalogue(imprint), "url": imprint.url},
            "variableMeasured": [
                variable(entry.title, entry.unit) for entry in data_dictionary(table.table, words) if entry.unit
            ],
            "citation": citation(imprint, words.own(structure.title), page, words),
            "distribution": list(files),
        }
    )


def edition_metadata(tables: Sequence[Published], imprint: Imprint) -> Markup:
    """The catalogue of an edition's tables, for the page of its data."""
    office = imprint.office
    return embedded(
        {
            "@type": "DataCatalog",
            "@id": f"{imprint.url}#catalogue",
            "name": _catalogue(imprint),
            "description": _told(imprint.words.own(imprint.plan.summary), imprint),
            "url": imprint.url,
            "license": office.licence_url,
            "publisher": organisation(office, imprint.words),
            "dataset": [_dataset(table, imprint) for table in tables],
        }
    )


def _dataset(table: Published, imprint: Imprint) -> Node:
    structure, words = table.structure, imprint.words
    return {
        "@type": "Dataset",
        "@id": f"{_page(table, imprint)}#dataset",
        "name": words.gettext(
            "%(title)s, %(period)s", title=words.own(structure.title), period=words.period(imprint.period)
        ),
        "description": _told(words.own(structure.summary), imprint),
        "url": _page(table, imprint),
        **terms(imprint.office, words),
    }


def _page(table: Published, imprint: Imprint) -> str:
    return f"{imprint.url}tables/{table.structure.id}.html"


def _catalogue(imprint: Imprint) -> str:
    words = imprint.words
    return words.gettext(
        "%(title)s, %(period)s", title=words.own(imprint.plan.title), period=words.period(imprint.period)
    )


def _told(summary: str, imprint: Imprint) -> str:
    words = imprint.words
    return described(
        words.gettext(
            "%(summary)s Figures for %(period)s, version %(number)s of this release, published by %(office)s.",
            summary=summary,
            period=words.period(imprint.period),
            number=imprint.version,
            office=words.own(imprint.office.name),
        )
    )


def described(text: str) -> str:
    return short_name(text, DESCRIPTION_LENGTH)


def terms(office: Office, words: Words = ENGLISH) -> Node:
    """Who answers for a data set, and on which terms it may be used."""
    told = organisation(office, words)
    return {"creator": told, "publisher": told, "license": office.licence_url, "isAccessibleForFree": True}


def organisation(office: Office, words: Words = ENGLISH) -> Node:
    return {"@type": "Organization", "name": words.own(office.name), "url": office.base_url}


def variable(name: str, unit: str) -> Node:
    return {"@type": "PropertyValue", "name": name, **({"unitText": unit} if unit != "1" else {})}


def download(name: str, mediatype: str, address: str) -> Node:
    return {"@type": "DataDownload", "name": name, "encodingFormat": mediatype, "contentUrl": address}
