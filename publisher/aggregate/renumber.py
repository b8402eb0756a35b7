"""The same contributor, the same pseudonym, in tables of two snapshots."""

from dataclasses import replace

import duckdb
import numpy as np
import pyarrow as pa

from publisher.aggregate.contributors import pseudonyms
from publisher.aggregate.statements import run
from publisher.catalogue.query import Query
from publisher.model.confidential import ConfidentialTable

GONE = 2**32  # added to the pseudonym of a contributor that the other snapshot does not have


def renumbered(
    connection: duckdb.DuckDBPyConnection, query: Query, table: ConfidentialTable, snapshot_id: str
) -> ConfidentialTable:
    """The table with the pseudonyms of another snapshot: an insider keeps its number over several editions.

    The pseudonyms of both snapshots must be there: each made on this connection while its snapshot was exposed.
    """
    if table.snapshot == snapshot_id:
        return table
    matched = run(
        connection,
        "match_pseudonyms",
        column="holding" if query.contributor.holding else "own",
        was=pseudonyms(connection, table.snapshot),
        now=pseudonyms(connection, snapshot_id),
    ).to_arrow_table()
    was, now = (np.asarray(matched.column(name).to_numpy(), dtype=np.int64) for name in ("was", "now"))
    cells = table.cells
    for name in ("contributor_1", "contributor_2"):
        own = np.asarray(cells.column(name).to_numpy(), dtype=np.int64)
        cells = cells.set_column(cells.schema.get_field_index(name), name, pa.array(_translated(own, was, now)))
    return replace(table, cells=cells)


def _translated(
    own: np.ndarray[tuple[int], np.dtype[np.int64]],
    was: np.ndarray[tuple[int], np.dtype[np.int64]],
    now: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """0, no contributor, stays 0."""
    new = np.where(own == 0, 0, own + GONE)
    if len(was):
        place = np.minimum(np.searchsorted(was, own), len(was) - 1)
        new = np.where(was[place] == own, now[place], new)
    return new
