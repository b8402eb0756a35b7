"""A DuckDB instance that can reach only the files it was given."""

from base64 import b64encode
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from publisher.errors import StoreError
from publisher.settings import Limits
from publisher.store.failure import damaged, explain


def connect(temp: Path, limits: Limits) -> DuckDBPyConnection:
    """A new in-memory instance with encrypted temporary files in `temp`. Not yet confined."""
    temp.mkdir(mode=0o700, parents=True, exist_ok=True)
    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "allow_persistent_secrets": "false",
            "memory_limit": limits.memory_limit,
            "threads": str(limits.threads),
            "preserve_insertion_order": "true",
            "temp_directory": str(temp),
        },
    )
    connection.execute(f"LOAD {quoted(_crypto_extension())}")
    connection.execute("SET temp_file_encryption = true")
    connection.execute("SET enable_progress_bar = false")
    return connection


def attach(connection: DuckDBPyConnection, file: Path, key: bytes, name: str) -> None:
    """Attaches an encrypted database (AES-256-GCM), made where it does not exist.

    Raises StoreError for any failure: DuckDB's own words might quote the statement, and with it the key.
    """
    secret = b64encode(key).decode("ascii")
    try:
        connection.execute(f"ATTACH {quoted(file)} AS {name} (ENCRYPTION_KEY '{secret}')")
    except duckdb.Error as error:
        raise explain(error, str(file)) or damaged(str(file)) from None


def confine(connection: DuckDBPyConnection, readable: Sequence[Path] = ()) -> None:
    """Takes away every file but `readable`, what is attached, and the temporary folder; for good."""
    if readable:
        paths = ", ".join(quoted(path) for path in readable)
        connection.execute(f"SET allowed_paths = [{paths}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def quoted(text: str | Path) -> str:
    """An SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"


def _crypto_extension() -> Path:
    """DuckDB's signed crypto library, from the wheel. Nothing is fetched at run time."""
    name = f"extensions/v{duckdb.__version__}/httpfs.duckdb_extension"
    path = Path(str(resources.files("duckdb_extension_httpfs"))) / name
    if not path.is_file():
        raise StoreError(
            f"there is no encryption extension for DuckDB {duckdb.__version__}.",
            place=str(path),
            remedy="Install the versions of duckdb and duckdb-extension-httpfs that pyproject.toml pins.",
        )
    return path
