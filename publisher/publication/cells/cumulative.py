"""One Parquet file a table over all periods: the rows of the editions that stand, one after the other, nothing else.

It is concatenation, so it tells nothing that the editions do not tell. `edition` says where a row is from; the
metadata of the file give each edition's manifest digest, so that anyone can hold the rows against signed files.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from publisher.errors import ReleaseError
from publisher.publication.cells.site_cells import SiteCells
from publisher.publication.cells.tables import SiteTable
from publisher.publication.files.data_files import ROW_GROUP
from publisher.publication.files.metadata import write_json
from publisher.release.edition.inventory import entry_of
from publisher.release.publish.index import PublishedEdition

FORMAT = "trade-publisher/cumulative/1"
CUMULATIVE = "data/cumulative.json"  # the list of these files, below the site's root
_ORIGIN = "edition"


@dataclass(frozen=True)
class Piece:
    """The rows of one edition, with what its file is to be told by: series/period/vN and SHA-256 of its manifest."""

    edition: str
    manifest_sha256: str
    rows: Any


def write_cumulative(target: Path, cells: SiteCells, editions: Sequence[PublishedEdition]) -> None:
    """Writes data/<series>/<query>.parquet of each table below `target`, and data/cumulative.json which lists them.

    Columns are the union of the editions' columns, null where an edition has none. Where an edition's column is of
    another type than the one before, a further file begins: <query>.2.parquet.
    """
    digests = {edition.ref.name: edition.ref.manifest_sha256 for edition in editions}
    listed = [entry for table in cells.tables for entry in _write_table(target, table, digests)]
    (target / CUMULATIVE).parent.mkdir(parents=True, exist_ok=True)
    write_json(target / CUMULATIVE, {"format": FORMAT, "files": listed})


def _write_table(target: Path, table: SiteTable, digests: dict[str, str]) -> Iterator[dict[str, Any]]:
    for number, pieces in enumerate(_alike(_pieces(table, digests)), start=1):
        name = f"data/{table.series}/{table.id}{f'.{number}' if number > 1 else ''}.parquet"
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = joined(pieces)
        pq.write_table(
            rows,
            path,
            compression="zstd",
            use_dictionary=_texts(rows.schema),  # type: ignore[arg-type]  # the hints know only the switch
            row_group_size=ROW_GROUP,
            write_statistics=True,
        )
        file = entry_of(target, name)
        yield {
            "path": name,
            "size": file.size,
            "sha256": file.sha256,
            "series": table.series,
            "table": table.id,
            "title": table.described.title,
            "rows": rows.num_rows,
            "editions": [{"edition": piece.edition, "manifest_sha256": piece.manifest_sha256} for piece in pieces],
        }


def _pieces(table: SiteTable, digests: dict[str, str]) -> Iterator[Piece]:
    """In the order of the periods."""
    for _, part in sorted(table.parts.items()):
        path = part.edition.folder / "data" / f"{table.id}.parquet"
        try:
            rows = pq.read_table(path, partitioning=None)
        except (OSError, pa.ArrowException) as fault:
            raise ReleaseError(
                "cannot be read as a published table.", place=str(path), remedy="Restore it."
            ) from fault
        yield Piece(part.edition.name, digests[part.edition.name], rows)


def _alike(pieces: Iterator[Piece]) -> list[list[Piece]]:
    """Cut where a column changes its type."""
    groups: list[list[Piece]] = []
    types: dict[str, pa.DataType] = {}
    for piece in pieces:
        found = {field.name: field.type for field in piece.rows.schema}
        if not groups or any(types.get(name, kind) != kind for name, kind in found.items()):
            groups.append([])
            types = {}
        types.update(found)
        groups[-1].append(piece)
    return groups


def joined(pieces: Sequence[Piece]) -> Any:
    """The rows of all pieces in their order, described as the newest edition describes them."""
    newest = pieces[-1]
    tables = [piece.rows.replace_schema_metadata(None) for piece in reversed(pieces)]
    schema = pa.unify_schemas([_nullable(table.schema) for table in tables])
    rows = pa.concat_tables([_complete(table, schema) for table in reversed(tables)])
    origin = pa.chunked_array(
        [pa.array([p.edition] * p.rows.num_rows, pa.string()).dictionary_encode() for p in pieces]
    )
    rows = rows.append_column(_ORIGIN, origin).unify_dictionaries()
    kept = {name: text for name, text in _texts_of(newest.rows.schema).items() if name in _DESCRIBING}
    parts = [{"edition": piece.edition, "manifest_sha256": piece.manifest_sha256} for piece in pieces]
    return rows.replace_schema_metadata({**kept, "format": FORMAT, "editions": json.dumps(parts)})


_DESCRIBING = ("title", "description", "publisher", "licence", "licence_url", "units", "protection")


def _texts_of(schema: pa.Schema) -> dict[str, str]:
    return {name.decode(): text.decode() for name, text in (schema.metadata or {}).items()}


def _nullable(schema: pa.Schema) -> pa.Schema:
    """An older edition may lack the column. Titles and units are those of the newest: it is the first to be asked."""
    return pa.schema([field.with_nullable(True) for field in schema])


def _complete(table: Any, schema: pa.Schema) -> Any:
    """With every column of the schema, in its order."""
    columns = [
        table.column(field.name) if field.name in table.column_names else pa.nulls(table.num_rows, field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _texts(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if pa.types.is_dictionary(field.type)]
