"""data/<query>.csv-metadata.json: the columns of a CSV file as CSV on the Web has them (w3.org/TR/tabular-metadata).

A reader that is given the CSV file's address finds it by its name (section 5.3 of "Model for Tabular Data").
"""

from pathlib import Path
from typing import Any

from publisher.publication.files.dictionary import ColumnEntry, data_dictionary
from publisher.publication.files.metadata import write_json
from publisher.publication.imprint import Imprint
from publisher.publication.tables.published import Published

ENDING = ".csv-metadata.json"
_DATATYPES = {"string": "string", "integer": "integer", "number": "decimal"}


def write_csvw(folder: Path, table: Published, imprint: Imprint) -> None:
    """Writes <folder>/<query>.csv-metadata.json beside the CSV file."""
    structure, office = table.structure, imprint.office
    schema = {
        "columns": [_column(entry) for entry in data_dictionary(table.table)],
        "primaryKey": ["time_period", *structure.columns],
    }
    write_json(
        folder / f"{structure.id}{ENDING}",
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "url": f"{structure.id}.csv",
            "dc:title": structure.title,
            "dc:description": structure.summary,
            "dc:publisher": office.name,
            "dc:license": {"@id": office.licence_url},
            "dc:issued": imprint.due.isoformat(),
            "dc:isPartOf": {"@id": imprint.url},
            "tableSchema": schema,
        },
    )


def _column(entry: ColumnEntry) -> dict[str, Any]:
    """`titles` is what stands in the file's first line; an empty field is no text but a missing one."""
    return {
        "name": entry.name,
        "titles": entry.name,
        "dc:title": entry.title,
        "dc:description": entry.description,
        "datatype": _DATATYPES[entry.type],
        "null": "",
        "required": entry.required,
        **({"schema:unitText": entry.unit} if entry.unit else {}),
    }
