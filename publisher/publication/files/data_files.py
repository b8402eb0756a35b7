"""data/<query>.parquet and data/<query>.csv: the same rows twice."""

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from publisher.publication.imprint import Imprint
from publisher.publication.tables.published import Published, long_format, number_columns

ROW_GROUP = 131_072


def write_data_files(folder: Path, published: Published, imprint: Imprint) -> None:
    """Writes <folder>/<query>.parquet and .csv. The same cells give the same bytes.

    A hidden number is null in both. Statistics of a column with hidden cells are those of its shown cells.
    """
    write_parquet(folder / f"{published.structure.id}.parquet", published, imprint)
    write_csv(folder, published)


def write_csv(folder: Path, published: Published) -> None:
    pa_csv.write_csv(long_format(published, exact=True), folder / f"{published.structure.id}.csv")


def write_parquet(path: Path, published: Published, imprint: Imprint) -> None:
    """ZSTD, codes dictionary-encoded, units in the column metadata, imprint in the file metadata."""
    cells = long_format(published, exact=False)
    schema = _described(cells.schema, published).with_metadata(_file_metadata(published, imprint))
    texts = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    pq.write_table(
        cells.cast(schema),
        path,
        compression="zstd",
        use_dictionary=texts,  # type: ignore[arg-type]  # a list of columns; the hints know only the switch
        row_group_size=ROW_GROUP,
        write_statistics=True,
    )


def _described(schema: pa.Schema, published: Published) -> pa.Schema:
    """The schema with title and unit beside each number, and nullability said truly."""
    measures = dict(number_columns(published.structure))
    fields = []
    for field in schema:
        measure = measures.get(field.name)
        if measure is None:
            fields.append(field.with_nullable(False))
        else:
            fields.append(field.with_metadata({"title": measure.title, "unit": measure.unit}))
    return pa.schema(fields)


def _file_metadata(published: Published, imprint: Imprint) -> dict[str, str]:
    structure, noise = published.structure, published.table.noise
    return {
        "title": structure.title,
        "description": structure.summary,
        "publisher": imprint.office.name,
        "licence": imprint.office.licence,
        "licence_url": imprint.office.licence_url,
        "edition": imprint.edition,
        "source": imprint.url,
        "time_period": imprint.period,
        "units": "; ".join(f"{measure.id}: {measure.unit}" for measure in structure.measures),
        "protection": "noise added" if published.noisy else "cells hidden",
        **({"not_shown": noise.hidden} if noise and noise.hidden else {}),
    }
