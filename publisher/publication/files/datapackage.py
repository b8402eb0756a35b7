"""datapackage.json: Frictionless Data Package v1 (specs.frictionlessdata.io), at the edition's root.

It lies there because the specification forbids paths that climb ("..") out of the descriptor's folder.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from publisher.publication.files.dictionary import ColumnEntry, data_dictionary
from publisher.publication.files.formats import CSV, FileFact, data_files, fact_of
from publisher.publication.files.metadata import write_json
from publisher.publication.imprint import Imprint
from publisher.publication.tables.published import Published

DATAPACKAGE = "datapackage.json"


def write_datapackage(public: Path, tables: Sequence[Published], codelists: Iterable[str], imprint: Imprint) -> None:
    """Describes the data files and the codelists, each with size and SHA-256; CSV with columns, keys and types."""
    resources = [resource for table in tables for resource in _of_table(public, table)]
    resources += [_codelist(public, identifier) for identifier in codelists]
    write_json(
        public / DATAPACKAGE,
        {
            "profile": "data-package",
            "name": imprint.plan.id.replace("_", "-"),
            "id": imprint.url,
            "title": imprint.name,
            "description": imprint.plan.summary,
            "version": f"{imprint.period}-v{imprint.version}",
            "homepage": imprint.url,
            "created": imprint.due.isoformat(),
            "licenses": [{"name": imprint.office.licence, "path": imprint.office.licence_url}],
            "contributors": [{"title": imprint.office.name, "email": imprint.office.contact, "role": "publisher"}],
            "resources": resources,
        },
    )


def _of_table(public: Path, table: Published) -> Iterator[dict[str, Any]]:
    """The CSV file by the table's name, with its schema; the others as plain files, not to be opened as CSV."""
    structure = table.structure
    for form, fact in data_files(public, structure.id):
        described = {"title": structure.title, **_file(fact), "format": form.name, "mediatype": form.mediatype}
        if form is CSV:
            text = {"description": structure.summary, "profile": "tabular-data-resource", "encoding": "utf-8"}
            yield {"name": structure.id, **described, **text, "schema": _schema(table)}
        else:
            yield {"name": f"{structure.id}.{form.ending}", **described, "type": "file"}


def _file(fact: FileFact) -> dict[str, Any]:
    return {"path": fact.path, "bytes": fact.size, "hash": f"sha256:{fact.sha256}"}


def _schema(table: Published) -> dict[str, Any]:
    """A code must be one of its codelist: a reader may check that too."""
    entries = data_dictionary(table.table)
    return {
        "fields": [_field(entry) for entry in entries],
        "primaryKey": ["time_period", *table.structure.columns],
        "foreignKeys": [_in_codelist(entry) for entry in entries if entry.codelist],
        "missingValues": [""],
    }


def _field(entry: ColumnEntry) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": entry.name,
        "type": entry.type,
        "title": entry.title,
        "description": entry.description,
    }
    if entry.unit:
        field["unit"] = entry.unit
    if entry.required:
        field["constraints"] = {"required": True}
    return field


def _in_codelist(entry: ColumnEntry) -> dict[str, Any]:
    return {"fields": [entry.name], "reference": {"resource": _resource(entry.codelist), "fields": ["code"]}}


def _resource(codelist: str) -> str:
    return f"codelist.{codelist.lower()}"


def _codelist(public: Path, identifier: str) -> dict[str, Any]:
    names = ("code", "name", "level", "parent")
    return {
        "name": _resource(identifier),
        "title": f"Codelist {identifier}",
        "profile": "tabular-data-resource",
        **_file(fact_of(public, f"metadata/codelists/{identifier}.csv")),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [{"name": name, "type": "string"} for name in names],
            "primaryKey": ["code"],
            "missingValues": [""],
        },
    }
