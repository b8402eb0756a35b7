"""The tables of the store. `declaration_item` follows the register in model.declaration."""

from duckdb import DuckDBPyConnection

from publisher.errors import StoreError
from publisher.model.declaration import DECLARATION
from publisher.store.statements import statement

SCHEMA_VERSION = 1

COLUMNS = ", ".join(column.name for column in DECLARATION)


def create_schema(connection: DuckDBPyConnection) -> None:
    """Makes all tables and views in the current database."""
    columns = ",\n    ".join(
        f"{column.name} {column.sql_type}{' NOT NULL' if column.required else ''}" for column in DECLARATION
    )
    connection.execute(statement("schema").format(declaration_columns=columns, schema_version=SCHEMA_VERSION))


def check_schema(connection: DuckDBPyConnection, place: str) -> None:
    """Raises StoreError unless the store has the version this program writes."""
    row = connection.execute("SELECT max(version) FROM schema_version").fetchone()
    if row is None or row[0] != SCHEMA_VERSION:
        raise StoreError(
            f"this store has schema version {row[0] if row else None}, this program needs {SCHEMA_VERSION}.",
            place=place,
            remedy="Use the program version that made the store.",
        )
