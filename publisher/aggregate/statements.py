"""Runs the SQL of this room: one statement a file in sql/, names written in, values bound."""

from collections.abc import Sequence
from functools import cache
from importlib import resources

import duckdb

from publisher.store.failure import explained


def run(
    connection: duckdb.DuckDBPyConnection, name: str, bound: Sequence[object] = (), **written: object
) -> duckdb.DuckDBPyConnection:
    """Runs sql/<name>.sql with `written` in its braces; identifiers and numbers of our own only, never data.

    Raises StoreError without DuckDB's words, which may quote a row.
    """
    with explained("aggregate"):
        return connection.execute(_text(name).format(**written), list(bound))


@cache
def _text(name: str) -> str:
    return (resources.files("publisher.aggregate") / "sql" / f"{name}.sql").read_text("utf-8")
