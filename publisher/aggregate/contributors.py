"""Who is one contributor: a trader, or the holding that owns it. Their pseudonyms."""

import hashlib

import duckdb

from publisher.aggregate.statements import run


def pseudonyms(connection: duckdb.DuckDBPyConnection, snapshot_id: str) -> str:
    """Makes, once for a connection and snapshot, the temporary table of all traders; returns its name.

    Columns: trader VARCHAR, own INTEGER (pseudonym of the trader), holding INTEGER (pseudonym of its holding, that
    of the trader where no holding is known). A trader is in one holding throughout a snapshot: the first by name
    of those on any of its declarations, so that no trader is ever counted as two.

    Pseudonyms run from 1 in the order of a hash salted with the snapshot. They say nothing of the name, are the
    same in all tables of a snapshot whatever the order of rows, and are never published.
    """
    table = f"aggregate_trader_{hashlib.sha256(snapshot_id.encode()).hexdigest()[:16]}"
    run(connection, "make_pseudonyms", [snapshot_id], table=table)
    return table
