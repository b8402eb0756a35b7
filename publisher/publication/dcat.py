"""metadata/dcat.jsonld: the edition as DCAT 3 and schema.org/Dataset, for catalogues and search engines."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from publisher.publication.dictionary import data_dictionary
from publisher.publication.imprint import Imprint
from publisher.publication.metadata import write_json
from publisher.publication.published import Published

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_FORMATS = (("parquet", "application/vnd.apache.parquet"), ("csv", "text/csv"))


def write_dcat(public: Path, tables: Sequence[Published], imprint: Imprint) -> None:
    """One dataset series with one dataset a table, each with its two files."""
    graph: list[dict[str, Any]] = [_series(tables, imprint)]
    graph += [_dataset(public, table, imprint) for table in tables]
    write_json(public / "metadata" / "dcat.jsonld", {"@context": CONTEXT, "@graph": graph})


def _common(imprint: Imprint) -> dict[str, Any]:
    publisher = {
        "@id": imprint.office.base_url,
        "@type": ["foaf:Agent", "schema:Organization"],
        "foaf:name": imprint.office.name,
        "schema:name": imprint.office.name,
        "schema:email": imprint.office.contact,
    }
    return {
        "dct:publisher": publisher,
        "schema:creator": {"@id": imprint.office.base_url},
        "dct:license": {"@id": imprint.office.licence_url},
        "schema:license": {"@id": imprint.office.licence_url},
        "dct:issued": {"@value": imprint.due.isoformat(), "@type": "xsd:dateTime"},
        "schema:datePublished": imprint.due.isoformat(),
        "dcat:version": f"v{imprint.version}",
        "schema:version": f"v{imprint.version}",
        "schema:temporalCoverage": imprint.period,
        "schema:isAccessibleForFree": True,
    }


def _series(tables: Sequence[Published], imprint: Imprint) -> dict[str, Any]:
    return {
        "@id": imprint.url,
        "@type": ["dcat:DatasetSeries", "schema:Dataset"],
        "dct:title": imprint.name,
        "schema:name": imprint.name,
        "dct:description": imprint.plan.summary,
        "schema:description": imprint.plan.summary,
        **_common(imprint),
        "schema:hasPart": [{"@id": _table_url(table, imprint)} for table in tables],
    }


def _table_url(table: Published, imprint: Imprint) -> str:
    return f"{imprint.url}tables/{table.structure.id}.html"


def _dataset(public: Path, table: Published, imprint: Imprint) -> dict[str, Any]:
    structure = table.structure
    files = [_distribution(public, table, imprint, suffix, mediatype) for suffix, mediatype in _FORMATS]
    return {
        "@id": _table_url(table, imprint),
        "@type": ["dcat:Dataset", "schema:Dataset"],
        "dct:identifier": f"{imprint.edition}/{structure.id}",
        "dct:title": structure.title,
        "schema:name": structure.title,
        "dct:description": structure.summary,
        "schema:description": structure.summary,
        "dcat:inSeries": {"@id": imprint.url},
        "dcat:landingPage": {"@id": _table_url(table, imprint)},
        **_common(imprint),
        "dcat:distribution": files,
        "schema:distribution": [{"@id": file["@id"]} for file in files],
        "schema:variableMeasured": [
            {"@type": "schema:PropertyValue", "schema:name": entry.name, "schema:unitText": entry.unit}
            for entry in data_dictionary(table.table)
            if entry.unit
        ],
    }


def _distribution(public: Path, table: Published, imprint: Imprint, suffix: str, mediatype: str) -> dict[str, Any]:
    path = f"data/{table.structure.id}.{suffix}"
    content = (public / path).read_bytes()
    return {
        "@id": imprint.url + path,
        "@type": ["dcat:Distribution", "schema:DataDownload"],
        "dcat:downloadURL": {"@id": imprint.url + path},
        "schema:contentUrl": imprint.url + path,
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{mediatype}"},
        "schema:encodingFormat": mediatype,
        "dcat:byteSize": {"@value": str(len(content)), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": hashlib.sha256(content).hexdigest(),
        },
    }
