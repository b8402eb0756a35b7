"""band_sums(): the input of a measurement by value bands: true sums of the finest cells, nothing clipped."""

from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from publisher.aggregate.contributions import FINEST, Layout, collect_contributions
from publisher.aggregate.months import months_of
from publisher.aggregate.statements import run
from publisher.aggregate.trees import Codelists
from publisher.catalogue.codelists import codelist
from publisher.catalogue.query import Query
from publisher.model.confidential import BandSums
from publisher.model.structure import TableStructure

LARGEST_SUM = 2**49  # larger ones are cut to it, which moves no two sums further apart; 12,000 of them fit 64 bits


def band_sums(
    connection: duckdb.DuckDBPyConnection,
    query: Query,
    time_period: str,
    snapshot_id: str,
    *,
    codelists: Codelists = codelist,
) -> BandSums:
    """One row a combination of leaves, sorted, 0 where nobody declared anything.

    Raises ProtectionError where a trader's sum in a cell is negative (the loss is reckoned for values of at least 0)
    or the table cannot place a declaration; ValueError for what is no period; StoreError where the database refuses.
    """
    by_trader = replace(query, contributor=replace(query.contributor, holding=None))
    months = months_of(time_period)
    layout = collect_contributions(connection, by_trader, months, snapshot_id, None, codelists)
    sums = _sums(connection, query.structure, layout)
    for table in (FINEST, "aggregate_item"):
        run(connection, "drop", table=table)
    return BandSums(query.structure, time_period, snapshot_id, sums)


def _sums(connection: duckdb.DuckDBPyConnection, structure: TableStructure, layout: Layout) -> pa.Table:
    (measure,) = structure.measures
    found = run(
        connection,
        "sum_bands",
        nodes=", ".join(layout.nodes),
        summed=layout.column(measure),
        largest=LARGEST_SUM,
        table=FINEST,
    ).to_arrow_table()
    leaves = [np.array(dimension.hierarchy.leaves, dtype=np.int32) for dimension in structure.dimensions]
    places = [
        np.searchsorted(nodes, found.column(name).to_numpy())
        for name, nodes in zip(layout.nodes, leaves, strict=True)
    ]
    totals = np.zeros([len(nodes) for nodes in leaves], dtype=np.int64)
    totals[tuple(places)] = found.column("total").to_numpy()
    keys = [grid.ravel() for grid in np.meshgrid(*leaves, indexing="ij")]
    columns: list[pa.Array[Any]] = [pa.array(nodes, pa.int32()) for nodes in keys]
    columns.append(pa.array(totals.ravel(), pa.int64()))
    return pa.table(columns, names=[*structure.columns, measure.id])
