"""croissant.json: the edition for machine learning, in Croissant 1.0 (docs.mlcommons.org/croissant).

One record set a table, over its Parquet file: that is typed, so that a code such as "0101" stays a text.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from publisher.publication.files.citation import citation
from publisher.publication.files.dictionary import ColumnEntry, data_dictionary
from publisher.publication.files.formats import PARQUET, data_files
from publisher.publication.files.metadata import write_json
from publisher.publication.imprint import Imprint
from publisher.publication.tables.published import Published

CROISSANT = "croissant.json"
_TYPES = {"string": "sc:Text", "integer": "sc:Integer", "number": "sc:Float"}
_PARQUET_TYPE = "application/x-parquet"  # the name that Croissant knows
_TERMS = (
    *("citeAs", "column", "conformsTo", "equivalentProperty", "extract", "field", "fileProperty", "fileObject"),
    *("fileSet", "format", "includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet"),
    *("references", "regex", "repeated", "replace", "samplingRate", "separator", "source", "subField", "transform"),
)
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    **{term: f"cr:{term}" for term in _TERMS},
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
}

Node = dict[str, Any]


def write_croissant(public: Path, tables: Sequence[Published], imprint: Imprint) -> None:
    """Written after the data files, whose sizes and digests it tells."""
    plan, office = imprint.plan, {"@type": "sc:Organization", "name": imprint.office.name}
    files = [node for table in tables for node in _files(public, table, imprint)]
    write_json(
        public / CROISSANT,
        {
            "@context": CONTEXT,
            "@type": "sc:Dataset",
            "conformsTo": "http://mlcommons.org/croissant/1.0",
            "name": imprint.name,
            "description": plan.summary,
            "license": imprint.office.licence_url,
            "url": imprint.url,
            "version": f"{imprint.version}.0.0",
            "datePublished": imprint.due.isoformat(),
            "creator": office,
            "publisher": office,
            "citeAs": citation(imprint, plan.title, imprint.url),
            "isLiveDataset": False,
            "distribution": files,
            "recordSet": [_records(table) for table in tables],
        },
    )


def _files(public: Path, table: Published, imprint: Imprint) -> Iterator[Node]:
    """Addresses, because a reader that has only this file could not make them of paths."""
    for form, fact in data_files(public, table.structure.id):
        yield {
            "@type": "cr:FileObject",
            "@id": fact.path,
            "name": fact.path.rpartition("/")[2],
            "description": f"{table.structure.title} ({form.label})",
            "contentUrl": imprint.url + fact.path,
            "contentSize": f"{fact.size} B",
            "encodingFormat": _PARQUET_TYPE if form is PARQUET else form.mediatype,
            "sha256": fact.sha256,
        }


def _records(table: Published) -> Node:
    structure = table.structure
    keys = [{"@id": f"{structure.id}/{column}"} for column in ("time_period", *structure.columns)]
    return {
        "@type": "cr:RecordSet",
        "@id": structure.id,
        "name": structure.id,
        "description": f"{structure.title}. {structure.summary}",
        "key": keys,
        "field": [_field(structure.id, entry) for entry in data_dictionary(table.table)],
    }


def _field(query: str, entry: ColumnEntry) -> Node:
    unit = f" In {entry.unit}." if entry.unit else ""
    return {
        "@type": "cr:Field",
        "@id": f"{query}/{entry.name}",
        "name": entry.name,
        "description": f"{entry.title}. {entry.description}{unit}",
        "dataType": _TYPES[entry.type],
        "source": {
            "fileObject": {"@id": f"data/{query}.{PARQUET.ending}"},
            "extract": {"column": entry.name},
        },
    }
