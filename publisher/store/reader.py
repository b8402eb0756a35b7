"""Streaming the rows of one source file, in order, as Arrow batches of the columns a profile needs.

The parser runs in a DuckDB instance of its own that can reach this one file and nothing else, not even the
store. What it cannot parse comes back as rejected rows; nothing is dropped without a trace.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from publisher.errors import IngestError
from publisher.settings import Limits
from publisher.store.confine import confine, connect, quoted
from publisher.store.profile import Profile
from publisher.store.source import LONGEST_LINE, SourceFile
from publisher.store.statements import statement

BATCH_ROWS = 100_000


@dataclass(frozen=True)
class Reader:
    """`types` holds the DuckDB type of each source column; `stream()` may be called once, then `rejects()`."""

    source: SourceFile
    connection: DuckDBPyConnection
    query: str
    types: dict[str, str]

    def stream(self, counted: Callable[[int], None]) -> pa.RecordBatchReader:
        """All parsed rows in file order. `counted` hears the running number of rows."""
        reader = self.connection.execute(self.query).to_arrow_reader(BATCH_ROWS)

        def batches() -> Iterator[pa.RecordBatch]:
            rows = 0
            for batch in reader:
                rows += batch.num_rows
                counted(rows)
                yield batch

        return pa.RecordBatchReader.from_batches(reader.schema, batches())

    def rejects(self) -> pa.Table:
        """(row_number, problem, line) of every row that could not be parsed, in file order."""
        if self.source.kind == "parquet":
            return self.connection.execute(statement("no_rejects")).to_arrow_table()
        return self.connection.execute(statement("rejects")).to_arrow_table()


@contextmanager
def reading(source: SourceFile, profile: Profile, temp: Path, limits: Limits) -> Iterator[Reader]:
    """Opens a Reader. Raises IngestError, without DuckDB's words, where the file cannot be parsed at all."""
    connection = connect(temp, limits)
    try:
        path = source.path.resolve()
        confine(connection, readable=[path])
        query = f"SELECT {_columns(profile)} FROM {_scan(source, path, profile.quote)}"
        with unparsable(source.path):
            described = connection.execute(f"DESCRIBE {query}").fetchall()
        yield Reader(source, connection, query, {row[0]: row[1] for row in described})
    finally:
        connection.close()


@contextmanager
def unparsable(path: Path) -> Iterator[None]:
    try:
        yield
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException) as error:
        raise IngestError(
            f"the file cannot be parsed ({type(error).__name__}); nothing of it was kept.",
            place=str(path),
            remedy="Check that it is complete, UTF-8, and in the layout of the profile.",
        ) from None


def _columns(profile: Profile) -> str:
    return ", ".join(identifier(name) for name in profile.sources)


def identifier(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _scan(source: SourceFile, path: Path, quote: str) -> str:
    if source.kind == "parquet":
        return f"read_parquet({quoted(path)}, hive_partitioning = false)"
    names = [name if source.columns.count(name) == 1 and name else f"#{i}" for i, name in enumerate(source.columns)]
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({quoted(path)}, auto_detect = false, header = true, delim = {quoted(source.delimiter)}, "
        f"quote = {quoted(quote)}, escape = {quoted(quote)}, columns = {{{columns}}}, "
        f"max_line_size = {2 * LONGEST_LINE}, store_rejects = true, hive_partitioning = false)"
    )
