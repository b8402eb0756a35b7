"""The formats in which an edition gives a table's cells, and what any descriptor says of a file."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DataFormat:
    """`ending` follows the query's name in data/; `label` stands in links."""

    ending: str
    label: str
    name: str
    mediatype: str


CSV = DataFormat("csv", "CSV", "csv", "text/csv")
PARQUET = DataFormat("parquet", "Parquet", "parquet", "application/vnd.apache.parquet")
SDMX_CSV = DataFormat("sdmx.csv", "SDMX-CSV", "csv", "text/csv")
XLSX = DataFormat("xlsx", "Excel", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
FORMATS = (CSV, PARQUET, SDMX_CSV, XLSX)


@dataclass(frozen=True)
class FileFact:
    """One file of an edition. `path` is relative to the edition's root; `size` in bytes; `sha256` in hex."""

    path: str
    size: int
    sha256: str


def fact_of(public: Path, path: str) -> FileFact:
    """Reads the file once. Raises OSError where it is not there: descriptors are written after what they describe."""
    with (public / path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileFact(path, file.tell(), digest)


def data_paths(public: Path, query: str) -> Iterator[tuple[DataFormat, str]]:
    """The files of one table that are there: a table may be too large for a format."""
    for one in FORMATS:
        path = f"data/{query}.{one.ending}"
        if (public / path).is_file():
            yield one, path


def data_files(public: Path, query: str) -> Iterator[tuple[DataFormat, FileFact]]:
    """The same, with size and digest."""
    for one, path in data_paths(public, query):
        yield one, fact_of(public, path)
