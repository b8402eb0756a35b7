"""The tables of the store. `declaration_item` follows the register in model.declaration.

A store is made as version 1 and brought up to date by the same statements that an older one gets on opening.
"""

from duckdb import DuckDBPyConnection

from publisher.errors import StoreError
from publisher.model.declaration import DECLARATION
from publisher.store.statements import statement

SCHEMA_VERSION = 3
_UPGRADES = {2: "policy_tables_2", 3: "clearance_hours_3"}

COLUMNS = ", ".join(column.name for column in DECLARATION)


def create_schema(connection: DuckDBPyConnection) -> None:
    """Makes all tables and views in the current database."""
    columns = ",\n    ".join(
        f"{column.name} {column.sql_type}{' NOT NULL' if column.required else ''}"
        for column in DECLARATION
        if not column.later
    )
    connection.execute(statement("schema").format(declaration_columns=columns, schema_version=1))
    _upgrade(connection)


def check_schema(connection: DuckDBPyConnection, place: str) -> None:
    """Brings an older store up to date, in one transaction. Raises StoreError for a newer one."""
    _upgrade(connection)
    if _version(connection) != SCHEMA_VERSION:
        raise StoreError(
            f"this store has schema version {_version(connection)}, this program needs {SCHEMA_VERSION}.",
            place=place,
            remedy="Use the program version that made the store.",
        )


def _version(connection: DuckDBPyConnection) -> int | None:
    row = connection.execute("SELECT max(version) FROM schema_version").fetchone()
    return row[0] if row else None


def _upgrade(connection: DuckDBPyConnection) -> None:
    """Each version up to this one, in turn; nothing for a store that is up to date or newer."""
    version = _version(connection)
    if version is None or version >= SCHEMA_VERSION:
        return
    connection.execute("BEGIN TRANSACTION")
    try:
        for each in range(version + 1, SCHEMA_VERSION + 1):
            connection.execute(statement(_UPGRADES[each]))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
