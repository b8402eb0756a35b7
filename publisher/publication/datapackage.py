"""metadata/datapackage.json: Frictionless Data Package v1 (specs.frictionlessdata.io)."""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from publisher.publication.dictionary import ColumnEntry, data_dictionary
from publisher.publication.imprint import Imprint
from publisher.publication.metadata import write_json
from publisher.publication.published import Published


def write_datapackage(public: Path, tables: Sequence[Published], codelists: Iterable[str], imprint: Imprint) -> None:
    """Describes data/*.csv (with schema), data/*.parquet and the codelists, each with size and SHA-256."""
    resources = [_csv(public, table) for table in tables]
    resources += [_parquet(public, table) for table in tables]
    resources += [_codelist(public, identifier) for identifier in codelists]
    write_json(
        public / "metadata" / "datapackage.json",
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


def _file(public: Path, path: str) -> dict[str, Any]:
    """Paths are relative to the descriptor, which lies in metadata/."""
    content = (public / path).read_bytes()
    relative = path.removeprefix("metadata/") if path.startswith("metadata/") else f"../{path}"
    return {"path": relative, "bytes": len(content), "hash": "sha256:" + hashlib.sha256(content).hexdigest()}


def _csv(public: Path, table: Published) -> dict[str, Any]:
    structure = table.structure
    return {
        "name": structure.id,
        "title": structure.title,
        "description": structure.summary,
        "profile": "tabular-data-resource",
        **_file(public, f"data/{structure.id}.csv"),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(entry) for entry in data_dictionary(table.table)],
            "primaryKey": ["time_period", *structure.columns],
            "missingValues": [""],
        },
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
    if entry.codelist:
        field["codelist"] = f"codelists/{entry.codelist}.csv"
    if entry.required:
        field["constraints"] = {"required": True}
    return field


def _parquet(public: Path, table: Published) -> dict[str, Any]:
    return {
        "name": f"{table.structure.id}.parquet",
        "title": table.structure.title,
        **_file(public, f"data/{table.structure.id}.parquet"),
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
    }


def _codelist(public: Path, identifier: str) -> dict[str, Any]:
    names = ("code", "name", "level", "parent")
    return {
        "name": f"codelist.{identifier.lower()}",
        "title": f"Codelist {identifier}",
        "profile": "tabular-data-resource",
        **_file(public, f"metadata/codelists/{identifier}.csv"),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [{"name": name, "type": "string"} for name in names],
            "primaryKey": ["code"],
            "missingValues": [""],
        },
    }
