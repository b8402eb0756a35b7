"""All or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import duckdb

from publisher.store.connection import Store


@contextmanager
def transaction(store: Store) -> Iterator[None]:
    """Commits at the end of the block; takes everything back on any exception."""
    store.connection.execute("BEGIN TRANSACTION")
    try:
        yield
        store.connection.execute("COMMIT")
    except BaseException:
        with suppress(duckdb.Error):
            store.connection.execute("ROLLBACK")
        raise
